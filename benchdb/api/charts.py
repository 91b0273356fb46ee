"""Charts for the front ends: which kinds there are, and writing one to a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import altair as alt

CHART_TYPES = {
    "grouped-bars": "models by benchmarks as grouped bars",
    "heat-map": "models by benchmarks, the better a score the stronger its cell",
    "leaderboard": "one line a model: mean, interval and scores",
    "ranks": "ranks by every aggregate side by side",
    "differences": "differences between models with intervals",
    "dumbbell": "two models on each benchmark, both values joined by their difference",
    "matrix": "differences of all pairs of models, the established ones filled",
    "trend": "scores over parameter size or release date",
    "pareto": "scores over size with the front that no model beats and a fitted line",
    "frontier": "the best so far of each group of models over release dates",
    "series": "runs of one model in order, with the places where the level changes",
    "items": "models by items, the hardest on the left",
    "item-difficulty": "difficulty of items against their discrimination",
    "pass-at-k": "pass@k, pass^k and maj@k over the attempts allowed",
    "claims": "every claim for one score, with sources, the chosen one marked",
    "conflicts": "where sources disagree, from the least value claimed to the greatest",
    "noise": "standard errors and their parts: items and answers",
    "coverage": "what is known and what is missing",
}


def chart_types() -> dict[str, str]:
    """Return the kinds of charts, each with what it shows."""
    return dict(CHART_TYPES)


def chart_library() -> str:
    """Return the JavaScript that draws charts in a page: Vega, Vega-Lite and Vega-Embed, as `vegaEmbed`.

    It asks nobody for anything, and is the same text for one version of benchdb's libraries.
    """
    from benchdb.charts.save import library

    return library()


def frame_of_one_model(theme: str) -> alt.TopLevelMixin:
    """Return the picture of one model's scores without rows, which the pages of a site fill: the same for all models.

    Args:
        theme: "light" or "dark".
    """
    from benchdb.charts.one_model import frame_of_one_model as draw

    return draw(theme=theme)


def drawn_json(draw: Callable[[], alt.TopLevelMixin]) -> str:
    """Return a chart as Vega-Lite JSON in one line, drawn in a fraction of the usual time.

    Altair otherwise checks every part of a chart against Vega-Lite's schema as it is made, and the whole once more; the
    specification is the same.

    Args:
        draw: Draws the chart, such as the `chart` method of a result.
    """
    import json

    from altair.utils.schemapi import debug_mode

    with debug_mode(arg=False):
        specification = draw().to_dict(validate=False)
    return json.dumps(specification, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def write_chart(chart: alt.TopLevelMixin, path: str | Path, *, format: str | None = None, **options: Any) -> None:  # noqa: A002 — the word users know
    """Write a chart as Vega-Lite JSON, HTML, PNG, SVG or PDF.

    Args:
        chart: From the `chart` method of a result.
        path: File to write, or "-" for standard output; its suffix chooses the type.
        format: Type to write whatever the suffix says.
        **options: As of `benchdb.charts.save.write_chart`.
    """
    from benchdb.charts.save import write_chart as write

    write(chart, path, output_format=format, **options)
