"""How hard sixty items are against how well they tell twelve models apart; one has a wrong answer in its key."""

from __future__ import annotations

from item_rows import items

from benchdb.charts.item_scatter import plot_item_difficulty

chart = plot_item_difficulty(items(), title="Items of Toy Quiz")
chart
