"""The softmax-shift test: the same probabilities, other gradients.

Adding one function g of the image to all logits leaves the softmax as it is, for every image. The gradient of a logit
becomes grad f + grad g, where g is arbitrary: whoever chooses g chooses what the map shows. Here g = <u, x> for a
picture u, so that grad g = u.

What repairs it is to explain a logit less the mean of all logits, on which g has no part.

Letters: x an image, f the logits, g the added function, u its gradient, k the number of classes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

import numpy as np
import tensorflow as tf
from jaxtyping import Float, Shaped

from ..arrays import Maps, PerImage, checked_images
from ..comparison.scores import compare
from ..methods import analyzer
from ..network import Network
from ..network.graph import Node, Value
from ..network.lowering.lift import edited
from ..reports.page import page
from .checks import analyzer_of, check_methods, check_unfitted, shift_values
from .explanation_test import Section
from .intervals import Interval, interval
from .per_method import PerMethod
from .request import StudyRequest
from .similarity import MEASURES, TITLES, similarities

NAME = "softmax_shift"
Explained: TypeAlias = Literal["logit", "centred logit"]


@dataclass(frozen=True)
class SoftmaxShift:
    """What became of a method's maps when g was added to all logits.

    Attributes
    ----------
    method
        The method's name.
    explained
        "logit", or "centred logit": less the mean of all logits.
    similarities
        Each of `similarity.MEASURES`, of the maps before and after.
    towards
        The cosine of what was added to the map, h_2 - h_1, and u; NaN where nothing was.
    probabilities
        The largest change of a probability, over images and classes: rounding.
    """

    method: str
    explained: Explained
    similarities: Mapping[str, Interval]
    towards: Interval
    probabilities: float

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> "SoftmaxShift":
        """The result whose plain values these are."""
        alike = {name: Interval.read(interval) for name, interval in values["similarities"].items()}
        return cls(**{**values, "similarities": alike, "towards": Interval.read(values["towards"])})


def softmax_shift(  # noqa: PLR0913  what is explained, and what is added
    network: Network,
    images: Shaped[np.ndarray, "n ..."],
    methods: Sequence[str],
    *,
    direction: Any = "checkerboard:4",
    strength: float = 1.0,
    targets: Any = None,
    options: Mapping[str, Any] | None = None,
) -> Iterator[SoftmaxShift]:
    """Explain a network and one with the same softmax, with `strength` times the picture u in all its gradients.

    Parameters
    ----------
    network
        What is explained.
    images
        [n, *network.input_shape].
    methods
        Names of `ki.METHODS`.
    direction
        The picture u, as shifts are spelled.
    strength
        |u| over the median length of the network's gradients.
    targets
        The explained logits, as for `randomize`.
    options
        "METHOD.OPTION" -> value.

    Raises
    ------
    ImageError, MethodError, ShiftError
        The images, targets, a method or the picture do not fit.

    Source: Srinivas & Fleuret, "Rethinking the role of gradient-based attribution methods" (2021), section 3.
    """
    x = checked_images(images, network.input_shape)
    check_unfitted(methods)
    check_methods(network, methods, options or {})
    targets = network.targets(x, targets)
    u = shift_values(direction, network)
    lengths = np.linalg.norm(analyzer(network, "gradient")(x, targets).reshape(len(x), -1), axis=1)
    u = u * (strength * float(np.median(lengths)) / float(np.linalg.norm(u)))
    pairs: dict[Explained, tuple[Network, Network]] = {"logit": (network, with_added(network, u))}
    pairs["centred logit"] = (centred(pairs["logit"][0]), centred(pairs["logit"][1]))
    change = float(np.abs(_softmax(network(x)) - _softmax(pairs["logit"][1](x))).max())
    for method in methods:
        for explained, pair in pairs.items():
            before, after = (analyzer_of(one, method, options or {})(x, targets) for one in pair)
            alike = {name: interval(found[np.newaxis]) for name, found in similarities(before, after).items()}
            towards = interval(_towards(before, after, u)[np.newaxis])
            yield SoftmaxShift(method, explained, alike, towards, change)


def softmax_shift_test(request: StudyRequest) -> PerMethod[SoftmaxShift]:
    """What a study asks of this test."""
    own = request.experiment
    return PerMethod(NAME, request, own.network, own.methods, _asked, SoftmaxShift.read, section)


def _asked(request: StudyRequest, network: Network, methods: Sequence[str]) -> Iterator[SoftmaxShift]:
    options = request.options(methods)
    return softmax_shift(network, request.experiment.images, methods, targets=request.target, options=options)


def section(results: Sequence[SoftmaxShift]) -> Section:
    """What a page tells of the test."""
    change = max((one.probabilities for one in results), default=0.0)
    values = {"softmax": results, "probabilities": change, "measures": MEASURES, "titles": TITLES}
    return Section(page(__package__, "softmax_shift.html", values))


def with_added(network: Network, u: Float[np.ndarray, "*input"]) -> Network:
    """The network with <u, x> added to all its logits: the same softmax."""
    graph, name = network.graph, f"{network.graph.logits.node}/added"
    shape, kernel = Value(f"{name}/shape"), Value(f"{name}/kernel")
    flat = Node(f"{name}/flat", "Reshape", (graph.image, shape), {**_float("T"), "Tshape": _kind(tf.int32)})
    product = Node(f"{name}/product", "MatMul", (flat.output, kernel), _MATMUL)
    total = Node(name, "AddV2", (graph.logits, product.output), _float("T"))
    columns = np.repeat(u.reshape(-1, 1), network.classes, axis=1)
    return _ended(
        network,
        (flat, product, total),
        {shape: tf.constant([-1, u.size], tf.int32), kernel: tf.constant(columns, tf.float32)},
    )


def centred(network: Network) -> Network:
    """The network with the mean of all logits subtracted from each: the same softmax."""
    name = f"{network.graph.logits.node}/centred"
    kernel = Value(f"{name}/kernel")
    product = Node(name, "MatMul", (network.graph.logits, kernel), _MATMUL)
    less_mean = np.eye(network.classes) - 1 / network.classes
    return _ended(network, (product,), {kernel: tf.constant(less_mean, tf.float32)})


def _ended(network: Network, nodes: tuple[Node, ...], constants: dict[Value, tf.Tensor]) -> Network:
    graph = replace(network.graph, logits=nodes[-1].output)
    graph = edited(graph, (*graph.nodes, *nodes), constants)
    return network.with_graph(graph)


def _towards(before: Maps, after: Maps, u: Float[np.ndarray, "*input"]) -> PerImage:
    """The cosine of the maps' difference and u; NaN where the difference is rounding."""
    seen = u if before.shape[1:] == u.shape else u.sum(axis=-1)  # where a map has one number for a place
    difference = (after.astype(np.float64) - before).reshape(len(before), -1)
    found = compare(difference, np.broadcast_to(seen.reshape(1, -1), difference.shape), not_finite="apart").cosine
    sizes = np.linalg.norm(before.reshape(len(before), -1), axis=1)
    return np.where(np.linalg.norm(difference, axis=1) > 1e-4 * sizes, found, np.nan)


def _softmax(logits: Float[np.ndarray, "n k"]) -> Float[np.ndarray, "n k"]:
    from scipy.special import softmax

    return np.asarray(softmax(logits.astype(np.float64), axis=1))


def _kind(dtype: tf.DType) -> Any:
    return tf.compat.v1.AttrValue(type=dtype.as_datatype_enum)


def _float(name: str) -> dict[str, Any]:
    return {name: _kind(tf.float32)}


_NOT = tf.compat.v1.AttrValue(b=False)
_MATMUL = {**_float("T"), "transpose_a": _NOT, "transpose_b": _NOT}
