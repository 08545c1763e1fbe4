"""`keras-invariance explain`: a map per image, as an overlay to look at and as raw numbers."""

from pathlib import Path
from typing import Annotated, Any

import typer

from . import options
from .console import print_table, progress_bar
from .networks import Choice, with_model


@with_model
def explain(
    model: Choice,
    images: Annotated[
        list[str], typer.Argument(metavar="IMAGE", help="Pictures, .npy arrays, or samples such as mnist/test:5.")
    ],
    out: Annotated[Path, typer.Option("--out", help="The folder for the overlays (.png) and the maps (.npy).")],
    method: Annotated[str, typer.Option("--method", help="One of `keras-invariance methods`.")] = "lrp-epsilon",
    target: Annotated[
        str, typer.Option("--target", help="The logit to explain: top, an index, or a place such as 200,1.")
    ] = "top",
    encoding: Annotated[
        str, typer.Option("--encoding", help="The numbers that a picture's black and white stand for.")
    ] = "0,1",
    steps: options.Steps = None,
    reference: options.Reference = None,
    samples: options.Samples = None,
    sigma: options.Sigma = None,
    seed: options.Seed = None,
    base: options.Base = None,
    epsilon: options.Epsilon = None,
    gamma: options.Gamma = None,
    bias: options.Bias = None,
    low: options.Low = None,
    high: options.High = None,
    patterns: options.PatternFile = None,
    batch_size: options.BatchSize = None,
) -> None:
    """Explain images: for each, an overlay (.png) and the raw map (.npy)."""
    import keras_invariance as ki

    from ..report.files import result_folder
    from .explanations import written_explanation
    from .pictures import parsed_encoding, pictures

    given: dict[str, Any] = {
        "steps": steps, "reference": reference, "samples": samples, "sigma": sigma, "seed": seed, "base": base,
        "epsilon": epsilon, "gamma": gamma, "bias": bias, "low": low, "high": high, "patterns": patterns,
        "batch_size": batch_size,
    }  # fmt: skip
    limits = parsed_encoding(encoding)
    network = model.load()
    found = pictures(images, network.input_shape, limits)
    analyzer = ki.analyzer(network, method, **options.method_options(given, network))
    folder, rows = result_folder(out), []
    with progress_bar(f"Explaining by {method}") as advance:
        for done, picture in enumerate(found, start=1):
            stem = folder / f"{picture.name}-{method}"
            rows.append(written_explanation(picture, analyzer, target, stem, model.classes))
            advance(done, len(found))
    print_table(("image", "target", "logit", "sum of the map", "written"), rows)
