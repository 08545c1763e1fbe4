"""Both canvases against the formula, pixel by pixel, and against each other."""

import gc
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from keras_invariance.errors import ViewerError
from keras_invariance.gui.model.look import Look, Scale
from keras_invariance.gui.render.cells import Cell, Layout
from keras_invariance.gui.render.colormaps import NAMES
from keras_invariance.gui.render.cpu_canvas import CPUCanvas
from keras_invariance.gui.render.export import rendered
from keras_invariance.gui.render.gl_canvas import GLCanvas

from .canvases import Grid, apart, drawn, pixels

CLOSE = 3  # of 255
GRIDS = {
    **{f"colormap {name}": Grid(Look(colormap=name)) for name in NAMES},
    "gamma below 1": Grid(Look(gamma=0.4)),
    "gamma above 1": Grid(Look(gamma=2.5)),
    "over the picture": Grid(Look(opacity=0.35)),
    "the picture alone": Grid(Look(opacity=0.0)),
    "zoomed": Grid(Look(zoom=3.3, centre=(0.31, 0.62))),
    "zoomed far": Grid(Look(zoom=64.0, centre=(0.9, 0.1))),
    "panned to the corner": Grid(Look(zoom=2.0, centre=(0.25, 0.75))),
    "wiped": Grid(Look(wipe=0.37)),
    "wiped over the picture": Grid(Look(wipe=0.6, opacity=0.5)),
    "wiped and flipped": Grid(Look(wipe=0.5, flipped=True)),
    "flipped": Grid(Look(flipped=True)),
    "interpolated": Grid(Look(interpolate=True)),
    "interpolated, zoomed": Grid(Look(interpolate=True, zoom=3.3, centre=(0.31, 0.62))),
    "interpolated over the picture": Grid(Look(interpolate=True, opacity=0.5)),
    "no numbers": Grid(odd=(np.nan, np.inf, -np.inf)),
    "no numbers, gamma": Grid(Look(gamma=0.5, colormap="viridis"), odd=(np.nan, np.inf, -np.inf)),
    "beyond the scale": Grid(scale=Scale(-0.5, 0.5)),
    "a scale of one value": Grid(scale=Scale(0.0, 0.0)),
    "a scale that is not symmetric": Grid(scale=Scale(-0.3, 2.0)),
    "wide maps": Grid(shape=(20, 33)),
    "tall maps": Grid(shape=(31, 7)),
    "a row of numbers": Grid(shape=(1, 40)),
    "one pixel": Grid(shape=(1, 1)),
    "wide cells": Grid(shape=(20, 33), layout=Layout(90, 141, 3)),
    "small cells": Grid(shape=(28, 28), layout=Layout(48, 48, 6)),
    "large maps": Grid(shape=(224, 224)),
    "large maps, interpolated": Grid(Look(interpolate=True), shape=(224, 224)),
}


@pytest.fixture(scope="module")
def cpu(application):  # noqa: ARG001 - without one there is no widget
    """The canvas without OpenGL."""
    canvas = CPUCanvas()
    yield canvas
    canvas.close()


@pytest.fixture(scope="module")
def gl(has_opengl):
    """The canvas with OpenGL."""
    if not has_opengl:
        pytest.skip("no OpenGL here, or no screen: run it under xvfb-run")
    canvas = GLCanvas()
    yield canvas
    canvas.close()


@pytest.fixture(params=["cpu", "gl"])
def canvas(request):
    """Either."""
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("name", GRIDS)
def test_a_canvas_shows_what_the_formula_says(canvas, name):
    grid = GRIDS[name]
    grid.put_on(canvas)
    image, ratio = drawn(canvas)
    assert apart(image, grid.expected(canvas, ratio, image.shape[:2])) <= CLOSE


@pytest.mark.parametrize("name", GRIDS)
def test_both_canvases_show_the_same(gl, cpu, name):
    grid = GRIDS[name]
    for one in (gl, cpu):
        grid.put_on(one)
    (first, ratio), (second, _) = drawn(gl), drawn(cpu)
    expected = grid.expected(cpu, ratio, second.shape[:2])
    decided = np.all([one == expected[0] for one in expected], axis=(0, -1)) | grid.look.interpolate
    assert decided.mean() > 0.5
    assert np.abs(first.astype(int) - second)[decided].max() <= CLOSE


@pytest.mark.parametrize("ratio", ["1.5", "2"])
def test_on_screens_of_other_densities_too(application, ratio):
    """Qt takes the density when it starts: in a process of its own."""
    chosen = "shows_what_the_formula_says and (RdBu_r or wide or zoomed or wiped or interpolated or large)"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(Path(__file__)), "-k", chosen]
    environment = {**os.environ, "QT_SCALE_FACTOR": ratio, "QT_QPA_PLATFORM": application.platformName()}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout


@pytest.mark.parametrize("change", ["look", "map", "cells", "pictures", "geometry", "crosshair"])
def test_every_change_is_seen(canvas, change):
    grid = Grid(Look(opacity=0.5))
    grid.put_on(canvas)
    canvas.set_crosshair(None)
    before, _ = drawn(canvas)
    if change == "look":
        canvas.set_look(Look(opacity=0.6))
    elif change == "map":
        canvas.set_map(0, grid.maps[0] + 1)
    elif change == "cells":
        canvas.set_cells([Cell(0, 0, 1, 0, Scale(-1, 1))], 2, 3)
    elif change == "pictures":
        canvas.set_pictures(255 - grid.pictures)
    elif change == "geometry":
        canvas.set_geometry(100, 100, 6)
    else:
        canvas.set_crosshair((0.5, 0.5))
    after, _ = drawn(canvas)
    canvas.set_crosshair(None)
    assert (before != after).any()
    if change == "map":
        assert (before[:132, 138:] == after[:132, 138:]).all()  # the other maps stay


