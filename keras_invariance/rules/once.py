"""What is computed from a layer's kernel alone: once, while tracing, or at every call where it is too large to keep.

The signed parts of VGG16's first dense kernel, side by side and transposed, took 2 GB; made anew for each batch they
cost a hundredth of its time (2026-11-24).
"""

from contextlib import AbstractContextManager, nullcontext

import tensorflow as tf

KEPT_BYTES = 2**26
"""A kernel up to this size is kept in every form that a method needs."""


def once(*tensors: tf.Tensor) -> AbstractContextManager[None]:
    """The place where something made of these tensors is computed.

    Outside the function that is being traced, or inside it where one of them is its own or they are too large to keep.
    """
    return tf.init_scope() if kept(*tensors) else nullcontext()


def kept(*tensors: tf.Tensor) -> bool:
    """Whether what is made of these tensors is computed once."""
    if not all(hasattr(tensor, "numpy") for tensor in tensors):
        return False
    return sum(tensor.shape.num_elements() * tensor.dtype.size for tensor in tensors) <= KEPT_BYTES
