"""A timer that waits until nothing has happened for a while."""

from collections.abc import Callable

from PyQt6.QtCore import QObject, QTimer


def debounced(parent: QObject, milliseconds: int, then: Callable[[], object]) -> QTimer:
    """A timer that is started anew by each event, and does something once they have stopped for so long."""
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    timer.timeout.connect(then)
    return timer
