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

    path: str | None
    """File, or "-" for standard output; None for a page in the folder of temporary files."""
    format: str | None
    """Type of the file; None for its suffix, Vega-Lite JSON on standard output."""
    scale: float | None = None
    """Pixels of a PNG per pixel of the chart."""
    data: str | None = None
    """Where the data of Vega-Lite JSON stand: None inside, csv, arrow or url beside it."""
    data_url: str | None = None
    """What stands before the names of the data's files in the specification."""
    shown: bool = False
    """Whether the file is opened in the program that the system shows its type with."""
    options: dict[str, Any]
    """Options of the chart that were given."""

    def write(self, result: Result[Any], **options: object) -> None:
        """Draw a result and write it.

        Args:
            result: What a question returned.
            **options: Further options of the chart.
        """
        from benchdb.api import write_chart

        if self.path is None and not self.shown:
            raise click.UsageError("Name a file with -o FILE (- is standard output), or look at the chart with --open.")
        if self.path == "-" and self.shown:
            raise click.UsageError(
                "--open needs a file; standard output cannot be opened. Name one with -o, or leave -o out."
            )
        placed = self._placed()
        chart = result.chart(**self.options, **options)
        path = self.path or _temporary(self.format or "html")
        to_stdout = path == "-"
        write_chart(chart, path, format=self.format or ("vl.json" if to_stdout else None), scale=self.scale, **placed)
        if not to_stdout:
            exits.say(f"Wrote {path}")
        if self.shown and click.launch(path) != 0:
            exits.say(f"No program was found that shows {path}; open it yourself.")

    def _placed(self) -> dict[str, str]:
        """Where the data go; a prefix belongs to "url" and "url" to a prefix."""
        if (self.data == "url") != (self.data_url is not None):
            raise click.UsageError("--data url and --data-url PREFIX belong together.")
        if self.data is None:
            return {}
        return {"data": "csv" if self.data == "url" else self.data, "data_url": self.data_url or ""}


def _temporary(suffix: str) -> str:
    import tempfile

    with tempfile.NamedTemporaryFile(prefix="benchdb-", suffix=f".{suffix}", delete=False) as file:
        return file.name


