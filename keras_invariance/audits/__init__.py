"""Offline audits: verdicts on any network over any data set, written as they come and resumed where they stopped."""

from .plan import Plan
from .questions import Question
from .results import Result
from .run import Progress, audit

__all__ = ["Plan", "Progress", "Question", "Result", "audit"]
