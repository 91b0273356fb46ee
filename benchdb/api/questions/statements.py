"""Whatever else there is to ask, in SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchdb.api.questions.asking import Asking

if TYPE_CHECKING:
    from benchdb.api.results.statement import SqlResult


class Statements(Asking):
    """Whatever else there is to ask, in SQL."""

    def sql(
        self, statement: str, *, most: int | None = None, timeout_s: float | None = None, memory: int | None = None
    ) -> SqlResult:
        """Return what one reading statement gives; tables, views and functions are in docs/sql.md.

        A database opened with `read_only=True` also refuses files, extensions and other databases on DuckDB.

        Args:
            statement: One statement in the SQL of the database's engine.
            most: Rows to return at most; None returns all.
            timeout_s: Seconds after which it is stopped; None lets it run.
            memory: Bytes that its rows may take; `connect(memory=…)` limits DuckDB itself.

        Raises:
            SqlError: If it is no single statement, if it does not only read, or if the database refuses it.
            SqlLimitError: If it takes more time or memory than it may.
        """
        from benchdb.api.results.statement import SqlResult
        from benchdb.database.limits import StatementLimits
        from benchdb.database.statement import run_statement

        limits = StatementLimits(seconds=timeout_s, n_bytes=memory)
        with self.engine.connect() as connection:
            return SqlResult(run_statement(connection, statement, most, limits))
