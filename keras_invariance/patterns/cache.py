"""The cache of fitted patterns in the user's cache folder."""

import hashlib
from pathlib import Path

import platformdirs

from ..errors import PatternError
from ..network import Network
from .fitted import FORMAT, About, Patterns, load_patterns


def cache_folder() -> Path:
    """Where fitted patterns are kept between runs."""
    return platformdirs.user_cache_path("keras_invariance") / "patterns"


def cached_patterns(network: Network, about: About) -> Patterns | None:
    """The patterns that were fitted so before; None where there are none."""
    path = _path(network, about)
    if not path.is_file():
        return None
    try:
        return load_patterns(path, network)
    except PatternError:
        path.unlink(missing_ok=True)  # damaged: fitted again
        return None


def keep_patterns(patterns: Patterns, network: Network) -> None:
    """Keep patterns for the next run; without a writable cache folder there is none."""
    try:
        patterns.save(_path(network, patterns.about))
    except OSError:
        return


def _path(network: Network, about: About) -> Path:
    parts = (network.fingerprint, network.dtype, about.data_fingerprint, about.estimator, about.centre, FORMAT)
    return cache_folder() / f"{hashlib.sha256(repr(parts).encode()).hexdigest()}.npz"
