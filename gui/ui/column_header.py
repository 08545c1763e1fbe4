"""What stands above the maps of a sample: both inputs and the shift as pictures, predictions, and the twin's check."""

import numpy as np
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QImage, QPixmap
from PyQt6.QtWidgets import QGridLayout, QLabel, QWidget

from ..model.messages import Inputs
from ..model.pictures import InputPictures, input_pictures
from ..render.colour_bar import extent_words, input_bar, shift_bar
from .fitting_label import FittingLabel
from .measures import Measures
from .range_bar import RangeBar

SHORT = 8
"""Letters of a class's name where there is little room."""


class ColumnHeader(QWidget):
    """Three columns of one sample: network 1 reads x, network 2 reads x + m, on one range, and m between them."""

    def __init__(self, sample: int, measures: Measures, gap: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sample = sample
        self._inputs: Inputs | None = None
        self._names: tuple[str, ...] | None = None
        self._flipped = False
        self.pictures = [QLabel(self) for _ in range(3)]
        self.texts = [FittingLabel(self) for _ in range(3)]
        self.bars = [RangeBar(f"Range of {name}", self) for name in ("x", "x + m", "m")]
        self._measures = measures
        layout = self._layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(gap)
        layout.setVerticalSpacing(1)
        for column, (image, text) in enumerate(zip(self.pictures, self.texts, strict=True)):
            for label in (image, text):
                label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            layout.addWidget(image, 0, column)
            layout.addWidget(self.bars[column], 1, column)
            layout.addWidget(text, 2, column)
        for text, words in zip(self.texts, ("network 1", "network 2", "difference"), strict=True):
            text.show_texts(words, words[-1] if words[-1].isdecimal() else "2 - 1")
        self.resize_to(measures)

    def resize_to(self, measures: Measures) -> None:
        """Take this room."""
        self._measures = measures
        for image, text in zip(self.pictures, self.texts, strict=True):
            image.setFixedSize(measures.side, measures.picture)
            text.setFixedSize(measures.side, measures.text)
        for bar in self.bars:
            bar.setFixedSize(measures.side, measures.bar)
        if self._inputs is not None:
            self.show_inputs(self._inputs, self._names)
        self.setFixedSize(self._layout.totalSizeHint())  # at once: what stands around is laid out now

    def flip(self, *, flipped: bool) -> None:
        """Exchange networks 1 and 2, as the maps below do."""
        if flipped != self._flipped:
            self._flipped = flipped
            if self._inputs is not None:
                self.show_inputs(self._inputs, self._names)

    def show_inputs(self, inputs: Inputs, names: tuple[str, ...] | None) -> None:
        """Show a sample's inputs and what the networks make of them."""
        self._inputs, self._names = inputs, names
        pictures = input_pictures(inputs.image, inputs.shift)
        self._show_pictures(pictures)
        first, second = (prediction(logits, names) for logits in inputs.logits)
        truth = "" if inputs.label is None else f" (is {inputs.label_name})"
        differ = float(np.abs(inputs.logits[0] - inputs.logits[1]).max())
        told = [
            (
                f"network 1: x<br><b>{first}</b>{truth}",
                f"network 1<br><b>{first}</b>",
                *_short(1, inputs.logits[0], names),
            ),
            (
                f"network 2: x + m<br><b>{second}</b>",
                f"network 2<br><b>{second}</b>",
                *_short(2, inputs.logits[1], names),
            ),
        ]
        self.texts[0].show_texts(*told[self._flipped])
        self.texts[1].show_texts(*told[not self._flipped])
        good = not inputs.twin_error > inputs.twin_limit
        check = f"logits differ by {differ:.1e}" + ("" if good else "<br><b>no twin: beyond rounding</b>")
        m = extent_words(pictures.extents[2])
        short = "2 - 1" if good else "<b>no twin</b>"
        long = f"m: {m}<br>network 2 \N{MINUS SIGN} 1, {check}"
        self.texts[2].show_texts(long, f"m, 2 - 1<br>{short if not good else ''}", short)
        explained = f"Explained: {named(inputs.target, names)}. {inputs.note}"
        for label in (*self.texts, *self.pictures):
            label.setToolTip(explained)
        self.setAccessibleName(f"Sample {inputs.sample}: network 1 {first}, network 2 {second}, m {m}, {check}")

    def show_column(self, column: int, *, shown: bool) -> None:
        """Show or hide what stands above one column of maps."""
        for widgets in (self.pictures, self.bars, self.texts):
            widgets[column].setVisible(shown)
        self.setFixedSize(self._layout.totalSizeHint())

    def _show_pictures(self, pictures: InputPictures) -> None:
        order = (1, 0, 2) if self._flipped else (0, 1, 2)
        images = *pictures.inputs, pictures.shift
        limits, extents = pictures.limits, pictures.extents
        bars = *(input_bar(limits, one) for one in extents[:2]), shift_bar(pictures.reach, extents[2])
        for place, at in enumerate(order):
            self.pictures[place].setPixmap(pixmap(images[at], min(self._measures.side, self._measures.picture)))
            words = f"{('x', 'x + m', 'm')[at]}: {extent_words(extents[at])}"
            self.bars[place].show_bar(bars[at], words)


def pixmap(image: np.ndarray, side: int) -> QPixmap:
    """A uint8 [h, w, 3] picture, as large as fits into a square."""
    content = np.ascontiguousarray(image)
    height, width = content.shape[:2]
    shown = QImage(content.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888)
    smooth = (
        Qt.TransformationMode.SmoothTransformation
        if max(height, width) > side
        else Qt.TransformationMode.FastTransformation
    )
    return QPixmap.fromImage(shown).scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio, smooth)


def prediction(logits: np.ndarray, names: tuple[str, ...] | None) -> str:
    """The class that is ranked first, and its share of the softmax."""
    top = int(np.argmax(logits))
    stable = np.exp(logits - logits.max())
    return f"{named(top, names)} {100 * stable[top] / stable.sum():.0f} %"


def _short(network: int, logits: np.ndarray, names: tuple[str, ...] | None) -> tuple[str, str]:
    """A prediction where there is little room."""
    name, _, share = prediction(logits, names).removesuffix(" %").rpartition(" ")
    cut = name if len(name) <= SHORT else f"{name[: SHORT - 1]}\N{HORIZONTAL ELLIPSIS}"
    return f"{network}: <b>{cut}</b><br>{share} %", f"{network}: <b>{cut}</b>"


def named(label: int, names: tuple[str, ...] | None) -> str:
    """A class by its name, where that is known."""
    return names[label] if names is not None and label < len(names) else str(label)
