"""`benchdb chart`: the answer of a question as a picture or as Vega-Lite JSON."""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, Literal

import click

from benchdb.cli import exits
from benchdb.cli.frontier import grouping
from benchdb.cli.groups import Group
from benchdb.cli.options import database_options, filter_options, option, several_models
from benchdb.cli.series import series_options

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchdb.api import Result
    from benchdb.cli.options import Target

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
            options = {name: value for name, value in given.items() if value is not None}
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


@click.group("chart", cls=Group)
def command() -> None:
    """Draw a question's answer as JSON, HTML, PNG, SVG or PDF."""


@command.command(
    "grouped-bars",
    examples=(
        "benchdb chart grouped-bars --suite am-distill -m AM-Distill-Qwen-32B -m AM-Distill-Qwen-72B -o bars.png",
        "benchdb chart grouped-bars -b MATH-500 --error-bars -o bars.html",
    ),
)
@drawing_options("values", "y_title", "domain", "step", "colour", "hatch", "error_bars", "legend")
@filter_options()
@database_options
def grouped_bars(drawing: Drawing, asked: dict[str, Any], target: Target) -> None:
    """Draw models side by side on each benchmark.

    Models named with -m stand in the order in which they are named, others in the order of the leaderboard.
    """
    with target.open() as database:
        board = database.leaderboard(**asked)
    drawing.write(board, **({"order": asked["models"]} if asked["models"] else {}))


@command.command("leaderboard", examples=("benchdb chart leaderboard --suite am-distill -o leaderboard.svg",))
@drawing_options("values", "scores")
@filter_options()
@database_options
def leaderboard(drawing: Drawing, asked: dict[str, Any], target: Target) -> None:
    """Draw one line a model: its mean with the interval, and its scores."""
    with target.open() as database:
        board = database.leaderboard(**asked)
    drawing.write(board, kind="leaderboard")


@command.command(
    "differences",
    examples=("benchdb chart differences AM-Distill-Qwen-32B DeepSeek-R1-Distill-Qwen-32B -o differences.html",),
)
@several_models
@drawing_options("values")
@filter_options(without=("models",))
@database_options
def differences(models: tuple[str, ...], drawing: Drawing, asked: dict[str, Any], target: Target) -> None:
    """Draw the differences of models with their intervals."""
    with target.open() as database:
        comparison = database.compare(*models, **asked)
    drawing.write(comparison)


@command.command(
    "trend",
    examples=(
        "benchdb chart trend -b MATH-500 -o trend.html",
        "benchdb chart trend --by date -b 'GPQA Diamond' -o - > trend.vl.json",
    ),
)
@option(
    "--by", type=click.Choice(("parameters", "date")), default="parameters", show_default=True, help="What to go along."
)
@drawing_options("intervals", "frontier")
@filter_options()
@database_options
def trend(by: Literal["parameters", "date"], drawing: Drawing, asked: dict[str, Any], target: Target) -> None:
    """Draw scores over parameter size or release date."""
    with target.open() as database:
        answer = database.trend(by=by, **asked)
    drawing.write(answer)


@command.command(
    "frontier",
    examples=(
        "benchdb chart frontier -b 'GPQA Diamond' -o frontier.png",
        "benchdb chart frontier --by maker -b MATH-500 -o makers.html",
    ),
)
@grouping
@drawing_options("intervals", "values")
@filter_options()
@database_options
def frontier(drawing: Drawing, asked: dict[str, Any], target: Target, **grouped: Any) -> None:
    """Draw the best so far of each group of models over release dates."""
    with target.open() as database:
        answer = database.frontier(**grouped, **asked)
    drawing.write(answer)


@command.command(
    "series",
    examples=(
        "benchdb chart series my-org/nightly MATH-500 -o nightly.png",
        "benchdb chart series pythia-12b lambada --by step --intervals -o checkpoints.html",
    ),
)
@series_options
@drawing_options("intervals", "values")
@filter_options(without=("models", "benchmarks", "suite", "policy"))
@database_options
def series(drawing: Drawing, asked: dict[str, Any], target: Target, **about: Any) -> None:
    """Draw the runs of one model on one benchmark in order, and where their level changes."""
    with target.open() as database:
        answer = database.series(**about, **asked)
    drawing.write(answer)


@command.command("coverage", examples=("benchdb chart coverage --organization DeepSeek -o coverage.png",))
@drawing_options("values")
@filter_options(without=("policy", "level"))
@database_options
def coverage(drawing: Drawing, asked: dict[str, Any], target: Target) -> None:
    """Draw what is known and what is missing."""
    with target.open() as database:
        answer = database.coverage(**asked)
    drawing.write(answer)
