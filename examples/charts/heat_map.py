"""Models by benchmarks: the better a score among those of its column, the stronger its cell."""

from __future__ import annotations

from seed_rows import seed_cells

from benchdb.charts.heat_map import plot_heat_map

# One score is left out, to show what a missing one looks like.
chart = plot_heat_map(
    seed_cells()[:-1],
    title="Four Models on Four Benchmarks",
)
chart
