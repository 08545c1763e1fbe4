"""What stands beside a row of maps: the method's name with its buttons, and its verdict with the scores."""

from time import monotonic

from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from ..model.look import Look, Scale
from ..model.messages import RowFailed, RowJudged
from ..model.question import Row
from ..model.row_progress import COMPUTING, RowProgress
from ..render.colour_bar import map_bar, number
from .range_bar import RangeBar
from .theme import VERDICTS

HEADER_WIDTH, VERDICT_WIDTH = 164, 176

TICK = 500
"""Milliseconds until the time that is shown while a row is computed is a new one."""

BUSY, IDLE = "#2f6fd0", "#6b6e77"
"""The colours of a row that is computed, and of one that waits."""

STATES = {
    "waiting": ("waiting", "for its maps"),
    "maps": ("computing", "maps"),
    "unjudged": ("waiting", "for its verdict"),
    "verdict": ("computing", "verdict"),
    "stopped": ("stopped", "F5 goes on"),
}
"""A row's state -> what is shown in the place of a verdict, and at what or for what."""


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

        self._progress = RowProgress()
        self._scores: dict[str, float] | None = None
        self._ticking = QTimer(self)
        self._ticking.setInterval(TICK)
        self._ticking.timeout.connect(self._show_progress)

    def show_answers(
        self,
        judged: RowJudged | None,
        failed: RowFailed | None,
        scores: dict[str, float] | None,
        progress: RowProgress | None = None,
    ) -> None:
        """Show what is known, or how far it is."""
        self._progress, self._scores = progress or RowProgress(), scores
        self._ticking.stop()
        if failed is not None:
            self.setText(f"<b>No maps.</b> {_escaped(failed.reason)}")
            self.setToolTip(failed.reason)
            self.setAccessibleName(f"No maps: {failed.reason}")
        elif judged is None:
            self._show_progress()
            if self._progress.state in COMPUTING:
                self._ticking.start()
        else:
            colour, words = VERDICTS[judged.verdict]
            self._show(judged.verdict, colour, words)
            self.setToolTip(f"{judged.reason}{_computed(self._progress)}")
            self.setAccessibleName(f"Verdict {judged.verdict}: {words}")

    def _show_progress(self) -> None:
        sign, words = STATES.get(self._progress.state, STATES["waiting"])
        self.setAccessibleName(f"No verdict yet: {sign}, {words}")
        self.setToolTip("")
        if self._progress.state in COMPUTING:
            words = f"{words}, {self._progress.seconds(monotonic()):.0f} s"
        self._show(sign, BUSY if self._progress.state in COMPUTING else IDLE, words)

    def _show(self, sign: str, colour: str, words: str) -> None:
        head = f"<span style='background:{colour};color:#ffffff'>&nbsp;<b>{sign}</b>&nbsp;</span>"
        numbers = "" if self._scores is None else _numbers(self._scores)
        self.setText(f"{head}<br>{words}<br><small>{numbers}</small>")


def _computed(progress: RowProgress) -> str:
    return f"\nComputed in {progress.spent:.1f} s." if progress.spent else ""


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
