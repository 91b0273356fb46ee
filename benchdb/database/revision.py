"""Revisions of the schema: which one a database has, whether this benchdb can use it, and upgrading it.

Alembic is imported only to upgrade; a query reads one row to know the revision.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from benchdb.config import database_url, hide_password
from benchdb.database.connect import engine_path, is_duckdb, open_engine
from benchdb.database.staging import put_in_place, remove_leftovers, staged_file
from benchdb.database.trouble import faults_named, losses_named
from benchdb.errors import ConfigError, DatabaseError, DatabaseRevisionError, NotABenchdbError

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection, Engine

HEAD = "0006"
"""Newest revision: the one this benchdb reads and writes."""


def current_revision(connection: Connection) -> str | None:
    """Return the revision of a database, or None when it holds no benchdb schema.

    Args:
        connection: An open connection; nothing may be in progress on it.

    Raises:
        DatabaseLostError: If the connection is lost, which says nothing of what the database holds.
    """
    try:
        with losses_named(place_of(connection.engine)):
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except DBAPIError:
        connection.rollback()
        return None
    return None if found is None else str(found)


def require_head(connection: Connection) -> None:
    """Do nothing if the database has the newest revision.

    Args:
        connection: An open connection.

    Raises:
        DatabaseRevisionError: If it is older, newer or has no schema.
    """
    found = current_revision(connection)
    if found != HEAD:
        raise DatabaseRevisionError.from_revisions(place_of(connection.engine), found, HEAD)


def upgrade(engine: Engine, revision: str = "head") -> tuple[str | None, str]:
    """Return the revision before and after bringing a database to a revision, each step in one transaction.

    An empty database gets its schema in one transaction altogether: it has the whole of it or none.

    Args:
        engine: An engine that may write.
        revision: A revision or "head".

    Raises:
        NotABenchdbError: If the database holds tables that are not ours and no schema of ours.
        DatabaseRevisionError: If it is newer than this benchdb.
        DatabaseError: If a step fails; its transaction is rolled back.
    """
    from alembic import command

    with engine.connect() as connection:
        before = current_revision(connection)
        _refuse_foreign(connection, before)
        if before is not None and before > HEAD:
            raise DatabaseRevisionError.from_revisions(place_of(engine), before, HEAD)
        connection.rollback()
        config = alembic_config()
        config.attributes["connection"] = connection
        config.attributes["is_one_transaction"] = before is None
        try:
            command.upgrade(config, revision)
        except DBAPIError as error:
            raise DatabaseError(
                f"{place_of(engine)}: upgrade to {revision} failed and was rolled back: {error.orig}"
            ) from error
        return before, current_revision(connection) or HEAD


def create_file(path: Path) -> None:
    """Make a DuckDB file with an empty database at the newest revision, unless there is one: whole or not at all.

    Args:
        path: Where it is to stand.
    """
    if not path.parent.is_dir():
        return  # opening it says so
    remove_leftovers(path)
    if path.exists():
        return
    with faults_named(str(path)), staged_file(path) as new:
        engine = open_engine(database_url(new))
        try:
            upgrade(engine)
        finally:
            engine.dispose()
        with suppress(ConfigError):
            put_in_place(new, path, is_replacing=False)


def alembic_config() -> Config:
    """Return Alembic's configuration for the migrations that belong to this benchdb."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(shipped_folder("migrations")).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def shipped_folder(name: str) -> Path:
    """Return a folder that ships with benchdb: the packaged copy if there is one, else the checkout's.

    Args:
        name: "migrations" or "seeds".

    Raises:
        DatabaseError: If neither is there, which means a broken installation.
    """
    package = Path(__file__).parents[1]
    for folder in (package / f"_{name}", package.parent / name):
        if folder.is_dir():
            return folder
    raise DatabaseError(f"{name}: this folder is missing from the installation of benchdb. Install it again.")


def place_of(engine: Engine) -> str:
    """Return how to name a database in a message: its file, or its URL without the password.

    Args:
        engine: Any engine.
    """
    path = engine_path(engine)
    if path is None and engine.dialect.name == "duckdb":
        return ":memory:"
    return str(path) if path is not None else hide_password(engine.url.render_as_string(hide_password=True))


def _refuse_foreign(connection: Connection, revision: str | None) -> None:
    """Raise for a database of another program, which may use Alembic, too."""
    if revision is None:
        names = _table_names(connection)
    else:
        names = [] if _holds_imports(connection) else _table_names(connection)
    if names:
        raise NotABenchdbError(
            f"{place_of(connection.engine)}: this database holds other tables ({', '.join(names)} …) and no benchdb schema; "
            "it is left alone. Name another one: --db PATH"
        )


def _table_names(connection: Connection) -> list[str]:
    here = "table_catalog = current_database()" if is_duckdb(connection) else "table_schema = current_schema()"
    statement = f"SELECT table_name FROM information_schema.tables WHERE {here} ORDER BY 1 LIMIT 4"  # noqa: S608 — both texts are ours
    return [name for name in connection.execute(text(statement)).scalars() if name != "alembic_version"]


def _holds_imports(connection: Connection) -> bool:
    """Return whether the table is there that our first migration makes."""
    try:
        connection.execute(text("SELECT importer_version, n_repeated FROM ingest LIMIT 0"))
    except DBAPIError:
        connection.rollback()
        return False
    return True
