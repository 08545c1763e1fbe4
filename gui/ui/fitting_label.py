"""A label that says as much as it has room for; all of it stands in its tool tip."""

from PyQt6.QtCore import QEvent, QSize, Qt
from PyQt6.QtGui import QHelpEvent, QResizeEvent, QTextDocument
from PyQt6.QtWidgets import QLabel, QToolTip, QWidget


class FittingLabel(QLabel):
    """Shows the first of several texts that fits, the longest first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts: tuple[str, ...] = ("",)
        self.fits = True
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)

    @property
    def whole(self) -> str:
        """The longest of the texts."""
        return self._texts[0]

    def setText(self, text: str | None) -> None:
        """Show a text; where there is no room for all of its lines, the last ones are left out."""
        lines = (text or "").split("<br>")
        self.show_texts(*("<br>".join(lines[:count]) for count in range(len(lines), 0, -1)))

    def show_texts(self, *texts: str) -> None:
        """Show the first of these that fits, or the last."""
        if texts != self._texts:
            self._texts = texts
            self._fit()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Choose again for the new size."""
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """None: it says less where there is less room."""
        return QSize(0, 0)

    def event(self, event: QEvent | None) -> bool:
        """Tell what was left out, above the tool tip."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self.text() != self.whole:
            QToolTip.showText(event.globalPos(), f"{self.whole}<p>{self.toolTip()}</p>", self)
            return True
        return bool(super().event(event))

    def _fit(self) -> None:
        margins = self.contentsMargins()
        across = self.width() - 2 * self.margin() - margins.left() - margins.right()
        down = self.height() - 2 * self.margin() - margins.top() - margins.bottom()
        fitting = (text for text in self._texts if self._within(text, across, down))
        text = next(fitting, None)
        self.fits = text is not None
        shown = self._texts[-1] if text is None else text
        if shown != self.text():
            super().setText(shown)

    def _within(self, text: str, across: int, down: int) -> bool:
        document = QTextDocument()
        document.setDocumentMargin(0)
        document.setDefaultFont(self.font())
        document.setHtml(text)
        document.setTextWidth(across)
        return document.size().height() <= down and document.idealWidth() <= across + 0.5
