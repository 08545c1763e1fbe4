"""A study: the randomisation test with all that belongs to it, written into a folder as it comes."""

import csv
import io
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import __version__
from ..datasets.array import as_dataset
from .asked import checked_seeds
from .converging import Convergence, convergence, passes_once
from .curves import Point, points
from .experiment import Experiment, Finding
from .folder import Folder, as_json
from .orders import ORDERS, Order
from .run import SEEDS, experiment
from .similarity import MEASURES
from .softmax import SoftmaxShift, softmax_shift

if TYPE_CHECKING:
    from ..datasets import Dataset
    from ..network import Network


@dataclass(frozen=True)
class Progress:
    """What is being done now, and how far the whole is."""

    name: str
    done: int
    total: int


@dataclass(frozen=True, eq=False)
class Study:
    """All results.

    Attributes
    ----------
    experiment
        What was randomised and explained.
    plan
        What decides the numbers.
    seeds
        How often each network was drawn.
    points
        The curves.
    convergence
        The cosines of two random relevance vectors, for the methods of one pass.
    softmax
        What adding a function to all logits does to the maps.
    """

    experiment: Experiment
    plan: Mapping[str, Any]
    seeds: tuple[int, ...]
    points: Sequence[Point]
    convergence: Sequence[Convergence]
    softmax: Sequence[SoftmaxShift]


def study(  # noqa: PLR0913  what is randomised and explained, and how
    network: "Network",
    data: "Dataset | np.ndarray",
    out: str | Path,
    methods: Sequence[str],
    *,
    orders: Sequence[Order] = ORDERS,
    groups: int | None = None,
    seeds: int | Sequence[int] = SEEDS,
    shift: str | None = None,
    options: Mapping[str, Any] | None = None,
    target: int | None = None,
    dither: float = 0.0,
) -> Iterator[Progress | Finding | Study]:
    """`randomize` over a data set, written into a folder; yields what is done, findings, and the study at the end.

    Asked for again with the same plan, it goes on where it was stopped; with more seeds, it adds those.

    Parameters
    ----------
    network, methods, orders, groups, seeds, options, dither
        As for `randomize`.
    data
        The images, a data set or an array; all of them are held in memory.
    out
        The folder.
    shift
        A shift's spelling, to run the test on the twin too.
    target
        The explained logit of all images; by default each image's own, which the trained network ranks first.

    Raises
    ------
    OutputError
        The folder cannot be written, or holds something else.
    """
    from .report import write_report

    chosen, told, data = checked_seeds(seeds), dict(options or {}), as_dataset(data)
    asked = experiment(
        network,
        data.images,
        methods,
        orders=orders,
        groups=groups,
        shift=shift,
        targets=target,
        options=told,
        dither=dither,
    )
    plan = {
        "network": network.name,
        "fingerprint": network.fingerprint,
        "data": data.name,
        "data_fingerprint": data.fingerprint,
        "images": len(data),
        "methods": list(methods),
        "options": told,
        "orders": list(orders),
        "groups": groups,
        "shift": shift,
        "target": target,
        "dither": dither,
        "layers": {layer.name: layer.drawn for layer in asked.layers},
        "versions": _versions(),
    }
    folder = Folder.begun(Path(out), plan)
    found = []
    for step in _seeds(folder, asked, chosen):
        found.extend([step] if isinstance(step, Finding) else [])
        yield step
    total = len(chosen) * len(asked.places)
    yield Progress("Convergence and softmax shift", total, total)
    once = [method for method in methods if passes_once(network, method, told)]
    own = {key: value for key, value in told.items() if key.partition(".")[0] in once}
    result = Study(
        asked,
        plan,
        chosen,
        points(found),
        list(convergence(network, asked.images, once, options=own)) if once else [],
        list(softmax_shift(network, asked.images, methods, targets=target, options=told)),
    )
    folder.write("randomization.csv", table(result.points))
    folder.write("randomization.json", as_json(_content(result, found)))
    write_report(folder, result)
    yield result


def _seeds(folder: Folder, asked: Experiment, seeds: Sequence[int]) -> Iterator[Progress | Finding]:
    """Each seed's findings, read where they were written before."""
    shape = (len(asked.places), len(MEASURES), len(asked.images))
    total = len(seeds) * shape[0]
    for number, seed in enumerate(seeds):
        before = folder.similarities(seed, shape)
        found = []
        for finding in asked.findings(seed) if before is None else asked.read(seed, before):
            found.append(finding)
            yield Progress(f"Seed {seed}: {finding.method}", number * shape[0] + len(found), total)
            yield finding
        if before is None:
            folder.keep(seed, np.stack([[one.similarities[name] for name in MEASURES] for one in found]))


def table(curves: Sequence[Point]) -> str:
    """The points as a table, a row each."""
    rows = [
        {**{key: value for key, value in asdict(one).items() if key != "value"}, **vars(one.value)} for one in curves
    ]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _content(result: Study, findings: Sequence[Finding]) -> dict[str, Any]:
    """Everything that was measured, the means of each seed among it."""
    per_seed = [
        {
            **{key: value for key, value in vars(one).items() if key != "similarities"},
            **{name: _mean(values) for name, values in one.similarities.items()},
        }
        for one in findings
    ]
    return {
        "plan": dict(result.plan),
        "seeds": list(result.seeds),
        "machine": f"{platform.machine()}, {platform.system()} {platform.release()}",
        "points": [asdict(one) for one in result.points],
        "findings": per_seed,
        "convergence": [asdict(one) for one in result.convergence],
        "softmax_shift": [asdict(one) for one in result.softmax],
    }


def _mean(values: np.ndarray) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else float("nan")


def _versions() -> dict[str, str]:
    own = {"keras_invariance": __version__, "Python": platform.python_version()}
    return {**own, **{name: version(name) for name in ("tensorflow", "keras", "numpy", "scikit-image")}}
