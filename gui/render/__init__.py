"""Heatmaps on the screen: a GL canvas, a CPU canvas, and the NumPy picture both must match."""
