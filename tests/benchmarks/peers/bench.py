"""What every part gets: where things lie, how large the data are, how often each side runs; and the table that comes of it."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

import benchdb

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.benchmarks.peers.measuring import Cost, Row, Side
    from tests.benchmarks.peers.places import Places

AIM = 5.0
"""How many times faster than a peer's loader we mean to be at the same content."""
TITLE = (
    "what", "peer", "s", "processor s", "MB", "benchdb", "s", "processor s", "MB", "times faster", "aim", "aim, processor s",
    "least, processor s",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A run of the benchmark."""

    places: Places
    scale: float = 1.0
    """Share of the data that is used, which the tests make tiny."""
    repeats: int = 3
    """How often each side runs."""

    def count(self, n: int, least: int = 1) -> int:
        """Return how many of something there are at this scale.

        Args:
            n: How many at full scale.
            least: The least number that makes sense.
        """
        return max(least, round(n * self.scale))

    def template(self) -> Path:
        """Return a database that knows the catalogue and the claims that ship with benchdb."""
        path = self.places.scratch / "template.duckdb"
        if not path.exists():
            with benchdb.connect(path, create=True) as db:
                db.seed()
        return path

    def ingest(self, name: str, paths: Sequence[Path], warm_up: Sequence[Path], **options: object) -> Side:
        """Return the side that imports files into a database of its own.

        Args:
            name: How the table calls it; the database is named after it.
            paths: Files and folders.
            warm_up: Files that are imported first, not timed and not kept, so that all code is loaded.
            **options: Further arguments of `Database.ingest`.
        """
        from tests.benchmarks.peers.measuring import Side

        arguments = {
            "template": str(self.template()),
            "database": str(self.database(name)),
            "paths": [str(path) for path in paths],
            "warm_up": [str(path) for path in warm_up],
        }
        return Side(name=name, script="ingest.py", arguments={**arguments, **options})

    def floor(self, ours: Side, kind: str) -> Side:
        """Return the side that does the least that an import of the same files into the same tables has to do.

        Args:
            ours: Our side, which runs before it: its rows are taken from there.
            kind: What the files are, as `sides/floor.py` calls it.
        """
        from tests.benchmarks.peers.measuring import Side

        name = f"least of {ours.name}"
        arguments = {
            "template": ours.arguments["template"],
            "filled": ours.arguments["database"],
            "database": str(self.database(name)),
            "paths": ours.arguments["paths"],
        }
        return Side(name=name, script="floor.py", arguments={**arguments, "kind": kind})

    def database(self, name: str) -> Path:
        """Return where the side of that name keeps its database.

        Args:
            name: The side's name.
        """
        return self.places.scratch / f"{''.join(each if each.isalnum() else '-' for each in name)}.duckdb"


def machine() -> str:
    """Return day, cores, load and versions of a run, in words."""
    load = os.getloadavg()[0]
    packages = ", ".join(f"{name} {version(name)}" for name in ("duckdb", "pyarrow", "pandas", "orjson"))
    return f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, load {load:.0f}, Python {platform.python_version()}, {packages}"


def lines(rows: Sequence[Row]) -> Iterator[str]:
    """Yield a table in Markdown.

    Args:
        rows: Its rows.
    """
    yield f"| {' | '.join(TITLE)} |"
    yield f"|{' --- |' * len(TITLE)}"
    for row in rows:
        aim = "–" if row.aim is None else f"{row.aim:g} {'met' if row.ratio >= row.aim else 'missed'}"
        wanted = "–" if row.aim is None else f"{row.theirs.processor / row.aim:.2f}"
        least = "–" if row.least is None else f"{row.least.processor:.2f}"
        cells = (row.what, row.peer.name, *_figures(row.theirs), row.side.name, *_figures(row.ours))
        yield f"| {' | '.join(cells)} | {row.ratio:.1f} | {aim} | {wanted} | {least} |"


def _figures(cost: Cost) -> tuple[str, str, str]:
    return f"{cost.seconds:.2f}", f"{cost.processor:.2f}", f"{cost.peak:,.0f}"
