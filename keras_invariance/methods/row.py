"""A row of the catalogue: what a method is, where it comes from, and what it can be told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pkgutil import resolve_name
from typing import Any, Literal, TypeAlias

Seed: TypeAlias = Literal["1", "f", "f+", ""]


@dataclass(frozen=True, eq=False)
class Method:
    """A method: a row of the catalogue, or one of your own, which stands wherever a name may stand.

    Attributes
    ----------
    name
        As users spell it.
    family
        The kind of method, a heading.
    seed
        What starts the backward pass: 1, the logit f, or its positive part f+; empty where there is none of ours.
    source
        Author and year.
    about
        What it computes, in one sentence.
    builder
        The function that makes an analyzer of a `request.Request`, or where it is, "module:name".
    options
        Each option it takes with its default; `REQUIRED` where it must be given.
    invariant
        Whether theory says that it gives the same map for a network and its twin; None where that depends on options.
    law
        How its maps must follow another encoding of the input, one of `laws.LAWS`; None if it was not said. Averages
        of another method's maps follow the law of that method, and its square.
    slow
        Whether it takes so many passes, more than about seventy, that it is left out where no method is named.
    """

    name: str
    family: str
    seed: Seed
    source: str
    about: str
    builder: str | Callable[[Any], Any]
    options: Mapping[str, Any] = field(default_factory=dict)
    invariant: bool | None = None
    law: str | None = None
    function: Callable[..., Any] | None = None
    slow: bool = False

    @property
    def reference(self) -> str:
        """The option that says what an image is compared with, or hidden by; empty where none of ours does."""
        found = [name for name in ("reference", "value") if name in self.options and self.function is None]
        return found[0] if found else ""

    def build(self) -> Any:
        """The function that makes an analyzer."""
        if self.function is not None:
            return partial(resolve_name(f"{__package__}.{self.builder}"), self.function)
        return resolve_name(f"{__package__}.{self.builder}") if isinstance(self.builder, str) else self.builder
