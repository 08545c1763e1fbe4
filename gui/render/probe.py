"""Whether OpenGL is usable here, found out in a process of its own: a broken driver crashes or hangs that one only."""

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass

LIMIT = 10.0
"""Seconds that the probe may take."""

SCREENLESS = {"offscreen", "minimal", "minimalegl", "vnc", "linuxfb"}
SOFTWARE = ("llvmpipe", "softpipe", "swrast", "software", "swiftshader", "basic render")


@dataclass(frozen=True)
class Probe:
    """What was found: usable or why not, the renderer's name, and whether it is the CPU that draws."""

    usable: bool
    name: str = ""
    software: bool = False
    reason: str = ""


def probe(limit: float = LIMIT) -> Probe:
    """Ask a process; never raises."""
    command = [sys.executable, "-m", "keras_invariance.gui.render.probe"]
    environment = {**os.environ, "QT_LOGGING_RULES": "*=false"}
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit, check=False, env=environment)
        return Probe(**json.loads(done.stdout.splitlines()[-1]))
    except subprocess.TimeoutExpired:
        return Probe(False, reason=f"OpenGL did not answer within {limit:g} s")
    except (OSError, ValueError, IndexError, TypeError):
        return Probe(False, reason="OpenGL ended the process that tried it")


def choose(renderer: str, platform: str) -> str:
    """The canvas, "gl" or "cpu": what was asked for, or for "auto" OpenGL where it is usable and no software."""
    if renderer == "cpu" or platform in SCREENLESS:
        return "cpu"
    if renderer == "gl":
        return "gl"
    found = probe()
    return "gl" if found.usable and not found.software else "cpu"


def found_here() -> Probe:
    """Make a context in this process, and ask for its functions."""
    from PyQt6.QtGui import QGuiApplication, QOffscreenSurface, QOpenGLContext, QSurfaceFormat
    from PyQt6.QtOpenGL import QOpenGLFunctions_4_1_Core

    surface_format = QSurfaceFormat()
    surface_format.setRenderableType(QSurfaceFormat.RenderableType.OpenGL)
    surface_format.setProfile(QSurfaceFormat.OpenGLContextProfile.CoreProfile)
    surface_format.setVersion(4, 1)
    QSurfaceFormat.setDefaultFormat(surface_format)
    application = QGuiApplication(sys.argv[:1])
    context, surface = QOpenGLContext(), QOffscreenSurface()
    surface.create()
    if not context.create() or not context.makeCurrent(surface):
        return Probe(False, reason="no OpenGL context can be made")
    functions = QOpenGLFunctions_4_1_Core()
    if not functions.initializeOpenGLFunctions():
        return Probe(False, reason="OpenGL is below 4.1")
    name = str(functions.glGetString(0x1F01))
    context.doneCurrent()
    del application
    return Probe(True, name, any(word in name.lower() for word in SOFTWARE))


if __name__ == "__main__":
    print(json.dumps(asdict(found_here())), flush=True)  # noqa: T201 - the answer
    os._exit(0)  # a driver may crash when it is taken down
