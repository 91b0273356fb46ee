"""How questions grow with the outcomes in a database, next to the SQL somebody would write by hand: `python tests/benchmarks/growth.py`.

Makes databases of 1, 10 and 100 million outcomes (about 240 MB, a few minutes), asks each question of `growth_questions.py` in turn with its
SQL, counts the processor seconds of the best of several, both cores together, and prints a table with ratios. `--figures` writes them as a table
that `benchdb ingest` reads, `--chart` draws them with benchdb from a database that they were imported into, `--draw` does so without measuring.
"""

from __future__ import annotations

import argparse
import csv
import gc
import math
import os
import platform
import resource
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import altair as alt
import duckdb
from sqlalchemy import update

import benchdb
from benchdb.charts.save import write_chart
from benchdb.query.tables import METRIC, MODEL

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.benchmarks.growth_data import fill
from tests.benchmarks.growth_questions import QUESTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tests.benchmarks.growth_questions import Question

OURS, BY_HAND = "benchdb", "SQL by hand"
"""Who answers: the models of the table of figures."""
COLUMNS = ("model", "benchmark", "subset", "metric", "value", "unit")
"""Columns of the figures: who answered, the question, the number of outcomes, and processor seconds."""
_LEAST_DRAWN = 0.1
_POWERS = [-2, -1, 0, 1, 2]
"""Ticks of the axis of seconds: a hundredth to a hundred."""
WORDS = {1_000_000: "1 million", 10_000_000: "10 million", 100_000_000: "100 million"}
"""Numbers of outcomes in words."""


class Figure(NamedTuple):
    """The seconds of one question at one size."""

    question: str
    n_outcomes: int
    ours: float
    by_hand: float

    @property
    def ratio(self) -> float:
        """Ours to those of the SQL."""
        return self.ours / self.by_hand


def seconds(action: Callable[[], object]) -> float:
    """Return the processor seconds of an action, all threads together."""
    gc.collect()
    start = time.process_time()
    action()
    return time.process_time() - start


def measure(db: benchdb.Database, question: Question, n_outcomes: int, repeats: int) -> Figure:
    """Ask a question and its SQL in turn; the best of each counts."""
    raw: Any = db.engine.raw_connection().driver_connection

    def by_hand() -> object:
        return [raw.execute(statement).fetchall() for statement in question.statements]

    times = [(seconds(by_hand), seconds(lambda: question.ask(db))) for _ in range(repeats)]
    return Figure(question.name, n_outcomes, min(ours for _, ours in times), min(hand for hand, _ in times))


def ask_all(folder: Path, sizes: Sequence[int], arguments: argparse.Namespace) -> None:
    """Measure every question at every size; a database that the folder holds already is taken as it is."""
    for n_outcomes in sizes:
        path = folder / f"growth-{n_outcomes}.duckdb"
        if not path.exists():
            start = time.perf_counter()
            fill(path, n_outcomes, arguments.memory)
            print(f"made {n_outcomes:,} outcomes in {time.perf_counter() - start:.0f} s", flush=True)
        with benchdb.connect(path) as db:
            raw: Any = db.engine.raw_connection().driver_connection
            raw.execute(f"SET memory_limit = '{arguments.memory}'")
            for question in QUESTIONS:
                if arguments.only in question.name:
                    figure = measure(db, question, n_outcomes, arguments.repeats)
                    print(
                        f"{question.name:<36} {n_outcomes:>11,} {figure.ours:8.3f} s {figure.by_hand:8.3f} s  ratio {figure.ratio:6.2f}",
                        flush=True,
                    )
                    if arguments.figures:
                        write(figure, arguments.figures)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(f"most memory of the process so far: {peak:.1f} GB", flush=True)


