"""The actions of the window: files, rows, the view; each is a method without arguments, for menus and for tests."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QFileDialog, QInputDialog, QMessageBox

from keras_invariance.errors import InvarianceError

from ..model import scripts
from ..model import session as sessions
from ..model.question import Question, ShiftForm
from . import copying, engine_memory, exporting, settings
from .commands import Command
from .help_actions import HelpActions
from .panel import Panel
from .parts import Parts
from .row_actions import RowActions
from .splits import chosen_data

if TYPE_CHECKING:
    pass

SESSIONS = "Sessions (*.kinv)"
MODELS = "Models (*.keras *.h5 *.hdf5);;All files (*)"
SAMPLES = ("mnist_mlp", "mnist_cnn", "efficientnet_lite0")
DATA = ("mnist/test", "mnist/train", "photographs")
PICTURES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp"})
WARNING = (
    "A model's own Python can do whatever you can: read your files, delete them, send them away. Run it only if you "
    "know who wrote it."
)


class Actions:
    """The actions of a window."""

    def __init__(self, parts: Parts) -> None:
        self.parts, self.window, self.viewer = parts, parts.window, parts.viewer
        rows = RowActions(parts, self._save, self.copy_image)
        self.add_row, self.all_rows, self.row_requested = rows.add_row, rows.all_rows, rows.row_requested
        self.help = HelpActions(parts, self.commands)
        self.map_menu, self.solo_column = rows.map_menu, rows.solo_column

    def commands(self) -> list[Command]:
        """All of them, in the menus' order."""
        parts, viewer = self.parts, self.viewer
        return [
            Command("File", "Open model", self.open_model, "Ctrl+O"),
            Command("File", "Open SavedModel folder", self.open_folder, "Ctrl+Shift+O"),
            *(Command("File", f"Open sample {name}", partial(self.open_path, name)) for name in SAMPLES),
            Command("File", "Open model and run its own Python", self.open_trusted),
            Command("File", "Open data: folder of pictures", self.open_data_folder, line=True),
            Command("File", "Open data: npz file", self.open_data_file),
            Command("File", "Open data: by name", self.open_data_name, "Ctrl+D"),
            *(Command("File", f"Open data: {name}", partial(viewer.open, data=name)) for name in DATA),
            Command("File", "Open session", self.open_session, "Ctrl+L", line=True),
            Command("File", "Save session", self.save_session, "Ctrl+S"),
            Command("File", "Export grid as PNG", self.export_grid, "Ctrl+E", line=True),
            *(Command("File", f"Export grid as {kind}", partial(self.export_page, kind)) for kind in ("SVG", "PDF")),
            Command("File", "Export all maps as npz", lambda: self._save("maps.npz", exporting.maps_npz)),
            Command("File", "Export scores as CSV", lambda: self._save("scores.csv", exporting.scores_csv)),
            Command("File", "Export shift as npy", lambda: self._save("shift.npy", exporting.shift_npy)),
            Command("File", "Quit", parts.window.close, "Ctrl+Q", line=True),
            Command("Edit", "Undo", viewer.history.undo, "Ctrl+Z"),
            Command("Edit", "Redo", viewer.history.redo, "Ctrl+Shift+Z;Ctrl+Y"),
            Command("Edit", "Add a row", self.add_row, "Ctrl+N", line=True),
            Command("Edit", "All methods", self.all_rows),
            Command(
                "Edit", "Copy picture", lambda: self.copy_image(lambda: exporting.grid_image(viewer)), "Ctrl+Shift+E"
            ),
            Command(
                "Edit", "Copy as command", partial(self.copy_script, scripts.as_command), "Ctrl+Shift+C", line=True
            ),
            Command("Edit", "Copy as Python", partial(self.copy_script, scripts.as_python), "Ctrl+Alt+C"),
            Command("Image", "Next image", lambda: parts.data.move(1), "Right;N"),
            Command("Image", "Previous image", lambda: parts.data.move(-1), "Left;P"),
            Command("Image", "Random image", parts.data.choose_random, "R"),
            Command("Image", "Pin or unpin", parts.data.toggle_pin, "Shift+P", line=True),
            Command("Shift", "Show a cat", parts.shift.aim_at_cat, "C"),
            Command("Shift", "Constant -1", lambda: self._shift(ShiftForm()), line=True),
            Command("Shift", "Checkerboard", lambda: self._shift(ShiftForm("checkerboard"))),
            Command("Shift", "Draw", lambda: self._shift(replace(viewer.question.shift, kind="drawing")), "D"),
            Command("Shift", "No shift", lambda: self._shift(ShiftForm(constant=0.0)), "0"),
            Command("View", "Blink", lambda: viewer.look_at(flipped=not viewer.look.flipped), "Space"),
            Command("View", "Wipe", self.toggle_wipe, "W"),
            Command("View", "Whole image", partial(viewer.look_at, zoom=1.0, centre=(0.5, 0.5)), "Home", line=True),
            Command("View", "Larger cells", lambda: parts.grid.resize_cells(parts.grid.side + 24), "Ctrl++;Ctrl+="),
            Command("View", "Smaller cells", lambda: parts.grid.resize_cells(parts.grid.side - 24), "Ctrl+-"),
            Command("View", "Cells as large as there is room for", lambda: parts.grid.resize_cells(None), "Ctrl+0"),
            Command("View", "Network 1 alone", lambda: self.solo_column(0), "1", line=True),
            Command("View", "Network 2 alone", lambda: self.solo_column(1), "2"),
            Command("View", "Difference alone", lambda: self.solo_column(2), "3"),
            Command("View", "All rows and columns", self.show_all),
            Command("View", "Stop, or show all again", self.escape, "Esc"),
            *(
                Command("View", f"Theme: {name}", partial(parts.set_theme, name), line=name == "system")
                for name in ("system", "light", "dark")
            ),
            *self._panel_commands(),
            Command("Engine", "Explain again", viewer.explain, "F5"),
            Command(
                "Engine", "Sweep over the shift's strength", lambda: parts.plots().begin_sweep(), "Ctrl+R", line=True
            ),
            Command("Engine", "Scores of many images", lambda: parts.plots().begin_spread()),
            Command("Engine", "Randomise the layers", lambda: parts.plots().begin_randomizing()),
            Command("Engine", "Fit patterns", parts.patterns.begin, "Ctrl+P"),
            Command("Engine", "Stop what is under way", viewer.stop, "Ctrl+.", line=True),
            Command("Engine", "Restart the engine", parts.engine.restart),
            Command("Engine", "Memory of the engine", lambda: engine_memory.ask(parts.engine, self.window)),
            Command("Help", "Manual", self.help.manual, "Shift+F1"),
            Command("Help", "Welcome", self.help.welcome),
            Command("Help", "Tour", self.help.tour),
            Command("Help", "Find a command", self.help.find, "Ctrl+Shift+P", line=True),
            Command("Help", "Keyboard shortcuts", self.help.shortcuts, "F1"),
            Command("Help", "Copy diagnostics", lambda: self.copy(parts.diagnostics()), line=True),
            Command("Help", "About", self.help.about, line=True),
        ]

    def _panel_commands(self) -> list[Command]:
        panels = self.parts.panels
        shown = [
            Command(
                "Panels",
                name,
                partial(panels.toggle, name),
                f"Alt+{number}",
                checked=partial(_is_open, panel),
            )
            for number, (name, panel) in enumerate(panels.docks.items(), start=1)
        ]
        return [
            *shown,
            Command("Panels", "Collapse or expand all panels", panels.fold_all, line=True),
            Command("Panels", "Reset layout", panels.reset),
            Command("Panels", "Maps alone", panels.toggle_maps_alone, "F11", line=True, checked=lambda: panels.alone),
            Command("Panels", "Next pane", panels.focus_next, "F6"),
            Command("Panels", "Previous pane", lambda: panels.focus_next(-1), "Shift+F6"),
        ]

    def show_all(self) -> None:
        """All rows and columns, and the panels that were closed to show the maps alone."""
        self.parts.grid.solo()
        self.parts.panels.show_maps_alone(alone=False)

    def escape(self) -> None:
        """Stop what is under way; where nothing is, show all again."""
        if self.parts.engine.busy or self.viewer.opening is not None:
            self.viewer.stop()
        else:
            self.show_all()

    def open_path(self, path: str) -> None:
        """Open whatever a path names: a model, a session, data, or a picture for the shift."""
        self.open_dropped([path])

    def open_dropped(self, paths: Sequence[str]) -> None:
        """Open files that were dropped: first a session, then a model and data together; pictures are one data set.

        Which split of an npz file, where it has several, is asked.
        """
        asked: dict[str, str | None] = {}
        for path in sorted(paths, key=lambda one: Path(one).suffix.lower() != ".kinv"):
            suffix = Path(path).suffix.lower()
            if suffix == ".kinv":
                self.load_session(Path(path))
            elif suffix == ".npy":
                self.parts.shift.take_picture(path)
            elif suffix == ".npz":
                asked["data"] = self._chosen_data(path)
            elif suffix not in PICTURES:
                asked |= _asked(path)
        pictures = [path for path in paths if Path(path).suffix.lower() in PICTURES]
        if pictures:
            asked["data"] = f"pictures:{'|'.join(pictures)}"
        if any(asked.values()):
            self.viewer.open(model=asked.get("model"), data=asked.get("data"))

    def _chosen_data(self, path: str) -> str | None:
        """An npz file with its split, or nothing where the user or the file says no."""
        found: list[str | None] = []
        self._try(lambda: found.append(chosen_data(path, self.window)))
        return found[0] if found else None

    def open_trusted(self) -> None:
        """Ask for a model file whose own Python may run, and whether the user means it."""
        path, _ = QFileDialog.getOpenFileName(self.window, "Open a model and run its own Python", "", MODELS)
        if path and self._confirmed(WARNING):
            self.viewer.open(model=path, trusted=True)

    def open_data_name(self) -> None:
        """Ask for any data set by its spelling, such as one of TensorFlow Datasets."""
        from keras_invariance.application import data_spellings

        spellings = "\n".join(data_spellings())
        name, given = QInputDialog.getText(self.window, "Open data", spellings, text=self.viewer.question.data)
        if given and name.strip().endswith(".npz"):
            self.open_path(name.strip())
        elif given and name.strip():
            self.viewer.open(data=name.strip())

    def open_model(self) -> None:
        """Ask for a model file."""
        path, _ = QFileDialog.getOpenFileName(self.window, "Open a model", "", MODELS)
        if path:
            self.open_path(path)

    def open_folder(self) -> None:
        """Ask for a SavedModel folder."""
        path = QFileDialog.getExistingDirectory(self.window, "Open a SavedModel folder")
        if path:
            self.viewer.open(model=path, trusted=False)

    def open_data_folder(self) -> None:
        """Ask for a folder of pictures."""
        path = QFileDialog.getExistingDirectory(self.window, "Open a folder of pictures")
        if path:
            self.viewer.open(data=f"folder:{path}")

    def open_data_file(self) -> None:
        """Ask for an npz file."""
        path, _ = QFileDialog.getOpenFileName(self.window, "Open data", "", "Arrays (*.npz)")
        if path:
            self.open_path(path)

    def open_session(self) -> None:
        """Ask for a session."""
        path, _ = QFileDialog.getOpenFileName(self.window, "Open a session", "", SESSIONS)
        if path:
            self.load_session(Path(path))

    def load_session(self, path: Path) -> None:
        """Show a session."""
        if self._try(lambda: self.viewer.restore(sessions.load(path))):
            settings.remember(str(path), "sessions")

    def save_session(self) -> None:
        """Ask where to, and write the session."""
        self._save("session.kinv", lambda viewer, path: sessions.save(viewer.session, path))

    def export_grid(self) -> None:
        """Ask for a scale and a file, and write the grid's picture."""
        factor, given = QInputDialog.getDouble(
            self.window, "Export grid", "Pixels for each of the grid's", 2, 0.5, 16, 1
        )
        if given:
            self._save("grid.png", partial(exporting.grid_picture, factor=factor))

    def export_page(self, kind: str) -> None:
        """Ask for a file, and write the grid as an SVG or a PDF."""
        self._save(f"grid.{kind.lower()}", exporting.grid_picture)

    def toggle_wipe(self) -> None:
        """Wipe between network 1 and network 2, or not."""
        self.viewer.look_at(wipe=0.5 if self.viewer.look.wipe is None else None)

    def copy_script(self, write: Callable[[Question, scripts.Beside], str]) -> None:
        """Put what computes the same on the clipboard; a shift without a spelling is saved beside it."""
        fitted_to = self.parts.patterns.data.text().strip() or "mnist/train"
        self._try(lambda: self.copy(*copying.script_of(self.viewer, write, fitted_to)))

    def copy_image(self, image: Callable[[], QImage]) -> None:
        """Put a picture on the clipboard."""
        self._try(lambda: self.copy(image()))

    def copy(self, content: str | QImage, told: str = "Copied.") -> None:
        """Put a text or a picture on the clipboard, and say so."""
        copying.to_clipboard(content)
        self.parts.tell("note", told)

    def recent(self) -> list[str]:
        """Models opened lately."""
        return settings.recent()

    def _shift(self, form: ShiftForm) -> None:
        self.viewer.change("change the shift", shift=form)

    def _save(self, name: str, write: Callable[..., None]) -> None:
        path, _ = QFileDialog.getSaveFileName(self.window, "Save", name)
        if path and self._try(lambda: write(self.viewer, Path(path))):
            self.parts.tell("note", f"Written: {path}")

    def _confirmed(self, words: str) -> bool:
        buttons = QMessageBox.StandardButton
        answer = QMessageBox.warning(self.window, "Are you sure?", words, buttons.Yes | buttons.No, buttons.No)
        return answer == buttons.Yes

    def _try(self, action: Callable[[], None]) -> bool:
        """Whether it succeeded; what went wrong is told."""
        try:
            action()
        except InvarianceError as error:
            self.parts.tell("error", str(error))
            return False
        return True


def _asked(path: str) -> dict[str, str | None]:
    """What a file or folder is opened as."""
    if Path(path).is_dir() and not (Path(path) / "saved_model.pb").exists():
        return {"data": f"folder:{path}"}
    return {"model": path}


def _is_open(panel: Panel) -> bool:
    return not panel.isHidden()
