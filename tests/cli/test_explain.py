"""`explain`: the files it writes, its options, and what it refuses."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import keras_invariance as ki


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """One image as an array on disk."""
    path = tmp_path / "image.npy"
    np.save(path, np.random.default_rng(0).random((4, 4, 1), np.float32))
    return path


def test_a_map_and_an_overlay_are_written_for_each_image(run: Callable, tiny: Path, image: Path, tmp_path: Path):
    Image.fromarray(np.arange(16, dtype=np.uint8).reshape(4, 4)).save(tmp_path / "cat.png")
    result = run("explain", tiny, image, tmp_path / "cat.png", "--out", tmp_path / "maps")
    assert result.exit_code == 0
    names = {f"{name}-lrp-epsilon{ending}" for name in ("image", "cat") for ending in (".npy", ".png")}
    assert {path.name for path in (tmp_path / "maps").iterdir()} == names
    with Image.open(tmp_path / "maps" / "cat-lrp-epsilon.png") as overlay:
        assert overlay.size == (280, 280)


def test_nothing_but_the_progress_is_said_beside_the_table(tiny: Path, image: Path, tmp_path: Path):
    """TensorFlow's notes on stderr, which come with its import, would bury it."""
    command = [
        sys.executable,
        "-m",
        "keras_invariance",
        "explain",
        str(tiny),
        str(image),
        "--out",
        str(tmp_path / "maps"),
    ]
    finished = subprocess.run(command, capture_output=True, text=True, check=True)
    assert finished.stderr.strip().startswith("Explaining")
    assert finished.stderr.strip().count("\n") == 0


def test_several_methods_write_a_map_each(run: Callable, tiny: Path, image: Path, tmp_path: Path):
    asked = ("explain", tiny, image, "--out", tmp_path / "maps")
    assert run(*asked, "--method", "gradient, lrp-z", "--methods", "deconvnet").exit_code == 0
    names = {f"image-{method}{ending}" for method in ("gradient", "lrp-z", "deconvnet") for ending in (".npy", ".png")}
    assert {path.name for path in (tmp_path / "maps").iterdir()} == names


def test_a_shipped_networks_class_stands_by_its_name_in_the_table(run: Callable, tmp_path: Path):
    told = run("explain", "efficientnet_lite0", "photographs/cat", "--method", "gradient", "--out", tmp_path).stdout
    assert "285 Egyptian cat" in told
    assert {path.suffix for path in tmp_path.iterdir()} == {".npy", ".png"}


def test_the_map_is_the_librarys(run: Callable, tiny: Path, image: Path, tmp_path: Path):
    run("explain", tiny, image, "--method", "gradient-times-input", "--target", 2, "--out", tmp_path)
    images = np.load(image)[np.newaxis]
    expected = ki.explain(ki.load_network(tiny), images, method="gradient-times-input", targets=[2])[0]
    np.testing.assert_array_equal(np.load(tmp_path / "image-gradient-times-input.npy"), expected)


def test_the_explained_logit_is_the_top_one_unless_asked(run: Callable, tiny: Path, image: Path, tmp_path: Path):
    logits = ki.load_network(tiny)(np.load(image)[np.newaxis])[0]
    least = int(logits.argmin())
    told = run("explain", tiny, image, "--method", "gradient", "--out", tmp_path).stdout
    asked = run("explain", tiny, image, "--method", "gradient", "--target", least, "--out", tmp_path).stdout
    assert f"{logits.max():.4g}" in told
    assert f"{logits[least]:.4g}" in asked


@pytest.mark.parametrize(
    ("method", "option", "value"),
    [
        ("integrated-gradients", "--steps", 1),
        ("integrated-gradients", "--reference", "black"),
        ("integrated-gradients", "--reference", "array"),
        ("smoothgrad", "--samples", 2),
        ("smoothgrad", "--sigma", 0.5),
        ("smoothgrad", "--seed", 7),
        ("smoothgrad", "--base", "gradient-times-input"),
        ("lrp-epsilon", "--epsilon", 0.5),
        ("lrp-gamma", "--gamma", 2),
        ("lrp-z", "--bias", "ignore"),
    ],
)
def test_an_option_reaches_its_method(
    run: Callable, tiny: Path, image: Path, tmp_path: Path, method: str, option: str, value: object
):
    if value == "array":
        value = tmp_path / "reference.npy"
        np.save(value, np.full((4, 4, 1), 0.3, np.float32))
    model = biased(tiny, tmp_path)
    for folder, options in (("default", ()), ("changed", (option, value))):
        assert run("explain", model, image, "--method", method, *options, "--out", tmp_path / folder).exit_code == 0
    default, changed = (np.load(tmp_path / folder / f"image-{method}.npy") for folder in ("default", "changed"))
    assert not np.allclose(default, changed)


def biased(path: Path, folder: Path) -> Path:
    """The model with biases that are not 0, for options that concern them."""
    import keras

    model = keras.saving.load_model(path)
    for layer in model.layers[1:]:
        kernel, bias = layer.get_weights()
        layer.set_weights([kernel, bias + 0.2])
    model.save(folder / "biased.keras")
    return folder / "biased.keras"


