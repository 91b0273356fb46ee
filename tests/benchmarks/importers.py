"""What comes of folders of results, and how fast each format is read: `python tests/benchmarks/importers.py FOLDER`.

Each folder in FOLDER is imported into a database of its own that knows the catalogue, at first as it is. Files that are rejected since
they leave something unsaid are tried once more with words that say it, for the last table only. Its seconds are the best of several
imports of all files of a format, with reading, resolving names and writing; "of them reading" is the importer's part alone. An import
into a small database takes a tenth of a second whatever it holds, so a format with few scores shows that and not its speed.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import platform
import shutil
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

import benchdb
from benchdb.ingest.importer import ReadOptions, importer_named
from benchdb.ingest.report import FileState
from benchdb.schema.vocab import ScoreUnit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchdb.ingest.report import FileReport, IngestReport

LOADED, ALONG = FileState.LOADED, FileState.READ_ALONG
REJECTED = (FileState.FAILED, FileState.UNKNOWN)
SAID: tuple[dict[str, Any], ...] = (
    {"score_unit": "percent"},
    {"score_unit": "percent", "columns": {"model": "=model"}},
    {"score_unit": "percent", "columns": {"metric": "=score"}},
    {"score_unit": "percent", "columns": {"model": "=model", "subset": "=complete", "benchmark": "=benchmark"}},
)
"""What may be said for files that leave something open, one after the other."""


Files = list[tuple[Path, dict[str, Any]]]
"""Files with the options that they need."""


def rows(title: Sequence[str], lines: Sequence[Sequence[object]]) -> Iterator[str]:
    """Yield a table in Markdown."""
    yield f"| {' | '.join(title)} |"
    yield f"|{' --- |' * len(title)}"
    for line in lines:
        yield f"| {' | '.join(f'{each:,}' if isinstance(each, int) else str(each) for each in line)} |"


class Databases:
    """Databases that know the catalogue, made by copying one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.template = folder / "template.duckdb"
        with benchdb.connect(self.template, create=True) as db:
            db.seed()

    def ingest(self, paths: Sequence[Path], **options: Any) -> tuple[IngestReport, float]:
        """Return what an import into a new database did, and its seconds."""
        path = self.folder / "one.duckdb"
        shutil.copy(self.template, path)
        with benchdb.connect(path) as db:
            start = time.perf_counter()
            report = db.ingest(*paths, **options)
            return report, time.perf_counter() - start


def reason(report: FileReport) -> str:
    """Return why a file was rejected, on one line and without its path."""
    text = " ".join((report.message or "").split())
    return text.removeprefix(report.file).lstrip(":, ").replace("|", "\\|")


def import_folders(databases: Databases, folders: Sequence[Path]) -> dict[str, Files]:
    """Print what came of each folder, and return the files of each format."""
    lines: list[tuple[object, ...]] = []
    rejects: list[tuple[object, ...]] = []
    formats: dict[str, Files] = defaultdict(list)
    for folder in folders:
        report, seconds = databases.ingest([folder])
        states = report.states()
        n_rejected = sum(states[state] for state in REJECTED)
        n_files, n_new = len(report.files), len(report.new_names)
        counts = (report.total("n_scores"), report.total("n_outcomes"), n_new)
        lines.append((folder.name, n_files, states[LOADED], states[ALONG], n_rejected, *counts, f"{seconds:.2f}"))
        for file in report.files:
            if file.state == LOADED and file.importer is not None:
                formats[file.importer].append((Path(file.file), {}))
            elif file.state in REJECTED:
                rejects.append((Path(file.file).relative_to(folder.parent), reason(file)))
                for name, path, options in said(databases, Path(file.file)):
                    formats[name].append((path, options))
    totals = [sum(int(str(line[position])) for line in lines) for position in range(1, 8)]
    title = ("folder", "files", "read", "along", "rejected", "scores", "outcomes", "new names", "seconds")
    print("\n".join(rows(title, [*lines, ("all", *totals, f"{sum(float(str(line[8])) for line in lines):.2f}")])))
    print("\n".join(["", *rows(("rejected", "because"), rejects), ""]), flush=True)
    return formats


def said(databases: Databases, path: Path) -> Iterator[tuple[str, Path, dict[str, Any]]]:
    """Yield format and options of a rejected file, if any words help."""
    for options in SAID:
        report = databases.ingest([path], **options)[0].files[0]
        if report.state == LOADED and report.importer is not None:
            yield report.importer, path, options
            return


def read_alone(name: str, paths: Sequence[Path], options: dict[str, Any]) -> float:
    """Return the seconds that an importer takes to yield everything in files, without a database."""
    importer = importer_named(name)
    unit = options.get("score_unit")
    said_ = ReadOptions(columns=options.get("columns", {}), score_unit=ScoreUnit(unit) if unit else None)
    start = time.perf_counter()
    for path in paths:
        for record in importer.read(path, said_):
            for _ in getattr(record, "outcomes", ()):
                pass
    return time.perf_counter() - start


def time_formats(databases: Databases, formats: dict[str, Files], repeats: int) -> None:
    """Print how fast the files of each format are imported."""
    lines = []
    for name, found in sorted(formats.items()):
        by_options: dict[str, tuple[dict[str, Any], list[Path]]] = {}
        for path, options in found:
            by_options.setdefault(repr(options), (options, []))[1].append(path)
        n_scores = n_outcomes = 0
        seconds = reading = 0.0
        for options, paths in by_options.values():
            reading += min(read_alone(name, paths, options) for _ in range(repeats))
            runs = [databases.ingest(paths, importer=name, **options) for _ in range(repeats)]
            n_scores += runs[0][0].total("n_scores")
            n_outcomes += runs[0][0].total("n_outcomes")
            seconds += min(spent for _, spent in runs)
        n_bytes = sum(path.stat().st_size for path, _ in found)
        rates = [f"{n / seconds:,.0f}" if n else "–" for n in (n_scores, n_outcomes)]
        counts = (len(found), f"{n_bytes / 1e6:.2f}", n_scores, n_outcomes)
        lines.append((name, *counts, f"{seconds:.2f}", f"{reading:.3f}", *rates))
    title = ("format", "files", "MB", "scores", "outcomes", "seconds", "of them reading", "scores/s", "outcomes/s")
    print("\n".join(rows(title, lines)), flush=True)


def main() -> None:
    """Import the folders named on the command line, and time their formats."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="a folder of folders of results")
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    folders = sorted(path for path in arguments.folder.iterdir() if path.is_dir())
    print(f"Python {platform.python_version()}, DuckDB {duckdb.__version__}, {os.cpu_count()} cores\n")
    with tempfile.TemporaryDirectory(prefix="benchdb-bench-") as name, contextlib.redirect_stderr(io.StringIO()):
        databases = Databases(Path(name))
        time_formats(databases, import_folders(databases, folders), arguments.repeats)


if __name__ == "__main__":
    main()
