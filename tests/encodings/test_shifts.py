"""Shifts: their values against literal loops, their spellings read back, the targeted one against its definition."""

import pickle
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from keras_invariance.encodings import shifts
from keras_invariance.errors import ImageError, ShiftError

RANDOM = np.random.default_rng(0)
numbers = st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: value + 0.0)  # no minus zero


@pytest.fixture
def picture_file(tmp_path):
    path = tmp_path / "cat+dog:2.png"  # a plus and a colon with a number: both mean something in a spelling
    Image.fromarray(np.array([[0, 255], [51, 102]], np.uint8)).save(path)
    return path


def test_a_constant_is_the_same_everywhere():
    values = shifts.constant(-1).values((2, 3, 1))
    assert values.dtype == np.float32
    np.testing.assert_array_equal(values, np.full((2, 3, 1), -1, np.float32))


def test_a_channel_s_value_is_the_same_in_every_pixel():
    values = shifts.per_channel([0.5, -1.0, 2.0]).values((4, 5, 3))
    for row in range(4):
        for column in range(5):
            np.testing.assert_array_equal(values[row, column], [0.5, -1.0, 2.0])


@given(st.integers(1, 5), numbers, st.integers(1, 9), st.integers(1, 9), st.sampled_from([(), (1,), (3,)]))
def test_a_checkerboard_alternates_from_plus_at_the_top_left(cell, amplitude, height, width, channels):
    values = shifts.checkerboard(cell, amplitude).values((height, width, *channels))
    for row in range(height):
        for column in range(width):
            sign = 1 if (row // cell) % 2 == (column // cell) % 2 else -1
            np.testing.assert_array_equal(values[row, column], np.float32(sign * amplitude))


def test_a_checkerboard_by_hand():
    # cells of 2 pixels on 3 x 5: rows 0 and 1 are ++--+, row 2 starts with the other sign
    expected = [[1, 1, -1, -1, 1], [1, 1, -1, -1, 1], [-1, -1, 1, 1, -1]]
    np.testing.assert_array_equal(shifts.checkerboard(2).values((3, 5)), expected)


def test_a_picture_of_the_input_s_size_is_read_as_it_is(picture_file):
    # grey levels 0, 255, 51, 102 of 255 are 0, 1, 0.2, 0.4
    expected = np.array([[0.0, 1.0], [0.2, 0.4]])
    np.testing.assert_allclose(shifts.image(picture_file).values((2, 2, 1))[..., 0], expected, rtol=1e-6)
    np.testing.assert_allclose(shifts.image(picture_file, -0.5).values((2, 2)), -0.5 * expected, rtol=1e-6)
    two_channels = shifts.image(picture_file).values((2, 2, 2))
    np.testing.assert_array_equal(two_channels[..., 0], two_channels[..., 1])


def test_a_picture_is_stretched_to_the_input(picture_file):
    values = shifts.image(picture_file).values((8, 6, 1))[..., 0]
    assert values.shape == (8, 6)
    assert values[0, 0] == 0
    assert values[0, -1] == 1
    assert values[-1, 0] == pytest.approx(0.2, rel=1e-6)


def test_colours_stay_in_a_colour_input_and_become_grey_in_a_grey_one(tmp_path):
    path = tmp_path / "red.png"
    Image.new("RGB", (3, 3), (255, 0, 0)).save(path)
    np.testing.assert_array_equal(shifts.image(path).values((3, 3, 3))[1, 1], [1, 0, 0])
    # the grey of pure red is 0.299 of 255, 76 in whole numbers
    assert shifts.image(path).values((3, 3, 1))[1, 1, 0] == pytest.approx(76 / 255)


def test_transparent_parts_are_no_shift(tmp_path):
    path = tmp_path / "glass.png"
    pixels = np.full((2, 2, 4), 255, np.uint8)
    pixels[0, :, 3] = 0
    Image.fromarray(pixels).save(path)
    np.testing.assert_array_equal(shifts.image(path).values((2, 2, 1))[..., 0], [[0, 0], [1, 1]])


def test_sixteen_bits_of_grey_are_not_clipped(tmp_path):
    path = tmp_path / "deep.png"
    Image.fromarray(np.array([[0, 65535], [257 * 51, 257 * 102]], np.uint16)).save(path)
    np.testing.assert_allclose(shifts.image(path).values((2, 2)), [[0, 1], [0.2, 0.4]], rtol=1e-6)


def test_an_array_broadcasts_and_is_copied():
    content = np.arange(3.0)
    shift = shifts.array(content)
    content[:] = 9
    values = shift.values((2, 2, 3))
    np.testing.assert_array_equal(values, np.broadcast_to([0, 1, 2], (2, 2, 3)))
    values[:] = 7
    assert shift.values((2, 2, 3))[0, 0, 2] == 2


def test_a_sum_adds_values_and_spellings():
    both = shifts.constant(1) + shifts.checkerboard(2, 0.5)
    assert both.spec == "constant:1+checkerboard:2:0.5"
    np.testing.assert_array_equal(both.values((1, 4)), [[1.5, 1.5, 0.5, 0.5]])


@given(numbers, st.lists(numbers, min_size=1, max_size=4), st.integers(1, 40), numbers)
def test_every_spelling_is_read_back(value, channels, cell, amplitude):
    shape = (3, 5, len(channels))
    kinds = [shifts.constant(value), shifts.per_channel(channels), shifts.checkerboard(cell, amplitude)]
    kinds.append(kinds[0] + kinds[2] + kinds[1])
    for shift in kinds:
        again = shifts.parse(shift.spec)
        assert again == shift
        np.testing.assert_array_equal(again.values(shape), shift.values(shape))


@pytest.mark.parametrize("strength", [1.0, 0.5, -2.0])
def test_a_file_s_spelling_is_read_back_with_plus_and_colon_in_its_name(picture_file, tmp_path, strength):
    np.save(tmp_path / "m.npy", RANDOM.standard_normal((2, 2)))
    shift = shifts.image(picture_file, strength) + shifts.array(tmp_path / "m.npy") + shifts.checkerboard()
    again = shifts.parse(shift.spec)
    assert again == shift
    np.testing.assert_array_equal(again.values((2, 2)), shift.values((2, 2)))


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("constant:-1", shifts.constant(-1.0)),
        ("constant:+1e-3", shifts.constant(0.001)),
        ("checkerboard", shifts.checkerboard()),
        ("checkerboard:4", shifts.checkerboard(4, 1.0)),
        ("checkerboard:4:0.5", shifts.checkerboard(4, 0.5)),
        ("channel:0.1,0.2,0.3", shifts.per_channel([0.1, 0.2, 0.3])),
        ("checkerboard+constant:2", shifts.checkerboard() + shifts.constant(2)),
    ],
)
def test_spellings_of_the_command_line(spec, expected):
    assert shifts.parse(spec) == expected


