"""Makes the tables of docs/which-library.md: other libraries' explanations beside ours, under two shifts.

python -m pip install ".[foreign]"
python docs/which_library.py

An audit of `mnist_cnn` on 16 digits, in a folder that is resumed; the page's table is written anew between its markers.
"""

import sys
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path

import keras_invariance as ki
from keras_invariance.judging.invariance import Result
from keras_invariance.methods.catalogue import METHODS, group

PAGE = Path(__file__).with_name("which-library.md")
BEGIN, END = "<!-- tables: python docs/which_library.py -->", "<!-- end of the tables -->"
SHIFTS = {"constant:-1": "constant of -1", "checkerboard:4": "checkerboard of ±1"}
IMAGES = 16
BACKGROUND = "mnist/train[:16]"

OURS = {
    "lime-image": "lime",
    "shap-gradient": "expected-gradients",
    "shap-deep": "deep-shap",
    "shap-partition": "kernel-shap",
    "tf-keras-vis-saliency": "gradient",
    "tf-keras-vis-smoothgrad": "smoothgrad",
    "tf-keras-vis-grad-cam": "grad-cam",
    "tf-keras-vis-grad-cam++": "grad-cam++",
    "tf-keras-vis-score-cam": "score-cam",
    "xplique-saliency": "gradient",
    "xplique-gradient-input": "gradient-times-input",
    "xplique-integrated-gradients": "integrated-gradients",
    "xplique-smoothgrad": "smoothgrad",
    "xplique-guided-backprop": "guided-backprop",
    "xplique-deconvnet": "deconvnet",
    "xplique-grad-cam": "grad-cam",
    "xplique-grad-cam++": "grad-cam++",
    "xplique-occlusion": "occlusion",
    "xplique-rise": "rise",
    "xplique-lime": "lime",
    "xplique-kernel-shap": "kernel-shap",
}
"""A library's explainer -> our method of the same kind."""

OPTIONS = {
    "shap-gradient.background": BACKGROUND,
    "shap-deep.background": BACKGROUND,
    "expected-gradients.background": BACKGROUND,
    "deep-shap.background": BACKGROUND,
    "rise.masks": 200,
    "lime.samples": 200,
    "kernel-shap.samples": 200,
    "integrated-gradients.steps": 50,
}

Found = Mapping[tuple[str, str], Mapping[str, Result]]
"""Method and variant -> shift -> result."""


def audited(out: Path) -> Found:
    """The verdicts on all of them."""
    network, data = ki.load_network("mnist_cnn"), ki.datasets.load(f"mnist/test[:{IMAGES}]")
    peers = [name for name in group("foreign") if name in OURS]
    methods = [*peers, *dict.fromkeys(OURS[name] for name in peers)]
    options = {key: value for key, value in OPTIONS.items() if key.rpartition(".")[0] in methods}
    found: dict[tuple[str, str], dict[str, Result]] = {}
    for step in ki.audit(network, data, out, shifts=list(SHIFTS), methods=methods, options=options):
        if isinstance(step, Result):
            found.setdefault((step.question.method, step.question.reference), {})[step.question.shift] = step
        elif step.done in (0, step.total):
            print(step.name, step.done, step.total, flush=True)
    return found


def cell(result: Result) -> str:
    """A verdict with the median relative difference of the maps; of a failure, what was said."""
    if result.verdict == "failed":
        words = result.reason.partition(": ")[2].partition("; expected")[0]
        return f"failed: {words if len(words) <= 120 else f'{words[:117]}...'}".replace("|", "/")
    return f"{result.verdict}, {result.median_relative_l2:.2g}"


def lines(found: Found) -> Iterator[str]:
    """The table."""
    yield f"| explainer | {' | '.join(SHIFTS.values())} | ours | {' | '.join(SHIFTS.values())} |"
    yield "|---" * (2 + 2 * len(SHIFTS)) + "|"
    for (method, variant), results in found.items():
        if method not in OURS:
            continue
        mine = [key for key in found if key[0] == OURS[method]]
        same = [key for key in mine if key[1] == variant] or [key for key in mine if key[1] in ("", "zero")]
        own = f"`{same[0][0]}`" + (f" ({same[0][1]})" if same[0][1] else "")
        told = [cell(results[shift]) for shift in SHIFTS]
        beside = [cell(found[same[0]][shift]) for shift in SHIFTS]
        name = f"`{method}`" + (f" ({variant})" if variant else "")
        yield f"| {name} | {' | '.join(told)} | {own} | {' | '.join(beside)} |"


def main() -> None:
    """Write the tables into the page."""
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("which-library")
    found = audited(out)
    packages = ("shap", "lime", "tf-keras-vis", "xplique", "tensorflow", "keras", "numpy", "scipy")
    told = f"{datetime.now(timezone.utc):%d %B %Y}, " + ", ".join(f"{name} {version(name)}" for name in packages)
    text = PAGE.read_text("utf-8")
    before, after = text[: text.index(BEGIN)], text[text.index(END) :]
    PAGE.write_text(f"{before}{BEGIN}\n\n{told.lstrip('0')}:\n\n" + "\n".join(lines(found)) + f"\n\n{after}", "utf-8")
    left = [name for name in OURS if name not in METHODS]
    if left:
        print(f"Not installed: {', '.join(left)}")


if __name__ == "__main__":
    main()
