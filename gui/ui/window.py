"""The window: the grid in the middle, panels around it, one model of the viewer behind all of them."""

import gc
from typing import TYPE_CHECKING

from PyQt6.QtCore import QByteArray, QSize, Qt, QTimer
from PyQt6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QResizeEvent, QShowEvent
from PyQt6.QtWidgets import (
    QApplication,
    QLabel,
    QMainWindow,
    QVBoxLayout,
    QWidget,
)

from ..engine.client import Engine
from ..model.messages import Opened
from ..model.question import Question
from ..model.session import Session
from ..model.timers import debounced
from ..model.viewer_model import ViewerModel
from ..render.canvas import Canvas
from . import engine_memory, settings
from .actions import Actions
from .busy_bar import BusyBar
from .commands import add_menus
from .data_panel import DataPanel
from .grid import Grid
from .keyboard import Keyboard
from .log import Log
from .look_bar import LookPanel
from .model_panel import ModelPanel
from .notice import Notice
from .opening_overlay import OpeningOverlay
from .panels import Panels
from .parts import Parts
from .patterns_panel import PatternsPanel
from .read_out import ReadOut
from .recent_menu import add_recent
from .screen import keep_on_screen
from .shift_panel import ShiftPanel
from .theme import is_dark, palette

SIZE = 1400, 940
"""Of a first window, in device-independent pixels."""

SOON = 300
"""Milliseconds after the start until what is needed next is imported."""

NOTE = 6000
"""Milliseconds that a note stays in the status bar."""
FRAMED = 200
"""Milliseconds after which a window manager has put its frame around a window."""

AUTOSAVE = 2000
"""Milliseconds after a change until the session is written."""

if TYPE_CHECKING:
    from .plots_panel import PlotsPanel


