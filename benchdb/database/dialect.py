"""duckdb-engine's dialect without the questions it asks DuckDB on every start.

duckdb-engine opens two more databases in memory, one for the list of reserved words and one for the list of settings, and
SQLAlchemy asks for the server's version and defaults; together they take a sixth of a command's time. The answers do not
change within the versions of DuckDB that benchdb supports: `tests/database/test_dialect.py` compares them. It also lets
SQLAlchemy cache compiled statements, which duckdb-engine leaves off; of those DuckDB's parsed form is kept beside the text, since
parsing takes a tenth of the time of a small statement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import duckdb_engine
from sqlalchemy.dialects.postgresql.base import PGIdentifierPreparer
from sqlalchemy.engine.interfaces import CacheStats

if TYPE_CHECKING:
    from sqlalchemy import Connection

DRIVER = "duckdb+benchdb"
"""Driver name of the dialect in a URL."""
RESERVED_WORDS = frozenset(
    """all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create default
    deferrable desc describe distinct do else end except false fetch for foreign from group having in initially intersect into
    lambda lateral leading limit not null offset on only or order pivot pivot_longer pivot_wider placing primary qualify
    references returning select show some summarize symmetric table then to trailing true union unique unpivot using variadic
    when where window with""".split()  # noqa: SIM905 — a list of seventy words reads better so
)
"""Words that DuckDB reserves, so that they need quotes as names."""


_LONGEST_KEPT = 10_000
"""Characters of a statement whose parsed form is kept."""
MOST_KEPT = 200
"""Statements whose parsed form is kept; the oldest give way."""


class Preparer(duckdb_engine.DuckDBIdentifierPreparer):
    """Quotes names, with the reserved words at hand."""

    def __init__(self, dialect: DuckDBDialect, **options: Any) -> None:
        PGIdentifierPreparer.__init__(self, dialect, **options)
        self.reserved_words = self.reserved_words | RESERVED_WORDS


class DuckDBDialect(duckdb_engine.Dialect):
    """DuckDB for SQLAlchemy, as benchdb opens it: a file or memory, settings given as such, no MotherDuck."""

    driver = "benchdb"
    supports_statement_cache = True
    preparer = Preparer  # type: ignore[assignment]  # duckdb-engine declares its own class, not the base

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._kept: dict[str, Any] = {}

    def initialize(self, connection: Connection) -> None:  # noqa: ARG002 — the dialect's signature
        """Set what SQLAlchemy would ask the server for.

        Args:
            connection: The first connection; it is not used.
        """
        self.server_version_info = (8, 0)
        self.default_schema_name = "main"
        self.default_isolation_level = None

    def do_execute(self, cursor: Any, statement: str, parameters: Any, context: Any | None = None) -> None:
        """Execute a statement, one that SQLAlchemy has compiled before from its parsed form.

        Args:
            cursor: A cursor of duckdb-engine.
            statement: The text.
            parameters: Its parameters.
            context: What SQLAlchemy knows of the execution.
        """
        if getattr(context, "cache_hit", None) is CacheStats.CACHE_HIT and len(statement) <= _LONGEST_KEPT:
            cursor.connection.execute(self._parsed(cursor.connection, statement), parameters)
        else:
            cursor.execute(statement, parameters, context)

    def _parsed(self, connection: Any, statement: str) -> Any:
        """Return a statement in DuckDB's parsed form, which is copied whenever it is executed; one of several parts as it is."""
        found = self._kept.get(statement)
        if found is None:
            parts = connection.extract_statements(statement)
            found = parts[0] if len(parts) == 1 else statement
            if len(self._kept) >= MOST_KEPT:
                self._kept.pop(next(iter(self._kept), statement), None)
            self._kept[statement] = found
        return found

    def connect(self, *arguments: Any, **options: Any) -> duckdb_engine.ConnectionWrapper:  # type: ignore[override]  # as duckdb-engine's own
        """Return an open connection.

        Args:
            *arguments: The file.
            **options: As of `duckdb.connect`.
        """
        options.pop("url_config", None)
        return duckdb_engine.ConnectionWrapper(duckdb.connect(*arguments, **options))
