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
    others = [method for method in METHODS if method != "attention-rollout"]
    assert all("2 neurons" in " ".join(row(printed, method)) for method in others)
    assert "cannot:" in row(printed, "attention-rollout")


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
