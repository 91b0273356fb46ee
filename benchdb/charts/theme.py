"""How every chart looks: fonts, sizes, number formats and palettes, light and dark, as data."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from benchdb.errors import ChartError

if TYPE_CHECKING:
    from collections.abc import Mapping

FONT = "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif"
"""Fonts of one set of widths, so that text measured here fits wherever the chart is shown."""

TEXT_SIZE = 12
"""Labels of axes and legends, in pixels."""

VALUE_SIZE = 11
"""Values beside marks."""

NOTE_SIZE = 10.5
"""Footnotes."""

LINE_HEIGHT = 15
"""Distance between lines of an axis label."""

DECIMALS: Mapping[str, int] = MappingProxyType(
    {"percent": 1, "fraction": 3, "points": 1, "elo": 0, "seconds": 2, "usd": 2, "ratio": 2, "nats": 3, "bits": 3}
)
"""Decimals for a unit where the number itself does not say."""

UNIT_SUFFIX: Mapping[str, str] = MappingProxyType(
    {"percent": "%", "seconds": "s", "usd": "USD", "elo": "Elo", "points": "points", "nats": "nats", "bits": "bits"}
)
"""How a unit stands in brackets after an axis title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Colours of one appearance."""

    name: str
    """Name by which it is chosen."""
    background: str
    """Behind everything."""
    text: str
    """Titles, labels and values."""
    muted: str
    """Footnotes, missing values and what is not established."""
    grid: str
    """Grid lines."""
    axis: str
    """Axis lines and the zero line."""
    hatch: str
    """Hatching on bars."""
    categorical: tuple[str, ...]
    """Colours for any few categories; readers with any kind of colour vision can tell them apart."""
    ramps: tuple[tuple[str, ...], ...]
    """One hue per size class, smallest first; inside a hue one tone per maker, lightest first."""
    neutral_ramp: tuple[str, ...]
    """The same for models of unknown size."""
    sequential: tuple[str, str]
    """Ends of a scale from few to many."""
    faded: str
    """Bars of models that stand behind highlighted ones."""
    better: str
    """An established advantage."""
    worse: str
    """An established disadvantage."""


LIGHT = Theme(
    name="light",
    background="#ffffff",
    text="#1f2328",
    muted="#6b7178",
    grid="#e6e8eb",
    axis="#8b9198",
    hatch="rgba(255,255,255,0.8)",
    # Searched for from the hues of Okabe and Ito so that any two stay apart for every kind of colour vision (their own set,
    # made to stand on white, has pairs that deuteranopes take for one); tests/charts/test_palette.py measures it.
    categorical=("#1766b4", "#be4d02", "#239b9b", "#8f0a72", "#46bae7", "#cd8207", "#523f27", "#9fb681"),
    ramps=(
        ("#f5acb1", "#dc5b66", "#b0303d", "#84202c", "#59131c"),
        ("#a8d8a8", "#4fa564", "#2b7d46", "#195a31", "#0d3a1f"),
        ("#b1cfee", "#5690cd", "#2e69aa", "#1b497f", "#0e2f56"),
        ("#f3cd86", "#d99a2b", "#ab730f", "#7c5208", "#523604"),
        ("#d5bfea", "#9f77c9", "#784aa5", "#55307e", "#381c57"),
        ("#a6dcda", "#48a7a6", "#237d7e", "#12595b", "#083b3d"),
    ),
    neutral_ramp=("#cfd3d8", "#989ea6", "#6c727b", "#4a4f57", "#2f3338"),
    sequential=("#dce9f6", "#1b5a9c"),
    faded="#d5d9de",
    better="#0072b2",
    worse="#d55e00",
)

DARK = Theme(
    name="dark",
    background="#14171c",
    text="#e8eaed",
    muted="#9aa1a9",
    grid="#2a2f37",
    axis="#6a717a",
    hatch="rgba(20,23,28,0.7)",
    categorical=("#498ad9", "#ef6509", "#95f9fb", "#965d73", "#3cc1f5", "#edef8f", "#9f9790", "#f1b419"),
    ramps=(
        ("#f6b3b8", "#db5f6a", "#b84653", "#964150", "#7a3a47"),
        ("#b3dfb3", "#55ad6b", "#3f8c57", "#38754c", "#336044"),
        ("#b9d5f2", "#5f9ad8", "#437bb8", "#3e6899", "#395881"),
        ("#f5d596", "#dca136", "#b5822a", "#94702f", "#7a602f"),
        ("#dac7ee", "#a781d1", "#8863b3", "#745997", "#63507e"),
        ("#aee1df", "#4fb0af", "#3a9091", "#357779", "#336365"),
    ),
    neutral_ramp=("#d6d9de", "#a2a8b0", "#7f868f", "#69707a", "#575e68"),
    sequential=("#1d3349", "#7cbcf2"),
    faded="#424953",
    better="#4aa3df",
    worse="#f0803c",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """The sheet that a chart is drawn for. Colours are the theme's, whatever the sheet."""

    name: str
    """Name by which it is chosen."""
    width: float
    """Width of the whole picture in inches."""
    height: float | None = None
    """Height of the whole picture in inches; None where the chart decides."""
    points: float | None = None
    """Points that labels of `TEXT_SIZE` are printed with; None where the sheet's height decides."""
    dots_per_inch: int
    """Pixels of a PNG to an inch."""
    title_size: float
    """Title, in pixels beside labels of `TEXT_SIZE`."""
    padding: int
    """Empty edge in pixels."""


