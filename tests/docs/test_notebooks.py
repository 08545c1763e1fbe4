"""The notebooks: stored without outputs, run from top to bottom, and what they say of their results is so."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[2] / "docs" / "notebooks"
NOTEBOOKS = sorted(path.name for path in FOLDER.glob("*.ipynb"))
PAPER, AUDIT = "the_paper_in_ten_minutes.ipynb", "audit_your_own_model.ipynb"


def run(name: str, folder: Path) -> list[str]:
    """What each code cell of a notebook prints or shows, as text; TensorFlow's messages are left away."""
    notebook = nbformat.read(FOLDER / name, as_version=4)
    place = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources=place).execute()
    return ["".join(_text(output) for output in cell.outputs) for cell in notebook.cells if cell.cell_type == "code"]


def _text(output: nbformat.NotebookNode) -> str:
    if output.output_type == "stream":
        return output.text if output.name == "stdout" else ""
    return output.data.get("text/plain", "")


@pytest.fixture(autouse=True)
def a_place_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "TMPDIR"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(name, str(tmp_path / name))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_is_stored_as_it_was_written(name: str):
    notebook = nbformat.read(FOLDER / name, as_version=4)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        assert cell.cell_type == "markdown" or (cell.outputs, cell.execution_count) == ([], None)


def test_both_notebooks_are_there():
    assert NOTEBOOKS == [AUDIT, PAPER]


@pytest.mark.slow
def test_the_paper_comes_out_in_its_notebook(tmp_path: Path):
    cells = run(PAPER, tmp_path)
    assert cells[0].startswith("array([7, 2, 1, 0])")
    assert float(cells[1].removeprefix("np.float32(").removesuffix(")")) < 1e-4
    verdicts = [line.split()[:2] for line in cells[3].splitlines()]
    assert verdicts == [
        ["gradient", "invariant"],
        ["guided-backprop", "invariant"],
        ["gradient-times-input", "sensitive"],
        ["integrated-gradients", "sensitive"],
        ["lrp-epsilon", "sensitive"],
    ]
    references = [line.split()[1:] for line in cells[4].splitlines()]
    assert references == [
        ["zero", "sensitive"],
        ["black", "invariant"],
        ["zero", "sensitive"],
        ["black", "sensitive"],
    ]
    assert [line.split()[:2] for line in cells[5].splitlines()] == [
        ["published", "sensitive"],
        ["positive", "invariant"],
    ]
    assert "Image" in cells[6]


@pytest.mark.slow
def test_an_audit_comes_out_in_its_notebook(tmp_path: Path):
    cells = run(AUDIT, tmp_path)
    verdicts = {tuple(line.split()[:2]): line.split()[-4:] for line in cells[3].splitlines()}
    assert verdicts["constant:-1", "gradient"] == ["invariant", "0", "of", "64"]
    assert verdicts["checkerboard:4", "lrp-epsilon"] == ["sensitive", "64", "of", "64"]
    assert "between 0.0% and" in cells[4]
    assert "relative_l2" in cells[5]
    for name in ("audit.json", "findings.parquet", "report.html", "summary.csv"):
        assert name in cells[6]
