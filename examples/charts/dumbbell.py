"""Two models on each benchmark: both values with their intervals, and whether the difference is established."""

from __future__ import annotations

from seed_rows import seed_differences

from benchdb.charts.dumbbell import plot_dumbbell

chart = plot_dumbbell(
    seed_differences("AM-Distill-Qwen-72B", "DeepSeek-R1-Distill-Qwen-32B"),
    title="A Model and One Less Than Half Its Size",
)
chart
