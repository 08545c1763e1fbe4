"""`keras-invariance paper`: the paper's figures and verdicts, reproduced."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from ..application import import_tensorflow
from .console import Json, print_json, print_table, progress_bar


def paper(
    out: Annotated[Path, typer.Option("--out", help="The folder for the figures, paper.json and index.html.")],
    images: Annotated[int, typer.Option("--images", min=1, help="Test images that each verdict rests on.")] = 100,
    seed: Annotated[int, typer.Option("--seed", help="Draws the noise of the methods that need some.")] = 0,
    *,
    extended: Annotated[
        bool, typer.Option("--extended", help="Ask the paper's question of every method there is, too: extended.html.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Reproduce "The (Un)reliability of saliency methods" on the embedded MNIST."""
    import_tensorflow()
    from ..paper import every_method, reproduce

    with progress_bar("Starting") as advance:
        for step in reproduce(out, images=images, seed=seed):
            advance(step.done, step.total, step.name)
        for step in every_method(out, seed=seed) if extended else ():
            advance(step.done, step.total, step.name)
    found = json.loads((out / "paper.json").read_text("utf-8"))
    if as_json:
        pages = {"page": out / "index.html", **({"extended": out / "extended.html"} if extended else {})}
        print_json({**pages, **{name: found[name] for name in ("headline", "claims", "rows")}})
        return
    _print_summary([row for row in found["rows"] if not row["normalised"]])
    typer.echo(f"{found['headline']}\nThe figures, and each number behind them: {out / 'index.html'}")
    if extended:
        typer.echo(f"Every method: {out / 'extended.html'}")


def _print_summary(rows: list[dict[str, Any]]) -> None:
    """One table per network: each explanation's verdicts, under the shifts that all explanations were tried with."""
    for network in dict.fromkeys(row["network"] for row in rows):
        verdicts: dict[str, dict[str, str]] = {}
        for row in rows:
            if row["network"] == network:
                verdicts.setdefault(_explanation(row), {})[row["shift"]] = _verdict(row)
        shifts = [shift for shift in verdicts[next(iter(verdicts))] if all(shift in told for told in verdicts.values())]
        table = [(name, *(told[shift] for shift in shifts)) for name, told in verdicts.items()]
        print_table(
            ("explanation", *shifts), table, f"{network}: verdict, and the maps' relative L2 distance in float64"
        )


def _explanation(row: Mapping[str, Any]) -> str:
    details = (row["options"], row["reference"], row["estimator"], row["patterns"], _centre(row["centre"]))
    told = ", ".join(detail for detail in details if detail)
    return f"{row['method']} ({told})" if told else f"{row['method']}"


def _centre(centre: str) -> str:
    return f"{centre} subtracted" if centre == "image" else ""


def _verdict(row: Mapping[str, Any]) -> str:
    distance = row.get("float64_relative_l2")
    return row["verdict"] if distance is None else f"{row['verdict']} {distance:.1e}"
