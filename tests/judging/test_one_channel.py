"""Maps with one number for a place go everywhere that maps of the images' shape go."""

import keras
import numpy as np
import pytest
from keras import layers

import keras_invariance as ki
from keras_invariance.application import judge
from keras_invariance.errors import ImageError

METHODS = ("gradient", "grad-cam", "layer-cam")


@pytest.fixture(scope="module")
def colour() -> ki.Network:
    """A network that reads pictures in colour."""
    keras.utils.set_random_seed(0)
    bias = keras.initializers.RandomNormal(stddev=0.2)
    conv = [layers.Conv2D(4, 3, activation="relu", bias_initializer=bias) for _ in range(2)]
    return ki.load_network(keras.Sequential([keras.Input((12, 12, 3)), *conv, layers.Flatten(), layers.Dense(3)]))


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return np.random.default_rng(0).random((4, 12, 12, 3)).astype(np.float32)


def test_an_audit_judges_and_shows_them(colour, images, tmp_path):
    told = {"shifts": ["constant:-1"], "methods": METHODS, "options": {"grad-cam.signed": True}}
    results = [*ki.audit(colour, images, tmp_path / "audit", **told)]
    verdicts = {one.question.method: one.verdict for one in results if hasattr(one, "verdict")}
    assert verdicts == dict.fromkeys(METHODS, "invariant")
    assert (tmp_path / "audit" / "report.html").stat().st_size > 1000
    assert (tmp_path / "audit" / "maps_1.png").stat().st_size > 1000


def test_a_network_without_places_is_asked_for_the_others(tmp_path):
    network = ki.load_network(
        keras.Sequential([keras.Input((5,)), layers.Dense(3, activation="relu"), layers.Dense(2)])
    )
    told = {"shifts": ["constant:-1"], "methods": ("gradient", "hires-cam")}
    table = np.random.default_rng(0).random((4, 5)).astype(np.float32)
    results = [*ki.audit(network, table, tmp_path / "audit", **told)]
    assert [one.question.method for one in results if hasattr(one, "verdict")] == ["gradient"]
    assert "no spatial layer" in (tmp_path / "audit" / "report.html").read_text("utf-8")


def test_randomisation_and_the_softmax_shift_measure_them(colour, images):
    found = list(ki.randomize(colour, images, METHODS, orders=["top-down"], seeds=1, shift="constant:-1"))
    own = [one for one in found if one.method == "layer-cam"]
    assert {one.side for one in own} == {"network", "twin"}
    assert all(np.isfinite(one.similarities["spearman"]).any() for one in own)
    shifted = list(ki.randomization.softmax_shift(colour, images, METHODS))
    assert [(one.method, one.explained) for one in shifted] == [
        (method, explained) for method in METHODS for explained in ("logit", "centred logit")
    ]


def test_they_stand_beside_others_in_one_figure(colour, images):
    maps = {method: ki.explain(colour, images, method) for method in METHODS}
    figure = ki.plot(maps, images)
    assert len(figure.axes) == 4 * (1 + len(METHODS))
    with pytest.raises(ImageError, match=r"grad-cam \(4, 12, 11, 1\)"):
        ki.plot({**maps, "grad-cam": maps["grad-cam"][:, :, 1:]}, images)


def test_a_finding_shows_them_in_a_notebook(colour, images):
    twin = ki.shifted_twin(colour, "constant:-1")
    finding = judge(colour, twin, images, "constant:-1", "grad-cam")
    assert finding.verdict == "invariant"
    assert finding.maps[0].shape[1:] == (12, 12, 1)
    assert "data:image/png" in finding._repr_html_()
