"""Interruption: work that takes many runs of traced functions ends between two of them, with nothing half done."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_CHECK: ContextVar[Callable[[], None] | None] = ContextVar("check", default=None)


@contextmanager
def interruptible(check: Callable[[], None]) -> Iterator[None]:
    """Call `check` before every run of a traced function in this block and thread; what it raises ends the work there.

    Networks, twins, analyzers and their caches are as if the work had not begun. A run is one batch of images, or one
    batch of a method's steps or samples; tracing a function, which takes 0.1 to 10 s, is not interrupted.
    """
    token = _CHECK.set(check)
    try:
        yield
    finally:
        _CHECK.reset(token)


def look_up() -> None:
    """Let the one who waits have a look, where there is one."""
    check = _CHECK.get()
    if check is not None:
        check()
