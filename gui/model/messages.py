"""What the window and the engine say to each other.

Every request has a number that its answers carry, so that stale answers are dropped. Arrays travel as they are, large
ones through shared memory (`parcels`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import numpy as np

from .extents import Extent
from .naming import Naming
from .question import Question

VERSION = 1
"""Both sides compare it, so that a process of another version is refused in words."""


@dataclass(frozen=True)
class Request:
    """Something the window asks.

    Attributes
    ----------
    question
        The question as it stands.
    number
        Its number.
    """

    question: Question
    number: int = 0


@dataclass(frozen=True)
class Open(Request):
    """What the network and the data are; embedded data may take the place of data of another shape where allowed."""

    any_data: bool = False


@dataclass(frozen=True)
class Explain(Request):
    """The maps of every row, those of the rows in sight first.

    Quick ones come without verdicts, without methods of many passes, and of the rows in sight alone.
    """

    quick: bool = False
    in_sight: frozenset[int] | None = None


@dataclass(frozen=True)
class Thumbnails(Request):
    """Small pictures of some images, with labels and predictions."""

    places: tuple[int, ...] = ()


@dataclass(frozen=True)
class Matching(Request):
    """Which images are of a class, or predicted wrongly."""

    label: int | None = None
    wrong: bool = False


@dataclass(frozen=True)
class Sweep(Request):
    """The scores of every row over the strength of the shift."""

    strengths: tuple[float, ...] = ()


@dataclass(frozen=True)
class Spread(Request):
    """The scores of every row over many images."""

    count: int = 100


@dataclass(frozen=True)
class Randomize(Request):
    """How far every row's maps notice that the network's layers are random, over the data set's first images."""

    count: int = 16
    seeds: int = 2


@dataclass(frozen=True)
class Fit(Request):
    """Fit patterns to the data, and for the twin to the shifted data where asked for."""

    estimator: str = "positive"
    data: str = "mnist/train"
    refitted: bool = False


@dataclass(frozen=True)
class SavePatterns(Request):
    """Write fitted patterns to a file."""

    estimator: str = "positive"
    path: str = ""


@dataclass(frozen=True)
class LoadPatterns(Request):
    """Read patterns from a file, for both networks."""

    path: str = ""


@dataclass(frozen=True)
class Cancel(Request):
    """Stop answering requests of a kind, or all requests where none is named."""

    kind: str = ""


@dataclass(frozen=True)
class Answer:
    """Something the engine says about the request of this number."""

    number: int


@dataclass(frozen=True)
class Ready(Answer):
    """The engine has started."""

    seconds: float
    versions: Mapping[str, str]
    version: int = VERSION


@dataclass(frozen=True, eq=False)
class Opened(Answer):
    """What the network and the data are.

    Attributes
    ----------
    data
        The data set's spelling: the question's, or embedded data that fit the network.
    about, data_about
        Heading -> text, for the panels.
    layers
        A row per neuron layer.
    coverage
        Method -> what it covers, or why it cannot be used ("cannot: ...").
    naming
        What outputs and labels are called; `class_names` are the outputs'.
    """

    data: str
    input_shape: tuple[int, ...]
    classes: int
    class_names: tuple[str, ...] | None
    images: int
    limits: tuple[float, float]
    about: Mapping[str, str]
    data_about: Mapping[str, str]
    layers: tuple[tuple[str, ...], ...]
    coverage: Mapping[str, str]
    naming: Naming = field(default_factory=Naming)


@dataclass(frozen=True, eq=False)
class Inputs(Answer):
    """One sample's inputs, logits and target, and how far the twin agrees."""

    sample: int
    image: np.ndarray
    shift: np.ndarray
    logits: tuple[np.ndarray, np.ndarray]
    target: int
    label: int | None
    twin_error: float
    twin_limit: float
    note: str = ""
    label_name: str = ""


@dataclass(frozen=True)
class RowBegun(Answer):
    """A row's maps, or its verdict, are being computed from now on."""

    row: int
    what: Literal["maps", "verdict"]


@dataclass(frozen=True, eq=False)
class RowMaps(Answer):
    """One row's maps of one sample, raw, with their extent and scores."""

    row: int
    sample: int
    maps: tuple[np.ndarray, np.ndarray]
    extent: Extent
    scores: Mapping[str, float]


@dataclass(frozen=True)
class RowJudged(Answer):
    """A row's verdict on the samples in sight; `answers.UNSHIFTED` where nothing was shifted."""

    row: int
    verdict: str
    reason: str


@dataclass(frozen=True)
class RowFailed(Answer):
    """A row that has no maps, and why."""

    row: int
    reason: str


@dataclass(frozen=True, eq=False)
class Thumbs(Answer):
    """Small pictures [n, h, w, 3] uint8, labels (-1: none) and predictions."""

    places: tuple[int, ...]
    pictures: np.ndarray
    labels: np.ndarray
    predictions: np.ndarray


@dataclass(frozen=True, eq=False)
class Matches(Answer):
    """More images that match; `searched` of all were looked at."""

    places: np.ndarray
    searched: int
    total: int


@dataclass(frozen=True, eq=False)
class SweepPoint(Answer):
    """The median relative L2 of every row at one strength; NaN where there is none."""

    strength: float
    distances: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class SpreadPart(Answer):
    """One row's relative L2 for some more images."""

    row: int
    distances: np.ndarray


@dataclass(frozen=True)
class RandomPart(Answer):
    """One draw of one step of the randomisation test, for one row.

    Attributes
    ----------
    row
        The row.
    side
        "network" or "twin".
    step, layer
        How many layers are random, from the logits on, and which came last.
    similarity
        The mean absolute rank correlation with the trained network's maps.
    """

    row: int
    side: str
    step: int
    layer: str
    similarity: float


@dataclass(frozen=True)
class Progress(Answer):
    """How far a long piece of work is."""

    done: int
    total: int
    what: str


@dataclass(frozen=True)
class Fitted(Answer):
    """Patterns there are now: a line for each."""

    patterns: tuple[str, ...]


@dataclass(frozen=True)
class Done(Answer):
    """The request is answered."""

    seconds: float


@dataclass(frozen=True)
class Failed(Answer):
    """The request cannot be answered; `bug` where that is the program's fault. `kind` names the error's class."""

    reason: str
    bug: bool = False
    details: str = ""
    kind: str = ""


Message: TypeAlias = Request | Answer
RowAnswer: TypeAlias = RowBegun | RowMaps | RowJudged | RowFailed
Options: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Stop:
    """Leave."""

    reason: str = field(default="")
