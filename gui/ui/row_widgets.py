"""What stands beside a row of maps: the method's name with its buttons, and its verdict with the scores."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from ..model.messages import RowFailed, RowJudged
from ..model.question import Row
from .fitting_label import FittingLabel
from .theme import VERDICTS

BUTTONS = (
    ("\N{HORIZONTAL ELLIPSIS}", "edit", "Options"),
    ("\N{UPWARDS ARROW}", "up", "Move up"),
    ("\N{DOWNWARDS ARROW}", "down", "Move down"),
    ("\N{WHITE CIRCLE}", "solo", "Show this row alone, or all again"),
    ("\N{MULTIPLICATION SIGN}", "remove", "Remove"),
)
TALL = 84
"""From this height on there is room for the buttons; a row's menu has them at every height."""


class RowHeader(QFrame):
    """A method, its options, and what can be done with its row.

    Signals
    -------
    asked
        "edit", "up", "down", "remove", "solo" or "menu".
    """

    asked = pyqtSignal(str)

    def __init__(self, row: Row, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAccessibleName(f"Row {row.method}")
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(lambda _: self.asked.emit("menu"))
        self.name = FittingLabel(self)
        self.name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.name.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.name.setToolTip(f"{row.method} {row.details}. Right click: what can be done with this row.")
        bold = f"<b>{row.method}</b>"
        self.name.show_texts(
            f"{bold}<br>{row.details}", f"{bold} {row.details}", f"{row.method} {row.details}", row.method
        )
        self._buttons = QWidget(self)
        buttons = QHBoxLayout(self._buttons)
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.setSpacing(1)
        for sign, what, words in BUTTONS:
            button = QToolButton(self)
            button.setText(sign)
            button.setToolTip(f"{words}: {row.method}")
            button.setAccessibleName(f"{words}: {row.method}")
            button.setAutoRaise(True)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keyboard has the menu of the row's maps
            button.clicked.connect(lambda _, what=what: self.asked.emit(what))
            buttons.addWidget(button)
        buttons.addStretch()
        layout = QVBoxLayout(self)
        layout.setSpacing(0)
        layout.setContentsMargins(5, 3, 5, 3)
        layout.addWidget(self.name, 1)
        layout.addWidget(self._buttons)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Open the menu of a row that is too low for buttons."""
        if self._buttons.isHidden() and event is not None and event.button() == Qt.MouseButton.LeftButton:
            self.asked.emit("menu")

    def resize_to(self, width: int, height: int) -> None:
        """Take this room; a low row has no buttons, only its menu."""
        self._buttons.setVisible(height >= TALL)
        self.setFixedSize(width, height)


class VerdictLabel(FittingLabel):
    """A row's verdict in colour and in words, and the scores of the chosen sample."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMargin(2)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def show_answers(self, judged: RowJudged | None, failed: RowFailed | None, scores: dict[str, float] | None) -> None:
        """Show what is known."""
        if failed is not None:
            self.setText(f"<b>No maps.</b> {_escaped(failed.reason)}")
            self.setToolTip(failed.reason)
            self.setAccessibleName(f"No maps: {failed.reason}")
            return
        verdict = "\N{HORIZONTAL ELLIPSIS}" if judged is None else judged.verdict
        colour, words = VERDICTS.get(verdict, ("#83868f", "no verdict yet"))
        head = f"<span style='background:{colour};color:#ffffff'>&nbsp;<b>{verdict}</b>&nbsp;</span>"
        numbers = "" if scores is None else _numbers(scores)
        self.setText(f"{head}<br>{words}<br><small>{numbers}</small>")
        self.setToolTip("" if judged is None else judged.reason)
        self.setAccessibleName(f"Verdict {verdict}: {words}")


def _numbers(scores: dict[str, float]) -> str:
    names = {
        "relative_l2": "rel. L2",
        "spearman": "Spearman",
        "ssim": "SSIM",
        "cosine": "cosine",
        "top_k_overlap": "top 10 %",
    }
    parts = [f"{words}&nbsp;{scores[name]:.2g}" for name, words in names.items() if name in scores]
    return " \N{MIDDLE DOT} ".join(parts)


def _escaped(text: str) -> str:
    from html import escape

    return escape(text)
