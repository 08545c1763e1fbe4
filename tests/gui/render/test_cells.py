"""Where cells and their pixels lie."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_invariance.gui.model.look import Look, Scale
from keras_invariance.gui.render.cells import Cell, Layout

SIDES = st.integers(1, 400)
SHARES = st.floats(0.0, 1.0)


@given(
    st.builds(Layout, SIDES, SIDES, st.integers(0, 20)),
    st.tuples(SIDES, SIDES),
    st.builds(Look, zoom=st.floats(1.0, 64.0), centre=st.tuples(SHARES, SHARES)),
    st.tuples(st.integers(0, 30), st.integers(0, 30)),
    st.tuples(SHARES, SHARES),
)
def test_place_finds_what_image_rectangle_laid(layout, shape, look, at, share):
    corner = layout.corner(Cell(*at, 0, 0, Scale(-1, 1)))
    left, top, across, down = layout.image_rectangle(shape, look)
    inside = left + share[0] * across, top + share[1] * down
    row, column, x, y = layout.place(corner[0] + inside[0], corner[1] + inside[1], shape, look)
    if 0 <= inside[0] < layout.width - 1e-6 and 0 <= inside[1] < layout.height - 1e-6:
        assert (row, column) == at
        assert (x, y) == pytest.approx(share, abs=1e-6)


@given(st.tuples(SIDES, SIDES), st.tuples(SIDES, SIDES))
def test_a_whole_image_fills_its_cell_in_one_direction_and_keeps_its_aspect(cell, shape):
    layout = Layout(*cell)
    left, top, across, down = layout.image_rectangle(shape, Look())
    assert min(left, top) == pytest.approx(0, abs=1e-9)
    assert left >= -1e-9
    assert top >= -1e-9
    assert across / down == pytest.approx(shape[1] / shape[0])
    assert (2 * left + across, 2 * top + down) == pytest.approx((layout.width, layout.height))


def test_between_cells_and_beside_the_grid_there_is_no_row():
    layout = Layout(100, 100, 6)
    for x, y in ((103, 50), (50, 103), (-1, 50), (50, -1)):
        assert layout.place(x, y, (10, 10), Look())[0] == -1
    assert layout.place(106, 106, (10, 10), Look())[:2] == (1, 1)


def test_a_grid_ends_with_its_last_cell():
    assert Layout(100, 90, 6).size(2, 3) == (3 * 90 + 2 * 6, 2 * 100 + 6)
    assert Layout().size(0, 0) == (1, 1)


@pytest.mark.parametrize(
    ("look", "shown"),
    [
        (Look(), [(0, 0), (1, 1), (2, 2)]),
        (Look(flipped=True), [(1, 1), (0, 0), (2, 2)]),
        (Look(wipe=0.5), [(0, 1), (0, 1), (2, 2)]),
        (Look(wipe=0.5, flipped=True), [(1, 0), (1, 0), (2, 2)]),
    ],
)
def test_blinking_and_wiping_change_the_networks_and_leave_the_difference(look, shown):
    scale = Scale(-1, 1)
    cells = [Cell(0, 0, 0, 0, scale, 1), Cell(0, 1, 1, 1, scale, 0), Cell(0, 2, 2, 0, scale)]
    assert [cell.shown(look) for cell in cells] == shown


def test_an_empty_cell_stays_empty():
    assert Cell(0, 0, -1, 0, Scale(-1, 1), 1).shown(Look(wipe=0.5)) == (-1, -1)
