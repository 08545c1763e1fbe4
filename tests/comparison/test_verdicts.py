"""Verdicts on a two-layer ReLU network written in NumPy: its twin is exact, so that theory says what each must be."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from keras_invariance.comparison.verdicts import judge
from keras_invariance.encodings import shifts
from keras_invariance.errors import ImageError, ShiftError

SHAPE = (5, 4, 1)
RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.random((40, *SHAPE)).astype(np.float32)
SHIFT = shifts.checkerboard(2, 0.5) + shifts.constant(-1)

pytestmark = pytest.mark.usefixtures("asked")


@dataclass(frozen=True)
class NumpyNetwork:
    """f(x) = V relu(W x + b): its parameters are kept in float64 and used in `dtype`."""

    w: np.ndarray
    b: np.ndarray
    v: np.ndarray
    dtype: str = "float32"
    input_shape = SHAPE
    place = None  # its twin is built by itself

    def astype(self, dtype):
        return replace(self, dtype=dtype)

    def beside(self, _):
        return self

    def parameters(self):
        return self.w.astype(self.dtype), self.b.astype(self.dtype), self.v.astype(self.dtype)

    def __call__(self, images):
        w, b, v = self.parameters()
        return np.maximum(images.reshape(len(images), -1).astype(self.dtype) @ w + b, 0) @ v

    def targets(self, images, targets=None):
        return self(images).argmax(axis=1) if targets is None else np.broadcast_to(targets, (len(images),))

    def gradient(self, images, targets):
        w, b, v = self.parameters()
        open_gates = images.reshape(len(images), -1).astype(self.dtype) @ w + b > 0
        return ((open_gates * v[:, targets].T) @ w.T).reshape(images.shape)

    def twin(self, m):
        return replace(self, b=self.b - m.astype(np.float64).ravel() @ self.w)


OVERFLOWS = (np.arange(40) >= 8)[:, None, None, None]
METHODS = {
    "gradient": lambda gradient, *_: gradient,
    "gradient-times-input": lambda gradient, images, _: gradient * images,
    "zero": lambda gradient, *_: np.zeros_like(gradient),
    "overflowing": lambda gradient, *_: np.full_like(gradient, np.inf),
    "overflowing-for-some": lambda gradient, *_: np.where(OVERFLOWS[: len(gradient)], np.nan, gradient),
    "zero-for-some": lambda gradient, images, _: gradient * (np.arange(len(images)) % 2)[:, None, None, None],
    "patterned": lambda gradient, _, options: gradient * options["patterns"].arrays[0],
    "referenced": lambda gradient, images, options: gradient * (images - options["reference"]),
    # float32 knows no more than three digits of this one: it neither falls by 1e7 nor stays
    "rough": lambda gradient, images, _: (
        gradient + 1e-5 * images + (1e-2 * images if images.dtype == np.float32 else 0)
    ),
}


@pytest.fixture
def asked(monkeypatch):
    """Analyzers of NumPy networks in the place of the engine's; the calls are listed."""
    calls = []

    def analyzer(network, method, *, dtype="float32", **options):
        def explain(images, targets):
            assert images.dtype == dtype
            calls.append((network, method, dtype, options, images, targets))
            return METHODS[method](network.astype(dtype).gradient(images, targets), images, options)

        return explain

    monkeypatch.setattr("keras_invariance.comparison.pairs.analyzer", analyzer)
    monkeypatch.setattr(
        "keras_invariance.comparison.pairs.Pair.foreign", False
    )  # the methods are none of the catalogue's
    return calls


@pytest.fixture
def pair():
    size, hidden = int(np.prod(SHAPE)), 60
    network = NumpyNetwork(
        RANDOM.standard_normal((size, hidden)), RANDOM.standard_normal(hidden), RANDOM.standard_normal((hidden, 3))
    )
    return network, network.twin(SHIFT.values(SHAPE))


