"""Fingerprints: hashes of what a network computes, and of its weights alone."""

import hashlib

import numpy as np
import tensorflow as tf

from .graph import Graph
from .structure.roles import Unit


def fingerprint_of(graph: Graph) -> str:
    """A hash of every operation and every number: equal for graphs that compute the same in the same way."""
    digest = hashlib.sha256(repr(graph.image_shape).encode())
    places = {node.name: index for index, node in enumerate(graph.nodes)}
    for node in graph.nodes:
        public = {name: value for name, value in node.attributes.items() if not name.startswith("_")}
        described = "".join(f"{name}={public[name].SerializeToString(deterministic=True)!r}" for name in sorted(public))
        digest.update(f"{node.op};{described}".encode())
        for value in node.inputs:
            constant = graph.constant(value)
            if constant is None:  # names differ from file to file, places do not
                digest.update(f"{places.get(value.node, 'image')}:{value.index}".encode())
            else:
                digest.update(f"{constant.dtype.name}{tuple(constant.shape)}".encode())
                moving = isinstance(constant, tf.Variable)  # a family's: its members differ in it
                digest.update(b"" if moving else np.ascontiguousarray(constant.numpy()).tobytes())
    return digest.hexdigest()


def weights_fingerprint_of(units: tuple[Unit, ...]) -> str:
    """A hash of the neuron layers' kernels, without biases: equal for a network and its twins, on disk too."""
    digest = hashlib.sha256()
    for layer in (unit.layer for unit in units if unit.layer is not None):
        digest.update(f"{layer.linear.op}{tuple(layer.kernel.shape)}".encode())
        digest.update(np.ascontiguousarray(layer.kernel.numpy()).tobytes())
        digest.update(b"" if layer.scale is None else np.float32(layer.scale).tobytes())
    return digest.hexdigest()
