"""`keras-invariance audit`: verdicts on a network over a data set, with a report."""

import inspect
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..application import PATTERNS_DATA
from ..errors import AuditError, MethodError
from ..methods.catalogue import QUICK
from .console import Json, print_json, print_table, stage_bars
from .engines import Runner, RunnerOptions, engine_of
from .networks import Choice, with_model
from .options import Methods, check_named, method_names, spelled_option

if TYPE_CHECKING:
    from ..datasets import Dataset
    from ..integrations.beam import Engine
    from ..judging.invariance import Result
    from ..network import Network
    from ..runs import Executor


@dataclass(frozen=True)
class Request:
    """What the command line was told, as it is kept in audit.json for `--resume`; whether to trust a model is not."""

    model: str
    choices: Mapping[str, Any]
    data: str
    shifts: list[str]
    methods: str
    options: list[str]
    patterns_data: str | None
    estimators: list[str]
    centre: str
    seed: int
    shard: int
    target: str = "top"


def _model_unless_resumed(command: Callable[..., None]) -> Callable[..., None]:
    """The command with MODEL left out where a folder is resumed, which names its model."""
    signature = inspect.signature(command)
    hint = Annotated[
        str | None, typer.Argument(metavar="MODEL", help="A path, or a shipped network. Not beside --resume.")
    ]
    model = signature.parameters["model"].replace(annotation=hint, default=None)
    others = [one for name, one in signature.parameters.items() if name != "model"]
    command.__signature__ = signature.replace(parameters=[model, *others])  # type: ignore[attr-defined]
    command.__annotations__["model"] = hint
    return command


