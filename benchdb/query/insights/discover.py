"""Statements found in the data: what holds of the printed numbers, whether it stands above the noise, and how to see it.

Every test that any statement needs is made, whether the statement holds or not, and their p-values are corrected together (Holm 1979),
so that looking for statements does not make them true.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from benchdb.errors import StatisticsInputError
from benchdb.query.insights.contract import finders
from benchdb.query.insights.ground import read_ground
from benchdb.query.policies import Policy
from benchdb.query.uncertainty import weakest
from benchdb.rows.insights import DESCRIPTIVE, ESTABLISHED, NOMINAL, UNKNOWN, Insight, InsightRows
from benchdb.schema.vocab import Evidence
from benchdb.stats.inputs import level_problem
from benchdb.stats.multiple import holm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from benchdb.query.filters import Filters
    from benchdb.query.insights.contract import Draft

_STATES = (ESTABLISHED, NOMINAL, UNKNOWN, DESCRIPTIVE)
_MOST_KEYS = 40


def insights(
    connection: Connection,
    filters: Filters,
    *,
    policy: Policy = Policy.PREFERRED,
    level: float = 0.95,
    limit: int = 10,
) -> InsightRows:
    """Return statements that hold of the chosen claims, those established first.

    Grain: one row per statement. Errors of different models count as independent.

    Args:
        connection: An open connection.
        filters: What the question is about.
        policy: Which of several claims a cell shows.
        level: One minus the level of the tests.
        limit: Most statements of one kind; the others are counted.

    Returns:
        Statements, how many were tried and tested, and notes. An unknown name is an `UnknownNameError`.

    Raises:
        EmptyResultError: If no score fits.
        StatisticsInputError: If the level is out of range.
    """
    if problem := level_problem(level):
        raise StatisticsInputError(problem)
    ground = read_ground(connection, filters, policy, level)
    drafts = [draft for find in finders() for draft in find(ground)]
    known = [test.p_value for draft in drafts for test in draft.tests if test.p_value is not None]
    corrected = iter(holm(known)) if known else iter(())
    found = []
    for draft in drafts:
        adjusted = [next(corrected) for test in draft.tests if test.p_value is not None]
        if draft.words is not None:
            found.append(_insight(draft, adjusted, level))
    found.sort(key=_order)
    shown = _at_most(found, limit)
    notes = [
        f"{len(drafts)} statements were tried and {len(found)} hold of the printed numbers; {len(known)} tests were made for them, "
        f"corrected together (Holm) at {level * 100:g} %.",
        "Nominal: true of the printed numbers, within the noise. Errors of two models count as independent; on shared items they are usually smaller.",
        "Protocols are not compared here; benchdb compare says where settings differ that change the task.",
        *([f"{len(found) - len(shown)} more are not shown; --limit shows more of each kind."] if len(shown) < len(found) else []),
        *ground.notes,
    ]  # fmt: skip
    return InsightRows(
        insights=tuple(shown),
        n_tried=len(drafts),
        n_tests=len(known),
        policy=policy.value,
        level=level,
        notes=tuple(notes),
    )


def _insight(draft: Draft, adjusted: Sequence[float], level: float) -> Insight:
    sizes = [test.standard_errors for test in draft.tests]
    known = [size for size in sizes if size is not None]
    status = _status(draft, adjusted, level)
    evidence = weakest([cell.evidence for cell in draft.cells]) if draft.cells else Evidence.UNKNOWN
    return Insight(
        kind=draft.kind,
        status=status,
        statement=draft.words or "",
        models=tuple(draft.models),
        benchmarks=tuple(draft.benchmarks),
        n_tests=len(draft.tests),
        p_value=max(adjusted, default=None) if len(adjusted) == len(draft.tests) else None,
        standard_errors=min(known) if known and len(known) == len(sizes) else None,
        evidence=evidence.value,
        command=draft.command,
        score_ids=tuple(str(cell.score_id) for cell in draft.cells[:_MOST_KEYS]),
    )


def _status(draft: Draft, adjusted: Sequence[float], level: float) -> str:
    if not draft.tests:
        return DESCRIPTIVE
    if draft.never_established or any(p_value > 1 - level for p_value in adjusted):
        return NOMINAL
    return ESTABLISHED if len(adjusted) == len(draft.tests) else UNKNOWN


def _order(row: Insight) -> tuple[int, float, str, str]:
    size = math.inf if row.standard_errors is None else -row.standard_errors
    return (_STATES.index(row.status), size, row.kind, row.statement)


def _at_most(found: Sequence[Insight], limit: int) -> list[Insight]:
    counts: dict[str, int] = {}
    shown = []
    for row in found:
        counts[row.kind] = counts.get(row.kind, 0) + 1
        if counts[row.kind] <= limit:
            shown.append(row)
    return shown
