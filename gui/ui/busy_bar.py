"""What is under way, at the bottom of the window: its words, how far it is, and a button that stops it."""

from time import monotonic

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QToolButton, QWidget

from ..model.timers import debounced

PATIENCE = 300
"""Milliseconds that work takes before it is shown: what is over at once does not flicker."""

BAR_WIDTH, WORDS_WIDTH = 110, 300


class BusyBar(QWidget):
    """Words, a bar, and Stop; there while the engine has something to do.

    Signals
    -------
    stopped
        The button was pressed.
    """

    stopped = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words, self.bar, self.button = QLabel(self), QProgressBar(self), QToolButton(self)
        self.words.setMaximumWidth(WORDS_WIDTH)
        self.bar.setFixedWidth(BAR_WIDTH)
        self.bar.setAccessibleName("Progress")
        self.button.setText("Stop")
        self.button.setToolTip("Stop all that is under way (Esc)")
        self.button.setAccessibleName("Stop all that is under way")
        self.button.clicked.connect(self.stopped)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.words, self.bar, self.button):
            layout.addWidget(widget)
        self._busy = False
        self._work = "", 0, 0.0  # the words, where it began, and when
        self._appearing = debounced(self, PATIENCE, self.show)
        self.hide()

    def show_busy(self, busy: bool) -> None:
        """The engine has something to do, or nothing."""
        self._busy = busy
        self._appear(wanted=busy or bool(self._work[0]))

    def show_work(self, words: str, done: int, total: int) -> None:
        """What is under way, and how long it will take to go on as fast as it went so far."""
        if words != self._work[0] or done < self._work[1]:
            self._work = words, done, monotonic()
        _, begun, since = self._work
        left = (monotonic() - since) * (total - done) / (done - begun) if done > begun else 0.0
        if left >= 1.0:
            words = f"{words}, {left:.0f} s left"
        self.words.setText(words or "Computing")
        self.words.setToolTip(words)
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        self._appear(wanted=self._busy or bool(words))

    def _appear(self, *, wanted: bool) -> None:
        if not wanted:
            self._appearing.stop()
            self.hide()
        elif not self.isVisible() and not self._appearing.isActive():
            self._appearing.start()
