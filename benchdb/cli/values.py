"""Kinds of option values: counts of parameters, days, moments, levels, names that a shell can complete."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import click

from benchdb.rows.safe import visible

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.shell_completion import CompletionItem
    from typing_extensions import override
else:
    from benchdb.cli.groups import override

_COUNT = re.compile(r"(\d+(?:\.\d+)?)\s*([kmbt]?)", re.IGNORECASE)
_SCALE = {"": 0, "k": 3, "m": 6, "b": 9, "t": 12}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt])b", re.IGNORECASE | re.ASCII)
_SIZE_SCALE = {"k": 3, "m": 6, "g": 9, "t": 12}
_LEAST_SIZE = 10**7
_DAY = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_MOST_COMPLETIONS = 200


class Size(click.ParamType[int]):
    """An amount of memory: 500MB or 2GB."""

    name = "size"

    @override
    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the bytes.

        Args:
            value: As typed.
            param: The option.
            ctx: The command.
        """
        match = _SIZE.fullmatch(str(value).strip())
        n_bytes = None if match is None else int(float(match[1]) * 10 ** _SIZE_SCALE[match[2].casefold()])
        if n_bytes is None or n_bytes < _LEAST_SIZE:
            self.fail(f'"{value}" is not an amount of memory of at least 10 MB. Write 500MB or 2GB.', param, ctx)
        return n_bytes


class ParameterCount(click.ParamType[int]):
    """A number of parameters: 7B, 0.5b, 70m or 7000000000."""

    name = "count"

    @override
    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the count.

        Args:
            value: As typed.
            param: The option.
            ctx: The command.
        """
        if isinstance(value, int):
            return value
        match = _COUNT.fullmatch(str(value).strip())
        if match is None:
            self.fail(f'"{value}" is not a number of parameters. Write 7B, 0.5B, 70M or 7000000000.', param, ctx)
        whole, _, fraction = match[1].partition(".")
        power = _SCALE[match[2].lower()]
        if len(fraction) > power:
            self.fail(f'"{value}" is not a whole number of parameters.', param, ctx)
        return int(whole + fraction.ljust(power, "0"))


class Day(click.ParamType[date]):
    """A day, or the first or last day of a month or year: 2025-03-25, 2025-03, 2025."""

    name = "date"

    def __init__(self, *, last: bool = False) -> None:
        self.last = last

    @override
    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day.

        Args:
            value: As typed.
            param: The option.
            ctx: The command.
        """
        if isinstance(value, date):
            return value
        match = _DAY.fullmatch(str(value).strip())
        try:
            day = None if match is None else self._day(*match.groups())
        except ValueError:
            day = None
        if day is None:
            self.fail(f'"{value}" is not a date. Write 2025-03-25, 2025-03 or 2025.', param, ctx)
        return day

    def _day(self, year: str, month: str | None, day: str | None) -> date:
        first = date(int(year), int(month or 1), int(day or 1))
        if not self.last or day is not None:
            return first
        following = (
            date(first.year + 1, 1, 1) if month is None or first.month == 12 else first.replace(month=first.month + 1)
        )
        return following - timedelta(days=1)


class Moment(click.ParamType[datetime]):
    """A moment: 2025-03-25T12:00+01:00; without a zone it is UTC, a day alone means its end."""

    name = "time"

    @override
    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the moment, aware.

        Args:
            value: As typed.
            param: The option.
            ctx: The command.
        """
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(str(value).strip())
        except ValueError:
            self.fail(f'"{value}" is not a time. Write 2025-03-25 or 2025-03-25T12:00.', param, ctx)
        if re.fullmatch(r"\d{4}-?\d{2}-?\d{2}", str(value).strip()):
            moment = datetime.combine(moment, time.max)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class Level(click.ParamType[float]):
    """A coverage: 0.95, .9 or 95%."""

    name = "level"

    @override
    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the level as a fraction in (0, 1).

        Args:
            value: As typed.
            param: The option.
            ctx: The command.
        """
        text = str(value).strip()
        try:
            level = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        except ValueError:
            level = 0.0
        if not 0 < level < 1:
            self.fail(f'"{value}" is not a level between 0 and 1. Write 0.95 or 95%.', param, ctx)
        return level


class WholeNumbers(click.ParamType[tuple[int, ...]]):
    """Whole numbers from 1 on: 10, or 1,5,10."""

    name = "numbers"

    @override
    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, ...]:
        """Return the numbers, in their order.

        Args:
            value: As typed.
            param: The option.
            ctx: The command.
        """
        if isinstance(value, tuple):
            return value
        parts = [part.strip() for part in str(value).split(",")]
        if not all(part.isdecimal() and int(part) for part in parts):
            self.fail(f'"{value}" is not a list of whole numbers from 1 on. Write 10, or 1,5,10.', param, ctx)
        return tuple(int(part) for part in parts)


def names_of(kind: str) -> Callable[[click.Context, click.Parameter, str], list[CompletionItem]]:
    """Return what completes the names of one list of the catalogue in a shell.

    Args:
        kind: models, benchmarks, metrics, organizations or suites.
    """

    def complete(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        from benchdb.api import connect

        typed = incomplete.casefold()
        try:
            with connect(ctx.params.get("db"), read_only=True, wait_s=0) as database:
                known = [(str(row["slug"]), str(row["name"])) for row in database.list(kind).records()]
        except Exception:  # noqa: BLE001 - whatever is wrong, a shell that completes must stay silent
            return []
        fitting = [(slug, name) for slug, name in known if typed in slug.casefold() or typed in name.casefold()]
        starting = [entry for entry in fitting if entry[0].casefold().startswith(typed)]
        return [
            CompletionItem(visible(slug), help=visible(name))
            for slug, name in (starting or fitting)[:_MOST_COMPLETIONS]
        ]

    return complete
