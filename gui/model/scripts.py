"""The view as commands and as a Python script, so that it is had again without the window."""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from .question import Question, Row

_DATA = re.compile(r"(?P<name>.+?)(?P<part>\[(?P<start>-?\d*):-?\d*(:(?P<step>\d*))?\])?(?P<size>@\d+(x\d+)+)?")


@dataclass(frozen=True)
class Beside:
    """What a question does not hold in words.

    Attributes
    ----------
    shifts
        Sample -> the `.npy` file of its m, for a shift without a spelling: a drawn one, or one that is aimed.
    patterns_data
        What patterns are fitted to.
    limits
        The least and the greatest value of a pixel.
    """

    shifts: Mapping[int, str] = field(default_factory=dict)
    patterns_data: str = "mnist/train"
    limits: tuple[float, float] = (0.0, 1.0)


def as_command(question: Question, beside: Beside | None = None) -> str:
    """Commands that compute network 1's maps, and the verdicts and scores of both networks' on every image in sight."""
    beside = beside or Beside()
    lines = [*_fits(question, beside), *_explain_commands(question, beside), *_audit_commands(question, beside)]
    return "\n".join(lines) + "\n"


def as_python(question: Question, beside: Beside | None = None) -> str:
    """A script that computes every pair of maps that the grid shows, and their scores."""
    beside = beside or Beside()
    cat = question.shift.kind == "targeted" and question.shift.aim is None and not beside.shifts
    trust = ", trust=True" if question.trusted else ""
    body = [
        "import numpy as np",
        "",
        "import keras_invariance as ki",
        f"from keras_invariance.application import {'cat, ' if cat else ''}open_data",
        "",
        f"network = ki.load_network({question.model!r}{trust})",
        f"data = open_data({question.data!r}, network.input_shape)",
    ]
    if any(row.needs_patterns for row in question.rows):
        body.append(f"train_images = open_data({beside.patterns_data!r}, network.input_shape)")
    for samples, shift in _alike(question, beside):
        body += ["", *_pair_lines(question, samples, shift)]
        for row in question.rows:
            body += ["", *_row_lines(row)]
    return "\n".join(body) + "\n"


def _alike(question: Question, beside: Beside) -> Iterator[tuple[list[int], str | None]]:
    """The samples that have one shift, and its spelling."""
    spec = question.shift.spec
    if spec is not None or not beside.shifts:
        yield list(question.samples), spec
        return
    files = {sample: beside.shifts[sample] for sample in question.samples}
    for path in dict.fromkeys(files.values()):
        yield [sample for sample, one in files.items() if one == path], f"array:{path}"


def _pair_lines(question: Question, samples: Sequence[int], shift: str | None) -> list[str]:
    target = "network.targets(images)" if question.target is None else f"[{question.target}] * len(images)"
    return [
        f"images = np.concatenate([data[at : at + 1].images for at in {list(samples)}])",
        f"targets = {target}",
        *(_unsaved_shift(question) if shift is None else [f"shift = ki.shifts.parse({shift!r})"]),
        "twin = ki.shifted_twin(network, shift)",
        "m = np.asarray(shift.values(network.input_shape), np.float64)",
    ]


def _unsaved_shift(question: Question) -> list[str]:
    shift = question.shift
    if shift.kind == "drawing":
        return ['shift = ki.shifts.array("drawing.npy")  # Export > Shift as .npy']
    aim = "cat()" if shift.aim is None else 'np.load("aim.npy")  # Export > Aim as .npy'
    return [
        f"aim = {aim}",
        f"shift = ki.shifts.targeted(network, images[-1], aim, target=int(targets[-1]), clip={shift.clip:g})",
    ]


def _row_lines(row: Row) -> list[str]:
    first, second = _options(row, 1), _options(row, 2)
    lines = []
    if row.needs_patterns:
        fitted = "twin, train_images.shifted(m)" if row.refitted else "network, train_images"
        lines.append(f'patterns_1 = ki.fit_patterns(network, train_images, estimator="{row.estimator}")')
        lines.append(f'patterns_2 = ki.fit_patterns({fitted}, estimator="{row.estimator}")')
        first["patterns"], second["patterns"] = "patterns_1", "patterns_2"
    told = [f'network, twin, images, m, "{row.method}", targets=targets, dtype="float64"']
    told += [f"options={_dictionary(first)}"] if first else []
    told += [f"twin_options={_dictionary(second)}"] if second != first else []
    return [
        *lines,
        f"maps_1, maps_2 = ki.explain_pair({', '.join(told)})",
        f'print("{row.method}", "{row.details}", ki.compare(maps_1, maps_2).relative_l2)',
    ]


def _dictionary(options: Mapping[str, str]) -> str:
    return "{" + ", ".join(f'"{name}": {value}' for name, value in options.items()) + "}"


