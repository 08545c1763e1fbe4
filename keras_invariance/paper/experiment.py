"""The experiment: every step from the shipped networks to the page, in order."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter

from ..reports.files import result_folder
from .attack import CASES, Attack
from .cases import GRADIENT, GUIDED, IG_BLACK, IG_ZERO, LRP, TIMES_INPUT, Case, pattern_case, pattern_cases, plain_cases
from .figures import ATTRIBUTIONS, CHECKERBOARD, SIGNALS, Design, Figure, design_png, equal_maps, input_panel
from .measure import measured
from .photographs import efficientnet, photographs_figure, vgg16, vgg16_weights
from .publication import Publication
from .quantities import board_seen, carried_through
from .questions import CENTRED
from .references import digits_compared, digits_figure
from .remedy import Remedy, remedies
from .rows import Row
from .sentences import equality_sentences, verdict_sentences
from .sides import Pair
from .subjects import CNN, MLP, Moved, Subjects
from .visibility import STRENGTHS

_CNN_CASES = (GRADIENT, GUIDED, TIMES_INPUT, IG_ZERO, IG_BLACK, LRP, *pattern_cases(), *CENTRED)
_INPUT_LABELS: dict[Moved, tuple[str, str]] = {
    "constant": ("x", "x \N{MINUS SIGN} 1"),
    "checkerboard": ("x", "x + m"),
}


@dataclass(frozen=True)
class Step:
    """What is being done now, and how far the whole is.

    Parameters
    ----------
    name
        For a progress bar.
    done, total
        Steps behind us, and all of them.
    """

    name: str
    done: int
    total: int


@dataclass(frozen=True)
class Task:
    """A step's work."""

    name: str
    section: str
    run: Callable[[], None]


def reproduce(out: Path, *, images: int = 100, seed: int = 0) -> Iterator[Step]:
    """Reproduce the paper step by step into a folder; a step is yielded before it is done, "Finished" after the last.

    Written as it comes, each file whole or not at all: `figure_1.png` to `figure_5.png`, `figure_1_photographs.png`,
    `table.csv`, `claims.csv`, `paper.json` and the single-file `index.html`. The same seed gives the same
    bytes, but for the seconds in `paper.json`.

    Parameters
    ----------
    out
        The folder; it is made.
    images
        How many test images each verdict rests on; the figures show five.
    seed
        Draws the noise of SmoothGrad.

    Raises
    ------
    OutputError
        The folder cannot be made.

    Source: Kindermans, Hooker et al., "The (Un)reliability of saliency methods" (2017).
    """
    study = Study(Subjects(images), Publication(result_folder(Path(out)), images, seed))
    tasks = study.tasks()
    for done, task in enumerate(tasks):
        yield Step(task.name, done, len(tasks))
        begin = perf_counter()
        task.run()
        spent = study.publication.seconds
        spent[task.section] = spent.get(task.section, 0.0) + perf_counter() - begin
    study.publication.finish()
    yield Step("Finished", len(tasks), len(tasks))


