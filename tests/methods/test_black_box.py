"""Black-box methods: literal oracles, linear models, completeness, blanks, twins, draws, and what is refused."""

import keras
import numpy as np
import pytest
from keras import layers

import keras_invariance as ki
from keras_invariance.errors import MethodError
from keras_invariance.methods.segments import segments_of
from tests.networks import case
from tests.oracle import black_box as literal
from tests.oracle.agreement import distance

METHODS = {
    "occlusion": {"window": 3, "stride": 2},
    "rise": {"masks": 12, "cell": 3},
    "lime": {"count": 6, "samples": 40},
    "kernel-shap": {"count": 20, "samples": 40},
}
every_method = pytest.mark.parametrize("method", METHODS)


def exact(network: ki.Network, method: str, **options: object):
    """The analyzer in float64 with few passes."""
    return ki.analyzer(network, method, dtype="float64", **METHODS[method] | options)


def logit_of(name: str, target: int):
    """The oracle's logit of one image."""
    return lambda image: case(name).oracle.logits(image[np.newaxis])[0, target]


def labels_of(analyzer, image: np.ndarray) -> np.ndarray:
    return analyzer.segments(image.astype(np.float64))


@pytest.mark.parametrize("name", ["cnn", "series", "mlp"])
@pytest.mark.parametrize(("window", "stride"), [(3, 2), (1, 1), (2, 2)])
def test_occlusion_is_the_literal_one(network, name, window, stride):
    image = case(name).images[0].astype(np.float64)
    maps = exact(network(name), "occlusion", window=window, stride=stride, value=0.5)(image[np.newaxis], 1)
    expected = literal.occlusion(logit_of(name, 1), image, np.full_like(image, 0.5), window, stride)
    assert distance(maps.reshape(1, *expected.shape), expected[np.newaxis]) < 1e-12


def test_rise_is_the_literal_one(network):
    image, analyzer = case("cnn").images[0].astype(np.float64), exact(network("cnn"), "rise")
    masks = analyzer.masks(0, slice(None))
    expected = literal.rise(logit_of("cnn", 2), image, np.zeros_like(image), masks, 0.5)
    assert distance(analyzer(image[np.newaxis], 2)[..., 0], expected[np.newaxis]) < 1e-12


def test_masks_lie_between_grids_of_zeros_and_ones(network):
    masks = exact(network("cnn"), "rise", masks=400, cell=4).masks(3, slice(None))
    assert masks.min() >= 0
    assert masks.max() <= 1
    assert 0.4 < masks.mean() < 0.6
    assert np.abs(np.diff(masks, axis=1)).max() <= 0.25 + 1e-12  # a node lies four places from the next
    np.testing.assert_array_equal(exact(network("cnn"), "rise", masks=400, cell=4).masks(3, slice(7, 9)), masks[7:9])