@_model_unless_resumed
@with_model
def audit(
    model: Choice,
    data: Annotated[
        str | None, typer.Option("--data", help="mnist/test[:1000], tfds:NAME/SPLIT, a folder, .npz.")
    ] = None,
    shifts: Annotated[
        list[str] | None, typer.Option("--shift", help="constant:-1, checkerboard:4, target:cat.png, ... Repeatable.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="The folder of the audit; one that was begun is resumed.")
    ] = None,
    resume: Annotated[
        Path | None, typer.Option("--resume", help="Resume this folder; all else is read from its audit.json.")
    ] = None,
    method: Methods = None,
    option: Annotated[
        list[str] | None, typer.Option("--option", help="METHOD.OPTION=VALUE, such as lrp-gamma.gamma=0.1. Repeatable.")
    ] = None,
    patterns_data: Annotated[
        str | None,
        typer.Option("--patterns-data", help="Training data for patterns; there is a default for shipped networks."),
    ] = None,
    estimator: Annotated[
        list[str] | None, typer.Option("--estimator", help="published, positive, linear; all by default. Repeatable.")
    ] = None,
    centre: Annotated[str, typer.Option("--centre", help="neuron, or image: patterns less the mean image.")] = "neuron",
    seed: Annotated[int, typer.Option("--seed", min=0, help="Draws the noise of the methods that need some.")] = 0,
    shard: Annotated[int, typer.Option("--shard", min=1, help="Images that are written at a time.")] = 256,
    target: Annotated[
        str, typer.Option("--target", help="The logit to explain: top, label, an index, or a place such as 200,1.")
    ] = "top",
    fail_on: Annotated[
        str | None,
        typer.Option("--fail-on", help="sensitive, or sensitive:METHOD,METHOD: exit with 1 if one of them is."),
    ] = None,
    runner: Runner = None,
    runner_options: RunnerOptions = None,
    *,
    as_json: Json = False,
) -> None:
    """Audit a network: which methods explain it and its twins alike, over a whole data set."""
    watched = _watched(fail_on)
    if resume is not None and (model.model or "").startswith("-"):  # without a MODEL the first option takes its place
        model, runner_options = replace(model, model=""), [model.model, *(runner_options or ())]
    engine = engine_of(runner, runner_options)
    trust = bool(model.options.get("trust_model"))
    if resume is not None:
        _check_alone(model.model, data, shifts, out)
        folder = resume.resolve()
        asked = _begun(folder)
        check_named(asked.methods, method)
    else:
        if model.model is None or data is None or out is None:
            raise AuditError("no MODEL, --data or --out", "all three, or --resume FOLDER", "See --help.")
        choices = {name: value for name, value in model.options.items() if name != "trust_model"}
        fitted_to = patterns_data or PATTERNS_DATA.get(model.model)
        asked = Request(
            model.model,
            choices,
            data,
            shifts or [],
            ",".join(method or QUICK),
            option or [],
            fitted_to,
            estimator or [],
            centre,
            seed,
            shard,
            target,
        )
        folder = out
    results = _run(asked, folder, engine, trust=trust)
    if as_json:
        print_json({"report": folder / "report.html", "results": [_record(one) for one in results]})
    else:
        _print(results)
        typer.echo(f"The report, and each number behind it: {folder / 'report.html'}")
    failing = [
        one.question.name
        for one in results
        if fail_on and one.verdict == "sensitive" and (not watched or one.question.method in watched)
    ]
    if failing:
        typer.echo(f"Sensitive: {', '.join(dict.fromkeys(failing))}", err=True)
        raise typer.Exit(1)


def _run(asked: Request, folder: Path, engine: "Engine | None", *, trust: bool) -> "list[Result]":
    """Run the audit with its progress on stderr."""
    from ..application import open_data

    options = dict(spelled_option(text) for text in asked.options)
    load = partial(_network, Choice(asked.model, {**asked.choices, "trust_model": trust}))
    network = load()
    from ..judging.invariance import Estimate, Progress, audit
    from ..judging.invariance.estimates import spelled_time
    from ..judging.invariance.questions import ESTIMATORS

    images = open_data(asked.data, network.input_shape)
    fitted_to = open_data(asked.patterns_data, network.input_shape) if asked.patterns_data else None
    steps = audit(
        network,
        images,
        folder,
        shifts=asked.shifts,
        methods=method_names([asked.methods], "all"),
        options=options,
        patterns_data=fitted_to,
        estimators=tuple(asked.estimators) or ESTIMATORS,
        centre=asked.centre,
        seed=asked.seed,
        shard=asked.shard,
        target=asked.target,
        command=asdict(asked),
        screen=None if engine is None else _workers(engine, load, partial(open_data, asked.data, network.input_shape)),
    )
    results: list[Result] = []
    with stage_bars() as stages:
        for step in steps:
            if isinstance(step, Estimate):
                stages.tell(f"{step.method} will take {spelled_time(step.seconds)}.")
            if isinstance(step, Progress):
                stages.advance(step.name, step.done, step.total)
            else:
                results.append(step)
    return results


def _network(choice: Choice) -> "Network":
    """The network; operations of this process are deterministic: on a GPU, sums are added in an order that changes."""
    network = choice.load()
    import tensorflow as tf

    tf.config.experimental.enable_op_determinism()
    return network


def _workers(engine: "Engine", load: "Callable[[], Network]", data: "Callable[[], Dataset]") -> "Executor":
    """An engine's workers, which load the network and the data by themselves."""
    from ..integrations import beam

    return beam.screen(beam.Source(load, data), engine)


def _begun(folder: Path) -> Request:
    """What the command line was told when the folder was begun; relative paths are those of that time."""
    from ..judging.invariance.invariance import LAYOUT
    from ..runs import RunFolder

    begun = RunFolder(folder, LAYOUT).begun_by
    command, place = begun.get("command"), begun.get("working_folder")
    if command is None:
        raise AuditError(
            f"{folder}, an audit begun in Python", "one begun on the command line", "Run its script again."
        )
    try:
        asked = Request(**command)
        texts = [asked.model, asked.data, asked.methods, asked.centre, asked.target]
        texts += [*asked.shifts, *asked.options, *asked.estimators]
        well = all(isinstance(text, str) for text in texts) and isinstance(asked.choices, dict)
        well &= isinstance(asked.patterns_data, str | None) and all(type(n) is int for n in (asked.seed, asked.shard))
        Choice(asked.model, asked.choices)
    except TypeError:
        well = False
    if not well:
        raise AuditError(f"{folder / 'audit.json'}, which is damaged", "what the audit wrote", "Begin it again.")
    if isinstance(place, str) and Path(place).is_dir():
        os.chdir(place)
    return replace(asked, choices={name: asked.choices[name] for name in asked.choices if name != "trust_model"})


def _check_alone(model: str | None, data: str | None, shifts: list[str] | None, out: Path | None) -> None:
    given = {"MODEL": model, "--data": data, "--shift": shifts, "--out": out}
    beside = [name for name, value in given.items() if value]
    if beside:
        raise AuditError(
            f"{', '.join(beside)} beside --resume", "--resume FOLDER alone", "All else is read from the folder."
        )


def _print(results: "list[Result]") -> None:
    from ..judging.invariance.section import short

    rows = [
        (
            one.question.name,
            one.question.shift,
            one.verdict,
            f"{one.violations} of {one.images}",
            short(one.worst_relative_l2),
            short(one.worst_float64),
        )
        for one in results
    ]
    print_table(("explanation", "shift", "verdict", "differ", "worst in float32", "worst in float64"), rows)


def _record(result: "Result") -> dict[str, Any]:
    """What JSON tells of a question: the question, and every number of `summary.csv`."""
    asked = result.question
    numbers = {name: value for name, value in vars(result).items() if name != "question"}
    return {"explanation": asked.name, **vars(asked), **numbers}


def _watched(fail_on: str | None) -> frozenset[str]:
    """The methods that must not be sensitive; none named is all of them."""
    kind, _, names = (fail_on or "").partition(":")
    if kind not in ("", "sensitive"):
        raise _unwatchable(fail_on)
    try:
        return frozenset(method_names([names], "") if names else ()) if kind else frozenset()
    except MethodError as error:
        raise _unwatchable(fail_on) from error


def _unwatchable(fail_on: str | None) -> MethodError:
    return MethodError(f"--fail-on {fail_on}", "sensitive, or sensitive:METHOD,METHOD", "Check the spelling.")
