"""The program: an application, a window, and what becomes of errors, Ctrl-C, and a window that crashed before."""

import os
import signal
import sys
import threading
import traceback
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Literal, TypeAlias

from PyQt6.QtCore import QObject, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QSurfaceFormat
from PyQt6.QtWidgets import QApplication

from keras_invariance.application import spelled_names
from keras_invariance.errors import ViewerError

from ..model.question import Row, ShiftForm
from ..model.session import Session
from ..render.canvas import Canvas
from ..render.probe import choose
from . import settings, welcome
from .crash_report import CrashDialog
from .icon import icon
from .splits import named_data
from .window import Window

HASTE = 0.5
"""Seconds that the engine has to leave by itself where the window is told to end."""

Renderer: TypeAlias = Literal["auto", "gl", "cpu"]


@dataclass(frozen=True)
class Start:
    """What the window begins with.

    Attributes
    ----------
    session
        The question and the look; None resumes a session whose window crashed, or begins anew.
    renderer
        "gl", "cpu", or "auto": OpenGL where it is there and not software.
    theme
        None for the one that was chosen last.
    """

    session: Session | None = None
    renderer: Renderer = "auto"
    theme: str | None = None


def run(start: Start) -> int:
    """Show the window until it is closed; returns the exit code, 130 after Ctrl-C, 143 where the system ended it."""
    check_screen()
    application = made_application()
    restored = None if start.session is not None else settings.Autosave().orphan()
    theme = start.theme or str(settings.settings().value("theme", "system"))
    window = Window(made_canvas(start.renderer), start.session or restored or Session(), theme=theme)
    _tell_errors(window)
    interrupted = _heed_interrupts(window)
    window.show()
    QTimer.singleShot(0, window.begin)
    if start.renderer == "auto":
        QTimer.singleShot(0, Search(window).begin)
    offer_report(window)
    if start.session is None and restored is None and welcome.is_due():
        window.menu_actions.help.welcome()
    if restored is not None:
        window.tell("note", "The window did not close last time: what it showed is here again.")
    application.exec()
    return 128 + interrupted[0] if interrupted else 0


def offer_report(window: Window) -> CrashDialog | None:
    """Offer the report of a window that did not end as it should, and begin this one's."""
    report = window.log.report
    found = report.left_behind()
    report.begin()
    report.add(window.diagnostics())
    if not found:
        return None
    dialog = CrashDialog(found, window)
    dialog.show()
    return dialog


def made_application() -> QApplication:
    """The application; OpenGL 4.1 core is asked for before anything is shown."""
    running = QApplication.instance()
    if isinstance(running, QApplication):
        return running
    surface = QSurfaceFormat()
    surface.setRenderableType(QSurfaceFormat.RenderableType.OpenGL)
    surface.setProfile(QSurfaceFormat.OpenGLContextProfile.CoreProfile)
    surface.setVersion(4, 1)
    QSurfaceFormat.setDefaultFormat(surface)
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    application = QApplication(sys.argv[:1])
    application.setApplicationName("keras-invariance-viewer")
    application.setDesktopFileName("keras-invariance-viewer")
    application.setWindowIcon(icon())
    application.setStyle("Fusion")
    return application


def made_canvas(renderer: Renderer) -> Canvas:
    """The canvas of that name; for "auto" the CPU's, which is there at once, until the search has found OpenGL."""
    if renderer == "gl" and choose(renderer, QApplication.platformName()) == "gl":
        from ..render.gl_canvas import GLCanvas

        return GLCanvas()
    from ..render.cpu_canvas import CPUCanvas

    return CPUCanvas()


