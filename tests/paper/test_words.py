"""How numbers and lists are written."""

import pytest

from keras_invariance.paper.words import listed, number


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (1.7249, "1.7"),
        (0.0456, "0.046"),
        (0.9999999, "1.0"),
        (-0.5, "\N{MINUS SIGN}0.50"),
        (123.4, "120"),
        (2.51e-7, "3 \N{MULTIPLICATION SIGN} 10⁻⁷"),
        (9.96e-8, "1 \N{MULTIPLICATION SIGN} 10⁻⁷"),
        (6.0e23, "6 \N{MULTIPLICATION SIGN} 10²³"),
        (float("nan"), "\N{EN DASH}"),
    ],
)
def test_numbers_have_two_digits(value, text):
    assert number(value).replace("\u00a0", " ") == text


def test_lists_read_as_english():
    assert listed([]) == "none"
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(["a, x", "b", "c"]) == "a, x; b and c"
