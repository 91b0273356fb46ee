"""What each start imports: light commands stay light, proved in processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = {
    "alembic",
    "altair",
    "duckdb",
    "duckdb_engine",
    "numpy",
    "pandas",
    "pyarrow",
    "scipy",
    "sqlalchemy",
    "tabulate",
    "tqdm",
    "vl_convert",
    "yaml",
}
"""Packages that cost a start tens of milliseconds or more."""
REPORT = "import json, sys; print(json.dumps(sorted(sys.modules)), file=sys.__stderr__)"


def modules_after(code: str, folder: Path) -> set[str]:
    """Return the modules that a fresh interpreter holds after running code."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    environment.pop("BENCHDB_URL", None)
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{REPORT}"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stderr.splitlines()[-1]))


def packages(modules: set[str]) -> set[str]:
    """Return the top-level packages of modules."""
    return {module.partition(".")[0] for module in modules}


def running(*arguments: str) -> str:
    """Return code that runs the program inside the interpreter."""
    return f"from benchdb.cli import cli\nassert cli.main({list(arguments)!r}, 'benchdb', standalone_mode=False) == 0"


def test_importing_the_package_loads_nothing_of_it(tmp_path: Path) -> None:
    """`import benchdb` brings its version and nothing else."""
    modules = modules_after("import benchdb", tmp_path)
    assert {name for name in modules if name.startswith("benchdb")} == {"benchdb", "benchdb.version"}
    assert not packages(modules) & (HEAVY | {"click"})


def test_help_imports_click_and_the_list_of_commands(tmp_path: Path) -> None:
    """`benchdb --help` imports no command, no part of the product below the command line, and nothing heavy."""
    modules = modules_after(running("--help"), tmp_path)
    ours = {
        "benchdb",
        "benchdb.version",
        "benchdb.errors",
        "benchdb.cli",
        "benchdb.cli.exits",
        "benchdb.cli.groups",
        "benchdb.rows",
        "benchdb.rows.safe",
    }
    assert {name for name in modules if name.startswith("benchdb")} == ours
    assert not packages(modules) & HEAVY


@pytest.mark.parametrize(
    "command",
    [
        "demo",
        "leaderboard",
        "compare",
        "trend",
        "coverage",
        "history",
        "trace",
        "ingest",
        "list",
        "db",
        "chart",
        "completion",
        "formats",
    ],
)
def test_the_help_of_a_command_imports_nothing_heavy(command: str, tmp_path: Path) -> None:
    """`benchdb COMMAND --help` stays on the command line's side of the door."""
    modules = modules_after(running(command, "--help"), tmp_path)
    assert not packages(modules) & HEAVY
    assert not any(
        name.startswith(("benchdb.api", "benchdb.query", "benchdb.schema", "benchdb.ingest")) for name in modules
    )


def test_a_leaderboard_imports_no_numbers_library_and_no_chart(tmp_path: Path) -> None:
    """A question from a database without outcomes needs SQLAlchemy and DuckDB, and nothing heavier."""
    from benchdb.api import connect

    with connect(tmp_path / "seeded.duckdb", create=True) as database:
        database.seed()
    modules = modules_after(running("leaderboard", "--db", "seeded.duckdb", "--suite", "am-distill"), tmp_path)
    assert not packages(modules) & {
        "alembic",
        "altair",
        "numpy",
        "pandas",
        "pyarrow",
        "scipy",
        "tabulate",
        "tqdm",
        "yaml",
    }
    assert not any(name.startswith(("benchdb.charts", "benchdb.ingest")) for name in modules)
