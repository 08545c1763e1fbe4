"""The docs' site: it is built without a warning, loads nothing from elsewhere, and describes every public name."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import keras_invariance as ki

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("mkdocs", reason="the docs are built with the extra docs")
    out = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-d", str(out)]
    surroundings = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    return out


def test_no_page_loads_anything_from_elsewhere(site: Path):
    loaded = re.compile(r'<(?:script|img|iframe|source)[^>]*src="?(?:https?:)?//|<link[^>]*rel="?stylesheet[^>]*//')
    pages = list(site.rglob("*.html"))
    assert len(pages) > 15
    assert [page.name for page in pages if loaded.search(page.read_text("utf-8"))] == []


def test_the_reference_describes_every_public_name(site: Path):
    pages = "".join(page.read_text("utf-8") for page in (site / "api").glob("*.html"))
    modules = {"callbacks", "datasets", "randomization", "rules", "shifts", "__version__"}
    missing = [name for name in ki.__all__ if name not in modules and f'id="keras_invariance.{name}"' not in pages]
    assert missing == []
    assert 'id="keras_invariance.integrations.keras_callback.InvarianceCallback"' in pages


def test_sources_and_results_are_no_types(site: Path):
    pages = {page.stem: page.read_text("utf-8") for page in (site / "api").glob("*.html")}
    assert "Source: Kindermans" in pages["shifts"]
    assert "Raw signed attributions" in pages["analyzers"]
    assert [name for name, page in pages.items() if re.search(r"<code>(?:Source:|Raw signed)", page)] == []


def test_notebooks_and_examples_lie_where_pages_lead(site: Path):
    workflow = (site / "workflow.html").read_text("utf-8")
    links = re.findall(r'href="((?:notebooks|examples)/[^"]+)"', workflow)
    assert len(links) == 3
    assert all((site / link).is_file() for link in links)
    assert "test_a_chosen_method_explains_the_network_alone" in workflow
