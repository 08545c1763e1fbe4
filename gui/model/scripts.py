"""The view as a command and as a Python script, so that it is had again without the window."""

import shlex

from .question import Question, Row


def as_command(question: Question, index: int | None = None) -> str:
    """Commands that compute network 1's maps and audit the shift; for one row, or for all."""
    rows = question.rows if index is None else (question.rows[index],)
    lines = [_explain_command(question, row) for row in rows if not row.needs_patterns]
    spec = question.shift.spec
    if spec is not None:
        methods = ",".join(dict.fromkeys(row.method for row in rows if not row.needs_patterns))
        sample = f"{question.data}[{question.sample}:{question.sample + 1}]"
        words = ["keras-invariance", "audit", question.model, "--data", sample, "--shift", spec]
        lines.append(shlex.join([*words, "--method", methods, "--out", "audit"]))
    return "\n".join(lines) + "\n"


def as_python(question: Question) -> str:
    """A script that computes every pair of maps that the grid shows, and their scores."""
    body = [
        "import numpy as np",
        "",
        "import keras_invariance as ki",
        *_imports(question),
        "",
        f"network = {_load(question)}",
        f"data = ki.datasets.load({question.data!r})",
        f"images = np.concatenate([data[at : at + 1].images for at in {list(question.samples)}])",
        f"targets = {'network.targets(images)' if question.target is None else f'[{question.target}] * len(images)'}",
        *_shift_lines(question),
        "twin = ki.shifted_twin(network, shift)",
        "m = shift.values(network.input_shape)",
    ]
    if any(row.needs_patterns for row in question.rows):
        body.append("train_images = data  # what the patterns are fitted to")
    for row in question.rows:
        body += ["", *_row_lines(row)]
    return "\n".join(body) + "\n"


def _load(question: Question) -> str:
    trust = ", trust=True" if question.trusted else ""
    source = f"models.path({question.model!r})" if _is_shipped(question) else repr(question.model)
    return f"ki.load_network({source}{trust})"


def _is_shipped(question: Question) -> bool:
    return not any(sign in question.model for sign in "/\\.")


def _imports(question: Question) -> list[str]:
    cat = question.shift.kind == "targeted" and question.shift.aim is None
    needed = {
        "from keras_invariance import models": _is_shipped(question),
        "from keras_invariance.application import cat": cat,
    }
    return [line for line, wanted in needed.items() if wanted]


def _shift_lines(question: Question) -> list[str]:
    shift = question.shift
    if shift.spec is not None:
        return [f"shift = ki.shifts.parse({shift.spec!r})"]
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
        first, second = f"{first}, patterns=patterns_1", f"{second}, patterns=patterns_2"
    return [
        *lines,
        f'maps_1 = ki.explain(network, images, "{row.method}", targets{first})',
        f'maps_2 = ki.explain(twin, images + m, "{row.method}", targets{second})',
        f'print("{row.method}", "{row.details}", ki.compare(maps_1, maps_2).relative_l2)',
    ]


def _options(row: Row, number: int) -> str:
    parts = [f"{name}={value!r}" for name, value in row.options]
    if row.reference == "transformed":
        parts.append('reference="zero"' if number == 1 else "reference=m")
    elif row.reference:
        parts.append(f'reference="{row.reference}"')
    if row.method == "deep-taylor-bounded":
        moved = " + m" if number == 2 else ""
        parts += [f"low=data.encoding.low{moved}", f"high=data.encoding.high{moved}"]
    return "".join(f", {part}" for part in parts)


def _explain_command(question: Question, row: Row) -> str:
    words = [
        "keras-invariance",
        "explain",
        question.model,
        f"{question.data}:{question.sample}",
        "--method",
        row.method,
    ]
    for name, value in row.options:
        words += [f"--{name.replace('_', '-')}", f"{value:g}" if isinstance(value, float) else str(value)]
    if row.reference in ("zero", "black"):
        words += ["--reference", row.reference]
    if question.target is not None:
        words += ["--target", str(question.target)]
    return shlex.join([*words, "--out", "maps"])
