"""What the controls of the shift's and of the plots' panel tell under the pointer."""

from collections.abc import Mapping
from types import MappingProxyType

from PyQt6.QtWidgets import QWidget

SHIFT: Mapping[str, str] = MappingProxyType(
    {
        "kind": "What m is made of",
        "constant": "The number that is added to every pixel",
        "cell": "The side of a square of the checkerboard, in pixels",
        "amplitude": "Squares are shifted by plus and minus this",
        "choose": "Choose a picture file, which is added to the input",
        "strength": "What the picture's values in [0, 1] are multiplied by",
        "fooled": "The method whose map of network 2 shall show the picture",
        "clip": "The largest change of any pixel",
        "cat": "Show a cat (C)",
        "load": "Choose a picture file that shall be shown",
        "drawing_area": "Draw; the right button takes away. Arrows move the pen, Space puts it down and lifts it",
        "brush": "The radius of the pen, in pixels of the image",
        "ink": "The value that the pen leaves behind",
        "eraser": "The pen takes away what was drawn",
        "clear": "Take away all that was drawn",
    }
)
PLOTS: Mapping[str, str] = MappingProxyType(
    {
        "sweep_button": "The scores over the strength of the shift (Ctrl+R)",
        "spread_button": "The scores of as many images as the field on the right says",
        "random_button": "The randomisation test; dashed for network 2, since the test itself is not invariant",
        "count": "How many images",
    }
)


def explain(panel: QWidget, words: Mapping[str, str]) -> None:
    """Give a panel's controls their words, by the names of its attributes."""
    for name, text in words.items():
        getattr(panel, name).setToolTip(text)
