"""Our docstrings as the API reference's parser reads them.

It takes a `Source:` that stands behind the last section for an item of that section, and a sentence under `Returns` for
a type. Here the source moves in front of the sections, and the sentence below the annotated type.
"""

import re
from typing import Any

import griffe

SECTION = re.compile(r"^(?:Parameters|Attributes|Returns|Raises)\n-+$", re.MULTILINE)
SOURCE = re.compile(r"\n\n(Source: .*?)\s*\Z", re.DOTALL)
RETURNS = re.compile(r"^Returns\n-+\n(?=\S)((?:.+\n?)+)", re.MULTILINE)


class NumpySections(griffe.Extension):
    """Rewrites docstrings once they are read."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Put the sections of one object's docstring in the parser's order."""
        if obj.docstring:
            annotation = str(getattr(obj, "returns", None) or "value")
            obj.docstring.value = rewritten(obj.docstring.value, annotation)


def rewritten(docstring: str, annotation: str) -> str:
    """A docstring with its source in front of the sections, and what it returns below its type."""
    first, source = SECTION.search(docstring), SOURCE.search(docstring)
    if first and source and first.start() < source.start():
        before, sections = docstring[: first.start()].rstrip(), docstring[first.start() : source.start()]
        docstring = f"{before}\n\n{source.group(1)}\n\n{sections}"
    return RETURNS.sub(lambda found: _below(annotation, found.group(1)), docstring)


def _below(annotation: str, sentence: str) -> str:
    body = "".join(f"    {line}\n" for line in sentence.splitlines())
    return f"Returns\n-------\n{annotation}\n{body}"
