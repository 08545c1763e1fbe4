"""Single-file web pages: a template, its values, and pictures inside the page itself."""

from base64 import b64encode
from collections.abc import Mapping
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined

HEAD = "head.html"
"""What all pages begin with: templates extend it by a title, styles of their own, and their content."""


def page(package: str, template: str, values: Mapping[str, object]) -> str:
    """A template with its values filled in; text is escaped, a name that has no value is an error.

    Parameters
    ----------
    package
        The package that the template lies in.
    template
        Its file.
    values
        Name -> value, for every name in the template; `style` is there already, the look that all pages share.
    """
    homes = {HEAD: __package__, template: package}
    read = FunctionLoader(lambda name: files(homes[name]).joinpath(name).read_text("utf-8"))
    environment = Environment(
        loader=read, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    style = files(__package__).joinpath("style.css").read_text("utf-8")
    return environment.get_template(template).render({"style": style, **values})


def data_uri(png: bytes) -> str:
    """A PNG picture as an address that holds the picture itself, so that the page needs no other file."""
    return f"data:image/png;base64,{b64encode(png).decode('ascii')}"
