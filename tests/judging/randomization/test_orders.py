"""Orders: which layers are random at which step."""

from keras_invariance.judging.randomization.layers import Layer
from keras_invariance.judging.randomization.orders import grouped, steps
from keras_invariance.network.graph import Value

LAYERS = [Layer(name, (), "") for name in ("first", "middle", "last")]


def randomised(order: str) -> list[tuple[int, str, set[str]]]:
    return [(step.number, step.layer.name, {layer.name for layer in step.randomised}) for step in steps(order, LAYERS)]


def test_top_down_begins_at_the_logits():
    assert randomised("top-down") == [
        (1, "last", {"last"}),
        (2, "middle", {"last", "middle"}),
        (3, "first", {"last", "middle", "first"}),
    ]


def test_bottom_up_begins_at_the_image():
    assert randomised("bottom-up") == [
        (1, "first", {"first"}),
        (2, "middle", {"first", "middle"}),
        (3, "last", {"first", "middle", "last"}),
    ]


def test_independent_layers_are_random_alone():
    assert randomised("independent") == [(1, "last", {"last"}), (2, "middle", {"middle"}), (3, "first", {"first"})]


def test_groups_join_neighbours_and_lose_no_layer():
    layers = [Layer(f"layer {number}", (Value(f"{number}"),), "drawn") for number in range(7)]
    for groups in range(1, 9):
        found = grouped(layers, groups)
        assert len(found) == min(groups, 7)
        assert [value for layer in found for value in layer.values] == [layer.values[0] for layer in layers]
        sizes = [len(layer.values) for layer in found]
        assert max(sizes) - min(sizes) <= 1
    assert [layer.name for layer in grouped(layers, 2)] == ["layer 0 to layer 3", "layer 4 to layer 6"]
    assert grouped(layers, None) == tuple(layers)
