"""The page of a run: the sections of its tests one after the other, and the facts that all of them share."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..network import Network
from ..reports.page import page
from ..runs import RunFolder
from .explanation_test import Section


def write_page(folder: RunFolder, name: str, title: str, sections: Sequence[Section], facts: Mapping[str, str]) -> None:
    """Write a page into a run's folder, and beside it each picture; raises an `OutputError` where that fails."""
    for section in sections:
        for picture, png in section.pictures.items():
            folder.write(f"{picture}.png", png)
    folder.write(name, page(__package__, "page.html", {"title": title, "sections": sections, "facts": facts}))


def shared_facts(plan: Mapping[str, Any], network: Network) -> dict[str, str]:
    """What any plan tells of what was run."""
    return {
        "Network": f"{plan['network']}, {network.source}; fingerprint {plan['fingerprint']}",
        "Images": f"{plan['images']} of {plan['data']}; fingerprint {plan['data_fingerprint']}",
        "Options": ", ".join(f"{name} = {value}" for name, value in plan["options"].items()) or "all defaults",
        "Versions": ", ".join(f"{name} {number}" for name, number in plan["versions"].items()),
    }
