"""Values that no count of right answers could have produced, or not the count that the source states.

A pass rate over n items with s attempts each is k / (n s) for a whole number k; printed with d decimals it must lie within half a
unit of the last one (Brown and Heathers 2017, the GRIM test). Only right-or-wrong metrics of single attempts (k is 1 or unset) with
stated decimals are judged, neither aggregates nor approximate values. The number of items is the source's, else the benchmark's
catalogue entry if the whole benchmark was run and the attempts are stated. A rate that was cut off instead of rounded is told apart.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, or_, select

from benchdb.query.doctor.contract import Check
from benchdb.query.doctor.facts import claims_with_facts, finding, printed, subject
from benchdb.rows.doctor import CERTAIN, ERROR, LIKELY, POSSIBLE, WARNING
from benchdb.stats.granularity import fitting_attempts, is_possible, is_possible_cut_off, possible_counts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Row, Subquery

    from benchdb.query.filters import Scope
    from benchdb.rows.doctor import Finding

_NAME = "granularity"
_STATED = {"pass_rate_1": ("pass_num_1", "test_cases"), "pass_rate_2": ("pass_num_2", "test_cases")}
_PLANNED = "total_tests"
"""A rate's name in its source → what that source calls the count and the total, in the run's raw part."""
_MOST_DECIMALS = 8
_MARGIN = 1e-6


def _find(connection: Connection, scope: Scope) -> Iterator[Finding]:
    fact = claims_with_facts(scope)
    seen = set()
    for row in connection.execute(_select_counted(fact)):
        found = _against_count(row)
        if found is not None:
            seen.add(row.score_id)
            yield found
    for row in connection.execute(_select_suspects(fact)):
        if row.score_id not in seen and not is_possible(
            row.stated_value, row.decimals, row.n, row.attempts, scale=int(row.full)
        ):
            yield _impossible(row)


def _select_counted(fact: Subquery) -> Any:
    return (
        select(fact)
        .where(
            fact.c.metric_label.in_(_STATED),
            fact.c.decimals.between(0, _MOST_DECIMALS),
            fact.c.full.is_not(None),
            or_(*[fact.c.raw.contains(f'"{count}"', autoescape=True) for count, _total in _STATED.values()]),
        )
        .order_by(fact.c.source, fact.c.score_id)
    )


def _against_count(row: Row[Any]) -> Finding | None:
    count_name, total_name = _STATED[row.metric_label]
    raw = json.loads(row.raw)
    count, total = (str(raw.get(name, "")) for name in (count_name, total_name))
    if not (count.isdecimal() and total.isdecimal() and int(total) > 0):
        return None
    n_correct, n_items = int(count), int(total)
    fits = possible_counts(row.stated_value, row.decimals, n_items, scale=int(row.full))
    if n_correct in fits:
        return None
    share = row.full * n_correct / n_items
    such = "" if fits else f"; no count of {n_items} gives it"
    planned = str(raw.get(_PLANNED, ""))
    if planned.isdecimal() and int(planned) not in {0, n_items}:
        share_of_all = printed(row.full * n_correct / int(planned), row.stated_unit, row.decimals + 1)
        such += f"; of {_PLANNED} = {planned} the count is {share_of_all}"
    statement = (
        f"{subject(row)}: {printed(row.stated_value, row.stated_unit, row.decimals)} does not match the source's own counts, "
        f"{count_name} = {n_correct} of {total_name} = {n_items}, which is {printed(share, row.stated_unit, row.decimals + 1)}{such}"
    )
    return finding(_NAME, (ERROR, CERTAIN), row, statement)


def _select_suspects(fact: Subquery) -> Any:
    borrowed = case((and_(fact.c.is_part.is_(False), fact.c.samples_per_item.is_not(None)), fact.c.benchmark_items))
    n = func.coalesce(fact.c.n_items, borrowed)
    attempts = func.coalesce(fact.c.samples_per_item, 1)
    total = 1.0 * n * attempts / fact.c.full
    step = func.power(10.0, -fact.c.decimals)
    half = 0.5 * step
    highest = func.floor((fact.c.stated_value + half) * total - _MARGIN)
    lowest = func.ceil((fact.c.stated_value - half) * total + _MARGIN)
    return (
        select(fact, n.label("n"), attempts.label("attempts"))
        .where(
            fact.c.is_proportion.is_(True),
            or_(fact.c.k.is_(None), fact.c.k == 1),
            fact.c.is_approximate.is_(False),
            fact.c.is_aggregate.is_(False),
            fact.c.decimals.between(0, _MOST_DECIMALS),
            fact.c.stated_value.between(0, fact.c.full),
            func.abs(fact.c.stated_value - func.round(fact.c.stated_value / step) * step) < _MARGIN * step,
            n.is_not(None),
            highest < lowest,
        )
        .order_by(fact.c.source, fact.c.score_id)
    )


def _impossible(row: Row[Any]) -> Finding:
    scale = int(row.full)
    value = printed(row.stated_value, row.stated_unit, row.decimals)
    total = row.n * row.attempts
    nearest = round(row.stated_value * total / scale)
    beside = " and ".join(
        f"{k} is {printed(scale * k / total, row.stated_unit, row.decimals + 1)}"
        for k in sorted({max(0, nearest - 1), nearest, min(total, nearest + 1)}, key=lambda k: abs(k - row.stated_value * total / scale))[:2]
    )  # fmt: skip
    items = f"{row.n} items" if row.n_items is not None else f"the {row.n} items of the benchmark's entry"
    of = f"{items} with {row.attempts} attempts each" if row.attempts > 1 else items
    statement = f"{subject(row)}: no count of {of} gives {value} ({beside})"
    grade = (ERROR, CERTAIN if row.n_items is not None and row.samples_per_item is not None else LIKELY)
    if is_possible_cut_off(row.stated_value, row.decimals, row.n, row.attempts, scale=scale):
        statement += "; cut off instead of rounded, one would"
        grade = (WARNING, POSSIBLE)
    fitting = fitting_attempts(row.stated_value, row.decimals, row.n, scale=scale)
    if row.samples_per_item is None:
        statement += "; one attempt an item is assumed"
    if fitting:
        statement += f"; possible with {', '.join(map(str, fitting))} attempts an item"
    return finding(_NAME, grade, row, statement)


CHECK = Check(name=_NAME, find=_find)
