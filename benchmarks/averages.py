"""What bounds integrated gradients and SmoothGrad on the MLP: the product of matrices itself.

    python benchmarks/averages.py

Prints how fast TensorFlow multiplies on this machine, the time that integrated gradients' arithmetic takes at that
rate, the time of a plain integrated gradients (one `GradientTape` over all steps and images at once), and ours.
"""

import numpy as np
import tensorflow as tf
from speed import keras_model, medians, plain_pass

import keras_invariance as ki

WIDTH, ROWS, STEPS, IMAGES = 1024, 4096, 64, 64


def main() -> None:
    """Measure and print."""
    model = keras_model("mnist_mlp")
    network = ki.load_network(model)
    images = ki.datasets.load("mnist/test").images[:IMAGES]
    targets = network.targets(images)
    analyzer = ki.analyzer(network, "integrated-gradients", steps=STEPS)
    matrix, rows = tf.random.normal((WIDTH, WIDTH)), tf.random.normal((ROWS, WIDTH))
    product = tf.function(lambda x: tf.matmul(x, matrix)).get_concrete_function(rows)
    runs = [
        plain_pass(model, images),
        lambda: product(rows),
        lambda: taped(model, images, targets),
        lambda: analyzer(images, targets),
    ]
    plain, one, tape, ours = medians(runs, 7)
    rate = 2 * ROWS * WIDTH**2 / one
    # Two layers of 1024 x 1024 forward and two back for each point; the first layer runs once per image.
    bound = STEPS * IMAGES * 4 * 2 * WIDTH**2 / rate
    print(f"matrix product {rate / 1e9:.0f} GFLOP/s, plain pass {plain * 1e3:.1f} ms; as multiples of it:")
    for name, seconds in (("its arithmetic alone", bound), ("plain GradientTape", tape), ("keras_invariance", ours)):
        print(f"{name:22}{seconds / plain:6.1f}   ({seconds * 1e3:.0f} ms)")


@tf.function(autograph=False)
def _gradient(model: tf.Module, points: tf.Tensor, targets: tf.Tensor) -> tf.Tensor:
    with tf.GradientTape() as tape:
        tape.watch(points)
        logits = tf.gather(model(points, training=False), targets, batch_dims=1)
    return tape.gradient(logits, points)


def taped(model: tf.Module, images: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Integrated gradients from zero as written down, every point run through the whole network."""
    places = np.linspace(0, 1, STEPS + 1, dtype=np.float32).reshape(-1, 1, 1, 1, 1)
    points = (places * images).reshape(-1, *images.shape[1:])
    maps = _gradient(model, tf.constant(points), tf.constant(np.tile(targets, STEPS + 1))).numpy()
    return images * maps.reshape(STEPS + 1, *images.shape).mean(axis=0)


if __name__ == "__main__":
    main()
