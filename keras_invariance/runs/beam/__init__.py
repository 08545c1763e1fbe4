"""Runs on Apache Beam (extra `beam`): workers load the network once and share the shards.

Nothing imports this package but `keras_invariance.integrations.beam`.
"""

from importlib.util import find_spec

from ...errors import EngineError

if find_spec("apache_beam") is None:
    raise EngineError(
        "work for Apache Beam, which is not installed",
        "the extra `beam`",
        'Install it: python -m pip install "keras-invariance[beam]".',
    )

from .runner import Engine
from .shards import on_beam
from .source import Source

__all__ = ["Engine", "Source", "on_beam"]
