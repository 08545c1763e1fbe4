"""What is copied: scripts with the files that they need, texts and pictures."""

from collections.abc import Callable

from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QApplication

from ..model.question import Question
from ..model.scripts import Beside
from ..model.viewer_model import ViewerModel
from .exporting import shift_files


def script_of(viewer: ViewerModel, write: Callable[[Question, Beside], str], patterns_data: str) -> tuple[str, str]:
    """The commands or the script that compute what is in sight, and what there is to say about them.

    A shift without a spelling, a drawn or an aimed one, is saved in files of the user's own.

    Raises
    ------
    ViewerError
        The shift is not known yet, or cannot be saved.
    """
    files = shift_files(viewer) if viewer.question.shift.spec is None else {}
    limits = viewer.about.limits if viewer.about is not None else (0.0, 1.0)
    beside = Beside({sample: str(path) for sample, path in files.items()}, patterns_data, limits)
    paths = ", ".join(dict.fromkeys(beside.shifts.values()))
    return write(viewer.question, beside), f"Copied. The shift is in {paths}" if files else "Copied."


def to_clipboard(content: str | QImage) -> None:
    """Put a text or a picture on the clipboard."""
    clipboard = QApplication.clipboard()
    if clipboard is None:
        return
    if isinstance(content, str):
        clipboard.setText(content)
    else:
        clipboard.setImage(content)
