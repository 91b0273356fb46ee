"""Runs Alembic on the connection that benchdb hands over; each migration is one transaction, or all are one together."""

from alembic import context
from alembic.ddl.impl import DefaultImpl

from benchdb.schema import curation, results
from benchdb.schema.catalog import Base


class DuckDBImpl(DefaultImpl):
    """DuckDB for Alembic: DDL takes part in transactions."""

    __dialect__ = "duckdb"
    transactional_ddl = True


TABLES = (results, curation)


def run() -> None:
    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        transaction_per_migration=not context.config.attributes.get("is_one_transaction", False),
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
