"""`--runner`: work that is given to Apache Beam, with its own options behind `--`."""

import logging
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from ..errors import EngineError

if TYPE_CHECKING:
    from ..integrations.beam import Engine

_PANEL = "Where one machine is not enough (see docs/scale.md)"

Runner: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--runner",
        help="An Apache Beam runner: DirectRunner (a process per core), FlinkRunner, SparkRunner, DataflowRunner, ...",
        rich_help_panel=_PANEL,
    ),
]
RunnerOptions: TypeAlias = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="-- RUNNER OPTIONS", help="What the runner is told, such as --direct_num_workers=4.", show_default=False
    ),
]


def engine_of(runner: str | None, options: list[str] | None) -> "Engine | None":
    """The engine that is asked for; None where this process is to compute.

    Raises
    ------
    EngineError
        There are options for a runner and no runner, or Apache Beam is not installed.
    """
    if runner is None:
        if options:
            raise EngineError(
                f"{' '.join(options)}, which no option stands before", "options of a --runner", "See --help."
            )
        return None
    logging.disable(logging.WARNING)  # Beam says at its import which cloud's clients are not there
    try:
        from ..integrations.beam import Engine
    finally:
        logging.disable(logging.NOTSET)
    return Engine(runner, options or ())
