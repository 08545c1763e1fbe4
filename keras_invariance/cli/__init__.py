"""The command line `keras-invariance`: thin commands around the library, one file each.

Every command imports what it needs when it runs, so that `--help` answers without TensorFlow.
"""

import os


def main() -> None:
    """Run the command line.

    TensorFlow's C++ log is silenced unless the user has set its level: the log would bury the one line of an error.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from .app import app

    app(prog_name="keras-invariance")
