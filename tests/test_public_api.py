"""The public interface: names and signatures as `public_api.txt` has them, so that no change goes unnoticed.

Where a change is meant, write the file anew and tell it in CHANGELOG.md:

    python -m tests.test_public_api > tests/public_api.txt
"""

import inspect
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import typer

SNAPSHOT = Path(__file__).with_name("public_api.txt")
MODULES = (
    "keras_invariance",
    "keras_invariance.application",
    "keras_invariance.callbacks",
    "keras_invariance.datasets",
    "keras_invariance.judging.invariance",
    "keras_invariance.patterns",
    "keras_invariance.randomization",
    "keras_invariance.shifts",
    "keras_invariance.twins",
)


def described() -> Iterator[str]:
    """A line for each name, parameter list, attribute and flag."""
    for module in MODULES:
        found = import_module(module)
        for name in sorted(getattr(found, "__all__", None) or _own(found)):
            yield from _lines(f"{module}.{name}", getattr(found, name))
    yield from _commands()


def _own(module: Any) -> list[str]:
    """The public names that a module without `__all__` defines itself."""
    own = [name for name, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__]
    return [name for name in own if not name.startswith("_")]


def _lines(name: str, value: Any) -> Iterator[str]:
    if inspect.isclass(value):
        yield f"{name}({_parameters(value)})"
        for attribute in sorted(one for one in dir(value) if not one.startswith("_") and one not in dir(Exception)):
            if attribute in vars(value):
                yield f"{name}.{attribute}"
    elif inspect.isroutine(value):
        yield f"{name}({_parameters(value)})"
    elif isinstance(value, tuple):
        yield f"{name} = {value}"
    else:
        yield name


def _parameters(value: Any) -> str:
    """Names, kinds and defaults; annotations are spelled otherwise from one Python to the next."""
    kinds = {inspect.Parameter.KEYWORD_ONLY: "*", inspect.Parameter.VAR_KEYWORD: "**"}
    return ", ".join(
        f"{kinds.get(one.kind, '')}{one.name}" + ("" if one.default is one.empty else f"={_default(one.default)}")
        for one in inspect.signature(value).parameters.values()
    )


def _default(value: Any) -> str:
    text = repr(value)
    return "..." if " at 0x" in text or len(text) > 60 else text


def _commands() -> Iterator[str]:
    """Every command with its flags."""
    from keras_invariance.cli.app import app

    def walk(name: str, command: Any) -> Iterator[str]:
        for parameter in command.params:
            flags = "/".join([*parameter.opts, *parameter.secondary_opts])
            yield f"{name} {flags}"
        for inner in sorted(getattr(command, "commands", {})):
            yield from walk(f"{name} {inner}", command.commands[inner])

    yield from walk("keras-invariance", typer.main.get_command(app))


def test_the_public_interface_is_as_it_was():
    before, now = SNAPSHOT.read_text("utf-8").splitlines(), list(described())
    gone, new = sorted(set(before) - set(now)), sorted(set(now) - set(before))
    assert (gone, new) == ([], []), "see the first lines of tests/test_public_api.py"


if __name__ == "__main__":
    print(*described(), sep="\n")  # noqa: T201