def test_the_gradient_is_invariant(pair):
    finding = judge(*pair, IMAGES, SHIFT, "gradient")
    assert finding.verdict == "invariant"
    assert finding.reason == "there is no difference, in float64 neither in 6 of 40 images"
    assert (finding.images, finding.violations, len(finding.confirmed)) == (40, 0, 6)
    assert finding.interval == (0.0, pytest.approx(1 - 0.05 ** (1 / 40)))
    assert finding.confirmed_scores.relative_l2.max() < 1e-10
    assert finding.twin.float64 < 1e-14
    assert 1e-9 < finding.twin.float32 < 1e-5


def test_gate_flips_do_not_hide_an_invariant_method(pair):
    # where a pre-activation is 1e-9, a gate is open or shut as float32 rounds; float64 sees it alike in both networks
    network, _ = pair
    x = IMAGES[:1].reshape(-1).astype(np.float64)
    network = replace(network, b=np.where(np.arange(60) < 30, network.b, 1e-9 - x @ network.w))
    finding = judge(network, network.twin(SHIFT.values(SHAPE)), IMAGES[:1], SHIFT, "gradient")
    assert finding.scores.relative_l2[0] > 0.1
    assert finding.confirmed_scores.relative_l2[0] < 1e-10
    assert finding.verdict == "invariant"
    assert finding.reason.startswith("the difference is rounding: it goes from ")


def test_gates_at_exactly_zero_do_not_hide_an_invariant_method(pair):
    # black images and no bias: network 1's pre-activations are 0, the twin's W m - W m are whatever rounding leaves of
    # it, in float64 too. Dithered, both are W times the noise.
    network = replace(pair[0], b=np.zeros(60))
    finding = judge(network, network.twin(SHIFT.values(SHAPE)), 0 * IMAGES[:3], SHIFT, "gradient")
    assert finding.scores.zero_maps.tolist() == ["one"] * 3
    assert finding.scores.relative_l2.tolist() == [2.0] * 3
    assert finding.confirmed_scores.relative_l2.max() < 1e-10
    assert finding.verdict == "invariant"


def test_an_image_alone_is_confirmed_with_the_noise_it_has_in_a_batch(asked, pair):
    judge(*pair, IMAGES[:1], SHIFT, "gradient")
    alone = asked[2][4][0]
    asked.clear()
    judge(*pair, IMAGES[:1].repeat(3, axis=0), SHIFT, "gradient")
    np.testing.assert_array_equal(asked[2][4], [alone] * 3)
    noise = alone - IMAGES[0]
    assert 0 <= noise.min() < noise.max() < 2**-20 * IMAGES[0].max()


def test_gradient_times_input_is_sensitive(pair):
    finding = judge(*pair, IMAGES, SHIFT, "gradient-times-input")
    assert finding.verdict == "sensitive"
    assert finding.reason.startswith("the difference does not fall")
    assert "40 of 40 images differ" in finding.reason
    assert finding.violations == finding.images == 40
    assert finding.interval == (pytest.approx(0.05 ** (1 / 40)), 1.0)
    np.testing.assert_allclose(
        finding.confirmed_scores.relative_l2, finding.scores.relative_l2[finding.confirmed], rtol=1e-3
    )


def test_a_tiny_shift_makes_a_tiny_difference_that_is_real(pair):
    shift = shifts.constant(1e-4)
    finding = judge(pair[0], pair[0].twin(shift.values(SHAPE)), IMAGES, shift, "gradient-times-input")
    assert finding.verdict == "sensitive"
    assert finding.scores.relative_l2.max() < 1e-2


def test_a_twin_for_another_shift_is_void(asked, pair):
    finding = judge(*pair, IMAGES, shifts.constant(-0.999), "gradient")
    assert finding.verdict == "void"
    assert finding.reason.startswith("the second network is no twin for this shift: its logits differ by")
    assert f"{finding.twin.float32:.1e} in float32" in finding.reason
    assert (finding.images, finding.violations, finding.interval) == (0, 0, (0.0, 1.0))
    assert len(finding.scores) == 0
    assert asked == []


def test_a_twin_that_is_right_to_float32_only_is_void(pair):
    network, twin = pair
    rounded = replace(twin, b=twin.b.astype(np.float32).astype(np.float64))
    check = judge(network, rounded, IMAGES, SHIFT, "gradient").twin
    assert check.float32 < check.tolerance_float32
    assert check.float64 > check.tolerance_float64
    assert not check.holds


