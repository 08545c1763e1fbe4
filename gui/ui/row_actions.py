"""What can be done with a row of maps and with a single map: their menus, by mouse and by keyboard."""

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

from PyQt6.QtCore import QPoint
from PyQt6.QtGui import QCursor, QImage
from PyQt6.QtWidgets import QDialog, QMenu

from keras_invariance.application import METHODS, is_name

from ..model.question import Row
from . import exporting
from .methods_dialog import RowDialog
from .parts import Parts
from .row_widgets import BUTTONS

COLUMNS = ("network 1", "network 2", "the difference")
Save: TypeAlias = Callable[[str, Callable[..., None]], None]


class RowActions:
    """The actions of rows.

    Parameters
    ----------
    save
        Asks where to, and writes.
    copy_image
        Puts a picture on the clipboard.
    """

    def __init__(self, parts: Parts, save: Save, copy_image: Callable[[Callable[[], QImage]], None]) -> None:
        self.parts, self.window, self.viewer = parts, parts.window, parts.viewer
        self._save, self._copy_image = save, copy_image

    def map_menu(self, row: int, sample: int, column: int, where: QPoint) -> None:
        """A map's own commands and those of its row, at a place on the screen."""
        menu = QMenu(self.window)
        method = self.viewer.question.rows[row].method
        name = f"{method}-{sample}-{COLUMNS[column].split()[-1]}"
        png = partial(exporting.map_picture, row=row, sample=sample, column=column)
        picture = partial(exporting.map_image, self.viewer, row, sample, column)
        npy = partial(exporting.map_npy, row=row, sample=sample, column=column)
        for words, run in (
            ("Export this map as &PNG", lambda: self._save(f"{name}.png", png)),
            ("Export this map as &npy", lambda: self._save(f"{name}.npy", npy)),
            ("&Copy this map", lambda: self._copy_image(picture)),
            (f"&{COLUMNS[column].capitalize()} alone, or all columns", lambda: self.solo_column(column)),
        ):
            menu.addAction(words, run)
        menu.addSeparator()
        self._add_row(menu, row)
        menu.popup(where)

    def row_menu(self, row: int, where: QPoint) -> None:
        """What a row's buttons do, where there is no room for them."""
        menu = QMenu(self.window)
        self._add_row(menu, row)
        menu.popup(where)

    def add_row(self) -> None:
        """Ask for a method, and add it."""
        dialog = RowDialog(Row("gradient"), self.window)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self.viewer.change("add a row", rows=(*self.viewer.question.rows, dialog.row))

    def all_rows(self) -> None:
        """Every method that the network admits, but slow ones and those that need patterns or a background."""
        about = self.viewer.about
        names = (
            [] if about is None else [name for name, told in about.coverage.items() if not told.startswith("cannot")]
        )
        ours = {name: METHODS[name] for name in names if name in METHODS}
        wanted = [
            Row(name, reference="zero" if method.reference else "")
            for name, method in ours.items()
            if not (method.slow or "background" in method.options)
        ]
        wanted += [Row(name) for name in names if name not in ours and is_name(name)]
        have = any(row.needs_patterns for row in self.viewer.question.rows)
        self.viewer.change("show all methods", rows=tuple(row for row in wanted if have or not row.needs_patterns))

    def row_requested(self, row: int, what: str) -> None:
        """What a row's buttons do."""
        rows = list(self.viewer.question.rows)
        if what == "menu":
            self.row_menu(row, QCursor.pos())
            return
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

    def solo_column(self, column: int) -> None:
        """One column alone, or all again."""
        grid = self.parts.grid
        grid.solo(row=grid.solo_row, column=None if grid.solo_column == column else column)

    def _add_row(self, menu: QMenu, row: int) -> None:
        method = self.viewer.question.rows[row].method
        for _, what, words in BUTTONS:
            menu.addAction(f"&{words}: {method}", partial(self.row_requested, row, what))
