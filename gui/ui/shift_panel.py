"""The shift editor: constant, per channel, checkerboard, a picture, free drawing, and the aimed shift."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PyQt6.QtCore import QSignalBlocker
from PyQt6.QtGui import QDragEnterEvent, QDropEvent
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from keras_invariance.application import METHODS, REQUIRED
from keras_invariance.errors import InvarianceError

from ..model.messages import Opened
from ..model.question import Painting, Question
from ..model.viewer_model import ViewerModel
from .drawing import DrawingArea
from .numbers import Number
from .tool_tips import SHIFT, explain

KINDS = {
    "constant": "Constant",
    "channel": "Per channel",
    "checkerboard": "Checkerboard",
    "image": "Picture",
    "drawing": "Free drawing",
    "targeted": "Aimed: show a picture",
}
PICTURES = "Pictures (*.png *.jpg *.jpeg *.bmp *.gif *.tif *.tiff *.webp);;Arrays (*.npy)"
MOST_CHANNELS = 4


class ShiftPanel(QWidget):
    """Everything that makes m."""

    def __init__(self, viewer: ViewerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.viewer = viewer
        form = viewer.question.shift
        self.kind = QComboBox(self)
        self.kind.setAccessibleName("Kind of shift")
        for key, words in KINDS.items():
            self.kind.addItem(words, key)
        self.constant = Number("Constant", -2.0, 2.0, form.constant)
        self.channels = [Number(f"Channel {at + 1}", -2.0, 2.0, 0.0) for at in range(MOST_CHANNELS)]
        self.cell = QSpinBox(self)
        self.cell.setRange(1, 256)
        self.amplitude = Number("Amplitude", 0.0, 2.0, form.amplitude)
        self.path = QLabel("No picture chosen.", self)
        self.path.setWordWrap(True)
        self.strength = Number("Strength", -2.0, 2.0, form.strength)
        self.fooled = QComboBox(self)
        self.fooled.addItems([name for name, method in METHODS.items() if REQUIRED not in method.options.values()])
        self.clip = Number("Clip", 0.01, 2.0, form.clip)
        self.drawing_area = DrawingArea(self)
        self.brush = Number("Brush", 0.3, 8.0, 1.2, decimals=1)
        self.ink = Number("Ink", -1.0, 1.0, 1.0)
        self.eraser = QCheckBox("Eraser", self)
        self.note = QLabel(self)
        self.note.setWordWrap(True)
        self.pages = QStackedWidget(self)
        self.setAcceptDrops(True)
        self._lay()
        self._connect()
        self._show(viewer.question)

    def aim_at_cat(self) -> None:
        """Make network 2's explanation show a cat."""
        clip = max(self.viewer.question.shift.clip, 0.3)
        self._edit("show a cat", kind="targeted", aim=None, clip=clip)

    def load_picture(self) -> None:
        """Ask for a picture file, for the kind in force."""
        path, _ = QFileDialog.getOpenFileName(self, "Choose a picture", "", PICTURES)
        if path:
            self.take_picture(path)

    def take_picture(self, path: str) -> None:
        """Use a picture: as what shall be shown where the shift is aimed, as the shift itself otherwise."""
        if self.viewer.question.shift.kind == "targeted":
            try:
                self._edit("load a picture", aim=Painting.of(_values(path, self._shape)))
            except InvarianceError as error:
                self.viewer.told.emit("error", str(error))
        else:
            self._edit("load a picture", kind="image", path=path)

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        """Take a file."""
        mime = event.mimeData() if event is not None else None
        if event is not None and mime is not None and mime.hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent | None) -> None:
        """Use a picture that was dropped here as the shift, or as what shall be shown."""
        mime = event.mimeData() if event is not None else None
        paths = [url.toLocalFile() for url in mime.urls() if url.isLocalFile()] if mime is not None else []
        if paths:
            self.take_picture(paths[0])

    @property
    def _shape(self) -> tuple[int, ...]:
        return self.viewer.about.input_shape if self.viewer.about is not None else (28, 28, 1)

    def _lay(self) -> None:
        layout = QVBoxLayout(self)
        layout.addWidget(self.kind)
        layout.addWidget(self.pages)
        self._page(("m", self.constant))
        self._page(*[(f"Channel {at + 1}", number) for at, number in enumerate(self.channels)])
        self._page(("Cell in pixels", self.cell), ("Amplitude", self.amplitude))
        self.choose = QPushButton("Choose a picture", self)
        self.choose.clicked.connect(self.load_picture)
        self._page(("", self.choose), ("", self.path), ("Strength", self.strength))
        self._page()
        self.cat, self.load = QPushButton("Cat", self), QPushButton("Load", self)
        self.cat.clicked.connect(self.aim_at_cat)
        self.load.clicked.connect(self.load_picture)
        self._page(("Fool", self.fooled), ("Clip", self.clip), ("Show", _side_by_side(self.cat, self.load)))
        tools = QFormLayout()
        self.clear = QPushButton("Clear", self)
        self.clear.clicked.connect(self._clear)
        tools.addRow("Brush", self.brush)
        tools.addRow("Ink", self.ink)
        tools.addRow(self.eraser, self.clear)
        self.drawing = QWidget(self)
        below = QVBoxLayout(self.drawing)
        below.setContentsMargins(0, 0, 0, 0)
        below.addWidget(self.drawing_area, 1)
        below.addLayout(tools)
        layout.addWidget(self.drawing, 1)
        layout.addWidget(self.note)
        layout.addStretch()
        explain(self, SHIFT)
        for at, number in enumerate(self.channels, start=1):
            number.setToolTip(f"What is added to channel {at} of every pixel")

    def _page(self, *rows: tuple[str, QWidget]) -> None:
        page = QWidget(self)
        form = QFormLayout(page)
        form.setContentsMargins(0, 4, 0, 4)
        for words, widget in rows:
            if words:
                widget.setAccessibleName(words)
                form.addRow(words, widget)
            else:
                form.addRow(widget)
        self.pages.addWidget(page)

    def _turn_to(self, page: int) -> None:
        """Show a page; the others do not count for the panel's height."""
        for at in range(self.pages.count()):
            counts = QSizePolicy.Policy.Preferred if at == page else QSizePolicy.Policy.Ignored
            widget = self.pages.widget(at)
            if widget is not None:
                widget.setSizePolicy(counts, counts)
        self.pages.setCurrentIndex(page)
        self.pages.updateGeometry()

    def _connect(self) -> None:
        self.kind.activated.connect(lambda _: self._edit("choose a kind of shift", kind=self.kind.currentData()))
        for number, field in (
            (self.constant, "constant"),
            (self.amplitude, "amplitude"),
            (self.strength, "strength"),
            (self.clip, "clip"),
        ):
            number.moved.connect(lambda value, field=field: self._edit(f"change {field}", field, **{field: value}))
            number.settled.connect(lambda value, field=field: self._settle(f"change {field}", **{field: value}))
        for number in self.channels:
            number.moved.connect(lambda _: self._edit("change a channel", "channels", channels=self._channel_values()))
            number.settled.connect(lambda _: self._settle("change a channel", channels=self._channel_values()))
        self.cell.valueChanged.connect(lambda value: self._edit("change the cell", cell=value))
        self.fooled.activated.connect(lambda _: self._edit("fool another method", fooled=self.fooled.currentText()))
        self.brush.settled.connect(lambda value: setattr(self.drawing_area, "radius", value))
        self.ink.settled.connect(lambda value: setattr(self.drawing_area, "strength", value))
        self.eraser.toggled.connect(lambda on: setattr(self.drawing_area, "erasing", on))
        self.drawing_area.drawn.connect(self._drawn)
        self.viewer.question_changed.connect(self._show)
        self.viewer.opened.connect(self._opened)
        self.viewer.answered.connect(self._answered)

    def _channel_values(self) -> tuple[float, ...]:
        count = min(MOST_CHANNELS, self._shape[-1])
        return tuple(number.value for number in self.channels[:count])

    def _edit(self, what: str, gesture: str = "", **fields: Any) -> None:
        shift = replace(self.viewer.question.shift, **fields)
        if shift != self.viewer.question.shift:
            self.viewer.change(what, gesture=gesture, shift=shift)

    def _settle(self, what: str, **fields: Any) -> None:
        """The end of a drag: the last value, and all methods with their verdicts at once."""
        self._edit(what, next(iter(fields)), **fields)
        self.viewer.history.end_gesture()
        self.viewer.explain()

    def _drawn(self, values: np.ndarray) -> None:
        shape = self._shape
        spread = np.broadcast_to(values.reshape(*values.shape, *[1] * (len(shape) - 2)), shape)
        field = "aim" if self.viewer.question.shift.kind == "targeted" else "drawing"
        self._edit("draw", "", **{field: Painting.of(spread)})

    def _clear(self) -> None:
        field = "aim" if self.viewer.question.shift.kind == "targeted" else "drawing"
        self._edit("clear the sheet", "", **{field: Painting.of(np.zeros(self._shape, np.float32))})

    def _opened(self, about: Opened) -> None:
        pictured = len(about.input_shape) in (2, 3)
        self.drawing.setEnabled(pictured)
        for at, number in enumerate(self.channels):
            number.setVisible(at < about.input_shape[-1])
        self._show(self.viewer.question)

    def _answered(self, row: int) -> None:
        inputs = self.viewer.answers.inputs.get(self.viewer.question.sample)
        if row == -1 and inputs is not None:
            self.drawing_area.show_image(inputs.image)
            self.note.setText(inputs.note)

    def _show(self, question: Question) -> None:
        form, shape = question.shift, self._shape
        with QSignalBlocker(self.kind), QSignalBlocker(self.cell), QSignalBlocker(self.fooled):
            self.kind.setCurrentIndex(self.kind.findData(form.kind))
            self.cell.setValue(form.cell)
            self.fooled.setCurrentText(form.fooled)
        self._turn_to(list(KINDS).index(form.kind))
        for number, value in (
            (self.constant, form.constant),
            (self.amplitude, form.amplitude),
            (self.strength, form.strength),
            (self.clip, form.clip),
        ):
            number.show_value(value)
        for number, value in zip(self.channels, form.channels, strict=False):
            number.show_value(value)
        self.path.setText(form.path or "No picture chosen.")
        self.drawing.setVisible(form.kind in ("drawing", "targeted"))
        painting = form.drawing if form.kind == "drawing" else form.aim
        if len(shape) in (2, 3):
            values = np.zeros(shape[:2]) if painting is None else painting.values
            if painting is None and form.kind == "targeted":
                values = _cat(shape)
            self.drawing_area.show_values(values.reshape(*values.shape[:2], -1)[..., 0])


def _side_by_side(*widgets: QWidget) -> QWidget:
    holder = QWidget()
    layout = QHBoxLayout(holder)
    layout.setContentsMargins(0, 0, 0, 0)
    for widget in widgets:
        layout.addWidget(widget)
    return holder


def _values(path: str, shape: tuple[int, ...]) -> np.ndarray:
    from keras_invariance import shifts

    return np.asarray((shifts.array(path) if Path(path).suffix == ".npy" else shifts.image(path)).values(shape))


def _cat(shape: tuple[int, ...]) -> np.ndarray:
    """The cat at the input's size, for the drawing area; the engine brings it to the input's size by itself."""
    from PIL import Image

    from keras_invariance.application import CAT

    with Image.open(CAT) as file:
        return np.asarray(file.convert("L").resize((shape[1], shape[0])), np.float32) / 255
