"""`keras-invariance explain`: a map per image, as an overlay to look at and as raw numbers."""

from pathlib import Path
from typing import Annotated, Any

import typer

from . import options
from .console import Json, print_json, print_table, progress_bar
from .networks import Choice, with_model


@with_model
def explain(
    model: Choice,
    images: Annotated[
        list[str], typer.Argument(metavar="IMAGE", help="Pictures, .npy arrays, or samples such as mnist/test:5.")
    ],
    out: Annotated[Path, typer.Option("--out", help="The folder for the overlays (.png) and the maps (.npy).")],
    method: options.Methods = None,
    target: Annotated[
        str, typer.Option("--target", help="The logit to explain: top, an index, or a place such as 200,1.")
    ] = "top",
    encoding: Annotated[
        str, typer.Option("--encoding", help="The numbers that a picture's black and white stand for.")
    ] = "0,1",
    steps: options.Steps = None,
    tolerance: options.Tolerance = None,
    reference: options.Reference = None,
    background: options.Background = None,
    samples: options.Samples = None,
    sigma: options.Sigma = None,
    seed: options.Seed = None,
    base: options.Base = None,
    epsilon: options.Epsilon = None,
    gamma: options.Gamma = None,
    bias: options.Bias = None,
    low: options.Low = None,
    high: options.High = None,
    layer: options.Layer = None,
    signed: options.Signed = None,
    value: options.Blank = None,
    window: options.Window = None,
    stride: options.Stride = None,
    masks: options.Masks = None,
    cell: options.Cell = None,
    segments: options.Segments = None,
    count: options.Count = None,
    width: options.Width = None,
    ridge: options.Ridge = None,
    patterns: options.PatternFile = None,
    batch_size: options.BatchSize = None,
    option: Annotated[
        list[str] | None,
        typer.Option("--option", help="METHOD.OPTION=VALUE: any option of one of several methods. Repeatable."),
    ] = None,
    *,
    as_json: Json = False,
) -> None:
    """Explain images: for each, an overlay (.png) and the raw map (.npy); by lrp-epsilon where nothing is said."""
    from ..application.pictures import parsed_encoding, pictures

    given: dict[str, Any] = {
        "steps": steps, "reference": reference, "samples": samples, "sigma": sigma, "seed": seed, "base": base,
        "epsilon": epsilon, "gamma": gamma, "bias": bias, "low": low, "high": high, "layer": layer, "signed": signed,
        "patterns": patterns, "background": background, "tolerance": tolerance, "batch_size": batch_size,
        "value": value, "window": window, "stride": stride, "masks": masks, "cell": cell, "segments": segments,
        "count": count, "width": width, "ridge": ridge,
    }  # fmt: skip
    limits = parsed_encoding(encoding)
    network = model.load()
    from ..application import class_names
    from ..application.explanations import Written, written_explanation
    from ..methods import analyzer
    from ..reports.files import result_folder

    found = pictures(images, network.input_shape, limits)
    names, told = options.method_names(method, "lrp-epsilon"), options.method_options(given, network)
    own = options.options_by_method(option or [], names)
    analyzers = {name: analyzer(network, name, **told, **own[name]) for name in names}
    folder = result_folder(out)
    rows: list[Written] = []
    with progress_bar("Explaining") as advance:
        for name, explaining in analyzers.items():
            for picture in found:
                advance(len(rows), len(found) * len(names), f"Explaining by {name}")
                stem = folder / f"{picture.name}-{name.replace(':', '.')}"
                rows.append(written_explanation(picture, explaining, target, stem, class_names(model.model)))
        advance(len(rows), len(rows))
    if as_json:
        print_json([vars(row) for row in rows])
    else:
        print_table(("image", "target", "logit", "sum of the map", "written"), [row.cells for row in rows])
