"""How a chart is drawn and where it goes: options that the kinds of `benchdb chart` share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from benchdb.cli import exits
from benchdb.cli.options import option

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchdb.api import Result

FILE_TYPES = ("vl.json", "json", "html", "png", "svg", "pdf")
"""Types of files that a chart is written as."""
_DRAWING = "Drawing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """How a chart is drawn and where it goes."""

    path: str
    """File, or "-" for standard output."""
    format: str | None
    """Type of the file; None for its suffix, Vega-Lite JSON on standard output."""
    options: dict[str, Any]
    """Options of the chart that were given."""

    def write(self, result: Result[Any], **options: object) -> None:
        """Draw a result and write it.

        Args:
            result: What a question returned.
            **options: Further options of the chart.
        """
        from benchdb.api import write_chart

        chart = result.chart(**self.options, **options)
        to_stdout = self.path == "-"
        write_chart(chart, self.path, format=self.format or ("vl.json" if to_stdout else None))
        if not to_stdout:
            exits.say(f"Wrote {self.path}")


TRAITS: dict[str, Callable[[Any], Any]] = {
    "title": option("--title", section=_DRAWING, help="Title of the chart.  [default: none]"),
    "theme": option("--theme", section=_DRAWING, type=click.Choice(("light", "dark")), help="Colours.  [default: light]"),
    "width": option("--width", section=_DRAWING, type=click.FloatRange(min=1), metavar="PIXELS", help="Width of the plot.  [default: what the rows need]"),
    "footnotes": option("--footnotes/--no-footnotes", section=_DRAWING, default=None, help="Say below the chart what a reader could mistake.  [default: say]"),
    "values": option("--values/--no-values", section=_DRAWING, default=None, help="Write values beside the marks.  [default: write]"),
    "y_title": option("--y-title", section=_DRAWING, help="Title of the value axis.  [default: metric and unit]"),
    "domain": option("--domain", section=_DRAWING, type=(float, float), metavar="LOW HIGH", help="Ends of the value axis.  [default: from zero]"),
    "step": option("--step", section=_DRAWING, type=click.FloatRange(min=0, min_open=True), metavar="NUMBER", help="Distance between ticks.  [default: a round number]"),
    "colour": option("--colour", "--color", "colour", section=_DRAWING, type=click.Choice(("size-and-maker", "model")), help="What colours stand for.  [default: size-and-maker]"),
    "hatch": option("--hatch/--no-hatch", section=_DRAWING, default=None, help="Hatch the bars.  [default: hatch]"),
    "error_bars": option("--error-bars", section=_DRAWING, is_flag=True, default=None, help="Draw intervals where they are known.  [default: none]"),
    "legend": option("--legend", section=_DRAWING, type=click.Choice(("top-right", "top-left", "right", "bottom", "none")), help="Place of the legend.  [default: top-right]"),
    "scores": option("--scores/--no-scores", section=_DRAWING, default=None, help="Show the scores behind the mean.  [default: show]"),
    "intervals": option("--intervals", section=_DRAWING, is_flag=True, default=None, help="Draw each point's interval where it is known.  [default: none]"),
    "frontier": option("--frontier/--no-frontier", section=_DRAWING, default=None, help="Draw the best so far.  [default: draw]"),
    "bands": option("--bands/--no-bands", section=_DRAWING, default=None, help="Draw the bands of intervals.  [default: for up to four names]"),
    "measures": option("--measure", "measures", section=_DRAWING, multiple=True, type=click.Choice(("pass@k", "pass^k", "maj@k")), default=None, help="Draw this measure; may be repeated.  [default: all there are]"),
    "page": option("--page", section=_DRAWING, type=click.IntRange(min=1), help="Which hundred of the models.  [default: 1]"),
}  # fmt: skip
"""Every option of a chart by its keyword."""
COMMON = ("title", "theme", "width", "footnotes")
"""Options that every chart has."""


def drawing_options(*traits: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator that adds -o, --format and options of a chart; the command gets `drawing`.

    Args:
        *traits: Options beside those that every chart has.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def with_drawing(*args: object, output_path: str, output_format: str | None, **others: object) -> object:
            given = {name: others.pop(name) for name in (*COMMON, *traits)}
            options = {name: value for name, value in given.items() if value is not None and value != ()}
            return function(*args, drawing=Drawing(path=output_path, format=output_format, options=options), **others)

        decorated: Any = with_drawing
        for name in reversed((*COMMON, *traits)):
            decorated = TRAITS[name](decorated)
        form = option(
            "--format",
            "-f",
            "output_format",
            type=click.Choice(FILE_TYPES),
            help="Type of the file.  [default: by its suffix; vl.json for -]",
        )
        path = option(
            "--output", "-o", "output_path", required=True, metavar="FILE", type=click.Path(dir_okay=False, allow_dash=True),
            help="File to write: .vl.json, .json, .html, .png, .svg or .pdf; - is standard output.",
        )  # fmt: skip
        return path(form(decorated))  # type: ignore[no-any-return]  # a decorator of click keeps the function

    return decorate
