"""The program's icon, for windows, dialogs and the desktop."""

from importlib.resources import files

from PyQt6.QtGui import QIcon, QPixmap

NAME = "keras-invariance-viewer"


def icon() -> QIcon:
    """The icon, from the picture that is installed with the package."""
    picture = QPixmap()
    picture.loadFromData((files("keras_invariance.gui") / f"{NAME}.png").read_bytes())
    return QIcon(picture)
