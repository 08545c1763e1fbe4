"""How far the composites of this package and of zennit are apart, and how long each takes.

PyTorch and TensorFlow need not be installed in one environment:

    python benchmarks/composites.py write case.npz      # where keras_invariance is: the network's numbers, and our maps
    python benchmarks/composites.py compare case.npz    # where torch and zennit 0.5 are

The network is the shipped mnist_cnn, the images are 16 digits, the explained logit is the top one.
"""

import argparse
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

BOX = {"low": 0.0, "high": 1.0}
METHODS = (
    "lrp-epsilon-plus",
    "lrp-epsilon-plus-flat",
    "lrp-epsilon-gamma-box",
    "lrp-epsilon-alpha2-beta1",
    "lrp-epsilon-alpha2-beta1-flat",
)
TYPES = ("float64", "float32")
ROUNDS = 20


def main(arguments: Sequence[str] | None = None) -> None:
    """Write a case, or compare one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", choices=["write", "compare"])
    parser.add_argument("case", type=Path)
    chosen = parser.parse_args(arguments)
    (write if chosen.step == "write" else compare)(chosen.case)


def write(path: Path) -> None:
    """Our maps, and what the other side needs to make the same network."""
    import keras

    import keras_invariance as ki
    from keras_invariance import models

    model = keras.models.load_model(models.path("mnist_cnn"), compile=False)
    network = ki.load_network(model)
    images = ki.datasets.load("mnist/test[:16]").images.astype(np.float32)
    case = {"images": images, "targets": network(images).argmax(axis=1)}
    layers = [layer for layer in model.layers if layer.get_weights()]
    for index, layer in enumerate(layers):
        case[f"kernel {index}"], case[f"bias {index}"] = layer.get_weights()
        case[f"padding {index}"] = np.array(int(getattr(layer, "padding", "valid") == "same"))
    for name in METHODS:
        for dtype in TYPES:
            analyzer = ki.analyzer(network, name, dtype=dtype, **(BOX if "box" in name else {}))
            case[f"{name} {dtype}"] = analyzer(images, case["targets"])
            case[f"{name} {dtype} seconds"] = np.array(best(lambda run=analyzer: run(images, case["targets"])))
    np.savez(path, **case)


def compare(path: Path) -> None:
    """Print the largest relative L2 distance of a map, |ours - theirs| / |theirs|, and both times."""
    import torch

    case = np.load(path)
    for dtype in TYPES:
        network = torch_network(case).to(getattr(torch, dtype))
        x = torch.tensor(case["images"].transpose(0, 3, 1, 2).copy()).to(getattr(torch, dtype))
        for name in METHODS:
            run = zennit_maps(network, x, torch.tensor(case["targets"]).long(), name)
            theirs, ours = run(), case[f"{name} {dtype}"]
            apart = np.linalg.norm((ours - theirs).reshape(len(ours), -1), axis=1)
            relative = (apart / np.linalg.norm(theirs.reshape(len(ours), -1), axis=1)).max()
            times = float(case[f"{name} {dtype} seconds"]), best(run)
            print(f"{dtype} {name:30} {relative:.1e}   ours {times[0] * 1e3:5.1f} ms, zennit {times[1] * 1e3:5.1f} ms")


def best(run: Callable[[], Any]) -> float:
    """The fewest seconds of some runs."""
    found = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        run()
        found.append(time.perf_counter() - start)
    return min(found)


def torch_network(case: Mapping[str, np.ndarray]) -> Any:
    """mnist_cnn as a PyTorch module that reads channels first; its flattening puts them last, as Keras has it."""
    from torch import nn

    class Flattened(nn.Module):
        """Channels last, in one row."""

        def forward(self, x: Any) -> Any:
            return x.permute(0, 2, 3, 1).flatten(1)

    first, second, third = (torch_convolution(case, index) for index in range(3))
    pool, relu = nn.MaxPool2d(2), nn.ReLU
    return nn.Sequential(
        *(first, relu(), pool, second, relu(), third, relu(), nn.MaxPool2d(2), Flattened()),
        *(torch_dense(case, 3), relu(), torch_dense(case, 4)),
    )


def torch_convolution(case: Mapping[str, np.ndarray], index: int) -> Any:
    """A convolution with a layer's numbers."""
    import torch

    kernel = case[f"kernel {index}"].transpose(3, 2, 0, 1)
    padding = kernel.shape[-1] // 2 if case[f"padding {index}"] else 0
    layer = torch.nn.Conv2d(kernel.shape[1], kernel.shape[0], kernel.shape[2:], padding=padding)
    layer.weight.data, layer.bias.data = torch.tensor(kernel.copy()), torch.tensor(case[f"bias {index}"])
    return layer


def torch_dense(case: Mapping[str, np.ndarray], index: int) -> Any:
    """A dense layer with a layer's numbers."""
    import torch

    kernel = case[f"kernel {index}"]
    layer = torch.nn.Linear(*kernel.shape)
    layer.weight.data, layer.bias.data = torch.tensor(kernel.T.copy()), torch.tensor(case[f"bias {index}"])
    return layer


def zennit_maps(network: Any, images: Any, targets: Any, name: str) -> Callable[[], np.ndarray]:
    """zennit's maps by the composite of this name, channels last."""
    import torch
    from zennit import composites

    title = "".join(part.capitalize() for part in name.removeprefix("lrp-").split("-"))
    box = {"low": torch.zeros_like(images), "high": torch.ones_like(images)} if "box" in name else {}
    composite = getattr(composites, title)(**box)

    def run() -> np.ndarray:
        x = images.clone().requires_grad_()
        with composite.context(network) as ruled:
            logits = ruled(x)
            seed = torch.zeros_like(logits).scatter(1, targets[:, None], logits.detach().gather(1, targets[:, None]))
            (maps,) = torch.autograd.grad(logits, x, grad_outputs=seed)
        return maps.numpy().transpose(0, 2, 3, 1)

    return run


if __name__ == "__main__":
    main()
