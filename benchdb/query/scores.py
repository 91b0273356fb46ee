"""The scores of a question, by model: what leaderboards and rankings start from."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from benchdb.errors import EmptyResultError
from benchdb.query.claims import chosen_cells, policy_notes
from benchdb.query.columns import arrange, widest
from benchdb.query.filters import resolve
from benchdb.query.item_errors import joint_errors
from benchdb.query.uncertainty import evidence_summary, to_cells

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection

    from benchdb.query.filters import Filters
    from benchdb.query.item_errors import ColumnKey, JointErrors
    from benchdb.query.policies import Policy
    from benchdb.rows.leaderboard import BenchmarkColumn, Cell


@dataclass(frozen=True, slots=True)
class Scores:
    """The cells of a question, by model, with what their errors share."""

    by_model: list[tuple[Cell, ...]]
    """Cells of each model, in the order of the columns."""
    columns: list[BenchmarkColumn]
    """The benchmarks."""
    joint: Mapping[ColumnKey, JointErrors]
    """Errors that go together, by column."""
    notes: list[str]
    """The policy and what was left out."""


def read_scores(
    connection: Connection, filters: Filters, policy: Policy, level: float, most: int | None = None
) -> Scores:
    """Return the cells in question, by model.

    Args:
        connection: An open connection.
        filters: What the question is about.
        policy: Which of several claims a cell shows.
        level: Coverage of the cells' intervals.
        most: Benchmarks at most; None is all.

    Raises:
        EmptyResultError: If no claim fits the filters.
    """
    with _uncollected():
        return _read(connection, filters, policy, level, most)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Let many small rows come to life without looking for cycles among them, which takes a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _read(connection: Connection, filters: Filters, policy: Policy, level: float, most: int | None) -> Scores:
    scope = resolve(connection, filters)
    chosen, notes = chosen_cells(connection, scope, policy)
    table = widest(arrange(connection, chosen, scope), most)
    if not table.rows:
        raise EmptyResultError("no score fits these filters; benchdb coverage shows what there is")
    cells, item_notes = to_cells(
        connection, table.rows, level, as_of=filters.as_of, published_until=filters.published_until
    )
    return Scores(
        _by_model(cells, table.columns),
        table.columns,
        joint_errors(connection, table.rows, cells),
        [*policy_notes(table.rows, policy), *notes, *table.notes, *evidence_summary(cells), *item_notes],
    )


def _by_model(cells: Sequence[Cell], columns: Sequence[BenchmarkColumn]) -> list[tuple[Cell, ...]]:
    position = {(column.slug, column.subset): number for number, column in enumerate(columns)}
    ordered = sorted(cells, key=lambda cell: (cell.model, cell.variant or "", position[cell.benchmark, cell.subset]))
    return [tuple(group) for _, group in groupby(ordered, key=lambda cell: (cell.model, cell.variant))]
