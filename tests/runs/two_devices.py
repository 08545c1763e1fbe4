"""A program with two logical CPU devices: fits and an audit on one of them and on both, compared.

python two_devices.py FOLDER
"""

import json
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import tensorflow as tf

import keras_invariance as ki
from keras_invariance.datasets import as_dataset
from keras_invariance.network.network import Network
from keras_invariance.network.replicas import on_device
from keras_invariance.patterns.sums import Fit
from keras_invariance.runs.devices import on_devices, shared_out
from tests.networks import case
from tests.networks.case import signed_images

BOTH = ("CPU:0", "CPU:1")
SHARD, IMAGES = 3, 17


def worst(first: np.ndarray, second: np.ndarray) -> float:
    """The largest relative difference; NaN equals NaN."""
    first, second = np.nan_to_num(first), np.nan_to_num(second)
    return float(np.abs(first - second).max(initial=0.0) / max(np.abs(second).max(initial=0.0), 1e-30))


def places(network: Network, images: np.ndarray) -> dict[str, list[str]]:
    """Where the numbers of each replica lie, and where it computes."""
    replicas = [on_device(network, device) for device in BOTH]
    numbers = [{c.device for c in one.graph.constants.values() if c.dtype.is_floating} for one in replicas]
    workers = [lambda batch, one=one: one._logits(tf.constant(batch)).device for one in replicas]
    ran = list(shared_out([images] * 4, workers, BOTH))
    return {"numbers": [ending(device) for devices in numbers for device in devices], "ran": [*map(ending, ran)]}


def ending(device: str) -> str:
    """CPU:1 of /job:localhost/replica:0/task:0/device:CPU:1."""
    return device.rpartition("device:")[2]


def fits(network: Network, images: np.ndarray) -> dict[str, float]:
    """How far the moments of two devices are from those of one, at worst of all layers."""
    fit, data = Fit(network.astype("float64"), masked=True), as_dataset(images)
    one, both = (fit.moments(data, 4, None, devices) for devices in ((), BOTH))
    pairs = list(zip(both, one, strict=True))
    return {name: max(worst(getattr(a, name), getattr(b, name)) for a, b in pairs) for name in vars(one[0])}


def audits(network: Network, images: np.ndarray, folder: Path) -> dict[str, object]:
    """The verdicts of one and of two devices, how far their findings are apart, and how the work went on."""
    asked = {"shifts": ["constant:-1"], "methods": ["gradient-times-input", "integrated-gradients"], "shard": SHARD}
    asked |= {"options": {"integrated-gradients.steps": 3}}
    one = list(ki.audit(network, images, folder / "one", **asked))
    both = list(ki.audit(network, images, folder / "both", screen=on_devices(BOTH), **asked))
    first, second = (rows(folder / name) for name in ("one", "both"))
    verdicts = [[step.verdict for step in steps if hasattr(step, "verdict")] for steps in (one, both)]
    distances = [np.array([found[key]["relative_l2"] for key in first]) for found in (first, second)]
    return {
        "verdicts": verdicts,
        "same": all(
            (second[key]["kind"], second[key]["target"]) == (row["kind"], row["target"]) for key, row in first.items()
        ),
        "distance": worst(*distances),
        "rows": len(second),
        "progress": [step.done for step in both if getattr(step, "name", "") == "Screening in float32"],
    }


def rows(folder: Path) -> dict[tuple[object, ...], dict[str, object]]:
    """The findings of a folder by image and explanation."""
    found = pq.read_table(folder / "findings.parquet").to_pylist()
    return {(row["image"], row["method"], row["reference"]): row for row in found}


def main() -> None:
    """Print what was found as JSON."""
    halves = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], halves)
    network = ki.load_network(case("cnn").model)
    images = signed_images(network.input_shape, seed=3, count=IMAGES)
    found = {
        "places": places(network, images[:2]),
        "fits": fits(network, images),
        "audits": audits(network, images, Path(sys.argv[1])),
    }
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
