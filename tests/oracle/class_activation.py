"""Class activation maps, literally: a tape in float64 on Keras's own layers, sums written as loops, pixel by pixel.

Letters: a a layer's output for one image, g the logit's gradient there, both [*places, k].
"""

from itertools import product

import keras
import numpy as np
import tensorflow as tf


def in_float64(model: keras.Model) -> keras.Model:
    """The same layers with the same weights, all computing in float64."""

    def double(layer: keras.Layer) -> keras.Layer:
        return layer.__class__.from_config({**layer.get_config(), "dtype": "float64"})

    copy = keras.models.clone_model(model, clone_function=double)
    copy.set_weights(model.get_weights())
    return copy


def activations(model: keras.Model, layer: str, image: np.ndarray, target: int) -> tuple[np.ndarray, np.ndarray]:
    """A layer's output for one image, and the gradient of a logit there, by a float64 model."""
    both = keras.Model(model.inputs, [model.get_layer(layer).output, model.outputs[0]])
    with tf.GradientTape() as tape:
        x = tf.constant(image[np.newaxis], tf.float64)
        tape.watch(x)
        a, logits = both(x, training=False)
        logit = logits[0, target]
    return a[0].numpy(), tape.gradient(logit, a)[0].numpy()


def coarse_map(method: str, a: np.ndarray, g: np.ndarray, *, signed: bool = False) -> np.ndarray:
    """The map at the layer's places. [*places]."""
    places = list(np.ndindex(a.shape[:-1]))
    total = np.zeros(a.shape[:-1])
    for k in range(a.shape[-1]):
        for place in places:
            total[place] += _weight(method, a[..., k], g[..., k], place, places) * a[place][k]
    return total if signed else np.maximum(total, 0)


def _weight(method: str, a: np.ndarray, g: np.ndarray, place: tuple[int, ...], places: list) -> float:
    """What one channel is multiplied with at one place."""
    if method == "grad-cam":
        return sum(g[at] for at in places) / len(places)
    if method == "grad-cam++":
        whole = sum(a[at] for at in places)
        shares = {at: g[at] ** 2 / (2 * g[at] ** 2 + whole * g[at] ** 3) for at in places if g[at] != 0}
        return sum(share * max(g[at], 0) for at, share in shares.items())
    if method == "xgrad-cam":
        whole = sum(a[at] for at in places)
        return sum(g[at] * a[at] for at in places) / whole if whole else 0.0
    return {"hires-cam": g[place], "layer-cam": max(g[place], 0)}[method]


def resized(values: np.ndarray, sizes: tuple[int, ...]) -> np.ndarray:
    """Values at some places, read between them: place i of m stands at (i + 1/2) / m, and ends are continued."""
    found = np.zeros(sizes)
    for pixel in np.ndindex(sizes):
        corners = [neighbours(*one) for one in zip(pixel, sizes, values.shape, strict=True)]
        for corner in product(*corners):
            found[pixel] += np.prod([share for _, share in corner]) * values[tuple(at for at, _ in corner)]
    return found


def neighbours(pixel: int, size: int, places: int) -> list[tuple[int, float]]:
    """The two places around a pixel, and how much each counts."""
    at = min(max((pixel + 0.5) * places / size - 0.5, 0.0), places - 1.0)
    below = int(at)
    return [(below, below + 1 - at), (min(below + 1, places - 1), at - below)]


def class_activation(
    model: keras.Model, layer: str, method: str, images: np.ndarray, targets: np.ndarray, *, signed: bool = False
) -> np.ndarray:
    """Maps of a batch, [n, *sizes, 1], by a float64 model and the name of one of its layers."""
    maps = []
    for image, target in zip(images, targets, strict=True):
        values = coarse_map(method, *activations(model, layer, image, int(target)), signed=signed)
        maps.append(resized(values, image.shape[:-1])[..., np.newaxis])
    return np.stack(maps)


def score_cam(
    model: keras.Model, layer: str, images: np.ndarray, targets: np.ndarray, *, signed: bool = False
) -> np.ndarray:
    """Score-CAM of a batch, [n, *sizes, 1]: one image, one channel, one forward pass after the other."""
    maps = []
    for image, target in zip(images.astype(np.float64), targets, strict=True):
        a, _ = activations(model, layer, image, int(target))
        logits = [_seen_through(model, image, a[..., k])[target] for k in range(a.shape[-1])]
        total = sum(np.exp(one) for one in logits)
        values = sum(np.exp(one) / total * a[..., k] for k, one in enumerate(logits))
        maps.append(resized(values if signed else np.maximum(values, 0), image.shape[:-1])[..., np.newaxis])
    return np.stack(maps)


def _seen_through(model: keras.Model, image: np.ndarray, channel: np.ndarray) -> np.ndarray:
    """The logits of an image times one channel, which is brought to the image's size and into [0, 1]."""
    mask = resized(channel, image.shape[:-1])
    mask = (mask - mask.min()) / (mask.max() - mask.min()) if mask.max() > mask.min() else np.zeros_like(mask)
    return model(tf.constant((image * mask[..., np.newaxis])[np.newaxis], tf.float64), training=False)[0].numpy()
