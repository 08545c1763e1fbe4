"""The panels around the maps: where they stand, which of them there is room for, and how they are had back."""

from collections.abc import Mapping

from PyQt6.QtCore import QByteArray, QObject, Qt
from PyQt6.QtWidgets import QApplication, QMainWindow, QWidget

from ..model.timers import debounced
from . import settings
from .panel import Panel

LEFT, RIGHT, BOTTOM = (
    Qt.DockWidgetArea.LeftDockWidgetArea,
    Qt.DockWidgetArea.RightDockWidgetArea,
    Qt.DockWidgetArea.BottomDockWidgetArea,
)
PLACES = {
    "Images": LEFT,
    "Network": LEFT,
    "Shift": RIGHT,
    "Look": RIGHT,
    "Patterns": RIGHT,
    "Plots": BOTTOM,
    "Log": BOTTOM,
}
"""Panel -> where it stands at first; those at the bottom are closed then."""

ROOM = {LEFT: 1000, RIGHT: 760}
"""Widths of a window in device-independent pixels; where it is narrower, the panels of that side make room for maps."""

WIDTHS = {LEFT: 220, RIGHT: 264}
LAYOUT = 2
"""Number of this arrangement: a layout that was saved with another one is not taken."""


class Panels(QObject):
    """All panels of a window."""

    def __init__(self, window: QMainWindow, maps: QWidget, contents: Mapping[str, QWidget]) -> None:
        super().__init__(window)
        self.window, self.maps = window, maps
        self.docks: dict[str, Panel] = {}
        self.alone = False
        self._roomy: frozenset[Qt.DockWidgetArea] = frozenset(ROOM)
        self._away: set[str] = set()  # closed for want of room, not by the user
        self._hidden: set[str] = set()  # those that come back when the maps are no longer alone
        self._by_hand = False  # heights that the user dragged stay until the panels hold something else
        self._balancing = debounced(self, 0, self._balance)
        for name, content in contents.items():
            panel = Panel(name, content, window, scrolls=PLACES[name] == RIGHT)
            panel.fold_asked.connect(lambda name=name: self.fold(name))
            panel.content_changed.connect(self._content_changed)
            panel.resized_by_hand.connect(self._resized_by_hand)
            self.docks[name] = panel
        self.arrange()

    def arrange(self) -> None:
        """Every panel where it stands at first."""
        self.alone, self._away, self._roomy, self._by_hand = False, set(), frozenset(ROOM), False
        for name, panel in self.docks.items():
            panel.setFloating(False)
            panel.collapse(collapsed=False)
            self.window.addDockWidget(PLACES[name], panel)
        for first, second in (("Images", "Network"), ("Look", "Patterns"), ("Plots", "Log")):
            self.window.tabifyDockWidget(self.docks[first], self.docks[second])
        for name, panel in self.docks.items():
            panel.setVisible(PLACES[name] != BOTTOM)
        self._raise()
        sides = [self.docks["Images"], self.docks["Shift"]]
        self.window.resizeDocks(sides, [WIDTHS[LEFT], WIDTHS[RIGHT]], Qt.Orientation.Horizontal)
        self._balancing.start()

    def reset(self) -> None:
        """Every panel where it stands at first, as far as there is room."""
        self.arrange()
        self.fit(self.window.width())

    def toggle(self, name: str) -> None:
        """Show a panel and go there, or close it."""
        panel = self.docks[name]
        if panel.isVisible() and not panel.visibleRegion().isEmpty():
            panel.close()
            return
        self.show(name)
        enter(panel)

    def show(self, name: str) -> None:
        """Show a panel with its content, above those that share its place."""
        panel = self.docks[name]
        self._away.discard(name)
        if panel.collapsed:
            self.fold(name)
        panel.show()
        panel.raise_()
        self._balancing.start()

    def fold(self, name: str) -> None:
        """Show a panel's title alone, or its content too; panels that share its place go with it."""
        panel = self.docks[name]
        collapsed = not panel.collapsed
        together = [panel, *(one for one in self.window.tabifiedDockWidgets(panel) if isinstance(one, Panel))]
        for one in together:
            one.collapse(collapsed=collapsed)
        self._balancing.start()

    def fold_all(self) -> None:
        """Show the titles of all panels alone, or their contents too where all are collapsed."""
        collapsed = not all(panel.collapsed for panel in self.docks.values() if not panel.isHidden())
        for panel in self.docks.values():
            panel.collapse(collapsed=collapsed)
        self._balancing.start()

    def toggle_maps_alone(self) -> None:
        """The maps without any panel, or all as before."""
        self.show_maps_alone(alone=not self.alone)

    def focus_next(self, step: int = 1) -> None:
        """Bring the keyboard to the maps, or from there to the next panel in sight."""
        panes = [self.maps, *(one for one in self.docks.values() if not one.visibleRegion().isEmpty())]
        now = QApplication.focusWidget()
        at = next((at for at, pane in enumerate(panes) if now is not None and pane.isAncestorOf(now)), None)
        step = step if at is not None else min(0, step)  # from nowhere, forwards is the first
        at = at or 0
        enter(panes[(at + step) % len(panes)])

    def fit(self, width: int) -> None:
        """Close the panels that a narrow window has no room for, and show them again in a wider one."""
        if not self._by_hand:
            self._balancing.start()
        roomy = frozenset(area for area, least in ROOM.items() if width >= least)
        if roomy == self._roomy or self.alone:
            return
        self._roomy = roomy
        for name, panel in self.docks.items():
            area = self.window.dockWidgetArea(panel)
            if panel.isFloating() or area not in ROOM:
                continue
            if area in roomy and name in self._away:
                panel.show()
                self._away.discard(name)
            elif area not in roomy and not panel.isHidden():
                panel.hide()
                self._away.add(name)
        self._raise()

    def show_maps_alone(self, *, alone: bool) -> None:
        """Close every panel, or show again those that were closed by that."""
        if alone == self.alone:
            return
        self.alone = alone
        if alone:
            self._hidden = {name for name, panel in self.docks.items() if not panel.isHidden()}
        for name in self._hidden:
            self.docks[name].setVisible(not alone)
        self._raise()
        if not alone:
            self.fit(self.window.width())

    def save(self) -> None:
        """Remember where every panel is."""
        self.show_maps_alone(alone=False)
        stored = settings.settings()
        stored.setValue("layout", self.window.saveState(LAYOUT))
        stored.setValue("collapsed", [name for name, panel in self.docks.items() if panel.collapsed])
        stored.setValue("away", sorted(self._away))

    def restore(self) -> None:
        """Put every panel where it was when the window was closed."""
        stored = settings.settings()
        layout = stored.value("layout")
        if not isinstance(layout, QByteArray) or not self.window.restoreState(layout, LAYOUT):
            return
        self._away = set(settings.texts("away")) & set(self.docks)
        if self._away:
            self._roomy = frozenset()  # whatever there is room for comes back
        for name in set(settings.texts("collapsed")) & set(self.docks):
            self.docks[name].collapse(collapsed=True)

    def _raise(self) -> None:
        for name in ("Images", "Look", "Plots"):
            self.docks[name].raise_()

    def _content_changed(self) -> None:
        self._by_hand = False
        self._balancing.start()

    def _resized_by_hand(self) -> None:
        self._by_hand = True

    def _balance(self) -> None:
        """The shift's panel as tall as what it holds, where that leaves the look a third."""
        first, second = self.docks["Shift"], self.docks["Look"]
        docked = [one for one in (first, second) if not one.isHidden() and not one.isFloating()]
        if len(docked) == 2 and self.window.dockWidgetArea(first) == self.window.dockWidgetArea(second):
            whole = first.height() + second.height()
            tall = first.wanted_height if second.collapsed else min(first.wanted_height, 2 * whole // 3)
            self.window.resizeDocks([first, second], [tall, max(1, whole - tall)], Qt.Orientation.Vertical)


def enter(pane: QWidget) -> None:
    """Give the keyboard to the first control of a pane that takes it."""
    for widget in pane.findChildren(QWidget):
        if widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            widget.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