def test_bounds_may_be_numbers_or_arrays(run: Callable, tiny: Path, image: Path, tmp_path: Path):
    np.save(tmp_path / "high.npy", np.full((4, 4, 1), 2.0, np.float32))
    bounds = {"numbers": (0, 2), "array": (0, tmp_path / "high.npy"), "other": (-1, 2)}
    maps = {}
    for name, (low, high) in bounds.items():
        options = ("--method", "deep-taylor-bounded", "--low", low, "--high", high, "--out", tmp_path / name)
        assert run("explain", tiny, image, *options).exit_code == 0
        maps[name] = np.load(tmp_path / name / "image-deep-taylor-bounded.npy")
    np.testing.assert_allclose(maps["numbers"], maps["array"], rtol=1e-6)
    assert not np.allclose(maps["numbers"], maps["other"])


def test_the_encoding_is_applied_before_the_network_sees_a_picture(run: Callable, tiny: Path, tmp_path: Path):
    Image.fromarray(np.full((4, 4), 255, np.uint8)).save(tmp_path / "white.png")
    run(
        "explain",
        tiny,
        tmp_path / "white.png",
        "--method",
        "gradient-times-input",
        "--encoding=-1,3",
        "--out",
        tmp_path,
    )
    expected = ki.explain(ki.load_network(tiny), np.full((1, 4, 4, 1), 3.0), method="gradient-times-input")[0]
    np.testing.assert_array_equal(np.load(tmp_path / "white-gradient-times-input.npy"), expected)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--method", "nope"], "'nope'"),
        (["--method", "gradient", "--epsilon", 1], "'epsilon' for gradient"),
        (["--method", "gradient", "--target", 3], r"3"),
        (["--method", "pattern-net"], "no patterns for pattern-net"),
        (["--method", "pattern-net", "--patterns", "missing"], "missing"),
        (["--method", "deep-taylor-bounded", "--low", "none", "--high", 1], "--low none"),
        (["--method", "integrated-gradients", "--reference", "missing.npy"], "missing.npy"),
        (["--method", "integrated-gradients", "--reference", "white"], "white"),
        (["--method", "occlusion", "--value", "white"], "--value white; expected zero, black, a number"),
        (["--encoding", "white"], "--encoding white"),
    ],
)
def test_a_wrong_option_is_one_line(
    refused: Callable, tiny: Path, image: Path, tmp_path: Path, arguments: list[object], said: str
):
    assert said in refused("explain", tiny, image, *arguments, "--out", tmp_path / "maps")


def test_a_model_that_is_none_is_one_line(refused: Callable, tiny: Path, image: Path, tmp_path: Path):
    (tmp_path / "text.keras").write_text("no model")
    (tmp_path / "cut.keras").write_bytes(tiny.read_bytes()[:500])
    (tmp_path / "cut.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    (tmp_path / "empty").mkdir()
    for name in ("text.keras", "cut.keras", "cut.h5", "empty", "missing.keras"):
        assert name in refused("explain", tmp_path / name, image, "--out", tmp_path / "maps")


def test_images_that_are_none_are_one_line(refused: Callable, tiny: Path, tmp_path: Path):
    np.save(tmp_path / "nan.npy", np.full((4, 4, 1), np.nan))
    (tmp_path / "empty.png").touch()
    for name, said in (("nan.npy", "NaN"), ("empty.png", "empty.png"), ("missing.png", "missing.png")):
        assert said in refused("explain", tiny, tmp_path / name, "--out", tmp_path / "maps")


def test_an_out_that_is_a_file_is_one_line(refused: Callable, tiny: Path, image: Path):
    assert str(image) in refused("explain", tiny, image, "--method", "gradient", "--out", image)


def test_a_map_that_is_not_finite_is_one_line(refused: Callable, tmp_path: Path):
    """Without its bias z is 0 where both pixels are alike; 100 / 1e-37 is beyond float32."""
    import keras

    layers = [keras.Input((1, 2, 1)), keras.layers.Flatten(), keras.layers.Dense(1, "relu"), keras.layers.Dense(2)]
    model = keras.Sequential(layers)
    model.set_weights([np.array([[1.0], [-1.0]]), np.ones(1), np.array([[100.0, -100.0]]), np.zeros(2)])
    model.save(tmp_path / "difference.keras")
    np.save(tmp_path / "alike.npy", np.full((1, 2, 1), 0.5, np.float32))
    asked = ["--method", "lrp-z", "--bias", "ignore", "--out", tmp_path / "maps"]
    said = refused("explain", tmp_path / "difference.keras", tmp_path / "alike.npy", *asked)
    assert "a map of alike by lrp-z with 2 of 2 values that are NaN or infinite" in said
    assert list((tmp_path / "maps").iterdir()) == []


def test_a_place_in_an_output_of_several_axes_may_be_named(
    run: Callable, refused: Callable, image: Path, tmp_path: Path
):
    import keras

    layers = [keras.Input((4, 4, 1)), keras.layers.Flatten(), keras.layers.Dense(6), keras.layers.Reshape((3, 2))]
    keras.Sequential(layers).save(tmp_path / "rows.keras")
    asked = ("explain", tmp_path / "rows.keras", image, "--method", "gradient", "--out", tmp_path / "maps", "--target")
    assert "2,1" in run(*asked, "2,1").stdout
    expected = ki.explain(ki.load_network(tmp_path / "rows.keras"), np.load(image)[np.newaxis], "gradient", 5)[0]
    np.testing.assert_array_equal(np.load(tmp_path / "maps" / "image-gradient.npy"), expected)
    assert "the target 3,0; expected an index from 0 to 5, or a place in (3, 2)" in refused(*asked, "3,0")
    assert "images without labels" in refused(*asked, "label")
    assert "the target 'best'" in refused(*asked, "best")
