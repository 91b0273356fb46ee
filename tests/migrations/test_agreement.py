"""Models and migrations agree, on both engines, in every name, type, constraint and comment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, PrimaryKeyConstraint, Table, UniqueConstraint, inspect, text

from benchdb.schema import catalog, curation, results
from benchdb.schema.base import Base

if TYPE_CHECKING:
    from sqlalchemy import Engine

MODULES = (catalog, curation, results)
"""Imported for the tables they define."""
TABLES = Base.metadata.tables
DUCKDB_TYPES = {
    "BIG_INTEGER": "BIGINT", "INTEGER": "INTEGER", "TEXT": "VARCHAR", "DOUBLE": "DOUBLE", "BOOLEAN": "BOOLEAN", "DATE": "DATE",
    "DATETIME": "TIMESTAMP WITH TIME ZONE",
}  # fmt: skip


@pytest.fixture
def duckdb(duckdb_template: Any) -> Any:
    """A connection to a migrated DuckDB file, opened for reading."""
    from benchdb.database.connect import open_engine

    engine = open_engine(f"duckdb:///{duckdb_template}", read_only=True)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def postgres(postgres_url: str, postgres_template: str) -> Any:
    """A connection to a migrated PostgreSQL database."""
    from sqlalchemy.engine import make_url

    from benchdb.database.connect import open_engine

    url = make_url(postgres_url).set(database=postgres_template).render_as_string(hide_password=False)
    engine: Engine = open_engine(url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def _normal(condition: str) -> str:
    """Return a condition without brackets, quotes, casts and case, which engines write in ways of their own."""
    plain = re.sub(r"::[a-z ]+(\[\])?|CAST|[()\"'\s\[\]]", "", condition.replace("= ANY (ARRAY", "IN (")).lower()
    return plain.removeprefix("check")


def test_duckdb_has_the_columns_of_the_models(duckdb: Any) -> None:
    """Every column has the model's name, order, type, nullability and comment."""
    statement = (
        "SELECT table_name, column_name, data_type, is_nullable, comment FROM duckdb_columns() "
        "WHERE schema_name = 'main' AND NOT internal AND table_name <> 'alembic_version' "
        "AND table_name IN (SELECT table_name FROM duckdb_tables()) ORDER BY table_name, column_index"
    )
    found: dict[str, list[Any]] = {}
    for table, *facts in duckdb.execute(text(statement)):
        found.setdefault(table, []).append(tuple(facts))
    keyed = {
        name: set() if name in {"outcome", "answer"} else {key.name for key in table.primary_key}
        for name, table in TABLES.items()
    }
    expected = {
        name: [
            (column.name, DUCKDB_TYPES[type(column.type).__visit_name__.upper()],
             bool(column.nullable) and column.name not in keyed[name], column.comment)
            for column in table.columns
        ]
        for name, table in TABLES.items()
    }  # fmt: skip
    assert {table: sorted(columns) for table, columns in found.items()} == {
        table: sorted(columns) for table, columns in expected.items()
    }


def test_every_column_and_table_of_the_models_has_a_comment() -> None:
    """Whoever opens the database with another program can read what each column means."""
    assert all(table.comment for table in TABLES.values())
    assert all(column.comment for table in TABLES.values() for column in table.columns)


def test_duckdb_has_the_comments_of_the_tables(duckdb: Any) -> None:
    """Every table carries the model's comment."""
    statement = "SELECT table_name, comment FROM duckdb_tables() WHERE NOT internal AND table_name <> 'alembic_version'"
    found = {row.table_name: row.comment for row in duckdb.execute(text(statement))}
    assert found == {name: table.comment for name, table in TABLES.items()}


def _constraints_of(table: Table) -> set[tuple[str, Any]]:
    found: set[tuple[str, Any]] = set()
    for constraint in table.constraints:
        names = tuple(sorted(column.name for column in getattr(constraint, "columns", ())))
        if isinstance(constraint, PrimaryKeyConstraint) and table.name not in {"outcome", "answer", "restatement"}:
            found.add(("PRIMARY KEY", names))
        elif isinstance(constraint, UniqueConstraint):
            found.add(("UNIQUE", names))
        elif isinstance(constraint, CheckConstraint):
            found.add(("CHECK", _normal(str(constraint.sqltext))))
    return found


def test_duckdb_has_the_constraints_of_the_models(duckdb: Any) -> None:
    """Primary keys, unique columns and checks are the models'; foreign keys and the key of outcomes are left out."""
    statement = (
        "SELECT table_name, constraint_type, constraint_column_names, expression FROM duckdb_constraints() "
        "WHERE schema_name = 'main' AND table_name <> 'alembic_version' AND constraint_type <> 'NOT NULL'"
    )
    found: dict[str, set[tuple[str, Any]]] = {name: set() for name in TABLES}
    for table, kind, columns, expression in duckdb.execute(text(statement)):
        found[table].add((kind, _normal(expression) if kind == "CHECK" else tuple(sorted(columns))))
    assert found == {name: _constraints_of(table) for name, table in TABLES.items()}


def test_postgresql_has_nothing_to_migrate(postgres: Any) -> None:
    """Comparing the models with the database finds no difference in tables, columns, types, keys or comments."""
    context = MigrationContext.configure(postgres, opts={"compare_type": True})
    assert compare_metadata(context, Base.metadata) == []


def test_postgresql_has_the_constraints_of_the_models(postgres: Any) -> None:
    """Names of keys, unique constraints and checks, and what foreign keys refer to, are the models'."""
    inspector = inspect(postgres)
    for name, table in TABLES.items():
        assert inspector.get_pk_constraint(name)["name"] == (f"pk_{name}" if table.primary_key.columns else None)
        assert inspector.get_pk_constraint(name)["constrained_columns"] == [key.name for key in table.primary_key]
        found = {
            (key["name"], tuple(key["constrained_columns"]), key["referred_table"], tuple(key["referred_columns"]),
             key["options"].get("initially"))
            for key in inspector.get_foreign_keys(name)
        }  # fmt: skip
        assert found == {
            (
                key.name,
                tuple(key.column_keys),
                key.referred_table.name,
                tuple(each.column.name for each in key.elements),
                key.initially,
            )
            for key in table.foreign_key_constraints
        }
        checks = {check["name"] for check in inspector.get_check_constraints(name)}
        assert checks == {str(each.name) for each in table.constraints if isinstance(each, CheckConstraint)}
        unique = {tuple(sorted(each["column_names"])) for each in inspector.get_unique_constraints(name)}
        assert unique == {
            tuple(sorted(column.name for column in each.columns))
            for each in table.constraints
            if isinstance(each, UniqueConstraint)
        }


def test_both_engines_have_the_same_checks(duckdb: Any, postgres: Any) -> None:
    """A row that one engine refuses the other refuses, too: the checks' names are the same on both."""
    ours = {
        str(each.name) for table in TABLES.values() for each in table.constraints if isinstance(each, CheckConstraint)
    }
    names = text("SELECT conname FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace")
    assert set(postgres.execute(names).scalars()) == ours
    count = text("SELECT count(*) FROM duckdb_constraints() WHERE constraint_type = 'CHECK'")
    assert duckdb.execute(count).scalar_one() == len(ours)
