"""XLA where it pays: tried once per network, method and machine, remembered, and left alone where it fails.

On a CPU it makes dense networks faster and convolutions slower, and it compiles once per batch shape, so it is no
default.
"""

import hashlib
import json
import logging
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
import tensorflow as tf

from ..errors import UnknownOperationError
from .options import key_of
from .request import Analyzer, Request

LOG = logging.getLogger(__name__)
# Images in a trial, and how often each side runs. The first run of each compiles and is not timed.
TRIAL_IMAGES = 64
TRIALS = 5

Build = Callable[[Request], Analyzer]


@dataclass(frozen=True)
class Choice:
    """What a trial found: seconds for one batch by TensorFlow's own kernels and by XLA (None where XLA failed)."""

    plain: float
    xla: float | None
    reason: str = ""

    @property
    def faster(self) -> bool:
        """Whether XLA is the faster of the two."""
        return self.xla is not None and self.xla < self.plain

    def __str__(self) -> str:
        if self.xla is None:
            return f"TensorFlow: XLA cannot compile this ({self.reason})"
        winner = "XLA" if self.faster else "TensorFlow"
        return f"{winner}: {self.plain * 1e3:.1f} ms by TensorFlow, {self.xla * 1e3:.1f} ms by XLA"


def faster(build: Build, request: Request) -> Analyzer:
    """The analyzer compiled by whichever is faster on this machine."""
    return build(replace(request, xla=chosen(build, request).faster))


def forced(build: Build, request: Request) -> Analyzer:
    """The analyzer compiled by XLA, or by TensorFlow where XLA cannot; that is logged as a warning."""
    compiled = build(replace(request, xla=True))
    try:
        compiled(_images(request, 1), np.zeros(1, np.int32))
    except UnknownOperationError as error:
        LOG.warning("%s of %s runs without XLA: %s", request.method, request.network.name, error.came)
        return build(request)
    return compiled


def chosen(build: Build, request: Request) -> Choice:
    """The remembered trial of a network, method, options and machine; a new one where there is none."""
    path = _record(request)
    try:
        return Choice(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError):
        choice = trial(build, request)
    LOG.info("%s of %s by %s", request.method, request.network.name, choice)
    _write(path, choice)
    return choice


def trial(build: Build, request: Request) -> Choice:
    """Run both, in turn, on the same random images."""
    images = _images(request, min(TRIAL_IMAGES, request.batch_size))
    targets = np.zeros(len(images), np.int32)
    plain, compiled = build(request), build(replace(request, xla=True))
    try:
        times = _medians([lambda: plain(images, targets), lambda: compiled(images, targets)])
    except UnknownOperationError as error:
        return Choice(_medians([lambda: plain(images, targets)])[0], None, error.came)
    return Choice(times[0], times[1])


def _images(request: Request, count: int) -> np.ndarray:
    generator = np.random.default_rng(0)
    return generator.random((count, *request.network.input_shape)).astype(request.network.dtype)


def _medians(runs: list[Callable[[], Any]]) -> list[float]:
    times: list[list[float]] = [[] for _ in runs]
    for turn in range(TRIALS + 1):
        for run, taken in zip(runs, times, strict=True):
            start = time.perf_counter()
            run()
            if turn:
                taken.append(time.perf_counter() - start)
    return [statistics.median(taken) for taken in times]


def _record(request: Request) -> Path:
    """Where a trial's result is kept between runs."""
    network = request.network
    simple = key_of({name: value for name, value in request.options.items() if not hasattr(value, "arrays_for")})
    machine = (platform.machine(), platform.processor(), platform.node(), tf.__version__)
    parts = (network.fingerprint, network.dtype, request.method, simple, machine)
    name = hashlib.sha256(repr(parts).encode()).hexdigest()
    return platformdirs.user_cache_path("keras_invariance") / "xla" / f"{name}.json"


def _write(path: Path, choice: Choice) -> None:
    """Keep a trial's result; without a writable cache folder it is tried again next time."""
    content = json.dumps({"plain": choice.plain, "xla": choice.xla, "reason": choice.reason})
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as file:
            file.write(content)
        Path(file.name).replace(path)
    except OSError as error:
        LOG.info("no record of the trial: %s", error)
