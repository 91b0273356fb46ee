"""The scores of one model with their intervals, a line a benchmark: a specification without rows, which pages fill."""

from __future__ import annotations

from typing import Any

import altair as alt

from benchdb.charts.theme import TEXT_SIZE, get_theme, theme_config

ROWS = "scores"
"""Name of the rows that a page puts in, each with a label, a value and, where they are known, lower and upper."""

_WIDTH, _STEP, _LABEL_LIMIT = 360, 22, 190
_TOOLTIP = ("Benchmark", "Variant", "Metric", "Value", "Interval", "Error", "Items", "Claims", "Source")


def frame_of_one_model(*, theme: str = "light") -> alt.LayerChart:
    """Dot plot of the scores of one model in one unit, without rows: made once for all models and units.

    Scores stand in the order of the rows, on an axis that holds zero. Filled dots have an interval, hollow ones have none
    that is known. No layer has a name: panels of several units, side by side in one picture, may not share one.

    Args:
        theme: "light" or "dark".

    Returns:
        A chart of the rows named `ROWS`, with an empty title for the unit. Rows also hold the texts of the tooltips, under
        the headings of a model's page.
    """
    look = get_theme(theme)
    y = alt.Y("label:N", sort=None, title=None, axis=alt.Axis(labelLimit=_LABEL_LIMIT, ticks=False, labelOverlap=False))
    axis = alt.Axis(ticks=False, domain=False, format=".6~r", tickCount=6)
    x = alt.X("value:Q", title=None, scale=alt.Scale(zero=True), axis=axis)
    tooltip = [alt.Tooltip(f"{name}:N", title=name) for name in _TOOLTIP]
    is_known = "isValid(datum.lower)"
    fill = alt.when(is_known).then(alt.value(look.better)).otherwise(alt.value(look.background))
    dot: dict[str, Any] = {"opacity": 1, "size": 60, "strokeWidth": 1.8, "stroke": look.better}
    rule = alt.Chart().mark_rule(strokeWidth=2, color=look.axis, tooltip=None)
    dots = alt.Chart().mark_point(**dot)
    # A panel without any interval must not draw an axis from nothing: a line of no length hides behind its dot.
    ends = {"start": f"{is_known} ? datum.lower : datum.value", "end": f"{is_known} ? datum.upper : datum.value"}
    layers = (
        alt.layer(
            rule.encode(x=alt.X("start:Q", title=None), x2=alt.X2("end"), y=y),
            dots.encode(x=x, y=y, fill=fill, tooltip=tooltip),
            data=alt.NamedData(name=ROWS),
        )
        .transform_calculate(**ends)
        .properties(width=_WIDTH, height=alt.Step(_STEP))
    )
    title = alt.TitleParams(
        text="", anchor="start", frame="group", fontSize=TEXT_SIZE, fontWeight="normal", color=look.muted, offset=8
    )
    chart: alt.LayerChart = layers.configure(**theme_config(look)).properties(
        title=title, description="Scores of one model in one unit with their intervals, a line a benchmark."
    )
    return chart