def test_logits_that_are_not_numbers_are_void(pair):
    network, twin = pair
    assert judge(network, replace(twin, v=twin.v * np.nan), IMAGES, SHIFT, "gradient").verdict == "void"


def test_a_shift_far_larger_than_the_images_gets_its_share_of_rounding(pair):
    shift = shifts.constant(1000.0)
    finding = judge(pair[0], pair[0].twin(shift.values(SHAPE)), IMAGES, shift, "gradient")
    ratio = 1000 / IMAGES.max()
    assert finding.twin.tolerance_float32 == pytest.approx(2**-11.5 * ratio)
    assert finding.twin.tolerance_float64 == pytest.approx(2**-26 * ratio)
    assert finding.verdict == "invariant"


def test_images_of_zeros_have_the_plain_tolerance(pair):
    finding = judge(*pair, 0 * IMAGES, SHIFT, "gradient")
    assert finding.twin.tolerance_float32 == pytest.approx(2**-11.5)
    assert finding.verdict == "invariant"


def test_zero_maps_are_no_evidence(pair):
    finding = judge(*pair, IMAGES, SHIFT, "zero")
    assert finding.verdict == "inconclusive"
    assert finding.reason == "both maps are zero in 40 of 40 images, which is no evidence"
    assert (finding.images, finding.interval) == (0, (0.0, 1.0))
    assert finding.as_row()["zero_maps_both"] == 40


def test_some_zero_maps_are_left_out_and_told(pair):
    finding = judge(*pair, IMAGES[:10], SHIFT, "zero-for-some")
    # the five images with a map are confirmed; alone in float64, images 0, 2 and 4 of them have no map
    assert finding.images == 5
    assert finding.kinds.tolist()[::2] == ["zero"] * 5
    assert finding.verdict == "inconclusive"
    assert finding.reason.endswith("; both maps are zero in 5 of 10 images")


def test_maps_that_are_not_finite_are_no_evidence(pair):
    finding = judge(*pair, IMAGES, SHIFT, "overflowing")
    assert finding.verdict == "inconclusive"
    assert finding.reason == "a map is not finite in 40 of 40 images (float64 has more room), which is no evidence"
    assert (finding.images, finding.interval) == (0, (0.0, 1.0))
    assert finding.as_row()["not_finite"] == 40


def test_images_on_which_a_method_overflows_are_left_out_and_told(pair):
    finding = judge(*pair, IMAGES[:10], SHIFT, "overflowing-for-some")
    # images 8 and 9 of ten; of six that are confirmed none is the ninth
    assert finding.images == 8
    assert finding.kinds.tolist()[8:] == ["not finite"] * 2
    assert finding.verdict == "invariant"
    assert finding.reason.endswith("; a map is not finite in 2 of 10 images (float64 has more room)")


def test_a_difference_that_neither_falls_nor_stays_is_inconclusive(pair):
    finding = judge(*pair, IMAGES, SHIFT, "rough")
    assert finding.verdict == "inconclusive"
    assert finding.reason.startswith("the difference is beyond rounding, yet not surely real: it goes from")
    assert (finding.violations, finding.images) == (0, 40)
    assert finding.interval == (0.0, 1.0)


def test_the_twin_s_options_change_the_verdict(asked, pair):
    zero, moved = np.zeros(SHAPE), SHIFT.values(SHAPE)
    assert judge(*pair, IMAGES, SHIFT, "referenced", options={"reference": zero}).verdict == "sensitive"
    both = {"options": {"reference": zero}, "twin_options": {"reference": moved}}
    assert judge(*pair, IMAGES, SHIFT, "referenced", **both).verdict == "invariant"
    assert asked[-1][3]["reference"] is moved
    assert asked[-2][3]["reference"] is zero


@dataclass(frozen=True)
class FakePatterns:
    """One array in the shape of an image, in the place of fitted patterns."""

    arrays: tuple[np.ndarray, ...]


