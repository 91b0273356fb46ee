"""The main job: make a database, import what ships with benchdb, and show what it is for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchdb.api.charts import write_chart
from benchdb.api.database import connect
from benchdb.config import hide_password

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from benchdb.api.results.comparison import Comparison
    from benchdb.api.results.leaderboard import Leaderboard
    from benchdb.api.results.trend import Trend
    from benchdb.ingest.report import IngestReport

MODELS = (
    "AM-Distill-Qwen-32B",
    "DeepSeek-R1-Distill-Qwen-32B",
    "AM-Distill-Qwen-72B",
    "DeepSeek-R1-Distill-Llama-70B",
)
"""The four models of the seed figure, in its order."""
SUITE = "am-distill"
"""The four benchmarks of the seed figure, in its order."""
REPORT = "https://arxiv.org/abs/2503.19633"
"""The report whose Table 2 holds the figure's numbers, all four models under one protocol."""
_CHART = "am-distill"
_TITLE = "Model Performance on Benchmarks"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoReport:
    """What the demo made and found."""

    place: str
    """The database."""
    report: IngestReport
    """What became of the seeds."""
    is_new: bool
    """Whether this run changed the database."""
    leaderboard: Leaderboard
    """The four models on the four benchmarks."""
    comparison: Comparison
    """What is established between the 72B and the 32B model of one maker."""
    trend: Trend
    """Scores over parameter size."""
    files: tuple[Path, ...]
    """Charts written."""
    next_commands: tuple[str, ...]
    """Commands to try next."""


def demo(
    target: str | os.PathLike[str] | None = None,
    folder: str | os.PathLike[str] = ".",
    *,
    wait_s: float = 10.0,
    progress: Callable[[str], None] | None = None,
) -> DemoReport:
    """Return what the demo made: a database with the seeds, and the seed figure as Vega-Lite JSON, HTML and PNG.

    Args:
        target: As of `connect`.
        folder: Where the charts are written.
        wait_s: As of `connect`.
        progress: Called with the name of each step before it starts.

    Raises:
        NotABenchdbError: If the target holds something else; it is left alone.
        DatabaseError: If the database cannot be opened.
    """
    tell = progress or (lambda _step: None)
    tell("opening the database")
    with connect(target, create=True, wait_s=wait_s) as database:
        tell("importing the seeds")
        report = database.seed()
        tell("asking")
        board = database.leaderboard(models=MODELS, suite=SUITE, sources=[REPORT])
        comparison = database.compare("AM-Distill-Qwen-72B", "AM-Distill-Qwen-32B", suite=SUITE, sources=[REPORT])
        trend = database.trend(by="parameters", suite=SUITE, metric="pass@1", variants=[""])
        tell("drawing")
        figure = database.leaderboard(models=MODELS, suite=SUITE, source_kinds=["figure"])
        files = _write_figure(figure, Path(folder))
        place = database.place
    option = "" if target is None else f" --db {hide_password(str(target))}"
    return DemoReport(
        place=place,
        report=report,
        is_new="loaded" in report.states(),
        leaderboard=board,
        comparison=comparison,
        trend=trend,
        files=files,
        next_commands=(
            f"benchdb history{option} DeepSeek-R1-Distill-Qwen-32B 'AIME 2024'",
            f"benchdb leaderboard{option} --suite {SUITE} --min-parameters 7B",
            f"benchdb ingest{option} PATH-TO-YOUR-RESULTS",
        ),
    )


def _write_figure(board: Leaderboard, folder: Path) -> tuple[Path, ...]:
    folder.mkdir(parents=True, exist_ok=True)
    chart = board.chart(title=_TITLE, y_title="Accuracy / Percentile (%)", domain=(30, 100), step=10, order=MODELS)
    files = tuple(folder / f"{_CHART}.{suffix}" for suffix in ("vl.json", "html", "png"))
    for file in files:
        write_chart(chart, file)
    return files
