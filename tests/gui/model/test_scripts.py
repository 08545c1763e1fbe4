"""The view as a command and as a script: run, they give what the window shows."""

import shlex
import subprocess
import sys

import numpy as np
import pytest

import keras_invariance as ki
from keras_invariance import models
from keras_invariance.encodings.cat import cat
from keras_invariance.gui.model.question import Painting, Question, Row, ShiftForm
from keras_invariance.gui.model.scripts import Beside, as_command, as_python

ROWS = (
    Row("gradient"),
    Row("integrated-gradients", (("steps", 4),), "transformed"),
    Row("lrp-epsilon", (("epsilon", 0.25),)),
    Row("deep-taylor-bounded"),
)


def printed(question, beside=None):
    done = subprocess.run(
        [sys.executable, "-c", as_python(question, beside)], capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


def test_the_script_prints_the_scores_of_the_view():
    lines = printed(Question(sample=2, pinned=(1,), rows=ROWS))
    network = ki.load_network(models.path("mnist_mlp"))
    images = ki.datasets.load("mnist/test[1:3]").images
    twin = ki.shifted_twin(network, ki.shifts.constant(-1))
    m = np.full((28, 28, 1), -1.0)
    maps = [
        ki.explain(network, images, "integrated-gradients", steps=4, reference="zero"),
        ki.explain(twin, images + m, "integrated-gradients", steps=4, reference=m),
    ]
    assert len(lines) == len(ROWS)
    assert lines[1].startswith("integrated-gradients transformed, steps 4 ")
    shown = np.array(lines[1].partition("[")[2].rstrip("]").split(), float)
    assert np.allclose(shown, ki.compare(*maps).relative_l2, rtol=1e-3, atol=1e-6)


def test_the_script_of_an_aimed_shift_runs():
    question = Question(shift=ShiftForm("targeted"), rows=(Row("gradient-times-input"),))
    (line,) = printed(question)
    assert float(line.partition("[")[2].rstrip("]")) > 0.1
    assert 'np.load("aim.npy")' in as_python(
        Question(shift=ShiftForm("targeted", aim=Painting.of(cat())), rows=question.rows)
    )


def test_the_script_reads_a_shift_that_was_saved_for_each_image(tmp_path):
    values = {1: np.full((28, 28, 1), -1, np.float32), 2: np.linspace(-1, 1, 784, dtype=np.float32).reshape(28, 28, 1)}
    files = {sample: str(tmp_path / f"{sample}.npy") for sample in values}
    for sample, m in values.items():
        np.save(files[sample], m)
    rows = (Row("gradient-times-input"),)
    lines = printed(Question(sample=2, pinned=(1,), shift=ShiftForm("targeted"), rows=rows), Beside(files))
    network, found = ki.load_network("mnist_mlp"), []
    for sample, m in values.items():
        image = ki.datasets.load(f"mnist/test[{sample}:{sample + 1}]").images
        pair = ki.explain_pair(network, ki.shifted_twin(network, m), image, m, rows[0].method, dtype="float64")
        found.append(ki.compare(*pair).relative_l2[0])
    assert [float(line.partition("[")[2].rstrip("]")) for line in lines] == pytest.approx(found, rel=1e-6)


@pytest.mark.parametrize(
    ("data", "one"),
    [
        ("mnist/test", "mnist/test[3:4]"),
        ("mnist/test[5:]", "mnist/test[8:9]"),
        ("mnist/test[:100:2]", "mnist/test[6:7]"),
        ("folder:my photos@28x28", "folder:my photos[3:4]@28x28"),
        ("mnist/test[-4:]", "mnist/test[-1:]"),
    ],
)
def test_one_image_is_audited_wherever_the_data_begin(data, one):
    (audit,) = [line for line in as_command(Question(data=data, sample=3)).splitlines() if " audit " in line]
    words = shlex.split(audit)
    assert words[words.index("--data") + 1] == one


def test_rows_of_one_method_with_other_options_are_audited_apart():
    rows = Row("smoothgrad", (("samples", 4),)), Row("gradient"), Row("smoothgrad", (("samples", 8), ("seed", 3)))
    explains, audits = [], []
    for line in as_command(Question(rows=rows)).splitlines():
        (audits if " audit " in line else explains).append(line)
    assert [line.split("--out ")[1] for line in (*explains, *audits)] == ["maps", "maps", "maps-2", "audit", "audit-2"]
    assert "--method smoothgrad,gradient --option smoothgrad.samples=4" in audits[0]
    assert "--option smoothgrad.samples=8 --seed 3" in audits[1]


def test_a_shift_without_a_spelling_is_the_file_that_was_saved_beside():
    question = Question(sample=1, shift=ShiftForm("drawing"), rows=ROWS[:1])
    assert "--shift 'array:/a b.npy'" in as_command(question, Beside({1: "/a b.npy"}))
    assert "ki.shifts.parse('array:/a b.npy')" in as_python(question, Beside({1: "/a b.npy"}))


def test_nothing_is_audited_where_nothing_is_shifted():
    assert " audit " not in as_command(Question(shift=ShiftForm(constant=0.0)))


def test_commands_trust_what_the_window_trusts():
    lines = as_command(Question(model="own.keras", trusted=True, rows=ROWS[:1])).splitlines()
    assert all(line.endswith("--trust-model") for line in lines)


@pytest.mark.parametrize("rows", [ROWS, (ROWS[2], Row("pattern-net"))])
def test_commands_are_those_of_the_command_line(rows):
    from typer.testing import CliRunner

    from keras_invariance.cli.app import app

    lines = as_command(Question(sample=3, target=2, rows=rows)).splitlines()
    for line in lines:
        words = shlex.split(line)
        assert words[0] == "keras-invariance"
        options = [word for word in words[2:] if word.startswith("--")]
        named = words[1:3] if words[1] == "patterns" else words[1:2]
        known = CliRunner().invoke(app, [*named, "--help"], env={"COLUMNS": "200"}).output
        assert options
        assert all(option in known for option in options)
    assert any("--epsilon 0.25" in line and "mnist/test:3" in line for line in lines)
