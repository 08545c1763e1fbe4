"""Commands: everything that has a name, in one list from which menus, shortcuts, the palette and the sheet are made."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PyQt6.QtCore import QStringListModel, Qt
from PyQt6.QtGui import QAction, QKeySequence
from PyQt6.QtWidgets import QCompleter, QDialog, QLineEdit, QMainWindow, QTextBrowser, QVBoxLayout, QWidget


@dataclass(frozen=True, eq=False)
class Command:
    """One command.

    Attributes
    ----------
    menu, name
        Where it stands, and what it is called.
    run
        What it does.
    shortcut
        Its keys; several are separated by a semicolon.
    """

    menu: str
    name: str
    run: Callable[[], object]
    shortcut: str = ""


def add_menus(window: QMainWindow, commands: Iterable[Command]) -> dict[str, QAction]:
    """Give a window its menus; returns the actions by name."""
    actions: dict[str, QAction] = {}
    menus = {}
    bar = window.menuBar()
    for command in commands:
        if command.menu not in menus and bar is not None:
            menus[command.menu] = bar.addMenu(f"&{command.menu}")
        action = QAction(command.name, window)
        action.setShortcuts([QKeySequence(keys) for keys in command.shortcut.split(";") if keys])
        action.triggered.connect(lambda _, run=command.run: run())
        menu = menus.get(command.menu)
        if menu is not None:
            menu.addAction(action)
        actions[command.name] = action
    return actions


class Palette(QDialog):
    """Type a few letters of a command, choose, press Enter."""

    def __init__(self, commands: Iterable[Command], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Find a command")
        self._runs = {f"{one.name}  ({one.menu})": one.run for one in commands}
        self.field = QLineEdit(self)
        self.field.setAccessibleName("Command")
        self.field.setPlaceholderText("Type a part of a command")
        completer = QCompleter(self)
        completer.setModel(QStringListModel(sorted(self._runs), completer))
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.field.setCompleter(completer)
        self._completer = completer
        self.field.returnPressed.connect(self._run)
        layout = QVBoxLayout(self)
        layout.addWidget(self.field)
        self.resize(460, 60)

    def _run(self) -> None:
        typed = self.field.text().lower()
        names = [name for name in self._runs if typed in name.lower()]
        self.accept()
        if names:
            self._runs[min(names, key=len)]()


class Sheet(QDialog):
    """All shortcuts on one page."""

    def __init__(self, commands: Iterable[Command], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        browser = QTextBrowser(self)
        browser.setAccessibleName("Keyboard shortcuts")
        browser.setHtml(_page(list(commands)))
        layout = QVBoxLayout(self)
        layout.addWidget(browser)
        self.resize(520, 640)


def _page(commands: list[Command]) -> str:
    parts = []
    for menu in dict.fromkeys(one.menu for one in commands):
        rows = "".join(
            f"<tr><td width='320'>{one.name}</td><td><b>{one.shortcut.replace(';', ' or ')}</b></td></tr>"
            for one in commands
            if one.menu == menu and one.shortcut
        )
        parts.append(f"<h3>{menu}</h3><table>{rows}</table>" if rows else "")
    mouse = (
        "<h3>Mouse</h3><p>Ctrl + wheel: zoom. Drag: pan. Double click: whole image. Move: values under the pointer. "
        "Right click: a map's own commands.</p>"
    )
    return "".join(parts) + mouse
