"""A study: the catalogue's tests that need random networks or logits, on a few images, written into one folder."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..datasets.array import as_dataset
from ..errors import OutputError
from ..methods.strangers import provenances
from ..reports.tables import csv_of
from ..runs import Layout, Progress, RunFolder
from ..runs.folder import as_json, machine
from ..versions import installed
from .catalogue import TESTS, study_tests
from .checks import checked_seeds
from .explanation_test import judged
from .page import shared_facts, write_page
from .randomization.curves import Point
from .randomization.experiment import Experiment, Finding
from .randomization.orders import ORDERS, Order
from .randomization.randomization import Randomization
from .randomization.run import SEEDS, experiment
from .request import StudyRequest
from .similarity import MEASURES, TITLES

if TYPE_CHECKING:
    from ..datasets import Dataset
    from ..network import Network

INTERVALS = "95 %, percentiles of 2000 crossed bootstrap samples: seeds and images each with replacement (Owen, 2007)."
_OWN = {name: entry.shards for name, entry in TESTS.items() if entry.run == "study"}
_OTHERS = tuple(name for name in _OWN if name != "randomization")
LAYOUT = Layout("a study", "plan.json", tuple(_OWN.values()), OutputError, flat=True)


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
    results
        What each test of the catalogue found, by its name.
    """

    experiment: Experiment
    plan: Mapping[str, Any]
    seeds: tuple[int, ...]
    results: Mapping[str, Sequence[Any]]

    @property
    def points(self) -> Sequence[Point]:
        """The curves of the randomisation test."""
        return self.results["randomization"]


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
    """`randomize` over a data set, written into a folder; yields what is done, then findings, and the study at the end.

    Asked for again with the same plan, it resumes where it was stopped; with more seeds, it adds those.

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
    chosen, told, data = checked_seeds(seeds), dict(options or {}), as_dataset(data)
    own = experiment(
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
        "methods": list(own.methods),
        "options": told,
        "orders": list(orders),
        "groups": groups,
        "shift": shift,
        "target": target,
        "dither": dither,
        "layers": {layer.name: layer.drawn for layer in own.layers},
        "versions": installed("scikit-image"),
        **({"explainers": explainers} if (explainers := provenances(own.methods)) else {}),
    }
    folder = RunFolder.begun(Path(out), LAYOUT, plan)
    tests = study_tests(StudyRequest(own, chosen, target, plan))
    found = yield from judged(list(tests.values()), folder)
    result = Study(own, plan, chosen, dict(zip(tests, found, strict=True)))
    findings = Randomization(own, chosen, plan).findings(folder)
    yield from findings
    folder.write("randomization.csv", table(result.points))
    folder.write("randomization.json", as_json(_content(result, findings)))
    sections = [test.section(folder, result.results[name]) for name, test in tests.items()]
    write_page(folder, "index.html", f"Randomisation test of {network.name}", sections, _facts(result))
    folder.tidy()
    yield result


def table(curves: Sequence[Point]) -> str:
    """The points as a table, a row each."""
    rows = [{**{key: value for key, value in vars(one).items() if key != "value"}, **vars(one.value)} for one in curves]
    return csv_of(rows)


def _content(result: Study, findings: Sequence[Finding]) -> dict[str, Any]:
    """Everything that was measured, the means of each seed among it."""
    per_seed = [
        {
            **{key: value for key, value in vars(one).items() if key != "similarities"},
            **{name: _mean(values) for name, values in one.similarities.items()},
        }
        for one in findings
    ]
    system = machine()
    return {
        "plan": dict(result.plan),
        "seeds": list(result.seeds),
        "machine": f"{system['architecture']}, {system['system']}",
        "points": [asdict(one) for one in result.points],
        "findings": per_seed,
        **{name: [asdict(one) for one in result.results.get(name, ())] for name in _OTHERS},
    }


def _facts(result: Study) -> dict[str, str]:
    plan = result.plan
    return {
        **{TITLES[measure]: about for measure, about in MEASURES.items()},
        **shared_facts(plan, result.experiment.network),
        "Seeds": ", ".join(map(str, result.seeds)),
        "Explained": "each image's top logit" if plan["target"] is None else f"logit {plan['target']}",
        "Dither": f"{plan['dither']:g}",
        "Layers, from the image up, and how they are drawn": "; ".join(
            f"{name} ({drawn})" for name, drawn in plan["layers"].items()
        ),
        "Intervals": INTERVALS,
        "Sources": "; ".join(TESTS[name].source for name in result.results) + ".",
    }


def _mean(values: np.ndarray) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else float("nan")
