"""`inspect`: what it shows of a network."""

from collections.abc import Callable
from pathlib import Path

import pytest

from keras_invariance.methods.catalogue import METHODS


def row(printed: str, first: str) -> list[str]:
    """The cells, split at blanks, of the first printed row that begins with a word."""
    return next(line.split() for line in printed.splitlines() if line.split()[:1] == [first])


def test_roles_layers_and_head_are_shown(run: Callable, tiny: Path):
    printed = run("inspect", tiny).stdout
    assert "input (4, 4, 1), 3 classes; head: Softmax taken off" in printed
    assert row(printed, "neurons")[1:] == ["1", "MatMul", "+", "BiasAdd", "+", "Relu,", "1", "MatMul", "+", "BiasAdd"]
    layers = [line.split() for line in printed.splitlines() if " MatMul  " in line]
    assert [layer[1:] for layer in layers] == [
        ["MatMul", "(16,)", "(8,)", "yes", "Relu"],
        ["MatMul", "(8,)", "(3,)", "yes", "none"],
    ]


def test_every_methods_coverage_is_shown(run: Callable, tiny: Path):
    printed = run("inspect", tiny).stdout
    covered = {method: " ".join(row(printed, method)) for method in METHODS}
    without = {method for method, text in covered.items() if "no spatial layer" in text}
    assert without == {method for method in METHODS if METHODS[method].family == "class activation"}
    forward = {method for method, text in covered.items() if "forward passes alone" in text}
    assert forward == {method for method in METHODS if METHODS[method].family == "black box"}
    without |= {"attention-rollout"} | forward
    assert "cannot:" in covered["attention-rollout"]
    assert all("2 neurons" in text or method in without for method, text in covered.items())
    assert "Class activation maps" not in printed


def test_the_layer_of_class_activation_maps_is_marked(run: Callable, tmp_path: Path):
    import keras

    inner = [keras.layers.Conv2D(3, 2, activation="relu"), keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(2)]
    keras.Sequential([keras.Input((5, 4, 1)), *inner]).save(tmp_path / "seeing.keras")
    printed = run("inspect", tmp_path / "seeing.keras").stdout
    (line,) = [one for one in printed.splitlines() if one.startswith("Class activation maps are taken at ")]
    name, shape = line.removeprefix("Class activation maps are taken at ").split(" ", 1)
    assert shape.startswith("(4, 3, 3) unless --layer names another")
    assert row(printed, name)[1:] == ["Conv2D", "(5,", "4,", "1)", "(4,", "3,", "3)", "yes", "Relu"]
    explained = ("explain", tmp_path / "seeing.keras", tmp_path / "image.npy", "--method", "grad-cam", "--layer", name)
    import numpy as np

    np.save(tmp_path / "image.npy", np.random.default_rng(0).random((5, 4, 1), np.float32))
    run(*explained, "--signed", "--out", tmp_path / "maps")
    assert np.load(tmp_path / "maps" / "image-grad-cam.npy").shape == (5, 4, 1)
    assert (tmp_path / "maps" / "image-grad-cam.png").stat().st_size > 100


def test_layers_without_a_shared_scope_keep_their_names(run: Callable, monkeypatch: pytest.MonkeyPatch, tiny: Path):
    import keras_invariance.application.inspection as library

    def renamed(network: object) -> library.Inspection:
        found = original(network)
        layers = [library.LayerRow(name, "MatMul", (1,), (1,), True, "Relu") for name in ("alpha/one", "beta/two")]
        return library.Inspection(**{**vars(found), "layers": tuple(layers)})

    original = library.inspect_network
    monkeypatch.setattr(library, "inspect_network", renamed)
    printed = run("inspect", tiny).stdout
    assert row(printed, "alpha/one")
    assert row(printed, "beta/two")


def test_code_in_a_model_runs_only_where_it_is_trusted(run: Callable, refused: Callable, tmp_path: Path):
    import keras

    model = keras.Sequential(
        [keras.Input((2, 2, 1)), keras.layers.Flatten(), keras.layers.Lambda(lambda x: 2 * x), keras.layers.Dense(2)]
    )
    model.save(tmp_path / "lambda.keras")
    assert "--trust-model" in refused("inspect", tmp_path / "lambda.keras")
    assert run("inspect", tmp_path / "lambda.keras", "--trust-model").exit_code == 0


def test_a_shape_that_a_model_leaves_open_is_asked_for(run: Callable, refused: Callable, tmp_path: Path):
    import keras

    path = tmp_path / "open.keras"
    layers = [keras.layers.Conv2D(2, 3), keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(2)]
    keras.Sequential([keras.Input((None, None, 1)), *layers]).save(path)
    assert "input_shape" in refused("inspect", path)
    assert "--input-shape 5xx" in refused("inspect", path, "--input-shape", "5xx")
    assert "input (5, 6, 1), 2 classes" in run("inspect", path, "--input-shape", "5,6,1").stdout
