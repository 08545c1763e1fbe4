"""The tables that commands make: every explanation that can be asked stands in them, with what was found."""

import importlib.util
import re
from pathlib import Path

import pytest

from keras_invariance.judging.invariance.questions import ESTIMATORS, questions
from keras_invariance.methods.catalogue import BUILT_IN

DOCS = Path(__file__).parents[2] / "docs"
ON_OTHER_NETWORKS = ("attention-rollout",)


def ours() -> dict[str, str]:
    """Another library's explainer -> our method of the same kind, as the command has them."""
    spec = importlib.util.spec_from_file_location("which_library", DOCS / "which_library.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.OURS


OURS = ours()


def rows(page: str) -> dict[str, list[str]]:
    """The first cell of each line -> the others."""
    lines = [line for line in (DOCS / page).read_text("utf-8").splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {first.replace("`", ""): rest for first, *rest in cells}


def test_every_explanation_stands_in_the_table_with_its_verdicts():
    methods = tuple(name for name in BUILT_IN if name not in ON_OTHER_NETWORKS)
    found = rows("explanations.md")
    for question in questions(["constant:-1"], methods, ESTIMATORS, {}):
        constant, board, _, why = found[question.name]
        assert re.match(r"(invariant|sensitive), [\d.e+-]+$", constant)
        assert re.match(r"(invariant|sensitive), [\d.e+-]+$", board)
        assert why.endswith(".")


@pytest.mark.parametrize("name", OURS)
def test_every_explainer_of_another_library_stands_beside_one_of_ours(name: str):
    found = {first: rest for first, rest in rows("which-library.md").items() if first.split(" (")[0] == name}
    assert found
    for told in found.values():
        assert told[2].replace("`", "").split(" (")[0] == OURS[name]
        assert all(
            cell.startswith(("invariant", "sensitive", "inconclusive", "failed")) for cell in told[:2] + told[3:]
        )
