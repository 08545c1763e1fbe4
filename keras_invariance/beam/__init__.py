"""Audits and fits of patterns on Apache Beam (extra `beam`): workers load the network once and share the images.

    source = beam.Source(partial(ki.load_network, "model.keras"), partial(ki.datasets.load, "photos.npz"))
    engine = beam.Engine("DirectRunner", ["--direct_num_workers=4"])
    for step in beam.audit(source, "audit", engine, shifts=["constant:-1"], methods=["gradient"]):
        print(step)

Nothing in the core imports this package.
"""

from importlib.util import find_spec

from ..errors import EngineError

if find_spec("apache_beam") is None:
    raise EngineError(
        "work for Apache Beam, which is not installed",
        "the extra `beam`",
        'Install it: python -m pip install "keras-invariance[beam]".',
    )

from .engine import Engine
from .fits import fit_patterns
from .screening import audit, screen
from .source import Source

__all__ = ["Engine", "Source", "audit", "fit_patterns", "screen"]
