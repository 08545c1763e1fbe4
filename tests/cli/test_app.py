"""The program's frame: help, version, and what becomes of errors."""

import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from keras_invariance import __version__
from keras_invariance.cli.app import app
from keras_invariance.cli.commands import Commands
from keras_invariance.errors import DataError

COMMANDS = ("paper", "explain", "patterns", "twin", "train", "methods", "inspect", "view", "desktop")


def failing(error: BaseException) -> typer.Typer:
    """A program whose one command raises an error."""
    program = typer.Typer(cls=Commands, pretty_exceptions_enable=False)

    @program.command()
    def fail():
        raise error

    @program.callback()
    def group(): ...

    return program


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_help_names_every_command(arguments: list[str]):
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0
    assert all(f" {command} " in result.output for command in COMMANDS)


def test_the_version_is_the_packages():
    assert CliRunner().invoke(app, ["--version"]).stdout == f"{__version__}\n"


def test_a_deliberate_error_is_one_line_and_exit_code_2():
    result = CliRunner().invoke(failing(DataError("a\nb", "c", "Do d.")), ["fail"])
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", "Error: a b; expected c. Do d.\n")


def test_any_other_error_keeps_its_traceback():
    result = CliRunner().invoke(failing(ZeroDivisionError("bug")), ["fail"])
    assert isinstance(result.exception, ZeroDivisionError)


def test_an_interrupt_is_exit_code_130():
    result = CliRunner().invoke(failing(KeyboardInterrupt()), ["fail"])
    assert (result.exit_code, result.stderr) == (130, "Interrupted.\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["frobnicate"], "No such command 'frobnicate'."),
        (["explain"], "Missing argument 'MODEL'."),
        (["methods", "--all"], "No such option: --all"),
        (["train", "mnist-mlp"], "Missing option '--out'."),
        (["train", "mnist-mlp", "--out", "a.keras", "--seed", "one"], "Invalid value for '--seed'"),
    ],
)
def test_a_wrong_spelling_is_one_line_and_exit_code_2(arguments: list[str], said: str):
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"Error: {said}")
    assert result.stderr.endswith("Try --help.\n")
    assert result.stderr.count("\n") == 1


def test_the_module_is_the_program():
    finished = subprocess.run(
        [sys.executable, "-m", "keras_invariance", "inspect", "nothing.keras"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (finished.returncode, finished.stdout) == (2, "")
    assert finished.stderr.startswith("Error: 'nothing.keras', which does not exist;")
    assert finished.stderr.count("\n") == 1
