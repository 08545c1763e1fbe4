"""What leaves the window and comes back: pictures, arrays, scores, sessions, patterns; and what survives a crash."""

import csv
import os
import shutil
import signal

import numpy as np
from PIL import Image
from PyQt6.QtWidgets import QFileDialog, QInputDialog

from keras_invariance.gui.model import session as sessions
from keras_invariance.gui.model.messages import Fit, Randomize, Spread, Sweep
from keras_invariance.gui.model.question import ShiftForm
from keras_invariance.gui.ui import exporting, settings


def choose(monkeypatch, path):
    """Let the user choose this file wherever one is asked for."""
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(path), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, **__: (str(path), ""))


def test_the_grid_is_exported_at_the_scale_that_is_asked_for(window, monkeypatch, tmp_path):
    sizes = {}
    for factor in (1.0, 3.0):
        choose(monkeypatch, tmp_path / f"{factor}.png")
        monkeypatch.setattr(QInputDialog, "getDouble", lambda *_, factor=factor, **__: (factor, True))
        window.actions_by_name["Export grid as PNG"].trigger()
        with Image.open(tmp_path / f"{factor}.png") as picture:
            sizes[factor] = picture.size
            assert len(picture.convert("RGB").getcolors(1 << 20)) > 50
    assert sizes[3.0] == tuple(3 * size for size in sizes[1.0])


def test_one_map_is_exported_with_the_colours_that_are_shown(window, tmp_path):
    exporting.map_picture(window.viewer, tmp_path / "map.png", 1, 0, 0, factor=4.0)
    with Image.open(tmp_path / "map.png") as picture:
        pixels = np.asarray(picture.convert("RGB"))
    assert pixels.shape == (112, 112, 3)
    plane = window.grid.planes(1, 0)[0]
    top = np.unravel_index(np.argmax(plane), plane.shape)
    red, _, blue = pixels[4 * top[0] + 2, 4 * top[1] + 2].astype(int)
    assert red > blue + 50  # the largest value is red


def test_raw_maps_leave_as_they_are(window, monkeypatch, tmp_path):
    choose(monkeypatch, tmp_path / "maps.npz")
    window.actions_by_name["Export all maps as npz"].trigger()
    exporting.map_npy(window.viewer, tmp_path / "map.npy", 1, 0, 2)
    first, second = window.viewer.answers.maps[1, 0].maps
    with np.load(tmp_path / "maps.npz", allow_pickle=False) as stored:
        np.testing.assert_array_equal(stored["row1_sample0_network2"], second)
        np.testing.assert_array_equal(stored["sample0_m"], np.full((28, 28, 1), -1, np.float32))
        assert stored["methods"][1].startswith("gradient-times-input")
    np.testing.assert_array_equal(np.load(tmp_path / "map.npy", allow_pickle=False), second - first)


