"""Networks with attention: a vision transformer with a class token, and an encoder of tokens, whose mean is read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import keras
import numpy as np
from keras import layers, ops

from tests.oracle.attention import Trace, gelu, layer_norm

from .case import signed_images


@dataclass(frozen=True)
class AttentionCase:
    """A Keras model, images [n, *input], and the same function of one image as steps of a trace."""

    model: keras.Model
    images: np.ndarray
    run: Callable[[Trace, np.ndarray], None]

    def traces(self, epsilon: float = 1e-6) -> list[Trace]:
        """One trace for each image."""
        found = [Trace(epsilon) for _ in self.images]
        for trace, image in zip(found, self.images, strict=True):
            self.run(trace, image)
        return found

    def relevance(self, targets: np.ndarray, epsilon: float = 1e-6) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """For each image its map, its explained logit, and what constants keep of the relevance."""
        traces = self.traces(epsilon)
        logits = np.stack([trace.values[-1] for trace in traces])
        seeds = logits * (np.arange(logits.shape[1]) == targets[:, None])
        maps = np.stack([trace.relevance(seed) for trace, seed in zip(traces, seeds, strict=True)])
        return maps, seeds.sum(axis=1), np.array([trace.kept for trace in traces])


@keras.saving.register_keras_serializable("tests")
class ClassToken(layers.Layer):
    """A learned row in front of the tokens, and a learned row added to each."""

    def build(self, shape: tuple[int | None, ...]) -> None:
        self.row = self.add_weight(shape=(1, 1, shape[-1]), name="row")
        self.places = self.add_weight(shape=(1, shape[1] + 1, shape[-1]), name="places")

    def call(self, tokens: keras.KerasTensor) -> keras.KerasTensor:
        row = ops.broadcast_to(self.row, (ops.shape(tokens)[0], 1, tokens.shape[-1]))
        return ops.concatenate([row, tokens], axis=1) + self.places


def vision_transformer() -> AttentionCase:
    """Four patches and a class token, two blocks with their norms in front, GELU; the class token is read."""
    patches, head = layers.Conv2D(6, 4, strides=4), layers.Dense(3)
    start, last = ClassToken(), layers.LayerNormalization()
    blocks = [Block(6, 2, 3, 8, "gelu") for _ in range(2)]
    image = keras.Input((8, 8, 2))
    tokens = start(layers.Reshape((4, 6))(patches(image)))
    for block in blocks:
        tokens = block.before(tokens)
    model = keras.Model(image, head(last(tokens)[:, 0]))
    fill(model, 21)

    def run(trace: Trace, x: np.ndarray) -> None:
        pixels = trace.given(x)
        cut = x.astype(np.float64).reshape(2, 4, 2, 4, 2).transpose(0, 2, 1, 3, 4).reshape(4, 32)
        rows = trace.step(
            (pixels,), cut, lambda r: [r.reshape(2, 2, 4, 4, 2).transpose(0, 2, 1, 3, 4).reshape(8, 8, 2)]
        )
        kernel, bias = numbers(patches)
        tokens = trace.joined(trace.dense(rows, kernel.reshape(32, 6), bias), numbers(start)[0][0])
        tokens = trace.constant(tokens, numbers(start)[1][0])
        for block in blocks:
            tokens = block.traced_before(trace, tokens)
        trace.dense(trace.token(normed(trace, tokens, last), 0), *numbers(head))

    return AttentionCase(model, signed_images((8, 8, 2), seed=5), run)


def encoder() -> AttentionCase:
    """Seven tokens of five features, a block with its norms behind, ReLU; the mean of the tokens is read."""
    first, head, block = layers.Dense(6), layers.Dense(3), Block(6, 2, 4, 7, "relu")
    tokens = keras.Input((7, 5))
    model = keras.Model(tokens, head(layers.GlobalAveragePooling1D()(block.behind(first(tokens)))))
    fill(model, 22)

    def run(trace: Trace, x: np.ndarray) -> None:
        hidden = trace.dense(trace.given(x), *numbers(first))
        trace.dense(trace.mean(block.traced_behind(trace, hidden)), *numbers(head))

    return AttentionCase(model, signed_images((7, 5), seed=6), run)


class Block:
    """A transformer's block: attention and two dense layers, each with a residual sum and a norm."""

    def __init__(self, width: int, heads: int, size: int, hidden: int, activation: str) -> None:
        self.attend = layers.MultiHeadAttention(heads, size)
        self.wide, self.narrow = layers.Dense(hidden, activation=activation), layers.Dense(width)
        self.norms = [layers.LayerNormalization() for _ in range(2)]
        self.bent = {"gelu": gelu, "relu": lambda x: np.maximum(x, 0)}[activation]

    def before(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """The norms in front of what they serve."""
        y = self.norms[0](x)
        x = layers.Add()([x, self.attend(y, y)])
        return layers.Add()([x, self.narrow(self.wide(self.norms[1](x)))])

    def behind(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """The norms behind the sums."""
        x = self.norms[0](layers.Add()([x, self.attend(x, x)]))
        return self.norms[1](layers.Add()([x, self.narrow(self.wide(x))]))

    def traced_before(self, trace: Trace, x: int) -> int:
        """`before` for the oracle."""
        x = trace.add(x, trace.attention(normed(trace, x, self.norms[0]), numbers(self.attend)))
        return trace.add(x, self._traced_dense(trace, normed(trace, x, self.norms[1])))

    def traced_behind(self, trace: Trace, x: int) -> int:
        """`behind` for the oracle."""
        x = normed(trace, trace.add(x, trace.attention(x, numbers(self.attend))), self.norms[0])
        return normed(trace, trace.add(x, self._traced_dense(trace, x)), self.norms[1])

    def _traced_dense(self, trace: Trace, x: int) -> int:
        hidden = trace.passed(trace.dense(x, *numbers(self.wide)), self.bent)
        return trace.dense(hidden, *numbers(self.narrow))


def normed(trace: Trace, x: int, norm: layers.LayerNormalization) -> int:
    """A layer norm for the oracle."""
    return trace.passed(x, layer_norm(*numbers(norm), norm.epsilon))


def numbers(layer: layers.Layer) -> list[np.ndarray]:
    """A layer's weights in float64."""
    return [weights.astype(np.float64) for weights in layer.get_weights()]


def fill(model: keras.Model, seed: int) -> None:
    """Random weights, biases of both signs, and scales of norms around 1."""
    rng = np.random.default_rng(seed)
    for layer in model.layers:
        if isinstance(layer, layers.LayerNormalization):
            size = layer.get_weights()[0].shape
            layer.set_weights([rng.uniform(0.5, 1.5, size), rng.normal(0, 0.2, size)])
        else:
            layer.set_weights([rng.normal(0, 0.4, weights.shape) for weights in layer.get_weights()])


ATTENTION_CASES: Mapping[str, Callable[[], AttentionCase]] = {
    "vision transformer": vision_transformer,
    "encoder": encoder,
}


@cache
def attention_case(name: str) -> AttentionCase:
    """A case by name, built once."""
    return ATTENTION_CASES[name]()
