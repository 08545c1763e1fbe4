"""What holds whether the other libraries are installed or not: names, laws, needs, and what a missing one is told."""

# ruff: noqa: NPY002  what peers draw from

import subprocess
import sys
import warnings
from importlib.metadata import entry_points

import numpy as np
import pytest

import keras_invariance as ki
from keras_invariance.errors import ExplainerError
from keras_invariance.foreign.peers import of_targets, peer, quiet
from keras_invariance.methods import explainers
from keras_invariance.methods.catalogue import METHODS, known_method
from keras_invariance.methods.laws import LAWS

OFFERED = [point for point in entry_points(group=explainers.GROUP) if point.value.startswith("keras_invariance.")]


def test_every_library_is_offered():
    assert {point.extras[0] for point in OFFERED} == {"shap", "lime", "tf_keras_vis", "xplique"}
    assert len(OFFERED) == 21


@pytest.mark.parametrize("point", OFFERED, ids=lambda point: point.name)
def test_each_is_registered_under_its_name_with_its_law_and_source(point):
    row = known_method(point.name)
    assert row.name == point.name
    assert METHODS[point.name].function is point.load()
    assert row.law in LAWS
    assert row.source.startswith({"tf_keras_vis": "tf-keras-vis"}.get(point.extras[0], point.extras[0]))
    assert row.about.endswith(".")
    assert point.name.startswith(row.source.partition(":")[0])


def test_the_modules_import_neither_the_libraries_nor_tensorflow():
    code = (
        "import sys; from keras_invariance.foreign import of_shap, of_lime, of_tf_keras_vis, of_xplique;"
        "print([name for name in ('shap', 'lime', 'tf_keras_vis', 'xplique', 'tensorflow') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_library_that_is_missing_is_one_line_with_the_extra():
    with pytest.raises(ExplainerError, match=r"no_such_library is missing.*keras-invariance\[shap\]"):
        peer("no_such_library", "shap")


def test_a_missing_library_is_told_by_whoever_asks_for_its_method(network):
    def mine(*_):
        return peer("no_such_library", "xplique")

    with pytest.raises(ExplainerError, match=r"^xplique, of which.*keras-invariance\[xplique\]"):
        ki.explain(network("mlp"), np.zeros((1, *network("mlp").input_shape), np.float32), mine)


def test_what_is_not_complete_is_not_offered(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(explainers, "find_spec", lambda module: None if module == "xplique" else object())
    names = explainers.entry_point_names()
    assert "shap-deep" in names
    assert not [name for name in names if name.startswith("xplique")]


def test_draws_depend_on_the_seed_and_leave_the_callers_alone():
    np.random.seed(5)
    expected = np.random.random(3)
    np.random.seed(5)
    drawn = []
    for seed in (1, 1, 2):
        with quiet(seed):
            drawn.append(np.random.random())
    np.testing.assert_array_equal(np.random.random(3), expected)
    assert drawn[0] == drawn[1] != drawn[2]


def test_nothing_is_printed(capfd: pytest.CaptureFixture):
    with quiet():
        sys.stdout.write("[=====>    ]")
    assert capfd.readouterr().out == ""


def test_each_image_gets_the_map_of_its_target():
    values = np.arange(2 * 3 * 4).reshape(2, 3, 4)
    np.testing.assert_array_equal(of_targets(values, np.array([0, 3])), [[0, 4, 8], [15, 19, 23]])


def test_warnings_of_a_library_stay_inside():
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        with quiet():
            warnings.warn("of the library's", stacklevel=1)
    assert not told
