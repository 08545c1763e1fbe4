"""A scroll area whose head, left and right margins stay in sight while what is between them scrolls."""

from PyQt6.QtCore import QEvent, QObject
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QScrollArea, QWidget


class FrozenArea(QScrollArea):
    """Scrolls one widget; three others beside it follow it along their own direction only.

    Parameters
    ----------
    gap
        Between the widget and the others, in device-independent pixels.
    """

    def __init__(self, content: QWidget, gap: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._gap = gap
        self._holders = {side: QWidget(self) for side in ("top", "left", "right")}
        self.strips = {side: QWidget(holder) for side, holder in self._holders.items()}
        for strip in self.strips.values():
            strip.installEventFilter(self)
        self.set_content(content)

    def set_content(self, content: QWidget) -> None:
        """Scroll another widget; the one before is deleted."""
        content.installEventFilter(self)
        self.setWidget(content)
        content.show()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Lay the margins anew where a strip or the content changed its size."""
        if event is not None and event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self.arrange()
        return bool(super().eventFilter(watched, event))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Lay the margins for the new size."""
        super().resizeEvent(event)
        self.arrange()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Scroll, and let the strips follow."""
        super().scrollContentsBy(dx, dy)
        self.arrange()

    def arrange(self) -> None:
        """Put every strip where it belongs."""
        content, viewport = self.widget(), self.viewport()
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        if content is None or viewport is None or across is None or down is None:
            return
        top, left, right = (self.strips[side] for side in ("top", "left", "right"))
        for strip in (top, left, right):
            if strip.size() != strip.sizeHint():
                strip.resize(strip.sizeHint())
        head, margin, gap = top.height() + self._gap, left.width() + self._gap, self._gap
        self.setViewportMargins(margin, head, right.width() + gap, 0)
        place = viewport.geometry()
        width, height = min(content.width(), place.width()), min(content.height(), place.height())
        self._holders["top"].setGeometry(place.x(), place.y() - head, width, top.height())
        self._holders["left"].setGeometry(place.x() - margin, place.y(), left.width(), height)
        self._holders["right"].setGeometry(place.x() + width + gap, place.y(), right.width(), height)
        top.move(-across.value(), 0)
        left.move(0, -down.value())
        right.move(0, -down.value())
