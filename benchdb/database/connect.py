"""Opening an engine: waiting for a busy DuckDB file, read-only opening, one meaning of time on every engine."""

from __future__ import annotations

import os
import re
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, create_engine, event, make_url
from sqlalchemy.dialects import registry
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import StaticPool

from benchdb.config import database_path, hide_password, is_secret_name
from benchdb.database.dialect import DRIVER
from benchdb.database.trouble import is_of_the_machine
from benchdb.errors import ConfigError, DatabaseBusyError, DatabaseError, NotABenchdbError, shorten

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, Engine

registry.register("duckdb.benchdb", "benchdb.database.dialect", "DuckDBDialect")

_HOLDER = re.compile(r"held in (?P<program>.*?) \(PID (?P<pid>\d+)\)")
_NOT_DUCKDB = ("not a valid DuckDB database file", "sqlite_scanner", "external extensions", "Is a directory")
_CONFINED = {
    "enable_external_access": False,
    "allow_community_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,
}
"""Settings with which a statement reaches the database and nothing else: no files, extensions, other databases or variables."""
_LONGEST_NAME = 63
"""Characters that PostgreSQL keeps of a program's name."""
_LONGEST_COMMAND = 200
_FIRST_PAUSE_S = 0.05
_LONGEST_PAUSE_S = 1.0
_CONNECT_S = 10
"""Seconds for which a server may leave a connection unanswered, where neither the URL nor the environment says how many."""


def open_engine(
    url: str,
    *,
    read_only: bool = False,
    wait_s: float = 10.0,
    memory: int | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Engine:
    """Return an engine with one open connection behind it.

    Args:
        url: A URL from `benchdb.config.database_url`.
        read_only: Open a DuckDB file so that other readers can, too, and nothing can be written.
        wait_s: Seconds to wait for another process that holds a DuckDB file, or a lock on PostgreSQL.
        memory: Bytes that DuckDB may take, none of which go to disk instead; None leaves it to DuckDB.
        clock: Monotonic seconds; tests pass their own.
        sleep: Waits a number of seconds; tests pass their own.

    Raises:
        ConfigError: If the URL cannot be read.
        DatabaseBusyError: If the file stays locked.
        NotABenchdbError: If the file is not a DuckDB database.
        DatabaseError: If the database cannot be reached.
    """
    engine = _create(url, read_only=read_only, wait_s=wait_s, memory=memory)
    deadline = clock() + wait_s
    pause = _FIRST_PAUSE_S
    while True:
        try:
            engine.connect().close()
        except DBAPIError as error:
            if not _is_lock(error) or clock() + pause > deadline:
                raise _explain(url, error, wait_s) from error
            sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_S)
        else:
            return engine


def is_duckdb(connection: Connection) -> bool:
    """Return whether a connection speaks to DuckDB.

    Args:
        connection: Any open connection.
    """
    return connection.dialect.name == "duckdb"


def engine_path(engine: Engine) -> Path | None:
    """Return the file behind an engine, or None for memory and PostgreSQL.

    Args:
        engine: An engine from `open_engine`.
    """
    name = engine.url.database
    return Path(name) if engine.dialect.name == "duckdb" and name and name != ":memory:" else None


