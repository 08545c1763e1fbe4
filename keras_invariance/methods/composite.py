"""Composites: a rule of LRP for each layer, chosen by the layer's kind, its place in the network, or its name.

What lies between neuron layers passes relevance as under lrp-epsilon: activations, scales and biases that stand alone
as it is, sums and mean pools in proportion to their parts, signs and all, max pools to the winner.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

from ..errors import MethodError
from ..network.structure.roles import Unit
from ..rules.backward import Rule, Rules
from ..rules.between_layers import by_value, lrp_rules
from ..rules.box import Box
from ..rules.lrp_step import LayerRule, layer_rule
from .catalogue import Method
from .layer_keys import KINDS, POSITIONS, key_of_layer, unknown_keys
from .pixel_bounds import checked_bounds
from .request import Request
from .single_pass import SinglePass

Table: TypeAlias = Mapping[str, LayerRule]
"""A key ("dense", "convolution", "neurons", "first", "last", or the name of a layer) -> the rule of its layers."""


def composite(rules: Table, *, name: str = "composite") -> Method:
    """A method of LRP in which layers have rules of their own; it stands wherever a method's name may stand.

    Where several keys fit a layer, its name goes before "first" and "last", these before "dense" and "convolution", and
    "neurons", which fits all layers, comes last. The logit starts the backward pass.

    Parameters
    ----------
    rules
        What the layers are -> a rule of `keras_invariance.rules`, or one of your own.

        - "dense", "convolution": by kind; a dense layer is one at every position of an image too;
        - "neurons": all layers that have no other;
        - "first": the layers that the image reaches through affine steps only, "last": those that make the logits;
        - anything else: a layer's name in the Keras model, or a block's for all layers in it, or the name that
          `inspect` prints.
    name
        What verdicts call it.

    Raises
    ------
    MethodError
        The table is empty, or a value is no rule. When an analyzer is built: a key fits no layer of the network, a
        layer has no rule, or the box rule stands where the bounds of a layer's input are not known.

    Source: Lapuschkin et al., 2017; Montavon et al., 2019; Kohlbrenner et al., 2020.
    """
    table = dict(rules)
    if not table:
        raise MethodError("a composite without rules", "at least one key with a rule", "Give {'neurons': rule}.")
    for key, rule in table.items():
        if isinstance(rule, Rules | str) or not callable(rule):
            raise MethodError(
                f"{rule!r} for {key!r} in a composite",
                "a rule of neuron layers",
                "Give one of keras_invariance.rules, such as rules.epsilon(1e-6), rules.z_plus() or rules.flat.",
            )
    return Method(
        name,
        "relevance",
        "f",
        "a composite",
        "A rule for each layer: " + ", ".join(table) + ".",
        lambda request: composed(request, table),
        {"batch_size": None},
        law="attribution",
    )


def composed(request: Request, table: Table, guard: float = 0.0) -> SinglePass:
    """The analyzer of a table; `guard` keeps the denominators of sums and mean pools from zero."""
    chosen = chosen_rules(request, table)

    def neurons(replay: Any, unit: Unit, inputs: Any) -> Any:
        return chosen[unit.name](replay, unit, inputs)

    between = lrp_rules(neurons)
    rules = Rules(
        {**between.table, "sum": by_value(guard), "mean pool": by_value(guard)},
        between.covered,
        gates_carry=between.gates_carry,
    )
    return SinglePass.of(request, rules, seed="f")


def chosen_rules(request: Request, table: Table) -> Mapping[str, Rule]:
    """The rule of each neuron layer, by its unit's name."""
    network = request.network
    layers = [unit for unit in request.units if unit.layer is not None]
    unknown = unknown_keys(request.units, table)
    if unknown:
        raise MethodError(
            f"a rule for {unknown[0]!r}, which is no layer of {network.name!r}",
            f"one of {', '.join((*KINDS, *POSITIONS))}, or the name of a layer: "
            + ", ".join(unit.name for unit in layers),
            "Check the spelling; `inspect` lists the layers.",
        )
    return {unit.name: layer_rule(_rule_of(request, unit, table)) for unit in layers}


def _rule_of(request: Request, unit: Unit, table: Table) -> LayerRule:
    key = key_of_layer(request.network.graph, request.units, unit, table)
    if key is None:
        raise MethodError(
            f"no rule for layer {unit.name!r} ({unit.operation})",
            f"a key that fits it beside {', '.join(map(repr, table))}",
            "Add 'neurons', which fits every layer, or the layer's kind or name.",
        )
    rule = table[key]
    if isinstance(rule, Box):
        _check_box(request, unit, rule, key)
    return rule


def _check_box(request: Request, unit: Unit, rule: Box, key: str) -> None:
    if unit.layer is None or not unit.layer.first:
        raise MethodError(
            f"the box rule for layer {unit.name!r}, by the key {key!r}",
            "a layer that the image reaches through affine steps only, where bounds of its input are known",
            "Give the box under 'first', and another rule here.",
        )
    checked_bounds(rule.low, rule.high, request.network.input_shape)
