"""DeepLIFT and DeepSHAP against captum's, where it is installed: the same numbers for the same weights.

Captum has no rule for products, so that the networks here are dense, convolutional, and pooled. Where a ReLU stands
beside a pool the sums of captum 0.9 are off, by its own convergence delta (5.1 on one network), and ours are complete:
here it has none beside it.
"""

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

import keras_invariance as ki
from tests.networks.case import fill, signed_images
from tests.oracle.agreement import distance

pytest.importorskip("captum", reason="captum is no part of the tests' extra; pip install captum to compare")


def dense() -> keras.Model:
    """ReLU, tanh and sigmoid between dense layers."""
    hidden = [layers.Dense(9, name) for name in ("relu", "tanh", "sigmoid")]
    return keras.Sequential([keras.Input((12,)), *hidden, layers.Dense(4)])


def convolutional() -> keras.Model:
    """Two convolutions and ReLU."""
    return keras.Sequential(
        [
            keras.Input((12, 12, 2)),
            layers.Conv2D(6, 3, activation="relu"),
            layers.Conv2D(5, 2, activation="relu"),
            layers.Flatten(),
            layers.Dense(8, "relu"),
            layers.Dense(3),
        ]
    )


def pooled() -> keras.Model:
    """A convolution and a max pool."""
    return keras.Sequential(
        [keras.Input((8, 8, 2)), layers.Conv2D(6, 3), layers.MaxPooling2D(2), layers.Flatten(), layers.Dense(3)]
    )


def in_torch(model: keras.Model) -> Any:
    """The same layers with the same weights, in torch and float64, for images with channels first."""
    from torch import nn, tensor

    kinds = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid}
    made: list[Any] = []
    for layer in model.layers:
        if isinstance(layer, layers.Flatten):
            made.append(Channelslast())
            continue
        if isinstance(layer, layers.MaxPooling2D):
            made.append(nn.MaxPool2d(2))
            continue
        kernel, bias = (np.asarray(weights, np.float64) for weights in layer.get_weights())
        turned = kernel.transpose(3, 2, 0, 1) if kernel.ndim == 4 else kernel.T
        affine = nn.Conv2d(*turned.shape[1::-1], turned.shape[2:]) if kernel.ndim == 4 else nn.Linear(*kernel.shape)
        affine.weight.data, affine.bias.data = tensor(turned.copy()), tensor(bias)
        made.append(affine)
        if layer.activation.__name__ in kinds:
            made.append(kinds[layer.activation.__name__]())
    return nn.Sequential(*made).double()


def Channelslast() -> Any:  # noqa: N802  a module of torch's, which is imported where it is there
    """Flattened as Keras flattens: the channels last."""
    from torch import nn

    class Module(nn.Module):
        def forward(self, x: Any) -> Any:
            return x.permute(0, 2, 3, 1).flatten(1)

    return Module()


def channels_first(images: np.ndarray) -> Any:
    from torch import tensor

    return tensor(
        np.moveaxis(np.asarray(images, np.float64), -1, 1).copy() if images.ndim == 4 else images.astype(float)
    )


def channels_last(maps: Any) -> np.ndarray:
    found = maps.detach().numpy()
    return np.moveaxis(found, 1, -1) if found.ndim == 4 else found


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("build", [dense, convolutional, pooled])
def test_deeplift_and_deep_shap_are_captums(build):
    from captum.attr import DeepLift, DeepLiftShap

    model = build()
    fill(model, 3)
    network, peer = ki.load_network(model), in_torch(model)
    images, background = (signed_images(network.input_shape, seed=seed, count=5) for seed in (1, 2))
    targets = [0, 1, 2, 0, 1]
    theirs = DeepLift(peer).attribute(channels_first(images), channels_first(background[:1]), target=targets)
    ours = ki.analyzer(network, "deeplift", dtype="float64", reference=background[0])(images, targets)
    assert distance(ours, channels_last(theirs)) < 1e-5
    theirs = DeepLiftShap(peer).attribute(channels_first(images), channels_first(background), target=targets)
    ours = ki.analyzer(network, "deep-shap", dtype="float64", background=background)(images, targets)
    assert distance(ours, channels_last(theirs)) < 1e-5
