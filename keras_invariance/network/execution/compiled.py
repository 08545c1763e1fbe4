"""Compiled functions: a Python function traced once, for tensors of fixed type and shape."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

from ...errors import UnknownOperationError
from .interruption import look_up

# What XLA writes behind a function's name, 100 characters long, in front of the operation that it cannot compile.
ATTRIBUTES = re.compile(r"\[_\w+=[^\]]*\]")
REFUSALS = (tf.errors.UnimplementedError, tf.errors.InvalidArgumentError, tf.errors.NotFoundError)


def compiled(
    function: Callable[..., Any], specifications: Sequence[tf.TensorSpec], *, xla: bool = False
) -> Callable[..., Any]:
    """The function traced for these tensors; it never traces again, and its calls do not count as retracing.

    Calling it raises an `UnknownOperationError` where TensorFlow has no kernel for an operation, its number type or its
    gradient.
    """
    options = {"jit_compile": True} if xla else {}

    def positional(*tensors: tf.Tensor) -> Any:  # names and defaults would be looked through at every call
        return function(*tensors)

    traced = tf.function(positional, autograph=False, **options).get_concrete_function(*specifications)

    def run(*tensors: tf.Tensor) -> Any:
        look_up()
        try:
            return traced(*tensors)
        except REFUSALS as error:
            raise UnknownOperationError(
                f"TensorFlow cannot run this: {reason(error)}",
                "operations that have kernels on this device, in this number type, with a gradient",
                "Use another method, float32, or another device.",
            ) from error

    return run


def reason(error: Exception) -> str:
    """The line of a TensorFlow error that says what happened."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    telling = [
        line for line in lines if not line.startswith(("Graph execution error", "Detected at", "File ", "<stack"))
    ]
    first = (telling or lines or [type(error).__name__])[0]
    return ATTRIBUTES.sub("", first)[:200]