def test_kernel_shap_of_few_segments_has_the_shapley_values(network):
    image = case("cnn").images[0].astype(np.float64)
    labels = (np.arange(9)[:, None] // 5 * 2 + np.arange(8) // 4).astype(int)  # 2 x 2 boxes
    maps = exact(network("cnn"), "kernel-shap", segments=labels)(image[np.newaxis], 0)
    values = literal.shapley(logit_of("cnn", 0), image, np.zeros_like(image), labels)
    assert distance(maps[..., 0], (values / np.bincount(labels.ravel()))[labels][np.newaxis]) < 1e-12


def test_two_segments_by_hand():
    # f = 2 a + 3 b + 4 a b at a = b = 1: alone a adds 2 and b 3, together 4 more, half to each: 4 and 5.
    inputs = keras.Input((2,))
    product = layers.Multiply()([inputs[:, :1], inputs[:, 1:]])
    dense = layers.Dense(1, use_bias=False)
    outputs = dense(layers.Concatenate()([inputs, product]))
    dense.set_weights([np.array([[2.0], [3.0], [4.0]])])
    network = ki.load_network(keras.Model(inputs, outputs))
    maps = exact(network, "kernel-shap")(np.ones((1, 2)), 0)
    np.testing.assert_allclose(maps, [[4.0, 5.0]], rtol=1e-12)
    np.testing.assert_allclose(exact(network, "occlusion", window=1, stride=1)(np.ones((1, 2)), 0), [[6.0, 7.0]])


@pytest.mark.parametrize("samples", [5, 40, 1000])
@pytest.mark.parametrize("value", ["zero", "black", 0.7])
def test_kernel_shap_sums_to_the_logit_less_that_of_the_blank(network, samples, value):
    images = case("cnn").images.astype(np.float64)
    analyzer = exact(network("cnn"), "kernel-shap", samples=samples, value=value)
    blanks = analyzer.masking.blanks(images)
    fell = case("cnn").oracle.logits(images)[:, 1] - case("cnn").oracle.logits(blanks)[:, 1]
    np.testing.assert_allclose(analyzer(images, 1).reshape(len(images), -1).sum(axis=1), fell, rtol=1e-10)


def test_lime_is_the_literal_ridge_regression(network):
    image, analyzer = case("cnn").images[1].astype(np.float64), exact(network("cnn"), "lime", ridge=0.3, width=0.4)
    labels = labels_of(analyzer, image)
    coalitions = analyzer.drawn(analyzer.request, int(labels.max()) + 1, 0)
    assert coalitions.shown[0].all()
    np.testing.assert_allclose(coalitions.weights, np.exp(-(((1 - np.sqrt(coalitions.shown.mean(axis=1))) / 0.4) ** 2)))
    logit, blank = logit_of("cnn", 1), np.zeros_like(image)
    logits = np.array([logit(literal.hidden(image, one[labels].astype(float), blank)) for one in coalitions.shown])
    worth = literal.ridge(coalitions.shown, logits, coalitions.weights, 0.3)
    expected = (worth / np.bincount(labels.ravel()))[labels]
    assert distance(analyzer(image[np.newaxis], 1)[..., 0], expected[np.newaxis]) < 1e-10


@pytest.fixture(scope="module")
def linear() -> tuple[ki.Network, np.ndarray, np.ndarray]:
    """A network f = w x + b of 6 x 5 x 2, its w of the first logit, and two images."""
    keras.utils.set_random_seed(4)
    model = keras.Sequential([keras.Input((6, 5, 2)), layers.Flatten(), layers.Dense(3, bias_initializer="normal")])
    w = model.layers[-1].get_weights()[0][:, 0].reshape(6, 5, 2).astype(np.float64)
    return ki.load_network(model), w, np.random.default_rng(1).normal(size=(2, 6, 5, 2))


def test_of_a_linear_model_occlusion_is_the_weight_times_the_distance_from_the_blank(linear):
    network, w, images = linear
    maps = exact(network, "occlusion", window=1, stride=1, value=0.25)(images, 0)
    assert distance(maps[..., 0], (w * (images - 0.25)).sum(axis=-1)) < 1e-12


@pytest.mark.parametrize("method", ["lime", "kernel-shap"])
def test_of_a_linear_model_each_segment_gets_its_own_part(linear, method):
    network, w, images = linear
    options = {"samples": 200, "value": 0.25} | ({"ridge": 0.0} if method == "lime" else {})
    analyzer = exact(network, method, **options)
    maps = analyzer(images, 0)[..., 0]
    for map_, image in zip(maps, images, strict=True):
        labels = labels_of(analyzer, image)
        parts = np.bincount(labels.ravel(), ((w * (image - 0.25)).sum(axis=-1)).ravel())
        np.testing.assert_allclose(np.bincount(labels.ravel(), map_.ravel()), parts, atol=1e-10)


@every_method
@pytest.mark.parametrize("name", ["cnn", "mlp", "series", "volume"])
def test_every_kind_of_input_is_explained_place_by_place(network, method, name):
    images = case(name).images
    window = {"window": 1, "stride": 1} if method == "occlusion" else {}
    maps = ki.explain(network(name), images, method, 0, **METHODS[method] | window)
    assert maps.shape == ((*images.shape[:-1], 1) if images.ndim > 2 else images.shape)
    assert np.ptp(maps) > 0


@every_method
def test_what_is_blank_decides_whether_a_shift_is_seen(network, method):
    images = case("cnn").images.astype(np.float64)
    twin, m = ki.shifted_twin(network("cnn"), "constant:-1"), -1.0
    for value, moved, alike in (("zero", "zero", False), ("black", "black", True), (0.5, 0.5 + m, True)):
        first = exact(network("cnn"), method, value=value)(images, 0)
        second = exact(twin, method, value=moved)(images + m, 0)
        assert (distance(second, first) < 1e-10) is alike


@every_method
@pytest.mark.parametrize("size", [1, 5, 7, 1000])
def test_the_size_of_batches_changes_nothing(network, method, size):
    images = case("cnn").images.astype(np.float64)
    usual = exact(network("cnn"), method)(images, 0)
    assert distance(exact(network("cnn"), method, batch_size=size)(images, 0), usual) < 1e-12


@pytest.mark.parametrize("method", ["rise", "lime", "kernel-shap"])
def test_images_with_one_key_meet_the_same_draws(network, method):
    image = case("cnn").images[:1].astype(np.float64)
    maps = exact(network("cnn"), method)(np.repeat(image, 3, axis=0), 0, keys=np.array([4, 7, 4]))
    np.testing.assert_array_equal(maps[0], maps[2])
    assert distance(maps[1:2], maps[:1]) > 1e-3


@every_method
def test_no_images_give_no_maps(network, method):
    assert exact(network("cnn"), method)(case("cnn").images[:0], None).shape[0] == 0


@every_method
def test_passes_are_those_that_are_made(network, method):
    analyzer, count = exact(network("cnn"), method), 0
    seen = type(analyzer.masking).seen

    def counting(masking, question, many, masks):
        nonlocal count
        for one in seen(masking, question, many, masks):
            count += one.logits.size
            yield one

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(analyzer.masking), "seen", counting)
        analyzer(case("cnn").images[:1], 0)
    assert count == analyzer.passes


