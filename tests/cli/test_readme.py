"""The README: its example runs, its commands are what is checked, its tables are complete."""

import re
from pathlib import Path

import pytest

from keras_invariance import models
from keras_invariance.methods.catalogue import METHODS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language."""
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_the_example_runs(capsys: pytest.CaptureFixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    (example,) = blocks("python")
    small = example.replace('"model.keras"', repr(str(models.path("mnist_cnn")))).replace(
        "mnist/train", "mnist/train[:99]"
    )
    names: dict = {}
    exec(small, names)
    assert names["maps"].shape == names["images"].shape
    assert min(names["scores"].relative_l2) > 0.1  # what its comment says: far from 0
    assert "(28, 28, 1) -> 10 logits, 17 operations, 118,122 parameters, float32" in capsys.readouterr().out
    assert (tmp_path / "maps.png").stat().st_size > 1000


def test_the_check_runs_the_same_two_commands():
    checked = (ROOT / ".ci" / "run").read_text("utf-8").replace(" --quiet", "").replace('"$scratch/paper"', "paper")
    paper, tests = (block.strip() for block in blocks("")[:2])
    assert paper in checked
    assert all(part in checked for part in tests.split(" && "))


@pytest.mark.parametrize("name", METHODS)
def test_every_method_is_in_the_table_with_its_options(name: str):
    (line,) = [line for line in README.splitlines() if line.startswith(f"| `{name}` |")]
    options = re.findall(r"`(\w+)`", line.split("|")[3])
    assert options == [option for option in METHODS[name].options if option != "batch_size"]
