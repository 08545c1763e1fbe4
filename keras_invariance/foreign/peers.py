"""Peers: other libraries imported when they are asked, run quietly, and with draws that a seed decides."""

import io
import random
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from importlib import import_module
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from ..errors import ExplainerError


def peer(module: str, extra: str) -> Any:
    """Another library's module.

    Raises
    ------
    ExplainerError
        The library is not installed.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise ExplainerError(
            f"{extra}, of which {error.name} is missing",
            f"the extra `{extra}`",
            f'Install it: python -m pip install "keras-invariance[{extra}]".',
        ) from error


@contextmanager
def quiet(seed: int | None = None) -> Iterator[None]:
    """Peers print progress bars, and pass Keras models lists where these have one input: neither is shown.

    With a seed, what NumPy and Python draw depends on it alone, and goes on afterwards as if nothing had been drawn;
    TensorFlow's seed is set, and stays.
    """
    state = np.random.get_state(), random.getstate()  # noqa: NPY002  what peers draw from
    if seed is not None:
        import tensorflow as tf

        np.random.seed(seed)  # noqa: NPY002
        random.seed(seed)
        tf.random.set_seed(seed)
    try:
        with warnings.catch_warnings(), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        np.random.set_state(state[0])  # noqa: NPY002
        random.setstate(state[1])


def of_targets(values: Float[np.ndarray, "n ..."], targets: Int[np.ndarray, " n"]) -> Float[np.ndarray, "n ..."]:
    """Each image's map for its target, of maps for all logits on the last axis."""
    return np.stack([each[..., int(target)] for each, target in zip(np.asarray(values), targets, strict=True)])
