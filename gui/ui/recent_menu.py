"""What was opened lately, for the File menu: models, data and sessions."""

from collections.abc import Callable, Mapping
from functools import partial

from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QMainWindow, QMenu, QWidget

from . import settings
from .commands import mark

KINDS = {"recent": "Models", "data": "Data", "sessions": "Sessions"}
"""Kind, as the settings have it -> what stands above its entries."""


class RecentMenu(QMenu):
    """Filled when it is shown."""

    def __init__(self, opening: Mapping[str, Callable[[str], object]], parent: QWidget) -> None:
        super().__init__("&Recent", parent)
        self._opening = opening
        self.aboutToShow.connect(self.fill)

    def fill(self) -> None:
        """Show what was opened by now."""
        self.clear()
        for kind, words in KINDS.items():
            names = settings.recent(kind)
            if names:
                self.addSection(words)
            for name in names:
                self.addAction(name.replace("&", "&&"), partial(self._opening[kind], name))
        if self.isEmpty():
            nothing = self.addAction("Nothing was opened yet")
            if nothing is not None:
                nothing.setEnabled(False)


def add_recent(window: QMainWindow, opening: Mapping[str, Callable[[str], object]], before: QAction) -> None:
    """Put the menu above an entry of another one."""
    for menu in window.findChildren(QMenu):
        if before in menu.actions():
            menu.insertMenu(before, RecentMenu(opening, window))
            mark(menu)
