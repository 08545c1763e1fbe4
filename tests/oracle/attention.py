"""Transformers, literally: one image at a time in float64, with the relevance of every step and the rollout of weights.

Letters: x what a step reads, y what it makes, R the relevance there, e the epsilon of linear layers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import erf

import numpy as np

Back = Callable[[np.ndarray], Sequence[np.ndarray]]


@dataclass
class Trace:
    """Values in order, and for each step from the relevance of what it made to that of what it read.

    `kept` adds up what biases and constants keep of the relevance, `weights` has each attention
    [heads, tokens, tokens].
    """

    epsilon: float = 1e-6
    values: list[np.ndarray] = field(default_factory=list)
    steps: list[tuple[int, tuple[int, ...], Back]] = field(default_factory=list)
    weights: list[np.ndarray] = field(default_factory=list)
    kept: float = 0.0

    def given(self, x: np.ndarray) -> int:
        """A value to start from."""
        self.values.append(np.asarray(x, np.float64))
        return len(self.values) - 1

    def step(self, reads: tuple[int, ...], y: np.ndarray, back: Back) -> int:
        """A value made of others."""
        made = self.given(y)
        self.steps.append((made, reads, back))
        return made

    def relevance(self, seed: np.ndarray) -> np.ndarray:
        """The relevance of the first value, from that of the last."""
        arrived = [np.zeros_like(value) for value in self.values]
        arrived[-1] = seed
        for made, reads, back in reversed(self.steps):
            parts = back(arrived[made])
            self.kept += arrived[made].sum() - sum(part.sum() for part in parts)
            for read, part in zip(reads, parts, strict=True):
                arrived[read] = arrived[read] + part
        return arrived[0]

    def dense(self, k: int, w: np.ndarray, b: np.ndarray) -> int:
        """Y = x w + b for each token: R_i = sum_j x_i w_ij / (y_j + e sign y_j) R_j."""
        x = self.values[k]
        y = x @ w + b
        stabilised = y + self.epsilon * np.where(y >= 0, 1.0, -1.0)
        return self.step((k,), y, lambda r: [((x[..., :, None] * w) * (r / stabilised)[..., None, :]).sum(-1)])

    def constant(self, k: int, c: np.ndarray) -> int:
        """Y = x + c, of which c keeps its share."""
        x = self.values[k]
        return self.step((k,), x + c, lambda r: [x / (x + c) * r])

    def add(self, k: int, j: int) -> int:
        """Y = x + x', shared in proportion."""
        a, b = self.values[k], self.values[j]
        return self.step((k, j), a + b, lambda r: [a / (a + b) * r, b / (a + b) * r])

    def product(self, k: int, j: int, equation: str) -> int:
        """A product of two values, summed: of each term's relevance half to each factor."""
        a, b = self.values[k], self.values[j]
        inputs, output = equation.split("->")
        first, second = inputs.split(",")
        every = "".join(dict.fromkeys(first + second))
        y = np.einsum(equation, a, b)

        def back(r: np.ndarray) -> list[np.ndarray]:
            terms = np.einsum(f"{first},{second},{output}->{every}", a, b, r / y) / 2
            return [np.einsum(f"{every}->{side}", terms) for side in (first, second)]

        return self.step((k, j), y, back)

    def softmax(self, k: int) -> int:
        """R_i = x_i (R'_i - s_i sum R')."""
        x = self.values[k]
        s = np.exp(x - x.max(-1, keepdims=True))
        s /= s.sum(-1, keepdims=True)
        self.weights.append(s)
        return self.step((k,), s, lambda r: [x * (r - s * r.sum(-1, keepdims=True))])

    def passed(self, k: int, function: Callable[[np.ndarray], np.ndarray]) -> int:
        """A function that passes relevance: an activation, a normalisation, a scale."""
        return self.step((k,), function(self.values[k]), lambda r: [r])

    def mean(self, k: int) -> int:
        """The mean over tokens, shared in proportion."""
        x = self.values[k]
        return self.step((k,), x.mean(0), lambda r: [x / x.sum(0) * r])

    def token(self, k: int, place: int) -> int:
        """One token alone."""
        x = self.values[k]
        return self.step((k,), x[place], lambda r: [np.where(np.arange(len(x))[:, None] == place, r, 0.0)])

    def joined(self, k: int, row: np.ndarray) -> int:
        """A constant row in front of the tokens, which keeps what it gets."""
        return self.step((k,), np.concatenate([row, self.values[k]]), lambda r: [r[len(row) :]])

    def attention(self, k: int, numbers: Sequence[np.ndarray]) -> int:
        """Keras's multi-head self-attention: query, key and value kernels with biases, then the output's."""
        wq, bq, wk, bk, wv, bv, wo, bo = (number.astype(np.float64) for number in numbers)
        heads, size = wq.shape[1:]
        query, key, value = (
            # biased after it was split into heads: a step of its own in the graph
            self.constant(self.split(self.dense(k, w.reshape(len(w), -1), np.zeros(heads * size)), heads), b)
            for w, b in ((wq, bq), (wk, bk), (wv, bv))
        )
        scores = self.product(key, query, "khd,qhd->hqk")
        weights = self.softmax(self.passed(scores, lambda y: y / np.sqrt(size)))
        mixed = self.product(weights, value, "hqk,khd->qhd")
        flat = self.step((mixed,), self.values[mixed].reshape(-1, heads * size), lambda r: [r.reshape(-1, heads, size)])
        return self.dense(flat, wo.reshape(heads * size, -1), bo)

    def split(self, k: int, heads: int) -> int:
        """The last axis in heads."""
        x = self.values[k]
        return self.step((k,), x.reshape(len(x), heads, -1), lambda r: [r.reshape(x.shape)])


def layer_norm(scale: np.ndarray, shift: np.ndarray, epsilon: float) -> Callable[[np.ndarray], np.ndarray]:
    """The function of a layer norm over the last axis."""
    return lambda x: (
        (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + epsilon) * scale.astype(np.float64) + shift
    )


def gelu(x: np.ndarray) -> np.ndarray:
    """x times the normal distribution's function."""
    return x * (1 + np.vectorize(erf)(x / 2**0.5)) / 2