class Search(QObject):
    """Looks whether OpenGL is usable, in a process of its own, while the window is there already."""

    _found = pyqtSignal(str)

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._found.connect(self._use)

    def begin(self) -> None:
        """Look, in a thread that waits for the process."""
        platform = QApplication.platformName()
        threading.Thread(target=self._look, args=(platform,), daemon=True).start()

    def _look(self, platform: str) -> None:
        found = choose("auto", platform)
        with suppress(RuntimeError):  # the window was closed meanwhile
            self._found.emit(found)

    def _use(self, name: str) -> None:
        if name != "gl":
            return
        from ..render.gl_canvas import GLCanvas

        canvas = GLCanvas()
        canvas.frameSwapped.connect(self._window.show_renderer)  # its name is known once it has drawn
        self._window.grid.use(canvas)


def check_screen() -> None:
    """Say in words that there is no screen, where Qt would abort the process.

    Raises
    ------
    ViewerError
        There is neither a display nor another platform chosen.
    """
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in screens):
        raise ViewerError(
            "no screen (DISPLAY and WAYLAND_DISPLAY are not set)",
            "a desktop session",
            "Run it on a desktop, or with xvfb-run; without a window: keras-invariance audit.",
        )


def started_with(
    session: Session,
    *,
    model: str | None,
    data: str | None,
    shift: str | None,
    sample: int | None,
    trusted: bool = False,
    methods: Sequence[str] = (),
) -> Session:
    """A session with what the command line says.

    Raises
    ------
    ShiftError, MethodError, DataError
        The shift or a method is spelled wrong, or a split of an `.npz` file has to be named.
    """
    question = session.question
    named = None if data is None else named_data(data)
    given = {"model": model, "data": named, "sample": sample, "trusted": trusted}
    fields: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if methods:
        names = [name.strip() for text in methods for name in text.split(",")]
        fields["rows"] = tuple(Row(name, named=True) for name in spelled_names(names))
    if shift is not None:
        fields["shift"] = shift_form(shift, question.shift)
    return replace(session, question=replace(question, **fields))


def shift_form(spec: str, form: ShiftForm) -> ShiftForm:
    """The edited shift that a spelling means; "cat" is the aimed one."""
    from keras_invariance import shifts

    if spec in ("cat", "targeted:cat"):
        return replace(form, kind="targeted", aim=None)
    kind, _, rest = spec.partition(":")
    shifts.parse(spec)  # says what is wrong with it
    if "+" in rest or kind == "array":
        raise ViewerError(
            f"--shift {spec}", "one shift without +, and no array", "Open an array with Draw, or audit it."
        )
    if kind == "constant":
        return replace(form, kind="constant", constant=float(rest))
    if kind == "channel":
        return replace(form, kind="channel", channels=tuple(float(part) for part in rest.split(",")))
    if kind == "checkerboard":
        cell, _, amplitude = rest.partition(":")
        return replace(form, kind="checkerboard", cell=int(cell or 4), amplitude=float(amplitude or 1.0))
    return replace(form, kind="image", path=rest)


def _tell_errors(window: Window) -> None:
    """PyQt6 aborts on an error that nobody catches; the window tells it and processes on."""

    def tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            window.close()
            return
        text = "".join(traceback.format_exception(kind, error, trace))
        sys.stderr.write(text)
        window.tell("log", text)
        window.tell("bug", f"{kind.__name__}: {error}")

    sys.excepthook = tell
    threading.excepthook = lambda thrown: tell(
        thrown.exc_type, thrown.exc_value or thrown.exc_type(), thrown.exc_traceback
    )


def _heed_interrupts(window: Window) -> list[int]:
    """Close on Ctrl-C and on a request to end, which keeps the session for the next start; the list is filled then."""
    received: list[int] = []
    awake = QTimer(window)
    awake.setInterval(100)  # Python's signal handlers run between its own instructions only

    def leave() -> None:
        if received:
            awake.stop()
            _leave(window, keep=received[0] == signal.SIGTERM)

    awake.timeout.connect(leave)
    awake.start()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: received.append(number))
    return received


def _leave(window: Window, *, keep: bool) -> None:
    """Close the window at once, whatever dialog is open; a session that is kept comes back with the next start."""
    session = window.viewer.session
    window.engine.stop(HASTE)
    window.close()
    if keep:
        window.autosave.save(session)
    QApplication.exit()
