"""The desktop viewer, imported as `keras_invariance.gui`: paired heatmaps on the GPU, computed by a worker process.

`ui` shows what `model` holds, `render` draws it, `engine` computes it in a process of its own, the only one that
imports TensorFlow.
"""


def main() -> None:
    """Open the window: what `keras-invariance-viewer` runs, `keras-invariance view` by another name."""
    import sys

    from keras_invariance.cli import main as command_line

    sys.argv.insert(1, "view")
    command_line()
