"""Single-file web pages: a template, its values, and pictures inside the page itself."""

from base64 import b64encode
from collections.abc import Mapping
from importlib.resources import files

from jinja2 import Environment, StrictUndefined


def page(template: str, values: Mapping[str, object]) -> str:
    """The template with its values filled in; text is escaped, a name that has no value is an error.

    Parameters
    ----------
    template
        The text of a Jinja template.
    values
        Name -> value, for every name in the template; `style` is there already, the look that all pages share.
    """
    style = files(__package__).joinpath("style.css").read_text("utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(template).render({"style": style, **values})


def data_uri(png: bytes) -> str:
    """A PNG picture as an address that holds the picture itself, so that the page needs no other file."""
    return f"data:image/png;base64,{b64encode(png).decode('ascii')}"
