"""What a page is: where it stands, and the function that writes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from benchdb.site.material import Material


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a site, or one kind of pages."""

    path: str
    """Path below the site's folder; an asterisk stands for what tells pages of a kind apart."""
    render: Callable[[Material, str], str]
    """The text of the page, from the material and what the asterisk stands for."""
    keys: Callable[[Material], Iterable[str]] = lambda _material: ("",)
    """What the asterisk may stand for."""

    def paths(self, material: Material) -> list[str]:
        """Return the paths of all pages of this kind.

        Args:
            material: What the pages are made from.
        """
        return [self.path.replace("*", key) for key in self.keys(material)]

    def key_of(self, path: str) -> str | None:
        """Return what the asterisk stands for in a path; None where the path is none of this kind.

        Args:
            path: A path below the site's folder.
        """
        before, star, after = self.path.partition("*")
        if not star:
            return "" if path == self.path else None
        if len(path) < len(before) + len(after) or not (path.startswith(before) and path.endswith(after)):
            return None
        key = path[len(before) : len(path) - len(after)]
        return key if key and "/" not in key else None
