"""Light, dark, or as the system is; and the colours of verdicts, which are told apart without red and green too."""

from typing import Literal, TypeAlias, get_args

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QGuiApplication, QPalette

from ..model.answers import UNSHIFTED

Theme: TypeAlias = Literal["system", "light", "dark"]
THEMES: tuple[str, ...] = get_args(Theme)

VERDICTS = {
    "invariant": ("#0b6e4f", "the explanation is the same for both networks"),
    "sensitive": ("#b23a00", "the explanation changes with the shift"),
    "inconclusive": ("#7a6a00", "neither could be shown on these images"),
    "void": ("#5b5b66", "the second network is no twin for this shift"),
    UNSHIFTED: ("#5b5b66", "m is zero everywhere: there is no verdict"),
}
"""Verdict -> its colour, and what it says in words."""

_DARK = {
    QPalette.ColorRole.Window: "#1f2126", QPalette.ColorRole.WindowText: "#e8e8ea",
    QPalette.ColorRole.Base: "#2b2e36", QPalette.ColorRole.AlternateBase: "#32353e",
    QPalette.ColorRole.Text: "#e8e8ea", QPalette.ColorRole.Button: "#363a44",
    QPalette.ColorRole.ButtonText: "#e8e8ea", QPalette.ColorRole.BrightText: "#ffffff",
    QPalette.ColorRole.Highlight: "#3d7bd9", QPalette.ColorRole.HighlightedText: "#ffffff",
    QPalette.ColorRole.ToolTipBase: "#2f323a", QPalette.ColorRole.ToolTipText: "#e8e8ea",
    QPalette.ColorRole.PlaceholderText: "#8f939e", QPalette.ColorRole.Link: "#7fb0ff",
    QPalette.ColorRole.Mid: "#3a3d46", QPalette.ColorRole.Dark: "#16181c", QPalette.ColorRole.Light: "#3d414b",
}  # fmt: skip
_LIGHT = {
    QPalette.ColorRole.Window: "#f4f4f6", QPalette.ColorRole.WindowText: "#1c1d21",
    QPalette.ColorRole.Base: "#ffffff", QPalette.ColorRole.AlternateBase: "#ececf0",
    QPalette.ColorRole.Text: "#1c1d21", QPalette.ColorRole.Button: "#e9e9ee",
    QPalette.ColorRole.ButtonText: "#1c1d21", QPalette.ColorRole.BrightText: "#000000",
    QPalette.ColorRole.Highlight: "#2f6fd0", QPalette.ColorRole.HighlightedText: "#ffffff",
    QPalette.ColorRole.ToolTipBase: "#ffffff", QPalette.ColorRole.ToolTipText: "#1c1d21",
    QPalette.ColorRole.PlaceholderText: "#777b86", QPalette.ColorRole.Link: "#1f5fc0",
    QPalette.ColorRole.Mid: "#c9cad2", QPalette.ColorRole.Dark: "#9a9ca6", QPalette.ColorRole.Light: "#ffffff",
}  # fmt: skip


def is_dark(theme: str) -> bool:
    """Whether a theme is dark on this system."""
    if theme != "system":
        return theme == "dark"
    hints = QGuiApplication.styleHints()
    return hints is not None and hints.colorScheme() == Qt.ColorScheme.Dark


def palette(theme: str) -> QPalette:
    """All colours of the window."""
    colours = QPalette()
    for role, colour in (_DARK if is_dark(theme) else _LIGHT).items():
        colours.setColor(role, QColor(colour))
        if role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
            colours.setColor(QPalette.ColorGroup.Disabled, role, QColor("#83868f"))
    return colours
