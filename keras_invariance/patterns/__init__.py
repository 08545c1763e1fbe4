"""Patterns: for every neuron the direction of its input that carries its signal, fitted to data."""

from .fit import fit_estimators, fit_patterns
from .fitted import About, Patterns, load_patterns, neuron_layers, weight_patterns

__all__ = ["About", "Patterns", "fit_estimators", "fit_patterns", "load_patterns", "neuron_layers", "weight_patterns"]
