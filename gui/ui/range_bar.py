"""A colour bar as a widget."""

from PyQt6.QtCore import QRectF, QSize
from PyQt6.QtGui import QPainter, QPaintEvent, QPalette
from PyQt6.QtWidgets import QSizePolicy, QWidget

from ..render.colour_bar import STRIP, TEXT, ColourBar

WIDTH = 40
"""The least width at which both numbers can be read."""


class RangeBar(QWidget):
    """The colours between two numbers; empty until there is something to show."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self.bar: ColourBar | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(STRIP + TEXT + 2)
        self.setAccessibleName(name)

    def show_bar(self, bar: ColourBar | None, words: str = "") -> None:
        """Show another one; the words say it in full."""
        self.bar = bar
        self.setToolTip(words)
        self.setAccessibleName(f"{self._name}: {words}" if words else self._name)
        self.update()

    def minimumSizeHint(self) -> QSize:
        """Of the numbers."""
        return QSize(WIDTH, STRIP + TEXT + 2)

    def paintEvent(self, _: QPaintEvent | None) -> None:
        """Paint the bar."""
        if self.bar is None:
            return
        painter = QPainter(self)
        place = QRectF(0, 0, self.width(), self.height())
        self.bar.paint(painter, place, self.palette().color(QPalette.ColorRole.WindowText))
        painter.end()
