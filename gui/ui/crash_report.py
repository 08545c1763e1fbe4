"""Crash reports: what a window had to say, kept where it did not end as it should, and offered at the next start.

Nothing is sent: the report is a file of the user's, which is shown, copied, saved, or thrown away.
"""

import faulthandler
import os
from contextlib import suppress
from pathlib import Path
from typing import IO

import platformdirs
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from .settings import lives

LONGEST = 200_000
"""So many characters of the end of a report are shown."""


class CrashReport:
    """The report of a running window: its log as it is written, and the stacks of a process that was struck down."""

    def __init__(self) -> None:
        self._folder = platformdirs.user_state_path("keras_invariance")
        self._path = self._folder / f"report-{os.getpid()}.txt"
        self._file: IO[str] | None = None
        self.has_bug = False

    def begin(self) -> None:
        """Write from now on; a folder that cannot be written costs the report, not the window."""
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("w", encoding="utf-8")
            faulthandler.enable(self._file)

    def add(self, text: str) -> None:
        """Write a line."""
        if self._file is not None:
            with suppress(OSError):
                self._file.write(f"{text}\n")
                self._file.flush()

    def end(self) -> None:
        """The window closed as it should: without an error there is nothing to report."""
        if self._file is None:
            return
        if faulthandler.is_enabled():
            faulthandler.disable()
        self._file.close()
        self._file = None
        with suppress(OSError):
            if self.has_bug:
                self._path.rename(self._folder / f"report-{os.getpid()}-ended.txt")
            else:
                self._path.unlink(missing_ok=True)

    def left_behind(self) -> str:
        """The reports of windows that did not end as they should; each is given once, empty where there is none."""
        found = []
        for path in sorted(self._folder.glob("report-*.txt")):
            if lives(path, "report-"):
                continue
            with suppress(OSError):
                found.append(path.read_text("utf-8", errors="replace")[-LONGEST:])
                path.unlink()
        return "\n\n".join(text for text in found if text.strip())


class CrashDialog(QDialog):
    """Offers the report of the time before.

    Parameters
    ----------
    save
        Asks where to, and writes the report.
    """

    def __init__(self, report: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("The window did not end as it should")
        words = QLabel(
            "This is what it had to say. Nothing was sent, and nothing will be: copy it into a report, save it, or "
            "throw it away. Paths of your files may stand in it.",
            self,
        )
        words.setWordWrap(True)
        self.text = QPlainTextEdit(report, self)
        self.text.setReadOnly(True)
        self.text.setAccessibleName("Report")
        self.text.setToolTip("The log of that window, and where it stopped")
        buttons = QDialogButtonBox(self)
        for name, told, run in (
            ("&Copy", "Put the report on the clipboard", self.copy),
            ("&Save", "Write the report to a file", self.save),
            ("&Throw away", "The report is not kept", self.close),
        ):
            button = buttons.addButton(name, QDialogButtonBox.ButtonRole.ActionRole)
            if button is not None:
                button.setToolTip(told)
                button.clicked.connect(run)
        layout = QVBoxLayout(self)
        for widget in (words, self.text, buttons):
            layout.addWidget(widget)
        self.resize(560, 360)

    def copy(self) -> None:
        """Put the report on the clipboard."""
        clipboard = QApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(self.text.toPlainText())

    def save(self) -> None:
        """Ask where to, and write the report."""
        from PyQt6.QtWidgets import QFileDialog

        path, _ = QFileDialog.getSaveFileName(self, "Save the report", "report.txt")
        if path:
            with suppress(OSError):
                Path(path).write_text(self.text.toPlainText(), "utf-8")
                self.close()
