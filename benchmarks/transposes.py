"""The transposes that the rules use against TensorFlow's own: dense layers and convolutions of few channels.

python benchmarks/transposes.py

Prints the milliseconds of TensorFlow's transpose, of ours, and their ratio; the two take turns.
"""

import numpy as np
import tensorflow as tf
from speed import medians

import keras_invariance as ki
from keras_invariance.network.execution.replay import Replay
from keras_invariance.rules.backward import vjp
from keras_invariance.rules.transposes import transposed

LAYERS = {
    "dense 1024 to 1024, 64 rows": (64, (1024,), tf.keras.layers.Dense(1024)),
    "dense 1024 to 1024, 256 rows": (256, (1024,), tf.keras.layers.Dense(1024)),
    "convolution 3x3 of 28x28x1 to 32, 64 images": (64, (28, 28, 1), tf.keras.layers.Conv2D(32, 3)),
    "convolution 3x3 of 224x224x3 to 64, 8 images": (8, (224, 224, 3), tf.keras.layers.Conv2D(64, 3, padding="same")),
}


def main() -> None:
    """Measure and print."""
    for name, (rows, shape, layer) in LAYERS.items():
        theirs, ours = medians([*ways(rows, shape, layer)], 25)
        print(f"{name:46}{theirs * 1e3:8.2f} ms {ours * 1e3:8.2f} ms {ours / theirs:6.2f}", flush=True)


def ways(rows: int, shape: tuple[int, ...], layer: tf.keras.layers.Layer) -> tuple:
    """TensorFlow's transpose of a layer and ours, as functions without arguments."""
    tail = [tf.keras.layers.Flatten(), tf.keras.layers.Dense(2)] if len(shape) > 1 else [tf.keras.layers.Dense(2)]
    network = ki.load_network(tf.keras.Sequential([tf.keras.Input(shape), layer, *tail]))
    first = network.units[0].layer
    x = tf.constant(np.random.default_rng(0).random((rows, *shape), np.float32))
    w = first.weights(tf.float32)
    signal = layer(x)

    def run(*, own: bool) -> tf.Tensor:
        @tf.function(autograph=False)
        def back(x: tf.Tensor, signal: tf.Tensor) -> tf.Tensor:
            replay = Replay(network.graph, x)
            return transposed(replay, first, x, w, signal) if own else vjp(first.apply(replay, x, w), x, signal)

        return lambda: back(tf.ensure_shape(x, (rows, *shape)), signal).numpy()

    return run(own=False), run(own=True)


if __name__ == "__main__":
    main()
