"""Training a network by its recipe, and writing it to disk; imports Keras, so it is imported only when needed.

Every number is drawn from the given seed and no global generator is touched: the same seed gives the same weights, on
the same machine and number of threads.
"""

import io
import json
import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import keras
import numpy as np

from keras_invariance.datasets.dataset import Dataset

from .recipes import Convolution, Dense, Flatten, Layer, Recipe

Progress: TypeAlias = Callable[[int, int], object]
"""Called with the steps done and all steps."""

_SHARED = re.compile(rb'(?<="shared_object_id": )\d+')


def untrained_network(recipe: Recipe, name: str, seed: int) -> keras.Sequential:
    """The recipe's network with its first weights, one seed per layer; it ends in logits."""
    layers = [_keras_layer(layer, number, seed) for number, layer in enumerate(recipe.layers)]
    return _sequential(layers, name)


def fit(
    network: keras.Sequential, recipe: Recipe, dataset: Dataset, seed: int, progress: Progress | None = None
) -> None:
    """Train `network` in place for `recipe.epochs` passes over `dataset`, in an order drawn from `seed`."""
    steps = -(-len(dataset) // recipe.batch_size)
    _compile(network, recipe, steps * recipe.epochs)
    images, labels = dataset.images, np.asarray(dataset.labels)
    order = np.random.default_rng(seed)
    for epoch in range(recipe.epochs):
        rows = order.permutation(len(dataset))
        network.fit(
            images[rows],
            labels[rows],
            batch_size=recipe.batch_size,
            shuffle=False,
            verbose=0,
            callbacks=_callbacks(progress, epoch * steps, recipe.epochs * steps),
        )


def accuracy(network: keras.Model, dataset: Dataset) -> float:
    """The share of images whose top logit is their label."""
    right = [np.argmax(network.predict_on_batch(images), axis=1) == labels for images, labels in dataset.batches(1000)]
    return float(np.mean(np.concatenate(right)))


def write_network(network: keras.Sequential, path: Path) -> None:
    """Write weights and layers, without the optimizer's state, whole or not at all; equal networks give equal bytes."""
    write_plain(_sequential(network.layers, network.name), path)


def write_plain(network: keras.Model, path: Path) -> None:
    """Write a network that was never compiled, whole or not at all; equal networks give equal bytes."""
    partial = path.with_name(f".{os.getpid()}.{path.name}")
    try:
        network.save(partial)
        _normalise(partial)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _sequential(layers: list[keras.Layer], name: str) -> keras.Sequential:
    return keras.Sequential([keras.Input((28, 28, 1), name="image"), *layers], name=name)


def _compile(network: keras.Sequential, recipe: Recipe, steps: int) -> None:
    rate = keras.optimizers.schedules.CosineDecay(recipe.rate, steps)
    network.compile(
        keras.optimizers.SGD(rate, momentum=recipe.momentum),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=False,  # XLA is slower than the plain graph for convolutions on the CPU
    )


def _callbacks(progress: Progress | None, done: int, total: int) -> list[keras.callbacks.Callback]:
    if progress is None:
        return []
    return [keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, **_: progress(done + batch + 1, total))]


def _keras_layer(layer: Layer, number: int, seed: int) -> keras.Layer:
    """The Keras layer of a row, named by its number so that the name does not depend on what was built before."""
    name = f"{type(layer).__name__.lower()}_{number}"
    initializer = keras.initializers.GlorotUniform(seed + number)
    if isinstance(layer, Dense):
        return keras.layers.Dense(layer.units, layer.activation, kernel_initializer=initializer, name=name)
    if isinstance(layer, Convolution):
        shape = {"filters": layer.filters, "kernel_size": layer.size, "padding": layer.padding}
        return keras.layers.Conv2D(**shape, activation="relu", kernel_initializer=initializer, name=name)
    return keras.layers.Flatten(name=name) if isinstance(layer, Flatten) else keras.layers.MaxPooling2D(name=name)


def _normalise(path: Path) -> None:
    """Rewrite a `.keras` archive so that its checksum depends on the network alone, not on the day or the process."""
    rewritten = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(rewritten, "w") as new:
        for name in sorted(old.namelist()):
            new.writestr(zipfile.ZipInfo(name), _normalised(name, old.read(name)))
    path.write_bytes(rewritten.getvalue())


def _normalised(name: str, content: bytes) -> bytes:
    if name == "metadata.json":
        return json.dumps({**json.loads(content), "date_saved": "1980-01-01@00:00:00"}).encode()
    if name == "config.json":  # Keras tells shared objects apart by their addresses in memory; here they are counted
        addresses = list(dict.fromkeys(_SHARED.findall(content)))
        return _SHARED.sub(lambda found: b"%d" % (1 + addresses.index(found[0])), content)
    return content