def _create(url: str, *, read_only: bool, wait_s: float, memory: int | None) -> Engine:
    parsed = _parse(url)
    if not url.startswith("duckdb"):
        given: dict[str, object] = {
            "options": f"-c timezone=utc -c lock_timeout={max(int(wait_s * 1000), 1)}",
            # A prepared statement goes on to read a table that a temporary view hides (`benchdb.query.rewind`).
            "prepare_threshold": None,
            "fallback_application_name": f"benchdb, process {os.getpid()} on {socket.gethostname()}"[:_LONGEST_NAME],
        }
        if "connect_timeout" not in parsed.query and not os.environ.get("PGCONNECT_TIMEOUT"):
            given["connect_timeout"] = _CONNECT_S
        # What is secret goes to the driver and stays out of the URL that an engine shows of itself.
        secret = {name: value for name, value in parsed.query.items() if is_secret_name(name)}
        shown = parsed.difference_update_query(secret)
        engine = create_engine(shown, pool_pre_ping=True, connect_args=given | secret)
        event.listen(engine, "before_cursor_execute", _refuse_nul)
        if read_only:
            event.listen(engine, "connect", _make_read_only)
        return engine
    # Without this DuckDB would fetch an extension from the network to read a file that is not its own.
    settings: dict[str, object] = {"autoinstall_known_extensions": False}
    if memory is not None:
        settings |= {"memory_limit": f"{memory}B", "max_temp_directory_size": "0B"}
    arguments: dict[str, object] = {"config": settings}
    if read_only and database_path(url):
        arguments["read_only"] = True
        settings |= _CONFINED
    engine = create_engine(parsed.set(drivername=DRIVER), connect_args=arguments, poolclass=StaticPool)
    event.listen(engine, "before_cursor_execute", _refuse_nul)
    event.listen(engine, "connect", _use_utc)
    if read_only:
        event.listen(engine, "connect", _lock_settings)
    return engine


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise ConfigError(
            f"{hide_password(url)}: this is not a database URL. Write postgresql+psycopg://user@host:5432/database, "
            "or the path of a DuckDB file."
        ) from None  # the cause may name a part of the password
    path = database_path(url)
    return parsed if path is None else parsed.set(database=str(path))


def _refuse_nul(_connection: object, _cursor: object, _statement: str, given: Any, *_others: object) -> None:
    """Refuse a text that PostgreSQL could not be asked for, on every engine and with the same words."""
    rows = given if isinstance(given, list) else [given]
    for row in rows:
        for value in row.values() if isinstance(row, dict) else row:
            if isinstance(value, str) and "\0" in value:
                raise ConfigError(
                    f'"{shorten(value)}": there is a NUL character in this text, which no database holds; leave it out'
                )


def _use_utc(dbapi_connection: object, _record: object) -> None:
    _set(dbapi_connection, "TimeZone", "UTC")


def _lock_settings(dbapi_connection: object, _record: object) -> None:
    _set(dbapi_connection, "lock_configuration", value=True)


def _set(dbapi_connection: object, name: str, value: object) -> None:
    """Set a setting of the whole database, unless an earlier connection of this process to the same file has set it."""
    cursor = dbapi_connection.cursor()  # type: ignore[attr-defined]  # the DBAPI has no common type
    cursor.execute(f"SELECT current_setting('{name}')")
    if cursor.fetchone()[0] != value:
        cursor.execute(f"SET GLOBAL {name} = '{value}'")
    cursor.close()


def _make_read_only(dbapi_connection: object, _record: object) -> None:
    dbapi_connection.read_only = True  # type: ignore[attr-defined]  # psycopg's own attribute


def _is_lock(error: DBAPIError) -> bool:
    return "Could not set lock on file" in str(error.orig)


def _spell_command(holder: re.Match[str]) -> str:
    """Return how a process was called, where the system tells, else its program."""
    try:
        words = Path(f"/proc/{holder['pid']}/cmdline").read_text(encoding="utf-8", errors="replace").split("\0")
    except OSError:
        return holder["program"]
    command = " ".join(hide_password(word) for word in words if word)
    if not command:
        return holder["program"]
    return command if len(command) <= _LONGEST_COMMAND else f"{command[:_LONGEST_COMMAND]} …"


def _explain(url: str, error: DBAPIError, waited_s: float) -> DatabaseError:
    reason = str(error.orig).strip()
    path = database_path(url)
    where = hide_password(url) if path is None else str(path)
    if _is_lock(error):
        found = _HOLDER.search(reason)
        holder = f"{_spell_command(found)}, process {found['pid']}" if found else "its process is not known"
        return DatabaseBusyError.from_holder(where, waited_s, holder)
    if path is not None and not path.parent.is_dir():
        return DatabaseError(f"{where}: there is no folder {path.parent}. Make it, or name another place: --db PATH")
    if path is not None and not path.exists() and ("does not exist" in reason or not is_of_the_machine(error)):
        return DatabaseError(f"{where}: there is no such database. Create it: benchdb db init --db {where}")
    if path is not None and any(sign in reason for sign in _NOT_DUCKDB):
        return NotABenchdbError(f"{where}: this is not a DuckDB database. Name another one: --db PATH")
    return DatabaseError(f"{where}: the database cannot be opened: {hide_password(reason.partition(chr(10))[0])}")
