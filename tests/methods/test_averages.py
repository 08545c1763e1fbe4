"""Averages over steps and draws: how they are cut into batches changes nothing, and the noise is the same anywhere."""

import numpy as np
import pytest

import keras_invariance as ki
from keras_invariance.errors import MethodError
from keras_invariance.methods.integrated_gradients import blocks
from tests.networks import case
from tests.oracle.agreement import distance

SETTINGS = {
    "integrated": ("integrated-gradients", {"steps": 6}),
    "integrated from black": ("integrated-gradients", {"steps": 6, "reference": "black"}),
    "smooth": ("smoothgrad", {"samples": 7, "sigma": 0.5}),
    "squared": ("smoothgrad-squared", {"samples": 7, "sigma": 0.5}),
    "variance": ("vargrad", {"samples": 7, "sigma": 0.5}),
    "smooth relevance": ("smoothgrad", {"samples": 4, "sigma": 0.5, "base": "lrp-epsilon"}),
    "smooth integrated": ("smoothgrad", {"samples": 3, "sigma": 0.5, "base": "integrated-gradients"}),
    "single pass": ("lrp-gamma", {}),
}


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("name", ["mlp", "cnn"])
def test_the_size_of_batches_changes_nothing(network, name, setting):
    method, options = SETTINGS[setting]
    images, targets = case(name).images, case(name).targets
    maps = {
        size: ki.analyzer(network(name), method, dtype="float64", batch_size=size, **options)(images, targets)
        for size in (1, 3, 1000)
    }
    assert distance(maps[1], maps[1000]) < 1e-12
    assert distance(maps[3], maps[1000]) < 1e-12


@pytest.mark.parametrize(("images", "points", "size"), [(3, 7, 1), (3, 7, 3), (3, 7, 7), (3, 7, 14), (5, 2, 1000)])
def test_blocks_cover_every_point_once_and_are_no_larger_than_asked(images, points, size):
    seen = np.zeros((images, points), int)
    for rows, columns in blocks(images, points, size):
        seen[rows, columns] += 1
        assert seen[rows, columns].size <= size
    assert (seen == 1).all()


@pytest.mark.parametrize("reference", ["zero", "black", 0.25])
def test_the_completeness_gap_falls_with_the_steps(network, reference):
    # A smooth network: the midpoint rule's error is proportional to 1 / steps^2, 16 times less for 4 times the steps.
    one = case("smooth")
    gaps = [
        ki.analyzer(network("smooth"), "integrated-gradients", dtype="float64", steps=steps, reference=reference)
        .completeness_gap(one.images, 0)
        .max()
        for steps in (8, 32, 128)
    ]
    assert gaps[0] > 1e-6
    assert gaps[0] / gaps[1] == pytest.approx(16, rel=0.2)
    assert gaps[1] / gaps[2] == pytest.approx(16, rel=0.2)


def test_the_completeness_gap_is_that_of_the_map(network):
    one = case("cnn")
    analyzer = ki.analyzer(network("cnn"), "integrated-gradients", dtype="float64", steps=2, reference="black")
    rows = np.arange(3)
    least = np.broadcast_to(one.images.min(axis=(1, 2, 3), keepdims=True), one.images.shape)
    change = one.oracle.logits(one.images)[rows, one.targets] - one.oracle.logits(least)[rows, one.targets]
    literal = np.abs(analyzer(one.images, one.targets).sum(axis=(1, 2, 3)) - change)
    np.testing.assert_allclose(analyzer.completeness_gap(one.images, one.targets), literal, atol=1e-6)
    assert literal.max() > 1e-3


def test_a_black_reference_is_found_in_each_image_after_the_shift(network):
    analyzer = ki.analyzer(network("cnn"), "integrated-gradients", reference="black")
    images = case("cnn").images
    references = analyzer.references(images)
    for image, reference in zip(images, references, strict=True):
        assert set(reference.ravel()) == {image.min()}
    np.testing.assert_allclose(analyzer.references(images - 1), references - 1, atol=1e-6)


