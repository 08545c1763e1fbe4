"""The page "Your own rule, your own method": its code runs as it stands, and prints what the page says."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import keras_invariance as ki

PAGE = (Path(__file__).parents[2] / "docs" / "your-own-rule.md").read_text("utf-8")
CODE = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def names(printed: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {"print": lambda one: printed.append(str(one))}
    for part in CODE:
        exec(part, found)
    return found


@pytest.fixture(scope="module")
def printed() -> list[str]:
    return []


@pytest.mark.usefixtures("names")
def test_verdicts_are_as_the_page_says(printed: list[str]):
    assert len(CODE) == 6
    assert "\n".join(printed) in PAGE
    assert len(printed) == 3


def test_the_rule_is_its_formula_on_a_dense_layer(names: dict[str, Any]):
    import keras

    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, use_bias=False)])
    x, w = np.array([[1.0, -2.0, 0.5]], np.float32), np.asarray(model.weights[0])
    logit = x @ w
    expected = np.abs(x[0]) * np.abs(w[:, 1]) * logit[0, 1] / (np.abs(x[0]) @ np.abs(w[:, 1]))
    found = ki.explain(ki.load_network(model), x, names["lrp"], 1)
    np.testing.assert_allclose(found[0], expected, rtol=1e-5)


def test_an_option_of_ones_own_changes_the_result(names: dict[str, Any]):
    wide = ki.explain(names["network"], names["images"], names["clip"], size=1.0)
    assert not np.allclose(wide, names["rough"])
    np.testing.assert_allclose(
        ki.explain(names["network"], names["images"], names["clip"], size=1e9),
        ki.explain(names["network"], names["images"], "gradient"),
        rtol=1e-5,
        atol=1e-6,
    )


def test_two_methods_of_one_name_are_two(names: dict[str, Any]):
    from dataclasses import replace

    other = replace(
        names["lrp"],
        builder=names["clipped_gradient"],
        options={"size": 0.5, "batch_size": None},
    )
    network, images = names["network"], names["images"]
    assert not np.allclose(ki.explain(network, images, other), ki.explain(network, images, names["lrp"]))
