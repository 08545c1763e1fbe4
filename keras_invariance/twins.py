"""Twins: a network that reads shifted images and gives the same logits, its first biases undoing the shift.

Letters: x an image, m the shift, A the affine path from the image to the output of a first linear operation, b its
bias.

The twin subtracts A(m) - A(0) right behind every linear operation that the image reaches through affine steps only,
before anything that is not affine: f2(x + m) = f1(x). For padded convolutions and for shifts that differ by pixel
that is a map of the output's size, not a number per channel. It is computed in float64, so that a float64 replay
agrees to rounding.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from jaxtyping import Shaped

from .errors import ModelError
from .network import Network
from .network.affine import values_at
from .network.graph import Graph, Node, Value
from .network.lift import edited
from .network.roles import AFFINE_ROLES, Unit
from .shifts import as_shift


def shifted_twin(network: Network, shift: Any) -> Network:
    """The twin b2 = b1 - (A(m) - A(0)) of a network: twin(images + m) = network(images).

    Parameters
    ----------
    network
        Network 1.
    shift
        A `Shift`, or an array that broadcasts to one image.

    Raises
    ------
    ShiftError
        The shift does not fit the network's images.
    ModelError
        A first linear operation mixes images and positions on its batch axis.

    Source: Kindermans et al., "The (Un)reliability of saliency methods" (2017), section 2.
    """
    m = as_shift(shift)
    values = np.asarray(m.values(network.input_shape), np.float64)
    cuts = cut_values(network)
    moved, still = (values_at(network.graph, image, tuple(cuts)) for image in (values, np.zeros_like(values)))
    offsets = {cut: _offset(cut, first - second) for cut, first, second in zip(cuts, moved, still, strict=True)}
    return replace(
        network,
        graph=_subtracted(network.graph, offsets, cuts),
        name=f"{network.name} twin",
        source=f"{network.source}, shifted by {m.spec}",
        model=None,
        original=network,
    )


def twin_error(network: Network, twin: Network, images: Shaped[np.ndarray, "n ..."], shift: Any) -> float:
    """The largest |f1(x) - f2(x + m)| over images and logits, as a multiple of the largest |f1(x)|."""
    moved = np.asarray(images, np.float64) + np.asarray(as_shift(shift).values(network.input_shape), np.float64)
    logits = np.asarray(network(images), np.float64)
    difference = np.abs(logits - twin(moved)).max(initial=0.0)
    return float(difference / max(np.abs(logits).max(initial=0.0), np.finfo(np.float64).tiny))


def cut_values(network: Network) -> Mapping[Value, frozenset[str]]:
    """Where a twin subtracts, and for whom: behind first linear operations for all, else for what is not affine."""
    graph = network.graph
    reached = {graph.image}
    cuts: dict[Value, frozenset[str]] = {}
    for unit in network.units:
        affine = [value for value in (*unit.signals, *unit.gates) if value in reached]
        if unit.layer is not None and affine:
            end = _behind_linear(unit)
            cuts[end] = frozenset(node.name for node in graph.readers.get(end, ()))
        elif affine and len(affine) == len(unit.signals) and unit.role in AFFINE_ROLES | {"sum"}:
            reached.update(value for value in graph.active if value.node == unit.last.name)
        else:
            for value in affine:
                cuts[value] = cuts.get(value, frozenset()) | {node.name for node in unit.nodes}
    if graph.logits in reached:
        cuts.setdefault(graph.logits, frozenset())
    return cuts


def _behind_linear(unit: Unit) -> Value:
    """The output of a layer's linear operation, brought into shape by the reshapes directly behind it."""
    end = unit.nodes[0].output
    routes = unit.layer.routes if unit.layer is not None else ()
    for route in routes:
        if route.inputs[0] != end:
            break
        end = route.output
    return end


def _offset(cut: Value, difference: np.ndarray) -> np.ndarray:
    """A(m) - A(0): [channels] where it is the same at all positions, else with a batch axis of 1."""
    rows = difference.reshape(-1, difference.shape[-1])
    size = np.abs(rows).max(initial=0.0)
    if np.ptp(rows, axis=0).max(initial=0.0) <= 1e-12 * size:
        return rows.mean(axis=0)
    if difference.shape[0] != 1:
        raise ModelError(
            f"layer {cut.node!r}, whose batch axis mixes images and positions",
            "a first linear operation that keeps one row per image",
            "Use a shift that is the same in every pixel, or wrap the model differently.",
        )
    return difference


def _subtracted(graph: Graph, offsets: Mapping[Value, np.ndarray], cuts: Mapping[Value, frozenset[str]]) -> Graph:
    """The graph with a constant subtracted from some values before certain operations read them."""
    subtracted, renamed = _free_values(graph, offsets, "offset"), _free_values(graph, offsets, "twin")
    constants = {subtracted[cut]: tf.constant(offset, tf.float64) for cut, offset in offsets.items()}
    kind = {"T": tf.compat.v1.AttrValue(type=tf.float32.as_datatype_enum)}
    added = {cut: Node(renamed[cut].node, "Sub", (cut, subtracted[cut]), kind) for cut in offsets}
    nodes = [added[graph.image]] if graph.image in added else []
    for node in graph.nodes:
        inputs = [renamed[value] if node.name in cuts.get(value, ()) else value for value in node.inputs]
        nodes.append(replace(node, inputs=tuple(inputs)))
        nodes.extend(new for cut, new in added.items() if cut.node == node.name)
    return edited(replace(graph, logits=renamed.get(graph.logits, graph.logits)), nodes, constants)


def _free_values(graph: Graph, cuts: Iterable[Value], ending: str) -> Mapping[Value, Value]:
    """A new value for each cut, under a name that is free: a twin's twin is cut where the twin was."""
    taken = {node.name for node in graph.nodes} | {value.node for value in graph.constants}
    found: dict[Value, Value] = {}
    for cut in cuts:
        name = f"{cut.node}/{ending}"
        while name in taken:
            name += "+"
        taken.add(name)
        found[cut] = Value(name)
    return found


def save_twin(twin: Network, path: str | Path) -> Path:
    """Write a twin: to a `.keras` file where Keras can say it, else (or for any other path) to a SavedModel folder.

    Keras can say it where the first layers are dense or unpadded convolutions and the shift undoes to one number per
    channel. The file or folder appears whole or not at all.

    Returns
    -------
    What was written: `path`, or `path` without `.keras` where it had to be a SavedModel folder.

    Raises
    ------
    ModelError
        There is something at the path already that is not of the kind to be written.
    """
    from .twin_files import written_twin

    return written_twin(twin, Path(path))
