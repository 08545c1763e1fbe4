"""Tables that set rows side by side."""

from keras_invariance.paper.cases import TIMES_INPUT, pattern_case
from keras_invariance.paper.tables import pattern_table, remedy_table


def test_a_remedy_stands_beside_what_it_is_for(row):
    ill, mended = row(TIMES_INPUT, "sensitive", 1.5), row(TIMES_INPUT, normalised="mean image")
    other = row(TIMES_INPUT, "sensitive", 1.0, shift="checkerboard")
    table = remedy_table([ill, mended, other])
    assert table.groups == (("constant shift", ("as it is", "less the mean image")),)
    (line,) = table.lines
    assert line.cells == ((ill,), (mended,))


def test_patterns_stand_by_network_and_shift(row):
    net, attribution = (pattern_case(name, "linear", "refitted") for name in ("pattern-net", "pattern-attribution"))
    rows = [row(net), row(attribution), row(net, network="mnist_cnn")]
    table = pattern_table([row(), *rows])
    assert table.groups == (("mnist_mlp", ("constant shift",)), ("mnist_cnn", ("constant shift",)))
    (line,) = table.lines
    assert (line.title, line.variant) == ("linear", "refitted")
    assert line.cells == ((rows[0], rows[1]), (rows[2],))