def test_the_crosshair_stands_at_the_same_place_of_every_image(canvas):
    grid = Grid(Look(zoom=1.5, centre=(0.4, 0.5)))
    grid.put_on(canvas)
    without, ratio = drawn(canvas)
    canvas.set_crosshair((0.3, 0.7))
    crossed, _ = drawn(canvas)
    canvas.set_crosshair(None)
    changed = (without != crossed).any(axis=-1)
    left, top, across, down = grid.layout.image_rectangle(grid.shape, grid.look)
    for column in range(3):
        x = ratio * (grid.layout.corner(grid.cells[column])[0] + left + 0.3 * across)
        lines = np.flatnonzero(changed[: int(ratio * 40)].mean(axis=0) > 0.9)
        assert np.abs(lines + 0.5 - x).min() <= 1.5 * ratio
    rows = np.flatnonzero(changed[: int(ratio * 132)].mean(axis=1) > 0.9)
    assert np.abs(rows + 0.5 - ratio * (top + 0.7 * down)).max() <= 1.5 * ratio


@pytest.mark.parametrize("kind", ["float64", "every other row", "turned", "read only"])
def test_maps_of_any_kind_of_array_are_shown_right(canvas, kind):
    grid = Grid()
    plain = grid.maps
    maps = {
        "float64": plain.astype(np.float64),
        "every other row": np.repeat(plain, 2, axis=1)[:, ::2],
        "turned": np.ascontiguousarray(plain.transpose(0, 2, 1)).transpose(0, 2, 1),
        "read only": np.frombuffer(plain.tobytes(), np.float32).reshape(plain.shape),
    }[kind]
    grid.put_on(canvas)
    wanted, _ = drawn(canvas)
    canvas.set_maps(np.zeros_like(plain))
    blank, _ = drawn(canvas)
    assert (blank != wanted).any()
    canvas.set_maps(maps)
    assert (drawn(canvas)[0] == wanted).all()
    canvas.set_maps(np.zeros_like(plain))
    for layer, plane in enumerate(maps):
        canvas.set_map(layer, plane)
    assert (drawn(canvas)[0] == wanted).all()


def test_nothing_is_drawn_where_there_are_no_maps(canvas):
    grid = Grid()
    grid.put_on(canvas)
    canvas.set_cells([], 0, 0)
    image, _ = drawn(canvas)
    assert (image == image[0, 0]).all()


def test_a_canvas_that_is_hidden_and_shown_or_moved_to_another_window_draws_the_same(canvas):
    grid = Grid(Look(opacity=0.5))
    grid.put_on(canvas)
    wanted, _ = drawn(canvas)
    canvas.widget.hide()
    assert (drawn(canvas)[0] == wanted).all()
    window = QWidget()
    layout = QHBoxLayout(window)
    layout.addWidget(canvas.widget)
    window.show()
    assert (drawn(canvas)[0] == wanted).all()
    canvas.widget.setParent(None)
    assert (drawn(canvas)[0] == wanted).all()
    window.close()


def test_a_context_that_is_lost_is_made_again_with_all_that_was_in_it(gl):
    grid = Grid(Look(opacity=0.5))
    grid.put_on(gl)
    wanted, _ = drawn(gl)
    gl.context().aboutToBeDestroyed.emit()  # what Qt says when the screen changed, or the driver was reset
    gl.makeCurrent()
    gl.initializeGL()
    gl.doneCurrent()
    gl.update()
    assert (drawn(gl)[0] == wanted).all()


def test_a_canvas_that_is_deleted_gives_its_memory_back_without_a_word(gl, application):
    """Qt warns of textures that outlive their context, and a warning fails a test."""
    other = GLCanvas()
    Grid().put_on(other)
    drawn(other)
    other.close()
    gc.collect()  # which must not end what is to be done at the end
    del other
    application.processEvents()
    assert gl.context() is not None


def test_maps_that_the_gpu_cannot_hold_are_refused_once_in_words(gl, qtbot):
    with qtbot.captureExceptions() as caught:
        gl.set_maps(np.zeros((1, 1, 40_000), np.float32))
        gl.set_cells([Cell(0, 0, 0, -1, Scale(-1, 1))], 1, 1)
        drawn(gl)
        drawn(gl)
    assert len(caught) == 1
    assert caught[0][0] is ViewerError
    assert "maps of 40000 pixels" in str(caught[0][1])
    Grid().put_on(gl)
    image, ratio = drawn(gl)
    assert apart(image, Grid().expected(gl, ratio, image.shape[:2])) <= CLOSE


@pytest.mark.parametrize("factor", [0.5, 1.0, 2.3])
@pytest.mark.parametrize("name", ["colormap RdBu_r", "over the picture", "wiped", "wide cells", "interpolated, zoomed"])
def test_an_exported_picture_shows_the_same_at_every_scale(cpu, name, factor):
    grid = GRIDS[name]
    image = rendered(
        grid.maps,
        grid.pictures,
        grid.cells,
        grid.look,
        (grid.layout.height, grid.layout.width, grid.layout.gap),
        factor,
    )
    assert isinstance(image, QImage)
    width, height = grid.size
    assert (image.width(), image.height()) == (round(width * factor), round(height * factor))
    found = pixels(image)
    white = grid.expected(cpu, factor, found.shape[:2], background=(255, 255, 255))
    assert apart(found, white) <= CLOSE
