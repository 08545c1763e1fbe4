"""What a window remembers from one start to the next: its layout, recent files, the theme; and the autosave."""

import os
from contextlib import suppress
from pathlib import Path

import platformdirs
from PyQt6.QtCore import QSettings

from keras_invariance.errors import ViewerError

from ..model import session as sessions
from ..model.session import Session

RECENT = 10


def settings() -> QSettings:
    """The user's settings, an INI file in their configuration folder."""
    folder = platformdirs.user_config_path("keras_invariance")
    return QSettings(str(folder / "viewer.ini"), QSettings.Format.IniFormat)


def texts(name: str) -> list[str]:
    """A list of texts that was remembered; Qt reads one of a single text as that text."""
    found = settings().value(name, [])
    return [str(one) for one in found] if isinstance(found, list) else [str(found)] if found else []


def recent(kind: str = "recent") -> list[str]:
    """What was opened, the latest first: models ("recent"), "data", "sessions"; or "commands" that were run."""
    return texts(kind)


def remember(name: str, kind: str = "recent") -> None:
    """Put something at the head of the recent ones of its kind."""
    settings().setValue(kind, [name, *(one for one in recent(kind) if one != name)][:RECENT])


class Autosave:
    """The session of a running window, so that one that crashed can be resumed.

    The file's name carries the process: one whose process processes belongs to another window.
    """

    def __init__(self) -> None:
        self._folder = platformdirs.user_state_path("keras_invariance")
        self._path = self._folder / f"autosave-{os.getpid()}.kinv"

    def orphan(self) -> Session | None:
        """The latest session whose window did not close; each is offered once."""
        found = None
        for path in sorted(self._folder.glob("autosave-*.kinv"), key=_age):
            if lives(path, "autosave-"):
                continue
            with suppress(ViewerError):
                found = sessions.load(path)
            path.unlink(missing_ok=True)
        return found

    def save(self, session: Session) -> None:
        """Write the session; a full disk does not end the window."""
        with suppress(OSError, ViewerError):
            self._folder.mkdir(parents=True, exist_ok=True)
            sessions.save(session, self._path)

    def clear(self) -> None:
        """The window closed as it should."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)


def _age(path: Path) -> float:
    with suppress(OSError):
        return path.stat().st_mtime
    return 0.0


def lives(path: Path, prefix: str) -> bool:
    """Whether the process that a file's name carries behind the prefix still runs."""
    number = path.stem.removeprefix(prefix)
    if not number.isdecimal():
        return False
    if int(number) == os.getpid():
        return True
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
