"""The program `keras-invariance`: its commands, and what becomes of their errors."""

from typing import Annotated

import typer

from .audit import audit
from .commands import Commands
from .desktop import desktop
from .explain import explain
from .inspection import inspect
from .methods import methods
from .paper import paper
from .patterns import patterns
from .randomize import randomize
from .train import train
from .twin import twin
from .view import view

app = typer.Typer(
    cls=Commands,
    help="Which saliency maps of a Keras model can be trusted: methods, input-shifted twins, scores and verdicts.",
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(paper)
app.command()(explain)
app.command()(audit)
app.command()(randomize)
app.command()(view)
app.command()(desktop)
app.add_typer(patterns)
app.command()(twin)
app.command()(train)
app.command()(methods)
app.command()(inspect)


@app.callback()
def start(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
) -> None:
    """Print the version, or the help where no command is given."""
    if version:
        from .. import __version__

        typer.echo(__version__)
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
