"""One benchmark over parameter size, with the band of the fitted mean."""

from __future__ import annotations

from seed_rows import seed_fits, seed_points

from benchdb.charts.trend import plot_trend

chart = plot_trend(
    seed_points("parameters", ["GPQA Diamond"]),
    seed_fits("parameters", ["GPQA Diamond"]),
    title="GPQA Diamond over Parameter Size",
)
chart