def test_coalitions_are_drawn_with_their_complements(network):
    analyzer = exact(network("cnn"), "kernel-shap", samples=7)
    coalitions = analyzer.drawn(analyzer.request, 30, 0)
    shown = coalitions.shown[2:]
    assert shown.shape == (7, 30)
    np.testing.assert_array_equal(shown[0:6:2], ~shown[1:6:2])
    assert not shown.all(axis=1).any()
    assert shown.any(axis=1).all()


def test_all_coalitions_are_asked_where_there_are_no_more_than_samples(network):
    analyzer = exact(network("cnn"), "kernel-shap", samples=14)
    coalitions = analyzer.drawn(analyzer.request, 4, 0)
    assert len(np.unique(coalitions.shown, axis=0)) == 16
    # 3 / (4 * 1 * 3) for one of four, 3 / (6 * 2 * 2) for two.
    np.testing.assert_allclose(np.unique(coalitions.weights), [0, 0.125, 0.25])


def test_one_segment_takes_all(network):
    image = case("cnn").images[:1].astype(np.float64)
    labels = np.zeros((9, 8), int)
    maps = exact(network("cnn"), "kernel-shap", segments=labels)(image, 0)
    assert np.ptp(maps) == 0


def test_slic_cuts_a_picture_and_its_shifted_one_alike():
    picture = np.kron(np.random.default_rng(0).random((5, 4, 3)), np.ones((4, 4, 1)))  # squares of one colour each
    found = [segments_of(one, (20, 16), "slic", 12) for one in (picture, picture - 1.0, picture.astype(np.float32))]
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])
    assert 4 < found[0].max() < 24


def test_slic_follows_an_edge():
    picture = np.zeros((12, 12, 1))
    picture[:, 5:] = 1.0
    labels = segments_of(picture, (12, 12), "slic", 8)
    assert not set(labels[:, :5].ravel()) & set(labels[:, 5:].ravel())


def test_an_even_picture_is_cut_too():
    assert segments_of(np.full((8, 8, 1), 3.0), (8, 8), "slic", 4).shape == (8, 8)


@pytest.mark.parametrize(
    ("places", "count", "boxes"), [((12, 8), 6, 6), ((10,), 5, 5), ((4, 4, 4), 8, 8), ((3,), 9, 3)]
)
def test_a_grid_has_boxes_as_equal_as_possible(places, count, boxes):
    labels = segments_of(np.zeros((*places, 1)), places, "grid", count)
    sizes = np.bincount(labels.ravel())
    assert len(sizes) == boxes
    assert sizes.max() - sizes.min() <= sizes.min()


def test_gaps_in_given_numbers_are_closed():
    np.testing.assert_array_equal(segments_of(np.zeros((4,)), (4,), np.array([7, 2, 7, 9]), 1), [1, 0, 1, 2])


@pytest.mark.parametrize(
    ("method", "options", "words"),
    [
        ("occlusion", {"window": 9, "stride": 1}, "window = 9.*9 x 8.*at most 8"),
        ("occlusion", {"window": 2, "stride": 3}, "stride = 3 with windows of 2"),
        ("occlusion", {"window": 0}, "window = 0"),
        ("occlusion", {"value": "white"}, "white.*zero.*black"),
        ("occlusion", {"value": np.zeros((5, 5, 5))}, r"a value of shape \(5, 5, 5\)"),
        ("rise", {"masks": 0}, "masks = 0"),
        ("rise", {"cell": 0}, "cell = 0"),
        ("lime", {"segments": "squares"}, "squares.*slic.*grid"),
        ("lime", {"segments": np.zeros((3, 3), int)}, r"segments of shape \(3, 3\).*\(9, 8\)"),
        ("lime", {"segments": np.zeros((9, 8))}, "a whole number for each place"),
        ("lime", {"width": 0.0}, "width = 0.0"),
        ("lime", {"ridge": -1.0}, "ridge = -1.0"),
        ("kernel-shap", {"count": 0}, "count = 0"),
    ],
)
def test_what_does_not_fit_is_refused(network, method, options, words):
    with pytest.raises(MethodError, match=f"(?s){words}"):
        ki.explain(network("cnn"), case("cnn").images, method, **METHODS[method] | options)


def test_noise_is_cut_into_as_many_segments_as_a_picture():
    noise = np.random.default_rng(0).random((9, 8, 2))
    assert segments_of(noise, (9, 8), "slic", 6).max() >= 2
