"""The networks that ship with the program: where they are, what they reach, and how to make them again."""

import platform
import time
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from keras_invariance.datasets.mnist import CLASSES as DIGITS
from keras_invariance.datasets.mnist import load_mnist
from keras_invariance.datasets.photographs import imagenet_classes
from keras_invariance.errors import ModelError

from .card import Card, ConvertedCard, checksum, read_card, read_converted_card
from .recipes import RECIPES, Recipe

TRAINED = tuple(RECIPES)
"""Trained here, by a recipe that anybody can run again."""

CONVERTED = ("efficientnet_lite0",)
"""Trained and published by others, brought to Keras by `keras_invariance.models.conversion`."""

NAMES = (*TRAINED, *CONVERTED)

__all__ = ["CONVERTED", "NAMES", "TRAINED", "Card", "ConvertedCard", "card", "classes", "path", "train"]


def path(name: str) -> Path:
    """The shipped `.keras` file of a network; `mnist-mlp` and `mnist_mlp` name the same.

    Raises
    ------
    ModelError
        For a name that is not one of `NAMES`.
    """
    return Path(__file__).with_name(f"{_known(name)}.keras")


def card(name: str) -> Card | ConvertedCard:
    """The model card of a shipped network."""
    return read_converted_card(path(name)) if _known(name) in CONVERTED else read_card(path(name))


def classes(name: str) -> tuple[str, ...]:
    """What the outputs of a shipped network stand for, in their order."""
    return imagenet_classes() if _known(name) in CONVERTED else DIGITS


def train(
    name: str,
    out: str | Path,
    *,
    seed: int = 0,
    epochs: int | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> Card:
    """Train a network by its recipe on the embedded MNIST, and write it to `out` with its card beside it.

    Parameters
    ----------
    name
        One of `TRAINED`.
    out
        The `.keras` file to write; the card goes to `.json` and `.md` of the same name.
    seed
        Draws the first weights and the order of the images; the same seed gives the same weights.
    epochs
        Passes over the training images in place of the recipe's; fewer is quicker and less accurate.
    progress
        Called after each step with the steps done and all steps.

    Raises
    ------
    ModelError
        For an unknown name, for an `out` that is no `.keras` file or lies in no folder, and for fewer epochs than 1.
    """
    known, target = _known(name, TRAINED), _checked_target(Path(out))
    recipe = RECIPES[known] if epochs is None else replace(RECIPES[known], epochs=_checked_epochs(epochs))
    made = _trained(known, recipe, target, seed, progress)
    made.save(target)
    return made


def _trained(name: str, recipe: Recipe, target: Path, seed: int, progress: Callable[[int, int], object] | None) -> Card:
    from .training import accuracy, fit, untrained_network, write_network

    train_images, test_images = load_mnist("mnist/train"), load_mnist("mnist/test")
    network = untrained_network(recipe, name, seed)
    begin = time.perf_counter()
    fit(network, recipe, train_images, seed, progress)
    seconds = time.perf_counter() - begin
    write_network(network, target)
    return Card(
        name=name,
        about=recipe.about,
        data=f"MNIST, {len(train_images)} training images; tested on {len(test_images)} others",
        encoding=train_images.encoding.text,
        training=recipe.text,
        seed=seed,
        accuracy=round(accuracy(network, test_images), 6),
        parameters=network.count_params(),
        seconds=round(seconds, 1),
        checksum=checksum(target),
        versions={
            "Python": platform.python_version(),
            **{program: version(program) for program in ("tensorflow", "keras", "numpy")},
        },
    )


def _known(name: str, names: tuple[str, ...] = NAMES) -> str:
    known = name.replace("-", "_")
    if known in names:
        return known
    if known in CONVERTED:
        raise ModelError(
            came=f"the network {name!r}, which was trained by others",
            expected=f"one of {', '.join(names)}",
            remedy="It is made again by python -m keras_invariance.models.conversion.",
        )
    raise ModelError(
        came=f"the network {name!r}",
        expected=f"one of {', '.join(names)}",
        remedy="Name a shipped network; your own are loaded by their path.",
    )


def _checked_target(target: Path) -> Path:
    if target.suffix != ".keras":
        raise ModelError(f"the output {str(target)!r}", "a file that ends in .keras", "Add the ending .keras.")
    if not target.parent.is_dir():
        raise ModelError(f"the output {str(target)!r}", "a file in a folder that exists", "Make the folder first.")
    return target


def _checked_epochs(epochs: int) -> int:
    if epochs < 1:
        raise ModelError(f"epochs={epochs}", "at least 1", "Leave epochs out for the recipe's own number.")
    return epochs