@pytest.mark.parametrize(
    "spec",
    ["", "black:1", "constant", "constant:dark", "channel:1,,2", "checkerboard:4:1:2", "constant:1+", "constant:1+b"],
)
def test_an_unknown_spelling_lists_the_right_ones(spec):
    with pytest.raises(ShiftError, match=r"shift '.*constant:VALUE.*image:FILE\[:STRENGTH\].*Write for instance"):
        shifts.parse(spec)


def test_a_targeted_spelling_says_how_to_save_one():
    with pytest.raises(ShiftError, match=r"targeted:cat.png.*array:FILE\.npy"):
        shifts.parse("targeted:cat.png")


@pytest.mark.parametrize(
    ("shift", "input_shape", "message"),
    [
        (shifts.per_channel([1, 2, 3]), (4, 4, 1), r"3 channel values .*\(4, 4, 1\); expected 1 values.*last axis"),
        (shifts.checkerboard(), (784,), r"input of shape \(784,\); expected a picture.*as an array"),
        (shifts.array(np.zeros((3, 3))), (3, 3, 1), r"shape \(3, 3\); .*\(3, 3, 1\).*np.newaxis"),
        (shifts.constant(1), (None, None, 3), r"\(None, None, 3\); expected a fixed shape.*images.shape\[1:\]"),
        (shifts.constant(3e38) + shifts.constant(3e38), (2,), r"infinite values in the shift constant.*nan_to_num"),
    ],
)
def test_a_shift_that_does_not_fit_says_so(shift, input_shape, message):
    with pytest.raises(ShiftError, match=message):
        shift.values(input_shape)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: shifts.constant(float("nan")), r"constant:nan.*finite"),
        (lambda: shifts.constant(1e39), r"constant:1e\+39.*finite float32"),
        (lambda: shifts.per_channel([]), r"no channel's value.*channel:0.1,0.2,0.3"),
        (lambda: shifts.checkerboard(0), r"cell 0; expected a whole number.*checkerboard:4"),
        (lambda: shifts.checkerboard(1.5), r"cell 1.5; expected a whole number"),
        (lambda: shifts.checkerboard(True), r"cell True; expected a whole number"),
        (lambda: shifts.checkerboard(2, float("inf")), r"checkerboard:inf.*finite"),
        (lambda: shifts.array([0, np.nan]), r"NaN or infinite.*nan_to_num"),
        (lambda: shifts.array([1j]), r"complex128; expected real numbers.*Convert"),
        (lambda: shifts.image("nowhere.png"), r"nowhere.png; expected a picture file.*Check the path"),
        (lambda: shifts.array("nowhere.npy"), r"nowhere.npy; expected an .npy file.*np.save"),
        (lambda: shifts.parse("array:gone.npy"), r"gone.npy; expected an .npy file.*np.save"),
    ],
)
def test_a_wrong_value_is_an_error_at_once(make, message):
    with pytest.raises(ShiftError, match=message):
        make()


