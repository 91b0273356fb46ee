"""How much memory an import takes, whatever the size of the files: `python -m tests.benchmarks.memory --size 500`.

Each file is made, imported into an empty database by `benchdb ingest` in a process of its own, and removed. The peak is that of the
largest process, as the kernel counts it (ru_maxrss); with --jobs other processes read ahead. The rate is bytes of the file a second of
processor time of all processes together.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import benchdb
from tests.benchmarks import big_files
from tests.benchmarks.big_documents import DOCUMENTS, write_document

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


_MEASURING = """
import json, os, subprocess, sys, time
start = time.monotonic()
process = subprocess.Popen(sys.argv[1:])
_pid, status, usage = os.wait4(process.pid, 0)
process.returncode = os.waitstatus_to_exitcode(status)
cost = [process.returncode, usage.ru_maxrss, usage.ru_utime + usage.ru_stime, time.monotonic() - start]
print(json.dumps(cost), flush=True)
sys.exit(process.returncode)
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What an import took."""

    peak_mb: float
    cpu_s: float
    wall_s: float
    output: str


def _log_folder(folder: Path, n_bytes: int) -> object:
    folder.mkdir()
    return big_files.lm_eval_samples(folder, n_bytes)


MAKERS: dict[str, Callable[[Path, int], object]] = {
    "lm-eval samples (JSON Lines)": _log_folder,
    "Inspect log (.eval, zip)": lambda path, n_bytes: big_files.inspect_zip(path.with_suffix(".eval"), n_bytes),
    "Inspect log (one JSON document)": lambda path, n_bytes: big_files.inspect_json(path.with_suffix(".json"), n_bytes),
    "outcomes (CSV)": lambda path, n_bytes: big_files.outcomes_csv(path.with_suffix(".csv"), n_bytes),
    "scores (CSV)": lambda path, n_bytes: big_files.scores_csv(path.with_suffix(".csv"), n_bytes),
    **{
        name: lambda path, n_bytes, document=document: write_document(path, document, n_bytes)  # type: ignore[misc]
        for name, document in DOCUMENTS.items()
    },
}
"""What is measured → what makes it of about so many bytes."""


def import_all(database: Path, paths: Sequence[Path], *options: str, before: str = "") -> Cost:
    """Import files into a new database in a process of its own and return what it took.

    Args:
        database: Does not exist yet.
        paths: Files and folders.
        *options: Further options of `benchdb ingest`.
        before: Python statements to run first in that process.

    Raises:
        RuntimeError: If the import fails.
    """
    benchdb.connect(database, create=True).close()
    program = (
        ["-c", f"{before}\nimport runpy; runpy.run_module('benchdb', run_name='__main__')"]
        if before
        else ["-m", "benchdb"]
    )
    command = [sys.executable, *program, "ingest", *map(str, paths), "--db", str(database), *options]
    done = subprocess.run(measured(*command), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    said, _, told = done.stdout.rstrip().rpartition("\n")
    code, peak, cpu_s, wall_s = json.loads(told)
    if code:
        raise RuntimeError(said)
    return Cost(peak / (1 << 20 if sys.platform == "darwin" else 1 << 10), cpu_s, wall_s, said)


def measured(*command: str) -> list[str]:
    """Return a command that runs another one and ends its output with a line of JSON: exit code, peak, processor time and wall time.

    Linux counts in a process's peak what the process that started it had held until then. So a small one has to start it.

    Args:
        *command: What to run.
    """
    return [sys.executable, "-c", _MEASURING, *command]


def size_of(path: Path) -> int:
    """Return the bytes of a file, or of everything in a folder.

    Args:
        path: The file or folder.
    """
    return (
        sum(each.stat().st_size for each in path.rglob("*") if each.is_file()) if path.is_dir() else path.stat().st_size
    )


def measure(name: str, make: Callable[[Path], object], folder: Path, options: Sequence[str]) -> None:
    """Make files, import them, and print a line of the table.

    Args:
        name: What they are.
        make: Makes them in a folder.
        folder: An empty folder.
        options: Further options of `benchdb ingest`.
    """
    make(folder / "made")
    (path,) = folder.glob("made*")
    n_bytes = size_of(path)
    said = DOCUMENTS[name].options if name in DOCUMENTS else ()
    try:
        cost = import_all(folder / "x.duckdb", [path], *options, *said)
    except RuntimeError as error:
        print(f"| {name} | {n_bytes / 1e6:,.0f} MB | – | {str(error).strip()} |", flush=True)
        return
    added = next((line.strip() for line in cost.output.splitlines() if "Added" in line or "Nothing new" in line), "")
    print(
        f"| {name} | {n_bytes / 1e6:,.0f} MB | {cost.peak_mb:,.0f} MB | {cost.cpu_s:,.1f} s | {cost.wall_s:,.1f} s "
        f"| {n_bytes / 1e6 / cost.cpu_s:,.0f} MB/s | {added} |",
        flush=True,
    )


def main() -> None:
    """Measure what the command line names, by default everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=float, nargs="*", default=[50, 500], help="megabytes of each file")
    parser.add_argument("--files", type=int, nargs="*", default=[1_000, 10_000], help="small files in a folder")
    parser.add_argument("--only", action="append", help="what is measured, by a part of its name; may be repeated")
    parser.add_argument("--jobs", type=int, help="as of benchdb ingest")
    parser.add_argument("--folder", type=Path, help="where the files are made; there must be room for them twice")
    arguments = parser.parse_args()
    options = [] if arguments.jobs is None else ["--jobs", str(arguments.jobs)]
    wanted = arguments.only or [""]
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores\n")
    print("| files | size | peak | processor | waited | rate | |\n| --- | --- | --- | --- | --- | --- | --- |")
    tasks: list[tuple[str, Callable[[Path], object]]] = [
        (name, lambda path, make=make, size=size: make(path, int(size * 1e6)))  # type: ignore[misc]
        for name, make in MAKERS.items()
        for size in arguments.size
    ]
    tasks += [
        (f"{n:,} small logs", lambda path, n=n: (path.mkdir(), big_files.small_files(path, n)))  # type: ignore[misc]
        for n in arguments.files
    ]
    for name, make in tasks:
        if any(part in name for part in wanted):
            with tempfile.TemporaryDirectory(prefix="benchdb-memory-", dir=arguments.folder) as place:
                measure(name, make, Path(place), options)


if __name__ == "__main__":
    main()
