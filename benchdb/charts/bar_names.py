"""Names of models right below their bars, where there is one benchmark and they fit: a legend would only be a detour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from benchdb.charts.bar_layout import HEIGHT
from benchdb.charts.frame import inline
from benchdb.charts.labels import text_width, wrap_text
from benchdb.charts.theme import LINE_HEIGHT, TEXT_SIZE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from benchdb.charts.bar_plan import BarPlan

_MOST_LINES = 4
_GAP = 6.0


def names_below(plan: BarPlan) -> dict[str, list[str]]:
    """Each model's name in lines no wider than its bar's place.

    Args:
        plan: What is drawn.

    Returns:
        Lines by name; nothing where there are several benchmarks or some name does not fit in four lines.
    """
    if len(plan.benchmarks) > 1:
        return {}
    space = plan.layout.bar_step - _GAP
    lines = {model: wrap_text(model, space, TEXT_SIZE) for model in plan.models}
    fits = all(
        len(each) <= _MOST_LINES and all(text_width(part, TEXT_SIZE) <= space and "…" not in part for part in each)
        for each in lines.values()
    )
    return lines if fits else {}


def names_height(names: Mapping[str, list[str]]) -> float:
    """Room that the names take below the plot.

    Args:
        names: As of `names_below`.

    Returns:
        Pixels; 0 without names.
    """
    return _GAP + max(len(lines) for lines in names.values()) * LINE_HEIGHT if names else 0.0


def name_layers(plan: BarPlan, names: Mapping[str, list[str]], places: dict[str, Any]) -> list[alt.Chart]:
    """The names below their bars.

    Args:
        plan: What is drawn.
        names: As of `names_below`.
        places: Where the bars stand.

    Returns:
        A layer; none without names.
    """
    if not names:
        return []
    rows = [
        {"model": model, "benchmark": plan.benchmarks[0], "lines": "\n".join(lines)} for model, lines in names.items()
    ]
    mark = alt.Chart(inline(rows), name="names").mark_text(
        align="center",
        baseline="top",
        lineBreak="\n",
        lineHeight=LINE_HEIGHT,
        fontSize=TEXT_SIZE,
        color=plan.theme.text,
        tooltip=None,
    )
    return [mark.encode(**places, y=alt.value(HEIGHT + _GAP), text=alt.Text("lines:N"))]
