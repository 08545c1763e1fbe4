"""Averages of a method's maps over many points around an image, in one traced pass.

Letters: x images [n, ...], k points for each, t targets [n]; rows are point by point, k * n of them.
"""

import tensorflow as tf

from ..rules.stem import Stem
from .single_pass import SinglePass, seeded


def maps_at(base: SinglePass, points: tf.Tensor, targets: tf.Tensor, unshifted: tf.Tensor | None = None) -> tf.Tensor:
    """The base's maps [k, n, ...] at points [k, n, ...], and where those were before a shift."""
    count = tf.shape(points)[0]
    before = None if unshifted is None else joined(unshifted)
    return split(base.traced(joined(points), tf.tile(targets, [count]), before), count)


def weighted_at(
    base: SinglePass, stem: Stem, x: tf.Tensor, points: list[tf.Tensor], targets: tf.Tensor, weights: tf.Tensor
) -> tf.Tensor:
    """The weighted sum over k points of the base's maps, where the points' pre-activations [k, n, ...] are known.

    The mean is taken behind the first layers, which then run back once per image.
    """
    run = stem.run([joined(point) for point in points], base.rules)
    logits = run.replay.value(stem.graph.logits)
    arrived = run.back(stem.graph.logits, seeded(logits, tf.tile(targets, tf.shape(weights)), base.seed))
    # No signal comes to a first layer whose output the network only compares, or whose signal it stops.
    reached = [
        (arrived.get(layer.preactivation), z) for layer, z in zip(stem.first, stem.preactivations(x), strict=True)
    ]
    met = [(signal, z) for signal, z in reached if signal is not None]
    if not met:
        return tf.zeros_like(x)
    means = [tf.tensordot(weights, split(signal, tf.shape(weights)[0]), axes=1) for signal, _ in met]
    means = [tf.ensure_shape(mean, z.shape) for mean, (_, z) in zip(means, met, strict=True)]
    return tf.gradients([z for _, z in met], x, grad_ys=means)[0]


def joined(points: tf.Tensor) -> tf.Tensor:
    """[k, n, ...] as [k * n, ...]."""
    count = tf.reduce_prod(tf.shape(points)[:2])
    rows = tf.reshape(points, tf.concat([[count], tf.shape(points)[2:]], axis=0))
    return tf.ensure_shape(rows, (None, *points.shape[2:]))


def split(rows: tf.Tensor, count: tf.Tensor) -> tf.Tensor:
    """[k * n, ...] as [k, n, ...]."""
    points = tf.reshape(rows, tf.concat([[count, -1], tf.shape(rows)[1:]], axis=0))
    return tf.ensure_shape(points, (None, None, *rows.shape[1:]))
