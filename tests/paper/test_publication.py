"""What lies in the folder of results."""

import json
import re

import pytest

from keras_invariance.paper.cases import IG_ZERO, TIMES_INPUT, pattern_case
from keras_invariance.paper.figures import Figure
from keras_invariance.paper.publication import Publication
from keras_invariance.reports.grid import Column, Panel, grid_png

from .test_figures import RAMP


@pytest.fixture
def publication(tmp_path, row):
    made = Publication(tmp_path, images=10, seed=7)
    png = grid_png([[Panel("LRP", (Column("network 1", RAMP),))]], ["7"], "a <legend>")
    made.add_row(row(TIMES_INPUT, "sensitive", 1.5))
    made.add_row(row(pattern_case("pattern-net", "published", "refitted"), "sensitive", 1.7))
    made.add_row(row(IG_ZERO, "sensitive", float("nan")))
    made.add_row(row(TIMES_INPUT, normalised="mean image"))
    made.add_figure(Figure(3, "Maps & more", "About.", ("Measured.",), png))
    return made


def test_results_are_there_before_the_end(publication):
    names = {path.name for path in publication.folder.iterdir()}
    assert names == {"table.csv", "claims.csv", "paper.json", "figure_3.png", "index.html"}
    assert "Not finished" in (publication.folder / "index.html").read_text("utf-8")
    publication.finish()
    assert "Not finished" not in (publication.folder / "index.html").read_text("utf-8")


def test_the_page_needs_no_other_file(publication):
    publication.finish()
    page = (publication.folder / "index.html").read_text("utf-8")
    assert re.findall(r'src="([^"]{0,22})', page) == ["data:image/png;base64,"]
    assert "<link" not in page
    assert "<script" not in page
    assert "Maps &amp; more" in page
    assert "PatternNet (published, refitted): sensitive, 1.7" in page


def test_every_number_is_in_the_json(publication):
    content = json.loads((publication.folder / "paper.json").read_text("utf-8"))
    assert [line["relative_l2"] for line in content["rows"]] == [1.5, 1.7, None, 0.0]
    assert content["settings"]["seed"] == 7
    assert set(content["models"]) == {"mnist_mlp", "mnist_cnn", "efficientnet_lite0"}
    assert len(content["models"]["mnist_mlp"]) == 64
    assert {"tensorflow", "keras", "numpy", "Python", "keras_invariance"} == set(content["versions"])
    assert content["rows"][0]["claims"][:2] == ["times-input"]


def test_publishing_again_gives_the_same_bytes(publication):
    publication.finish()
    before = {path.name: path.read_bytes() for path in publication.folder.iterdir()}
    publication.finish()
    assert before == {path.name: path.read_bytes() for path in publication.folder.iterdir()}
