"""The mouse beside the maps: a drag may lead past every edge of the grid."""

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest


@pytest.mark.parametrize("past", [(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1)])
def test_a_drag_past_an_edge_of_the_maps_points_at_nothing(window, past):
    canvas, side, told = window.grid.canvas.widget, window.grid.side + 6, []
    window.grid.pointed.connect(told.append)
    corner = QPoint(canvas.width() if past[0] > 0 else 0, canvas.height() if past[1] > 0 else 0)
    start, outside = QPoint(side // 2, side // 2), corner + QPoint(*past) * side + QPoint(side // 3, side // 3)
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(canvas, start)
    QTest.mouseMove(canvas, outside)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=outside)
    window.grid.pointed.disconnect(told.append)
    assert told[-1] == ""
    assert window.grid.canvas.scene.crosshair is None


def test_a_cell_beside_the_last_column_is_no_map(window):
    """Where the canvas is wider than its columns, as it is for an instant when columns are hidden."""
    told, asked, side = [], [], window.grid.side + 6
    window.grid.menu_requested.disconnect(window.menu_actions.map_menu)
    window.grid.menu_requested.connect(lambda *found: asked.append(found))
    window.grid.pointed.connect(told.append)
    window.grid.canvas.hovered.emit(0, 3, 0.5, 0.5)
    window.grid.canvas.hovered.emit(0, -1, 0.5, 0.5)
    window.grid.canvas.widget.customContextMenuRequested.emit(QPoint(3 * side + 5, 5))
    window.grid.pointed.disconnect(told.append)
    window.grid.menu_requested.disconnect()
    window.grid.menu_requested.connect(window.menu_actions.map_menu)
    assert told == ["", ""]
    assert asked == []
