"""A model card: what a shipped network was trained on, how, and what it reached; as JSON and as Markdown."""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Card:
    """The facts about a trained network.

    Attributes
    ----------
    name, about
        The network's name, and what it is in one line.
    data, encoding, training, seed
        What it was trained on, how pixels are encoded, how it was trained, and the seed of its weights and order.
    accuracy
        The share of the 10 000 test images that it gets right.
    parameters
        How many numbers it has learned.
    seconds
        How long the training took.
    checksum
        SHA-256 of the `.keras` file.
    versions
        The programs that trained it.
    """

    name: str
    about: str
    data: str
    encoding: str
    training: str
    seed: int
    accuracy: float
    parameters: int
    seconds: float
    checksum: str
    versions: dict[str, str]

    def save(self, network_path: Path) -> None:
        """Write the card beside its network, as `.json` and `.md`."""
        write_atomically(network_path.with_suffix(".json"), json.dumps(asdict(self), indent=2) + "\n")
        write_atomically(network_path.with_suffix(".md"), self.markdown())

    def markdown(self) -> str:
        """The card for people."""
        versions = ", ".join(f"{program} {version}" for program, version in self.versions.items())
        rows = {
            "Network": f"{self.about}; {self.parameters:,} parameters, float32, no softmax",
            "Data": self.data,
            "Encoding": self.encoding,
            "Training": self.training,
            "Seed": str(self.seed),
            "Test accuracy": f"{self.accuracy:.2%}",
            "Training time": f"{self.seconds:.0f} s",
            "SHA-256": f"`{self.checksum}`",
            "Made with": versions,
        }
        table = "\n".join(f"| {key} | {value} |" for key, value in rows.items())
        command = f"keras-invariance train {self.name.replace('_', '-')} --seed {self.seed} --out {self.name}.keras"
        return f"# {self.name}\n\n| | |\n|---|---|\n{table}\n\nMade again by `{command}`.\n"


def read_card(network_path: Path) -> Card:
    """The card beside a network."""
    return Card(**json.loads(network_path.with_suffix(".json").read_text(encoding="utf-8")))


def checksum(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_atomically(path: Path, text: str) -> None:
    """Write a text file whole or not at all."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
