"""What stands beside a row of maps: the method's name with its buttons, and its verdict with the scores."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from ..model.look import Look, Scale
from ..model.messages import RowFailed, RowJudged
from ..model.question import Row
from ..render.colour_bar import map_bar, number
from .range_bar import RangeBar
from .theme import VERDICTS

HEADER_WIDTH, VERDICT_WIDTH = 164, 176


class RowHeader(QFrame):
    """A method, its options, and what can be done with its row.

    Signals
    -------
    asked
        "edit", "up", "down", "remove" or "solo".
    """

    asked = pyqtSignal(str)

    def __init__(self, row: Row, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setFixedWidth(HEADER_WIDTH)
        self.setAccessibleName(f"Row {row.method}")
        name = QLabel(f"<b>{row.method}</b>", self)
        name.setWordWrap(True)
        details = QLabel(row.details, self)
        details.setWordWrap(True)
        buttons = QHBoxLayout()
        buttons.setSpacing(1)
        for sign, what, words in (
            ("\N{HORIZONTAL ELLIPSIS}", "edit", "Options"),
            ("\N{UPWARDS ARROW}", "up", "Move up"),
            ("\N{DOWNWARDS ARROW}", "down", "Move down"),
            ("\N{WHITE CIRCLE}", "solo", "Show this row alone, or all again"),
            ("\N{MULTIPLICATION SIGN}", "remove", "Remove"),
        ):
            button = QToolButton(self)
            button.setText(sign)
            button.setToolTip(f"{words}: {row.method}")
            button.setAccessibleName(f"{words}: {row.method}")
            button.setAutoRaise(True)
            button.clicked.connect(lambda _, what=what: self.asked.emit(what))
            buttons.addWidget(button)
        buttons.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 4, 6, 4)
        layout.addWidget(name)
        layout.addWidget(details)
        layout.addStretch()
        self.bar = RangeBar(f"Range of the maps by {row.method}", self)
        layout.addWidget(self.bar)
        layout.addLayout(buttons)

    def show_scales(self, scales: list[tuple[Scale, Scale, Scale]], look: Look) -> None:
        """Show the range of the row's maps: network 1's, network 2's and their difference's of each sample in sight."""
        if not scales:
            self.bar.show_bar(None)
            return
        ends = "; ".join(", ".join(number(one.high) for one in dict.fromkeys(triple)) for triple in scales)
        each = [scale for triple in scales for scale in triple]
        self.bar.show_bar(map_bar(each, look), f"the strongest colours stand for \N{PLUS-MINUS SIGN}{ends}")


class VerdictLabel(QLabel):
    """A row's verdict in colour and in words, and the scores of the chosen sample."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(VERDICT_WIDTH)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setMargin(6)
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
