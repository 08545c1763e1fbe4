"""How near maps are to what TensorFlow and float64 say, image by image.

    python benchmarks/own_gradient.py mnist_cnn --images 10000
    python benchmarks/own_gradient.py mnist_cnn --images 10000 --noise 0.001
    python benchmarks/own_gradient.py vgg16 resnet50 efficientnetb0 --images 4
    python benchmarks/own_gradient.py mnist_cnn --images 1000 --methods

Three distances, each the relative L2 of two maps of one image: our float32 gradient to that of Keras' own model by
`GradientTape`; and both to float64. Where the last two are large, a ReLU or a pool stands so near to its kink that
float32 itself cannot decide. With `--methods`, every other method's float32 map is compared with its float64 map on the
images where TensorFlow's own gradient is right (1e-6 from float64). The large networks have random weights.
"""

import argparse
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

import keras_invariance as ki
from keras_invariance import models
from keras_invariance.patterns import weight_patterns

LARGE = {"vgg16": "VGG16", "resnet50": "ResNet50", "efficientnetb0": "EfficientNetB0", "mobilenetv2": "MobileNetV2"}
BATCH = 250
RIGHT = 1e-6


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print a line for each network, and for each method where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", nargs="+", choices=["mnist_mlp", "mnist_cnn", *LARGE])
    parser.add_argument("--images", type=int, default=1000)
    parser.add_argument("--noise", type=float, default=0.0, help="sigma of normal noise added to the images")
    parser.add_argument("--methods", action="store_true")
    chosen = parser.parse_args(arguments)
    for name in chosen.network:
        model = keras_model(name)
        network = ki.load_network(model)
        x = images_of(network, chosen.images, chosen.noise)
        targets = network.targets(x)
        tape = np.concatenate(
            [taped(model, x[at : at + BATCH], targets[at : at + BATCH]) for at in range(0, len(x), BATCH)]
        )
        own = ki.explain(network, x, "gradient", targets)
        exact = ki.explain(network, x.astype(np.float64), "gradient", targets, dtype="float64")
        print(f"{name}, {len(x)} images, noise {chosen.noise:g}: largest relative L2, and images above 1e-5")
        for words, one, other in (
            ("ours - tape", own, tape),
            ("ours - float64", own, exact),
            ("tape - float64", tape, exact),
        ):
            print(f"  {words:16}{line(distances(one, other), 1e-5)}", flush=True)
        if chosen.methods:
            by_method(network, x, targets, distances(tape, exact) <= RIGHT)


def keras_model(name: str) -> Any:
    """The shipped model, or one of keras.applications with random weights, without its softmax."""
    if name in LARGE:
        keras.utils.set_random_seed(0)
        return getattr(keras.applications, LARGE[name])(weights=None, classifier_activation=None)
    return keras.models.load_model(models.path(name), compile=False)


def images_of(network: ki.Network, count: int, noise: float) -> np.ndarray:
    """Held-out digits, or the embedded photographs."""
    digits = network.input_shape == (28, 28, 1)
    data = ki.datasets.load("mnist/test") if digits else ki.datasets.load("photographs", size=network.input_shape)
    x = data.images[:count]
    drawn = np.random.default_rng(0).standard_normal(x.shape).astype(np.float32)
    return np.asarray(x + np.float32(noise) * drawn, np.float32)


def taped(model: Any, images: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The gradient as any Keras user would take it."""
    x = tf.constant(images)
    with tf.GradientTape() as tape:
        tape.watch(x)
        logits = tf.gather(model(x, training=False), targets, batch_dims=1)
    return np.asarray(tape.gradient(logits, x))


def by_method(network: ki.Network, x: np.ndarray, targets: np.ndarray, right: np.ndarray) -> None:
    """Each method's float32 maps against its float64 maps, where TensorFlow's own gradient is right."""
    print(f"  float32 - float64 on the {int(right.sum())} images where the tape is right, and images above 1e-4")
    for name in ki.METHODS[1:]:
        options: dict[str, Any] = {"low": 0.0, "high": 1.0} if name == "deep-taylor-bounded" else {}
        options |= {"patterns": weight_patterns(network)} if name.startswith("pattern") else {}
        options |= {"samples": 8} if name.startswith(("smooth", "var")) else {}
        single, double = (
            ki.explain(network, x[right].astype(dtype), name, targets[right], dtype=dtype, **options)
            for dtype in ("float32", "float64")
        )
        print(f"  {name:24}{line(distances(single, double), 1e-4)}", flush=True)


def distances(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The relative L2 of each pair of maps."""
    return np.nan_to_num(np.asarray(ki.compare(one, other).relative_l2))


def line(found: np.ndarray, limit: float) -> str:
    """The largest distance and how many are above a limit."""
    return f"{found.max():9.1e}   {int(np.sum(found > limit)):5d}"


if __name__ == "__main__":
    main()
