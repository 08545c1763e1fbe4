"""The canvas on the GPU: all maps in one texture array, one instanced draw, the look in uniforms.

Maps are uploaded when they come; a change of range, colormap, gamma, opacity, zoom, wipe or crosshair uploads a table
of a few hundred bytes at most.
"""

from collections.abc import Sequence
from functools import partial
from importlib.resources import files
from math import floor
from typing import Any

import numpy as np
from PyQt6 import sip
from PyQt6.QtGui import QColor, QOffscreenSurface, QOpenGLContext, QPalette
from PyQt6.QtOpenGL import (
    QOpenGLFunctions_4_1_Core,
    QOpenGLPixelTransferOptions,
    QOpenGLShader,
    QOpenGLShaderProgram,
    QOpenGLTexture,
    QOpenGLVertexArrayObject,
)
from PyQt6.QtOpenGLWidgets import QOpenGLWidget
from PyQt6.QtWidgets import QWidget

from keras_invariance.errors import ViewerError

from ..model.look import Look
from .canvas import Gestures
from .cells import Cell, Layout
from .colormaps import table
from .scene import Scene

_COLOR_BUFFER, _TRIANGLE_STRIP, _MAX_TEXTURE_SIZE = 0x4000, 0x0005, 0x0D33
_NAME, _VERSION, _OUT_OF_MEMORY = 0x1F01, 0x1F02, 0x0505
_UNITS = {"maps": 0, "pictures": 1, "table": 2, "cells": 3}


