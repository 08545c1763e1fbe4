"""Twins: networks that read shifted images and give the same logits."""

from .shifted import save_twin, shifted_twin, twin_error

__all__ = ["save_twin", "shifted_twin", "twin_error"]
