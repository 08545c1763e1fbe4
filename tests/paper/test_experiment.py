"""The whole experiment, on small networks in the place of the shipped ones."""

import json

import pytest

from keras_invariance.errors import OutputError
from keras_invariance.paper import experiment, reproduce, subjects
from keras_invariance.paper.catalogue import CLAIMS
from keras_invariance.paper.photographs import Reader

from .conftest import small_model


def photograph_reader() -> Reader:
    import keras

    import keras_invariance as ki

    keras.utils.set_random_seed(5)
    layers = [keras.Input((224, 224, 3)), keras.layers.AveragePooling2D(56), keras.layers.Flatten()]
    return Reader(ki.load_network(keras.Sequential([*layers, keras.layers.Dense(3)])), "a small net", steps=2)


def test_steps_say_how_far_it_is(tmp_path):
    step = next(reproduce(tmp_path / "out"))
    assert step.done == 0
    assert step.total > 100
    assert step.name == "mnist_mlp, constant: gradient"


def test_a_file_in_the_way_is_an_error_before_any_work(tmp_path):
    (tmp_path / "out").write_text("here first")
    with pytest.raises(OutputError, match="--out"):
        next(reproduce(tmp_path / "out"))


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bytes(tmp_path, monkeypatch):
    paths = {name: tmp_path / f"{name}.keras" for name in (subjects.MLP, subjects.CNN)}
    for seed, path in enumerate(paths.values()):
        small_model(seed).save(path)
    monkeypatch.setattr(subjects, "path", paths.__getitem__)
    monkeypatch.setattr(subjects, "FITTED_ON", dict.fromkeys(paths, 200))
    monkeypatch.setattr(experiment, "vgg16_weights", lambda: None)
    monkeypatch.setattr(experiment, "efficientnet", photograph_reader)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for out in ("one", "two"):
        steps = list(reproduce(tmp_path / out, images=6, seed=3))
        assert [step.done for step in steps] == list(range(len(steps)))
        assert {step.total for step in steps} == {len(steps) - 1}
    files = {path.name for path in (tmp_path / "one").iterdir()}
    figures = {*(f"figure_{number}.png" for number in range(1, 6)), "figure_1_photographs.png"}
    assert files == {*figures, "table.csv", "claims.csv", "paper.json", "index.html"}
    for name in files - {"paper.json"}:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name
    one, two = (json.loads((tmp_path / out / "paper.json").read_text("utf-8")) for out in ("one", "two"))
    assert one.pop("seconds").keys() == two.pop("seconds").keys()
    assert one == two
    assert_every_claim_has_its_measurements(one)


def assert_every_claim_has_its_measurements(content: dict) -> None:
    """What decides a claim, and what stands below it, is there on the network that decides; see its catalogue."""
    for claim, found in zip(CLAIMS, content["claims"], strict=True):
        assert found["claim"] == claim.name
        assert len(found["deciding"]) == len(claim.decided_by), claim.name
        here = [each for each in found["below"] if each["place"].startswith(subjects.MLP)]
        assert len(here) == len(claim.below), claim.name
        assert (found["outcome"] == "not testable") == (not claim.decided_by)
