"""One image's explanation: its overlay and its raw map, written to files."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import MethodError
from ..report.files import write_bytes
from ..report.heatmap import overlay
from ..targets import place_of, spelled, targets_of
from .pictures import Picture

if TYPE_CHECKING:
    from ..analyzers.request import Analyzer
    from ..arrays import Image

LEAST_SIDE = 280  # pixels of an overlay; a 28 x 28 image is enlarged tenfold


def written_explanation(
    picture: Picture, analyzer: "Analyzer", target: str, stem: Path, classes: Sequence[str] = ()
) -> tuple[str, ...]:
    """Write one image's overlay and map; returns its row of the table, the target with its name among `classes`.

    Raises
    ------
    MethodError
        The map has NaN or infinite values.
    ImageError
        The network has no such logit.
    """
    images = picture.image[np.newaxis]
    network = analyzer.request.network
    logits = network(images)[0]
    explained = int(targets_of(network, spelled(target), images, None)[0])
    attribution = analyzer(images, targets=np.array([explained]))[0]
    _check_finite(attribution, picture.name, analyzer.request.method)
    written = {".npy": _stored(attribution)}
    if attribution.ndim in (2, 3):
        written[".png"] = _overlay(picture.image, attribution)
    for ending, content in written.items():
        write_bytes(stem.with_name(stem.name + ending), content)
    names, name = f"{stem.name}{{{','.join(written)}}}", place_of(network, explained)
    if explained < len(classes):
        name += f" {classes[explained].split(',')[0]}"
    return picture.name, name, f"{logits[explained]:.4g}", f"{attribution.sum():.4g}", names


def _check_finite(attribution: "Image", name: str, method: str) -> None:
    flawed = int(np.sum(~np.isfinite(attribution)))
    if flawed:
        raise MethodError(
            f"a map of {name} by {method} with {flawed} of {attribution.size} values that are NaN or infinite",
            "finite numbers",
            "The method overflows on this network: choose another, or other options.",
        )


def _overlay(image: "Image", attribution: "Image") -> bytes:
    """The PNG of a map over its image, enlarged by a whole factor until it can be seen."""
    from PIL import Image as Pillow

    colours = overlay(image, attribution)
    factor = max(1, -(-LEAST_SIDE // max(colours.shape[:2])))
    content = BytesIO()
    Pillow.fromarray(colours.repeat(factor, axis=0).repeat(factor, axis=1)).save(content, "PNG")
    return content.getvalue()


def _stored(attribution: "Image") -> bytes:
    content = BytesIO()
    np.save(content, attribution)
    return content.getvalue()
