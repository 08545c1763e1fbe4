"""What the tests of this package are asked, checked: methods with their options, orders, seeds, shifts."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from ..encodings.shifts import as_shift
from ..errors import MethodError
from ..methods import analyzer
from ..methods.catalogue import known_method
from ..methods.options import own_options, split_option
from ..methods.request import Analyzer
from ..network import Network


def analyzer_of(network: Network, method: str, options: Mapping[str, Any]) -> Analyzer:
    """A method with those of the options ("METHOD.OPTION" -> value) that are its own."""
    return analyzer(network, method, **own_options(method, options))


def check_methods(network: Network, methods: Sequence[str], options: Mapping[str, Any]) -> None:
    """See that the network admits each method with its options, before the work begins.

    Raises
    ------
    MethodError, UnknownOperationError
        There is no method, one is spelled or told wrong, or an option is that of none.
    """
    if not methods:
        raise MethodError("no method", "at least one", "Name what to test.")
    for key in options:
        method, option = split_option(key)
        if method not in methods or option not in known_method(method).options:
            raise MethodError(
                f"the option {key!r}", "METHOD.OPTION of a method that is asked", "See `keras-invariance methods`."
            )
    for method in methods:
        analyzer_of(network, method, options)


def check_unfitted(methods: Sequence[str]) -> None:
    """Raise a `MethodError` for methods that read fitted patterns, which are no parameters of the network."""
    for method in methods:
        known = known_method(method)
        if "patterns" in known.options and known.function is None:
            raise MethodError(
                f"{method}, whose patterns were fitted to the trained network",
                "methods that read nothing but the network",
                "Ask for its convergence instead (ki.randomization.convergence).",
            )


def checked_seeds(seeds: int | Sequence[int]) -> tuple[int, ...]:
    """The seeds that are meant: as given, or the first so many.

    Raises
    ------
    MethodError
        There are none, one is negative, or one comes twice.
    """
    chosen = tuple(range(seeds)) if isinstance(seeds, int) else tuple(int(seed) for seed in seeds)
    if not chosen or min(chosen) < 0 or len(set(chosen)) < len(chosen):
        raise MethodError(
            f"seeds = {seeds}", "a number of at least 1, or different whole numbers from 0 on", "Leave it out for 5."
        )
    return chosen


def shift_values(shift: Any, network: Network) -> Float[np.ndarray, "*input"]:
    """The values of a `Shift`, its spelling or an array for a network's images, float64."""
    return np.asarray(as_shift(shift).values(network.input_shape), np.float64)
