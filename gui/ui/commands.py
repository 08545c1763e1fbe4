"""Commands: everything that has a name, in one list from which menus, shortcuts, the palette and the sheet are made."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PyQt6.QtCore import QEvent, QObject, Qt
from PyQt6.QtGui import QAction, QKeyEvent, QKeySequence
from PyQt6.QtWidgets import (
    QAbstractButton,
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMainWindow,
    QMenu,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from . import settings
from .mnemonics import with_mnemonics


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
    line
        Whether a line stands above it in its menu.
    checked
        Whether what it turns on and off is on; None where it does neither.
    """

    menu: str
    name: str
    run: Callable[[], object]
    shortcut: str = ""
    line: bool = False
    checked: Callable[[], bool] | None = None


def add_menus(window: QMainWindow, commands: Iterable[Command]) -> dict[str, QAction]:
    """Give a window its menus; returns the actions by name."""
    actions: dict[str, QAction] = {}
    bar, listed = window.menuBar(), list(commands)
    if bar is None:
        return actions
    names = list(dict.fromkeys(command.menu for command in listed))
    for name, text in zip(names, with_mnemonics(names), strict=True):
        menu = bar.addMenu(text)
        if menu is not None:
            actions |= _filled(menu, [command for command in listed if command.menu == name], window)
    for button in bar.findChildren(QAbstractButton):  # Qt shows it where the bar is too narrow for all menus
        button.setToolTip("More menus")
        button.setAccessibleName("More menus")
    return actions


def _filled(menu: QMenu, commands: list[Command], window: QMainWindow) -> dict[str, QAction]:
    """The actions of a menu by name."""
    actions = {}
    for command in commands:
        if command.line:
            menu.addSeparator()
        action = QAction(command.name, window)
        action.setShortcuts([QKeySequence(keys) for keys in command.shortcut.split(";") if keys])
        action.triggered.connect(lambda _, run=command.run: run())
        if command.checked is not None:
            action.setCheckable(True)
            menu.aboutToShow.connect(lambda action=action, on=command.checked: action.setChecked(on()))
        menu.addAction(action)
        actions[command.name] = action
    mark(menu)
    return actions


def mark(menu: QMenu) -> None:
    """Give every entry of a menu a letter of its own."""
    entries = [action for action in menu.actions() if not action.isSeparator()]
    names = [action.text().replace("&", "") for action in entries]
    for action, text in zip(entries, with_mnemonics(names), strict=True):
        action.setText(text)


class Palette(QDialog):
    """All commands, those that were run lately first; a few letters leave those that hold them."""

    def __init__(self, commands: Iterable[Command], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Find a command")
        by_name = {one.name: one for one in commands}
        lately = [name for name in settings.recent("commands") if name in by_name]
        self._commands = [by_name[name] for name in dict.fromkeys([*lately, *by_name])]
        self.field = QLineEdit(self)
        self.field.setAccessibleName("Command")
        self.field.setToolTip("Type a part of a command; Down and Up choose, Enter runs it")
        self.field.setPlaceholderText("Type a part of a command")
        self.field.setClearButtonEnabled(False)
        self.list = QListWidget(self)
        self.list.setAccessibleName("Commands")
        self.list.setToolTip("Those that were run lately stand first")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.field.textChanged.connect(self._show)
        self.field.returnPressed.connect(self._run)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(lambda _: self._run())
        layout = QVBoxLayout(self)
        layout.addWidget(self.field)
        layout.addWidget(self.list)
        self.resize(460, 420)
        self._show("")

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Up and Down move in the list while the letters go on being typed."""
        keys = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -10, Qt.Key.Key_PageDown: 10}
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in keys:
            row = self.list.currentRow() + keys[Qt.Key(event.key())]
            self.list.setCurrentRow(max(0, min(self.list.count() - 1, row)))
            return True
        return bool(super().eventFilter(watched, event))

    def _show(self, typed: str) -> None:
        words = typed.lower().split()
        self.list.clear()
        for command in self._commands:
            text = f"{command.name}  ({command.menu})"
            if all(word in text.lower() for word in words):
                item = QListWidgetItem(f"{text}  {command.shortcut.replace(';', ' or ')}".rstrip(), self.list)
                item.setData(Qt.ItemDataRole.UserRole, command)
        self.list.setCurrentRow(0)

    def _run(self) -> None:
        item = self.list.currentItem()
        self.accept()
        if item is not None:
            command: Command = item.data(Qt.ItemDataRole.UserRole)
            settings.remember(command.name, "commands")
            command.run()


class ShortcutsDialog(QDialog):
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
