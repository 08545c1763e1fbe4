"""The wrappers on the real libraries: each says what its library says, of a network and of its twin."""

import keras
import numpy as np
import pytest

import keras_invariance as ki
from keras_invariance.foreign.peers import quiet
from keras_invariance.judging.invariance import Result, audit
from keras_invariance.methods.catalogue import group, known_method
from keras_invariance.methods.explainers import entry_point_names
from tests.oracle.agreement import distance

BACKGROUND = np.random.default_rng(3).normal(size=(4, 12, 12, 1)).astype(np.float32)
FEW = {"samples": 20, "steps": 6, "evaluations": 40}
INSTALLED = [name for name in entry_point_names() if name.startswith(("shap-", "lime-", "tf-keras-vis-", "xplique-"))]

pytestmark = [
    pytest.mark.skipif(not INSTALLED, reason='the extra "foreign" is not installed'),
    # What the libraries do on their way: Keras, TensorFlow and NumPy warn of them.
    pytest.mark.filterwarnings("ignore"),
]


@pytest.fixture(scope="module")
def network() -> ki.Network:
    """12 x 12 grey pixels, two convolutions, three logits."""
    keras.utils.set_random_seed(2)
    layers = [
        keras.Input((12, 12, 1)),
        keras.layers.Conv2D(4, 3, activation="relu", bias_initializer="normal"),
        keras.layers.Conv2D(5, 3, activation="relu", bias_initializer="normal"),
        keras.layers.Flatten(),
        keras.layers.Dense(3, bias_initializer="normal"),
    ]
    return ki.load_network(keras.Sequential(layers))


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return np.random.default_rng(1).normal(size=(2, 12, 12, 1)).astype(np.float32)


def options(name: str) -> dict[str, object]:
    known = known_method(name).options
    few = {option: value for option, value in FEW.items() if option in known}
    return few | ({"background": BACKGROUND} if "background" in known else {})


@pytest.mark.parametrize("name", INSTALLED)
def test_each_explains_a_network_and_its_twin(network, images, name):
    twin = ki.shifted_twin(network, "constant:-1")
    before = np.random.get_state()[1].copy()  # noqa: NPY002  what peers draw from
    for asked, x in ((network, images), (twin, images - 1)):
        maps = ki.explain(asked, x, name, [0, 2], **options(name))  # asked twice inside: the same maps, or an error
        assert maps.shape == (2, 12, 12, 1)
        assert np.isfinite(maps).all()
        assert np.ptp(maps) > 0
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_all_that_are_installed_are_the_group():
    assert set(INSTALLED) <= set(group("foreign"))


def direct_shap(network, images, targets):
    import shap

    explainer = shap.GradientExplainer(network.keras_model(), BACKGROUND)
    values = np.asarray(explainer.shap_values(images, nsamples=20, rseed=0))
    return np.stack([each[..., target] for each, target in zip(values, targets, strict=True)])


def direct_deep(network, images, targets):
    import shap

    values = np.asarray(
        shap.DeepExplainer(network.keras_model(), BACKGROUND).shap_values(images, check_additivity=False)
    )
    return np.stack([each[..., target] for each, target in zip(values, targets, strict=True)])


def direct_grad_cam(network, images, targets):
    from tf_keras_vis.gradcam import Gradcam
    from tf_keras_vis.utils.scores import CategoricalScore

    score = CategoricalScore(list(targets))
    return np.asarray(Gradcam(network.keras_model(), clone=False)(score, images, normalize_cam=False))[..., np.newaxis]


def direct_integrated_gradients(network, images, targets):
    from xplique.attributions import IntegratedGradients

    wanted = np.eye(3, dtype=np.float32)[list(targets)]
    return np.asarray(IntegratedGradients(network.keras_model(), steps=6)(images, wanted))


@pytest.mark.parametrize(
    ("name", "direct"),
    [
        ("shap-gradient", direct_shap),
        ("shap-deep", direct_deep),
        ("tf-keras-vis-grad-cam", direct_grad_cam),
        ("xplique-integrated-gradients", direct_integrated_gradients),
    ],
)
def test_a_wrapper_says_what_the_library_says(network, images, name, direct):
    if name not in INSTALLED:
        pytest.skip(f"{name}'s library is not installed")
    with quiet(0):
        expected = direct(network, images, [0, 2])
    assert distance(ki.explain(network, images, name, [0, 2], **options(name)), expected.astype(np.float64)) < 1e-6


@pytest.mark.parametrize(
    ("name", "options", "ours", "own"),
    [
        ("shap-deep", {"background": BACKGROUND}, "deep-shap", {"background": BACKGROUND}),
        ("tf-keras-vis-grad-cam", {}, "grad-cam", {}),
        ("xplique-grad-cam", {}, "grad-cam", {}),
        ("xplique-gradient-input", {}, "gradient-times-input", {}),
        ("xplique-guided-backprop", {}, "guided-backprop", {}),
        ("xplique-occlusion", {}, "occlusion", {"window": 4, "stride": 4}),
    ],
)
def test_methods_of_one_name_agree_up_to_a_factor(network, images, name, options, ours, own):
    if name not in INSTALLED:
        pytest.skip(f"{name}'s library is not installed")
    theirs, mine = (ki.explain(network, images, one, 0, **told) for one, told in ((name, options), (ours, own)))
    scaled = [each / np.linalg.norm(each) for each in (theirs, mine)]
    assert np.abs(np.sum(scaled[0] * scaled[1])) > 0.95


def test_an_audit_tells_a_reference_that_is_carried_over_from_one_that_moves(network, images, tmp_path):
    if "shap-deep" not in INSTALLED:
        pytest.skip("shap is not installed")
    np.savez(tmp_path / "background.npz", images=BACKGROUND)
    told = {"shap-deep.background": str(tmp_path / "background.npz")}
    steps = audit(network, images, tmp_path / "a", shifts=["constant:-1"], methods=["shap-deep"], options=told)
    verdicts = {step.question.reference: step.verdict for step in steps if isinstance(step, Result)}
    assert verdicts == {"carried over": "sensitive", "transformed": "invariant"}
