"""What up to 32 attempts at each item are worth, for two models."""

from __future__ import annotations

from item_rows import pass_rates

from benchdb.charts.pass_rates import plot_pass_rates

chart = plot_pass_rates(pass_rates(), title="HumanEval over Attempts")
chart
