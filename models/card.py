"""A model card: where a shipped network comes from, and what it reached; as JSON and as Markdown."""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


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
        _save(self, network_path)

    def markdown(self) -> str:
        """The card for people."""
        rows = {
            "Network": f"{self.about}; {self.parameters:,} parameters, float32, no softmax",
            "Data": self.data,
            "Encoding": self.encoding,
            "Training": self.training,
            "Seed": str(self.seed),
            "Test accuracy": f"{self.accuracy:.2%}",
            "Training time": f"{self.seconds:.0f} s",
            "SHA-256": f"`{self.checksum}`",
            "Made with": _spelled(self.versions),
        }
        command = f"keras-invariance train {self.name.replace('_', '-')} --seed {self.seed} --out {self.name}.keras"
        return _markdown(self.name, rows, command)


@dataclass(frozen=True)
class ConvertedCard:
    """The facts about a network that others trained and published.

    Attributes
    ----------
    name, about
        The network's name, and what it is in one line.
    data, encoding
        What it was trained on, and how it reads pixels.
    origin, origin_checksum
        Where its numbers come from, under which licence, and the SHA-256 of the file there.
    published_accuracy, published_in
        The share of ImageNet's validation images that it gets right, as published, not measured here; and where.
    largest_difference
        How far a logit of a shipped photograph is from that of the network it was made from.
    parameters
        How many numbers it holds.
    checksum
        SHA-256 of the `.keras` file.
    versions
        The programs that converted it.
    """

    name: str
    about: str
    data: str
    encoding: str
    origin: str
    origin_checksum: str
    published_accuracy: float
    published_in: str
    largest_difference: float
    parameters: int
    checksum: str
    versions: dict[str, str]

    def save(self, network_path: Path) -> None:
        """Write the card beside its network, as `.json` and `.md`."""
        _save(self, network_path)

    def markdown(self) -> str:
        """The card for people."""
        rows = {
            "Network": f"{self.about}; {self.parameters:,} parameters, float32, no softmax",
            "Data": self.data,
            "Encoding": self.encoding,
            "Weights": self.origin,
            "SHA-256 of the weights": f"`{self.origin_checksum}`",
            "Accuracy": f"{self.published_accuracy:.1%} of ImageNet's validation images, as [published]"
            f"({self.published_in}); not measured here",
            "Converted": f"logits of the shipped photographs within {self.largest_difference:g} of the original's",
            "SHA-256": f"`{self.checksum}`",
            "Made with": _spelled(self.versions),
        }
        return _markdown(self.name, rows, "python -m keras_invariance.models.conversion --out models")


def read_card(network_path: Path) -> Card:
    """The card beside a network that was trained here."""
    return Card(**_facts(network_path))


def read_converted_card(network_path: Path) -> ConvertedCard:
    """The card beside a network that was converted."""
    return ConvertedCard(**_facts(network_path))


def checksum(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_atomically(path: Path, text: str) -> None:
    """Write a text file whole or not at all."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def _facts(network_path: Path) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(network_path.with_suffix(".json").read_text(encoding="utf-8"))
    return facts


def _save(card: Card | ConvertedCard, network_path: Path) -> None:
    write_atomically(network_path.with_suffix(".json"), json.dumps(asdict(card), indent=2) + "\n")
    write_atomically(network_path.with_suffix(".md"), card.markdown())


def _markdown(name: str, rows: dict[str, str], command: str) -> str:
    table = "\n".join(f"| {key} | {value} |" for key, value in rows.items())
    return f"# {name}\n\n| | |\n|---|---|\n{table}\n\nMade again by `{command}`.\n"


def _spelled(versions: dict[str, str]) -> str:
    return ", ".join(f"{program} {version}" for program, version in versions.items())
