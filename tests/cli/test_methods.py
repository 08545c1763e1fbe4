"""The printed catalogue."""

from typer.testing import CliRunner

from keras_invariance.cli.app import app
from keras_invariance.methods.catalogue import METHODS


def test_every_method_is_listed_with_its_source_in_the_catalogues_order():
    lines = CliRunner().invoke(app, ["methods"]).stdout.splitlines()
    rows = [line for line in lines if line.split()[:1] and line.split()[0] in METHODS]
    assert [row.split()[0] for row in rows] == list(METHODS)
    assert all(method.source in row for method, row in zip(METHODS.values(), rows, strict=True))


def test_options_show_their_defaults_and_which_are_required():
    printed = CliRunner().invoke(app, ["methods"]).stdout
    assert "epsilon=0.001, bias=absorb" in printed
    assert "low (required), high (required)" in printed
    assert "Every method also takes batch_size." in printed
