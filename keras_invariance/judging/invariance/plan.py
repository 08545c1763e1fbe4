"""Plans: what an audit asks, of which network and which images; the same plan gives the same findings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from ...encodings.shifts import parse
from ...encodings.targeted import targeted_shift
from ...errors import AuditError, PatternError, ShiftError
from ...methods.catalogue import METHODS
from ...methods.options import own_options, split_option
from ...methods.strangers import check_named, names_of, provenances
from ...network.targets import TOP, check_target, spelled
from ...versions import installed
from .questions import ESTIMATORS, NO_REFIT, Question, needs_patterns, questions, reasons

if TYPE_CHECKING:
    from ...datasets import Dataset
    from ...network import Network

SHARD = 256
"""How many images are computed, written and, after an interruption, computed again at a time."""


@dataclass(frozen=True)
class PatternData:
    """What patterns are fitted to: a data set's spelling, its fingerprint, its size, and the fit's centre."""

    data: str
    fingerprint: str
    images: int
    centre: str = "neuron"


@dataclass(frozen=True)
class Plan:
    """All that decides an audit's numbers.

    Attributes
    ----------
    network, fingerprint
        The network's name, and the hash of its operations and numbers.
    data, data_fingerprint, images
        The data set's spelling, the hash of its content and encoding, and how many images it has.
    low, high
        The least and the greatest value that a pixel can have.
    shifts
        Each shift's spelling -> the hash of its numbers, or of the picture that it shows.
    questions
        What is asked, shift by shift.
    options
        Options for methods: "METHOD.OPTION" -> value.
    patterns
        What patterns are fitted to; None where no question needs any.
    seed
        Draws the noise of the methods that need some.
    shard
        How many images are done at a time.
    not_run
        What is not asked -> why.
    target
        Which logit is explained, as `targets.spelled` spells it.
    versions
        Of the programs that compute.
    explainers
        Somebody else's methods that are asked -> the version, and where the function is.
    """

    network: str
    fingerprint: str
    data: str
    data_fingerprint: str
    images: int
    low: float
    high: float
    shifts: Mapping[str, str]
    questions: tuple[Question, ...]
    options: Mapping[str, Any]
    patterns: PatternData | None
    seed: int
    shard: int
    not_run: Mapping[str, str]
    target: str = TOP
    versions: Mapping[str, str] = field(default_factory=dict)
    explainers: Mapping[str, str] = field(default_factory=dict)

    @property
    def shards(self) -> list[range]:
        """The images of each shard."""
        return [range(start, min(start + self.shard, self.images)) for start in range(0, self.images, self.shard)]

    def options_of(self, method: str) -> dict[str, Any]:
        """The method's options for network 1: those asked for, the seed, and the data's range where it takes them.

        What somebody else's method means by a range is not known here: it gets its own defaults.
        """
        known = METHODS[method]
        ranged = {} if known.function is not None else {"low": self.low, "high": self.high}
        shared = {"seed": self.seed, **ranged}
        given = {name: value for name, value in shared.items() if name in known.options}
        return {**given, **own_options(method, self.options)}


def plan_from(read: Mapping[str, Any]) -> Plan:
    """A plan as it was written; any of Python's errors for wrong values where it is none.

    Raises
    ------
    ExplainerError
        It names somebody else's explainer, which this process does not know: a file's word alone runs no code.
    """
    content = dict(read)
    explainers = content.get("explainers", {})
    if not all(isinstance(text, str) for pair in explainers.items() for text in pair):
        raise ValueError("explainers that no plan has")
    check_named(explainers)
    asked = tuple(Question(**question) for question in content.pop("questions"))
    fitted = content.pop("patterns")
    plan = Plan(questions=asked, patterns=None if fitted is None else PatternData(**fitted), **content)
    texts = [part for one in asked for part in vars(one).values()]
    well = plan.images > 0 and plan.shard > 0 and all(isinstance(text, str) for text in [*texts, *plan.shifts])
    if not (well and all(one.shift in plan.shifts and one.method in METHODS for one in asked)):
        raise ValueError("questions, images or shards that no plan has")
    return plan


def planned(  # noqa: PLR0913  all that decides an audit's numbers
    network: "Network",
    data: "Dataset",
    shifts: Sequence[str],
    methods: Sequence[str],
    *,
    options: Mapping[str, Any],
    seed: int,
    shard: int,
    target: str | int | Sequence[int] = TOP,
    patterns_data: "Dataset | None" = None,
    estimators: Sequence[str] = ESTIMATORS,
    centre: str = "neuron",
) -> Plan:
    """The plan of an audit; methods that the network or the options do not admit are named with the reason.

    `methods` are names, or functions that were registered or can be imported by where they are.

    Raises
    ------
    AuditError
        For no images, shifts or methods, for images of another shape, and for options of methods that are not asked.
    ImageError
        For a target that is no logit, and labels that name none.
    ShiftError, MethodError, PatternError
        For a shift, a method or an estimator that is spelled wrong, and for a shift that is zero everywhere.
    """
    _check_data(network, data)
    explained = spelled(target)
    check_target(network, data, explained)
    methods = names_of(methods)
    _check_methods(shifts, methods, options)
    wanted = patterns_data is not None and any(map(needs_patterns, methods))
    _check_patterns(estimators, centre)
    if patterns_data is not None:
        _check_data(network, patterns_data)
    plan = Plan(
        network=network.name,
        fingerprint=network.fingerprint,
        data=data.name,
        data_fingerprint=data.fingerprint,
        images=len(data),
        low=float(data.encoding.low),
        high=float(data.encoding.high),
        shifts={spec: _shift_fingerprint(spec, network.input_shape) for spec in shifts},
        questions=(),
        options=dict(options),
        patterns=_pattern_data(patterns_data, centre) if wanted and patterns_data is not None else None,
        seed=seed,
        shard=shard,
        not_run={},
        target=explained,
        versions=installed(),
        explainers=provenances(methods),
    )
    not_run = reasons(network, methods, {name: plan.options_of(name) for name in methods}, patterns=wanted)
    asked = questions(list(plan.shifts), methods, estimators, not_run)
    unfit = {
        f"{one.method} (refitted), {one.shift}": NO_REFIT
        for one in asked
        if one.estimator and targeted_shift(one.shift)
    }
    return replace(plan, questions=asked, not_run={**not_run, **unfit})


def _check_data(network: "Network", data: "Dataset") -> None:
    if not len(data):
        raise AuditError(f"{data.name} with no images", "at least one image", "Choose other data.")
    if tuple(data.shape) != tuple(network.input_shape):
        raise AuditError(
            f"images of shape {tuple(data.shape)} in {data.name}",
            f"the network's {tuple(network.input_shape)}",
            "Choose data of that shape, or a network for this one.",
        )


def _check_methods(shifts: Sequence[str], methods: Sequence[str], options: Mapping[str, Any]) -> None:
    if not shifts or not methods:
        raise AuditError("no shift" if not shifts else "no method", "at least one", "Name what to audit.")
    for key in options:
        method, option = split_option(key)
        if option == "background" and not isinstance(options[key], str):
            raise AuditError(
                f"the option {key!r} as {type(options[key]).__name__}",
                "the spelling of a data set, such as mnist/train[:32], which a resumed audit reads again",
                "Write the images to an .npz file and name that.",
            )
        ours = method in METHODS and METHODS[method].function is None
        own = option == "seed" or (ours and option in (METHODS[method].reference, "patterns"))
        if method not in methods or option not in METHODS[method].options or own:
            raise AuditError(
                f"the option {key!r}",
                "METHOD.OPTION of a method that is audited; seed, references and patterns are the audit's own",
                "See `keras-invariance methods`.",
            )


def _check_patterns(estimators: Sequence[str], centre: str) -> None:
    for name, one_of in (*((name, ESTIMATORS) for name in estimators), (centre, ("neuron", "image"))):
        if name not in one_of:
            raise PatternError(f"the fit {name!r}", f"one of {', '.join(one_of)}", "Check the spelling.")
    if not estimators:
        raise PatternError("no estimator", f"some of {', '.join(ESTIMATORS)}", "Name one.")


def _pattern_data(data: "Dataset", centre: str) -> PatternData:
    return PatternData(data.name, data.fingerprint, len(data), centre)


def _shift_fingerprint(spec: str, input_shape: tuple[int, ...]) -> str:
    """A hash of m's numbers, or of the picture that it shows."""
    own = targeted_shift(spec)
    numbers = parse(spec).values(input_shape) if own is None else own.picture_for(input_shape)
    if own is None and not numbers.any():
        raise ShiftError(
            f"the shift {spec}, which is zero everywhere",
            "one that moves something: with m = 0 both networks are the same, and so is every method",
            "Leave it out, or name one such as constant:-1.",
        )
    return sha256(numbers.tobytes()).hexdigest()[:16]
