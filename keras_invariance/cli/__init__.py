"""The command line `keras-invariance`: thin commands around the library, one file each.

Every command imports what it needs when it runs, so that `--help` answers without TensorFlow.
"""


def main() -> None:
    """Run the command line."""
    from .app import app

    app(prog_name="keras-invariance")
