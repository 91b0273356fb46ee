"""Scores over active parameters, the front that no model beats, and the fitted line with its band."""

from __future__ import annotations

from size_rows import pareto_points, size_fit

from benchdb.charts.pareto import plot_pareto

chart = plot_pareto(
    pareto_points("active"),
    [size_fit("active")],
    parameters="active",
    unsized=["Closed One", "Closed Two"],
    title="GPQA Diamond over Active Parameters",
)
chart