def write(figure: Figure, path: Path) -> None:
    """Write a figure into a table of scores in seconds; those of other questions and sizes stay."""
    rows = {(row["model"], row["benchmark"], row["subset"]): row for row in read(path)}
    size = WORDS.get(figure.n_outcomes, f"{figure.n_outcomes:,}")
    for who, value in ((OURS, figure.ours), (BY_HAND, figure.by_hand)):
        row = (who, figure.question, size, "processor time", f"{value:.3f}", "seconds")
        rows[who, figure.question, size] = dict(zip(COLUMNS, row, strict=True))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows.values())


def read(path: Path) -> list[dict[str, str]]:
    """Return the figures in a file; none where there is no file."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def table(path: Path) -> str:
    """Return the figures of a file as the table of docs/performance.md.

    Processor seconds by size, the ratio at the largest, and how fast ours grow to it: the slope of the logarithm of seconds over that of
    outcomes between the two largest sizes, 1 for seconds that grow tenfold with ten times the outcomes.
    """
    found = {(row["benchmark"], row["model"], row["subset"]): float(row["value"]) for row in read(path)}
    sizes = [size for size in WORDS.values() if any(key[2] == size for key in found)]
    lines = [
        f"| question | {' | '.join(f'{size}: ours' for size in sizes)} | {sizes[-1]}: SQL | ratio | slope |",
        f"| --- |{' ---: |' * (len(sizes) + 3)}",
    ]
    for question in dict.fromkeys(key[0] for key in found):
        ours = [found.get((question, OURS, size)) for size in sizes]
        hand = found.get((question, BY_HAND, sizes[-1]))
        ratio = f"{ours[-1] / hand:.2f}" if ours[-1] is not None and hand else "–"
        cells = ["–" if value is None else f"{value:.3g} s" for value in (*ours, hand)]
        slope = f"{math.log10(ours[-1] / ours[-2]):.2f}" if len(ours) > 1 and ours[-1] and ours[-2] else "–"
        lines.append(f"| {question} | {' | '.join(cells)} | {ratio} | {slope} |")
    return "\n".join(lines)


def large(figures: Path) -> dict[tuple[str, str, str], float]:
    """Return the seconds in a file by question, size and who answers; without questions whose SQL never takes a tenth of a second.

    What those take is not the reading of data.
    """
    found = {(row["benchmark"], row["subset"], row["model"]): float(row["value"]) for row in read(figures)}
    kept = {question for (question, _, who), seconds_ in found.items() if who == BY_HAND and seconds_ >= _LEAST_DRAWN}
    return {key: seconds_ for key, seconds_ in found.items() if key[0] in kept}


@contextmanager
def imported(rows: Iterable[tuple[str, str, str]], unit: str) -> Iterator[benchdb.Database]:
    """Import (model, benchmark, value) in a unit into a database of their own, with the sizes that models are named after."""
    with (
        tempfile.TemporaryDirectory(prefix="benchdb-growth-") as name,
        benchdb.connect(Path(name) / "figures.duckdb", create=True) as db,
    ):
        table_of_rows = Path(name) / "figures.csv"
        with table_of_rows.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(("model", "benchmark", "value", "metric", "unit"))
            writer.writerows((*row, "figure", unit) for row in rows)
        report = db.ingest(table_of_rows)
        if not report.total("n_scores"):
            message = f"no figure could be imported: {report.files}"
            raise RuntimeError(message)
        with db.engine.begin() as connection:
            connection.execute(update(METRIC).values(higher_is_better=False, unit=unit))
            for size, words in WORDS.items():
                connection.execute(update(MODEL).where(MODEL.c.name == f"{words} outcomes").values(n_parameters=size))
        yield db


def draw(figures: Path, chart: Path) -> None:
    """Draw how many times the SQL's seconds each question takes, at each size."""
    found = large(figures)
    ratios = [
        (f"{size} outcomes", question, f"{seconds_ / found[question, size, BY_HAND]:.2f}")
        for (question, size, who), seconds_ in found.items()
        if who == OURS and (question, size, BY_HAND) in found
    ]
    with imported(ratios, "ratio") as db:
        drawn = db.leaderboard(missing="show", benchmarks=list(dict.fromkeys(question for question, _, _ in found)))
        names = [f"{size} outcomes" for size in WORDS.values()]
        title = "Processor time of questions, as a multiple of SQL by hand"
        write_chart(drawn.chart(order=names, title=title, y_title="times the SQL", hatch=False), chart)


