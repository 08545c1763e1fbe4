"""Kept kernels: what is computed from a layer's kernel alone, once, while tracing, unless it is too large to keep."""

from contextlib import AbstractContextManager, nullcontext

import tensorflow as tf

KEPT_BYTES = 2**26
"""A kernel up to this size is kept in every form that a method needs."""


def computed_once(*tensors: tf.Tensor) -> AbstractContextManager[None]:
    """The place where something made of these tensors is computed.

    Outside the function that is being traced, or inside it where one of them is its own or they are too large to keep.
    """
    return tf.init_scope() if is_kept(*tensors) else nullcontext()


def is_kept(*tensors: tf.Tensor) -> bool:
    """Whether what is made of these tensors is computed once."""
    if not all(hasattr(tensor, "numpy") for tensor in tensors):
        return False
    return sum(tensor.shape.num_elements() * tensor.dtype.size for tensor in tensors) <= KEPT_BYTES
