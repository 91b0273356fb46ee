"""The questions that the server answers: where each stands, what it takes and which rows it gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchdb.rows.catalogue import BenchmarkEntry, MetricEntry, ModelEntry, OrganizationEntry, SourceEntry, SuiteEntry
from benchdb.rows.comparison import Difference
from benchdb.rows.conflicts import Conflict
from benchdb.rows.coverage import Coverage
from benchdb.rows.frontier import FrontierGroup, ParetoPoint
from benchdb.rows.leaderboard import RankedCell
from benchdb.rows.noise import Noise
from benchdb.rows.rankings import RankingRow
from benchdb.rows.records import Claim
from benchdb.rows.series import SeriesPoint
from benchdb.rows.trend import TrendPoint
from benchdb.site.server import parameters as take

if TYPE_CHECKING:
    from benchdb.api import Database, Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question with an address of its own."""

    name: str
    """Last part of its path."""
    method: str
    """Method of `benchdb.Database`."""
    takes: type[take.Asked]
    """Its parameters."""
    rows: type[Any]
    """Class of its rows."""
    summary: str
    """What it returns, in a sentence."""
    first: tuple[str, ...] = ()
    """Arguments that the address fixes."""

    def ask(self, database: Database, asked: take.Asked) -> Result[Any]:
        """Return the answer.

        Args:
            database: An open database.
            asked: The parameters.
        """
        positions, keywords = asked.arguments()
        result: Result[Any] = getattr(database, self.method)(*self.first, *positions, **keywords)
        return result


def _catalogue(kind: str, rows: type[Any], summary: str) -> Question:
    return Question(name=kind, method="list", takes=take.Nothing, rows=rows, summary=summary, first=(kind,))


QUESTIONS = (
    Question(name="leaderboard", method="leaderboard", takes=take.Leaderboard, rows=RankedCell, summary="Models ranked on benchmarks, with uncertainty: one row per model and benchmark."),
    Question(name="rankings", method="rankings", takes=take.Ranking, rows=RankingRow, summary="The models ranked by every aggregate, side by side."),
    Question(name="compare", method="compare", takes=take.Compare, rows=Difference, summary="What is established about the difference of models."),
    Question(name="trend", method="trend", takes=take.Trend, rows=TrendPoint, summary="Scores over parameter size or release date."),
    Question(name="frontier", method="frontier", takes=take.Frontier, rows=FrontierGroup, summary="Which group of models leads, and by how many months."),
    Question(name="pareto", method="pareto", takes=take.Pareto, rows=ParetoPoint, summary="Which models no other beats in score and size."),
    Question(name="series", method="series", takes=take.Series, rows=SeriesPoint, summary="The runs of one model on one benchmark in order, and where their level changes."),
    Question(name="coverage", method="coverage", takes=take.Filters, rows=Coverage, summary="Which models have claims on which benchmarks, missing ones included."),
    Question(name="conflicts", method="conflicts", takes=take.Conflicts, rows=Conflict, summary="The scores on which sources disagree."),
    Question(name="noise", method="noise", takes=take.Scores, rows=Noise, summary="Where errors come from: items or answers."),
    Question(name="claims", method="claims", takes=take.ClaimsList, rows=Claim, summary="Every claim that fits, retracted ones included, with its source and place."),
    Question(name="history", method="history", takes=take.History, rows=Claim, summary="Every claim about one model on one benchmark, retracted ones included."),
    _catalogue("models", ModelEntry, "The models of the catalogue."),
    _catalogue("benchmarks", BenchmarkEntry, "The benchmarks of the catalogue."),
    _catalogue("metrics", MetricEntry, "The metrics of the catalogue."),
    _catalogue("organizations", OrganizationEntry, "The organizations of the catalogue."),
    _catalogue("suites", SuiteEntry, "The suites of benchmarks."),
    _catalogue("sources", SourceEntry, "The sources of claims."),
)  # fmt: skip
"""Every question whose answer is a list of rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One kind of chart with an address of its own."""

    kind: str
    """Name of the kind, as `benchdb.api.chart_types` has it."""
    method: str
    """Method of `benchdb.Database` whose result is drawn."""
    takes: type[take.Asked]
    """Parameters of the question."""
    options: tuple[tuple[str, Any], ...] = ()
    """Options that the kind fixes."""

    def draw(self, database: Database, asked: take.Asked, options: dict[str, Any]) -> dict[str, Any]:
        """Return the Vega-Lite specification.

        Args:
            database: An open database.
            asked: The parameters of the question.
            options: Options of the drawing.
        """
        positions, keywords = asked.arguments()
        result: Result[Any] = getattr(database, self.method)(*positions, **keywords)
        chart: Any = result.chart(**dict(self.options), **options)
        specification: dict[str, Any] = chart.to_dict()
        return specification


CHARTS = (
    Chart(kind="grouped-bars", method="leaderboard", takes=take.Leaderboard),
    Chart(kind="leaderboard", method="leaderboard", takes=take.Leaderboard, options=(("kind", "leaderboard"),)),
    Chart(kind="differences", method="compare", takes=take.Compare),
    Chart(kind="trend", method="trend", takes=take.Trend),
    Chart(kind="frontier", method="frontier", takes=take.Frontier),
    Chart(kind="series", method="series", takes=take.Series),
    Chart(kind="heat-map", method="leaderboard", takes=take.Leaderboard, options=(("kind", "heat-map"),)),
    Chart(kind="ranks", method="rankings", takes=take.Ranking),
    Chart(kind="conflicts", method="conflicts", takes=take.Conflicts),
    Chart(kind="coverage", method="coverage", takes=take.Filters),
)
"""Every kind of chart that the server draws."""
