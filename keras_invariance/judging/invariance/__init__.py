"""The test of input invariance: verdicts on any network over any data set, written as they come, and resumed."""

from ...runs import Progress
from .audit import audit
from .estimates import Estimate
from .plan import Plan
from .questions import Question
from .results import Result

__all__ = ["Estimate", "Plan", "Progress", "Question", "Result", "audit"]
