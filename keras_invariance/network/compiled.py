"""Compiled functions: a Python function traced once, for tensors of fixed type and shape."""

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf


def compiled(
    function: Callable[..., Any], specifications: Sequence[tf.TensorSpec], *, xla: bool = False
) -> Callable[..., Any]:
    """The function traced for these tensors. It never traces again, and TensorFlow does not count its calls as retracing."""
    options = {"jit_compile": True} if xla else {}
    traced: Callable[..., Any] = tf.function(function, autograph=False, **options).get_concrete_function(
        *specifications
    )
    return traced
