"""Callbacks: a Keras model audited while it is trained.

    callback = ki.callbacks.InvarianceCallback(images, shifts=["constant:-1"], every=2, log_dir="logs")
    model.fit(x, y, callbacks=[callback])

After an epoch the model's weights of that moment are read and a twin is made of them; the functions that compute maps
are traced once, at the first audit (`network.loading.training_network`). The model is never changed.
"""

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from warnings import warn

import keras
import numpy as np

from ..arrays import Images, checked_images
from ..comparison.pairs import paired
from ..comparison.scores import Scores
from ..comparison.verdicts import Finding, judge
from ..encodings.shifts import Shift, as_shift
from ..errors import ExplainerError, ImageError, MethodError, OutputError
from ..judging.invariance.questions import needs_patterns
from ..methods import analyzer
from ..methods.options import own_options, split_option
from ..methods.strangers import names_of
from ..network.loading.training_network import TrainingNetwork, training_network
from ..reports.files import result_folder
from ..twins import shifted_twin
from .tensorboard import EventFile, Moment

SCORES = ("relative_l2", "violations")
"""What goes into the logs for each method and shift."""

BASIC = ("gradient", "gradient-times-input", "integrated-gradients", "lrp-epsilon")
"""The methods that are asked unless others are."""


class InvarianceCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """Audits the model that is trained, at the end of every n-th epoch.

    The logs get, for each method and shift, `relative_l2/METHOD/SHIFT`, the median difference of the two networks'
    maps, 0 for equal and 2 for opposite ones, and `violations/METHOD/SHIFT`, the share of images that are explained
    differently; NaN where nothing was measured. History has them, and every callback that stands behind this one, such
    as CSVLogger or EarlyStopping.

    Parameters
    ----------
    images
        What the model is audited on, [n, *input_shape], in its own encoding. 16 or 32 do for a look, 299 without a
        violation bound the rate at 1 %.
    shifts
        Spelled as for `ki.shifts.parse`, or `Shift`s.
    methods
        Names of methods; those that need patterns cannot be asked, as these belong to one state of the weights.
    options
        "METHOD.OPTION" -> value.
    targets
        The explained logit of each image, or one for all; by default what the model ranks first at that moment.
    every
        1 for every epoch, 5 for the 5th, the 10th, and so on.
    log_dir
        Where TensorBoard finds the scores, the verdicts and the maps; None writes nothing. The step is the epoch, as
        Keras counts it.
    confirm
        Whether some images are explained again in float64. Without, there are differences but no verdicts.
    reading
        What `ki.load_network` is told of the model: its `input`, `output`, `fixed` values and so on, where it has
        several inputs or outputs.

    Attributes
    ----------
    findings
        Epoch, counted from 0, -> a `Finding` per shift and method; empty where `confirm` is off.

    Raises
    ------
    MethodError, ShiftError, ImageError
        A method, option, shift, image or target is wrong; what only the model can tell is raised when the training
        begins.
    OutputError
        The folder cannot be made, or the package `tensorboard` is missing.
    """

    def __init__(  # noqa: PLR0913  what is audited, on what, and how
        self,
        images: Images,
        *,
        shifts: Sequence[str | Shift] = ("constant:-1",),
        methods: Sequence[str] = BASIC,
        options: Mapping[str, Any] | None = None,
        targets: Any = None,
        every: int = 1,
        log_dir: str | Path | None = None,
        confirm: bool = True,
        reading: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        methods = names_of(methods)
        _check(methods, options or {}, every)
        self.findings: dict[int, list[Finding]] = {}
        self._images = np.array(images)
        self._shifts = [as_shift(shift) for shift in shifts]
        self._told = {method: own_options(method, options or {}) for method in methods}
        self._targets = targets
        self._every = every
        self._folder = _folder(log_dir)
        self._confirm = confirm
        self._reading = dict(reading or {})
        self._training: TrainingNetwork | None = None
        self._file: EventFile | None = None

    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:  # noqa: ARG002  Keras gives it
        """Read the model, and see that it can be asked what is to be asked."""
        if self._training is None or self._training.model is not self.model:
            self._training = training_network(self.model, **self._shape(), **self._reading)
        network = self._training.network
        self._images = checked_images(self._images, network.input_shape)
        if not len(self._images):
            raise ImageError("no images", "at least one", "Give the images to audit the model on.")
        network.targets(self._images, self._targets)
        for shift in self._shifts:
            shift.values(network.input_shape)
        for method, told in self._told.items():
            analyzer(network, method, **told)
        self._file = EventFile(self._folder) if self._folder else None

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Audit the weights of this moment, where it is this epoch's turn."""
        scores = self._audited(epoch) if (epoch + 1) % self._every == 0 else self._nothing()
        if logs is not None:
            logs.update(scores)

    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:  # noqa: ARG002  Keras gives it
        """Close the event file."""
        if self._file:
            self._file.close()
            self._file = None

    def _shape(self) -> dict[str, Any]:
        """One image's shape, for a model that states none: a subclassed one."""
        stated = getattr(self.model, "inputs", None) or "input_shape" in self._reading
        return {} if stated else {"input_shape": self._images.shape[1:]}

    def _nothing(self) -> dict[str, float]:
        return {f"{score}/{m}/{s.spec}": np.nan for s in self._shifts for m in self._told for score in SCORES}

    def _audited(self, epoch: int) -> dict[str, float]:
        if self._training is None:
            raise TypeError("an epoch ended before the training began")
        self._training.update()
        scores: dict[str, float] = {}
        for shift in self._shifts:
            network = self._training.network
            targets = network.targets(self._images, self._targets)
            moment = Moment(network, shifted_twin(network, shift), self._images, targets, shift)
            for method, told in self._told.items():
                scores |= self._asked(epoch, moment, method, told)
            if self._file:
                self._file.write_maps(epoch, moment, self._told, self._verdicts(epoch))
        if self._file:
            self._file.write_scores(epoch, scores)
            self._file.write_findings(epoch, self.findings.get(epoch, []))
        return scores

    def _asked(self, epoch: int, moment: Moment, method: str, told: Mapping[str, Any]) -> dict[str, float]:
        """The scores of one method for one shift."""
        names = [f"{score}/{method}/{moment.shift.spec}" for score in SCORES]
        try:
            return dict(zip(names, self._scores(epoch, moment, method, told), strict=True))
        except ExplainerError as error:  # a stranger's: the training goes on
            warn(f"epoch {epoch}: {error}", RuntimeWarning, stacklevel=2)
            return dict.fromkeys(names, np.nan)

    def _scores(self, epoch: int, moment: Moment, method: str, told: Mapping[str, Any]) -> tuple[float, float]:
        if not self._confirm:
            return _median(_screened(moment, method, told)), np.nan
        asked = (moment.network, moment.twin, self._images, moment.shift, method)
        finding = judge(*asked, targets=moment.targets, options=told)
        self.findings.setdefault(epoch, []).append(finding)
        rate = finding.violations / finding.images if finding.images else np.nan
        return _median(finding.scores), rate

    def _verdicts(self, epoch: int) -> dict[tuple[str, str], str]:
        return {(one.method, one.shift): one.verdict for one in self.findings.get(epoch, [])}


def _screened(moment: Moment, method: str, told: Mapping[str, Any]) -> Scores:
    """The scores of both networks' maps in float32, the twin taken at its word."""
    asked = (moment.network, moment.twin, moment.images, moment.shift, method)
    return paired(*asked, targets=moment.targets, options=told).scores("float32")


def _median(scores: Scores) -> float:
    return float(scores.summary()["relative_l2"])


def _check(methods: Sequence[str], options: Mapping[str, Any], every: int) -> None:
    for method in methods:
        if needs_patterns(method):
            raise MethodError(
                f"{method} during a training",
                "a method without patterns, which belong to one state of the weights",
                "Judge it when the training is over: fit_patterns, then keras_invariance.comparison.verdicts.judge.",
            )
    for key in options:
        if split_option(key)[0] not in methods:
            raise MethodError(f"the option {key!r}", "METHOD.OPTION of a method that is asked", "Correct its name.")
    if not isinstance(every, int) or every < 1:
        raise MethodError(f"every = {every!r}", "a whole number of epochs, at least 1", "Correct the value.")


def _folder(log_dir: str | Path | None) -> str | None:
    if log_dir is None:
        return None
    if find_spec("tensorboard") is None:
        raise OutputError(
            f"log_dir = {str(log_dir)!r} without the package tensorboard",
            "TensorBoard, which TensorFlow writes summaries with",
            "Install it (pip install 'keras-invariance[tensorboard]'), or leave log_dir out.",
        )
    return str(log_dir) if "://" in str(log_dir) else str(result_folder(Path(log_dir)))