class GLCanvas(QOpenGLWidget):
    """Draws with OpenGL 4.1; see `canvas.Canvas`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = "OpenGL"
        self.scene = Scene()
        gestures = Gestures(self, self.scene)
        self.hovered, self.wheeled, self.dragged = gestures.hovered, gestures.wheeled, gestures.dragged
        self._gl: QOpenGLFunctions_4_1_Core | None = None
        self._context: QOpenGLContext | None = None
        self._program: QOpenGLShaderProgram | None = None
        self._vertices: QOpenGLVertexArrayObject | None = None
        self._textures: dict[str, QOpenGLTexture] = {}
        self._stale: set[str] = set(_UNITS)
        self._stale_layers: set[int] = set()
        self._fits = True

    @property
    def widget(self) -> QWidget:
        """Itself."""
        return self

    def set_maps(self, maps: np.ndarray) -> None:
        """Take a stack of maps, float32 [n, h, w]."""
        self.scene.set_maps(maps)
        self._fits = True
        self._stale.add("maps")
        self._stale_layers.clear()
        self.update()

    def set_map(self, layer: int, plane: np.ndarray) -> None:
        """Take one map, float32 [h, w]."""
        self.scene.set_map(layer, plane)
        self._stale_layers.add(layer)
        self.update()

    def set_pictures(self, pictures: np.ndarray) -> None:
        """Take the pictures behind the maps, uint8 [n, h, w, 3]."""
        self.scene.set_pictures(pictures)
        self._stale.add("pictures")
        self.update()

    def set_cells(self, cells: Sequence[Cell], rows: int, columns: int) -> None:
        """Take what stands where."""
        self.scene.set_cells(cells)
        self._stale.add("cells")
        self.update()

    def set_geometry(self, row_height: int, column_width: int, gap: int) -> None:
        """Take the cells' size in device-independent pixels."""
        self.scene.layout = Layout(row_height, column_width, gap)
        self._stale.add("cells")
        self.update()

    def set_look(self, look: Look) -> None:
        """Take another look."""
        before, self.scene.look = self.scene.look, look
        if before.colormap != look.colormap:
            self._stale.add("table")
        if (before.flipped, before.wipe is None) != (look.flipped, look.wipe is None):
            self._stale.add("cells")
        self.update()

    def set_crosshair(self, point: tuple[float, float] | None) -> None:
        """Draw a cross at this share of the image in every cell."""
        if point != self.scene.crosshair:
            self.scene.crosshair = point
            self.update()

    def initializeGL(self) -> None:
        """Compile the shaders; Qt calls it again where the context was lost."""
        context = self.context()
        if context is None:
            raise ViewerError("no OpenGL context", "OpenGL 4.1", "Start with --renderer cpu.")
        gl = QOpenGLFunctions_4_1_Core()
        if not gl.initializeOpenGLFunctions():
            raise ViewerError("an OpenGL below 4.1", "OpenGL 4.1 core", "Start with --renderer cpu.")
        self._gl = gl
        self.name = f"OpenGL {str(gl.glGetString(_VERSION)).split()[0]} ({gl.glGetString(_NAME)})"
        program = QOpenGLShaderProgram(self)
        for kind, name in (
            (QOpenGLShader.ShaderTypeBit.Vertex, "vert"),
            (QOpenGLShader.ShaderTypeBit.Fragment, "frag"),
        ):
            source = files(__package__).joinpath(f"cell.{name}.glsl").read_text("utf-8")
            program.addShaderFromSourceCode(kind, source)
        if not program.link():
            raise ViewerError(f"shaders that do not link: {program.log()}", "OpenGL 4.1", "Start with --renderer cpu.")
        vertices = QOpenGLVertexArrayObject(self)
        vertices.create()
        self._program, self._vertices, self._stale, self._textures = program, vertices, set(_UNITS), {}
        self._context = context  # or Python's garbage collector finds the connection in a circle, and ends it
        context.aboutToBeDestroyed.connect(partial(_free, context, _surface(self, context), self._textures, vertices))

    def paintGL(self) -> None:
        """One clear and one draw."""
        gl, program = self._gl, self._program
        if gl is None or program is None or self._vertices is None:
            return
        background = self.palette().color(QPalette.ColorRole.Window)
        gl.glClearColor(background.redF(), background.greenF(), background.blueF(), 1.0)
        gl.glClear(_COLOR_BUFFER)
        gl.glViewport(0, 0, *self._pixels())
        if not self.scene.cells or not len(self.scene.maps) or not self._fits:
            return
        self._upload()
        program.bind()
        self._set_uniforms(program, background)
        for name, unit in _UNITS.items():
            self._textures[name].bind(unit)
        self._vertices.bind()
        gl.glDrawArraysInstanced(_TRIANGLE_STRIP, 0, 4, len(self.scene.cells))
        self._vertices.release()
        program.release()

    def finish(self) -> None:
        """Wait until the GPU has drawn; the context must be current."""
        if self._gl is not None:
            self._gl.glFinish()

    def _pixels(self) -> tuple[int, int]:
        """Of the picture; whole ones, also where a pixel of the layout is one and a half of the screen's."""
        ratio = self.devicePixelRatioF()
        return floor(ratio * self.width() + 0.5), floor(ratio * self.height() + 0.5)

    def _set_uniforms(self, program: QOpenGLShaderProgram, background: QColor) -> None:
        scene, look = self.scene, self.scene.look
        layout = scene.layout
        for name, unit in _UNITS.items():
            _set(program, name, unit)
        ratio = self.devicePixelRatioF()
        _set(program, "viewport", *(side / ratio for side in self._pixels()))
        _set(program, "cellSize", float(layout.width), float(layout.height))
        _set(program, "imagePlace", *layout.image_rectangle(scene.shape, look))
        _set(program, "gamma", float(look.gamma))
        _set(program, "opacity", float(look.opacity))
        _set(program, "wipe", 2.0 if look.wipe is None else float(look.wipe))
        _set(program, "interpolate", int(look.interpolate))
        _set(program, "crosshair", *(scene.crosshair or (-1.0, -1.0)))
        _set(program, "background", background.redF(), background.greenF(), background.blueF())

    def _upload(self) -> None:
        """Bring to the GPU what is new."""
        if "maps" in self._stale:
            self._check_size()
            self._replace("maps", _array_texture(self.scene.maps, QOpenGLTexture.TextureFormat.R32F))
            self._check_memory()
            self._stale_layers = set(range(len(self.scene.maps)))
        for layer in self._stale_layers:
            _fill(self._textures["maps"], layer, self.scene.maps[layer])
        if "pictures" in self._stale:
            pictures = self.scene.pictures if len(self.scene.pictures) else np.zeros((1, 1, 1, 3), np.uint8)
            texture = _array_texture(pictures, QOpenGLTexture.TextureFormat.RGB8_UNorm)
            for layer, one in enumerate(pictures):
                _fill(texture, layer, one)
            self._replace("pictures", texture)
        if "table" in self._stale:
            self._replace("table", _flat_texture(table(self.scene.look.colormap)[np.newaxis]))
        if "cells" in self._stale:
            self._replace("cells", _flat_texture(self._cell_table()))
        self._stale, self._stale_layers = set(), set()

    def _cell_table(self) -> np.ndarray:
        rows = []
        for cell in self.scene.cells:
            corner, shown = self.scene.layout.corner(cell), cell.shown(self.scene.look)
            picture = cell.image if cell.image < len(self.scene.pictures) else -1
            rows.append([[*corner, cell.scale.low, cell.scale.high], [*shown, picture, 0.0]])
        return np.array(rows, np.float32)

    def _check_size(self) -> None:
        gl, size = self._gl, max(self.scene.shape)
        largest = gl.glGetIntegerv(_MAX_TEXTURE_SIZE) if gl is not None else 0
        if isinstance(largest, int) and 0 < largest < size:
            self._fits = False  # nothing is drawn, and this is said once
            raise ViewerError(f"maps of {size} pixels", f"at most {largest} on this GPU", "Start with --renderer cpu.")

    def _check_memory(self) -> None:
        if self._gl is not None and self._gl.glGetError() == _OUT_OF_MEMORY:
            self._fits = False
            size = self.scene.maps.nbytes / 2**20
            raise ViewerError(f"{size:.0f} MiB of maps", "as much memory on the GPU", "Start with --renderer cpu.")

    def _replace(self, name: str, texture: QOpenGLTexture) -> None:
        before = self._textures.get(name)
        if before is not None:
            before.destroy()
        self._textures[name] = texture


