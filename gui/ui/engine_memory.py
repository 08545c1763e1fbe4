"""How much the engine may hold: asked for in GiB, remembered in MiB."""

from PyQt6.QtWidgets import QInputDialog, QWidget

from ..engine.client import MEMORY, Engine
from .settings import settings

LEAST, MOST = 0.5, 1024.0
KEY = "engine_memory"


def chosen() -> int:
    """MiB, as the user chose; what the engine takes by itself where they did not."""
    found = settings().value(KEY, MEMORY)
    return int(found) if str(found).isdecimal() and int(found) >= LEAST * 1024 else MEMORY


def ask(engine: Engine, parent: QWidget) -> None:
    """Ask for another limit; the engine is started again with it."""
    told = "GiB that the engine may hold before it lets go of what it traced:"
    gib, given = QInputDialog.getDouble(parent, "Memory of the engine", told, engine.memory / 1024, LEAST, MOST, 1)
    if given:
        engine.memory = round(gib * 1024)
        settings().setValue(KEY, engine.memory)
        engine.restart()
