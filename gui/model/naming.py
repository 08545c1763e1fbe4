"""What the classes of a network and of its data are called, and whether they are the same classes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Naming:
    """Names belong to the network or to the data that they came with.

    Attributes
    ----------
    outputs
        The names of the network's outputs; None where they have none.
    labels
        The names of the data's labels; None where they have none.
    label_count
        How many different labels the data have; 0 where they have none.
    same
        Whether label n means output n, so that a prediction can be right or wrong.
    note
        What does not fit, in words; empty where all does.
    """

    outputs: tuple[str, ...] | None = None
    labels: tuple[str, ...] | None = None
    label_count: int = 0
    same: bool = False
    note: str = ""

    def output(self, number: int) -> str:
        """An output's name, or its number."""
        return _name(self.outputs, number)

    def label(self, number: int) -> str:
        """A label's name, or its number."""
        return _name(self.labels, number)

    def told(self, label: int, prediction: int) -> str:
        """An image's label and prediction (-1 for none) in words."""
        predicted = self.output(prediction) if prediction >= 0 else ""
        if label < 0 or (self.same and label == prediction):
            return predicted
        return f"{self.label(label)}, {'taken for' if self.same else 'output'} {predicted}"


def _name(names: tuple[str, ...] | None, number: int) -> str:
    return names[number] if names is not None and 0 <= number < len(names) else str(number)