@pytest.mark.parametrize(
    ("moved", "dtype", "expected"),
    [
        (0.0, np.float32, "invariant"),  # equal numbers: carried over
        (1e-4, np.float32, "invariant"),  # the rounding of a float32 fit
        (1e-2, np.float32, "inconclusive"),
        (1.0, np.float32, "sensitive"),
        (1e-4, np.float64, "sensitive"),  # a float64 fit has no such rounding
        (1e-14, np.float64, "invariant"),
    ],
)
def test_patterns_fitted_apart_may_differ_by_their_fit_s_rounding(pair, moved, dtype, expected):
    first = RANDOM.standard_normal(SHAPE)
    second = first * (1 + moved * RANDOM.standard_normal(SHAPE))
    options, twin_options = ({"patterns": FakePatterns((array.astype(dtype),))} for array in (first, second))
    finding = judge(*pair, IMAGES, SHIFT, "patterned", options=options, twin_options=twin_options)
    assert finding.verdict == expected, finding.reason
    apart = dtype == np.float32 and moved > 0
    assert (finding.limits.rounding, finding.as_row()["rounding_limit"]) == ((5e-3,) * 2 if apart else (1e-10,) * 2)
    assert ("up to 5e-03 is the rounding of the fit" in finding.reason) == apart


def test_both_networks_explain_network_1_s_targets(asked, pair):
    finding = judge(*pair, IMAGES, SHIFT, "gradient")
    np.testing.assert_array_equal(finding.targets, pair[0](IMAGES).argmax(axis=1))
    np.testing.assert_array_equal(asked[0][5], finding.targets)
    np.testing.assert_array_equal(asked[1][5], finding.targets)
    np.testing.assert_array_equal(asked[2][5], finding.targets[finding.confirmed])
    assert judge(*pair, IMAGES, SHIFT, "gradient", targets=2).targets.tolist() == [2] * 40


def test_the_shifted_image_differs_by_the_shift_in_float64(asked, pair):
    judge(*pair, IMAGES, SHIFT, "gradient")
    (*_, x_1, _), (*_, x_2, _) = asked[2:]
    assert x_1.dtype == x_2.dtype == np.float64
    np.testing.assert_allclose(x_2 - x_1, np.broadcast_to(SHIFT.values(SHAPE), x_1.shape), rtol=1e-15)


def test_an_array_is_a_shift_and_nothing_is_changed(pair):
    images, m = IMAGES.copy(), SHIFT.values(SHAPE)
    options = {"reference": np.zeros(SHAPE)}
    judge(*pair, images, m, "referenced", options=options, twin_options={})
    np.testing.assert_array_equal(images, IMAGES)
    np.testing.assert_array_equal(m, SHIFT.values(SHAPE))
    assert list(options) == ["reference"]


def test_the_same_question_has_the_same_answer(pair):
    first, second = (judge(*pair, IMAGES, SHIFT, "gradient-times-input").as_row() for _ in range(2))
    assert first == second


def test_a_row_holds_plain_values(pair):
    row = judge(*pair, IMAGES, SHIFT, "gradient-times-input").as_row()
    assert {type(value) for value in row.values()} <= {str, int, float}
    assert row["shift"] == SHIFT.spec
    assert row["worst_relative_l2"] == row["confirmed_float32"] > row["relative_l2"] > 0
    assert (row["images"], row["unclear"], row["confirmed_images"]) == (40, 0, 6)
    assert {"rate_low", "rate_high", "twin_float32", "twin_tolerance_float64", "ssim", "zero_maps_one"} <= set(row)


def test_what_does_not_fit_is_an_error(pair):
    with pytest.raises(ImageError, match=r"\(0, 5, 4, 1\); expected at least one image.*Give the images"):
        judge(*pair, IMAGES[:0], SHIFT, "gradient")
    with pytest.raises(ImageError, match=r"images\[np.newaxis\]"):
        judge(*pair, IMAGES[0], SHIFT, "gradient")
    with pytest.raises(ShiftError, match=r"\(7,\).*\(5, 4, 1\)"):
        judge(*pair, IMAGES, np.zeros(7), "gradient")
