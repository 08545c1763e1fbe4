"""The Help menu: the manual, the welcome, the tour, all commands and keys, and what program this is."""

from collections.abc import Callable
from importlib.resources import files

from PyQt6.QtCore import QT_VERSION_STR, Qt
from PyQt6.QtWidgets import QDialog, QMessageBox, QTextBrowser, QVBoxLayout, QWidget

from keras_invariance import __version__

from .commands import Command, Palette, ShortcutsDialog
from .icon import icon
from .parts import Parts
from .tour import Stop, Tour
from .welcome import Welcome


class HelpActions:
    """What helps.

    Parameters
    ----------
    commands
        All commands of the window.
    """

    def __init__(self, parts: Parts, commands: Callable[[], list[Command]]) -> None:
        self.parts, self.window, self._commands = parts, parts.window, commands

    def find(self) -> None:
        """The command palette."""
        Palette(self._commands(), self.window).exec()

    def shortcuts(self) -> None:
        """All shortcuts."""
        ShortcutsDialog(self._commands(), self.window).show()

    def manual(self) -> QDialog:
        """What stands where, and what it means."""
        dialog = QDialog(self.window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle("Manual")
        browser = QTextBrowser(dialog)
        browser.setAccessibleName("Manual")
        browser.setMarkdown((files("keras_invariance.gui.ui") / "manual.md").read_text("utf-8"))
        layout = QVBoxLayout(dialog)
        layout.addWidget(browser)
        dialog.resize(560, 640)
        dialog.show()
        return dialog

    def welcome(self) -> Welcome:
        """Four samples, and the tour."""
        dialog = Welcome(self.parts.viewer.restore, self.window)
        dialog.tour_asked.connect(self.tour)
        dialog.show()
        return dialog

    def tour(self) -> Tour:
        """What stands where."""
        parts = self.parts

        def inside(name: str) -> Callable[[], QWidget]:
            return lambda: parts.panels.docks[name].widget() or parts.panels.docks[name]

        stops = [
            Stop("", "Each row is a method: its map of network 1, of its shifted twin, and their difference.",
                 lambda: parts.grid),
            Stop("", "At a row's end stands the verdict. Point at it for the reason.",
                 lambda: next(iter(parts.grid.verdicts), parts.grid)),  # there may be no row
            Stop("Images", "Choose the image here; Pin keeps one beside it.", inside("Images")),
            Stop("Shift", "What the twin's images are shifted by. Draw it, or press C: a cat appears in some maps.",
                 inside("Shift")),
            Stop("Look", "Colours, range, zoom. Nothing here computes a map again.", inside("Look")),
            Stop("", "All commands have menus and keys; Ctrl+Shift+P finds them, F11 shows the maps alone.",
                 lambda: self.window.menuBar() or self.window),
        ]  # fmt: skip
        tour = Tour(stops, parts.panels.show, self.window)
        tour.show()
        return tour

    def about(self) -> QMessageBox:
        """The program, its version and licence."""
        box = QMessageBox(self.window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowTitle("About keras_invariance")
        box.setIconPixmap(icon().pixmap(64, 64))
        box.setText(
            f"<b>keras_invariance viewer {__version__}</b><br>Which saliency maps of a Keras model can be trusted."
        )
        box.setInformativeText(
            f"Apache License 2.0. Qt {QT_VERSION_STR}, by PyQt6 under the GPL 3. After Kindermans, Hooker et al., "
            "The (Un)reliability of saliency methods (2017)."
        )
        box.show()
        return box
