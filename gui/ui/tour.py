"""The tour: a few words about each part of the window, which is framed meanwhile; it can be left at any time."""

from collections.abc import Callable
from dataclasses import dataclass

from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from .keyboard import Ring

WIDTH = 320


@dataclass(frozen=True)
class Stop:
    """One stop of the tour.

    Attributes
    ----------
    panel
        The panel that has to be open; empty for none.
    words
        What is told.
    place
        The widget that is framed.
    """

    panel: str
    words: str
    place: Callable[[], QWidget]


class Tour(QDialog):
    """Shows one stop after another.

    Parameters
    ----------
    open_panel
        Shows a panel by its name.
    """

    def __init__(self, stops: list[Stop], open_panel: Callable[[str], object], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._stops, self._open, self.at = stops, open_panel, -1
        self._ring: Ring | None = None
        self.words = QLabel(self)
        self.words.setWordWrap(True)
        self.words.setFixedWidth(WIDTH)
        self.back, self.next, self.leave = (QPushButton(words, self) for words in ("&Back", "&Next", "&Leave the tour"))
        for button, told, run in (
            (self.back, "The stop before", lambda: self.go(self.at - 1)),
            (self.next, "The next stop", lambda: self.go(self.at + 1)),
            (self.leave, "Leave it (Escape)", self.reject),
        ):
            button.setToolTip(told)
            button.clicked.connect(run)
        self.next.setDefault(True)
        buttons = QHBoxLayout()
        for button in (self.leave, self.back, self.next):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.addWidget(self.words)
        layout.addLayout(buttons)
        self.finished.connect(lambda _: self._unframe())
        self.go(0)

    def go(self, at: int) -> None:
        """Show a stop; after the last one the tour is over."""
        if at >= len(self._stops):
            self.accept()
            return
        self.at = max(0, at)
        stop = self._stops[self.at]
        if stop.panel:
            self._open(stop.panel)
        self.setWindowTitle(f"Tour, {self.at + 1} of {len(self._stops)}")
        self.words.setText(stop.words)
        self.back.setEnabled(self.at > 0)
        self.next.setText("&Done" if self.at == len(self._stops) - 1 else "&Next")
        self.adjustSize()
        self._frame(stop.place())

    def _frame(self, widget: QWidget) -> None:
        self._unframe()
        self._ring = Ring(widget)
        window = widget.window() or widget
        corner = widget.mapTo(window, QPoint(0, 0))
        room = window.width() - corner.x() - widget.width()
        x = corner.x() + widget.width() + 8 if room > self.width() else max(0, corner.x() - self.width() - 24)
        y = min(corner.y() + 24, max(0, window.height() - self.height() - 24))
        self.move(window.mapToGlobal(QPoint(x, y)))

    def _unframe(self) -> None:
        if self._ring is not None:
            self._ring.hide()
            self._ring.deleteLater()
            self._ring = None
