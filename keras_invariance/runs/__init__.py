"""Runs: long work in shards, each written into a folder as it is done, and resumed where it stopped."""

from .engine import Executor, Sharded, in_this_process, missing
from .executors import written
from .folder import Layout, RunFolder
from .progress import Progress

__all__ = ["Executor", "Layout", "Progress", "RunFolder", "Sharded", "in_this_process", "missing", "written"]
