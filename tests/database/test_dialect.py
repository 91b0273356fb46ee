"""What the dialect assumes of DuckDB must hold in the version that is installed."""

from __future__ import annotations

import duckdb
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, select

from benchdb.database import connect
from benchdb.database.dialect import DRIVER, MOST_KEPT, RESERVED_WORDS

REGISTERED_BY = connect
"""Importing it registers the dialect with SQLAlchemy."""


def test_reserved_words_are_all_known() -> None:
    """Every word that this DuckDB reserves is quoted when it is a name."""
    with duckdb.connect() as connection:
        found = connection.execute(
            "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category = 'reserved'"
        ).fetchall()
    assert {word for (word,) in found} <= RESERVED_WORDS


def test_reserved_words_work_as_names() -> None:
    """A table and a column called by reserved words can be made, filled and asked."""
    engine = create_engine(f"{DRIVER}:///:memory:")
    table = Table("order", MetaData(), Column("pivot", Integer), Column("group", Integer))
    with engine.begin() as connection:
        table.create(connection)
        connection.execute(table.insert(), [{"pivot": 1, "group": 2}])
        assert connection.execute(select(table.c.group).where(table.c.pivot == 1)).scalars().all() == [2]
    engine.dispose()


def test_compiled_statements_are_cached() -> None:
    """The same statement with other values is compiled once and gives the other rows."""
    engine = create_engine(f"{DRIVER}:///:memory:")
    table = Table("t", MetaData(), Column("a", Integer))
    with engine.begin() as connection:
        table.create(connection)
        connection.execute(table.insert(), [{"a": n} for n in range(5)])
        hits = []
        for wanted in ([1], [2, 3], [4]):
            statement = select(table.c.a).where(table.c.a.in_(wanted)).order_by(table.c.a)
            result = connection.execute(statement)
            assert result.scalars().all() == wanted
            hits.append(result.context.cache_hit.name)
        assert hits[1:] == ["CACHE_HIT", "CACHE_HIT"]
    engine.dispose()


def test_a_parsed_statement_is_bound_anew() -> None:
    """A statement executed from its parsed form sees other values, a table made anew and a view that hides it; at most so many are kept."""
    engine = create_engine(f"{DRIVER}:///:memory:")
    table = Table("t", MetaData(), Column("a", Integer))
    statement = select(table.c.a).where(table.c.a >= 2).order_by(table.c.a)
    with engine.begin() as connection:
        table.create(connection)
        connection.execute(table.insert(), [{"a": n} for n in range(4)])
        assert [connection.execute(statement).scalars().all() for _ in range(3)] == [[2, 3]] * 3
        assert connection.execute(select(table.c.a).where(table.c.a >= 3).order_by(table.c.a)).scalars().all() == [3]
        connection.exec_driver_sql("CREATE TEMPORARY VIEW t AS SELECT 9 AS a")
        assert connection.execute(statement).scalars().all() == [9]
        connection.exec_driver_sql("DROP VIEW t")
        table.drop(connection)
        connection.exec_driver_sql("CREATE TABLE t (b VARCHAR, a BIGINT)")
        connection.exec_driver_sql("INSERT INTO t VALUES ('x', 5)")
        assert connection.execute(statement).scalars().all() == [5]
        kept = engine.dialect._kept  # type: ignore[attr-defined]  # what is kept is not public
        assert 0 < len(kept) <= MOST_KEPT
        for n in range(MOST_KEPT + 5):
            for _ in range(2):
                connection.execute(select(table.c.a.label(f"c{n}")))
        assert len(kept) == MOST_KEPT
    engine.dispose()
