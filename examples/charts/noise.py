"""Where the errors of three scores come from."""

from __future__ import annotations

from item_rows import noise_rows

from benchdb.charts.noise import plot_noise

chart = plot_noise(noise_rows(), title="Errors on HumanEval")
chart
