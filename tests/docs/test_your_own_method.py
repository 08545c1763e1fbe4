"""The page "Your own method": its code runs as it stands, and prints what the page says."""

import re
import sys
import webbrowser
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "your-own-method.md").read_text("utf-8")
CODE = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which a reader works, with the page's file in it."""
    (tmp_path / "windows.py").write_text(CODE[0], "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.delitem(sys.modules, "windows", raising=False)
    return tmp_path


def test_a_method_is_registered_audited_and_its_report_opened(folder, monkeypatch, capsys):
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    names: dict[str, object] = {}
    assert len(CODE) == 3
    exec(CODE[1], names)
    assert capsys.readouterr().out in PAGE
    assert opened == ["audit/report.html"]
    assert "windows" in (folder / opened[0]).read_text("utf-8")
    exec(CODE[2], names)
    model = names["model"]
    assert model.layers[0].name == "convolution_0"
    assert names["inside"].shape == (32, 10, 10, 32)
    assert names["slopes"].shape == (32, 28, 28, 1)


def test_scripts_are_as_short_as_promised():
    assert len(CODE[1].strip().splitlines()) <= 15
