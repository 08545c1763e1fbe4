"""Sessions: the question and the way it is looked at, as one versioned JSON file that appears whole or not at all.

A session names its model and data, it does not hold them; opened where they are missing, the window says so and keeps
the rest. Later versions read files of earlier ones: a field that a file lacks has its default. Whether a model's own
Python may run is never taken from a file, nor is a function that explains.
"""

import json
from base64 import urlsafe_b64encode
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from keras_invariance import __version__
from keras_invariance.application import write_text
from keras_invariance.errors import ViewerError

from .look import Look
from .question import Question
from .scaling import Scaling

if TYPE_CHECKING:
    from pydantic import TypeAdapter

FORMAT = 1
LARGEST = 256 * 2**20
"""No session is longer than this many bytes; a drawing of 4096 x 4096 colour pixels fits."""


@dataclass(frozen=True)
class Session:
    """What a window shows.

    Attributes
    ----------
    question
        What is asked.
    look, scaling
        How the answers are looked at.
    """

    question: Question = field(default_factory=Question)
    look: Look = field(default_factory=Look)
    scaling: Scaling = field(default_factory=Scaling)


def save(session: Session, path: Path) -> None:
    """Write a session; raises a `ViewerError` where the file cannot be written."""
    try:
        write_text(path, as_text(session))
    except OSError as error:
        raise ViewerError(
            f"{path}, which cannot be written ({error.strerror or error})", "a folder to write to", "Choose another."
        ) from error


def load(path: Path) -> Session:
    """Read a session.

    Raises
    ------
    ViewerError
        The file is missing, damaged, too large, no session, or of a later version.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise _damaged(path, f"{path.stat().st_size} bytes")
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _damaged(path, str(error)) from error
    return from_text(text, path)


def as_text(session: Session) -> str:
    """The session as JSON."""
    content = {"format": FORMAT, "program": __version__, "session": asdict(session)}
    return json.dumps(content, indent=1, default=_base64) + "\n"


def from_text(text: str, source: Path) -> Session:
    """The session of a text; raises a `ViewerError` where it is none."""
    try:
        content = json.loads(text)
        if not isinstance(content, dict) or not isinstance(content.get("format"), int):
            raise _damaged(source, "it has no format")
        if content["format"] > FORMAT:
            raise ViewerError(
                f"{source}, a session of format {content['format']}", f"format {FORMAT} or older", "Update the program."
            )
        session = _adapter().validate_json(json.dumps(content.get("session")))
    except (ValueError, RecursionError) as error:  # pydantic's errors are ValueErrors
        raise _damaged(source, str(error).splitlines()[0]) from error
    rows = tuple(replace(row, named=False) for row in session.question.rows)
    return replace(session, question=replace(session.question, rows=rows, trusted=False))


def _base64(content: bytes) -> str:
    return urlsafe_b64encode(content).decode()


def _adapter() -> "TypeAdapter[Session]":
    from pydantic import TypeAdapter  # takes a sixth of a second: only where a session is read, not where one is saved

    return TypeAdapter(Session)


def _damaged(path: Path, why: str) -> ViewerError:
    return ViewerError(f"{path}, which cannot be read as a session ({why[:160]})", "a .kinv file", "Choose another.")
