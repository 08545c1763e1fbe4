"""The welcome: four samples to begin with, and the way to the tour; shown once, and from the Help menu."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QCheckBox,
    QCommandLinkButton,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ..model.question import Question, Row, ShiftForm
from ..model.session import Session
from . import settings

SAMPLES: Mapping[str, tuple[str, Question]] = MappingProxyType(
    {
        "A digit, and the same digit shifted": (
            "The paper's network; every pixel of x is moved by -1, and the twin answers the same.",
            Question(),
        ),
        "A cat in the map of a seven": (
            "The paper's attack: a small shift makes gradient times input show a cat.",
            Question(shift=ShiftForm("targeted")),
        ),
        "A convolutional network and a checkerboard": (
            "Two digits side by side, shifted by black and white squares.",
            Question("mnist_cnn", sample=2, pinned=(0,), shift=ShiftForm("checkerboard")),
        ),
        "A photograph": (
            "EfficientNet-Lite0, trained on ImageNet. Its maps take some seconds.",
            Question(
                "efficientnet_lite0",
                "photographs",
                shift=ShiftForm("checkerboard", cell=28, amplitude=0.5),
                rows=(Row("gradient"), Row("gradient-times-input"), Row("guided-backprop")),
            ),
        ),
    }
)
"""Sample -> what it shows, and what it asks."""


class Welcome(QDialog):
    """Four samples and a tour.

    Signals
    -------
    tour_asked
        The window shall be shown around in.
    """

    tour_asked = pyqtSignal()

    def __init__(self, show: Callable[[Session], object], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Welcome to the keras_invariance viewer")
        layout = QVBoxLayout(self)
        words = QLabel(
            "Two networks that answer the same, one of which reads shifted images: a saliency map that differs "
            "between them tells about the shift, not about the network.",
            self,
        )
        words.setWordWrap(True)
        layout.addWidget(words)
        self.samples = []
        for name, (told, question) in SAMPLES.items():
            button = QCommandLinkButton(name, told, self)
            button.setToolTip(told)
            button.clicked.connect(lambda _, question=question: self._choose(show, question))
            layout.addWidget(button)
            self.samples.append(button)
        self.again = QCheckBox("Show this at every start", self)
        self.again.setToolTip("Otherwise it stands in the Help menu")
        self.again.toggled.connect(lambda on: settings.settings().setValue("welcome", on))
        tour, close = QPushButton("Take the &tour", self), QPushButton("&Close", self)
        tour.setToolTip("What stands where, in a minute; it can be left at any time")
        close.setToolTip("Begin with what is there (Escape)")
        tour.clicked.connect(self._tour)
        close.clicked.connect(self.close)
        last = QHBoxLayout()
        for widget, stretch in ((self.again, 1), (tour, 0), (close, 0)):
            last.addWidget(widget, stretch)
        layout.addLayout(last)
        self.resize(420, self.sizeHint().height())

    def _choose(self, show: Callable[[Session], object], question: Question) -> None:
        self.close()
        show(Session(question))

    def _tour(self) -> None:
        self.close()
        self.tour_asked.emit()


def is_due() -> bool:
    """Whether the welcome shall be shown: at the first start, and where the user wants it at every one."""
    stored = settings.settings()
    due = str(stored.value("welcome", "first")) in ("first", "true", "True")
    if str(stored.value("welcome", "first")) == "first":
        stored.setValue("welcome", False)
    return due