def _surface(parent: QWidget, context: QOpenGLContext) -> QOffscreenSurface:
    """A surface that is there as long as the widget's context is, also when Python ends."""
    surface = QOffscreenSurface(None, parent)
    surface.setFormat(context.format())
    surface.create()
    return surface


def _free(
    context: QOpenGLContext,
    surface: QOffscreenSurface,
    textures: dict[str, QOpenGLTexture],
    vertices: QOpenGLVertexArrayObject,
) -> None:
    """Give the GPU's memory back while its context is still there; the widget itself may be gone by then."""
    if context.makeCurrent(surface):
        for texture in textures.values():
            texture.destroy()
        vertices.destroy()
        context.doneCurrent()
    textures.clear()


def _set(program: QOpenGLShaderProgram, name: str, *values: Any) -> None:
    program.setUniformValue(program.uniformLocation(name), *values)


def _array_texture(stack: np.ndarray, format_: QOpenGLTexture.TextureFormat) -> QOpenGLTexture:
    texture = QOpenGLTexture(QOpenGLTexture.Target.Target2DArray)
    texture.setFormat(format_)
    texture.setSize(stack.shape[2], stack.shape[1])
    texture.setLayers(len(stack))
    return _stored(texture)


def _flat_texture(rows: np.ndarray) -> QOpenGLTexture:
    """A table [h, w, 4] of bytes or of float32."""
    floats = rows.dtype == np.float32
    texture = QOpenGLTexture(QOpenGLTexture.Target.Target2D)
    texture.setFormat(QOpenGLTexture.TextureFormat.RGBA32F if floats else QOpenGLTexture.TextureFormat.RGBA8_UNorm)
    texture.setSize(rows.shape[1], rows.shape[0])
    _stored(texture)
    kind = QOpenGLTexture.PixelType.Float32 if floats else QOpenGLTexture.PixelType.UInt8
    content = np.ascontiguousarray(rows)
    texture.setData(0, QOpenGLTexture.PixelFormat.RGBA, kind, sip.voidptr(content.ctypes.data))
    return texture


def _stored(texture: QOpenGLTexture) -> QOpenGLTexture:
    texture.setMipLevels(1)
    texture.setAutoMipMapGenerationEnabled(False)
    texture.allocateStorage()
    texture.setMinMagFilters(QOpenGLTexture.Filter.Nearest, QOpenGLTexture.Filter.Nearest)
    return texture


def _fill(texture: QOpenGLTexture, layer: int, content: np.ndarray) -> None:
    """Upload one layer; the array must be C-contiguous, float32 [h, w] or uint8 [h, w, 3]."""
    floats = content.dtype == np.float32
    whole = np.ascontiguousarray(content)
    options = QOpenGLPixelTransferOptions()
    options.setAlignment(1)
    kind = QOpenGLTexture.PixelType.Float32 if floats else QOpenGLTexture.PixelType.UInt8
    layout = QOpenGLTexture.PixelFormat.Red if floats else QOpenGLTexture.PixelFormat.RGB
    texture.setData(0, layer, layout, kind, sip.voidptr(whole.ctypes.data), options)
