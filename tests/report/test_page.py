"""Single-file pages."""

import pytest
from jinja2 import UndefinedError

from keras_invariance.report.page import data_uri, page


def test_values_are_filled_in_and_escaped():
    assert page("<p>{{ words }}</p>", {"words": "a < b"}) == "<p>a &lt; b</p>"


def test_a_name_without_a_value_is_an_error():
    with pytest.raises(UndefinedError, match="missing"):
        page("{{ missing }}", {})


def test_a_picture_is_held_by_its_address():
    assert data_uri(b"\x89PNG") == "data:image/png;base64,iVBORw=="
