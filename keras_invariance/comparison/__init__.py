"""Comparison: a network and its twin explained side by side, the scores of their maps, and the verdict on a method."""
