"""Databases that are killed, what they are to hold, and how that is read: by DuckDB and psycopg alone, without benchdb."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy.engine import make_url

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

N_SMALL = 14
"""Small files that share transactions."""
N_LARGE = 2_000
"""Outcomes of the one file that goes to the database in pieces."""
PIECE = 400
"""Scores and outcomes of one piece, in the processes that are killed."""
BLOCK_SIZE = 16_384
"""Bytes of a table that are read at once, in the processes that are killed: the large file has several blocks."""
N_HUGE = 130_000
"""Outcomes of the file that DuckDB writes into the database file before the commit, as it does with more than 122,880 rows."""
HUGE_PIECE = 20_000
"""Scores and outcomes of one piece of that file."""
HUGE_BLOCK_SIZE = 1 << 20
"""Bytes of that file that are read at once."""
_READ_WHOLE = 20_000
"""Rows of a table up to which each is read; of a larger one the engine sums hashes."""
FILES_PER_TRANSACTION = 5
"""Small files that share a transaction, in the processes that are killed."""
_WHEN = frozenset({"ingested_at", "decided_at"})
_DERIVED_FROM_WHEN = frozenset({("correction", "correction_id")})
Content = dict[str, tuple[int, str]]
"""Table → number of rows, hash of all of them in order of content, without the times at which something was done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A database, and the folder that is its own."""

    url: str
    """SQLAlchemy URL; that of a DuckDB file or of a database of a PostgreSQL server."""
    folder: Path
    """Where backups and logs go."""

    @property
    def is_duckdb(self) -> bool:
        """Whether it is a DuckDB file."""
        return self.url.startswith("duckdb")

    @property
    def file(self) -> Path:
        """The DuckDB file."""
        return self.folder / "x.duckdb"

    def names(self) -> list[str]:
        """Return the names of the files in its folder, but the log."""
        return sorted(path.name for path in self.folder.iterdir() if path.name != "log")


def write_inputs(folder: Path) -> None:
    """Write files of results: small ones, some of which say the same; one in an archive; one that is large.

    Args:
        folder: Made here.
    """
    folder.mkdir()
    draw = random.Random(6)
    for number in range(N_SMALL):
        lines = ["model,benchmark,metric,value,unit"]
        shared = range(number % 7, number % 7 + 3)
        lines += [f"maker/m-{model},board-{number % 3},accuracy,{50 + model + number % 3},percent" for model in shared]
        lines.append(f"maker/m-{number % 7},board-{number % 3},accuracy,{draw.uniform(0, 100):.3f},percent")
        (folder / f"small-{number:02}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with zipfile.ZipFile(folder / "small-zipped.zip", "w") as archive:
        for number in range(3):
            archive.writestr(
                f"in/{number}.csv",
                f"model,benchmark,metric,value,unit\nmaker/z-{number},zipped,accuracy,{number},percent\n",
            )
    lines = ["model,benchmark,metric,sample,n_attempts,n_correct,answer"]
    for row in range(N_LARGE):
        model, item = divmod(row, 500)
        lines.append(f"maker/m-{model},items,accuracy,item-{item},1,{draw.randrange(2)},answer {draw.randrange(9)}")
    (folder / "large.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_huge(path: Path) -> None:
    """Write a file of outcomes that goes to the database in several pieces of its transaction, each of many rows.

    Args:
        path: The file.
    """
    draw = random.Random(7)
    lines = ["model,benchmark,metric,sample,n_attempts,n_correct"]
    for row in range(N_HUGE):
        model, item = divmod(row, N_HUGE // 10)
        lines.append(f"maker/m-{model},huge,accuracy,{item},1,{draw.randrange(2)}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def reader(place_url: str) -> Callable[[str], list[tuple[Any, ...]]]:
    """Return what answers SQL about a database.

    Args:
        place_url: Its URL.
    """
    if place_url.startswith("duckdb"):
        import duckdb

        connection = duckdb.connect(place_url.removeprefix("duckdb:///"))
        return lambda statement: connection.execute(statement).fetchall()
    import psycopg

    url = make_url(place_url).set(drivername="postgresql").render_as_string(hide_password=False)
    server = psycopg.connect(url, autocommit=True)
    server.execute("SET timezone = 'UTC'")
    return lambda statement: server.execute(statement.encode()).fetchall()


def content_of(place_url: str) -> Content:
    """Return what a database holds.

    Args:
        place_url: Its URL.
    """
    ask = reader(place_url)
    return {table: _rows_of(ask, table) for table in tables_of(ask)}


def tables_of(ask: Callable[[str], list[tuple[Any, ...]]]) -> list[str]:
    """Return the names of the tables of a database.

    Args:
        ask: From `reader`.
    """
    found = ask(
        "SELECT table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE' "
        "AND table_schema NOT IN ('information_schema', 'pg_catalog') ORDER BY 1"
    )
    return [name for (name,) in found]


def _rows_of(ask: Callable[[str], list[tuple[Any, ...]]], table: str) -> tuple[int, str]:
    columns = [
        name
        for (name,) in ask(
            f"SELECT column_name FROM information_schema.columns WHERE table_name = '{table}' ORDER BY 1"
        )
        if name not in _WHEN and (table, name) not in _DERIVED_FROM_WHEN
    ]
    chosen = ", ".join(columns)
    n_rows = int(ask(f"SELECT count(*) FROM {table}")[0][0])
    if n_rows > _READ_WHOLE:
        ((version,),) = ask("SELECT version()")
        hashed = f"hashtextextended(CAST(ROW({chosen}) AS text), 0)" if "PostgreSQL" in version else f"hash({chosen})"
        return n_rows, str(ask(f"SELECT sum(CAST({hashed} AS decimal(38))) FROM {table}")[0][0])
    rows = ask(f"SELECT {chosen} FROM {table}")
    lines = sorted(repr(row) for row in rows)
    return len(lines), hashlib.sha256("\n".join(lines).encode()).hexdigest()


def rows_by_import(place_url: str) -> dict[int, dict[str, int]]:
    """Return, for each import that any row names, how many rows of each table it has, and of `ingest`.

    Args:
        place_url: URL of a database at the newest revision.
    """
    ask = reader(place_url)
    found: dict[int, dict[str, int]] = {}
    for table in tables_of(ask):
        for key, n_rows in ask(_BY_IMPORT.get(table) or _by_own_key(ask, table)):
            if key is not None:
                found.setdefault(int(key), {})[table] = int(n_rows)
    return found


_BY_IMPORT = {
    name: f"SELECT r.ingest_id, count(*) FROM {name} t JOIN run r ON r.run_id = t.run_id GROUP BY 1"
    for name in ("outcome", "answer")
}


def _by_own_key(ask: Callable[[str], list[tuple[Any, ...]]], table: str) -> str:
    named = ask(
        f"SELECT count(*) FROM information_schema.columns WHERE table_name = '{table}' AND column_name = 'ingest_id'"
    )
    return f"SELECT ingest_id, count(*) FROM {table} GROUP BY 1" if named[0][0] else "SELECT NULL, 0 WHERE FALSE"


def half_imports(found: dict[int, dict[str, int]], whole: dict[int, dict[str, int]]) -> list[str]:
    """Return what is wrong with imports that must each be there with all rows, or with none.

    Args:
        found: From `rows_by_import`, after the crash.
        whole: The same of an undisturbed run.
    """
    wrong = []
    for key, n_rows in found.items():
        if key not in whole:
            wrong.append(f"import {key} is none of ours: {n_rows}")
        elif "ingest" not in n_rows:
            wrong.append(f"rows without their import {key}: {n_rows}")
        elif n_rows != whole[key]:
            wrong.append(f"import {key} has {json.dumps(n_rows)}, whole it has {json.dumps(whole[key])}")
    return wrong


def copy_file(origin: Path, to: Path) -> None:
    """Copy a closed DuckDB file.

    Args:
        origin: The file.
        to: Its copy.
    """
    shutil.copyfile(origin, to)
