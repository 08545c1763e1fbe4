"""A legend beside a plot: which colour is which row, never over the curves."""

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap
from PyQt6.QtWidgets import QListWidget, QListWidgetItem, QWidget

LINE = QSize(22, 10)
WIDEST = 220


class Legend(QListWidget):
    """A line with its colour for every curve."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Legend")
        self.setToolTip("Which curve is which row")
        self.setFrameShape(QListWidget.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setIconSize(LINE)
        self.setFixedWidth(0)

    def show_curves(self, curves: list[tuple[str, str, bool]]) -> None:
        """Show the names, colours, and whether the lines are dashed."""
        self.clear()
        for name, colour, dashed in curves:
            item = QListWidgetItem(_line(colour, dashed=dashed), name, self)
            item.setToolTip(name)
        wide = self.sizeHintForColumn(0) + 24 if curves else 0
        self.setFixedWidth(min(WIDEST, wide))


def _line(colour: str, *, dashed: bool) -> QIcon:
    picture = QPixmap(LINE)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setPen(QPen(QColor(colour), 3, Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine))
    painter.drawLine(0, LINE.height() // 2, LINE.width(), LINE.height() // 2)
    painter.end()
    return QIcon(picture)
