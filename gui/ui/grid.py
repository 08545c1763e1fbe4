"""The grid: a row per method, and for every sample in sight network 1, network 2 and their difference."""

import numpy as np
from PyQt6.QtCore import QEvent, QObject, QPoint, Qt, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QStyle, QVBoxLayout, QWidget

from ..model.look import Look, Scale
from ..model.viewer_model import ViewerModel
from ..render.canvas import Canvas
from . import grid_cells
from .column_header import ColumnHeader
from .frozen_area import FrozenArea
from .map_cursor import MapCursor
from .measures import SMALLEST, USUAL, Measures, lines_in_sight, measures
from .read_out import read_out
from .row_widgets import RowHeader, VerdictLabel
from .zooming import within, zoomed

GAP = 6
LARGEST = 400


class Grid(FrozenArea):
    """All maps in one canvas; the inputs above it, the methods and the verdicts beside it stay in sight.

    Signals
    -------
    row_requested
        A row's place, and what shall become of it.
    pointed
        The values under the pointer, in words; empty where there is none.
    menu_requested
        A map's row, sample and column (0 network 1, 1 network 2, 2 the difference), and the place on the screen.
    """

    row_requested = pyqtSignal(int, str)
    pointed = pyqtSignal(str)
    menu_requested = pyqtSignal(int, int, int, QPoint)

    def __init__(self, viewer: ViewerModel, canvas: Canvas, parent: QWidget | None = None) -> None:
        self.viewer, self.canvas = viewer, canvas
        super().__init__(canvas.widget, GAP, parent)
        self.solo_row: int | None = None
        self.solo_column: int | None = None
        self.measures = Measures(USUAL, 164, 176, 72, 64)
        self._chosen: int | None = None
        self.headers: list[RowHeader] = []
        self.verdicts: list[VerdictLabel] = []
        self.columns: list[ColumnHeader] = []
        self._layers: dict[tuple[int, int], tuple[np.ndarray, np.ndarray, np.ndarray]] = {}
        self._scales: dict[int, list[tuple[Scale, Scale, Scale]]] = {}
        self._uploaded: tuple[int, tuple[int, ...]] = (0, ())
        self._built: tuple[object, ...] = ()
        self._heads = QHBoxLayout(self.strips["top"])
        self._rows_left, self._rows_right = QVBoxLayout(self.strips["left"]), QVBoxLayout(self.strips["right"])
        for layout in (self._heads, self._rows_left, self._rows_right):
            layout.setSpacing(GAP)
            layout.setContentsMargins(0, 0, 0, 0)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the canvas inside takes the keyboard
        self.cursor_frame = MapCursor(self, self._ask_menu)
        self._connect_canvas()
        viewer.answered.connect(self.refresh)
        viewer.look_changed.connect(self._show_look)
        viewer.scaling_changed.connect(lambda _: self._lay_cells())
        viewer.question_changed.connect(lambda _: self._question_changed())
        self.rebuild()

    def use(self, canvas: Canvas) -> None:
        """Draw with another canvas from now on."""
        self.canvas, self._uploaded = canvas, (0, ())
        self._connect_canvas()
        self.set_content(canvas.widget)
        self.rebuild()

    @property
    def shown_rows(self) -> list[int]:
        """The places of the rows in sight."""
        count = len(self.viewer.question.rows)
        if self.solo_row is not None and self.solo_row < count:
            return [self.solo_row]
        return list(range(count))

    @property
    def shown_columns(self) -> list[int]:
        """Of each sample: 0 network 1, 1 network 2, 2 the difference."""
        return [0, 1, 2] if self.solo_column is None else [self.solo_column]

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Show the whole image again on a double click."""
        if watched is self.canvas.widget and event is not None and event.type() == QEvent.Type.MouseButtonDblClick:
            self.viewer.look_at(zoom=1.0, centre=(0.5, 0.5))
        return super().eventFilter(watched, event)

    def solo(self, *, row: int | None = None, column: int | None = None) -> None:
        """Show one row or column alone; None shows all."""
        self.solo_row, self.solo_column = row, column
        self.rebuild()

    @property
    def side(self) -> int:
        """Of a cell, in device-independent pixels."""
        return self.measures.side

    def resize_cells(self, side: int | None) -> None:
        """Make the cells larger or smaller; None: as the room allows."""
        self._chosen = None if side is None else max(SMALLEST, min(LARGEST, side))
        self.measure()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Give every part its share of the new room."""
        self.measure()
        super().resizeEvent(event)

    def arrange(self) -> None:
        """Put every strip where it belongs, and say which rows are seen: these are computed first."""
        super().arrange()
        viewport, down = self.viewport(), self.verticalScrollBar()
        if viewport is not None and down is not None and self._built:
            rows = self.shown_rows
            seen = lines_in_sight(down.value(), viewport.height(), self.side, GAP, len(rows))
            self.viewer.in_sight = frozenset(rows[line] for line in seen)

    def measure(self) -> None:
        """Give every part its share of the room; nothing is made anew."""
        style, frame = self.style(), 2 * self.frameWidth()
        bar = style.pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent) if style is not None else 0
        rows, columns = len(self.shown_rows), len(self.shown_columns) * len(self.viewer.question.samples)
        found = measures(
            (self.width() - frame - bar, self.height() - frame),
            (rows, columns),
            gap=GAP,
            line=self.fontMetrics().lineSpacing(),
            chosen=self._chosen,
        )
        if found != self.measures:
            self.measures = found
            self._resize_parts()

    def rebuild(self) -> None:
        """Make the headers anew, for other rows or samples."""
        question = self.viewer.question
        self._built = self._key()
        self._layers = {key: planes for key, planes in self._layers.items() if key[1] in question.samples}
        for layout in (self._rows_left, self._rows_right, self._heads):
            _emptied(layout)
        self.headers, self.verdicts, self.columns = [], [], []
        for at in self.shown_rows:
            header, verdict = RowHeader(question.rows[at]), VerdictLabel()
            header.asked.connect(lambda what, at=at: self.row_requested.emit(at, what))
            for widget, layout in ((header, self._rows_left), (verdict, self._rows_right)):
                layout.addWidget(widget)
            self.headers.append(header)
            self.verdicts.append(verdict)
        for sample in question.samples:
            column = ColumnHeader(sample, self.measures, GAP)
            for at in range(3):
                column.show_column(at, shown=at in self.shown_columns)
            column.flip(flipped=self.viewer.look.flipped)
            self._heads.addWidget(column)
            self.columns.append(column)
        self.measure()
        self._resize_parts()
        self.refresh(-1)

    def refresh(self, row: int) -> None:
        """Show what is new in a row, or in all (-1)."""
        if self._key() != self._built:
            self.rebuild()
            return
        answers, about = self.viewer.answers, self.viewer.about
        names = about.class_names if about is not None else None
        for column in self.columns:
            if row == -1 and column.sample in answers.inputs:
                column.show_inputs(answers.inputs[column.sample], names)
        for place, at in enumerate(self.shown_rows):
            if row in (-1, at):
                found = answers.maps.get((at, self.viewer.question.sample))
                scores = dict(found.scores) if found is not None else None
                told = answers.verdicts.get(at), answers.failures.get(at), scores, self.viewer.progress.of(at)
                self.verdicts[place].show_answers(*told)
                self._upload(at)
        if row == -1:
            self._lay_pictures()
        self._lay_cells()

    def planes(self, row: int, sample: int) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
        """The pair's maps as they are shown."""
        return self._layers.get((row, sample))

    def _resize_parts(self) -> None:
        side = self.side
        for header, verdict in zip(self.headers, self.verdicts, strict=True):
            header.resize_to(self.measures.header, side)
            verdict.setFixedSize(self.measures.verdict, side)
        for column in self.columns:
            column.resize_to(self.measures)
        rows, columns = len(self.shown_rows), len(self.shown_columns) * len(self.columns)
        self.canvas.set_geometry(side, side, GAP)
        self.canvas.widget.setFixedSize(max(1, columns * (side + GAP) - GAP), max(1, rows * (side + GAP) - GAP))
        for layout in (self._heads, self._rows_left, self._rows_right):
            layout.activate()
        self.arrange()

    def _connect_canvas(self) -> None:
        canvas = self.canvas
        canvas.widget.setAccessibleName("Maps")
        canvas.widget.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        canvas.widget.customContextMenuRequested.connect(self._ask_menu)
        canvas.hovered.connect(self._hover)
        canvas.wheeled.connect(self._zoom)
        canvas.dragged.connect(self._pan)
        canvas.set_look(self.viewer.look)
        canvas.widget.setToolTip("Maps. By keyboard: arrows, Shift and arrows inside a map, Menu or Shift+F10")
        self.cursor_frame.use(canvas)

    def _show_look(self, look: Look) -> None:
        self.canvas.set_look(look)
        for column in self.columns:
            column.flip(flipped=look.flipped)
        for at, header in zip(self.shown_rows, self.headers, strict=True):
            header.show_scales(self._scales.get(at, []), look)

    def _key(self) -> tuple[object, ...]:
        question = self.viewer.question
        return question.rows, question.samples, self.solo_row, self.solo_column

    def _question_changed(self) -> None:
        if self.solo_row is not None and self.solo_row >= len(self.viewer.question.rows):
            self.solo_row = None
        if self._key() != self._built:
            self.rebuild()

    def _upload(self, row: int) -> None:
        """Bring a row's maps to the canvas; all of them anew where their number or shape changed."""
        question, answers = self.viewer.question, self.viewer.answers
        fresh = {sample: planes for sample in question.samples if (planes := answers.planes(row, sample)) is not None}
        for sample in question.samples:
            self._layers.pop((row, sample), None)
        if not fresh:
            return
        shape = next(iter(fresh.values()))[0].shape
        whole = (3 * len(question.rows) * len(question.samples), shape)
        if whole != self._uploaded:
            self.canvas.set_maps(np.zeros((whole[0], *shape), np.float32))
            self._uploaded = whole
            self._layers = {}
            for at in range(len(question.rows)):
                if at != row:
                    self._upload(at)
        for sample, planes in fresh.items():
            self._layers[row, sample] = planes
            first = grid_cells.layer(self.viewer, row, question.samples.index(sample))
            for at, one in enumerate(planes):
                self.canvas.set_map(first + at, one)

    def _lay_pictures(self) -> None:
        found = grid_cells.pictures(self.viewer)
        if found is not None:
            self.canvas.set_pictures(found)

    def _lay_cells(self) -> None:
        """Tell the canvas where each map stands, and how it is scaled."""
        rows, columns, samples = self.shown_rows, self.shown_columns, self.viewer.question.samples
        found = grid_cells.scales_of(self.viewer, self._layers, rows)
        self._scales = {at: [found[at, sample] for sample in samples if (at, sample) in found] for at in rows}
        for at, header in zip(rows, self.headers, strict=True):
            header.show_scales(self._scales[at], self.viewer.look)
        self.canvas.set_cells(
            grid_cells.cells(self.viewer, found, rows, columns), len(rows), len(samples) * len(columns)
        )

    def _hover(self, line: int, column: int, x: float, y: float) -> None:
        found = self._map_at(line, column)
        if found is None or not (0 <= x < 1 and 0 <= y < 1):
            self.canvas.set_crosshair(None)
            self.pointed.emit("")
            return
        self.canvas.set_crosshair((x, y))
        at, sample, _ = found
        planes = self._layers.get((at, sample))
        if planes is None:
            self.pointed.emit("")
            return
        method = self.viewer.question.rows[at].method
        self.pointed.emit(read_out(method, planes, self.viewer.answers.inputs.get(sample), (x, y)))

    def _ask_menu(self, point: QPoint) -> None:
        scene = self.canvas.scene
        line, column, _, _ = scene.layout.place(point.x(), point.y(), scene.shape, scene.look)
        found = self._map_at(line, column)
        if found is not None:
            self.menu_requested.emit(*found, self.canvas.widget.mapToGlobal(point))

    def _map_at(self, line: int, column: int) -> tuple[int, int, int] | None:
        """The row, sample and column of a cell; None beside the grid, where a drag may lead."""
        samples, columns = self.viewer.question.samples, self.shown_columns
        if not (0 <= line < len(self.shown_rows) and 0 <= column < len(samples) * len(columns)):
            return None
        place, nth = divmod(column, len(columns))
        return self.shown_rows[line], samples[place], columns[nth]

    def _zoom(self, factor: float, x: float, y: float) -> None:
        zoom, centre = zoomed(self.viewer.look, factor, x, y)
        self.viewer.look_at(zoom=zoom, centre=centre)

    def _pan(self, dx: float, dy: float) -> None:
        look = self.viewer.look
        self.viewer.look_at(centre=within((look.centre[0] - dx, look.centre[1] - dy), look.zoom))


def _emptied(layout: QVBoxLayout | QHBoxLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
