"""What theory says is invariant is found to be so, on twenty kinds of network, with and without a black background.

Wherever rounding may choose, at ties, kinks and flat references, a twin rounds otherwise: a verdict that is wrong here
tells a user that a sound explanation cannot be trusted.
"""

from collections.abc import Callable, Mapping

import keras
import numpy as np
import pytest
from keras import layers

import keras_invariance as ki
from keras_invariance.comparison.verdicts import judge
from keras_invariance.patterns import weight_patterns

PICTURE, SIGNAL, SCAN, TABLE = (16, 16, 3), (20, 4), (8, 8, 8, 1), (12,)
WITHOUT_REFERENCE = ("gradient", "guided-backprop", "deconvnet", "lrp-w-square", "lrp-flat", "smoothgrad")
WITH_PATTERNS = ("pattern-net", "pattern-attribution")


def conv(filters: int = 8, size: int = 3, **told: object) -> layers.Layer:
    """A convolution with biases, so that no ReLU stands on its kink by itself."""
    return layers.Conv2D(filters, size, **{"bias_initializer": keras.initializers.RandomNormal(stddev=0.2), **told})


def stack(*inner: layers.Layer, shape: tuple[int, ...] = PICTURE) -> keras.Model:
    return keras.Sequential([keras.Input(shape), *inner, layers.Dense(4)])


def maxout() -> keras.Model:
    image = keras.Input(PICTURE)
    return keras.Model(image, layers.Dense(4)(layers.Flatten()(layers.Maximum()([conv(4)(image), conv(4)(image)]))))


def excited() -> keras.Model:
    image = keras.Input(PICTURE)
    features = conv(activation="relu")(image)
    share = layers.Dense(8, activation="sigmoid")(layers.GlobalAveragePooling2D()(features))
    weighted = layers.Multiply()([features, layers.Reshape((1, 1, 8))(share)])
    return keras.Model(image, layers.Dense(4)(layers.GlobalAveragePooling2D()(weighted)))


def attentive() -> keras.Model:
    words = keras.Input((10, 6))
    hidden = layers.Dense(8)(words)
    attended = layers.MultiHeadAttention(2, 4)(hidden, hidden)
    return keras.Model(words, layers.Dense(4)(layers.GlobalAveragePooling1D()(attended)))


NETWORKS: Mapping[str, Callable[[], keras.Model]] = {
    "global max pool": lambda: stack(conv(padding="same", activation="relu"), layers.GlobalMaxPooling2D()),
    "global max pool, no biases": lambda: stack(
        layers.Conv2D(8, 3, padding="same", activation="relu", use_bias=False), layers.GlobalMaxPooling2D()
    ),
    "batch norm behind": lambda: stack(
        layers.Conv2D(8, 3, use_bias=False, padding="same"), layers.BatchNormalization(), layers.ReLU(),
        layers.MaxPooling2D(), conv(activation="relu"), layers.GlobalAveragePooling2D(),
    ),
    "batch norm in front": lambda: stack(
        layers.BatchNormalization(), conv(activation="relu"), layers.MaxPooling2D(), layers.Flatten()
    ),
    "relu6, depthwise": lambda: stack(
        conv(strides=2, padding="same"), layers.ReLU(6.0), layers.DepthwiseConv2D(3, padding="same"), layers.ReLU(6.0),
        layers.GlobalAveragePooling2D(),
    ),
    "swish": lambda: stack(conv(activation="swish"), layers.GlobalAveragePooling2D()),
    "layer norm, gelu": lambda: stack(
        layers.Conv2D(8, 4, strides=4), layers.LayerNormalization(), layers.Dense(8, activation="gelu"),
        layers.GlobalAveragePooling2D(),
    ),
    "hard swish": lambda: stack(conv(), layers.Activation("hard_silu"), layers.GlobalMaxPooling2D()),
    "maxout": maxout,
    "leaky": lambda: stack(conv(), layers.LeakyReLU(0.1), layers.MaxPooling2D(3, 2, "same"), layers.Flatten()),
    "elu, tanh": lambda: stack(conv(activation="elu"), conv(activation="tanh"), layers.Flatten()),
    "up and across": lambda: stack(
        conv(4, activation="relu"), layers.UpSampling2D(2), layers.Conv2DTranspose(4, 3, strides=2), layers.ReLU(),
        layers.GlobalMaxPooling2D(),
    ),
    "separable": lambda: stack(
        layers.SeparableConv2D(8, 3, activation="relu"), layers.MaxPooling2D(), layers.Flatten()
    ),
    "attention": attentive,
    "recurrent": lambda: stack(layers.LSTM(6, unroll=True), shape=(7, 4)),
    "words": lambda: stack(layers.Conv1D(8, 3, activation="relu"), layers.GlobalMaxPooling1D(), shape=SIGNAL),
    "table": lambda: stack(
        layers.Normalization(mean=0.3, variance=2.0), layers.Dense(16, activation="relu"),
        layers.Dense(16, activation="relu"), shape=TABLE,
    ),
    "bytes": lambda: stack(
        layers.Rescaling(1 / 127.5, offset=-1), conv(activation="relu"), layers.MaxPooling2D(), layers.Flatten()
    ),
    "scans": lambda: stack(
        layers.Conv3D(4, 3, activation="relu", bias_initializer="ones"), layers.MaxPooling3D(2), layers.Flatten(),
        shape=SCAN,
    ),
    "squeeze and excite": excited,
}  # fmt: skip


def images(shape: tuple[int, ...], *, black: bool) -> np.ndarray:
    found = np.random.default_rng(1).random((6, *shape)).astype(np.float32)
    if black and len(shape) > 1:
        found[:, shape[0] // 2 :] = 0.0
    return found


def asked(network: ki.Network, m: np.ndarray) -> list[tuple[str, dict, dict]]:
    """Every explanation that is invariant whatever the shift, with what both networks and the twin alone are told."""
    patterns = {"patterns": weight_patterns(network)}
    return [
        *((method, {"samples": 3} if method == "smoothgrad" else {}, {}) for method in WITHOUT_REFERENCE),
        *((method, patterns, {}) for method in WITH_PATTERNS),
        ("integrated-gradients", {"steps": 8}, {"reference": m}),
    ]


QUICK = {("words", "full"), ("scans", "black"), ("table", "full")}
CASES = [(name, background) for name in NETWORKS for background in ("full", "black")]


@pytest.mark.parametrize(
    ("name", "background"),
    [pytest.param(*one, marks=() if one in QUICK else pytest.mark.slow) for one in CASES],
)
def test_what_is_invariant_in_theory_is_found_to_be(name, background):
    keras.utils.set_random_seed(0)
    network = ki.load_network(NETWORKS[name]())
    x = images(network.input_shape, black=background == "black")
    varied = np.random.default_rng(2).normal(size=network.input_shape).astype(np.float32)
    for m in (np.full(network.input_shape, -0.5), varied):
        twin = ki.shifted_twin(network, m)
        for method, told, moved in asked(network, m):
            finding = judge(network, twin, x, m, method, options=told, twin_options=moved)
            assert finding.verdict == "invariant", f"{method}: {finding.reason}"
