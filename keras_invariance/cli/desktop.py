"""`keras-invariance desktop`: the viewer among the desktop's programs, for the user alone."""

import os
import shutil
import subprocess
import sys
import sysconfig
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from ..errors import ViewerError

NAME = "keras-invariance-viewer"
PLACES = {
    f"applications/{NAME}.desktop": f"{NAME}.desktop",
    f"mime/packages/{NAME}.xml": f"{NAME}.xml",
    f"icons/hicolor/scalable/apps/{NAME}.svg": f"{NAME}.svg",
    f"icons/hicolor/256x256/apps/{NAME}.png": f"{NAME}.png",
}
"""File in the user's folder for data -> the file of the package that is copied there."""

CACHES = (
    ("update-desktop-database", "applications"),
    ("update-mime-database", "mime"),
    ("gtk-update-icon-cache", "icons/hicolor"),
)
"""Programs that make a desktop notice at once, where they are installed; each takes a folder."""


def desktop(
    install: Annotated[
        bool, typer.Option("--install", help="Menu entry, icon, and files .keras and .kinv open the viewer.")
    ] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take all of that away again.")] = False,
) -> None:
    """Put the viewer among the desktop's programs, or take it away; for this user, nothing needs root."""
    if install == remove:
        given = "--install and --remove" if install else "neither --install nor --remove"
        raise ViewerError(given, "one of them", "Say which.")
    if not sys.platform.startswith("linux"):
        raise ViewerError(
            f"a desktop on {sys.platform}",
            "one that reads freedesktop.org's menu entries, as those of Linux do",
            "Start it by keras-invariance-viewer, and put that program among yours by hand.",
        )
    folder = data_folder()
    for place, source in PLACES.items():
        path = folder / place
        if install:
            _install(path, source)
        else:
            path.unlink(missing_ok=True)
        typer.echo(f"{'Written' if install else 'Removed'}: {path}")
    for program, cache in CACHES:
        found = shutil.which(program)
        if found is not None and (folder / cache).is_dir():
            subprocess.run([found, str(folder / cache)], check=False, capture_output=True)


def data_folder() -> Path:
    """Where the user's menu entries, icons and kinds of files are: XDG_DATA_HOME, or ~/.local/share."""
    given = os.environ.get("XDG_DATA_HOME", "")
    return Path(given) if Path(given).is_absolute() else Path.home() / ".local" / "share"


def command() -> str:
    """What starts this installation's viewer, as a menu entry spells it."""
    script = Path(sysconfig.get_path("scripts")) / NAME
    parts = [str(script)] if script.is_file() else [sys.executable, "-m", "keras_invariance", "view"]
    return " ".join(f'"{part}"' if " " in part else part for part in parts)


def _install(path: Path, source: str) -> None:
    content = (files("keras_invariance.gui") / source).read_bytes()
    if source.endswith(".desktop"):
        content = content.replace(f"Exec={NAME}".encode(), f"Exec={command()}".encode())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise ViewerError(
            f"{path}, which cannot be written ({error.strerror or error})",
            "a folder of the user's for data",
            "Set XDG_DATA_HOME to one that can be written.",
        ) from error
