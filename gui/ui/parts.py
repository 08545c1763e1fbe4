"""The parts of a window, as its actions need them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PyQt6.QtWidgets import QMainWindow

from ..engine.client import Engine
from ..model.viewer_model import ViewerModel
from .data_panel import DataPanel
from .grid import Grid
from .panels import Panels
from .patterns_panel import PatternsPanel
from .shift_panel import ShiftPanel

if TYPE_CHECKING:
    from .plots_panel import PlotsPanel


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
    panels: Panels
    data: DataPanel
    shift: ShiftPanel
    patterns: PatternsPanel
    plots: "Callable[[], PlotsPanel]"
    tell: Callable[[str, str], None]
    set_theme: Callable[[str], None]
    diagnostics: Callable[[], str]
