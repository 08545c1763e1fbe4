"""An audit: the test of input invariance over a data set, written into a folder, with its report."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...datasets import as_dataset
from ...methods.catalogue import QUICK
from ...network.targets import TOP
from ...reports.tables import csv_of
from ...runs import Executor, Progress, RunFolder, missing
from ..explanation_test import judged
from ..page import write_page
from .estimates import BATCH, estimates
from .findings import Findings, shard_name
from .invariance import LAYOUT, Invariance
from .plan import SHARD, planned
from .questions import ESTIMATORS
from .results import Result
from .section import facts
from .subject import Subject

if TYPE_CHECKING:
    from ...datasets import Dataset
    from ...network import Network


def audit(  # noqa: PLR0913  what is audited, on what, and how
    network: "Network",
    data: "Dataset | Any",
    out: str | Path,
    *,
    shifts: Sequence[str],
    methods: Sequence[str] = QUICK,
    options: Mapping[str, Any] | None = None,
    patterns_data: "Dataset | Any" = None,
    estimators: Sequence[str] = ESTIMATORS,
    centre: str = "neuron",
    seed: int = 0,
    shard: int = SHARD,
    target: str | int | Sequence[int] = TOP,
    command: Mapping[str, Any] | None = None,
    screen: Executor | None = None,
) -> Iterator[Progress | Result]:
    """Audit a network over a data set; yields what is being done, and the verdicts as they come.

    Of what is being done, an `Estimate` tells how long a slow method will take.

    The folder gets `audit.json`, the shards, `findings.parquet` (a row per image and question), `summary.csv` and
    `report.html`. Asked for again with the same plan, it resumes where it was stopped.

    Parameters
    ----------
    network
        Network 1.
    data
        Its images, in its own encoding: a data set, which is streamed, or an array.
    out
        The folder.
    shifts
        Spelled as for `ki.shifts.parse`, or "target:FILE" for a shift of its own for each image, which paints a
        picture into its explanation.
    methods
        Names of `ki.METHODS`, by default all but the slow ones. Those that the network or the options do not admit are
        reported with the reason.
    options
        "METHOD.OPTION" -> value.
    patterns_data
        Training data, for the patterns of pattern-net and pattern-attribution; without them they are not asked.
    estimators, centre
        How patterns are fitted, see `ki.fit_patterns`; each estimator is a question of its own.
    seed
        Draws the noise of the methods that need some.
    shard
        How many images are written, and lost by an interruption, at a time.
    target
        Which logit of each image is explained: "top" for the one that the network ranks first, "label" for that of the
        image's label, an index, or a place (200, 1) where the output has several axes. It is the same for the twin.
    command
        What the command line was told, which it needs to resume the folder alone.
    screen
        Who computes the shards, such as `runs.devices.on_devices(["GPU:0", "GPU:1"])`; by default this process, on all
        GPUs where it sees several.

    Raises
    ------
    AuditError
        The data or the folder do not fit.
    ImageError
        The target is no logit, or a label names none.
    OutputError
        The folder cannot be written.
    ShiftError, MethodError, PatternError
        A shift, method, option or estimator is wrong.

    Source: Kindermans, Hooker et al. (2017); Clopper & Pearson (1934); Holm (1979).
    """
    images, fitted_to = as_dataset(data), None if patterns_data is None else as_dataset(patterns_data)
    plan = planned(
        network,
        images,
        shifts,
        methods,
        options=options or {},
        seed=seed,
        shard=shard,
        target=target,
        patterns_data=fitted_to,
        estimators=estimators,
        centre=centre,
    )
    test = Invariance(Subject(plan, network, fitted_to), images)
    folder = RunFolder.begun(Path(out), LAYOUT, test.plan, command)
    lacking = set(missing(test, folder))
    if left := sum(len(each) for each in plan.shards if shard_name(each) in lacking):
        yield from estimates(test.subject, images[:BATCH].images, left)
    (results,) = yield from judged([test], folder, screen)
    yield Progress("Writing the report", 0, 1)
    folder.write("summary.csv", csv_of([one.as_row() for one in results]))
    told = facts(Findings(folder, plan), test.subject, images)
    write_page(folder, "report.html", f"Input invariance of {plan.network}", [test.section(folder, results)], told)
    folder.tidy()
    yield Progress("Writing the report", 1, 1)
    yield from results
