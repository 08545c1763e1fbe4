"""The log: what the window and the engine had to say, and what to send with a report of a bug."""

import platform
from datetime import datetime

from PyQt6.QtCore import PYQT_VERSION_STR, QT_VERSION_STR
from PyQt6.QtWidgets import QPlainTextEdit, QWidget

from keras_invariance import __version__

from .crash_report import CrashReport

LONGEST = 2000


class Log(QPlainTextEdit):
    """Lines with their time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.report = CrashReport()
        self.setReadOnly(True)
        self.setMaximumBlockCount(LONGEST)
        self.setAccessibleName("Log")
        self.setToolTip("What the window and the engine had to say")

    def add(self, line: str) -> None:
        """Write a line."""
        told = f"{datetime.now():%H:%M:%S}  {line}"
        self.appendPlainText(told)
        self.report.add(told)

    def diagnostics(self, renderer: str, engine: str, versions: dict[str, str]) -> str:
        """All that a report of a bug should hold; nothing of the user's data."""
        facts = {
            "keras_invariance": __version__,
            "Qt": f"{QT_VERSION_STR}, PyQt {PYQT_VERSION_STR}",
            "system": platform.platform(),
            "renderer": renderer,
            "engine": engine,
            **versions,
        }
        lines = [f"{name}: {value}" for name, value in facts.items()]
        return "\n".join([*lines, "", self.toPlainText()])
