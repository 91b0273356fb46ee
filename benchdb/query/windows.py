"""Which window of dates counts for each model, and which items lie inside it.

A window is what `since` and `until` leave, and with a cut-off rule the items dated after the end of a model's training data: each
model's own (`each`), or the latest of all models shown (`all`), which gives one window. A cut-off on the first of a month may mean the
month, so all of that month counts as possibly seen. Items without a date are on neither side.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import BigInteger, Date, and_, case, column, select, values

from benchdb.errors import EmptyResultError
from benchdb.query.columns import listed
from benchdb.query.tables import MODEL, SAMPLE

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, Select, Values

    from benchdb.query.item_runs import ItemRuns

AfterCutoff = Literal["each", "all"]
"""Items after each model's own cut-off, or after the latest one of all models shown."""
_MONTH_DAYS = 31


@dataclass(frozen=True, slots=True)
class Window:
    """Days from `first` to `last`, both inside; None is no bound."""

    first: date | None
    """First day."""
    last: date | None
    """Last day."""


@dataclass(frozen=True, slots=True)
class Windows:
    """The window of each run."""

    runs: ItemRuns
    """Runs that have a window."""
    by_run: Mapping[int, Window]
    """Run → window."""
    cutoffs: Mapping[int, date | None]
    """Run → end of its model's training data."""
    notes: tuple[str, ...]
    """What was left out."""

    @property
    def is_one(self) -> bool:
        """Whether all runs have the same window, so that their values can be ranked."""
        return len(set(self.by_run.values())) == 1


def first_unseen(cutoff: date) -> date:
    """Return the first day that is certainly after a training cut-off; the first of a month stands for the whole month.

    Args:
        cutoff: End of the training data.
    """
    if cutoff.day == 1:
        return (cutoff + timedelta(days=_MONTH_DAYS)).replace(day=1)
    return cutoff + timedelta(days=1)


def windows_of(
    connection: Connection,
    runs: ItemRuns,
    since: date | None,
    until: date | None,
    after_cutoff: AfterCutoff | None,
) -> Windows:
    """Return the window of each run; with a cut-off rule, runs of models of unknown cut-off are left out with a note.

    Args:
        connection: An open connection.
        runs: One run a model.
        since: First day of the window.
        until: Last day of the window.
        after_cutoff: Whose cut-offs count; None is nobody's.

    Raises:
        EmptyResultError: If the cut-off of no model is known.
    """
    cutoffs = _cutoffs(connection, {row.model_id for row in runs.rows})
    by_run = {row.run_id: cutoffs.get(row.model_id) for row in runs.rows}
    if after_cutoff is None:
        return Windows(runs, dict.fromkeys(by_run, Window(since, until)), by_run, ())
    kept = tuple(row for row in runs.rows if by_run[row.run_id] is not None)
    unknown = sorted({row.model for row in runs.rows if by_run[row.run_id] is None})
    if not kept:
        raise EmptyResultError(
            f"the catalogue knows no training cut-off of {listed(unknown)}; give the window by dates: --since DAY"
        )
    notes = [f"Left out, because their training cut-off is unknown: {listed(unknown)}."] if unknown else []
    firsts = {
        row.run_id: max(first_unseen(cutoff), since or date.min)
        for row in kept
        if (cutoff := by_run[row.run_id]) is not None
    }
    if after_cutoff == "all":
        firsts = dict.fromkeys(firsts, max(firsts.values()))
    windows = {run: Window(first, until) for run, first in firsts.items()}
    return Windows(replace(runs, rows=kept), windows, by_run, tuple(notes))


def select_dated(windows: Windows) -> Select[Any]:
    """Return each value with the side its item is on: 1 inside the window, 0 outside, NULL without a date.

    Grain: one row per (run, item).

    Args:
        windows: The window of each run.
    """
    value = windows.runs.select_values().subquery("value")
    of_item = and_(
        SAMPLE.c.benchmark_id == windows.runs.rows[0].benchmark_id, SAMPLE.c.sample_number == value.c.sample_number
    )
    if windows.is_one:
        one = next(iter(windows.by_run.values()))
        return select(value, SAMPLE.c.benchmark_id, _side(one.first or date.min, one.last or date.max)).join(
            SAMPLE, of_item
        )
    bound = _bounds(windows.by_run)
    return (
        select(value, SAMPLE.c.benchmark_id, _side(bound.c.first_on, bound.c.last_on))
        .join(bound, bound.c.run_id == value.c.run_id)
        .join(SAMPLE, of_item)
    )


def _side(first: Any, last: Any) -> ColumnElement[int | None]:
    is_inside = and_(SAMPLE.c.dated_on >= first, SAMPLE.c.dated_on <= last)
    return case((SAMPLE.c.dated_on.is_(None), None), (is_inside, 1), else_=0).label("side")


def _bounds(windows: Mapping[int, Window]) -> Values:
    columns = (column("run_id", BigInteger), column("first_on", Date), column("last_on", Date))
    data = [(run, window.first or date.min, window.last or date.max) for run, window in sorted(windows.items())]
    return values(*columns, name="bound").data(data)


def _cutoffs(connection: Connection, model_ids: Collection[int]) -> dict[int, date | None]:
    statement = select(MODEL.c.model_id, MODEL.c.training_cutoff_on).where(MODEL.c.model_id.in_(sorted(model_ids)))
    return {row[0]: row[1] for row in connection.execute(statement)}


def window_notes(windows: Windows, undated: Sequence[int]) -> list[str]:
    """Return what a reader must know of the windows.

    Args:
        windows: The window of each run.
        undated: Items without a date, run by run.
    """
    notes = list(windows.notes)
    if any(undated):
        notes.append(f"Items without a date are on neither side: up to {max(undated)} a model.")
    return notes
