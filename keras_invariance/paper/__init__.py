"""The paper, reproduced: its figures, its table of verdicts, and a page that shows them."""

from .experiment import Step, reproduce

__all__ = ["Step", "reproduce"]
