"""PatternNet and PatternAttribution."""

from ..rules.pattern import pattern_rules
from .request import Request
from .single_pass import SinglePass


def pattern_net(request: Request) -> SinglePass:
    """The signal along the fitted patterns a (Kindermans et al., 2018)."""
    return _patterned(request, attribution=False)


def pattern_attribution(request: Request) -> SinglePass:
    """The attribution of that signal, along w * a (Kindermans et al., 2018)."""
    return _patterned(request, attribution=True)


def _patterned(request: Request, *, attribution: bool) -> SinglePass:
    arrays = request.options["patterns"].arrays_for(request.network)
    return SinglePass.of(request, pattern_rules(arrays, attribution=attribution), seed="f")
