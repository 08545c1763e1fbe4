"""The paper, reproduced: its figures, its table of verdicts, a page that shows them; its question of every method."""

from .experiment import Step, reproduce
from .extended import every_method

__all__ = ["Step", "every_method", "reproduce"]
