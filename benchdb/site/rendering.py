"""Templates: one environment, escaping everything, with the filters that turn values into text."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from benchdb.api import display
from benchdb.site import marks, words
from benchdb.site.names import cell_anchor, column_stem, file_stem
from benchdb.version import __version__

if TYPE_CHECKING:
    from jinja2 import Environment

    from benchdb.site.material import Material


def render(template: str, material: Material, path: str, **context: Any) -> str:
    """Return the text of a page.

    Args:
        template: Name of the template.
        material: What the page is made from.
        path: Where the page stands, for links to other pages.
        **context: What else the template shows.
    """
    root = "../" * path.count("/")
    return (
        environment().get_template(template).render(site=material, root=root, path=path, version=__version__, **context)
    )


@cache
def environment() -> Environment:
    """Return the templates' environment: everything is escaped, and a name that does not exist is an error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    found = Environment(
        loader=PackageLoader("benchdb.site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters.update(
        {
            "clean": words.clean, "stem": file_stem, "number": display.number, "rank": display.rank, "text": display.text,
            "chance": display.chance, "heading": display.heading, "interval": display.interval, "printed": words.printed,
            "evidence": words.in_words, "signed": display.signed, "column": column_stem, "thousands": words.thousands,
        }
    )  # fmt: skip
    found.globals.update(
        {"error": display.error, "anchor": cell_anchor, "kinds": words.EVIDENCE, "mark": marks, "label": display.model}
    )
    return found
