"""The questions that the server answers: where each stands, what it takes and which rows it gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchdb.rows.catalogue import BenchmarkEntry, MetricEntry, ModelEntry, OrganizationEntry, SourceEntry, SuiteEntry
from benchdb.rows.comparison import Difference
from benchdb.rows.conflicts import Conflict
from benchdb.rows.coverage import Coverage
from benchdb.rows.frontier import FrontierGroup, ParetoPoint
from benchdb.rows.items import Item
from benchdb.rows.leaderboard import RankedCell
from benchdb.rows.noise import Noise
from benchdb.rows.pass_rate import PassRate
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

    def ask(self, database: Database, asked: take.Asked, **page: int) -> Result[Any]:
        """Return the answer.

        Args:
            database: An open database.
            asked: The parameters.
            **page: Which rows, where the method takes that.
        """
        positions, keywords = asked.arguments()
        result: Result[Any] = getattr(database, self.method)(*self.first, *positions, **keywords, **page)
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
    Question(name="pass-at-k", method="pass_at_k", takes=take.PassAtK, rows=PassRate, summary="What several attempts at each item are worth: pass@k, pass^k and maj@k."),
    Question(name="items", method="items", takes=take.Items, rows=Item, summary="The items of one benchmark, the hardest first."),
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
