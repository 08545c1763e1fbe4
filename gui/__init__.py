"""The desktop viewer, imported as `keras_invariance.gui`: paired heatmaps on the GPU, computed by a worker process.

`ui` shows what `model` holds, `render` draws it, `engine` computes it in a process of its own, the only one that
imports TensorFlow.
"""
