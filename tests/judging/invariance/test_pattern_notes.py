"""Notes on patterns: which neurons have none of their own."""

from dataclasses import replace

from keras_invariance.judging.invariance.pattern_notes import silent_neurons
from keras_invariance.patterns import weight_patterns


def test_neurons_without_a_pattern_are_counted_and_named_by_layer(small):
    patterns = weight_patterns(small)
    first, second = patterns.names
    told, layers = silent_neurons(replace(patterns, silent=((0, 3, 7), (2,))))
    assert told == "4 neurons in 2 of 2 layers were hardly ever active or show no signal: their pattern is w / |w|²."
    assert layers == (f"3 in {first}", f"1 in {second}")
    assert silent_neurons(replace(patterns, silent=((), (2,))))[1] == (f"1 in {second}",)
    assert silent_neurons(patterns) == ("Every neuron has a pattern of its own.", ())
