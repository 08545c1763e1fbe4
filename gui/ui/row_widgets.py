"""What stands beside a row of maps: the method's name with its buttons, and its verdict with the scores."""

from time import monotonic

from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from ..model.look import Look, Scale
from ..model.messages import RowFailed, RowJudged
from ..model.question import Row
from ..model.row_progress import COMPUTING, RowProgress
from ..render.colour_bar import map_bar, number
from .fitting_label import FittingLabel
from .range_bar import RangeBar
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
        self.bar = RangeBar(f"Range of the maps by {row.method}", self)
        layout.addWidget(self.bar)
        layout.addWidget(self._buttons)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Open the menu of a row that is too low for buttons."""
        if self._buttons.isHidden() and event is not None and event.button() == Qt.MouseButton.LeftButton:
            self.asked.emit("menu")

    def resize_to(self, width: int, height: int) -> None:
        """Take this room; a low row has neither buttons, only its menu, nor a colour bar."""
        for part in (self._buttons, self.bar):
            part.setVisible(height >= TALL)
        self.setFixedSize(width, height)

    def show_scales(self, scales: list[tuple[Scale, Scale, Scale]], look: Look) -> None:
        """Show the range of the row's maps: network 1's, network 2's and their difference's of each sample in sight."""
        if not scales:
            self.bar.show_bar(None)
            return
        ends = "; ".join(", ".join(number(one.high) for one in dict.fromkeys(triple)) for triple in scales)
        each = [scale for triple in scales for scale in triple]
        self.bar.show_bar(map_bar(each, look), f"the strongest colours stand for \N{PLUS-MINUS SIGN}{ends}")


class VerdictLabel(FittingLabel):
    """A row's verdict in colour and in words, and the scores of the chosen sample."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMargin(2)
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
