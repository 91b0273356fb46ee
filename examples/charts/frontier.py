"""The best so far of open and closed models, with the months between them."""

from __future__ import annotations

from seed_rows import frontier_lags, frontier_records

from benchdb.charts.frontier import plot_frontier

chart = plot_frontier(frontier_records(), frontier_lags(), title="Open and Closed Models on GPQA Diamond")
chart
