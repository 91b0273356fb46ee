"""The two sides of a merge of databases: tables here and there, working tables between them, and what is told in the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, MetaData, Table, Text, and_, cast, func, insert, literal, or_, select, text

from benchdb.database.connect import is_duckdb
from benchdb.schema import catalog, curation, results
from benchdb.schema.base import Base

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, FromClause, Select

MODULES = (catalog, curation, results)
"""Importing them fills the metadata."""
_PREFIX = "benchdb_union_"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableReport:
    """What became of the rows of one table of the other database."""

    table: str
    """The table."""
    n_there: int
    """Rows that the other database holds."""
    n_added: int
    """Rows that this one gained."""
    n_changed: int
    """Rows that both had and that say now what the other one said, because it decided later or stated it earlier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Something that the two databases say differently and of which one had to be kept. Grain: one field of one row."""

    table: str
    """Table of the row."""
    row: str
    """The row, by a name that people know."""
    field: str
    """What differs."""
    here: str | None
    """What this database said."""
    there: str | None
    """What the other one said."""
    kept: str | None
    """What is said from now on; in whichever direction the two are merged."""


@dataclass(slots=True)
class Sides:
    """Two databases seen through one connection in a transaction."""

    connection: Connection
    """Where both are seen."""
    there: Mapping[str, Table]
    """Tables of the other database, by their names; they are only read."""
    here: Mapping[str, Table] = field(default_factory=lambda: dict(Base.metadata.tables))
    """Tables of this database."""
    differences: list[Difference] = field(default_factory=list)
    """What was told so far."""
    changed: dict[str, int] = field(default_factory=dict)
    """Rows changed so far, by table."""
    _made: list[str] = field(default_factory=list)

    def keep(self, name: str, statement: Select[Any]) -> Table:
        """Return a temporary table that holds the rows of a statement as they are now.

        Args:
            name: Its name among the working tables.
            statement: What it holds; every column has a name.
        """
        table = self.make(name, [Column(column.name, column.type) for column in statement.selected_columns])
        self.connection.execute(insert(table).from_select(table.columns.keys(), statement))
        if not is_duckdb(self.connection):
            self.connection.execute(text(f"ANALYZE {table.name}"))
        return table

    def make(self, name: str, columns: Sequence[Column[Any]]) -> Table:
        """Return an empty temporary table.

        Args:
            name: Its name among the working tables.
            columns: Its columns.
        """
        table = Table(f"{_PREFIX}{name}", MetaData(), *columns, prefixes=["TEMPORARY"])
        table.create(self.connection)
        self._made.append(table.name)
        return table

    def close(self) -> None:
        """Drop the working tables."""
        while self._made:
            self.connection.execute(text(f"DROP TABLE {self._made.pop()}"))

    def count(self, rows: FromClause) -> int:
        """Return the number of rows of something.

        Args:
            rows: A table or subquery.
        """
        return int(self.connection.execute(select(func.count()).select_from(rows)).scalar_one())

    def add_missing(self, name: str, *conditions: ColumnElement[bool]) -> None:
        """Append the rows of a table that the other database alone holds.

        Args:
            name: The table.
            *conditions: On rows of the other database.
        """
        here, there = self.here[name], self.there[name]
        known = here.alias()
        same = and_(*[known.c[key.name] == there.c[key.name] for key in here.primary_key])
        rows = select(*[there.c[column.name] for column in here.columns])
        rows = rows.where(~select(literal(1)).select_from(known).where(same).exists(), *conditions)
        self.connection.execute(insert(here).from_select(here.columns.keys(), rows))

    def note_changed(self, name: str, n_rows: int = 1) -> None:
        """Remember that rows of a table say something else now.

        Args:
            name: The table.
            n_rows: How many.
        """
        self.changed[name] = self.changed.get(name, 0) + n_rows


def differs(here: FromClause, there: FromClause, names: Sequence[str]) -> ColumnElement[bool]:
    """Return whether any of some columns differs; a missing value equals a missing value.

    Args:
        here: One table.
        there: The other one.
        names: The columns.
    """
    return or_(*[here.c[name].is_distinct_from(there.c[name]) for name in names])


def content(table: FromClause, names: Sequence[str]) -> ColumnElement[str]:
    """Return a text of some columns by which two rows are put in an order that does not depend on which side they are on.

    Args:
        table: Any table.
        names: The columns.
    """
    return func.concat_ws(
        literal("\x1f"), *[func.coalesce(cast(table.c[name], Text), literal("\x01")) for name in names], type_=Text()
    )
