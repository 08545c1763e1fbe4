"""What the experiment leaves in its folder: the table, every number as JSON, the pictures, and the page."""

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from io import BytesIO
from math import isnan
from pathlib import Path

from PIL import Image as Pillow

from .. import __version__
from ..models import card as model_card
from ..models import path as model_path
from ..models.card import read_card
from ..reports.files import write_bytes, write_text
from ..reports.page import data_uri, page
from .catalogue import CLAIMS, bearing
from .claims import Measured, Result, differing_sentences, headline, resting_sentences, result
from .figures import Figure
from .photographs import EFFICIENTNET
from .rows import Row, csv_text
from .sentences import estimator_sentences, remedy_sentences
from .subjects import CNN, FITTED_ON, MLP, SHOWN
from .tables import pattern_table, remedy_table
from .visibility import CAT_SHOWS, PAPER, Seen, Strength, cat_in, seen_as, visibility_table
from .words import number

_RETINA = 0.62  # figures are drawn this much larger than they are shown


@dataclass(frozen=True, eq=False)
class Publication:
    """A folder of results; everything found so far is in it at any time.

    Parameters
    ----------
    folder
        Where it is written.
    images, seed
        How many images a verdict rests on; what draws noise.
    """

    folder: Path
    images: int
    seed: int
    rows: list[Row] = field(default_factory=list)
    figures: dict[str, Figure] = field(default_factory=dict)
    quantities: dict[str, float] = field(default_factory=dict)
    visibility: dict[Strength, Seen] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def add_row(self, row: Row) -> None:
        """Take a row in, and write the table and the numbers anew."""
        self.rows.append(row)
        write_text(
            self.folder / "table.csv", csv_text([{**row.flat(), "claims": " ".join(_names(row))} for row in self.rows])
        )
        self._write_numbers()

    def add_visibility(self, strength: Strength, seen: Seen) -> None:
        """Take in how far the cat can be seen; claims are about the paper's bound."""
        self.visibility[strength] = seen
        if strength == PAPER:
            self.quantities.update({cat_in(case): pair[1] for case, pair in seen.items()})

    @property
    def results(self) -> list[Result]:
        """What became of each claim so far."""
        measured = Measured(self.rows, self.quantities)
        return [result(claim, measured) for claim in CLAIMS]

    def add_figure(self, figure: Figure) -> None:
        """Take a figure in, and write its picture and the page anew."""
        self.figures[figure.file] = figure
        write_bytes(self.folder / figure.file, figure.png)
        self.write_page("the rest is being computed")

    def finish(self) -> None:
        """Write the page for the last time, without its note that something is missing."""
        self._write_numbers()
        self.write_page("")

    def write_page(self, unfinished: str) -> None:
        """Write the page with what is there; `unfinished` says what is not."""
        write_text(self.folder / "index.html", page(__package__, "page.html", self._page_values(unfinished)))

    def _page_values(self, unfinished: str) -> Mapping[str, object]:
        plain, results = [row for row in self.rows if not row.normalised], self.results
        return {
            "unfinished": unfinished,
            "headline": headline(results),
            "differing": [*resting_sentences(results), *differing_sentences(results)],
            "claims": list(enumerate(results, 1)),
            "bearing": bearing,
            "visibility": visibility_table(self.visibility),
            "shows": CAT_SHOWS,
            "seen_as": seen_as,
            "figures": [_shown(self.figures[file]) for file in sorted(self.figures)],
            "estimators": estimator_sentences(plain),
            "patterns": pattern_table(plain),
            "remedies": remedy_sentences(self.rows),
            "remedy": remedy_table(self.rows),
            "groups": _groups(plain),
            "facts": self._facts(),
            "number": number,
        }

    def _facts(self) -> dict[str, str]:
        cards = {name: read_card(model_path(name)) for name in (MLP, CNN)}
        networks = {
            f"Network 1: {name}": f"{card.about}; {card.accuracy:.2%} of the test images right; SHA-256 {card.checksum}"
            for name, card in cards.items()
        }
        converted = model_card(EFFICIENTNET)
        networks["Photographs"] = f"{EFFICIENTNET}: {converted.about}; trained by others; SHA-256 {converted.checksum}"
        fitted = " and ".join(f"{count:,} training images for {name}" for name, count in FITTED_ON.items())
        return {
            **networks,
            "Images": f"The first {self.images} MNIST test images; the figures show the first {SHOWN}. Pixels are "
            "rounded to multiples of 1/4096, so that shifted images are exact.",
            "Patterns": f"Fitted in float64 on the first {fitted}.",
            "Verdicts": "Maps of all images are compared in float32, some again in float64: a difference that is "
            "rounding falls by many orders of magnitude, a real one stays.",
            "Seed": f"{self.seed} draws SmoothGrad's noise; nothing else is random.",
            "Versions": ", ".join(f"{name} {number_}" for name, number_ in _versions().items()),
        }

    def _write_numbers(self) -> None:
        plain, results = [row for row in self.rows if not row.normalised], self.results
        write_text(self.folder / "claims.csv", csv_text([each.flat() for each in results]))
        content = {
            "paper": "Kindermans, Hooker et al., The (Un)reliability of saliency methods, arXiv 1711.00867",
            "headline": "\n".join([headline(results), *resting_sentences(results), *differing_sentences(results)]),
            "claims": [_claim(each) for each in results],
            "quantities": self.quantities,
            "estimators": estimator_sentences(plain),
            "remedy": remedy_sentences(self.rows),
            "rows": [_plain({**row.flat(), "claims": _names(row)}) for row in self.rows],
            "cat": {
                strength.name: {case.name: pair for case, pair in seen.items()}
                for strength, seen in self.visibility.items()
            },
            "figures": {file: list(self.figures[file].sentences) for file in sorted(self.figures)},
            "settings": {"images": self.images, "seed": self.seed, "patterns_fitted_on": FITTED_ON},
            "models": {name: model_card(name).checksum for name in (MLP, CNN, EFFICIENTNET)},
            "versions": _versions(),
            "seconds": {name: round(seconds, 1) for name, seconds in self.seconds.items()},
        }
        write_text(
            self.folder / "paper.json", json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
        )


def _shown(figure: Figure) -> dict[str, object]:
    with Pillow.open(BytesIO(figure.png)) as picture:
        width = round(picture.width * _RETINA)
    return {
        "name": figure.name,
        "anchor": figure.file.removesuffix(".png"),
        "title": figure.title,
        "about": figure.about,
        "sentences": figure.sentences,
        "picture": data_uri(figure.png),
        "width": width,
    }


def _groups(rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    places = dict.fromkeys((row.network, row.shift) for row in rows)
    return [(f"{place[0]}, {place[1]}", [row for row in rows if (row.network, row.shift) == place]) for place in places]


def _claim(each: Result) -> dict[str, object]:
    parts = {"deciding": each.deciding, "below": each.below}
    return {**each.flat(), **{name: [asdict(answered) for answered in found] for name, found in parts.items()}}


def _names(row: Row) -> list[str]:
    return [CLAIMS[number - 1].name for number in bearing(row)]


def _plain(flat: Mapping[str, object]) -> dict[str, object]:
    """JSON knows no NaN: a score without a value is null."""
    return {name: None if isinstance(value, float) and isnan(value) else value for name, value in flat.items()}


def _versions() -> dict[str, str]:
    programs = ("tensorflow", "keras", "numpy")
    return {
        "keras_invariance": __version__,
        "Python": platform.python_version(),
        **{program: version(program) for program in programs},
    }
