"""Which part of a model is a network: inputs, outputs, inner values, places of an output, number types, batches."""

from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

import keras_invariance as ki
from keras_invariance.comparison.verdicts import judge
from keras_invariance.errors import ImageError, ModelError
from tests.networks.case import fill

GENERATOR = np.random.default_rng(2)
IMAGES = GENERATOR.normal(size=(3, 4)).astype(np.float32)
TABLE = GENERATOR.normal(size=(2,)).astype(np.float32)


@pytest.fixture(scope="module")
def two_by_two() -> keras.Model:
    """Two inputs and two outputs."""
    image, table = keras.Input((4,), name="image"), keras.Input((2,), name="table")
    hidden = layers.Dense(6, activation="relu")(layers.Concatenate()([image, table]))
    model = keras.Model(
        [image, table], {"kind": layers.Dense(3, name="kind")(hidden), "size": layers.Dense(2, name="size")(hidden)}
    )
    fill(model, 1)
    return model


@pytest.fixture(scope="module")
def words() -> keras.Model:
    """Whole numbers, embedded."""
    tokens = keras.Input((5,), dtype="int32", name="tokens")
    embedded = layers.Embedding(7, 3, name="embedding")(tokens)
    model = keras.Model(tokens, layers.Dense(2)(layers.Flatten()(layers.Dense(4, activation="relu")(embedded))))
    fill(model, 3)
    return model


def test_an_input_an_output_and_the_other_inputs_value_are_chosen(two_by_two, tmp_path: Path):
    two_by_two.save(tmp_path / "two.keras")
    two_by_two.export(tmp_path / "two", verbose=False)
    wanted = two_by_two([IMAGES, np.tile(TABLE, (3, 1))])["size"]
    for model in (two_by_two, tmp_path / "two.keras", tmp_path / "two"):
        network = ki.load_network(model, input="image", output="size", fixed={"table": TABLE})
        assert network.input_shape == (4,)
        np.testing.assert_allclose(network(IMAGES), wanted, rtol=1e-5)


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"input": "image", "output": "size"}, "table"),
        ({"input": "image", "fixed": {"table": TABLE}}, "2 outputs.*kind.*size.*--output"),
        ({"input": "pixels", "output": "size"}, "'pixels'.*image.*table"),
        ({"input": "image", "output": "size", "fixed": {"tables": TABLE}}, "'tables'.*no input"),
        ({"input": "image", "output": "size", "fixed": {"table": IMAGES}}, r"\(3, 4\).*table"),
    ],
)
def test_what_is_not_chosen_or_wrong_is_named(two_by_two, chosen, said):
    with pytest.raises(ModelError, match=said):
        ki.load_network(two_by_two, **chosen)


def test_an_embedding_is_explained_in_the_place_of_its_tokens(words):
    network = ki.load_network(words, input="embedding")
    tokens = GENERATOR.integers(0, 7, size=(4, 5))
    values = network.embed(tokens)
    assert network.input_shape == (5, 3)
    assert values.shape == (4, 5, 3)
    np.testing.assert_allclose(network(values), words(tokens), rtol=1e-5)
    maps = ki.explain(network, values, "lrp-z", 0, bias="absorb")
    np.testing.assert_allclose(maps, ki.explain(network, values, "gradient-times-input", 0), atol=1e-5)


def test_tokens_themselves_cannot_be_explained(words):
    with pytest.raises(ModelError, match=r"int32.*embedding.*--input"):
        ki.load_network(words)


def test_tokens_of_another_shape_are_refused(words):
    with pytest.raises(ImageError, match="shape"):
        ki.load_network(words, input="embedding").embed(np.zeros((2, 6), np.int32))


@pytest.fixture(scope="module")
def frames() -> keras.Model:
    """A signal whose output has a row of classes for each moment."""
    model = keras.Sequential(
        [keras.Input((8, 2)), layers.Conv1D(4, 3, padding="same", activation="relu"), layers.Conv1D(3, 1)]
    )
    fill(model, 5)
    return model


