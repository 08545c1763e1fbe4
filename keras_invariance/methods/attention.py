"""Methods for networks with attention."""

from dataclasses import replace

from ..rules.attention import attention_rules, attention_units
from .request import Request
from .single_pass import SinglePass


def lrp_attention(request: Request) -> SinglePass:
    """LRP with softmax as its Taylor step and products halved (Achtibat et al., 2024)."""
    units = attention_units(request.network.graph, request.units)
    return SinglePass.of(replace(request, units=units), attention_rules(request.options["epsilon"]), times_input=True)