def test_scores_leave_as_a_table(window, monkeypatch, tmp_path):
    choose(monkeypatch, tmp_path / "scores.csv")
    window.actions_by_name["Export scores as CSV"].trigger()
    with (tmp_path / "scores.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["verdict"] for row in rows] == ["invariant", "sensitive", "invariant"]
    assert float(rows[1]["relative_l2"]) == window.viewer.answers.maps[1, 0].scores["relative_l2"]
    assert rows[0]["shift"] == "constant:-1"


def test_a_place_that_cannot_be_written_is_told_in_words(window, monkeypatch, tmp_path):
    choose(monkeypatch, tmp_path / "no folder" / "scores.csv")
    window.actions_by_name["Export scores as CSV"].trigger()
    assert "cannot be written" in window.notice.text()
    window.notice.hide()


def test_a_session_comes_back_with_the_same_maps(window, settle, monkeypatch, tmp_path):
    choose(monkeypatch, tmp_path / "view.kinv")
    window.viewer.change("test", sample=5, shift=ShiftForm("checkerboard", cell=7))
    window.viewer.look_at(gamma=0.5, colormap="PuOr_r")
    settle()
    before = window.viewer.session
    shown = {key: found.maps for key, found in window.viewer.answers.maps.items()}
    window.actions_by_name["Save session"].trigger()
    window.viewer.change("test", sample=0, shift=ShiftForm())
    window.viewer.look_at(gamma=1.0, colormap="RdBu_r")
    settle()
    window.actions_by_name["Open session"].trigger()
    settle()
    assert window.viewer.session == before
    for key, found in window.viewer.answers.maps.items():
        np.testing.assert_array_equal(found.maps, shown[key])
    window.viewer.look_at(gamma=1.0, colormap="RdBu_r")


def test_a_session_never_lets_a_model_run_its_own_python(window, tmp_path):
    path = tmp_path / "hostile.kinv"
    sessions.save(window.viewer.session, path)
    path.write_text(path.read_text().replace('"trusted": false', '"trusted": true'))
    assert '"trusted": true' in path.read_text()
    assert not sessions.load(path).question.trusted


def test_an_engine_that_dies_is_reported_started_again_and_asked_again(window, wait, settle):
    died = []
    window.engine.died.connect(died.append)
    before = window.engine.process_id
    window.viewer.change("test", sample=7)
    os.kill(before, signal.SIGKILL)
    wait(lambda: died)
    assert window.isVisible()
    assert "SIGKILL" in window.notice.text()
    wait(lambda: window.engine.state == "ready")
    assert window.engine.process_id != before
    settle()
    window.engine.died.disconnect(died.append)
    assert window.viewer.answers.maps[0, 7].maps[0].any()


def test_a_window_that_crashed_is_gone_on_with_once(window, tmp_path, monkeypatch):
    monkeypatch.setattr(settings.platformdirs, "user_state_path", lambda _: tmp_path)
    autosave = settings.Autosave()
    autosave.save(window.viewer.session)
    assert settings.Autosave().orphan() is None  # the process that wrote it processes
    shutil.move(next(tmp_path.glob("autosave-*.kinv")), tmp_path / "autosave-4194399.kinv")  # one that does not
    assert settings.Autosave().orphan() == window.viewer.session
    assert settings.Autosave().orphan() is None
    assert not list(tmp_path.glob("autosave-*.kinv"))


def test_patterns_are_fitted_saved_and_loaded_in_the_window(window, wait, settle, monkeypatch, tmp_path):
    panel, worked = window.patterns, []
    window.viewer.working.connect(lambda *told: worked.append(told))
    panel.data.setText("mnist/train[:512]")
    panel.begin()
    wait(lambda: not window.engine.waiting(Fit))
    settle()
    methods = [row.method for row in window.viewer.question.rows]
    assert methods[-2:] == ["pattern-net", "pattern-attribution"]
    assert "positive patterns, carried over" in window.viewer.question.rows[-1].details
    assert window.viewer.answers.verdicts[len(methods) - 1].verdict == "invariant"
    assert "512 images" in panel.there.text()
    assert any("Fitting positive patterns" in words for words, _, _ in worked)
    choose(monkeypatch, tmp_path / "patterns.npz")
    panel.save.click()
    wait((tmp_path / "patterns.npz").exists)
    panel.load.click()
    settle()
    assert not window.notice.isVisible()


def test_a_pattern_row_without_patterns_says_what_to_do(window, settle):
    from keras_invariance.gui.model.question import Row

    window.viewer.change("test", rows=(Row("pattern-net", estimator="linear"),))
    settle()
    assert "Fit them in the panel Patterns" in window.grid.verdicts[0].text()


def test_a_sweep_and_a_distribution_are_drawn_as_they_come(window, wait):
    plots = window.plots()
    plots.begin_sweep()
    wait(lambda: not window.engine.waiting(Sweep))
    curves = plots.sweep.listDataItems()
    assert [curve.name() for curve in curves] == ["gradient", "gradient-times-input", "integrated-gradients black"]
    strengths, distances = curves[1].getOriginalDataset()
    assert strengths[0] == 0.0
    assert distances[0] < 1e-6 < distances[-1]
    plots.count.setValue(30)
    plots.begin_spread()
    wait(lambda: not window.engine.waiting(Spread))
    _, distances = plots.spread.listDataItems()[1].getOriginalDataset()
    assert len(distances) == 30
    assert (np.diff(distances) >= 0).all()
    window.docks["Plots"].hide()


def test_the_randomisation_test_is_drawn_for_both_networks(window, wait):
    plots = window.plots()
    plots.begin_randomizing()
    wait(lambda: not window.engine.waiting(Randomize))
    curves = {curve.name(): curve.getOriginalDataset() for curve in plots.random.listDataItems()}
    assert set(curves) == {
        f"{name}{side}"
        for name in ("gradient", "gradient-times-input", "integrated-gradients black")
        for side in ("", ", network 2")
    }
    steps, alike = curves["gradient"]
    assert list(steps) == [0, 1, 2, 3, 4]  # the trained network, and its four layers from the logits on
    assert alike[0] == 1.0
    assert (alike[1:] < 0.7).all()
    assert np.allclose(alike, curves["gradient, network 2"][1], atol=0.02)
    assert not np.allclose(*(curves[f"gradient-times-input{side}"][1] for side in ("", ", network 2")), atol=0.1)
    window.docks["Plots"].hide()