class Window(QMainWindow):
    """One window with an engine of its own."""

    def __init__(self, canvas: Canvas, session: Session, *, theme: str = "system") -> None:
        super().__init__()
        self.setObjectName("viewer")
        self.setAcceptDrops(True)
        self.engine = Engine(self, engine_memory.chosen())
        self.viewer = ViewerModel(self.engine, session, self)
        self.grid = Grid(self.viewer, canvas, self)
        self.opening_overlay = OpeningOverlay(self.viewer, self.grid)
        self.notice = Notice(self)
        middle = QWidget(self)
        layout = QVBoxLayout(middle)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.notice)
        layout.addWidget(self.grid, 1)
        self.setCentralWidget(middle)
        middle.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # has the keyboard until a control is chosen
        middle.setFocus()
        self.log = Log(self)
        self.data, self.model = DataPanel(self.viewer, self), ModelPanel(self.viewer, self)
        self.shift, self.patterns = ShiftPanel(self.viewer, self), PatternsPanel(self.viewer, self)
        self.look = LookPanel(self.viewer, self)
        self._plots: PlotsPanel | None = None
        self._engine_state = ""
        self.panels = Panels(self, self.grid, self._contents())
        self.docks = self.panels.docks
        self._lay_status()
        self.menu_actions = Actions(self._parts())
        self.actions_by_name = add_menus(self, self.menu_actions.commands())
        self._recent_menu()
        self.keyboard = Keyboard(self)
        self._framed = debounced(self, FRAMED, lambda: keep_on_screen(self))
        self.autosave = settings.Autosave()
        self._saving = debounced(self, AUTOSAVE, lambda: self.autosave.save(self.viewer.session))
        self._connect()
        self.set_theme(theme)
        self._restore_layout()
        self._show_title(self.viewer.question)

    def _parts(self) -> Parts:
        return Parts(
            window=self,
            viewer=self.viewer,
            engine=self.engine,
            grid=self.grid,
            data=self.data,
            shift=self.shift,
            patterns=self.patterns,
            plots=self.plots,
            panels=self.panels,
            tell=self.tell,
            set_theme=self.set_theme,
            diagnostics=self.diagnostics,
        )

    def _contents(self) -> dict[str, QWidget]:
        return {
            "Images": self.data,
            "Network": self.model,
            "Shift": self.shift,
            "Look": self.look,
            "Patterns": self.patterns,
            "Plots": QLabel("Engine > Sweep over the shift's strength", self),
            "Log": self.log,
        }

    def begin(self) -> None:
        """Start the engine, and ask it everything; after the first paint, which it would hold up."""
        self.engine.start()
        self.viewer.begin()
        QTimer.singleShot(SOON, _warm_up)

    def plots(self) -> "PlotsPanel":
        """The plots; made when they are first needed, since pyqtgraph's import takes a quarter of a second."""
        from .plots_panel import PlotsPanel

        if self._plots is None:
            self._plots = PlotsPanel(self.viewer, self)
            self.docks["Plots"].setWidget(self._plots)
        self.panels.show("Plots")
        return self._plots

    def tell(self, level: str, text: str) -> None:
        """A line for the user; errors stay above the maps until something succeeds, everything goes into the log."""
        self.log.add(text)
        status = self.statusBar()
        if level == "bug":
            self.log.report.has_bug = True
        if level in ("error", "bug"):
            self.notice.tell(text if level == "error" else f"{text}\nThis is a bug: Help > Copy diagnostics.")
        elif level != "log" and status is not None:
            self.notice.hide()
            status.showMessage(" ".join(text.split()), NOTE)

    def set_theme(self, theme: str) -> None:
        """Light, dark, or as the system is."""
        self.theme = theme
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.setPalette(palette(theme))
        self.setProperty("dark", is_dark(theme))

    def diagnostics(self) -> str:
        """What a report of a bug should hold."""
        return self.log.diagnostics(self.grid.canvas.name, self.engine.state, self.engine.versions)

    def showEvent(self, event: QShowEvent | None) -> None:
        """Stay within the screen, once there is a frame around the window."""
        super().showEvent(event)
        self._framed.start()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Leave the room to the maps first."""
        super().resizeEvent(event)
        self.panels.fit(self.width())

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        """Take files."""
        mime = event.mimeData() if event is not None else None
        if event is not None and mime is not None and mime.hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent | None) -> None:
        """Open what was dropped."""
        mime = event.mimeData() if event is not None else None
        urls = mime.urls() if mime is not None else []
        self.menu_actions.open_dropped([url.toLocalFile() for url in urls if url.isLocalFile()])

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """Remember the layout, end the engine."""
        stored = settings.settings()
        stored.setValue("geometry", self.saveGeometry())
        self.panels.save()
        stored.setValue("theme", self.theme)
        self._saving.stop()
        self.autosave.clear()
        self.log.report.end()
        self.engine.stop()
        if event is not None:
            event.accept()

    def _lay_status(self) -> None:
        status = self.statusBar()
        self.pointed, self.engine_line = ReadOut(status), QLabel(self)
        self.renderer_line = QLabel(self.grid.canvas.name, self)
        self.progress = BusyBar(self)
        if status is not None:
            status.addWidget(self.pointed, 1)
            for widget in (self.progress, self.engine_line, self.renderer_line):
                status.addPermanentWidget(widget)

    def _connect(self) -> None:
        viewer = self.viewer
        viewer.told.connect(self.tell)
        viewer.working.connect(self.progress.show_work)
        viewer.question_changed.connect(self._show_title)
        for succeeded in (viewer.question_changed, viewer.opened):
            succeeded.connect(lambda _: self.notice.hide())
        for signal in (viewer.question_changed, viewer.look_changed, viewer.scaling_changed):
            signal.connect(lambda _: self._saving.start())
        viewer.opened.connect(self._remember)
        self.engine.state_changed.connect(self._show_engine)
        self.engine.busy_changed.connect(self.progress.show_busy)
        self.engine.busy_changed.connect(lambda _: self._name_engine())
        self.progress.stopped.connect(self.viewer.stop)
        self.engine.died.connect(lambda reason: self.tell("error", reason))
        self.grid.pointed.connect(self.pointed.show_values)
        self.grid.pointed.connect(self._describe)
        self.grid.row_requested.connect(self.menu_actions.row_requested)
        self.grid.menu_requested.connect(self.menu_actions.map_menu)

    def _recent_menu(self) -> None:
        opening = {
            "recent": self.menu_actions.open_path,
            "data": lambda name: self.viewer.open(data=name),
            "sessions": self.menu_actions.open_path,
        }
        add_recent(self, opening, self.actions_by_name["Save session"])

    def show_renderer(self) -> None:
        """Name what the maps are drawn with."""
        self.renderer_line.setText(self.grid.canvas.name)

    def _describe(self, text: str) -> None:
        """Tell screen readers the values at the point."""
        self.grid.canvas.widget.setAccessibleDescription(text)

    def _remember(self, about: Opened) -> None:
        settings.remember(self.viewer.question.model)
        settings.remember(about.data, "data")

    def _show_engine(self, _: str, line: str) -> None:
        self._engine_state = line
        self._name_engine()
        self.show_renderer()
        self.log.add(line)

    def _name_engine(self) -> None:
        """Ready is an engine that does nothing."""
        busy = self.engine.busy and self.engine.state == "ready"
        self.engine_line.setText("The engine is busy" if busy else self._engine_state)

    def _show_title(self, question: Question) -> None:
        self.setWindowTitle(f"{question.model} \N{EM DASH} {question.shift.words} \N{EM DASH} keras_invariance")
        for name, words in (("Undo", self.viewer.history.undoable), ("Redo", self.viewer.history.redoable)):
            action = self.actions_by_name[name]
            action.setText(f"&{name}: {words}" if words else f"&{name}")
            action.setEnabled(bool(words))

    def _restore_layout(self) -> None:
        stored = settings.settings()
        geometry = stored.value("geometry")
        if isinstance(geometry, QByteArray) and self.restoreGeometry(geometry):
            self.panels.restore()
        else:
            screen = self.screen()
            room = screen.availableSize() if screen is not None else QSize(*SIZE)
            self.resize(QSize(*SIZE).boundedTo(room))
        self.panels.fit(self.width())


def _warm_up() -> None:
    """Import what the first answer is shown with, and keep what is there by now out of later collections of garbage."""
    from keras_invariance import application

    _ = application.heatmap  # imports what draws it
    gc.freeze()
