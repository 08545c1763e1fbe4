"""Batches: models that were written for a fixed number of images, made to take any, or one at a time."""

from dataclasses import replace

import numpy as np

from ...errors import ModelError, UnknownOperationError
from ..network import Network

TRIED = 3  # images; no divisor of the usual batch sizes
SCALE = 1e-3  # of the largest logit: rounding of another batch size is below, a mixed batch far above


def with_any_batch(network: Network, batch: int | None, source: str) -> Network:
    """The network that takes any number of images, or one at a time where the model cannot take several.

    A model that states a fixed batch often computes each image by itself all the same. That is tried with random
    images: each alone must have the logits that it has beside others.

    Raises
    ------
    ModelError
        The model only runs for several images at once.
    """
    if batch is None and network.graph.shapes[network.graph.logits][0] is None:
        return network
    images = np.random.default_rng(0).random((TRIED, *network.input_shape)).astype(np.float32)
    endpoints = replace(network.endpoints, one_by_one=True)
    one_by_one = replace(network, loaded=replace(network.loaded, endpoints=endpoints))
    alone = _logits(one_by_one, images)
    if alone is None:
        raise ModelError(
            f"{source}, which was traced for batches of {batch}",
            "an open batch axis, or batches of one",
            "Trace it again with tf.TensorSpec((None, height, width, channels)).",
        )
    beside = _logits(network, images)
    same = beside is not None and np.abs(beside - alone).max() <= SCALE * np.abs(alone).max()
    return network if same else one_by_one


def _logits(network: Network, images: np.ndarray) -> np.ndarray | None:
    """A row of logits per image, None where there are none."""
    try:
        logits = network(images)
    except UnknownOperationError:  # a reshape to another number of rows
        return None
    return logits if len(logits) == len(images) else None
