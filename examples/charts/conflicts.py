"""Where sources disagree: the least and the greatest value claimed, and the settings that may explain it."""

from __future__ import annotations

from seed_rows import seed_conflicts

from benchdb.charts.conflicts import plot_conflicts

chart = plot_conflicts(
    seed_conflicts(),
    title="Where Sources Disagree",
)
chart
