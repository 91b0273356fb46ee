"""One row for every table, written as SQL that each revision understands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy import Connection

NOW = "2025-04-01 12:00:00+00"

STATEMENTS = {
    "0001": {
        "ingest": f"VALUES (1, 'a.csv', 'ab', 2, 'table', '1', '{{}}', TIMESTAMPTZ '{NOW}', 'complete', 1, 1, 1, 0)",
        "alias": f"VALUES (2, 'model', 'M', 'm', 5, 'reviewed', 'seeds', TIMESTAMPTZ '{NOW}', NULL, NULL, NULL)",
        "correction": f"VALUES (3, 'score', 9, 'retract', NULL, NULL, NULL, 'a person', TIMESTAMPTZ '{NOW}', 'typing error')",
    },
    "0002": {
        "organization": "(organization_id, slug, name, review_state) VALUES (4, 'acme', 'Acme', 'reviewed')",
        "metric": "(metric_id, slug, name, higher_is_better, unit, lower_bound, upper_bound, k, is_proportion, review_state) "
        "VALUES (5, 'pass@1', 'pass@1', true, 'percent', 0, 100, 1, true, 'reviewed')",
        "model": "(model_id, slug, name, organization_id, n_parameters, released_on, review_state, ingest_id) "
        "VALUES (6, 'acme/m-7b', 'M 7B', 4, 7000000000, DATE '2025-01-02', 'reviewed', 1)",
        "benchmark": "(benchmark_id, slug, name, metric_id, n_items, chance_score, review_state) "
        "VALUES (7, 'b', 'B', 5, 2, 0.25, 'reviewed')",
        "suite": "(suite_id, slug, name, review_state) VALUES (8, 's', 'S', 'reviewed')",
        "suite_member": "(suite_id, benchmark_id, position) VALUES (8, 7, 1)",
    },
    "0003": {
        "source": "(source_id, kind, title, organization_id, ingest_id) VALUES (9, 'paper', 'P', 4, 1)",
        "protocol": "(protocol_id, fingerprint, n_shot, temperature, seed) VALUES (10, 11, 5, 0.6, 1)",
        "run": "(run_id, source_id, model_id, benchmark_id, subset, protocol_id, ran_at, model_label, benchmark_label, ingest_id) "
        f"VALUES (12, 9, 6, 7, '', 10, TIMESTAMPTZ '{NOW}', 'M', 'B', 1)",
        "score": "(score_id, run_id, metric_id, value, unit, is_approximate, is_aggregate, metric_label, ingest_id) "
        "VALUES (13, 12, 5, 50.0, 'percent', false, false, 'pass@1', 1)",
        "sample": "(benchmark_id, sample_number, subset, key) VALUES (7, 0, '', 'item-0')",
        "outcome": "(run_id, metric_id, sample_number, n_attempts, n_correct) VALUES (12, 5, 0, 1, 1)",
    },
    "0004": {},
    "0005": {"answer": "VALUES (12, 5, 0, 'blue', 1, 1)"},
    "0006": {"restatement": "VALUES ('score', 13, 1, false)"},
}  # fmt: skip
"""Revision → the tables it makes → what to insert into each, parents first."""

VIEWS = {"models", "benchmarks", "sources", "runs", "claims", "leaderboard_cells", "outcomes_by_model"}
"""The views that revision 0004 makes."""


def fill(connection: Connection, revision: str) -> None:
    """Insert one row into every table that a revision makes."""
    for table, rest in STATEMENTS[revision].items():
        connection.execute(text(f"INSERT INTO {table} {rest}"))


def tables_of(connection: Connection) -> set[str]:
    """Return the names of all tables of the database, and of views that are not ours, but Alembic's own."""
    schema = "main" if connection.dialect.name == "duckdb" else "public"
    statement = text("SELECT table_name FROM information_schema.tables WHERE table_schema = :schema")
    return set(connection.execute(statement, {"schema": schema}).scalars()) - {"alembic_version"} - VIEWS


def n_rows(connection: Connection, table: str) -> int:
    """Return the number of rows of a table."""
    return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def contents(connection: Connection) -> dict[str, list[tuple[str, str]]]:
    """Return every row of every table that is not a view, column by column with its name, in order of the columns' names."""
    found = {}
    for table in sorted(tables_of(connection)):
        rows = connection.execute(text(f"SELECT * FROM {table}")).mappings().all()
        found[table] = sorted((name, repr(value)) for row in rows for name, value in row.items())
    return found