TRAITS: dict[str, Callable[[Any], Any]] = {
    "title": option("--title", section=_DRAWING, help="Title of the chart.  [default: none]"),
    "theme": option("--theme", section=_DRAWING, type=click.Choice(("light", "dark")), help="Colours.  [default: light]"),
    "width": option("--width", section=_DRAWING, type=click.FloatRange(min=1), metavar="PIXELS", help="Width of the plot.  [default: what the rows need]"),
    "size": option("--size", section=_DRAWING, type=click.Choice(("screen", "single-column", "double-column", "slide")), help="Sheet that the whole picture fits: a column of a paper at 8 points, or a slide of 16 to 9.  [default: screen]"),
    "footnotes": option("--footnotes/--no-footnotes", section=_DRAWING, default=None, help="Say below the chart what a reader could mistake.  [default: say]"),
    "values": option("--values/--no-values", section=_DRAWING, default=None, help="Write values beside the marks.  [default: write]"),
    "y_title": option("--y-title", section=_DRAWING, help="Title of the value axis.  [default: metric and unit]"),
    "domain": option("--domain", section=_DRAWING, type=(float, float), metavar="LOW HIGH", help="Ends of the value axis.  [default: from zero]"),
    "step": option("--step", section=_DRAWING, type=click.FloatRange(min=0, min_open=True), metavar="NUMBER", help="Distance between ticks.  [default: a round number]"),
    "colour": option("--colour", "--color", "colour", section=_DRAWING, type=click.Choice(("size-and-maker", "model")), help="What colours stand for.  [default: size-and-maker]"),
    "hatch": option("--hatch/--no-hatch", section=_DRAWING, default=None, help="Hatch the bars.  [default: hatch]"),
    "hatch_by": option("--hatch-by", section=_DRAWING, metavar="FIELD", help="Field that the hatching shows, such as evidence, source_kind or organization.  [default: the size class]"),
    "highlight": option("--highlight", section=_DRAWING, multiple=True, metavar="MODEL", default=None, help="Model that stands out, the others in grey; may be repeated."),
    "error_bars": option("--error-bars", section=_DRAWING, is_flag=True, default=None, help="Draw intervals where they are known.  [default: none]"),
    "legend": option("--legend", section=_DRAWING, type=click.Choice(("top-right", "top-left", "right", "top", "none")), help="Place of the legend.  [default: top-right]"),
    "shade": option("--shade", section=_DRAWING, type=click.Choice(("benchmark", "value")), help="Colour scores by their place on their benchmark, or by their value.  [default: benchmark]"),
    "scores": option("--scores/--no-scores", section=_DRAWING, default=None, help="Show the scores behind the mean.  [default: show]"),
    "intervals": option("--intervals", section=_DRAWING, is_flag=True, default=None, help="Draw each point's interval where it is known.  [default: none]"),
    "frontier": option("--frontier/--no-frontier", section=_DRAWING, default=None, help="Draw the best so far.  [default: draw]"),
    "bands": option("--bands/--no-bands", section=_DRAWING, default=None, help="Draw the bands of intervals.  [default: where lines are few]"),
    "measures": option("--measure", "measures", section=_DRAWING, multiple=True, type=click.Choice(("pass@k", "pass^k", "maj@k")), default=None, help="Draw this measure; may be repeated.  [default: all there are]"),
    "page": option("--page", section=_DRAWING, type=click.IntRange(min=1), help="Which hundred of the models.  [default: 1]"),
}  # fmt: skip
"""Every option of a chart by its keyword."""
_FILE = (
    option("--output", "-o", "output_path", metavar="FILE", type=click.Path(dir_okay=False, allow_dash=True), help="File to write: .vl.json, .json, .html, .png, .svg or .pdf; - is standard output.  [default with --open: a temporary page]"),
    option("--format", "-f", "output_format", type=click.Choice(FILE_TYPES), help="Type of the file.  [default: by its suffix; vl.json for -]"),
    option("--data", "data_form", type=click.Choice(("csv", "arrow", "url")), help="Put the data of Vega-Lite JSON into files beside it: CSV, Arrow, or CSV under an address.  [default: inside]"),
    option("--data-url", metavar="PREFIX", help="Address of the folder that will hold the data's files, for --data url."),
    option("--open", "shown", is_flag=True, help="Open the file in the program that the system shows its type with."),
    option("--scale", section=_DRAWING, type=click.FloatRange(min=0.1, max=20), metavar="NUMBER", help="Pixels of a PNG per pixel of the chart.  [default: 2; on paper 300 to an inch, slides 1920 wide]"),
)  # fmt: skip
COMMON = ("title", "theme", "size", "width", "footnotes")
"""Options that every chart has."""


def drawing_options(*traits: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator that adds -o, --format and options of a chart; the command gets `drawing`.

    Args:
        *traits: Options beside those that every chart has.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def with_drawing(*args: object, **others: Any) -> object:
            given = {name: others.pop(name) for name in (*COMMON, *traits)}
            drawing = Drawing(
                path=others.pop("output_path"),
                format=others.pop("output_format"),
                scale=others.pop("scale"),
                data=others.pop("data_form"),
                data_url=others.pop("data_url"),
                shown=others.pop("shown"),
                options={name: value for name, value in given.items() if value is not None and value != ()},
            )
            return function(*args, drawing=drawing, **others)

        decorated: Any = with_drawing
        for name in reversed((*COMMON, *traits)):
            decorated = TRAITS[name](decorated)
        for add in reversed(_FILE):
            decorated = add(decorated)
        return decorated  # type: ignore[no-any-return]  # a decorator of click keeps the function

    return decorate
