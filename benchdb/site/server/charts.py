"""The charts that the server draws: what each asks, and which options it has."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from benchdb.api import chart_types
from benchdb.site.server import parameters as take
from benchdb.site.server.drawing import Drawing, drawing_of

if TYPE_CHECKING:
    from benchdb.api import Database, Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One kind of chart with an address of its own."""

    kind: str
    """Name of the kind, as `benchdb.api.chart_types` has it."""
    method: str
    """Method of `benchdb.Database` whose result is drawn."""
    takes: type[take.Asked]
    """Parameters of the question."""
    draws: type[Drawing]
    """Options of the drawing."""
    asks: dict[str, Any] = field(default_factory=dict)
    """Arguments of the question that the kind fixes."""
    fixed: dict[str, Any] = field(default_factory=dict)
    """Options that the kind fixes."""
    is_ordered: bool = False
    """Whether models that are named stand in the order in which they are named."""

    def draw(self, database: Database, asked: take.Asked, options: dict[str, Any]) -> dict[str, Any]:
        """Return the Vega-Lite specification.

        Args:
            database: An open database.
            asked: The parameters of the question.
            options: Options of the drawing.
        """
        positions, keywords = asked.arguments()
        result: Result[Any] = getattr(database, self.method)(*positions, **self.asks, **keywords)
        named = {"order": keywords["models"]} if self.is_ordered and keywords.get("models") else {}
        chart: Any = result.chart(**self.fixed, **named, **options)
        specification: dict[str, Any] = chart.to_dict()
        return specification


_BARS = ("values", "y_title", "domain", "step", "colour", "hatch", "hatch_by", "highlight", "error_bars", "legend")
CHARTS = (
    Chart(kind="grouped-bars", method="leaderboard", takes=take.Leaderboard, draws=drawing_of(*_BARS), is_ordered=True),
    Chart(kind="heat-map", method="leaderboard", takes=take.Leaderboard, draws=drawing_of("values", "shade"), fixed={"kind": "heat-map"}, is_ordered=True),
    Chart(kind="leaderboard", method="leaderboard", takes=take.Leaderboard, draws=drawing_of("values", "scores"), fixed={"kind": "leaderboard"}),
    Chart(kind="ranks", method="rankings", takes=take.Ranking, draws=drawing_of("highlight", "intervals")),
    Chart(kind="differences", method="compare", takes=take.Compare, draws=drawing_of("values")),
    Chart(kind="dumbbell", method="compare", takes=take.Pair, draws=drawing_of("values"), fixed={"kind": "dumbbell"}),
    Chart(kind="matrix", method="compare", takes=take.Matrix, draws=drawing_of("values"), asks={"all_pairs": True}, fixed={"kind": "matrix"}),
    Chart(kind="trend", method="trend", takes=take.Trend, draws=drawing_of("intervals", "frontier", "bands")),
    Chart(kind="pareto", method="pareto", takes=take.ParetoDrawing, draws=drawing_of("intervals", "bands")),
    Chart(kind="frontier", method="frontier", takes=take.Frontier, draws=drawing_of("intervals", "values")),
    Chart(kind="series", method="series", takes=take.Series, draws=drawing_of("intervals", "values")),
    Chart(kind="items", method="item_values", takes=take.Items, draws=drawing_of("page")),
    Chart(kind="item-difficulty", method="items", takes=take.Items, draws=drawing_of("values")),
    Chart(kind="pass-at-k", method="pass_at_k", takes=take.PassAtK, draws=drawing_of("measures", "bands")),
    Chart(kind="claims", method="history", takes=take.History, draws=drawing_of("values", "variant", "subset")),
    Chart(kind="conflicts", method="conflicts", takes=take.Conflicts, draws=drawing_of("values")),
    Chart(kind="noise", method="noise", takes=take.Scores, draws=drawing_of()),
    Chart(kind="coverage", method="coverage", takes=take.Filters, draws=drawing_of("values")),
)  # fmt: skip
"""Every kind of chart that the server draws, in the order of `benchdb chart`."""


def served_types() -> dict[str, str]:
    """Return the kinds of charts that have an address, each with what it shows."""
    return {chart.kind: chart_types()[chart.kind] for chart in CHARTS}
