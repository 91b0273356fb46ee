"""`benchdb chart`: the answer of a question as a picture or as Vega-Lite JSON."""

from __future__ import annotations

import click

from benchdb.cli.groups import Entry, LazyGroup

KINDS = {
    "Kinds": (
        Entry("grouped-bars", "benchdb.cli.charts.grouped_bars", "Draw models side by side on each benchmark."),
        Entry("heat-map", "benchdb.cli.charts.heat_map", "Draw models by benchmarks, the better a score the stronger its cell."),
        Entry("leaderboard", "benchdb.cli.charts.leaderboard", "Draw one line a model: its mean with the interval, and its scores."),
        Entry("ranks", "benchdb.cli.charts.ranks", "Draw the ranks by every aggregate side by side."),
        Entry("differences", "benchdb.cli.charts.differences", "Draw the differences of models with their intervals."),
        Entry("dumbbell", "benchdb.cli.charts.dumbbell", "Draw two models on each benchmark, both values joined by their difference."),
        Entry("matrix", "benchdb.cli.charts.matrix", "Draw the differences of all pairs of models, the established ones filled."),
        Entry("trend", "benchdb.cli.charts.trend", "Draw scores over parameter size or release date."),
        Entry("pareto", "benchdb.cli.charts.pareto", "Draw scores over size with the front that no model beats."),
        Entry("frontier", "benchdb.cli.charts.frontier", "Draw the best so far of each group of models over release dates."),
        Entry("series", "benchdb.cli.charts.series", "Draw the runs of one model on one benchmark in order, and where their level changes."),
        Entry("items", "benchdb.cli.charts.items", "Draw models by items, the hardest on the left."),
        Entry("item-difficulty", "benchdb.cli.charts.item_difficulty", "Draw the difficulty of items against their discrimination."),
        Entry("pass-at-k", "benchdb.cli.charts.pass_at_k", "Draw pass@k and pass^k over the attempts allowed."),
        Entry("claims", "benchdb.cli.charts.claims", "Draw every claim for one score, with sources, the chosen one marked."),
        Entry("conflicts", "benchdb.cli.charts.conflicts", "Draw where sources disagree, from the least value claimed to the greatest."),
        Entry("noise", "benchdb.cli.charts.noise", "Draw where errors come from: items or answers."),
        Entry("coverage", "benchdb.cli.charts.coverage", "Draw what is known and what is missing."),
    )
}  # fmt: skip
"""Every kind of chart, in the order of the help; `benchdb.api.charts` lists the same."""


@click.group("chart", cls=LazyGroup, sections=KINDS)
def command() -> None:
    """Draw a question's answer as JSON, HTML, PNG, SVG or PDF."""
