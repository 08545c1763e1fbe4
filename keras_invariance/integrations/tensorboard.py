"""Event files: scores, verdicts and pairs of maps as TensorBoard shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf
from jaxtyping import UInt8
from PIL import Image

from ..comparison.pairs import explain_pair
from ..reports.grid import Column, Panel, Tone, grid_png

if TYPE_CHECKING:
    from ..arrays import Images, Targets
    from ..comparison.verdicts import Finding
    from ..encodings.shifts import Shift
    from ..network import Network

SHOWN = 4
"""How many images' maps are shown."""

_TONES: Mapping[str, Tone] = {"invariant": "good", "sensitive": "bad"}
_LEGEND = "One scale for each image and pair of maps.\nWhite is 0; the 3 % largest values have the darkest colour."


@dataclass(frozen=True, eq=False)
class Moment:
    """A network in training and its twin at the end of an epoch; network 1's images, what is explained, the shift."""

    network: "Network"
    twin: "Network"
    images: "Images"
    targets: "Targets"
    shift: "Shift"

    @property
    def pictures(self) -> bool:
        """Whether the images can be shown: grey ones, or those with red, green and blue."""
        return len(self.network.input_shape) == 3 and self.network.input_shape[-1] in (1, 3)


class EventFile:
    """A file of events in a folder for TensorBoard; each method writes one epoch's events at once.

    Parameters
    ----------
    folder
        The folder, or an address that TensorFlow can write to.
    """

    def __init__(self, folder: str) -> None:
        self._writer = tf.summary.create_file_writer(folder)

    def write_scores(self, epoch: int, scores: Mapping[str, float]) -> None:
        """A curve for each score."""
        with self._writer.as_default(step=epoch):
            for name, score in scores.items():
                if not np.isnan(score):
                    tf.summary.scalar(name, score)
        self._writer.flush()

    def write_findings(self, epoch: int, findings: Sequence["Finding"]) -> None:
        """The verdicts as a table, each with its reason."""
        if not findings:
            return
        rows = [f"| {one.method} | {one.shift} | {one.verdict} | {one.reason} |" for one in findings]
        table = ["| method | shift | verdict | reason |", "|---|---|---|---|", *rows]
        with self._writer.as_default(step=epoch):
            tf.summary.text("verdicts", "\n".join(table))
        self._writer.flush()

    def write_maps(
        self,
        epoch: int,
        moment: Moment,
        methods: Mapping[str, Mapping[str, Any]],
        verdicts: Mapping[tuple[str, str], str],
    ) -> None:
        """Both networks' maps of the first images side by side, for each method and its options."""
        if not moment.pictures:
            return
        pixels = _pixels(maps_png(moment, methods, verdicts))
        with self._writer.as_default(step=epoch):
            tf.summary.image(f"maps/{moment.shift.spec}", pixels[np.newaxis])
        self._writer.flush()

    def close(self) -> None:
        """Write what is left, and close the file."""
        self._writer.close()


def maps_png(
    moment: Moment, methods: Mapping[str, Mapping[str, Any]], verdicts: Mapping[tuple[str, str], str]
) -> bytes:
    """The pairs of maps of a moment's first images, a panel per method, with the verdicts that are known."""
    panels = pairs(moment, methods, verdicts)
    bands = [panels[start : start + 5] for start in range(0, len(panels), 5)]
    return grid_png(bands, [str(target) for target in moment.targets[:SHOWN]], _LEGEND)


def pairs(
    moment: Moment, methods: Mapping[str, Mapping[str, Any]], verdicts: Mapping[tuple[str, str], str]
) -> list[Panel]:
    """Both inputs, then both networks' maps by each method."""
    images = moment.images[:SHOWN]
    shifted = images + moment.shift.values(moment.network.input_shape).astype(images.dtype)
    targets = moment.targets[:SHOWN]
    panels = [Panel("Input", (Column("x", images), Column("x + m", shifted)), "images")]
    for method, told in methods.items():
        maps = explain_pair(moment.network, moment.twin, images, moment.shift, method, targets=targets, options=told)
        verdict = verdicts.get((method, moment.shift.spec), "")
        columns = Column("network 1", maps[0]), Column("network 2", maps[1])
        panels.append(Panel(method, columns, "maps", verdict, _TONES.get(verdict, "plain")))
    return panels


def _pixels(png: bytes) -> UInt8[np.ndarray, "h w 3"]:
    with Image.open(BytesIO(png)) as opened:
        return np.asarray(opened.convert("RGB"))
