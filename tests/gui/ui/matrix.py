"""A program: the real window at sizes of a screen, a picture of each, and what there is to measure of it, as JSON.

QT_SCALE_FACTOR=1.5 python matrix.py FOLDER 1280x800 900x600
"""

import json
import sys
from pathlib import Path

from PyQt6.QtCore import QEventLoop, QPoint, QRect
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QLabel, QWidget

from keras_invariance.gui.model.question import Question
from keras_invariance.gui.model.session import Session
from keras_invariance.gui.ui.application import made_application, made_canvas
from keras_invariance.gui.ui.fitting_label import FittingLabel
from keras_invariance.gui.ui.window import Window


def inside(widget: QWidget, around: QWidget) -> bool:
    """Whether all of a widget is within the visible part of another."""
    return around.rect().contains(QRect(widget.mapTo(around.window(), QPoint()), widget.size()).translated(
        -around.mapTo(around.window(), QPoint())))  # fmt: skip


def cut(window: Window) -> list[str]:
    """What is shown in part only: texts that do not fit, controls that are smaller than they have to be."""
    found = []
    for widget in window.findChildren(QWidget):
        if not widget.isVisible() or widget.visibleRegion().isEmpty():
            continue
        if isinstance(widget, FittingLabel):
            short = not widget.fits
        elif isinstance(widget, QLabel) and widget.wordWrap():
            short = widget.heightForWidth(widget.width()) > widget.height()
        elif isinstance(widget, QLabel | QAbstractButton):
            short = widget.width() < widget.fontMetrics().horizontalAdvance(widget.text())
        else:
            short = False
        if short:
            found.append(f"{type(widget).__name__} {widget.text()!r} {widget.width()} x {widget.height()}")
    for name, panel in window.docks.items():
        content = panel.widget()
        if content is not None and content.isVisible() and content.width() < content.minimumSizeHint().width():
            found.append(f"the panel {name}")
    return found


def beside(window: Window) -> int:
    """How far the pictures above the maps stand beside their columns, in device-independent pixels."""
    grid = window.grid
    canvas, pictures = grid.canvas.widget, [one for column in grid.columns for one in column.pictures]
    middles = [at * (grid.side + 6) + grid.side // 2 for at in range(len(pictures))]
    return max(
        abs(canvas.mapTo(window, QPoint(middle, 0)).x() - picture.mapTo(window, picture.rect().center()).x())
        for middle, picture in zip(middles, pictures, strict=True)
    )


def measured(window: Window) -> dict[str, object]:
    """Rows whose maps and verdict are in sight, columns, and what is cut."""
    grid = window.grid
    side = grid.side
    canvas = grid.canvas.widget
    port = grid.viewport()
    rows = 0
    for at, verdict in enumerate(grid.verdicts):
        cells = QRect(0, at * (side + 6), canvas.width(), side)
        place = cells.translated(canvas.pos())
        if port.rect().contains(place) and inside(verdict, window.centralWidget()) and not (
            verdict.visibleRegion().boundingRect().height() < verdict.height()
        ):  # fmt: skip
            rows += 1
    return {
        "window": [window.width(), window.height()],
        "side": side,
        "columns": canvas.width() // side,
        "rows": rows,
        "verdicts": [one.text() for one in grid.verdicts],
        "cut": cut(window),
        "beside": beside(window),
        "panels": [name for name, panel in window.docks.items() if panel.isVisible()],
    }


def main(folder: Path, sizes: list[str]) -> None:
    """Show the window at every size."""
    application = made_application()
    window = Window(made_canvas("cpu"), Session(Question()), theme="light")
    window.show()
    window.begin()
    viewer = window.viewer

    def settle() -> None:
        while len(viewer.answers.verdicts) < len(viewer.question.rows) or not viewer.settled:
            application.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)

    settle()
    found = {}
    for size in sizes:
        width, height = map(int, size.split("x"))
        ratio = window.devicePixelRatioF()
        window.resize(int(width / ratio), int(height / ratio))
        QTest.qWait(100)  # the layouts of the panels settle over several turns of the event loop
        window.grab().save(str(folder / f"{size}-{ratio:g}.png"))
        found[size] = measured(window)
    (folder / "found.json").write_text(json.dumps(found))
    window.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
