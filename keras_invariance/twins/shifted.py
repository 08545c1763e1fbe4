"""Twins: a network that reads shifted images and gives the same logits, its first biases undoing the shift.

Letters: x an image, m the shift, A the affine path from the image to the output of a first linear operation, b its
bias.

The twin subtracts A(m) - A(0) right behind every linear operation that the image reaches through affine steps only,
before anything that is not affine: f2(x + m) = f1(x). For padded convolutions and for shifts that differ by pixel
that is a map of the output's size, not a number per channel. It is computed in float64, so that a float64 replay
agrees to rounding. All twins of a network run the same traced functions (`network.family`).
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from jaxtyping import Shaped

from ..encodings.shifts import as_shift
from ..network import Network
from ..network.family import place_of, summed
from ..network.structure.cuts import subtracted


def shifted_twin(network: Network, shift: Any) -> Network:
    """The twin b2 = b1 - (A(m) - A(0)) of a network: twin(images + m) = network(images).

    Parameters
    ----------
    network
        Network 1.
    shift
        A `Shift`, or an array that broadcasts to one image.

    Raises
    ------
    ShiftError
        The shift does not fit the network's images.
    ModelError
        A first linear operation mixes images and positions on its batch axis.

    Source: Kindermans et al., "The (Un)reliability of saliency methods" (2017), section 2.
    """
    shift = as_shift(shift)
    family, m = network.family, np.asarray(shift.values(network.input_shape), np.float64)
    offsets = family.offsets(m)
    if network.place is not None:
        offsets, m = summed(network.place.offsets, offsets), m + network.place.m
    constants = {cut: tf.constant(offset, tf.float64) for cut, offset in offsets.items()}
    return replace(
        network,
        graph=subtracted(family.root.graph, constants, family.cuts),
        name=f"{network.name} twin",
        loaded=network.loaded.changed(f"{network.source}, shifted by {shift.spec}"),
        place=place_of(family, offsets, m),
    )


def twin_error(network: Network, twin: Network, images: Shaped[np.ndarray, "n ..."], shift: Any) -> float:
    """The largest |f1(x) - f2(x + m)| over images and logits, as a multiple of the largest |f1(x)|."""
    moved = np.asarray(images, np.float64) + np.asarray(as_shift(shift).values(network.input_shape), np.float64)
    logits = np.asarray(network(images), np.float64)
    difference = np.abs(logits - twin(moved)).max(initial=0.0)
    return float(difference / max(np.abs(logits).max(initial=0.0), np.finfo(np.float64).tiny))


def save_twin(twin: Network, path: str | Path) -> Path:
    """Write a twin: to a `.keras` file where Keras can say it, else (or for any other path) to a SavedModel folder.

    Keras can say it where the first layers are dense or unpadded convolutions and the shift undoes to one number per
    channel. The file or folder appears whole or not at all.

    Returns
    -------
    What was written: `path`, or `path` without `.keras` where it had to be a SavedModel folder.

    Raises
    ------
    ModelError
        There is something at the path already that is not of the kind to be written.
    """
    from .files import written_twin

    return written_twin(twin, Path(path))