def _options(row: Row, number: int) -> dict[str, str]:
    """A row's options for network 1 or 2, as they are written in Python."""
    options = {name: repr(value) for name, value in row.options}
    if row.reference == "transformed":
        options[row.reference_option] = '"zero"' if number == 1 else "m"
    elif row.reference:
        options[row.reference_option] = f'"{row.reference}"'
    if row.needs_bounds:
        moved = " + m" if number == 2 else ""
        options |= {"low": f"data.encoding.low{moved}", "high": f"data.encoding.high{moved}"}
    return options


def _command(question: Question, name: str, words: Sequence[str]) -> str:
    trust = ["--trust-model"] if question.trusted else []
    return shlex.join(["keras-invariance", *name.split(), question.model, *words, *trust])


def _fits(question: Question, beside: Beside) -> list[str]:
    estimators = dict.fromkeys(row.estimator for row in question.rows if row.needs_patterns)
    return [
        _command(
            question,
            "patterns fit",
            ["--data", beside.patterns_data, "--estimator", one, "--out", f"patterns-{one}.npz"],
        )
        for one in estimators
    ]


def _explain_commands(question: Question, beside: Beside) -> list[str]:
    """A command per row; rows of one method write into folders of their own."""
    times: dict[str, int] = {}
    lines = []
    for row in question.rows:
        times[row.method] = times.get(row.method, 0) + 1
        folder = "maps" if times[row.method] == 1 else f"maps-{times[row.method]}"
        images = [f"{question.data}:{sample}" for sample in question.samples]
        words = [*images, "--method", row.method, *_flags(row, beside)]
        if question.target is not None:
            words += ["--target", str(question.target)]
        lines.append(_command(question, "explain", [*words, "--out", folder]))
    return lines


def _flags(row: Row, beside: Beside) -> list[str]:
    """A row's options for network 1."""
    if row.foreign:
        return [word for name, value in row.options for word in ("--option", f"{row.method}.{name}={_spelled(value)}")]
    words = [word for name, value in row.options for word in _flag(name, value)]
    if row.reference:
        words += ["--reference", "zero" if row.reference == "transformed" else row.reference]
    if row.needs_bounds:
        words += ["--low", _spelled(beside.limits[0]), "--high", _spelled(beside.limits[1])]
    return [*words, "--patterns", f"patterns-{row.estimator}.npz"] if row.needs_patterns else words


def _flag(name: str, value: bool | float | str) -> list[str]:
    """An option of `keras-invariance explain`; what is true or false has no value behind it."""
    if isinstance(value, bool):
        return [f"--{name}"] if value else []
    return [f"--{name.replace('_', '-')}", _spelled(value)]


def _audit_commands(question: Question, beside: Beside) -> list[str]:
    """An audit of each image by itself; rows of one method with other options need another. None without a shift."""
    lines: list[str] = []
    if question.shift.spec == "constant:0":
        return lines
    for samples, shift in _alike(question, beside):
        for sample in samples if shift is not None else ():
            for rows in _rows_apart(question.rows):
                words = ["--data", _one_image(question.data, sample), "--shift", str(shift)]
                words += ["--method", ",".join(dict.fromkeys(row.method for row in rows)), *_audit_options(rows)]
                if any(row.needs_patterns for row in rows):
                    words += ["--patterns-data", beside.patterns_data]
                if question.target is not None:
                    words += ["--target", str(question.target)]
                folder = "audit" if not lines else f"audit-{len(lines) + 1}"
                lines.append(_command(question, "audit", [*words, "--out", folder]))
    return lines


def _audit_options(rows: Sequence[Row]) -> list[str]:
    words: dict[str, str] = {}
    for row in rows:
        for name, value in row.options:
            key = f"--seed {_spelled(value)}" if name == "seed" else f"--option {row.method}.{name}={_spelled(value)}"
            words[key] = key
        if row.needs_patterns:
            words[f"--estimator {row.estimator}"] = ""
    return [part for key in words for part in key.split(" ", 1)]


def _rows_apart(rows: Sequence[Row]) -> list[list[Row]]:
    """The rows in groups in which every method has one set of options, and all have one seed."""
    groups: list[list[Row]] = []
    for row in rows:
        group = next((one for one in groups if all(_together(row, other) for other in one)), None)
        if group is None:
            groups.append([row])
        else:
            group.append(row)
    return groups


def _together(one: Row, other: Row) -> bool:
    seeds = {dict(row.options).get("seed", 0) for row in (one, other)}
    return len(seeds) == 1 and (one.method != other.method or one.options == other.options)


def _one_image(data: str, sample: int) -> str:
    """The spelling of a data set's one image: rows that the spelling has already are counted from."""
    found = _DATA.fullmatch(data)
    if found is None:
        return f"{data}[{sample}:{sample + 1}]"
    first = int(found["start"] or 0) + sample * int(found["step"] or 1)
    end = "" if first == -1 else str(first + 1)
    return f"{found['name']}[{first}:{end}]{found['size'] or ''}"


def _spelled(value: float | str) -> str:
    return repr(value) if isinstance(value, float) else str(value)