def draw_curves(figures: Path, chart: Path, who: str) -> None:
    """Draw the seconds of each question over the number of outcomes, both on logarithmic axes: a trend by size, of their logarithms."""
    found = large(figures)
    rows = [
        (f"{size} outcomes", question, f"{math.log10(seconds_):.4f}")
        for (question, size, asked), seconds_ in found.items()
        if asked == who and seconds_ > 0
    ]
    with imported(rows, "points") as db:
        trend = db.trend(by="parameters", benchmarks=list(dict.fromkeys(question for question, _, _ in found)))
        drawn = trend.chart(
            title=f"Processor seconds of questions: {who}", frontier=False, named="none", bands=False, footnotes=False
        )
        spec = drawn.to_dict()
    write_chart(alt.LayerChart.from_dict(_in_seconds(spec)), chart)


def _in_seconds(spec: Any) -> Any:
    """Join the points of a question by lines in place of a fit, and name the axes after what they hold here."""
    if isinstance(spec, list):
        return [_in_seconds(part) for part in spec]
    if not isinstance(spec, dict):
        return spec
    found = {name: _in_seconds(part) for name, part in spec.items()}
    encoding = found.get("encoding", {})
    if isinstance(encoding.get("x"), dict) and "title" in encoding["x"]:
        encoding["x"]["title"] = "Outcomes in the database"
        encoding["x"]["axis"] = {
            "values": list(WORDS),
            "labelExpr": "format(datum.value / 1e6, '~r') + ' million'",
            "grid": False,
        }
    if isinstance(encoding.get("y"), dict) and isinstance(encoding["y"].get("axis"), dict):
        encoding["y"]["title"] = "Processor seconds"
        encoding["y"]["axis"] |= {"values": _POWERS, "labelExpr": "format(pow(10, datum.value), '~r')"}
    if "layer" in found:
        found["layer"] = [layer for part in found["layer"] for layer in _joined(part)]
    return found


def _joined(layer: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a layer, with lines below it where it is that of the points; nothing in place of a fit."""
    name = layer.get("name", "")
    if name != "points":
        return [] if name.startswith("fit") else [layer]
    apart = {channel: layer["encoding"][channel] for channel in ("x", "y", "color")}
    return [{"data": layer["data"], "mark": {"type": "line", "strokeWidth": 1.6}, "encoding": apart}, layer]


def main() -> None:
    """Measure, write and draw as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000_000, 10_000_000, 100_000_000])
    parser.add_argument("--only", default="", help="part of the names of the questions to ask")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--memory", default="8GB", help="memory that DuckDB may take")
    parser.add_argument("--folder", type=Path, help="where to keep the databases; by default they are temporary")
    parser.add_argument("--figures", type=Path, help="table to write, and to draw from")
    parser.add_argument("--chart", type=Path, help="picture to draw from the figures")
    parser.add_argument("--draw", action="store_true", help="measure nothing")
    arguments = parser.parse_args()
    # Threads of linear algebra wait by spinning, which on a busy machine counts as work; NumPy is imported later than this.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    print(f"Python {platform.python_version()}, DuckDB {duckdb.__version__}", flush=True)
    if not arguments.draw:
        with tempfile.TemporaryDirectory(prefix="benchdb-growth-") as name:
            folder = arguments.folder or Path(name)
            ask_all(folder, arguments.sizes, arguments)
    if arguments.figures:
        print(table(arguments.figures))
        if arguments.chart:
            draw(arguments.figures, arguments.chart)
            for who, name in ((OURS, "ours"), (BY_HAND, "sql")):
                draw_curves(arguments.figures, arguments.chart.with_stem(f"{arguments.chart.stem}-{name}"), who)


if __name__ == "__main__":
    main()
