"""The best so far of each group of models over release dates, and when one group reached what another had reached first.

Groups are open and closed weights, makers, or families. Each group is held against all others together. A day is a day: a
record of another group is not a lag if the group had reached its value on that day.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Literal, get_args

from benchdb.errors import ConfigError, EmptyResultError, StatisticsInputError
from benchdb.query.claims import chosen_cells, policy_notes
from benchdb.query.columns import arrange, listed
from benchdb.query.filters import resolve
from benchdb.query.policies import Policy
from benchdb.query.uncertainty import to_cells
from benchdb.rows.frontier import FrontierGroup, FrontierLag, FrontierRecord, FrontierRows
from benchdb.schema.vocab import Evidence
from benchdb.stats.inputs import level_problem
from benchdb.stats.intervals import normal_quantile
from benchdb.stats.lags import censored_median
from benchdb.stats.trend import record_indices

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from sqlalchemy import Connection

    from benchdb.query.filters import Filters
    from benchdb.rows.leaderboard import BenchmarkColumn, Cell

By = Literal["weights", "maker", "family"]
"""What groups are made by."""

_WORDS = {"weights": "kind of weights", "maker": "maker", "family": "family"}
_DAYS_A_MONTH = 365.25 / 12
_DAYS_A_YEAR = 365.25
_FEWEST_FOR_PACE = 3
_LEAST_DAYS_FOR_PACE = 182


@dataclass(frozen=True, slots=True)
class _Dated:
    """A cell with the date that it has."""

    cell: Cell
    on: date
    gain: float
    """The value, turned so that more is better."""


def frontier(
    connection: Connection,
    filters: Filters,
    *,
    by: By = "weights",
    policy: Policy = Policy.PREFERRED,
    level: float = 0.95,
) -> FrontierRows:
    """Return the best so far of each group on each benchmark, and the lags between groups.

    Grain: one row per (benchmark, group), by benchmark, the best group first; records and lags beside them. Models
    without a release date or a group are named in the notes.

    Args:
        connection: An open connection.
        filters: What the question is about.
        by: What groups are made by.
        policy: Which of several claims a cell shows.
        level: Coverage of intervals, and of the comparison behind each verdict.

    Returns:
        Groups, records, lags and notes. An unknown name is an `UnknownNameError`.

    Raises:
        ConfigError: If groups are to be made by something else.
        EmptyResultError: If no model in question has a score, a release date and a group.
        StatisticsInputError: If the level is out of range.
    """
    if by not in get_args(By):
        raise ConfigError(f'by = "{by}": groups are made by {", ".join(get_args(By))}')
    if problem := level_problem(level):
        raise StatisticsInputError(problem)
    scope = resolve(connection, filters)
    chosen, notes = chosen_cells(connection, scope, policy)
    table = arrange(connection, chosen, scope)
    cells, item_notes = to_cells(
        connection, table.rows, level, as_of=filters.as_of, published_until=filters.published_until
    )
    columns = {(column.slug, column.subset): column for column in table.columns if column.higher_is_better is not None}
    usable = [cell for cell in cells if (cell.benchmark, cell.subset) in columns]
    placed = [cell for cell in usable if cell.released_on is not None and group_of(cell, by) is not None]
    if not placed:
        raise EmptyResultError(
            f"no model has a score, a release date and a known {_WORDS[by]}; benchdb list models shows what is known"
        )
    until = max(cell.released_on for cell in placed if cell.released_on is not None)
    found = [
        _Benchmark(column, _by_group(members, by), until, normal_quantile(level))
        for key, column in columns.items()
        if (members := [cell for cell in placed if (cell.benchmark, cell.subset) == key])
    ]
    lags = [each.lags() for each in found]
    notes += _left_out(usable, by)
    undirected = [column.label for column in table.columns if column.higher_is_better is None]
    notes += [f"Left out, because the metric has no known direction: {listed(undirected)}."] if undirected else []
    return FrontierRows(
        groups=tuple(row for each, lagging in zip(found, lags, strict=True) for row in each.groups(lagging)),
        records=tuple(row for each in found for row in each.records_in_order()),
        lags=tuple(row for lagging in lags for row in lagging),
        by=by,
        until=until,
        level=level,
        policy=policy.value,
        notes=(*policy_notes(table.rows, policy), *notes, *table.notes, *item_notes, _UNTIL.format(until=until)),
    )


_UNTIL = "Lags end at the last release in question, {until}: what no model of a group had reached by then counts as not reached."


def group_of(cell: Cell, by: By) -> str | None:
    """Return the group of a model; None where it is not known.

    Args:
        cell: A model on a benchmark.
        by: What groups are made by.
    """
    if by == "weights":
        return None if cell.is_open_weights is None else "open" if cell.is_open_weights else "closed"
    return cell.organization if by == "maker" else cell.family


def _by_group(cells: Sequence[Cell], by: By) -> dict[str, list[_Dated]]:
    """Return the cells of each group by day, the better of one day first."""
    dated = [
        (group, _Dated(cell, cell.released_on, cell.value if cell.higher_is_better else -cell.value))
        for cell in cells
        if cell.released_on is not None and (group := group_of(cell, by)) is not None
    ]
    dated.sort(key=lambda pair: (pair[0], pair[1].on, -pair[1].gain, pair[1].cell.model, pair[1].cell.variant or ""))
    return {group: [each for _, each in pairs] for group, pairs in groupby(dated, key=lambda pair: pair[0])}


class _Benchmark:
    """The groups on one benchmark."""

    def __init__(
        self, column: BenchmarkColumn, members: Mapping[str, Sequence[_Dated]], until: date, quantile: float
    ) -> None:
        self.column = column
        self.members = members
        self.until = until
        self.quantile = quantile
        self.records = {group: _records(dated) for group, dated in members.items()}

    def records_in_order(self) -> list[FrontierRecord]:
        found = []
        for group, records in self.records.items():
            others = [record for other in self.records if other != group for record in self.records[other]]
            for record in records:
                is_overall = all(other.gain < record.gain for other in others if other.on <= record.on)
                found.append(_record(self.column, group, record, is_overall=is_overall))
        return found

    def lags(self) -> list[FrontierLag]:
        return [
            self._lag(group, leader, record, then)
            for group in self.members
            for leader, record in self._records_of_others(group)
            if (then := _best_on(self.records[group], record.on)) is None or then.gain < record.gain
        ]

    def _records_of_others(self, group: str) -> list[tuple[str, _Dated]]:
        """Return the records of all other groups taken together, each with its group."""
        others = [(name, record) for name in self.records if name != group for record in self.records[name]]
        others.sort(key=lambda pair: (pair[1].on, -pair[1].gain, pair[0]))
        best = record_indices([record.gain for _, record in others])
        return [others[place] for place in best]

    def _lag(self, group: str, leader: str, record: _Dated, then: _Dated | None) -> FrontierLag:
        reached = next((each for each in self.members[group] if each.on > record.on and each.gain >= record.gain), None)
        end = reached.on if reached else self.until
        error, verdict = (None, "alone") if then is None else self._compared(record, then)
        return FrontierLag(
            benchmark=self.column.label,
            benchmark_name=self.column.name,
            group=group,
            leader=leader,
            record_model=record.cell.model,
            record_value=record.cell.value,
            record_on=record.on,
            best_then=then.cell.value if then else None,
            lead=_exact(record.gain - then.gain) if then else None,
            lead_stderr=error,
            lead_verdict=verdict,
            unit=self.column.unit,
            reached_on=reached.on if reached else None,
            reached_by=reached.cell.model if reached else None,
            months=(end - record.on).days / _DAYS_A_MONTH,
            is_reached=reached is not None,
        )

    def _compared(self, first: _Dated, second: _Dated) -> tuple[float | None, str]:
        """Return the standard error of a lead and whether it is established."""
        return compared(first.cell, second.cell, self.quantile)

    def groups(self, lags: Sequence[FrontierLag]) -> list[FrontierGroup]:
        found = [self._group(group, [lag for lag in lags if lag.group == group]) for group in self.members]
        sign = -1 if self.column.higher_is_better else 1
        return sorted(found, key=lambda group: (sign * group.best, group.best_on, group.group))

    def _group(self, group: str, lags: Sequence[FrontierLag]) -> FrontierGroup:
        records = self.records[group]
        best = records[-1]
        others = [record for name in self.records if name != group for record in self.records[name]]
        rival = max(others, key=lambda record: record.gain, default=None)
        error, verdict = (None, "") if rival is None else self._compared(rival, best)
        gap = None if rival is None else _exact(rival.gain - best.gain)
        waiting = [lag.months for lag in lags if not lag.is_reached]
        return FrontierGroup(
            benchmark=self.column.label,
            benchmark_name=self.column.name,
            metric=self.column.metric,
            group=group,
            n_models=len(self.members[group]),
            n_records=len(records),
            best=best.cell.value,
            unit=self.column.unit,
            best_model=best.cell.model,
            best_model_name=best.cell.model_name,
            best_on=best.on,
            pace=_pace(records),
            gap=gap,
            gap_stderr=error,
            standing=None if gap is None else _standing(gap, verdict),
            months_behind=None if rival is None else max(waiting, default=0.0),
            n_lags=len(lags),
            n_reached=sum(lag.is_reached for lag in lags),
            median_lag=censored_median([lag.months for lag in lags], [lag.is_reached for lag in lags]),
        )


def compared(first: Cell, second: Cell, quantile: float) -> tuple[float | None, str]:
    """Return the standard error of a difference of two models on one benchmark, and whether it is established.

    Args:
        first: One model.
        second: The other.
        quantile: Two-sided normal quantile of the level.

    Returns:
        The error of independent models, None where one is unknown, and established, not established, unknown or equal.
    """
    difference = abs(first.value - second.value)
    if first.stderr is None or second.stderr is None:
        return None, "equal" if difference == 0 else "unknown"
    error = math.hypot(first.stderr, second.stderr)
    if difference == 0:
        return error, "equal"
    partial = Evidence.PARTIAL in {first.evidence, second.evidence}
    beyond = difference > quantile * error + first.rounding + second.rounding
    return error, "established" if beyond and not partial else "not established"


def _exact(difference: float) -> float:
    """Return a difference without the last-digit noise of subtracting printed values: 74.8 - 75.7 is -0.9."""
    return round(difference, 9)


def _records(dated: Sequence[_Dated]) -> list[_Dated]:
    """Return the members that improved the best; of one day the best alone."""
    return [dated[place] for place in record_indices([each.gain for each in dated])]


def _best_on(records: Sequence[_Dated], day: date) -> _Dated | None:
    """Return the latest record up to a day, that day included."""
    return next((record for record in reversed(records) if record.on <= day), None)


def _pace(records: Sequence[_Dated]) -> float | None:
    days = (records[-1].on - records[0].on).days
    if len(records) < _FEWEST_FOR_PACE or days < _LEAST_DAYS_FOR_PACE:
        return None
    return (records[-1].gain - records[0].gain) / days * _DAYS_A_YEAR


def _standing(gap: float, verdict: str) -> str:
    if gap == 0:
        return "level"
    word = "behind" if gap > 0 else "ahead"
    return word if verdict == "established" else f"{word}, not established"


def _record(column: BenchmarkColumn, group: str, record: _Dated, *, is_overall: bool) -> FrontierRecord:
    cell = record.cell
    return FrontierRecord(
        benchmark=column.label,
        benchmark_name=column.name,
        metric=column.metric,
        group=group,
        model=cell.model,
        model_name=cell.model_name,
        variant=cell.variant,
        released_on=record.on,
        value=cell.value,
        unit=cell.unit,
        higher_is_better=bool(column.higher_is_better),
        stderr=cell.stderr,
        lower=cell.lower,
        upper=cell.upper,
        evidence=cell.evidence,
        is_overall=is_overall,
        score_id=cell.score_id,
        is_approximate=cell.is_approximate,
        source=cell.source_title or cell.source_kind,
        fingerprint=cell.fingerprint,
        protocol=cell.protocol,
    )


def _left_out(cells: Sequence[Cell], by: By) -> list[str]:
    undated = sorted({cell.model_name for cell in cells if cell.released_on is None})
    unknown = sorted({cell.model_name for cell in cells if cell.released_on and group_of(cell, by) is None})
    notes = [f"Left out, because the release date is not known: {listed(undated)}."] if undated else []
    return [*notes, f"Left out, because the {_WORDS[by]} is not known: {listed(unknown)}."] if unknown else notes
