"""How quick the window is with a real network: EfficientNet-Lite0's first grid, its verdicts, and a dragged slider.

xvfb-run -a -s "-screen 0 1920x1200x24" python benchmarks/photographs_in_the_window.py
"""

import time

from PyQt6.QtCore import QTimer
from viewer import all_there, move, wait, window

from keras_invariance.gui.model import messages
from keras_invariance.gui.model.question import Question, Row
from keras_invariance.gui.model.session import Session
from keras_invariance.gui.ui.application import made_application
from keras_invariance.gui.ui.window import Window

QUESTION = Question(model="efficientnet_lite0", data="photographs")
GRADIENTS = ("gradient", "gradient-times-input", "guided-backprop")


def main() -> None:
    """Measure and print."""
    with window(Session(QUESTION), wait_for_answers=False) as shown:
        wait(lambda: shown.engine.state == "ready")
        begun = time.perf_counter()
        wait(lambda: all_there(shown))
        print(f"s from a ready engine until all {len(QUESTION.rows)} rows are there {time.perf_counter() - begun:8.1f}")
        wait(lambda: len(shown.viewer.answers.verdicts) == len(QUESTION.rows))
        print(f"s until their verdicts are there, too        {time.perf_counter() - begun:8.1f}")
        print(f"refreshes a second of the rows in sight      {rate(shown):8.1f}")
        shown.viewer.change("the rows", rows=tuple(Row(name) for name in GRADIENTS))
        wait(lambda: len(shown.viewer.answers.verdicts) == len(GRADIENTS))
        print(f"refreshes a second of the gradient rows      {rate(shown):8.1f}")


def rate(shown: Window, seconds: float = 10.0) -> float:
    """How often a second the row that is refreshed least shows another shift, while the slider is dragged."""
    seen: dict[int, set[float]] = {}

    def hear(asked: messages.Request, answer: messages.Answer) -> None:
        if isinstance(answer, messages.RowMaps):
            seen.setdefault(answer.row, set()).add(asked.question.shift.constant)

    begun, mover = time.perf_counter(), QTimer(shown)
    shown.engine.heard.connect(hear)
    mover.timeout.connect(lambda: move(shown, -1.0 + 0.05 * (time.perf_counter() - begun)))
    mover.start(16)
    wait(lambda: time.perf_counter() - begun > seconds)
    mover.stop()
    shown.engine.heard.disconnect(hear)
    slow = {at for at, row in enumerate(shown.viewer.question.rows) if row.slow}
    return min(len(found) for at, found in seen.items() if at not in slow) / seconds


if __name__ == "__main__":
    application = made_application()
    main()
