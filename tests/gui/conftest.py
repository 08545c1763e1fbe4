"""The real window with the real engine, one for each module of tests, and folders of its own for what it remembers."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("PyQt6.QtWidgets", reason="PyQt6 or its system libraries are not installed", exc_type=ImportError)
if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
    screen = Path(__file__).parent / "screen.json"  # 1920 x 1200; Qt's own is too small for a first window
    os.environ.setdefault("QT_QPA_PLATFORM", f"offscreen:configfile={screen}")

from PyQt6.QtCore import QDeadlineTimer, QEventLoop
from PyQt6.QtWidgets import QApplication

PATIENCE = 180_000


@pytest.fixture(scope="session", autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Settings and autosaves of the tests are not the user's."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
            patch.setenv(name, str(tmp_path_factory.mktemp(name)))
        yield


@pytest.fixture(scope="session")
def application() -> Iterator[QApplication]:
    """The one application of a process."""
    from keras_invariance.gui.ui.application import made_application

    return made_application()


@pytest.fixture(scope="session")
def qapp(application: QApplication) -> QApplication:
    """The same for pytest-qt."""
    return application


@pytest.fixture(scope="session")
def wait(application: QApplication) -> Callable[[Callable[[], object]], None]:
    """Run the event loop until something holds."""

    def until(holds: Callable[[], object]) -> None:
        deadline = QDeadlineTimer(PATIENCE)
        while not holds():
            assert not deadline.hasExpired(), "it did not come about in time"
            application.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)

    return until


@pytest.fixture(scope="session")
def has_opengl(application: QApplication) -> bool:
    """Whether a canvas can be drawn with OpenGL here.

    Not beside TensorFlow, which the window's process never imports: it brings an LLVM of its own, and the one of Mesa's
    software renderer crashes in the same process. `pytest tests/gui/render tests/gui/ui` draws with OpenGL; the
    workers of `-n 2`, which run all other tests too, paint with the CPU.
    """
    if "tensorflow" in sys.modules or "PYTEST_XDIST_WORKER" in os.environ:
        return False
    from keras_invariance.gui.render.probe import SCREENLESS, probe

    return application.platformName() not in SCREENLESS and probe().usable
