"""Networks: models read, traced, lifted to one flat graph, and replayed."""

from .load import load_network
from .network import Network

__all__ = ["Network", "load_network"]