def test_a_file_that_is_no_picture_or_no_array_is_an_error(tmp_path):
    text = tmp_path / "text.png"
    text.write_text("no picture")
    with pytest.raises(ShiftError, match=r"text.png; expected a picture file"):
        shifts.image(text)
    with pytest.raises(ShiftError, match=r"text.png; expected an .npy file"):
        shifts.array(text)
    np.savez(tmp_path / "many.npz", a=1)
    with pytest.raises(ShiftError, match=r"archive .*many.npz.*np.save"):
        shifts.array(tmp_path / "many.npz")


def test_as_shift_takes_numbers_arrays_and_shifts():
    shift = shifts.constant(2)
    assert shifts.as_shift(shift) is shift
    assert shifts.as_shift(np.float32(2)) == shifts.as_shift(2) == shift
    assert shifts.as_shift([1.0, 2.0]) == shifts.array(np.array([1.0, 2.0]))
    assert shifts.as_shift([1.0, 2.0]) != shifts.array(np.array([1.0, 3.0]))
    assert shifts.as_shift("constant:2") == shift
    with pytest.raises(ShiftError, match="constnat:2"):
        shifts.as_shift("constnat:2")
    with pytest.raises(TypeError):
        shift + 1


def test_shifts_can_be_sent_to_another_process(picture_file):
    shift = shifts.image(picture_file) + shifts.array([1.0, 2.0]) + shifts.checkerboard()
    again = pickle.loads(pickle.dumps(shift))
    np.testing.assert_array_equal(again.values((4, 2)), shift.values((4, 2)))


def test_shifts_cost_no_tensorflow():
    code = "import sys, keras_invariance.encodings.shifts; sys.exit('tensorflow' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


GRADIENT = np.where(RANDOM.random((5, 6, 1)) < 0.2, 0.0, RANDOM.standard_normal((5, 6, 1)))
IMAGE = RANDOM.random((5, 6, 1)).astype(np.float32)
PICTURE = RANDOM.random((5, 6, 1))


@pytest.fixture
def network(monkeypatch):
    """A linear network with two logits: the gradients are GRADIENT and that upside down; its top logit is the first."""

    def explain(network, images, method, targets=None):
        assert (network.input_shape, method) == ((5, 6, 1), "gradient")
        return np.broadcast_to(GRADIENT[:: -1 if targets is not None and targets[0] else 1], images.shape)

    monkeypatch.setattr("keras_invariance.methods.explain", explain)
    return SimpleNamespace(input_shape=(5, 6, 1))


def literal_targeted(gradient, image, picture, clip, strength):
    """The definition, pixel by pixel."""
    top = np.quantile([abs(value) for value in gradient.ravel() if value != 0], 0.9)
    shift = np.zeros(gradient.shape)
    for index in np.ndindex(gradient.shape):
        if gradient[index] != 0:
            wanted = strength * clip * top * picture[index] / gradient[index] - image[index]
            shift[index] = min(max(wanted, -clip), clip)
    return shift


@pytest.mark.parametrize(("clip", "strength"), [(0.3, 1.0), (0.1, 1.0), (0.3, 0.2), (100.0, -1.0)])
def test_the_targeted_shift_is_its_definition(network, clip, strength):
    values = shifts.targeted(network, IMAGE, PICTURE, clip=clip, strength=strength).values((5, 6, 1))
    oracle = literal_targeted(GRADIENT, IMAGE.astype(np.float64), PICTURE.astype(np.float32), clip, strength)
    np.testing.assert_allclose(values, oracle, rtol=1e-6, atol=1e-7)


