"""A window within its screen, with the frame that the window manager puts around it."""

from PyQt6.QtWidgets import QMainWindow


def keep_on_screen(window: QMainWindow) -> None:
    """Make a window smaller that is larger than its screen has room for, together with its frame."""
    screen = window.screen()
    if screen is None or window.isMaximized() or window.isFullScreen():
        return
    room, frame = screen.availableGeometry(), window.frameGeometry()
    size = window.size().boundedTo(room.size() - (frame.size() - window.size()))
    if size != window.size():
        window.resize(size)
        window.move(room.topLeft())
