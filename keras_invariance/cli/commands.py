"""The group of commands that turns a user's mistake into one line on stderr and exit code 2."""

import sys
import warnings
from collections.abc import Sequence
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from ..errors import InvarianceError

MISTAKE, INTERRUPTED = 2, 130


class Commands(TyperGroup):
    """Commands whose deliberate errors are one line; any other exception is a bug and keeps its traceback."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> int:
        """Run a command and leave with 0, with 2 after a mistake of the user's, with 130 after Ctrl-C."""
        try:
            with warnings.catch_warnings():
                warnings.showwarning = _warn
                code = super().main(args, prog_name, complete_var, False, windows_expand_args, **extra) or 0
        except InvarianceError as error:
            _leave(str(error))
        except typer.TyperException as error:
            _leave(f"{error.format_message()} Try --help.")
        if code == INTERRUPTED:
            typer.echo("Interrupted.", err=True)
        if standalone_mode:
            sys.exit(code)
        return code


def _warn(message: Warning | str, *_: Any, **__: Any) -> None:
    """A warning in one line, without the place in the program that Python tells."""
    typer.echo(f"Warning: {' '.join(str(message).split())}", err=True)


def _leave(message: str) -> NoReturn:
    typer.echo(f"Error: {' '.join(message.split())}", err=True)
    sys.exit(MISTAKE)