def test_the_targeted_shift_by_hand(monkeypatch):
    # gradients 2, -1, 0, 2: the 0.9 quantile of 1, 2, 2 is 2. s = 0.3 * 2 * (1, 0.5, 1, 0) = (0.6, 0.3, 0.6, 0).
    # s / g - x = 0.3 - 0.1, -0.3 - 0.2, (no gradient), 0 - 0.9 = 0.2, -0.5, 0, -0.9; clipped: 0.2, -0.3, 0, -0.3
    gradient = np.array([2.0, -1.0, 0.0, 2.0]).reshape(1, 2, 2, 1)
    monkeypatch.setattr("keras_invariance.methods.explain", lambda *_, **__: gradient)
    image, picture = (np.reshape(values, (2, 2, 1)) for values in ([0.1, 0.2, 0.5, 0.9], [1.0, 0.5, 1.0, 0.0]))
    values = shifts.targeted(SimpleNamespace(input_shape=(2, 2, 1)), image, picture).values((2, 2, 1))
    np.testing.assert_allclose(values.ravel(), [0.2, -0.3, 0.0, -0.3], rtol=1e-6)


def test_gradient_times_shifted_input_is_the_picture_where_nothing_is_clipped(network):
    values = shifts.targeted(network, IMAGE, PICTURE, clip=100.0, strength=0.01).values((5, 6, 1)).astype(np.float64)
    shown = GRADIENT * (IMAGE + values)
    alive = (GRADIENT != 0) & (np.abs(values) < 100.0)
    ratio = shown[alive] / PICTURE[alive]
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-3)
    assert alive.sum() > 20


def test_a_network_without_gradient_gets_no_shift(network, monkeypatch):
    monkeypatch.setattr(
        "keras_invariance.methods.explain", lambda _, images, *__, **___: np.zeros(images.shape, np.float32)
    )
    np.testing.assert_array_equal(shifts.targeted(network, IMAGE, PICTURE).values((5, 6, 1)), 0.0)


def test_a_tiny_gradient_gets_the_clip_not_infinity(network, monkeypatch):
    gradient = np.full((1, 5, 6, 1), 1.0)
    gradient[0, 0, 0] = 5e-324
    monkeypatch.setattr("keras_invariance.methods.explain", lambda *_, **__: gradient)
    assert shifts.targeted(network, IMAGE, np.ones((5, 6, 1))).values((5, 6, 1))[0, 0, 0] == np.float32(0.3)


def test_the_target_and_the_picture_change_the_targeted_shift(network, tmp_path):
    plain = shifts.targeted(network, IMAGE, PICTURE)
    assert shifts.targeted(network, IMAGE, PICTURE) == plain
    assert shifts.targeted(network, IMAGE, PICTURE[::-1]) != plain
    second = shifts.targeted(network, IMAGE, PICTURE, target=1).values((5, 6, 1))
    oracle = literal_targeted(GRADIENT[::-1], IMAGE.astype(np.float64), PICTURE.astype(np.float32), 0.3, 1.0)
    np.testing.assert_allclose(second, oracle, rtol=1e-6, atol=1e-7)
    assert np.abs(second - plain.values((5, 6, 1))).max() > 0.1
    np.save(tmp_path / "p.npy", PICTURE)
    from_file = shifts.targeted(network, IMAGE, tmp_path / "p.npy")
    np.testing.assert_array_equal(from_file.values((5, 6, 1)), plain.values((5, 6, 1)))
    assert from_file.spec.startswith("targeted:")
    Image.new("L", (6, 5), 255).save(tmp_path / "white.png")
    white = shifts.targeted(network, IMAGE, tmp_path / "white.png").values((5, 6, 1))
    np.testing.assert_array_equal(white, shifts.targeted(network, IMAGE, np.ones((5, 6, 1))).values((5, 6, 1)))


def test_the_targeted_shift_s_errors(network):
    with pytest.raises(ImageError, match=r"\(1, 1, 5, 6, 1\); expected \(n, 5, 6, 1\)"):
        shifts.targeted(network, IMAGE[np.newaxis], PICTURE)
    with pytest.raises(ShiftError, match=r"shape \(4, 4, 1\).*\(5, 6, 1\)"):
        shifts.targeted(network, IMAGE, np.ones((4, 4, 1)))
    for clip in (0.0, -1.0, float("nan")):
        with pytest.raises(ShiftError, match=rf"clip {clip}; expected a positive number"):
            shifts.targeted(network, IMAGE, PICTURE, clip=clip)
