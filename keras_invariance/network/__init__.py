"""Networks: models read, traced, lifted to one flat graph, and replayed."""

import tensorflow as tf

from .loading.load import load_network
from .network import Network

__all__ = ["Network", "load_network"]

# On by default on recent GPUs, it keeps 10 of 23 bits: invariant methods would come out sensitive.
tf.config.experimental.enable_tensor_float_32_execution(False)
