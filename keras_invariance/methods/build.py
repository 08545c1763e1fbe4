"""Building analyzers: each question to a network checked, and traced once."""

from collections.abc import Callable, Hashable, Mapping
from typing import Any

from ..errors import MethodError
from ..network import Network
from ..network.network import FloatType
from .catalogue import METHODS, Method, known_method
from .family_member import MemberAnalyzer
from .options import checked_options, key_of
from .request import Analyzer, Request


def built(
    network: Network, method: str | Method | Callable[..., Any], *, dtype: Any, xla: str, options: Mapping[str, Any]
) -> Analyzer:
    """The analyzer of a question; the same question to the same network runs the same traced function."""
    row = known_method(method)
    filled = checked_options(row, options)
    _check_choice("dtype", dtype, ("float32", "float64"))
    _check_choice("xla", xla, ("never", "always", "measure"))
    if row.function is not None and xla != "never":
        raise MethodError(f"xla = {xla!r} for {row.name}", "'never': it is not this package's", "Leave it out.")
    if network.place is None or row.function is not None:  # a stranger is given the twin itself
        return _kept(network, row, filled, dtype=dtype, xla=xla)
    own = any(isinstance(value, Analyzer) for value in filled.values())  # an analyzer inside is of this very network
    return MemberAnalyzer(
        _kept(network if own else network.place.shared.network, row, filled, dtype=dtype, xla=xla), network, row
    )


def _kept(network: Network, row: Method, options: Mapping[str, Any], *, dtype: FloatType, xla: str) -> Analyzer:
    """The analyzer that a network keeps, built if it is asked for the first time or was forgotten."""
    own: Hashable = row if METHODS.get(row.name) is not row else row.name  # two methods of a user's may have one name
    if row.function is not None and isinstance(row.function, Hashable):
        own = row.function  # a function that is asked as it is has a new row each time
    key = (own, dtype, xla, key_of(options))
    kept = network.astype(dtype).analyzers  # float64 analyzers do not drive out the float32 ones
    if key not in kept:
        kept[key] = _built(row, Request(network.astype(dtype), network.units, row.name, options), xla)
    found: Analyzer = kept[key]
    return found


def _built(row: Method, request: Request, xla: str) -> Analyzer:
    build = row.build()
    if xla == "never":
        analyzer: Analyzer = build(request)
        return analyzer
    from .xla import faster, forced  # compiles, so only where it is asked for

    return (forced if xla == "always" else faster)(build, request)


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise MethodError(f"{name} = {value!r}", f"one of {', '.join(map(repr, choices))}", "Correct the value.")
