"""The actions of the window: files, rows, the view; each is a method without arguments, for menus and for tests."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QPoint
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QDialog, QFileDialog, QInputDialog, QMainWindow, QMenu, QMessageBox

from keras_invariance.errors import InvarianceError

from ..engine.client import Engine
from ..model import scripts
from ..model import session as sessions
from ..model.question import Question, Row, ShiftForm
from ..model.viewer_model import ViewerModel
from . import copying, exporting, settings
from .commands import Command, Palette, Sheet
from .data_panel import DataPanel
from .grid import Grid
from .methods_dialog import RowDialog
from .patterns_panel import PatternsPanel
from .shift_panel import ShiftPanel
from .splits import chosen_data

if TYPE_CHECKING:
    from .plots_panel import PlotsPanel

SESSIONS = "Sessions (*.kinv)"
MODELS = "Models (*.keras *.h5 *.hdf5);;All files (*)"
SAMPLES = ("mnist_mlp", "mnist_cnn", "efficientnet_lite0")
DATA = ("mnist/test", "mnist/train", "photographs")
COLUMNS = ("network 1", "network 2", "the difference")
PICTURES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp"})
WARNING = (
    "A model's own Python can do whatever you can: read your files, delete them, send them away. Run it only if you "
    "know who wrote it."
)


@dataclass(frozen=True)
class Parts:
    """What the actions of a window work on.

    Attributes
    ----------
    window
        The parent of dialogs.
    plots
        Shows the plots, which are made when they are first needed.
    tell, set_theme, diagnostics
        As in `window.Window`.
    """

    window: QMainWindow
    viewer: ViewerModel
    engine: Engine
    grid: Grid
    data: DataPanel
    shift: ShiftPanel
    patterns: PatternsPanel
    plots: "Callable[[], PlotsPanel]"
    tell: Callable[[str, str], None]
    set_theme: Callable[[str], None]
    diagnostics: Callable[[], str]


class Actions:
    """The actions of a window."""

    def __init__(self, parts: Parts) -> None:
        self.parts, self.window, self.viewer = parts, parts.window, parts.viewer

    def commands(self) -> list[Command]:
        """All of them, in the menus' order."""
        parts, viewer = self.parts, self.viewer
        return [
            Command("File", "Open model", self.open_model, "Ctrl+O"),
            Command("File", "Open SavedModel folder", self.open_folder, "Ctrl+Shift+O"),
            *(Command("File", f"Open sample {name}", partial(self.open_path, name)) for name in SAMPLES),
            Command("File", "Open model and run its own Python", self.open_trusted),
            Command("File", "Open data: folder of pictures", self.open_data_folder),
            Command("File", "Open data: npz file", self.open_data_file),
            Command("File", "Open data: by name", self.open_data_name, "Ctrl+D"),
            *(Command("File", f"Open data: {name}", partial(viewer.open, data=name)) for name in DATA),
            Command("File", "Open session", self.open_session, "Ctrl+L"),
            Command("File", "Save session", self.save_session, "Ctrl+S"),
            Command("File", "Export grid as PNG", self.export_grid, "Ctrl+E"),
            *(Command("File", f"Export grid as {kind}", partial(self.export_page, kind)) for kind in ("SVG", "PDF")),
            Command("File", "Export all maps as npz", lambda: self._save("maps.npz", exporting.maps_npz)),
            Command("File", "Export scores as CSV", lambda: self._save("scores.csv", exporting.scores_csv)),
            Command("File", "Export shift as npy", lambda: self._save("shift.npy", exporting.shift_npy)),
            Command("File", "Quit", parts.window.close, "Ctrl+Q"),
            Command("Edit", "Undo", viewer.history.undo, "Ctrl+Z"),
            Command("Edit", "Redo", viewer.history.redo, "Ctrl+Shift+Z;Ctrl+Y"),
            Command("Edit", "Add a row", self.add_row, "Ctrl+N"),
            Command("Edit", "All methods", self.all_rows),
            Command(
                "Edit", "Copy picture", lambda: self.copy_image(lambda: exporting.grid_image(viewer)), "Ctrl+Shift+E"
            ),
            Command("Edit", "Copy as command", partial(self.copy_script, scripts.as_command), "Ctrl+Shift+C"),
            Command("Edit", "Copy as Python", partial(self.copy_script, scripts.as_python), "Ctrl+Alt+C"),
            Command("Image", "Next image", lambda: parts.data.move(1), "Right;N"),
            Command("Image", "Previous image", lambda: parts.data.move(-1), "Left;P"),
            Command("Image", "Random image", parts.data.choose_random, "R"),
            Command("Image", "Pin or unpin", parts.data.toggle_pin, "Shift+P"),
            Command("Shift", "Show a cat", parts.shift.aim_at_cat, "C"),
            Command("Shift", "Constant -1", lambda: self._shift(ShiftForm())),
            Command("Shift", "Checkerboard", lambda: self._shift(ShiftForm("checkerboard"))),
            Command("Shift", "Draw", lambda: self._shift(replace(viewer.question.shift, kind="drawing")), "D"),
            Command("Shift", "No shift", lambda: self._shift(ShiftForm(constant=0.0)), "0"),
            Command("View", "Blink", lambda: viewer.look_at(flipped=not viewer.look.flipped), "Space"),
            Command("View", "Wipe", self.toggle_wipe, "W"),
            Command("View", "Whole image", lambda: viewer.look_at(zoom=1.0, centre=(0.5, 0.5)), "Home"),
            Command("View", "Larger cells", lambda: parts.grid.resize_cells(parts.grid.side + 24), "Ctrl++;Ctrl+="),
            Command("View", "Smaller cells", lambda: parts.grid.resize_cells(parts.grid.side - 24), "Ctrl+-"),
            Command("View", "Network 1 alone", lambda: self.solo_column(0), "1"),
            Command("View", "Network 2 alone", lambda: self.solo_column(1), "2"),
            Command("View", "Difference alone", lambda: self.solo_column(2), "3"),
            Command("View", "All rows and columns", parts.grid.solo),
            *(
                Command("View", f"Theme: {name}", partial(parts.set_theme, name))
                for name in ("system", "light", "dark")
            ),
            Command("Engine", "Explain again", viewer.explain, "F5"),
            Command("Engine", "Sweep over the shift's strength", lambda: parts.plots().begin_sweep(), "Ctrl+R"),
            Command("Engine", "Scores of many images", lambda: parts.plots().begin_spread()),
            Command("Engine", "Randomise the layers", lambda: parts.plots().begin_randomizing()),
            Command("Engine", "Fit patterns", parts.patterns.begin, "Ctrl+P"),
            Command("Engine", "Stop what is under way", self.stop, "Esc;Ctrl+."),
            Command("Engine", "Restart the engine", parts.engine.restart),
            Command("Help", "Find a command", self.find, "Ctrl+Shift+P"),
            Command("Help", "Keyboard shortcuts", self.sheet, "F1"),
            Command("Help", "Copy diagnostics", lambda: self.copy(parts.diagnostics())),
        ]

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

        spellings = "; ".join(data_spellings())
        name, given = QInputDialog.getText(self.window, "Open data", f"{spellings}:", text=self.viewer.question.data)
        if given and name.strip().endswith(".npz"):
            self.open_arrays(name.strip())
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
        self._try(lambda: self.viewer.restore(sessions.load(path)))

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

    def map_menu(self, row: int, sample: int, column: int, where: QPoint) -> None:
        """A map's own commands, at a place on the screen."""
        menu = QMenu(self.window)
        method = self.viewer.question.rows[row].method
        name = f"{method}-{sample}-{COLUMNS[column].split()[-1]}"
        png = partial(exporting.map_picture, row=row, sample=sample, column=column)
        npy = partial(exporting.map_npy, row=row, sample=sample, column=column)
        for words, run in (
            ("Export this map as PNG", lambda: self._save(f"{name}.png", png)),
            ("Export this map as npy", lambda: self._save(f"{name}.npy", npy)),
            ("Copy this map", lambda: self.copy_image(partial(exporting.map_image, self.viewer, row, sample, column))),
            (f"{method} alone, or all rows", lambda: self.row_requested(row, "solo")),
            (f"{COLUMNS[column].capitalize()} alone, or all columns", lambda: self.solo_column(column)),
            (f"Options of {method}", lambda: self.row_requested(row, "edit")),
        ):
            menu.addAction(words, run)
        menu.popup(where)

    def add_row(self) -> None:
        """Ask for a method, and add it."""
        dialog = RowDialog(Row("gradient"), self.window)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self.viewer.change("add a row", rows=(*self.viewer.question.rows, dialog.row))

    def all_rows(self) -> None:
        """Every method of the catalogue that the network admits and that needs no patterns."""
        about = self.viewer.about
        names = (
            [] if about is None else [name for name, told in about.coverage.items() if not told.startswith("cannot")]
        )
        rows = [Row(name, reference="zero" if name == "integrated-gradients" else "") for name in names]
        have = any(row.needs_patterns for row in self.viewer.question.rows)
        self.viewer.change("show all methods", rows=tuple(row for row in rows if have or not row.needs_patterns))

    def row_requested(self, row: int, what: str) -> None:
        """What a row's buttons do."""
        rows = list(self.viewer.question.rows)
        if what == "edit":
            dialog = RowDialog(rows[row], self.window)
            if dialog.exec() != QDialog.DialogCode.Accepted:
                return
            rows[row] = dialog.row
        elif what == "solo":
            self.parts.grid.solo(row=None if self.parts.grid.solo_row == row else row)
            return
        elif what == "remove":
            del rows[row]
        else:
            other = row + (1 if what == "down" else -1)
            if not 0 <= other < len(rows):
                return
            rows[row], rows[other] = rows[other], rows[row]
        self.viewer.change(f"{what} a row", rows=tuple(rows))

    def toggle_wipe(self) -> None:
        """Wipe between network 1 and network 2, or not."""
        self.viewer.look_at(wipe=0.5 if self.viewer.look.wipe is None else None)

    def solo_column(self, column: int) -> None:
        """One column alone, or all again."""
        grid = self.parts.grid
        grid.solo(row=grid.solo_row, column=None if grid.solo_column == column else column)

    def stop(self) -> None:
        """Stop all that is under way; where nothing is, show all rows and columns again."""
        if self.parts.engine.busy or self.viewer.opening is not None:
            self.viewer.stop()
        else:
            self.parts.grid.solo()

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

    def find(self) -> None:
        """The command palette."""
        Palette(self.commands(), self.window).exec()

    def sheet(self) -> None:
        """All shortcuts."""
        Sheet(self.commands(), self.window).show()

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
