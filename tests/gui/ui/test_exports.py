"""Pictures and commands that leave the window: with the whole question, and computing the same."""

import csv
import shlex
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QImage
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QFileDialog

from keras_invariance.errors import ViewerError
from keras_invariance.gui.model import session as sessions
from keras_invariance.gui.model.messages import RowFailed
from keras_invariance.gui.model.question import ShiftForm
from keras_invariance.gui.ui import exporting

SVG = "{http://www.w3.org/2000/svg}"


def exported(window, monkeypatch, path, kind):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(path), ""))
    window.actions_by_name[f"Export grid as {kind}"].trigger()
    return path.read_bytes()


def svg_words(content):
    return " ".join(text.text for text in ElementTree.fromstring(content).iter(f"{SVG}text"))


def test_an_svg_holds_the_whole_question_in_text(window, monkeypatch, tmp_path):
    content = exported(window, monkeypatch, tmp_path / "grid.svg", "SVG")
    words = svg_words(content)
    scores = window.viewer.answers.maps[1, 0].scores
    for part in (
        "mnist_mlp", "mnist/test, image 0", "constant:-1", "Explained: 7", "RdBu_r", "7 100 % (is 7)", "logits differ",
        "gradient-times-input", "black, steps 8", "invariant", "sensitive", f"rel. L2 {scores['relative_l2']:.3g}",
    ):  # fmt: skip
        assert part in words, part
    images = list(ElementTree.fromstring(content).iter(f"{SVG}image"))
    assert len(images) == 2 * 3 + 3 * (3 + 1)  # x, x + m, m and their bars; three maps and a bar a row


def test_the_session_in_a_picture_shows_the_same_again(window, monkeypatch, tmp_path):
    tree = ElementTree.fromstring(exported(window, monkeypatch, tmp_path / "grid.svg", "SVG"))
    assert sessions.from_text(tree.find(f"{SVG}metadata").text, tmp_path) == window.viewer.session
    told = tree.find(f"{SVG}desc").text
    assert "gradient-times-input" in told
    assert window.viewer.answers.verdicts[1].reason in told


def test_a_pdf_is_a_pdf(window, monkeypatch, tmp_path):
    content = exported(window, monkeypatch, tmp_path / "grid.pdf", "PDF")
    assert content.startswith(b"%PDF")
    assert content.count(b"/Subtype /Image") == 18
    assert b"/FontFile2" in content


def test_a_picture_is_what_its_ending_says(window, tmp_path):
    exporting.grid_picture(window.viewer, tmp_path / "grid.SVG")
    assert b"<svg" in (tmp_path / "grid.SVG").read_bytes()
    exporting.map_picture(window.viewer, tmp_path / "map.svg", 1, 0, 2)
    assert b"<svg" in (tmp_path / "map.svg").read_bytes()
    with pytest.raises(ViewerError, match=r"grid.bmp.*expected one of .png, .svg, .pdf"):
        exporting.grid_picture(window.viewer, tmp_path / "grid.bmp")


def test_every_image_has_its_inputs_and_its_scores(window, settle, tmp_path):
    window.viewer.change("test", pinned=(0,), sample=1)
    settle()
    exporting.grid_picture(window.viewer, tmp_path / "two.svg")
    words = svg_words((tmp_path / "two.svg").read_bytes())
    for sample in (0, 1):
        scores = window.viewer.answers.maps[1, sample].scores
        assert f"image {sample}: rel. L2 {scores['relative_l2']:.3g}" in words
    assert "2 100 % (is 2)" in words


def test_a_row_without_maps_says_why(window, tmp_path):
    failed = RowFailed(0, 0, "no gradient, expected one. Choose another.")
    window.viewer.answers.failures[0] = failed
    for key in [key for key in window.viewer.answers.maps if key[0] == 0]:
        del window.viewer.answers.maps[key]
    exporting.grid_picture(window.viewer, tmp_path / "failed.svg")
    words = svg_words((tmp_path / "failed.svg").read_bytes())
    assert "no maps" in words
    assert "Choose another." in words


def test_the_picture_is_copied(window):
    window.actions_by_name["Copy picture"].trigger()
    copied = QApplication.clipboard().image().convertToFormat(QImage.Format.Format_RGB888)
    assert copied == exporting.grid_image(window.viewer)
    assert copied.width() > 800


def run(words, folder):
    program = "import sys; from keras_invariance.cli import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", program, *words], capture_output=True, text=True, check=False, cwd=folder, timeout=300
    )
    assert done.returncode == 0, done.stderr


def copied_commands(window):
    window.actions_by_name["Copy as command"].trigger()
    return [shlex.split(line)[1:] for line in QApplication.clipboard().text().splitlines()]


def test_the_commands_of_the_cat_compute_what_the_window_shows(window, settle, tmp_path):
    window.actions_by_name["Show a cat"].trigger()
    settle()
    commands = copied_commands(window)
    path = Path(commands[-1][commands[-1].index("--shift") + 1].removeprefix("array:"))
    np.testing.assert_array_equal(np.load(path), window.viewer.answers.inputs[0].shift)
    assert str(path) in window.statusBar().currentMessage()
    run(commands[1], tmp_path)
    first = np.load(next((tmp_path / "maps").glob("*gradient-times-input.npy")))
    np.testing.assert_allclose(first, window.viewer.answers.maps[1, 0].maps[0], atol=1e-5)
    run(commands[-1], tmp_path)
    with next((tmp_path / "audit").glob("summary.csv")).open(newline="") as file:
        rows = {(row["method"], row["reference"]): row for row in csv.DictReader(file)}
    for at, key in enumerate([("gradient", ""), ("gradient-times-input", ""), ("integrated-gradients", "black")]):
        assert rows[key]["verdict"] == window.viewer.answers.verdicts[at].verdict
        shown = window.viewer.answers.maps[at, 0].scores["relative_l2"]
        assert float(rows[key]["worst_float64"]) == pytest.approx(shown, rel=1e-4, abs=1e-6)


def test_a_drawn_shift_is_saved_beside_what_is_copied(window, settle):
    window.actions_by_name["Draw"].trigger()
    QTest.mouseClick(
        window.shift.drawing_area,
        Qt.MouseButton.LeftButton,
        pos=window.shift.drawing_area.rect().center() + QPoint(3, 3),
    )
    settle()
    path = Path(copied_commands(window)[-1][-7].removeprefix("array:"))
    assert np.load(path).any()
    np.testing.assert_array_equal(np.load(path), window.viewer.answers.inputs[0].shift)
    window.actions_by_name["Copy as Python"].trigger()
    assert f"ki.shifts.parse('array:{path}')" in QApplication.clipboard().text()


def test_nothing_is_saved_for_a_shift_that_has_a_spelling(window, settle):
    window.viewer.change("test", shift=ShiftForm("checkerboard"))
    settle()
    assert "checkerboard:4:1" in copied_commands(window)[-1]
    assert window.statusBar().currentMessage() == "Copied."
