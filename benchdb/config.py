"""Which database a command or a program means: the argument, else BENCHDB_URL, else ./benchdb.duckdb."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote

from benchdb.errors import ConfigError

DEFAULT_FILE = "benchdb.duckdb"
"""Name of the database in the working directory when nothing else is said."""
URL_VARIABLE = "BENCHDB_URL"
"""Environment variable that names the database."""

_SCHEME = re.compile(r"^([a-z][a-z0-9+.-]*):(?://|$)", re.IGNORECASE)
_DRIVERS = {
    "duckdb": "duckdb",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
_HIDDEN = "***"
_USER = re.compile(r"(:/{1,3}[^:/@\s]*):(?!\*\*\*@).*@")
_PARAMETER = re.compile(r"([?&][^=&\s]+)=(?!\*\*\*)([^&\n]*)")
_ASSIGNMENT = re.compile(r"(?i)(\b(?:pg|ssl)?passw(?:or)?d\s*=\s*)(?!\*\*\*)(?:'[^'\n]*'|[^\s&]+)")
_SECRET = re.compile(r"(?i)pass|pwd|secret|token|key|credential")
_FILE = "duckdb:///"
_MEMORY = f"{_FILE}:memory:"


def database_url(target: str | os.PathLike[str] | None = None) -> str:
    """Return the SQLAlchemy URL of the database that is meant.

    Args:
        target: A path, a SQLAlchemy URL, or None for BENCHDB_URL and then ./benchdb.duckdb. ":memory:" is a database
            that ends with the process.

    Raises:
        ConfigError: If the URL names an engine other than DuckDB or PostgreSQL.
    """
    named = os.fspath(target) if target is not None else os.environ.get(URL_VARIABLE) or DEFAULT_FILE
    scheme = _SCHEME.match(named)
    if scheme is None and re.match(r"postgres(ql)?(\+\w+)?:", named, re.IGNORECASE):
        raise ConfigError(
            f"{hide_password(named)}: this is not a database URL. Write postgresql+psycopg://user@host:5432/database."
        )
    if scheme is None:
        return _MEMORY if named == ":memory:" else f"{_FILE}{_quote(str(Path(named).expanduser().absolute()))}"
    engine = scheme.group(1).lower()
    if engine not in _DRIVERS:
        raise ConfigError(
            f"{hide_password(named)}: benchdb works with DuckDB files and PostgreSQL, not with {engine}. "
            "Give a path (results.duckdb) or a URL (postgresql+psycopg://user@host/database)."
        )
    if engine != "duckdb":
        return f"{_DRIVERS[engine]}{named[len(engine) :]}"
    if not named.lower().startswith(_FILE):
        raise ConfigError(
            f"{hide_password(named)}: a DuckDB database is a file, and its URL has three slashes (duckdb:///results.duckdb). "
            "A plain path will do, too."
        )
    return f"{_FILE}{named[len(_FILE) :] or ':memory:'}"


def hide_password(url: str) -> str:
    """Return a URL, or a message that may hold one, without passwords, tokens and keys.

    Args:
        url: Any URL, path or message.
    """
    # Up to the last @: a password may hold one, and hiding too much does no harm.
    hidden = _USER.sub(rf"\1:{_HIDDEN}@", url)
    hidden = _PARAMETER.sub(lambda found: f"{found[1]}={_HIDDEN}" if is_secret_name(found[1]) else found[0], hidden)
    return _ASSIGNMENT.sub(rf"\1{_HIDDEN}", hidden)


def is_secret_name(name: str) -> bool:
    """Return whether a parameter of a URL holds something that must not be shown.

    Args:
        name: Its name, percent-encoded or not.
    """
    return _SECRET.search(unquote(name)) is not None


def secrets_of(url: str) -> frozenset[str]:
    """Return the passwords and other secrets of a URL, as they are written and as they are meant.

    Args:
        url: Any URL or path.
    """
    user = re.search(r"://[^:/@\s]*:(.*)@", url)
    written = [] if user is None else [user[1]]
    written += [found[2] for found in _PARAMETER.finditer(url) if is_secret_name(found[1])]
    return frozenset(secret for each in written for secret in (each, unquote(each)) if secret)


def database_path(url: str) -> Path | None:
    """Return the file of a DuckDB URL, or None for memory and other engines.

    Args:
        url: A URL from `database_url`.
    """
    if not url.startswith(_FILE) or url.partition("?")[0] in {_MEMORY, _FILE}:
        return None
    return Path(unquote(url.removeprefix(_FILE).partition("?")[0]))


def _quote(path: str) -> str:
    """Return a path with the two signs quoted that mean something in a URL."""
    return path.replace("%", "%25").replace("?", "%3F")
