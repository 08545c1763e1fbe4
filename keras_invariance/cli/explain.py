"""`keras-invariance explain`: a map per image, as an overlay to look at and as raw numbers."""

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer
from rich.table import Table

from ..report.files import result_folder, write_bytes
from . import options
from .console import output, progress_bar
from .networks import Model, TrustModel, loaded
from .pictures import Picture, parsed_encoding, pictures

if TYPE_CHECKING:
    from ..analyzers import Analyzer
    from ..arrays import Image
    from ..network import Network

LEAST_SIDE = 280  # pixels of an overlay; a 28 x 28 image is enlarged tenfold


def explain(
    model: Model,
    images: Annotated[
        list[str], typer.Argument(metavar="IMAGE", help="Pictures, .npy arrays, or samples such as mnist/test:5.")
    ],
    out: Annotated[Path, typer.Option("--out", help="The folder for the overlays (.png) and the maps (.npy).")],
    method: Annotated[str, typer.Option("--method", help="One of `keras-invariance methods`.")] = "lrp-epsilon",
    target: Annotated[
        int | None, typer.Option("--target", help="The logit to explain; the top one if left out.")
    ] = None,
    encoding: Annotated[
        str, typer.Option("--encoding", help="The numbers that a picture's black and white stand for.")
    ] = "0,1",
    trust_model: TrustModel = False,
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

    given = {
        "steps": steps, "reference": reference, "samples": samples, "sigma": sigma, "seed": seed, "base": base,
        "epsilon": epsilon, "gamma": gamma, "bias": bias, "low": low, "high": high, "patterns": patterns,
        "batch_size": batch_size,
    }  # fmt: skip
    limits = parsed_encoding(encoding)
    network = loaded(model, trust=trust_model)
    found = pictures(images, network.input_shape, limits)
    analyzer = ki.analyzer(network, method, **options.method_options(given, network))
    files, table = result_folder(out), Table("image", "target", "logit", "sum of the map", "files")
    with progress_bar(f"Explaining by {method}") as advance:
        for done, picture in enumerate(found, start=1):
            table.add_row(*_explained(picture, network, analyzer, target, files / f"{picture.name}-{method}"))
            advance(done, len(found))
    output().print(table)


def _explained(
    picture: Picture, network: "Network", analyzer: "Analyzer", target: int | None, stem: Path
) -> tuple[str, ...]:
    """Write one image's overlay and map; returns its row of the table."""
    images = picture.image[np.newaxis]
    logits = network(images)[0]
    explained = int(logits.argmax()) if target is None else target
    attribution = analyzer(images, targets=np.array([explained]))[0]
    written = {".npy": _stored(attribution)}
    if attribution.ndim in (2, 3):
        written[".png"] = _overlay(picture.image, attribution)
    for ending, content in written.items():
        write_bytes(stem.with_name(stem.name + ending), content)
    names = f"{stem.name}{{{','.join(written)}}}"
    return picture.name, f"{explained}", f"{logits[explained]:.4g}", f"{attribution.sum():.4g}", names


def _overlay(image: "Image", attribution: "Image") -> bytes:
    """The PNG of a map over its image, enlarged by a whole factor until it can be seen."""
    from PIL import Image as Pillow

    from ..report.heatmap import overlay

    colours = overlay(image, attribution)
    factor = max(1, -(-LEAST_SIDE // max(colours.shape[:2])))
    content = BytesIO()
    Pillow.fromarray(colours.repeat(factor, axis=0).repeat(factor, axis=1)).save(content, "PNG")
    return content.getvalue()


def _stored(attribution: "Image") -> bytes:
    content = BytesIO()
    np.save(content, attribution)
    return content.getvalue()
