"""Convergence: whether what a method sends back from the logits still depends on them when it arrives at the image.

Two random relevance vectors start at the logits. A method that multiplies by matrices with non-negative entries, layer
after layer, turns both towards the same direction: the absolute value of their cosine goes to 1, and the map no longer
says anything about what it was started with, the explained class or the later layers.

Letters: v_1, v_2 two random vectors at the logits, standard normal; k pairs of them, n images.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from jaxtyping import Float, Shaped

from ..arrays import Images, checked_images
from ..errors import MethodError
from ..methods.single_pass import SinglePass
from ..network import Network
from ..network.execution.compiled import compiled
from ..network.graph import Value
from ..network.structure.roles import Unit
from ..reports.figures import MOST_LABELS, figure_of, png_of, tick
from ..reports.page import data_uri, page
from ..rules.backward import backward_pass
from .checks import analyzer_of, check_methods
from .explanation_test import Section
from .intervals import Interval, interval
from .per_method import PerMethod
from .randomization.parameters import parameters_of
from .request import StudyRequest

NAME = "convergence"
PAIRS = 10


@dataclass(frozen=True)
class Convergence:
    """How far two random relevance vectors have turned to the same direction.

    Attributes
    ----------
    method
        The method's name.
    step
        How many neuron layers they have passed, 0 at the logits.
    layer
        The layer that they passed last, "logits" at the start.
    cosine
        The absolute cosine of the two signals that arrive below that layer, over pairs of vectors and images; 1 where
        they differ in length and sign alone.
    """

    method: str
    step: int
    layer: str
    cosine: Interval

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> "Convergence":
        """The result whose plain values these are."""
        return cls(**{**values, "cosine": Interval.read(values["cosine"])})


def convergence(
    network: Network,
    images: Shaped[np.ndarray, "n ..."],
    methods: Sequence[str],
    *,
    pairs: int = PAIRS,
    seed: int = 0,
    options: Mapping[str, Any] | None = None,
) -> Iterator[Convergence]:
    """The cosine of the maps of two random relevance vectors, layer by layer from the logits to the image.

    Parameters
    ----------
    network
        What is explained.
    images
        [n, *network.input_shape].
    methods
        Names of `ki.METHODS` that pass once forward and once back: no averages.
    pairs
        Pairs of random vectors.
    seed
        Draws them.
    options
        "METHOD.OPTION" -> value; pattern methods are told their patterns so.

    Raises
    ------
    MethodError
        A method averages many passes, or is spelled or told wrong.
    ImageError
        The images do not fit.

    Source: Sixt, Granz & Landgraf, "When explanations lie" (2020), section 5.
    """
    x = checked_images(images, network.input_shape)
    vectors = np.random.default_rng(seed).standard_normal((pairs, 2, 1, network.classes)).astype(np.float32)
    starts = np.broadcast_to(vectors, (pairs, 2, len(x), network.classes))
    check_methods(network, methods, options or {})
    names = {value: layer.name for layer in parameters_of(network).layers for value in layer.values}
    for method in methods:
        found = analyzer_of(network, method, options or {})
        if not isinstance(found, SinglePass):
            raise MethodError(f"{method}, which averages many passes", "a method of one pass", "Ask for its base.")
        passed = _Passed.of(found, names)
        cosines = [_cosines(*(passed.signals(x, vector) for vector in pair)) for pair in starts]
        for step, layer in enumerate(passed.layers):
            yield Convergence(method, step, layer, interval(np.stack([pair[step] for pair in cosines])))


def passes_once(network: Network, method: str, options: Mapping[str, Any]) -> bool:
    """Whether convergence can be asked of a method."""
    return isinstance(analyzer_of(network, method, options), SinglePass)


def convergence_test(request: StudyRequest) -> PerMethod[Convergence] | None:
    """What a study asks of this test; None where none of its methods passes once."""
    own = request.experiment
    methods = tuple(method for method in own.methods if passes_once(own.network, method, own.options))
    return PerMethod(NAME, request, own.network, methods, _asked, Convergence.read, section) if methods else None


def section(results: Sequence[Convergence]) -> Section:
    """The picture, and a table of the last step of each method."""
    png = convergence_png(results)
    ends = {one.method: one.cosine for one in results}  # the last step of each method stays
    html = page(__package__, "convergence.html", {"picture": data_uri(png), "convergence": ends})
    return Section(html, {"convergence": png})


def convergence_png(found: Sequence[Convergence]) -> bytes:
    """1 less the absolute cosine, on a logarithmic scale: the further down, the less is left of the start."""
    from matplotlib import colormaps

    figure = figure_of(8, 4.6)
    axes = figure.subplots()
    methods = list(dict.fromkeys(one.method for one in found))
    marks = "osD^v<>pPXh*"
    for number, method in enumerate(methods):
        own = [one for one in found if one.method == method]
        steps_ = [one.step for one in own]
        floor = 1e-9
        means, lows, highs = (
            [max(1 - getattr(one.cosine, name), floor) for one in own] for name in ("mean", "high", "low")
        )
        colour = colormaps["viridis"](0.9 * number / max(1, len(methods) - 1))
        axes.plot(steps_, means, marker=marks[number % len(marks)], markersize=5, label=method, color=colour)
        axes.fill_between(steps_, lows, highs, alpha=0.12, color=colour, linewidth=0)
    labels = [one.layer for one in found if one.method == methods[0]]
    every = -(-len(labels) // MOST_LABELS)
    axes.set_xticks(
        range(0, len(labels), every), [tick(label) for label in labels[::every]], rotation=45, ha="right", fontsize=9
    )
    axes.set_yscale("log")
    axes.set_ylabel("1 \N{MINUS SIGN} |cosine|")
    axes.set_xlabel("from the logits to the image: what has been passed")
    axes.grid(axis="y", color="#e5e5e5")
    figure.legend(loc="outside right upper", frameon=False, fontsize=9)
    return png_of(figure)


def _asked(request: StudyRequest, network: Network, methods: Sequence[str]) -> Iterator[Convergence]:
    return convergence(network, request.experiment.images, methods, options=request.options(methods))


@dataclass(frozen=True, eq=False)
class _Passed:
    """The backward pass of any vector at the logits, with what arrives below each neuron layer, from the top."""

    layers: tuple[str, ...]
    run: Any

    @classmethod
    def of(cls, found: SinglePass, names: Mapping[Value, str]) -> "_Passed":
        network = found.request.network
        neurons = [unit for unit in reversed(found.request.units) if unit.layer is not None]
        below = {unit.signals[0]: _name(unit, names) for unit in neurons}
        ends = [network.graph.logits, *below]

        def run(images: tf.Tensor, start: tf.Tensor) -> list[tf.Tensor]:
            walk = backward_pass(network.graph, found.request.units, images, found.rules)
            arrived = walk.back(network.graph.logits, start)
            return [_relevance(found, walk.replay.value(end), arrived.get(end), end) for end in ends]

        vectors = tf.TensorSpec((None, network.classes), tf.float32)
        images = tf.TensorSpec((None, *network.input_shape), tf.float32)
        return cls(("logits", *below.values()), compiled(run, [images, vectors]))

    def signals(self, images: Images, start: Float[np.ndarray, "n classes"]) -> list[Float[np.ndarray, "n ..."]]:
        """What arrives at the logits and below each layer."""
        parts = self.run(tf.constant(images), tf.constant(start))
        return [part.numpy() for part in parts]


def _name(unit: Unit, names: Mapping[Value, str]) -> str:
    """A neuron layer's name: that of the layer which has its kernel."""
    return next((names[value] for value in unit.nodes[0].inputs if value in names), unit.name)


def _relevance(found: SinglePass, value: tf.Tensor, signal: tf.Tensor | None, end: Value) -> tf.Tensor:
    """The map that the method would give at a value: the signal there, times the value where its maps are so."""
    if signal is None:
        return tf.zeros_like(value)
    return signal * value if found.times_input and end != found.request.network.graph.logits else signal


def _cosines(
    first: Sequence[Float[np.ndarray, "n ..."]], second: Sequence[Float[np.ndarray, "n ..."]]
) -> list[Float[np.ndarray, " n"]]:
    from ..comparison.scores import compare

    return [
        np.abs(compare(one.reshape(len(one), -1), other.reshape(len(other), -1)).cosine)
        for one, other in zip(first, second, strict=True)
    ]