def test_every_place_of_an_output_is_a_logit(frames):
    network = ki.load_network(frames)
    signals = GENERATOR.normal(size=(2, 8, 2)).astype(np.float32)
    assert network.output_shape == (8, 3)
    np.testing.assert_allclose(network(signals), np.reshape(frames(signals), (2, 24)), rtol=1e-5)
    by_place = ki.explain(network, signals, "gradient", [[2, 1], [7, 0]])
    np.testing.assert_array_equal(by_place, ki.explain(network, signals, "gradient", [2 * 3 + 1, 7 * 3]))
    assert np.any(by_place[0, 1:4])
    assert not np.any(by_place[0, 5:])  # a kernel of 3 reaches one moment to each side


@pytest.mark.parametrize(("how", "reduced"), [("mean", np.mean), ("max", np.max)])
def test_an_output_is_reduced_to_one_row_of_logits(frames, how, reduced):
    network = ki.load_network(frames, reduce=how)
    signals = GENERATOR.normal(size=(2, 8, 2)).astype(np.float32)
    np.testing.assert_allclose(network(signals), reduced(np.asarray(frames(signals)), axis=1), rtol=1e-5)


@pytest.mark.parametrize("shape", [(6,), (8, 2)], ids=["table", "signal"])
def test_tables_and_signals_are_judged_like_images(shape):
    first = layers.Dense(5) if len(shape) == 1 else layers.Conv1D(4, 3, padding="same")
    model = keras.Sequential([keras.Input(shape), first, layers.ReLU(), layers.Flatten(), layers.Dense(3)])
    fill(model, 6)
    network, rows = ki.load_network(model), GENERATOR.normal(size=(5, *shape)).astype(np.float32)
    m = np.linspace(-1, 1, int(np.prod(shape)), dtype=np.float32).reshape(shape)
    twin = ki.shifted_twin(network, m)
    assert judge(network, twin, rows, m, "gradient").verdict == "invariant"
    assert judge(network, twin, rows, m, "gradient-times-input").verdict == "sensitive"


def test_a_mixed_precision_model_is_replayed_in_float32():
    policy = "mixed_float16"
    hidden = layers.Dense(5, activation="relu", dtype=policy)
    model = keras.Sequential([keras.Input((4,)), hidden, layers.Dense(3, dtype=policy)])
    fill(model, 8)
    network = ki.load_network(model)
    maps = ki.explain(network, IMAGES, "gradient-times-input", 0)
    assert maps.dtype == np.float32
    assert np.isfinite(maps).all()
    np.testing.assert_allclose(network(IMAGES), np.asarray(model(IMAGES), np.float32), rtol=2e-2, atol=2e-2)


def test_a_model_for_single_images_takes_many():
    kernel = tf.constant(GENERATOR.normal(size=(4, 3)), tf.float32)
    function = tf.function(lambda image: tf.reshape(tf.nn.relu(image), (1, 4)) @ kernel)
    network = ki.load_network(function.get_concrete_function(tf.TensorSpec((1, 4), tf.float32)))
    np.testing.assert_allclose(network(IMAGES), np.maximum(IMAGES, 0) @ kernel.numpy(), rtol=1e-5)
    np.testing.assert_allclose(
        ki.explain(network, IMAGES, "gradient", 0), (IMAGES > 0) * kernel.numpy()[:, 0], rtol=1e-5
    )


def test_a_graph_that_reads_files_is_refused(tmp_path: Path):
    secret = tmp_path / "secret"
    secret.write_text("3")

    class Reader(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec((None, 4), tf.float32, name="image")])
        def serve(self, image):
            return {"logits": image * tf.strings.to_number(tf.io.read_file(str(secret)))}

    module = Reader()
    tf.saved_model.save(module, str(tmp_path / "reader"), signatures=module.serve)
    with pytest.raises(ModelError, match="ReadFile"):
        ki.load_network(tmp_path / "reader")
