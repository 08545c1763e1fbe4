"""One image's explanation: its overlay and its raw map, written to files."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import MethodError
from ..network.targets import place_of, spelled, targets_of
from ..reports.files import write_bytes
from ..reports.heatmap import overlay
from .pictures import Picture

if TYPE_CHECKING:
    from ..arrays import Image
    from ..methods.request import Analyzer

LEAST_SIDE = 280  # pixels of an overlay; a 28 x 28 image is enlarged tenfold


@dataclass(frozen=True)
class Written:
    """An explanation that was written.

    Attributes
    ----------
    image, method
        What was explained, and by what.
    target
        The explained logit's index.
    place
        Where it stands in the output, with its name where that is known.
    logit, total
        Its value, and the sum of the map.
    files
        What was written.
    """

    image: str
    method: str
    target: int
    place: str
    logit: float
    total: float
    files: tuple[Path, ...]

    @property
    def cells(self) -> tuple[str, ...]:
        """The row of a table."""
        endings = ",".join(path.suffix for path in self.files)
        name = f"{self.files[0].name.removesuffix(self.files[0].suffix)}{{{endings}}}"
        return self.image, self.place, f"{self.logit:.4g}", f"{self.total:.4g}", name


def written_explanation(
    picture: Picture, analyzer: "Analyzer", target: str, stem: Path, classes: Sequence[str] = ()
) -> Written:
    """Write one image's overlay and map; the target is told with its name among `classes`.

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
    files = {stem.with_name(stem.name + ending): content for ending, content in written.items()}
    for path, content in files.items():
        write_bytes(path, content)
    name, method = place_of(network, explained), analyzer.request.method
    if explained < len(classes):
        name += f" {classes[explained].split(',')[0]}"
    logit, total = float(logits[explained]), float(attribution.sum())
    return Written(picture.name, method, explained, name, logit, total, tuple(files))


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
