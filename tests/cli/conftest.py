"""What the commands' tests share: a tiny model on disk, and the program run in this process."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from keras_invariance.cli.app import app

Run = Callable[..., Result]


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A `.keras` file: 4 x 4 grey pixels, a dense layer with ReLU, 3 logits under a softmax."""
    import keras

    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [
            keras.Input((4, 4, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(8, "relu"),
            keras.layers.Dense(3, "softmax"),
        ],
        name="tiny",
    )
    path = tmp_path_factory.mktemp("models") / "tiny.keras"
    model.save(path)
    return path


@pytest.fixture
def run() -> Run:
    """The program with arguments of any type; an exception that is no `InvarianceError` fails the test."""

    def ran(*arguments: object) -> Result:
        return CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)

    return ran


@pytest.fixture
def refused(run: Run) -> Callable[..., str]:
    """The one line on stderr of arguments that must be refused with exit code 2."""

    def said(*arguments: object) -> str:
        result = run(*arguments)
        assert result.exit_code == 2, result.output
        last = result.stderr.splitlines()[-1]
        assert last.startswith("Error: ")
        assert "Traceback" not in result.output
        return last

    return said
