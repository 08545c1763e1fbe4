"""The full gradient: the gradient times the image, and every bias times the gradient there, at their places.

Letters: x the image, f the logit, g = df/dx; u an operation's output, v what it reads, J its derivative, d the signal
df/du.

The decomposition of Srinivas & Fleuret (2019): f(x) = <x, g> + sum over biases b of <b, df/db>, exact for networks of
ReLUs. What is neither linear nor positively homogeneous has an implicit bias, as their appendix takes activations:
u - J v where it is run, which is 0 for a ReLU or a pool, b for a bias, -u for a product. With these the sum is f(x) for
every network, whatever its operations: each step passes <d, u> on as <J^T d, v> and leaves <d, u - J v>.

A bias's share stands where its output lies over the image: summed over that layer's channels, spread smoothly over the
image so that its sum stays, and in equal parts over the image's channels. What has no place, as in a dense layer, is
spread evenly over the whole input. Nothing is rescaled and no absolute value taken, as the paper does for looking, so
that sums hold.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import tensorflow as tf
from jaxtyping import Float, Shaped

from ..network.execution.compiled import compiled
from ..network.execution.replay import Replay
from ..network.graph import Graph, Value
from ..network.structure.roles import Role, Unit
from ..network.structure.spatial import Sizes, sizes_of
from ..rules.backward import Backward, BackwardPass, Rules, backward_pass, detached, vjp
from ..rules.gradient import GRADIENT, activation_output, layer_forward
from .request import Origin, Request, analyzer_line, checked_inputs, specifications
from .resizing import spread
from .single_pass import seeded

HOMOGENEOUS = frozenset({"Relu", "LeakyRelu"})
"""Activations with a(z) = a'(z) z."""

LINEAR_ROLES: frozenset[Role] = frozenset({"scale", "max pool", "mean pool", "sum", "route"})
"""What leaves nothing, as long as no constant is added or padded."""

Left = dict[Value, tf.Tensor]
"""An operation's output -> d (u - J v) there, summed over the last axis, which stays. [n, ..., 1]"""


@dataclass(frozen=True, eq=False)
class FullGradient:
    """x g, and every bias times its gradient, at their places: maps whose sum is f(x) (Srinivas & Fleuret, 2019)."""

    request: Request

    def __repr__(self) -> str:
        return analyzer_line(self.request)

    def __call__(
        self,
        images: Shaped[np.ndarray, "n ..."],
        targets: Any = None,
        *,
        origin: Origin | None = None,
    ) -> Float[np.ndarray, "n ..."]:
        """Raw maps of images, in the images' shape."""
        question = checked_inputs(self.request.network, images, targets, origin)
        return question.mapped(self._maps, self.request.batch_size, self.request.network.input_shape)

    def completeness_gap(self, images: Shaped[np.ndarray, "n ..."], targets: Any = None) -> Float[np.ndarray, " n"]:
        """|sum of the map - f(x)| for each image: zero but for rounding."""
        question = checked_inputs(self.request.network, images, targets)
        maps = self(question.images, question.targets)
        logits = self.request.network(question.images)[np.arange(len(maps)), question.targets]
        return np.abs(maps.reshape(len(maps), -1).sum(axis=1) - logits)

    @property
    def rules(self) -> Rules:
        """Those of the gradient, which is what is taken back."""
        return GRADIENT

    def traced(self, images: tf.Tensor, targets: tf.Tensor, unshifted: tf.Tensor | None = None) -> tf.Tensor:
        """The maps of traced images: for use inside another traced function."""
        graph, units = self.request.network.graph, self.request.units
        left: Left = {}
        run = backward_pass(graph, units, images, _noting(left), unshifted)
        arrived = run.back(graph.logits, seeded(run.replay.value(graph.logits), targets, "1"))
        left.update(_left_elsewhere(run, graph, units, arrived))
        g = arrived.get(graph.image)
        return (tf.zeros_like(images) if g is None else images * g) + _placed(left, sizes_of(graph, units), images)

    @cached_property
    def _maps(self) -> Any:
        return compiled(self.traced, specifications(self.request.network), xla=self.request.xla)


def full_gradient(request: Request) -> FullGradient:
    """The analyzer that a request asks for."""
    request.check_covered(GRADIENT)
    return FullGradient(request)


