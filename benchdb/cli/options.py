"""Options that several commands share, each group a decorator that hands the command one argument."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

from benchdb.cli.groups import OPTIONS, Option
from benchdb.cli.output import FORMATS, Output
from benchdb.cli.progress import waiting
from benchdb.cli.values import Day, Level, Moment, ParameterCount, names_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchdb.api import Database

F = TypeVar("F", bound="Callable[..., Any]")
SOURCE_KINDS = ("harness_log", "paper", "model_card", "leaderboard", "figure", "manual")
"""Kinds of sources, as in `benchdb.schema.vocab.SourceKind`."""
POLICIES = ("preferred", "newest", "median", "mean-of-runs")
"""Rules that choose among several claims, as in `benchdb.query.policies.Policy`."""
_FILTERS = "Filters"
_CLAIMS = "Claims and uncertainty"
_OUTPUT = "Output"
_DATABASE = "Database"
CORRECTIONS = ("holm", "bh", "none")
"""How p is adjusted, as in `benchdb.query.compare_family.Correction`."""
JUDGING = "Judging"
"""Heading of the options that say how differences are judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The database that a command works on."""

    name: str | None
    """Path or URL; None for ./benchdb.duckdb."""
    wait_s: float
    """Seconds to wait for another process that holds the file."""

    @contextmanager
    def open(
        self, *, doing: str = "Reading", any_revision: bool = False, memory: int | None = None
    ) -> Iterator[Database]:
        """Open the database for reading; a terminal that waits is told so.

        Args:
            doing: What a terminal is told after a second.
            any_revision: Open it whatever its revision.
            memory: Bytes that DuckDB may take; None leaves it to DuckDB.

        Yields:
            The open database.
        """
        from benchdb.api import connect

        with (
            waiting(doing),
            connect(
                self.name, read_only=True, wait_s=self.wait_s, any_revision=any_revision, memory=memory
            ) as database,
        ):
            yield database


def option(*names: str, section: str = OPTIONS, **attributes: object) -> Callable[[F], F]:
    """Return a decorator that adds an option under a heading of the help.

    Args:
        *names: Names of the option.
        section: The heading.
        **attributes: As of `click.option`.
    """
    return click.option(*names, cls=Option, section=section, **attributes)


def database_options(command: F) -> F:
    """Add --db and --wait; the command gets `target`.

    Args:
        command: A command's function.
    """

    @wraps(command)
    def with_target(*args: object, db: str | None, wait: float, **others: object) -> object:
        return command(*args, target=Target(name=db, wait_s=wait), **others)

    named = option(
        "--db",
        section=_DATABASE,
        envvar="BENCHDB_URL",
        metavar="PATH|URL",
        help="DuckDB file or postgresql:// URL.  [default: BENCHDB_URL, else ./benchdb.duckdb]",
        type=click.Path(),
        is_eager=True,
    )
    patient = option(
        "--wait",
        section=_DATABASE,
        type=click.FloatRange(min=0),
        default=10.0,
        metavar="SECONDS",
        show_default=True,
        help="How long to wait for another process that holds the file.",
    )
    return named(patient(with_target))  # type: ignore[return-value]  # a decorator of click keeps the function


def output_options(command: F) -> F:
    """Add --format, --output and --quiet; the command gets `output`.

    Args:
        command: A command's function.
    """

    @wraps(command)
    def with_output(
        *args: object, output_format: str | None, output_path: str | None, quiet: bool, **others: object
    ) -> object:
        return command(*args, output=Output(format=output_format, path=output_path, quiet=quiet), **others)

    form = option(
        "--format",
        "-f",
        "output_format",
        section=_OUTPUT,
        type=click.Choice(FORMATS, case_sensitive=False),
        help="How to write the answer.  [default: by the suffix of -o, else table]",
    )
    path = option(
        "--output",
        "-o",
        "output_path",
        section=_OUTPUT,
        type=click.Path(dir_okay=False, allow_dash=True),
        metavar="FILE",
        help="File to write.  [default: standard output]",
    )
    quiet = option("--quiet", "-q", section=_OUTPUT, is_flag=True, help="Leave out the title and the notes on stderr.")
    return form(path(quiet(with_output)))  # type: ignore[return-value]  # a decorator of click keeps the function


def several_models(command: F) -> F:
    """Add the argument MODEL MODEL...; the command gets `models`, two or more.

    Args:
        command: A command's function.
    """
    argument = click.argument(
        "models",
        nargs=-1,
        required=True,
        metavar="MODEL MODEL...",
        callback=_at_least_two,
        shell_complete=names_of("models"),
    )
    return argument(command)


def _at_least_two(ctx: click.Context, _parameter: click.Parameter, models: tuple[str, ...]) -> tuple[str, ...]:
    if len(models) < 2 and not ctx.resilient_parsing:
        ctx.fail("Name at least two models.")
    return models


def one_benchmark(command: F) -> F:
    """Add --benchmark; the command gets `benchmark`, the one it is about.

    Args:
        command: A command's function.
    """
    add = option(
        "--benchmark", "-b", required=True, metavar="NAME", shell_complete=names_of("benchmarks"), help="The benchmark."
    )
    return add(command)


def judging_options(command: F) -> F:
    """Add --correction and --across-protocols, which say how differences are judged.

    Args:
        command: A command's function.
    """
    correction = option(
        "--correction",
        section=JUDGING,
        type=click.Choice(CORRECTIONS),
        default="holm",
        show_default=True,
        help="How p is adjusted for the number of comparisons.",
    )
    across = option(
        "--across-protocols",
        section=JUDGING,
        is_flag=True,
        help="Judge even where the two scores were measured in different ways.",
    )
    return correction(across(command))


def _filter(*names: str, **attributes: object) -> Callable[[F], F]:
    return option(*names, section=_FILTERS, **attributes)


def _several(*names: str, kind: str | None = None, **attributes: object) -> Callable[[F], F]:
    complete = {} if kind is None else {"shell_complete": names_of(kind)}
    return _filter(*names, multiple=True, metavar="NAME", **complete, **attributes)


FILTERS: dict[str, Callable[[Any], Any]] = {
    "models": _several("--model", "-m", "models", kind="models", help="Only this model; may be repeated."),
    "benchmarks": _several("--benchmark", "-b", "benchmarks", kind="benchmarks", help="Only this benchmark; may be repeated."),
    "subsets": _several("--subset", "subsets", help='Only this subset; may be repeated, "" is the whole.'),
    "suite": _filter("--suite", metavar="NAME", shell_complete=names_of("suites"), help="Only the benchmarks of this suite."),
    "metric": _filter("--metric", metavar="NAME", shell_complete=names_of("metrics"), help="Only this metric.  [default: each benchmark's usual one]"),
    "organizations": _several("--organization", "organizations", kind="organizations", help="Only models of this maker; may be repeated."),
    "families": _several("--family", "families", help="Only models of this family; may be repeated."),
    "open_weights": _filter("--open-weights/--closed-weights", default=None, help="Only models whose weights can, or cannot, be downloaded."),
    "min_parameters": _filter("--min-parameters", type=ParameterCount(), help="Only models at least this large: 7B."),
    "max_parameters": _filter("--max-parameters", type=ParameterCount(), help="Only models at most this large: 70B."),
    "released_since": _filter("--released-since", type=Day(), help="Only models released on or after: 2025-03-25, 2025."),
    "released_until": _filter("--released-until", type=Day(last=True), help="Only models released on or before."),
    "n_shot": _filter("--shots", "n_shot", type=click.IntRange(min=0), help="Only runs with this many worked examples."),
    "sources": _several("--source", "sources", help="Only this source, by URL, title or a part of the title; may be repeated."),
    "source_kinds": _filter("--source-kind", "source_kinds", multiple=True, type=click.Choice(SOURCE_KINDS), help="Only this kind of source; may be repeated."),
    "harness": _filter("--harness", metavar="NAME", help="Only runs of this evaluation tool."),
    "variants": _several("--variant", "variants", help='Only this variant; may be repeated, "" is the plain model.'),
    "include_aggregates": _filter("--aggregates/--no-aggregates", "include_aggregates", default=True, help="Count scores that a source computed from others.  [default: count]"),
    "as_of": _filter("--as-of", type=Moment(), help="Only what the database had learned by then: 2025-03-25."),
    "published_until": _filter("--published-until", type=Day(last=True), help="Only scores published, else run, on or before; undated ones are left out."),
    "policy": option("--policy", section=_CLAIMS, type=click.Choice(POLICIES), default="preferred", show_default=True, help="Which of several claims for one score stands in front."),
    "level": option("--level", section=_CLAIMS, type=Level(), default=0.95, show_default=True, help="Coverage of the intervals."),
}  # fmt: skip
"""Every filter of a question by its keyword, with the option that sets it."""


def filter_options(*, without: tuple[str, ...] = ()) -> Callable[[F], F]:
    """Return a decorator that adds the filters of a question; the command gets `asked`, ready for `benchdb.api`.

    Args:
        without: Keywords that mean nothing for the question.
    """
    names = [name for name in FILTERS if name not in without]

    def decorate(command: F) -> F:
        @wraps(command)
        def with_filters(*args: object, **others: object) -> object:
            asked = {name: others.pop(name) for name in names}
            return command(*args, asked=asked, **others)

        decorated: Any = with_filters
        for name in reversed(names):
            decorated = FILTERS[name](decorated)
        return decorated  # type: ignore[no-any-return]  # a decorator of click keeps the function

    return decorate
