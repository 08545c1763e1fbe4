"""Plans: what an audit asks, of which network and which images; the same plan gives the same findings."""

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from .. import __version__
from ..analyzers.catalogue import METHODS
from ..errors import AuditError, InvarianceError, MethodError
from ..shifts import parse

if TYPE_CHECKING:
    from ..datasets import Dataset
    from ..network import Network

SHARD = 256
"""How many images are computed, written and, after an interruption, computed again at a time."""

REFERENCES = ("zero", "black", "transformed")
"""For integrated gradients. "black" is each image's least value after the shift, "transformed" zero moved by it."""


@dataclass(frozen=True)
class Question:
    """One explanation under one shift.

    Attributes
    ----------
    shift
        The shift's spelling.
    method
        The method's name.
    reference
        One of `REFERENCES` for integrated gradients, otherwise empty.
    """

    shift: str
    method: str
    reference: str = ""

    @property
    def name(self) -> str:
        """The explanation for a reader."""
        return f"{self.method} ({self.reference})" if self.reference else self.method


@dataclass(frozen=True)
class Plan:
    """All that decides an audit's numbers.

    Attributes
    ----------
    network, fingerprint
        The network's name, and the hash of its operations and numbers.
    data, data_fingerprint, images
        The data set's spelling, the hash of its content and encoding, and how many images it has.
    questions
        What is asked, shift by shift.
    options
        Options for methods: "METHOD.OPTION" -> value.
    seed
        Draws the noise of the methods that need some.
    shard
        How many images are done at a time.
    not_run
        Method -> why it is not asked.
    versions
        Of the programs that compute.
    """

    network: str
    fingerprint: str
    data: str
    data_fingerprint: str
    images: int
    questions: tuple[Question, ...]
    options: Mapping[str, Any]
    seed: int
    shard: int
    not_run: Mapping[str, str]
    versions: Mapping[str, str] = field(default_factory=dict)

    @property
    def shards(self) -> list[range]:
        """The images of each shard."""
        return [range(start, min(start + self.shard, self.images)) for start in range(0, self.images, self.shard)]

    def options_of(self, question: Question) -> dict[str, Any]:
        """The method's options that were asked for, and the seed where it takes one."""
        prefix = f"{question.method}."
        own = {key.removeprefix(prefix): value for key, value in self.options.items() if key.startswith(prefix)}
        seed = {"seed": self.seed} if "seed" in METHODS[question.method].options else {}
        return {**seed, **own}

    def as_json(self) -> str:
        """The plan as it is written into the folder."""
        return json.dumps({"plan": asdict(self)}, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def plan_from(text: str, source: str) -> Plan:
    """A plan as it was written.

    Raises
    ------
    AuditError
        The text is none.
    """
    try:
        read = json.loads(text)["plan"]
        questions = tuple(Question(**question) for question in read.pop("questions"))
        plan = Plan(questions=questions, **read)
        well = plan.images > 0 and plan.shard > 0 and all(isinstance(one.shift, str) for one in questions)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise _no_plan(source) from error
    if not well:
        raise _no_plan(source)
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
) -> Plan:
    """The plan of an audit; methods that the network or the options do not admit are named with the reason.

    Raises
    ------
    AuditError
        For no images, shifts or methods, for images of another shape, and for options of methods that are not asked.
    ShiftError, MethodError
        For a shift or a method that is spelled wrong.
    """
    _check_data(network, data)
    for shift in shifts:
        parse(shift).values(network.input_shape)
    _check_methods(shifts, methods, options)
    plan = Plan(
        network=network.name,
        fingerprint=network.fingerprint,
        data=data.name,
        data_fingerprint=data.fingerprint,
        images=len(data),
        questions=(),
        options=dict(options),
        seed=seed,
        shard=shard,
        not_run={},
        versions=_versions(),
    )
    reasons = {method: reason for method in methods if (reason := _why_not(network, plan, method))}
    questions = tuple(
        Question(shift, method, reference)
        for shift in shifts
        for method in methods
        if method not in reasons
        for reference in (REFERENCES if "reference" in METHODS[method].options else ("",))
    )
    return Plan(**{**vars(plan), "questions": questions, "not_run": reasons})


def check_same(before: Plan, now: Plan, folder: str) -> None:
    """Raise an `AuditError` that names what differs, where a folder was begun with another plan."""
    old, new = asdict(before), asdict(now)
    differing = [name for name in old if old[name] != new[name]]
    if differing:
        name = differing[0]
        sides = f"{_short(old[name])} there, {_short(new[name])} now"
        raise AuditError(
            f"{folder}, an audit with another {name.replace('_', ' ')}: {sides}",
            "the plan that the audit was begun with",
            "Ask for the same again to go on with it, or choose another folder.",
        )


def _why_not(network: "Network", plan: Plan, method: str) -> str:
    """Why a method cannot be asked of the network; empty where it can."""
    import keras_invariance as ki

    try:
        ki.analyzer(network, method, **plan.options_of(Question("", method)))
    except InvarianceError as error:
        return str(error)
    return ""


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
    for method in methods:
        if method not in METHODS:
            raise MethodError(f"the method {method!r}", f"one of {', '.join(METHODS)}", "Check the spelling.")
    for key in options:
        method, _, option = key.partition(".")
        if method not in methods or option not in METHODS[method].options or option in ("seed", "reference"):
            raise AuditError(
                f"the option {key!r}",
                "METHOD.OPTION of a method that is audited; the seed and the references are the audit's own",
                "See `keras-invariance methods`.",
            )


def _no_plan(source: str) -> AuditError:
    return AuditError(f"{source}, which holds no plan", "the audit.json of an audit", "Choose another folder.")


def _short(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _versions() -> dict[str, str]:
    programs = ("tensorflow", "keras", "numpy")
    own = {"keras_invariance": __version__, "Python": platform.python_version()}
    return {**own, **{program: version(program) for program in programs}}
