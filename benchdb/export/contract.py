"""The exporter contract, and the registry that finds exporters.

An exporter is one module in `benchdb/export/formats/` that ends in a module constant `EXPORTER`. It is handed what to write and
an empty place to write it to; it asks no database, except for the one that copies a whole one.
"""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

from benchdb.errors import ExportError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import pyarrow as pa


class Needs(StrEnum):
    """What an exporter is handed."""

    ROWS = "rows"
    """Flat rows as Arrow batches: claims, cells, outcomes or samples (`Rows`)."""
    CLAIMS = "claims"
    """Claims as Arrow batches, with facts of their models, metrics and sources (`Rows`)."""
    TABLE = "leaderboard"
    """A leaderboard as a table to print (`PrintedTable`)."""
    DATABASE = "database"
    """An open connection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Flat rows to write, batch by batch."""

    schema: pa.Schema
    """Columns and their types."""
    batches: Iterator[pa.RecordBatch]
    """The rows; read once."""
    is_exact: bool = False
    """Whether text stays as it is where a program could take it for a formula."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedCell:
    """One cell of a printed table, as plain text; an exporter escapes it and adds the markup."""

    text: str
    """Value or name."""
    error: str | None = None
    """Standard error behind the value."""
    mark: str = ""
    """Footnote that says more, by its letter."""
    is_approximate: bool = False
    """Whether a tilde stands before the value."""
    is_best: bool = False
    """Whether it is the best of its column."""
    is_second: bool = False
    """Whether it is the second best."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedTable:
    """A table to print."""

    headings: tuple[str, ...]
    """Headings of the columns."""
    lines: tuple[tuple[PrintedCell, ...], ...]
    """The lines."""
    n_words: int
    """How many columns at the left hold words; the others hold numbers."""
    footnotes: tuple[tuple[str, str], ...] = ()
    """Letter and text of each footnote; a remark on the whole table has no letter."""
    caption: str | None = None
    """What stands above the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exporter:
    """One format: what it holds and how it is written."""

    name: str
    """Name of the format, lower case with hyphens."""
    suffix: str
    """Ending of its files; empty for a folder."""
    needs: Needs
    """What `write` is handed."""
    keeps: str
    """What a reader finds in it, as a phrase."""
    loses: str
    """What the database knows and the format does not say, as a phrase; "nothing" for a whole copy."""
    write: Callable[[Any, Path], None]
    """`write(material, place)`: writes to a place that does not exist yet."""
    importer: str | None = None
    """Importer that reads it again; None where there is none."""
    summary: str = ""
    """First line of the module's docstring; filled by the registry."""

    @property
    def is_folder(self) -> bool:
        """Whether it writes a folder of files."""
        return not self.suffix


@cache
def exporters() -> tuple[Exporter, ...]:
    """Return every exporter, by name."""
    from benchdb.export import formats

    found = []
    for info in pkgutil.iter_modules(formats.__path__, f"{formats.__name__}."):
        module = importlib.import_module(info.name)
        summary = (module.__doc__ or "").strip().split("\n", 1)[0]
        found.append(replace(module.EXPORTER, summary=summary))
    return tuple(sorted(found, key=lambda exporter: exporter.name))


def exporter_named(name: str) -> Exporter:
    """Return the exporter of that name.

    Args:
        name: Name of a format.

    Raises:
        ExportError: If there is none.
    """
    known = {exporter.name: exporter for exporter in exporters()}
    if name not in known:
        near = difflib.get_close_matches(name.casefold(), known, n=1, cutoff=0.5)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise ExportError(f'nobody writes the format "{name}".{hint} Choose one of: {", ".join(known)}')
    return known[name]
