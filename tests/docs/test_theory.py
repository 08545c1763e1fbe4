"""The theory pages: complete where they list, and their numbers are the code's."""

import re
from pathlib import Path
from typing import get_args

import pytest

import keras_invariance as ki
from keras_invariance.comparison import confirmation, pairs
from keras_invariance.methods.catalogue import METHODS
from keras_invariance.network.execution import agreement
from keras_invariance.patterns.fit import Estimator

FOLDER = Path(__file__).parents[2] / "docs" / "theory"


def page(name: str) -> str:
    return (FOLDER / f"{name}.md").read_text("utf-8")


@pytest.mark.parametrize("method", ki.METHODS)
def test_every_method_has_its_formula_with_the_seed_that_it_has(method: str):
    (row,) = [line for line in page("methods").splitlines() if line.startswith("|") and f"`{method}`" in line]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    if len(cells) > 2:  # averages start their backward pass as their base does
        assert {"max(f, 0)": "f+"}.get(cells[1], cells[1]) == METHODS[method].seed


def test_estimators_are_those_that_can_be_asked_for():
    listed = re.findall(r"^\| `(\w+)` \|", page("patterns"), re.MULTILINE)
    assert set(listed) == set(get_args(Estimator))


def test_the_numbers_behind_a_verdict_are_the_codes():
    text = page("verdicts")
    assert (confirmation.CONFIRMED, confirmation.FALL, confirmation.STAYS) == (6, 1e7, 10)
    assert 0.95e-6 < pairs.DITHER < 1.05e-6
    said = ["six images", "seven orders of magnitude", "has not fallen by one order", "a millionth of the brightest"]
    assert f"{agreement.ROUNDINGS:g} eps (max |x + m| max_j sum_i |w_ij|" in page("decisions")
    said.append(f"at most {confirmation.EXACT.rounding:.0e}")
    said.append(f"up to {confirmation.FITTED.rounding:.0e} counts".replace("e-0", "e-"))
    said.append(f"above {confirmation.FITTED.real:.0e} as real".replace("e-0", "e-"))
    assert [words for words in said if words not in text.replace("\n", " ")] == []
