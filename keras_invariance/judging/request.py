"""What a study asks of each of its tests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..methods.options import split_option

if TYPE_CHECKING:
    from .randomization.experiment import Experiment


@dataclass(frozen=True, eq=False)
class StudyRequest:
    """A network, images and methods, and how they are tested.

    Attributes
    ----------
    experiment
        What is randomised and explained: the network, the images, the methods and their options.
    seeds
        The draws of random numbers.
    target
        The explained logit of all images; None for each image's own.
    plan
        All that decides the numbers, as plain values.
    """

    experiment: "Experiment"
    seeds: tuple[int, ...]
    target: int | None
    plan: Mapping[str, Any]

    def options(self, methods: Sequence[str]) -> dict[str, Any]:
        """The options of some methods: "METHOD.OPTION" -> value."""
        return {name: value for name, value in self.experiment.options.items() if split_option(name)[0] in methods}
