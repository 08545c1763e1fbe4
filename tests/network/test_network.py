"""Networks: what was called by another name goes on working, and what a network of another graph is."""

from dataclasses import replace

import pytest

import keras_invariance as ki


@pytest.mark.parametrize(("former", "now"), [("kin", "family"), ("interface", "endpoints")])
def test_a_former_name_works_and_warns(former: str, now: str):
    network = ki.load_network("mnist_mlp")
    with pytest.warns(DeprecationWarning, match=rf"Network\.{former} is now Network\.{now}: use that"):
        found = getattr(network, former)
    assert found is getattr(network, now)


def test_a_network_of_another_graph_is_neither_a_twin_nor_the_models():
    network = ki.load_network("mnist_mlp")
    twin = ki.shifted_twin(network, -1.0)
    graph = replace(network.graph)
    other = twin.with_graph(graph)
    assert (other.graph, other.name, other.source) == (graph, twin.name, twin.source)
    assert other.place is None
    assert other.model is None
    assert network.with_graph(graph).model is None
    assert network.model is not None
