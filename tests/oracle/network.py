"""An oracle network: steps in order, each with the values it reads, and one walk forward and one backward."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from .operations import Activation, Neurons, Operation, Route, Scale, output


@dataclass(frozen=True)
class Step:
    """One operation and the numbers of the values it reads; value 0 is the image, value k + 1 comes out of step k."""

    operation: Operation
    inputs: tuple[int, ...]


Rule = Callable[[int, Sequence[np.ndarray], np.ndarray, np.ndarray], Sequence[np.ndarray]]
"""(number of the step, its inputs, its output, the signal at its output) -> the signal at each input."""


@dataclass(frozen=True)
class OracleNetwork:
    """Steps from the image to the logits, which are the last value."""

    input_shape: tuple[int, ...]
    steps: tuple[Step, ...]

    def values(self, image: np.ndarray) -> list[np.ndarray]:
        """Every value for one image, flattened: the image first, the logits last."""
        values = [np.asarray(image, dtype=np.float64).ravel()]
        for step in self.steps:
            values.append(output(step.operation, [values[k] for k in step.inputs]))
        return values

    def logits(self, images: np.ndarray) -> np.ndarray:
        """Logits of a batch [n, classes]."""
        return np.stack([self.values(image)[-1] for image in images])

    def backward(self, values: Sequence[np.ndarray], seed: np.ndarray, rule: Rule) -> np.ndarray:
        """Send a signal from the logits to the image; where a value has several readers their signals add up."""
        signals = [np.zeros_like(value) for value in values]
        signals[-1] = seed
        for k in reversed(range(len(self.steps))):
            inputs = [values[i] for i in self.steps[k].inputs]
            for i, signal in zip(self.steps[k].inputs, rule(k, inputs, values[k + 1], signals[k + 1]), strict=True):
                signals[i] = signals[i] + signal
        return signals[0].reshape(self.input_shape)

    def readers(self, value: int) -> list[Operation]:
        """The operations that read a value."""
        return [step.operation for step in self.steps if value in step.inputs]

    def neuron_steps(self) -> list[int]:
        """The numbers of the neuron layers."""
        return [k for k, step in enumerate(self.steps) if isinstance(step.operation, Neurons)]

    def first_steps(self) -> list[int]:
        """The neuron layers that the image reaches through affine steps only."""
        affine = {0}
        for k, step in enumerate(self.steps):
            if isinstance(step.operation, Scale | Route) and set(step.inputs) <= affine:
                affine.add(k + 1)
        return [k for k in self.neuron_steps() if set(self.steps[k].inputs) <= affine]

    def is_activated(self, step: int) -> bool:
        """Whether an activation reads what the step gives, at once or through routes, which only rename elements."""
        values = {step + 1}
        for k, later in enumerate(self.steps):
            if isinstance(later.operation, Route) and values & set(later.inputs):
                values.add(k + 1)
        return any(isinstance(operation, Activation) for value in values for operation in self.readers(value))


def chain(input_shape: tuple[int, ...], *operations: Operation) -> OracleNetwork:
    """A network whose operations follow each other."""
    return OracleNetwork(input_shape, tuple(Step(operation, (k,)) for k, operation in enumerate(operations)))
