"""Writing a site into a folder."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchdb.errors import ConfigError
from benchdb.site.material import Material
from benchdb.site.publication import Publication

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from benchdb.api import Database

MARK = ".benchdb-site"
"""File that says that a folder is a site of ours, with the paths of what was written."""
DATABASE = "data/benchdb.duckdb"
"""Where the database itself stands, if it is part of the site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteReport:
    """What a build wrote."""

    folder: str
    """The folder."""
    n_pages: int
    """Pages."""
    n_files: int
    """Files, pages included."""
    n_bytes: int
    """Bytes of all files."""
    seconds: float
    """How long it took."""


def build(  # noqa: PLR0913 — each is one trait of the site, all by keyword
    database: Database,
    folder: str | Path,
    *,
    title: str = "Benchmark results",
    with_database: bool = False,
    force: bool = False,
    ranking: Mapping[str, Any] | None = None,
    progress: Callable[[str], None] | None = None,
    **asked: Any,
) -> SiteReport:
    """Write the site of a database into a folder; the same answers give the same bytes.

    A site that stands there already is replaced: files that the new one does not have are removed, and nothing else.

    Args:
        database: An open database.
        folder: Where to write; made if it does not exist.
        title: Title of the site.
        with_database: Put the database itself among the downloads, where it is a file.
        force: Write into a folder that holds something else; what it holds stays.
        ranking: Keywords of `benchdb.Database.leaderboard` that say how models are ranked: aggregate, missing.
        progress: Called with the path of each file that is written.
        **asked: Filters, policy and level, as of every question.

    Returns:
        What was written.

    Raises:
        ConfigError: If the folder holds something else, or the database is no file and is to be part of the site.
    """
    start = time.perf_counter()
    target = Path(folder)
    before = _before(target, force=force)
    file = _database_file(database) if with_database else None
    material = Material(database, asked, title=title, ranking=ranking, with_database=with_database)
    written: dict[str, int] = {}
    for path, content in Publication(material).files():
        _write(target / path, content)
        written[path] = len(content)
        if progress is not None:
            progress(path)
    if file is not None:
        shutil.copyfile(file, target / DATABASE)
        written[DATABASE] = file.stat().st_size
    _write(target / MARK, "".join(f"{path}\n" for path in sorted(written)).encode())
    for path in before - set(written):
        (target / path).unlink(missing_ok=True)
    return SiteReport(
        folder=str(target),
        n_pages=sum(path.endswith(".html") for path in written),
        n_files=len(written),
        n_bytes=sum(written.values()),
        seconds=time.perf_counter() - start,
    )


def _before(target: Path, *, force: bool) -> set[str]:
    """Return the paths of the site that stands in a folder; none for a new one."""
    if target.exists() and not target.is_dir():
        raise ConfigError(f"{target}: a site is a folder, and this is a file. Name another folder.")
    mark = target / MARK
    if mark.is_file():
        paths = mark.read_text(encoding="utf-8").splitlines()
        return {path for path in paths if path and not path.startswith("/") and ".." not in Path(path).parts}
    if target.is_dir() and any(target.iterdir()) and not force:
        raise ConfigError(
            f"{target}: the folder holds something that is no site of benchdb. Name an empty one, or write there all the"
            " same with --force: what it holds stays."
        )
    return set()


def _database_file(database: Database) -> Path:
    found = Path(database.place)
    if not database.status().engine.startswith("duckdb") or not found.is_file():
        raise ConfigError(
            f"{database.place}: only a database that is a DuckDB file can be part of a site. Leave out --with-database."
        )
    return found


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
