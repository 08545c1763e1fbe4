"""Offline audits: verdicts on any network over any data set, written as they come and resumed where they stopped."""

from .plan import Plan, Question
from .run import Progress, Result, audit

__all__ = ["Plan", "Progress", "Question", "Result", "audit"]
