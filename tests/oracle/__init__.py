"""A slow, literal NumPy float64 copy of every method, derived from the formulas and sharing nothing with the engine."""

from .catalogue import ORACLES, oracle_maps
from .connections import Connections, convolution, dense, depthwise, transposed
from .fit import Fitted, fitted_patterns
from .network import OracleNetwork, Step, chain
from .operations import Activation, Gate, MaxPool, MeanPool, Neurons, Route, Scale, Sum, windows

__all__ = [
    "ORACLES",
    "Activation",
    "Connections",
    "Fitted",
    "Gate",
    "MaxPool",
    "MeanPool",
    "Neurons",
    "OracleNetwork",
    "Route",
    "Scale",
    "Step",
    "Sum",
    "chain",
    "convolution",
    "dense",
    "depthwise",
    "fitted_patterns",
    "oracle_maps",
    "transposed",
    "windows",
]
