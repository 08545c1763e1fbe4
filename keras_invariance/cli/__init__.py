"""The command line `keras-invariance`: thin commands around the library, one file each.

Every command imports what it needs when it runs, so that `--help` answers without TensorFlow.
"""

import sys


def main() -> None:
    """Run the command line; Ctrl-C ends it with 130, even while it is still being imported."""
    try:
        from .app import app

        app(prog_name="keras-invariance")
    except KeyboardInterrupt:
        sys.exit(130)


def viewer() -> None:
    """Open the window: what `keras-invariance-viewer` runs, `keras-invariance view` by another name."""
    sys.argv.insert(1, "view")
    main()
