"""What twelve models made of sixty items, the hardest on the left."""

from __future__ import annotations

from item_rows import item_values

from benchdb.charts.item_map import plot_item_map

chart = plot_item_map(item_values(), title="Items of Toy Quiz")
chart
