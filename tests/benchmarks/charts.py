"""What a chart costs from a cold start, as ratios to a minimal Altair script of as many bars: `python tests/benchmarks/charts.py`.

The best of several runs counts in processor time, ours and the script's in turn. The script holds its sixteen values, colours and an axis; the
command opens a database, asks the question, judges the errors, hatches the bars and notes where each number comes from.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import benchdb

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.benchmarks.core import best_start

SCRIPT = """
import sys
import altair as alt
values = [72.7, 72.6, 76.5, 70.0, 96.2, 94.3, 97.0, 94.5, 64.3, 62.1, 65.9, 65.2, 59.1, 57.2, 59.7, 57.5]
rows = [{"benchmark": "ABCD"[i // 4], "model": "wxyz"[i % 4], "value": value} for i, value in enumerate(values)]
chart = alt.Chart(alt.InlineData(values=rows)).mark_bar().encode(x="benchmark:N", xOffset="model:N", y="value:Q", color="model:N")
chart.save(sys.argv[1])
"""
WITH_DATABASE = SCRIPT.replace(
    "import altair as alt\n",
    'import altair as alt\nimport sqlalchemy, duckdb_engine\nconnection = sqlalchemy.create_engine("duckdb:///demo.duckdb").connect()\n',
).replace(
    "values = [", 'values = [row[0] for row in connection.exec_driver_sql("SELECT value FROM score LIMIT 16")] or ['
)
"""The same script with sixteen values that it asks the database for."""
FORMATS = {"vl.json": "json", "png": "png", "svg": "svg", "html": "html"}
"""Our suffix, and that of the script's file."""


def main() -> None:
    """Print one line for each format."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    print(
        f"Python {platform.python_version()}, altair {version('altair')}, vl-convert {version('vl-convert-python')}, "
        f"{os.cpu_count()} cores"
    )
    with tempfile.TemporaryDirectory(prefix="benchdb-bench-") as name:
        folder = Path(name)
        with benchdb.connect(folder / "demo.duckdb", create=True) as database:
            database.seed()
        (folder / "minimal.py").write_text(SCRIPT, encoding="utf-8")
        draw = [
            "-m",
            "benchdb",
            "chart",
            "grouped-bars",
            "--db",
            "demo.duckdb",
            "--suite",
            "am-distill",
        ]
        draw += ["--source", "1.4 Million", "-o"]
        (folder / "database.py").write_text(WITH_DATABASE, encoding="utf-8")
        for ours_suffix, theirs_suffix in FORMATS.items():
            for script in ("minimal", "database"):
                least, base = best_start(
                    (*draw, f"bars.{ours_suffix}"),
                    (f"{script}.py", f"{script}.{theirs_suffix}"),
                    folder,
                    arguments.repeats,
                )
                print(
                    f"grouped-bars to {ours_suffix:<8} / {script:<8} {least:6.3f} s {base:6.3f} s  ratio {least / base:5.2f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
