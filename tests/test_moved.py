"""Modules under their former names: they import, warn once, and are the modules themselves."""

import sys
from importlib import import_module
from importlib.util import find_spec
from warnings import catch_warnings, simplefilter

import pytest

from keras_invariance.moved import MOVED, SHORT, new_name


@pytest.fixture
def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """No module has been imported under a former name."""
    for name in [*MOVED, *SHORT]:
        monkeypatch.delitem(sys.modules, f"keras_invariance.{name}", raising=False)


@pytest.mark.usefixtures("forgotten")
@pytest.mark.parametrize("old", MOVED)
def test_a_former_name_gives_the_module_and_says_where_it_is(old: str):
    if old.startswith("beam"):
        pytest.importorskip("apache_beam")
    with catch_warnings(record=True) as caught:
        simplefilter("always")
        found = import_module(f"keras_invariance.{old}")
    told = [str(one.message) for one in caught if one.category is DeprecationWarning]
    assert told[-1] == f"keras_invariance.{old} is now keras_invariance.{MOVED[old]}: import it from there"
    assert found is import_module(f"keras_invariance.{MOVED[old]}")


@pytest.mark.usefixtures("forgotten")
@pytest.mark.parametrize("short", sorted(set(SHORT) - {"beam"}))
def test_a_public_module_has_a_short_name_for_good(short: str):
    assert import_module(f"keras_invariance.{short}") is import_module(f"keras_invariance.{SHORT[short]}")


@pytest.mark.usefixtures("forgotten")
def test_modules_inside_of_moved_ones_are_found():
    with pytest.warns(DeprecationWarning, match=r"keras_invariance\.methods"):
        from keras_invariance.analyzers.catalogue import METHODS
    from keras_invariance.methods.catalogue import METHODS as NOW

    assert METHODS is NOW


def test_other_names_are_left_alone():
    assert new_name("keras_invariance.network") == ""
    assert new_name("numpy.linalg") == ""
    assert find_spec("keras_invariance.nothing") is None
