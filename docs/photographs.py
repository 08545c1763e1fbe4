"""The README's picture of two photographs: what four methods show for EfficientNet-Lite0 and for its twin.

    python docs/photographs.py

The twin reads x - 1. A verdict below a pair of columns rests on all five shipped photographs.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

import keras_invariance as ki
from keras_invariance import models
from keras_invariance.comparison.verdicts import judge
from keras_invariance.reports.files import write_bytes
from keras_invariance.reports.grid import Column, Panel, Tone, grid_png

OUT = Path(__file__).with_suffix(".png")
SHIFT = ki.shifts.constant(-1.0)
SHOWN = ("cat", "coffee")
METHODS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "Gradient": ("gradient", {}),
    "Gradient \N{MULTIPLICATION SIGN} input": ("gradient-times-input", {}),
    "LRP-alpha2-beta1": ("lrp-alpha2-beta1", {}),
    "Integrated gradients\nzero reference": ("integrated-gradients", {"steps": 16}),
    "Integrated gradients\nblack reference": ("integrated-gradients", {"steps": 16, "reference": "black"}),
}
LEGEND = "One scale for each pair of maps.\nWhite: 0. Darkest: the largest 3 %."
BADGES: Mapping[str, tuple[str, Tone]] = {
    "invariant": ("\N{CHECK MARK} invariant", "good"),
    "sensitive": ("\N{BALLOT X} sensitive", "bad"),
}


def main() -> None:
    """Draw the picture."""
    network = ki.load_network(models.path("efficientnet_lite0"))
    twin = ki.shifted_twin(network, SHIFT)
    images = np.concatenate([ki.datasets.load(f"photographs/{name}").images for name in SHOWN])
    inputs = Panel("Input", (Column("x", images), Column("x \N{MINUS SIGN} 1", images - 1)), "images")
    panels = [panel(title, network, twin, images) for title in METHODS]
    write_bytes(OUT, grid_png([[inputs, *panels[:2]], panels[2:]], SHOWN, LEGEND, side=124))


def panel(title: str, network: ki.Network, twin: ki.Network, images: np.ndarray) -> Panel:
    """Both networks' maps by a method, and its verdict on all photographs."""
    method, options = METHODS[title]
    maps = [ki.explain(side, x, method, **options) for side, x in ((network, images), (twin, images - 1))]
    finding = judge(network, twin, ki.datasets.load("photographs").images, SHIFT, method, options=options)
    badge, tone = BADGES.get(finding.verdict, (f"? {finding.verdict}", "plain"))
    return Panel(title, (Column("network 1", maps[0]), Column("network 2", maps[1])), "maps", badge, tone)


if __name__ == "__main__":
    main()