SIZES: Mapping[str, Size] = MappingProxyType(
    {
        size.name: size
        for size in (
            Size(name="single-column", width=3.3, points=8, dots_per_inch=300, title_size=13.5, padding=2),
            Size(name="double-column", width=6.9, points=8, dots_per_inch=300, title_size=13.5, padding=2),
            Size(name="slide", width=40 / 3, height=7.5, dots_per_inch=144, title_size=17, padding=14),
        )
    }
)
"""Sheets by name: one and two columns of a paper, a slide of 16 to 9. Without one a chart is drawn for a screen."""

LEAST_SLIDE_POINTS = 11.0
"""Smallest labels that a slide may have."""

THEMES: Mapping[str, Theme] = MappingProxyType({theme.name: theme for theme in (LIGHT, DARK)})
"""Themes by name."""


def get_theme(name: str) -> Theme:
    """The theme of that name.

    Args:
        name: "light" or "dark".

    Returns:
        Its colours.

    Raises:
        ChartError: If there is none of that name.
    """
    if name in THEMES:
        return THEMES[name]
    near = get_close_matches(name, THEMES, n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise ChartError(f'Theme "{name}" is unknown.{hint} Choose one of: {", ".join(THEMES)}')


def theme_config(theme: Theme) -> dict[str, Any]:
    """The theme as a Vega-Lite `config`, so that the exported JSON carries its looks with it.

    Args:
        theme: The theme.

    Returns:
        A configuration for `alt.Chart.configure`.
    """
    return {
        "background": theme.background,
        "font": FONT,
        "padding": 14,
        "view": {"stroke": None},
        "title": {
            "color": theme.text,
            "fontSize": 17,
            "fontWeight": 600,
            "anchor": "start",
            "offset": 16,
            "subtitleColor": theme.muted,
            "subtitleFontSize": TEXT_SIZE,
            "subtitlePadding": 6,
        },
        "axis": {
            "labelColor": theme.text,
            "labelFontSize": TEXT_SIZE,
            "labelLineHeight": LINE_HEIGHT,
            "labelPadding": 6,
            "titleColor": theme.text,
            "titleFontSize": TEXT_SIZE,
            "titleFontWeight": "normal",
            "titlePadding": 10,
            "domainColor": theme.axis,
            "tickColor": theme.axis,
            "gridColor": theme.grid,
        },
        "legend": {
            "labelColor": theme.text,
            "labelFontSize": TEXT_SIZE,
            "titleColor": theme.text,
            "titleFontSize": TEXT_SIZE,
            "titleFontWeight": "normal",
        },
        "text": {"color": theme.text, "fontSize": VALUE_SIZE},
    }
