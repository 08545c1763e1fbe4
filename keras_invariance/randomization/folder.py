"""The folder of a study: its plan, one file of similarities per seed, and what is made of them.

    plan.json             what decides the numbers, the seeds apart: more seeds may be added later
    seeds/0.npy           [findings, measures, images] of one seed; each file appears whole or not at all
    randomization.json    layers, curves, convergence, softmax shift, with every digit
    randomization.csv     the curves' points
    *.png, index.html

A run that was killed goes on with the first seed that has no file.
"""

import json
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float

from ..errors import OutputError
from ..report.files import result_folder, write_result


@dataclass(frozen=True)
class Folder:
    """The folder of one study.

    Attributes
    ----------
    path
        Where it is.
    """

    path: Path

    @classmethod
    def begun(cls, path: Path, plan: dict[str, Any]) -> "Folder":
        """The folder with its plan in it; one that was begun with the same plan is gone on with.

        Raises
        ------
        OutputError
            It cannot be written, or holds another study, or other things.
        """
        folder = cls(result_folder(path))
        if (path / "plan.json").exists():
            folder._check_same(plan)
        elif any(one for one in path.iterdir() if not one.name.startswith(".")):
            raise OutputError(f"{path}, a folder with other things in it", "an empty or a new one", "Choose another.")
        folder.write("plan.json", as_json(plan))
        result_folder(path / "seeds")
        return folder

    def similarities(self, seed: int, shape: tuple[int, int, int]) -> Float[np.ndarray, "f m n"] | None:
        """What was written for a seed; None where nothing was.

        Raises
        ------
        OutputError
            The file is damaged.
        """
        path = self._seed(seed)
        if not path.exists():
            return None
        try:
            found = np.load(path, allow_pickle=False)
        except (OSError, ValueError, EOFError):
            found = np.zeros(0)
        if found.shape != shape or found.dtype != np.float64:
            raise OutputError(f"{path}, which is damaged", "what a study wrote", "Delete it: it is computed again.")
        return found

    def keep(self, seed: int, similarities: Float[np.ndarray, "f m n"]) -> None:
        """Write a seed's similarities."""
        content = BytesIO()
        np.save(content, similarities)
        self.write(f"seeds/{seed}.npy", content.getvalue())

    def write(self, name: str, content: str | bytes) -> None:
        """Write a file whole or not at all; raises an `OutputError` where the system refuses."""
        write_result(self.path / name, content)

    def _seed(self, seed: int) -> Path:
        return self.path / "seeds" / f"{seed}.npy"

    def _check_same(self, plan: dict[str, Any]) -> None:
        try:
            before = json.loads((self.path / "plan.json").read_text("utf-8"))
            differing = [name for name in plan if before[name] != json.loads(as_json(plan))[name]]
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise OutputError(f"{self.path} without a readable plan.json", "a study's folder", "Check it.") from error
        if differing:
            name = differing[0]
            raise OutputError(
                f"{self.path}, a study with another {name.replace('_', ' ')}: {_short(before[name])}",
                f"{_short(plan[name])}",
                "Ask for the same again to go on with it, or choose another folder.",
            )


def as_json(content: object) -> str:
    """Text of plain values; NaN, which JSON does not know, is null."""
    return json.dumps(_plain(content), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _plain(content: Any) -> Any:
    if isinstance(content, dict):
        return {str(key): _plain(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_plain(value) for value in content]
    return None if isinstance(content, float) and not np.isfinite(content) else content


def _short(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