@dataclass(frozen=True, eq=False)
class Study:
    """The subjects and what has been found about them."""

    subjects: Subjects
    publication: Publication

    def tasks(self) -> list[Task]:
        """All work, in the order in which it is done."""
        moved: tuple[Moved, Moved] = ("constant", "checkerboard")
        cases = (*plain_cases(self.publication.seed), *pattern_cases(), *CENTRED)
        designs: dict[Moved, tuple[Design, ...]] = {
            "constant": (SIGNALS, ATTRIBUTIONS),
            "checkerboard": (CHECKERBOARD,),
        }
        # A case at a time: the pairs of one network share the functions that are traced for it.
        tasks = [self._task(MLP, how, case) for case in cases for how in moved]
        for how in moved:
            tasks += [Task(f"Figure {design.number}", how, partial(self._draw, how, design)) for design in designs[how]]
        attack = Attack(self.subjects, self.publication)
        for strength, aimed in CASES.items():
            name = f"cat {strength.name}"
            tasks += [Task(f"{name}: {case.name}", "cat", partial(attack.judge, strength, case)) for case in aimed]
        tasks.append(Task("the other digits", "cat", partial(attack.judge_others, TIMES_INPUT)))
        tasks += [Task(f"the cat {each.name}", "cat", partial(attack.look, each)) for each in STRENGTHS]
        tasks.append(Task("Figure 5", "cat", attack.draw))
        tasks += [
            Task(f"other weights: {case.name}", "weights", partial(self._reweigh, case)) for case in (GRADIENT, GUIDED)
        ]
        tasks.append(Task("What the shift leaves", "quantities", self._measure_quantities))
        tasks += [self._task(CNN, how, case) for case in _CNN_CASES for how in moved]
        tasks.append(Task("Figure 1", "references", self._draw_references))
        tasks.append(Task("Figure 1 on photographs", "references", self._draw_photographs))
        for remedy in remedies(self.subjects):
            name = f"{remedy.disease} less the {remedy.by}"
            tasks += [
                Task(f"{case.name}, {name}", "remedy", partial(self._mend, remedy, case)) for case in remedy.cases
            ]
        return tasks

    def _task(self, network: str, how: Moved, case: Case) -> Task:
        return Task(f"{network}, {how}: {case.name}", how, partial(self._judge, network, how, case))

    def _judge(self, network: str, how: Moved, case: Case) -> None:
        subjects = self.subjects
        self.publication.add_row(
            measured(subjects.pair(network, how), case, *subjects.judged(network), subjects.patterns)
        )

    def _reweigh(self, case: Case) -> None:
        subjects = self.subjects
        self.publication.add_row(measured(subjects.reweighted, case, *subjects.judged(MLP), subjects.patterns))

    def _measure_quantities(self) -> None:
        subjects, digits = self.subjects, self.subjects.judged(MLP)
        self.publication.quantities.update(
            carried_through(subjects.pair(MLP, "constant"), *digits, subjects.patterns)
            | board_seen(subjects.board, subjects.pair(MLP, "checkerboard"), *digits, subjects.patterns)
        )

    def _mend(self, remedy: Remedy, case: Case) -> None:
        self.publication.add_row(remedy.row(case))

    def _rows(self, pair: Pair, design: Design) -> dict[Case, Row]:
        found = self.publication.rows
        here = [row for row in found if (row.network, row.shift, row.normalised) == (pair.name, pair.shift, "")]
        return {row.case: row for row in here if row.case in design.cases}

    def _draw(self, how: Moved, design: Design) -> None:
        subjects, pair = self.subjects, self.subjects.pair(MLP, how)
        originals, targets = subjects.shown(MLP)
        maps = {case: pair.maps(case, originals, targets, subjects.patterns) for case in design.cases}
        inputs = input_panel(pair.images(originals), _INPUT_LABELS[how])
        rows = self._rows(pair, design)
        png = design_png(design, inputs, maps, rows, [str(target) for target in targets])
        told = [rows[case] for case in design.cases]
        caption = (*verdict_sentences(told), *equality_sentences(equal_maps(maps)))
        self.publication.add_figure(Figure(design.number, design.title, design.about, caption, png))

    def _draw_references(self) -> None:
        subjects = self.subjects
        pair, case = subjects.pair(CNN, "constant"), pattern_case("pattern-attribution", "positive", "refitted")
        compared = digits_compared(subjects, subjects.patterns(pair, case, 1))
        self.publication.quantities.update(compared.closest)
        self.publication.add_figure(digits_figure(subjects, compared))

    def _draw_photographs(self) -> None:
        self.publication.add_figure(photographs_figure(efficientnet()))
        if weights := vgg16_weights():
            self.publication.add_figure(photographs_figure(vgg16(weights)))
