"""How long the first answer takes in a new process: the import, the help, a model's loading, and each first map.

python benchmarks/cold_start.py
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Sequence

LOAD = """
import keras_invariance as ki
from keras_invariance import models
network = ki.load_network(models.path("mnist_mlp"))
"""
MAP = """
ki.explain(network, ki.datasets.load("mnist/test")[:1].images, "lrp-epsilon")
"""
STEPS = {
    "python -c pass": ["-c", "pass"],
    "import keras_invariance": ["-c", "import keras_invariance"],
    "keras-invariance --help": ["-m", "keras_invariance", "--help"],
    "import tensorflow, keras": ["-c", "import tensorflow, keras"],
    "load mnist_mlp": ["-c", LOAD],
    "load mnist_mlp, one lrp-epsilon map": ["-c", LOAD + MAP],
}


def main(rounds: int = 3) -> None:
    """Measure and print the median seconds of each."""
    for name, arguments in STEPS.items():
        print(f"{name:40}{statistics.median(seconds(arguments) for _ in range(rounds)):8.2f} s", flush=True)


def seconds(arguments: Sequence[str]) -> float:
    """How long a new Python takes for this."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
