"""Targets: which logit of each image is explained: the network's own answer, the label, or one for all images."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..arrays import Images, Targets
from ..errors import ImageError

if TYPE_CHECKING:
    from ..datasets import Dataset
    from ..datasets.dataset import Labels
    from . import Network

TOP, LABEL = "top", "label"
_EXPECTED = "top, label, an index, or a place such as 200,1 where the output has several axes"


def spelled(target: str | int | Sequence[int]) -> str:
    """A target as text: "top", "label", the index of a logit, or its place, "200,1".

    Raises
    ------
    ImageError
        It is none of these.
    """
    text = target if isinstance(target, str) else ",".join(map(str, np.ravel(target)))
    numbers = [part.strip() for part in text.split(",")]
    if text not in (TOP, LABEL) and not all(number.isdecimal() for number in numbers):
        raise ImageError(f"the target {target!r}", _EXPECTED, "Check the spelling.")
    return text if text in (TOP, LABEL) else ",".join(str(int(number)) for number in numbers)


def targets_of(network: "Network", spelling: str, images: Images, labels: "Labels | None") -> Targets:
    """The explained logit of each image; raises an `ImageError` where the network has no such logit."""
    if spelling == TOP:
        return network.targets(images)
    if spelling == LABEL:
        if labels is None:
            raise ImageError("images without labels", "a label for each image", "Choose another target.")
        return network.targets(images, labels)
    place = [int(number) for number in spelling.split(",")]
    try:
        return network.targets(images, place[0] if len(place) == 1 else np.tile(place, (len(images), 1)))
    except ImageError as error:
        shape = network.output_shape
        among = f", or a place in {shape}" if len(shape) > 1 else ""
        expected = f"an index from 0 to {network.classes - 1}{among}"
        raise ImageError(f"the target {spelling}", expected, "See `keras-invariance inspect`.") from error


def check_target(network: "Network", data: "Dataset", spelling: str) -> None:
    """Raise an `ImageError` for labels that are missing or name no logit, and for a logit that is not there."""
    if spelling == LABEL:
        labels = data.labels
        if labels is None:
            raise ImageError(f"{data.name} without labels", "a label for each image", "Choose another target.")
        if labels.min() < 0 or labels.max() >= network.classes:
            raise ImageError(
                f"labels from {labels.min()} to {labels.max()} in {data.name}",
                f"0 to {network.classes - 1}, the network's logits",
                "Bring them to the network's numbering, or choose another target.",
            )
        return
    targets_of(network, spelling, np.zeros((1, *network.input_shape), np.float32), None)


def place_of(network: "Network", target: int) -> str:
    """A logit's index for a reader; where the output has several axes, its place."""
    return ",".join(map(str, np.unravel_index(target, network.output_shape)))


def described(spelling: str) -> str:
    """What is explained, for a reader."""
    if spelling == TOP:
        return "the one that network 1 ranks first"
    return "that of the image's label" if spelling == LABEL else f"logit {spelling}"
