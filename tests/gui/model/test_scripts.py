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
from keras_invariance.gui.model.scripts import as_command, as_python

ROWS = (
    Row("gradient"),
    Row("integrated-gradients", (("steps", 4),), "transformed"),
    Row("lrp-epsilon", (("epsilon", 0.25),)),
    Row("deep-taylor-bounded"),
)


def printed(question):
    done = subprocess.run([sys.executable, "-c", as_python(question)], capture_output=True, text=True, check=True)
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


@pytest.mark.parametrize("index", [None, 2])
def test_commands_are_those_of_the_command_line(index):
    from typer.testing import CliRunner

    from keras_invariance.cli.app import app

    lines = as_command(Question(sample=3, target=2, rows=ROWS), index).splitlines()
    for line in lines:
        words = shlex.split(line)
        assert words[0] == "keras-invariance"
        options = [word for word in words[2:] if word.startswith("--")]
        known = CliRunner().invoke(app, [words[1], "--help"], env={"COLUMNS": "200"}).output
        assert options
        assert all(option in known for option in options)
    assert any("--epsilon 0.25" in line and "mnist/test:3" in line for line in lines)
