"""TensorFlow imported without its notes on stderr, which would bury the one line of an error."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

LEVEL = "TF_CPP_MIN_LOG_LEVEL"


def import_tensorflow() -> None:
    """Import TensorFlow, quietly unless the user has asked for its whole log with level 0.

    The level alone does not silence what TensorFlow 2.21 says before its log is set up, so stderr itself is caught
    while it is imported. Where the import fails, everything that was caught is printed after all.
    """
    if os.environ.setdefault(LEVEL, "3") == "0":
        import tensorflow

        return
    with _caught_stderr():
        import tensorflow  # noqa: F401  imported for its effect


@contextmanager
def _caught_stderr() -> Iterator[None]:
    """Send the process' stderr, C++ code's too, to a file that is printed if the block fails and dropped if not."""
    sys.stderr.flush()
    stderr = os.dup(2)
    with tempfile.TemporaryFile() as caught:
        os.dup2(caught.fileno(), 2)
        try:
            yield
        except Exception:
            caught.seek(0)
            os.write(stderr, caught.read())
            raise
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
