"""Single-file pages."""

import sys
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from keras_invariance.reports.page import data_uri, page


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package with templates."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "__init__.py").touch()
    (tmp_path / "templates" / "words.html").write_text("<p>{{ words }}</p>")
    (tmp_path / "templates" / "whole.html").write_text(
        "{% extends 'head.html' %}{% block title %}T{% endblock %}{% block content %}{{ words }}{% endblock %}"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "templates", raising=False)
    return "templates"


def test_values_are_filled_in_and_escaped(package: str):
    assert page(package, "words.html", {"words": "a < b"}) == "<p>a &lt; b</p>"


def test_a_whole_page_has_the_look_that_all_share(package: str):
    found = page(package, "whole.html", {"words": "here"})
    assert found.startswith("<!DOCTYPE html>")
    assert "<title>T</title>" in found
    assert ".invariant" in found
    assert "here" in found


def test_a_name_without_a_value_is_an_error(package: str):
    with pytest.raises(UndefinedError, match="words"):
        page(package, "words.html", {})


def test_a_picture_is_held_by_its_address():
    assert data_uri(b"\x89PNG") == "data:image/png;base64,iVBORw=="