def test_a_reference_that_does_not_fit_is_refused(network):
    analyzer = ki.analyzer(network("cnn"), "integrated-gradients", reference=np.zeros((9, 8, 3)))
    with pytest.raises(MethodError, match=r"\(9, 8, 3\).*\(9, 8, 2\).*one reference image"):
        analyzer(case("cnn").images)


def noise_of(network: ki.Network, count: int = 1, **options: object) -> np.ndarray:
    analyzer = ki.analyzer(network, "smoothgrad", **options)
    return analyzer.noise(np.zeros(count, int), slice(None))


def test_a_network_and_its_twin_meet_the_same_noise(network):
    twin = ki.shifted_twin(network("mlp"), -1.0)
    np.testing.assert_array_equal(noise_of(twin, samples=3), noise_of(network("mlp"), samples=3))
    images = case("mlp").images
    before, after = (
        ki.analyzer(one, "smoothgrad", dtype="float64", samples=3, sigma=1.0)(x, 0)
        for one, x in ((network("mlp"), images), (twin, images.astype(np.float64) - 1))
    )
    assert distance(after, before) < 1e-12


def test_noise_is_that_of_the_formula_and_of_any_other_process(network):
    noise = noise_of(network("smooth"), samples=2, seed=5)
    for draw in (0, 1):
        generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence([5, 0, draw])))
        np.testing.assert_array_equal(noise[draw, 0], generator.standard_normal((5,), np.float32))
    # Written down from another run.
    pinned = [1.117622017, -1.38712489, -0.4265716]
    np.testing.assert_allclose(noise_of(network("smooth"), samples=1)[0, 0, :3], pinned, rtol=1e-6)


def test_noise_is_standard_normal_and_new_in_each_draw(network):
    noise = noise_of(network("cnn"), samples=64)
    assert abs(noise.mean()) < 0.05
    assert noise.std() == pytest.approx(1, abs=0.05)
    assert len({draw.tobytes() for draw in noise}) == 64


def test_more_draws_begin_with_the_same(network):
    np.testing.assert_array_equal(noise_of(network("mlp"), samples=5)[:2], noise_of(network("mlp"), samples=2))


def test_images_of_one_key_meet_the_same_noise_and_others_do_not(network):
    analyzer = ki.analyzer(network("mlp"), "smoothgrad", samples=2)
    noise = analyzer.noise(np.array([4, 7, 4]), slice(0, 2))
    np.testing.assert_array_equal(noise[:, 0], noise[:, 2])
    assert np.abs(noise[:, 0] - noise[:, 1]).max() > 0.1
    np.testing.assert_array_equal(analyzer.noise(np.array([7]), slice(0, 2))[:, 0], noise[:, 1])


def test_keys_give_each_image_its_own_map_whatever_the_batch(network):
    analyzer = ki.analyzer(network("smooth"), "smoothgrad", dtype="float64", samples=3, sigma=1.0)
    image = np.repeat(case("smooth").images[:1], 3, axis=0)
    maps = analyzer(image, 0, keys=np.array([1, 2, 1]))
    np.testing.assert_allclose(maps[0], maps[2], rtol=1e-12)
    assert distance(maps[1:2], maps[:1]) > 1e-3
    np.testing.assert_allclose(analyzer(image[:1], 0, keys=np.array([2]))[0], maps[1], rtol=1e-10)
    plain = analyzer(image, 0)
    np.testing.assert_allclose(analyzer(image, 0, keys=np.zeros(3)), plain, rtol=1e-12)


def test_the_seed_matters(network):
    assert np.abs(noise_of(network("mlp"), seed=1) - noise_of(network("mlp"), seed=2)).max() > 0.1
    maps = [ki.explain(network("smooth"), case("smooth").images, "smoothgrad", 0, seed=s, sigma=1.0) for s in (1, 2)]
    assert distance(maps[1], maps[0].astype(np.float64)) > 1e-3
