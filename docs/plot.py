"""Makes docs/plot.png: `python docs/plot.py`."""

from pathlib import Path

import keras_invariance as ki

network = ki.load_network("mnist_cnn")
images = ki.datasets.load("mnist/test[:3]").images
twin = ki.shifted_twin(network, "constant:-1")
maps_1, maps_2 = ki.explain_pair(network, twin, images, "constant:-1", "gradient-times-input")
ki.plot({"network": maps_1, "twin": maps_2}, images).savefig(Path(__file__).with_suffix(".png"), dpi=80)
