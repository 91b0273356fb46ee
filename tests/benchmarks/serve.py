"""`benchdb serve` under load on loopback, next to Datasette serving the same rows from SQLite.

    python tests/benchmarks/serve.py [DATABASE] [--datasette PROGRAM]

Needs `wrk` (Debian: apt-get install wrk); Datasette is skipped where it is not installed. Each server answers the rows of a
leaderboard as JSON to eight connections for six seconds, in turn. Nothing leaves the machine.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import benchdb

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SUITE = "am-distill"
CONNECTIONS, SECONDS, ROUNDS = 8, 6, 1


def export(database: Path, target: Path) -> int:
    """Write the rows of the leaderboard into a table of SQLite, and return how many."""
    with benchdb.connect(database, read_only=True) as open_database:
        records = open_database.leaderboard(suite=SUITE).records()
    columns = list(records[0])
    with sqlite3.connect(target) as connection:
        connection.execute(f"CREATE TABLE leaderboard ({', '.join(columns)})")
        marks = ", ".join("?" * len(columns))
        rows = [
            [value if isinstance(value, int | float | None) else str(value) for value in row.values()]
            for row in records
        ]
        connection.executemany(f"INSERT INTO leaderboard VALUES ({marks})", rows)
    connection.close()
    return len(records)


@contextmanager
def serving(command: Sequence[str], address: str) -> Iterator[None]:
    """Run a server until the block ends; wait until it answers."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(address, timeout=20).read()  # noqa: S310 - an address of this machine
                break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait()


def load(address: str, *headers: str) -> tuple[float, float, float]:
    """Return requests a second, the 99th percentile in ms, and megabytes a second."""
    options = [part for header in headers for part in ("-H", header)]
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--latency", *options, address]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in out and "304" not in str(headers):
        raise SystemExit(out)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", out)
    slow = re.search(r"99%\s+([\d.]+)(us|ms|s)", out)
    bulk = re.search(r"Transfer/sec:\s+([\d.]+)(KB|MB|GB)", out)
    assert rate is not None, out
    assert slow is not None, out
    assert bulk is not None, out
    return (
        float(rate[1]),
        float(slow[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[slow[2]],
        float(bulk[1]) * {"KB": 0.001, "MB": 1.0, "GB": 1000.0}[bulk[2]],
    )


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def main() -> None:
    """Measure each server and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database", nargs="?", type=Path, help="a database of the seeds; made where none is named")
    parser.add_argument("--datasette", default=shutil.which("datasette"), help="the program")
    given = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is not installed (Debian: apt-get install wrk)")
    with tempfile.TemporaryDirectory() as folder:
        database = given.database or Path(folder) / "seeds.duckdb"
        if given.database is None:
            with benchdb.connect(database, create=True) as made:
                made.seed()
        n_rows = export(database, Path(folder) / "board.sqlite")
        port = free_port()
        api = f"http://127.0.0.1:{port}/api/v1/leaderboard?suite={SUITE}"
        ours = [sys.executable, "-m", "benchdb", "serve", "-q", "--db", str(database), "--port", str(port)]
        found: dict[str, list[tuple[float, float, float]]] = {}
        other = free_port()
        table = f"http://127.0.0.1:{other}/board/leaderboard.json?_shape=objects&_size=max&_nosuggest=1&_nofacet=1&_nocount=1"
        theirs = [str(given.datasette), "serve", "-i", str(Path(folder) / "board.sqlite"), "-p", str(other)]
        for _ in range(ROUNDS):
            with serving(ours, api):
                tag = urllib.request.urlopen(api).headers["ETag"]
                found.setdefault("benchdb serve, the whole leaderboard", []).append(load(api))
                found.setdefault("the same, by gzip", []).append(load(api, "Accept-Encoding: gzip"))
                found.setdefault("the same, 304 by its ETag", []).append(load(api, f"If-None-Match: {tag}"))
            if given.datasette is not None:
                with serving(theirs, table):
                    found.setdefault("Datasette, the same rows from SQLite", []).append(load(table))
    report(n_rows, found)


def report(n_rows: int, found: dict[str, list[tuple[float, float, float]]]) -> None:
    """Print the best run of each server as a table."""
    print(f"{n_rows} rows, {CONNECTIONS} connections, {SECONDS} s, {os.cpu_count()} cores\n")
    print("| what | requests/s | p99 | MB/s |\n|---|---|---|---|")
    for name, runs in found.items():
        rate, slow, bulk = max(runs)
        print(f"| {name} | {rate:,.0f} | {slow:.1f} ms | {bulk:.0f} |")


if __name__ == "__main__":
    main()
