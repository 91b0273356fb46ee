"""Nightly runs of one model with the places where their level changes."""

from __future__ import annotations

from seed_rows import nightly_points

from benchdb.charts.series import plot_series

chart = plot_series(nightly_points(), title="Nightly Runs on MATH-500", intervals=True)
chart
