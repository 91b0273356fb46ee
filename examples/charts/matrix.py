"""All pairs of models on one benchmark: what is established, and what is within the noise."""

from __future__ import annotations

from seed_rows import seed_pairs

from benchdb.charts.matrix import plot_matrix

chart = plot_matrix(
    seed_pairs(),
    benchmark="MATH-500",
    title="Who Is Ahead of Whom on MATH-500",
)
chart
