"""How the shipped networks are made: each is a row of a table with its layers and its training.

Source: Kindermans, Hooker et al., "The (Un)reliability of saliency methods" (2017), for the multilayer perceptron.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias


@dataclass(frozen=True)
class Dense:
    """A dense layer; `activation=None` for logits."""

    units: int
    activation: Literal["relu"] | None = "relu"


@dataclass(frozen=True)
class Convolution:
    """A convolution with ReLU and square kernels."""

    filters: int
    size: int
    padding: Literal["valid", "same"]


@dataclass(frozen=True)
class MaxPool:
    """The greatest of each 2 x 2 pixels."""


@dataclass(frozen=True)
class Flatten:
    """Pixels in one row."""


Layer: TypeAlias = Dense | Convolution | MaxPool | Flatten


@dataclass(frozen=True)
class Recipe:
    """A network and its training: mini-batch SGD with momentum, the rate falling to 0 along half a cosine.

    Attributes
    ----------
    about
        The network in one line.
    layers
        What follows the image of (28, 28, 1).
    aim
        The accuracy on the test images that it must reach.
    epochs, batch_size, rate, momentum
        Passes over the training images, images per step, first learning rate, momentum.
    """

    about: str
    layers: tuple[Layer, ...]
    aim: float
    epochs: int
    rate: float
    batch_size: int = 128
    momentum: float = 0.9

    @property
    def text(self) -> str:
        """The training in one line."""
        return (
            f"{self.epochs} epochs of SGD, batch {self.batch_size}, momentum {self.momentum:g}, "
            f"rate {self.rate:g} falling to 0 along half a cosine, cross-entropy of the logits"
        )


_MLP = Recipe(
    about="3 x 1024 ReLU, 10 logits: the paper's network 1",
    layers=(Flatten(), Dense(1024), Dense(1024), Dense(1024), Dense(10, None)),
    aim=0.983,
    epochs=10,
    rate=0.1,
)

_CNN = Recipe(
    about="3 convolutions (valid, same, valid), 2 max pools, 128 ReLU, 10 logits",
    layers=(
        Convolution(16, 5, "valid"),
        MaxPool(),
        Convolution(32, 3, "same"),
        Convolution(32, 3, "valid"),
        MaxPool(),
        Flatten(),
        Dense(128),
        Dense(10, None),
    ),
    aim=0.99,
    epochs=6,
    rate=0.05,
)

RECIPES: Mapping[str, Recipe] = MappingProxyType({"mnist_mlp": _MLP, "mnist_cnn": _CNN})
"""Name -> recipe. A further network is a further row."""
