"""What the engine holds between questions: the network, the data, twins, and fitted patterns."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache, partial
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np

import keras_invariance as ki
from keras_invariance.application import Pair, fitted_patterns, open_data, open_network, paired
from keras_invariance.errors import DataError, ExplainerError, PatternError

from ..model.naming import Naming
from ..model.question import Question, Row
from .class_names import belongs, naming
from .kept_maps import KeptMaps
from .memory import Memory

if TYPE_CHECKING:
    from keras_invariance import Network, Patterns
    from keras_invariance.datasets import Dataset

EMBEDDED = ("mnist/test", "photographs")
CHUNK = 512
"""Images whose predictions are computed at a time."""

PRODUCTS = {"gradient-times-input": "gradient"}
"""Method -> another, whose maps times the images are its own: what both need is computed once."""

PatternKey = tuple[str, str, bytes]
"""The weights' fingerprint, the estimator, and the shift that they were refitted for; empty for network 1's own."""


class Resources:
    """One network and one data set at a time; patterns are kept for all networks that were opened.

    Parameters
    ----------
    memory
        What bounds the process.
    """

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._kept = KeptMaps()
        self._model: tuple[str, bool] | None = None
        self._network: Network | None = None
        self._data_name: tuple[str, tuple[int, ...]] | None = None
        self._data: Dataset | None = None
        self._twin: Callable[[bytes], Network] | None = None
        self._predictions: np.ndarray | None = None
        self._naming: Naming | None = None
        self.patterns: dict[PatternKey, Patterns] = {}

    def forget(self) -> None:
        """Forget the network and the data, which are read anew when they are needed, and keep patterns."""
        self._model = self._data_name = None
        self._network = self._data = self._twin = self._predictions = self._naming = None
        self._kept.clear()

    def network(self, question: Question) -> "Network":
        """The question's network; raises a `ModelError` where it cannot be read."""
        key = question.model, question.trusted
        if self._network is None or key != self._model:
            network = open_network(question.model, trust=question.trusted)
            replaced = self._network is not None
            self._model = None  # a stop may fall between any two lines
            self._network, self._twin = network, lru_cache(8)(partial(_shifted, network))
            self._predictions = self._naming = None
            self._kept.clear()
            if replaced:
                self._memory.give_back()
            self._model = key
        return self._network

    def data(self, question: Question) -> "Dataset":
        """The question's data set; raises a `DataError` where it cannot be read or does not fit the network."""
        shape = self.network(question).input_shape
        key = question.data, shape
        if self._data is None or key != self._data_name:
            data = open_data(question.data, shape)
            if data.shape != shape or not len(data):
                raise DataError(
                    f"{question.data} with {len(data)} images of shape {data.shape}",
                    f"images of shape {shape} for {question.model}",
                    "Open a data set that fits the network, or another network.",
                )
            self._data_name = None
            self._data, self._predictions, self._naming = data, None, None
            self._kept.clear()
            self._data_name = key
        return self._data

    def naming(self, question: Question) -> Naming:
        """What outputs and labels are called."""
        network, data = self.network(question), self.data(question)
        if self._naming is None:
            self._naming = naming(question.model, network.classes, data)
        return self._naming

    def misfits(self, question: Question) -> dict[str, str]:
        """What of the data does not fit the network, for the panel."""
        shape = self.network(question).input_shape
        told = {"classes": self.naming(question).note}
        if not belongs(question.data, shape):
            told["pictures"] = f"in colour, made grey and {' x '.join(map(str, shape))} for this network"
        return {name: words for name, words in told.items() if words}

    def with_fitting_data(self, question: Question) -> Question:
        """The question itself, or with embedded data where its own have another shape than the network's input.

        Data that would have to be made grey come last.
        """
        shape = self.network(question).input_shape
        for data in sorted(dict.fromkeys((question.data, *EMBEDDED)), key=lambda name: not belongs(name, shape)):
            with suppress(DataError):
                changed = replace(question, data=data)
                self.data(changed)
                return changed
        return question

    def image(self, question: Question, place: int) -> np.ndarray:
        """One image [1, *input_shape], float64."""
        data = self.data(question)
        if place >= len(data):
            raise DataError(f"image {place} of {question.data}", f"one of {len(data)}", "Choose another.")
        return np.asarray(next(data[place : place + 1].batches(1))[0], np.float64)

    def label(self, question: Question, place: int) -> int | None:
        """The image's class, where the data set knows it."""
        labels = self.data(question)[place : place + 1].labels
        return None if labels is None else int(labels[0])

    def twin(self, question: Question, m: np.ndarray) -> "Network":
        """The twin for a shift."""
        self.network(question)
        if self._twin is None:
            raise TypeError("a twin before its network")
        return self._twin(m.tobytes())

    def predictions(self, question: Question) -> np.ndarray:
        """The top logit of every image, -1 where it is not yet known; filled in place by `predict`."""
        if self._predictions is None:
            self._predictions = np.full(len(self.data(question)), -1, np.int32)
        return self._predictions

    def predict(self, question: Question, places: range) -> np.ndarray:
        """The top logits of some neighbouring images."""
        known = self.predictions(question)
        part = known[places.start : places.stop]
        if (part < 0).any():
            images = np.concatenate([one for one, _ in self.data(question)[places.start : places.stop].batches(CHUNK)])
            part[:] = self.network(question)(images).argmax(axis=-1)
        return part

    def logits(self, question: Question, sample: int, x: np.ndarray) -> np.ndarray:
        """Network 1's logits [1, classes] of one image, which no shift changes."""
        return self._kept.of(("logits", sample), lambda: self.network(question)(x))

    def maps(
        self, question: Question, row: Row, sample: int, x: np.ndarray, m: np.ndarray, target: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Both networks' maps of one image: network 1's, which no shift changes, and the twin's for this shift."""
        base = PRODUCTS.get(row.method)
        if base is not None:
            factors = self.maps(question, replace(row, method=base), sample, x, m, target)
            return factors[0] * x.astype(np.float32), factors[1] * (x + m).astype(np.float32)
        pair, key = self.pair(question, row, x, m, np.array([target])), (row, sample, target)
        return (
            self._kept.of(key, lambda: pair.maps_of(0, "float32")),
            self._kept.of((*key, blake2b(m.tobytes()).digest()), lambda: pair.maps_of(1, "float32")),
        )

    def pair(self, question: Question, row: Row, x: np.ndarray, m: np.ndarray, targets: np.ndarray) -> Pair:
        """Both networks with images x [n, *input_shape] and a shift, as a row explains them."""
        first, second = self.options(question, row, m)
        networks = self.network(question), self.twin(question, m)
        return paired(*networks, x, m, row.method, targets=targets, options=first, twin_options=second)

    def keep_within_memory(self) -> None:
        """Let go of traced functions where the process holds more than it may."""
        if self._network is not None and self._memory.exceeded():
            self._network.forget()
            self._kept.clear()
            self._memory.give_back()

    def options(self, question: Question, row: Row, m: np.ndarray) -> tuple[dict[str, Any], dict[str, Any]]:
        """A row's options for network 1 and for the twin.

        Raises
        ------
        PatternError
            The row needs patterns that were not fitted.
        ExplainerError
            A session named the row's function, and not the user.
        """
        _check_named(row)
        first: dict[str, Any] = dict(row.options)
        second = dict(first)
        if row.reference == "transformed":
            first[row.reference_option], second[row.reference_option] = "zero", m
        elif row.reference:
            first[row.reference_option] = second[row.reference_option] = row.reference
        if row.needs_bounds:
            encoding = self.data(question).encoding
            first |= {"low": encoding.low, "high": encoding.high}
            second |= {"low": encoding.low + m, "high": encoding.high + m}
        if row.needs_patterns:
            first["patterns"] = self._fitted(question, row.estimator, b"")
            second["patterns"] = self._fitted(question, row.estimator, m.tobytes() if row.refitted else b"")
        return first, second

    def _fitted(self, question: Question, estimator: str, shift: bytes) -> "Patterns":
        key = self.network(question).weights_fingerprint, estimator, shift
        if key not in self.patterns:
            which = "refitted to this shift" if shift else "fitted to this network"
            raise PatternError(
                f"no {estimator} patterns {which}", "fitted ones", "Fit them in the panel Patterns, or load them there."
            )
        return self.patterns[key]

    def fit(
        self, question: Question, estimator: str, data: str, m: np.ndarray | None, progress: Callable[[int, int], None]
    ) -> None:
        """Fit patterns to a data set: network 1's, or the twin's for a shift m."""
        network = self.network(question)
        key = network.weights_fingerprint, estimator, b"" if m is None else m.tobytes()
        self._kept.clear()
        self.patterns[key] = fitted_patterns(network, data, estimator, shift=m, progress=progress)

    def load_patterns(self, question: Question, path: str) -> None:
        """Read patterns, which stand for their estimator from now on."""
        patterns = ki.load_patterns(path, self.network(question))
        self._kept.clear()
        self.patterns[patterns.about.weights, patterns.about.estimator, b""] = patterns

    def save_patterns(self, question: Question, estimator: str, path: str) -> None:
        """Write network 1's patterns; raises an `InvarianceError` where that fails."""
        try:
            self._fitted(question, estimator, b"").save(path)
        except OSError as error:
            raise PatternError(
                f"{path}, which cannot be written ({error})", "a writable file", "Choose another."
            ) from error

    def fitted(self, question: Question) -> tuple[str, ...]:
        """A line for each of the patterns that there are for the question's network."""
        own = self.network(question).weights_fingerprint
        return tuple(
            f"{estimator}, {'refitted to a shift' if shift else 'carried over'}: {patterns.about.images} images of "
            f"{patterns.about.data}, {sum(map(len, patterns.silent))} silent neurons"
            for (weights, estimator, shift), patterns in self.patterns.items()
            if weights == own
        )


def _check_named(row: Row) -> None:
    if row.foreign and not row.named and ":" in row.method:
        raise ExplainerError(
            f"{row.method}, which a session names and nobody here, so that it is not imported",
            "a function that you name yourself",
            "Edit the row and confirm it, or start with --method.",
        )


def _shifted(network: "Network", m: bytes) -> "Network":
    return ki.shifted_twin(network, np.frombuffer(m, np.float64).reshape(network.input_shape))
