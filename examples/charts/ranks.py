"""Ranks by several aggregates side by side: where the order hangs on how scores are put together."""

from __future__ import annotations

from seed_rows import seed_rankings

from benchdb.charts.ranks import plot_ranks

chart = plot_ranks(
    seed_rankings(),
    title="One Set of Scores, Three Rankings",
)
chart
