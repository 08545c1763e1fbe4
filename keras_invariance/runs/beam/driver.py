"""The process that gives a job to a Beam runner; it reads the job from its input, and ends when that is closed.

It imports no TensorFlow: only workers compute.
"""

import os
import pickle
import sys
import threading
from typing import Any, NoReturn

from .runner import LOST


def main() -> None:
    """Run the job that comes on the standard input."""
    arguments, pickled = pickle.load(sys.stdin.buffer)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    threading.excepthook, sys.excepthook = _end_with_worker, _end_with_error
    import apache_beam
    from apache_beam.internal import pickler
    from apache_beam.options.pipeline_options import PipelineOptions

    job = pickler.loads(pickled)
    with apache_beam.Pipeline(options=PipelineOptions(arguments)) as pipeline:
        job.build(pipeline)
    _end(0)


def _end_with_parent() -> None:
    """Wait for the end of the input, which comes with the end of the process that holds its other side."""
    while os.read(sys.stdin.fileno(), 1):  # its buffer could not be closed at the end while a thread reads it
        pass
    os._exit(LOST)


def _end_with_worker(failure: threading.ExceptHookArgs) -> None:
    """Print what ended a thread; if it was the one that watches a worker, end at once: the runner never would."""
    threading.__excepthook__(failure)
    if failure.thread is not None and failure.thread.name == "run_worker":
        _end(LOST)


def _end_with_error(*failure: Any) -> None:
    """Print what went wrong, as the last thing."""
    sys.__excepthook__(*failure)
    _end(1)


def _end(code: int) -> NoReturn:
    """Leave at once: the threads that Beam leaves behind take seconds to find out, and write to the log meanwhile."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