def _noting(left: Left) -> Rules:
    """The gradient's rules, which note what neuron layers and activations leave when the signal passes them."""

    def neurons(replay: Replay, unit: Unit, inputs: list[tf.Tensor]) -> tuple[tf.Tensor, Backward]:
        passed = layer_forward(replay, unit, inputs)
        bias = passed.layer.offset(passed.z.dtype)

        def back(d: tf.Tensor) -> list[tf.Tensor]:
            arrived = passed.through_activation(d)
            parts = [] if bias is None else [_product(arrived, bias)]
            if not _all_homogeneous(passed.layer.activation):
                parts.append(_over_channels(d * passed.y - arrived * passed.z))
            if parts:
                left[unit.last.output] = tf.add_n(parts)
            return [passed.transposed(arrived)]

        return passed.y, back

    def activation(replay: Replay, unit: Unit, inputs: list[tf.Tensor]) -> tuple[tf.Tensor, Backward]:
        y = activation_output(replay, unit, inputs[0])

        def back(d: tf.Tensor) -> list[tf.Tensor]:
            arrived = vjp(y, inputs[0], d)
            if not _all_homogeneous(unit.nodes):
                left[unit.last.output] = _over_channels(d * y - arrived * inputs[0])
            return [arrived]

        return y, back

    return Rules({"neurons": neurons, "activation": activation}, GRADIENT.covered)


def _product(arrived: tf.Tensor, bias: tf.Tensor) -> tf.Tensor:
    """The signal times a bias, over channels; one number for each channel takes no product of the signal's size."""
    if bias.shape.rank == 1 and bias.shape[0] == arrived.shape[-1]:
        return tf.tensordot(arrived, bias, 1)[..., tf.newaxis]
    return _over_channels(arrived * bias)


def _over_channels(part: tf.Tensor) -> tf.Tensor:
    return tf.reduce_sum(part, axis=-1, keepdims=True)


def _all_homogeneous(nodes: tuple[Any, ...]) -> bool:
    return all(node.op in HOMOGENEOUS for node in nodes)


def _left_elsewhere(
    run: BackwardPass, graph: Graph, units: tuple[Unit, ...], arrived: Mapping[Value, tf.Tensor]
) -> Left:
    """What all other operations leave: biases that stand alone, products, normalisations."""
    found = {}
    for unit in units:
        d = arrived.get(unit.last.output)
        if d is not None and unit.role not in run.rules.table and not _is_linear(graph, unit):
            u, along = _tangent(run.replay, unit)
            found[unit.last.output] = _over_channels(d * (u - along))
    return found


def _is_linear(graph: Graph, unit: Unit) -> bool:
    constant = unit.role == "sum" and any(value not in graph.active for value in unit.last.inputs)
    return unit.role in LINEAR_ROLES and unit.last.op != "PadV2" and not constant


def _tangent(replay: Replay, unit: Unit) -> tuple[tf.Tensor, tf.Tensor]:
    """U and J v: the derivative of J^T w in w, which is linear in it, applied to v."""
    reads = (*unit.signals, *unit.gates)
    given = {value: detached(replay.value(value)) for value in reads}
    v = list(given.values())
    for node in unit.nodes:
        given[node.output] = replay.emit(node, given)
    u = given[unit.last.output]
    w = tf.zeros_like(u)
    transposed = tf.gradients(u, v, grad_ys=w, unconnected_gradients="zero")
    along = tf.gradients(transposed, w, grad_ys=v, unconnected_gradients="zero")[0]
    return u, along


def _placed(left: Left, sizes: Mapping[Value, Sizes], images: tf.Tensor) -> tf.Tensor:
    """Everything that was left, over the image; broadcasts to it."""
    over: dict[Sizes, list[tf.Tensor]] = {}
    for value, part in left.items():
        own = sizes.get(value, ())
        over.setdefault(own, []).append(_summed(part, own))
    image = images.shape[1:]
    total = tf.zeros((1,) * images.shape.rank, images.dtype)
    for own, parts in over.items():
        at_places = tf.add_n(parts)
        if own:
            total += spread(at_places, image[:-1]) / image[-1]
        else:
            total += tf.reshape(at_places, (-1, *(1,) * len(image))) / image.num_elements()
    return total


def _summed(part: tf.Tensor, sizes: Sizes) -> tf.Tensor:
    """A layer's parts at its places, [n, *sizes, 1], or summed over everything, [n], where it has none."""
    if sizes:
        return tf.ensure_shape(part, (None, *sizes, 1))
    return tf.reduce_sum(tf.reshape(part, (tf.shape(part)[0], -1)), axis=1)
