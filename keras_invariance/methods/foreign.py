"""Somebody else's function as an analyzer: given copies, watched, and its maps checked before they are relied on."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any
from warnings import warn

import numpy as np
import tensorflow as tf
from jaxtyping import Float, Shaped

from ..errors import ExplainerError
from .explainers import options_of, told
from .options import key_of
from .request import CheckedInputs, Request, analyzer_line, checked_inputs

SAME = 1e-3
"""How far two calls with the same question may lie apart, relative to the largest value: sums in another order."""


@dataclass(frozen=True, eq=False)
class ForeignAnalyzer:
    """A function of somebody else's applied to a network, which for a twin is the twin itself.

    Attributes
    ----------
    function
        (network, images, targets, **options) -> maps.
    request
        The network, the method's name and options.
    """

    function: Callable[..., Any]
    request: Request

    def __repr__(self) -> str:
        return analyzer_line(self.request)

    def __call__(
        self,
        images: Shaped[np.ndarray, "n ..."],
        targets: Any = None,
        **_: Any,
    ) -> Float[np.ndarray, "n ..."]:
        """Raw maps of images in their shape, or [n, h, w, 1].

        What a twin could take over from network 1, and keys of noise, are not for strangers.

        Raises
        ------
        ExplainerError
            The function raised an error, gave no maps of these images, or other ones when it was asked again.
        """
        question = checked_inputs(self.request.network, images, targets)
        if not len(question.images):
            return np.zeros_like(question.images)
        parts = [self._maps(part) for part in question.chunks(self._at_once(len(question.images)))]
        if any(part.shape[1:] != parts[0].shape[1:] for part in parts):
            raise self._error(f"maps of shapes {parts[0].shape} and {parts[-1].shape}", "maps of one shape")
        self._check_repeatable(question, parts[0])
        return np.concatenate(parts)

    def _at_once(self, count: int) -> int:
        """How many images the function is given: all where it has a `batch_size` of its own."""
        size = count if self._batches_itself else self.request.batch_size
        return min(size, self.request.network.most_images or size)

    @property
    def _batches_itself(self) -> bool:
        return "batch_size" in options_of(self.function)

    def _maps(self, part: CheckedInputs) -> Float[np.ndarray, "n ..."]:
        network, images, targets = self.request.network, part.images.copy(), part.targets.copy()
        options = {name: value for name, value in self.request.options.items() if name != "batch_size"}
        if self._batches_itself:
            options["batch_size"] = self.request.options["batch_size"] or options_of(self.function)["batch_size"]
        try:
            maps = np.asarray(self.function(network, images, targets, **options))
        except (MemoryError, tf.errors.ResourceExhaustedError, ExplainerError):
            raise  # whoever asked may ask for fewer images; and what is told in our own words is told already
        except Exception as error:
            raise self._error(f"it raised {told(error)}", "maps") from error
        self._tell_changes(part, images, targets)
        return self._checked(maps, part.images)

    def _checked(
        self, maps: Shaped[np.ndarray, "..."], images: Shaped[np.ndarray, "n ..."]
    ) -> Float[np.ndarray, "n ..."]:
        """The maps in the images' type, [n, h, w] as [n, h, w, 1]."""
        if maps.dtype.kind not in "fiu":
            raise self._error(f"maps of dtype {maps.dtype}", "real numbers")
        shape, pictured = images.shape, images.ndim == 4
        if pictured and maps.shape == shape[:-1]:
            maps = maps[..., np.newaxis]
        if maps.shape != shape and not (pictured and maps.shape == (*shape[:-1], 1)):
            also = f", {shape[:-1]} or {(*shape[:-1], 1)}" if pictured else ""
            raise self._error(f"maps of shape {maps.shape}", f"the images' {shape}{also}")
        return maps.astype(images.dtype)

    def _check_repeatable(self, question: CheckedInputs, first: Float[np.ndarray, "n ..."]) -> None:
        """Ask again, once for a network and all its twins: noise that no seed draws would be taken for an answer."""
        who = self.function if isinstance(self.function, Hashable) else self.request.method
        key = (who, question.images.dtype.name, key_of(self.request.options))
        asked = self.request.network.asked_twice
        if key in asked:
            return
        one = question.part(slice(0, 1))
        before = first if len(first) == 1 else self._maps(one)
        again = self._maps(one)
        size = float(np.abs(before[np.isfinite(before)]).max(initial=0.0))
        if not np.allclose(before, again, rtol=0.0, atol=SAME * size, equal_nan=True):
            raise self._error(
                "other maps when it is asked the same again", "the same maps: its noise drawn by a seed, seed=0 say"
            )
        asked.add(key)

    def _tell_changes(self, part: CheckedInputs, images: np.ndarray, targets: np.ndarray) -> None:
        changed = [
            name
            for name, now, before in (("images", images, part.images), ("targets", targets, part.targets))
            if not np.array_equal(now, before)
        ]
        if changed:
            line = f"{self.request.method} changes the {' and '.join(changed)} that it is given, which were copies"
            warn(line, RuntimeWarning, stacklevel=2)

    def _error(self, came: str, expected: str) -> ExplainerError:
        return ExplainerError(f"{self.request.method}: {came}", expected, "Mend the explainer, or leave it out.")
