"""Takes the pictures of the viewer that the documentation shows: the real window with the real engine, on a screen.

xvfb-run -a -s "-screen 0 1920x1200x24" python docs/screenshots.py [DIR]
"""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image, ImageDraw, ImageFont
from PyQt6.QtCore import QEventLoop, QPoint, Qt
from PyQt6.QtTest import QTest

from keras_invariance.gui.model.messages import Explain, Open, Sweep, Thumbnails
from keras_invariance.gui.model.question import ROWS, Painting, Question, Row, ShiftForm
from keras_invariance.gui.model.session import Session
from keras_invariance.gui.ui.application import made_application, made_canvas
from keras_invariance.gui.ui.window import Window

SIZE = 1440, 900
FRAME = 720, 450
CAPTION = 34
CAT = (
    # Strokes on a 28 x 28 sheet, (x, y): the head with its ears, eyes, nose, mouth and whiskers.
    [(6, 11), (6, 3), (10, 7), (18, 7), (22, 3), (22, 11), (22, 18), (18, 23), (14, 24), (10, 23), (6, 18), (6, 11)],
    [(10, 13), (11, 14)],
    [(17, 14), (18, 13)],
    [(14, 17), (14, 19), (12, 20)],
    [(14, 19), (16, 20)],
    [(2, 16), (8, 17)],
    [(2, 20), (8, 19)],
    [(20, 17), (26, 16)],
    [(20, 19), (26, 20)],
)


class Photographer:
    """A window, and pictures of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.application = made_application()
        self.window = Window(made_canvas("gl"), Session(Question(shift=ShiftForm(constant=0.0))), theme="light")
        self.window.resize(*SIZE)
        self.window.show()
        self.window.begin()

    def settle(self, also: Callable[[], bool] = lambda: True) -> None:
        """Wait until everything is answered and painted."""
        viewer, engine = self.window.viewer, self.window.engine
        kinds = (Explain, Open, Thumbnails, Sweep)

        def done() -> bool:
            answered = len(viewer.answers.verdicts) + len(viewer.answers.failures) == len(viewer.question.rows)
            return answered and viewer.settled and not any(engine.waiting(kind) for kind in kinds) and also()

        for _ in range(3):  # small pictures are asked for while painting
            self.run(done)
            QTest.qWait(300)

    def run(self, until: Callable[[], bool]) -> None:
        """Run the event loop until something holds."""
        while not until():
            self.application.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)

    def take(self, name: str) -> Path:
        """Write what the screen shows of the window."""
        QTest.qWait(200)
        screen = self.window.screen()
        path = self.folder / f"{name}.png"
        screen.grabWindow(self.window.winId()).save(str(path))  # type: ignore[union-attr]
        return path

    def draw(self, strokes: list[list[tuple[int, int]]]) -> None:
        """Draw on the sheet with the mouse."""
        sheet = self.window.shift.drawing_area
        place = sheet._place()

        def point(x: int, y: int) -> QPoint:
            side = place.width() / 28
            return QPoint(round(place.x() + (x + 0.5) * side), round(place.y() + (y + 0.5) * side))

        for stroke in strokes:
            QTest.mousePress(sheet, Qt.MouseButton.LeftButton, pos=point(*stroke[0]))
            for x, y in stroke[1:]:
                QTest.mouseMove(sheet, point(x, y))
            QTest.mouseRelease(sheet, Qt.MouseButton.LeftButton, pos=point(*stroke[-1]))

    def change(self, **fields: object) -> None:
        """Change the question, and wait for the answers."""
        self.window.viewer.change("a picture", **fields)
        self.settle()


def main(folder: Path) -> None:
    """Take all pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    photographer = Photographer(folder)
    window, viewer = photographer.window, photographer.window.viewer
    photographer.settle()
    film_strip(photographer)
    window.set_theme("dark")
    photographer.take("viewer-dark")
    window.set_theme("light")
    photographer.change(shift=ShiftForm(), rows=ROWS, sample=0)
    photographer.take("viewer-light")
    viewer.open(model="mnist_cnn")
    photographer.run(lambda: viewer.question.model == "mnist_cnn")
    photographer.change(sample=2, pinned=(0,), shift=ShiftForm("checkerboard"), rows=ROWS[:6])
    window.plots().begin_sweep()
    photographer.settle()
    photographer.take("viewer-cnn")
    window.docks["Plots"].hide()
    viewer.open(model="efficientnet_lite0")
    photographer.run(lambda: viewer.question.model == "efficientnet_lite0")
    viewer.look_at(opacity=0.85, gamma=0.7)
    viewer.scale(percentile=99.5)
    rows = (Row("guided-backprop"), Row("gradient-times-input"), Row("lrp-alpha1-beta0"), Row("gradient"))
    photographer.change(rows=rows, sample=0, shift=ShiftForm("checkerboard", cell=28, amplitude=0.5))
    window.grid.resize_cells(160)
    photographer.settle()
    photographer.take("viewer-photographs")
    window.close()


def film_strip(photographer: Photographer) -> None:
    """The attack from an empty sheet to the verdict, six pictures of the window."""
    window, viewer = photographer.window, photographer.window.viewer
    frames: list[tuple[str, Path]] = []
    with TemporaryDirectory() as folder:
        photographer.folder, kept = Path(folder), photographer.folder

        def frame(caption: str) -> None:
            frames.append((caption, photographer.take(f"{len(frames)}")))

        frame("1. No shift: a network, its twin, and equal maps.")
        blank = Painting.of(viewer.answers.inputs[0].image * 0)
        shift = ShiftForm("targeted", aim=blank, clip=0.6)
        photographer.change(shift=shift, sample=0)
        frame("2. Aim at gradient x input: an empty sheet.")
        photographer.draw(CAT[:1])
        photographer.settle()
        frame("3. Draw with the mouse what it shall show.")
        photographer.draw(CAT[1:])
        photographer.settle()
        frame("4. Both networks still see a 7: the logits agree.")
        window.grid.solo(row=1)
        window.grid.resize_cells(160)
        photographer.settle()
        frame("5. Gradient x input of network 2 shows the drawing.")
        window.grid.solo(row=None)
        window.grid.resize_cells(132)
        photographer.settle()
        frame("6. The verdicts tell who was fooled.")
        strip(frames).save(kept / "viewer-cat-attack.png", optimize=True)
        photographer.folder = kept
    viewer.change("a picture", shift=replace(viewer.question.shift, clip=0.6))


def strip(frames: list[tuple[str, Path]]) -> Image.Image:
    """Frames with captions, two in a row."""
    width, height = FRAME
    whole = Image.new("RGB", (2 * width + 8, -(-len(frames) // 2) * (height + CAPTION)), "#ffffff")
    pen, font = ImageDraw.Draw(whole), ImageFont.load_default(20)
    for at, (caption, path) in enumerate(frames):
        x, y = at % 2 * (width + 8), at // 2 * (height + CAPTION)
        with Image.open(path) as picture:
            whole.paste(picture.convert("RGB").resize(FRAME, Image.Resampling.LANCZOS), (x, y + CAPTION))
        pen.text((x + 6, y + 5), caption, fill="#1c1d21", font=font)
    return whole


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
