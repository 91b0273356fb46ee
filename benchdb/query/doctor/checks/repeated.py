"""Rows that a source holds twice, and rows of one source that contradict each other.

Rows are the same where source, model, benchmark, subset, metric, protocol and time of the run are. Equal values are duplicates, one finding
for each benchmark and metric of a source; unequal ones contradict each other. Where each bears a name of its own in the source they are
repeated runs, and only noticed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, distinct, func, select

from benchdb.query.doctor.contract import Check
from benchdb.query.doctor.facts import NOISE, claims_with_facts, finding, keys_of, printed, split_keys, subject
from benchdb.rows.doctor import CERTAIN, ERROR, LIKELY, NOTICE, POSSIBLE, WARNING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Row

    from benchdb.query.filters import Scope
    from benchdb.rows.doctor import Finding

_NAME = "repeated"
_SAME = ("source_id", "model_id", "benchmark_id", "subset", "metric_id", "protocol_id", "ran_at", "stated_unit")
_KEYS = ("source_id", "model_id", "benchmark_id", "metric_id", "protocol_id")
_NAMES = ("source", "model", "variant", "benchmark", "metric")


def _find(connection: Connection, scope: Scope) -> Iterator[Finding]:
    repeated = _select_repeated(scope).cte("repeated")
    is_equal = repeated.c.highest - repeated.c.lowest <= NOISE * func.abs(repeated.c.highest)
    column = [repeated.c[name] for name in ("source", "benchmark", "subset", "metric", "is_named")]
    equal: Any = (
        select(
            *column,
            func.count().label("n_cells"),
            func.sum(repeated.c.n).label("n"),
            func.max(repeated.c.n_files).label("n_files"),
            func.min(repeated.c.model).label("model"),
            func.aggregate_strings(repeated.c.score_ids, ",").label("score_ids"),
        )
        .where(is_equal)
        .group_by(repeated.c.source_id, *column)
        .order_by(*column)
    )
    for row in connection.execute(equal):
        yield _duplicates(row)
    order = [repeated.c[name] for name in ("source", "model", "benchmark", "subset", "metric", "protocol_id")]
    contrary: Any = select(repeated).where(~is_equal).order_by(*order)
    for row in connection.execute(contrary):
        yield _contradiction(row)


def _select_repeated(scope: Scope) -> Any:
    fact = claims_with_facts(scope)
    # Few rows are repeated: those that may be are found by their keys alone, before names are read and joined into text.
    keys = [fact.c[name] for name in _KEYS]
    maybe = select(*keys).group_by(*keys).having(func.count() > 1).subquery("maybe")
    same, names = [fact.c[name] for name in _SAME], [fact.c[name] for name in _NAMES]
    n_labels = func.count(distinct(fact.c.label))
    return (
        select(
            *same,
            *names,
            func.count().label("n"),
            func.count(distinct(fact.c.ingest_id)).label("n_files"),
            func.min(fact.c.stated_value).label("lowest"),
            func.max(fact.c.stated_value).label("highest"),
            func.max(fact.c.decimals).label("decimals"),
            func.min(fact.c.place).label("first_place"),
            func.max(fact.c.place).label("last_place"),
            and_(func.count(fact.c.label) == func.count(), n_labels == func.count()).label("is_named"),
            keys_of(fact).label("score_ids"),
        )
        .join(maybe, and_(*[maybe.c[name] == fact.c[name] for name in _KEYS]))
        .group_by(*same, *names)
        .having(func.count() > 1)
    )


def _duplicates(row: Row[Any]) -> Finding:
    keys = split_keys(row.score_ids)
    whose = row.model if row.n_cells == 1 else f"{row.n_cells} models ({row.model} among them)"
    column = f"{row.benchmark}[{row.subset}]" if row.subset else row.benchmark
    text = f"{whose} on {column}: one source holds the same {row.metric} more than once, {row.n} rows in all"
    grade = (WARNING, CERTAIN)
    if row.is_named:
        text, grade = f"{text}, each under a name of its own, so perhaps run again", (NOTICE, POSSIBLE)
    elif row.n_files > 1:
        text = f"{text}, from {row.n_files} files"
    see = f"benchdb history '{row.model}' '{row.benchmark}'"
    return finding(_NAME, grade, row, text, keys=keys, n_rows=int(row.n), many_models=row.n_cells > 1, see=see)


def _contradiction(row: Row[Any]) -> Finding:
    lowest, highest = (printed(value, row.stated_unit, row.decimals) for value in (row.lowest, row.highest))
    text = f"{subject(row)}: one source gives {row.n} values of {row.metric}, from {lowest} to {highest}"
    if row.is_named:
        text, grade = f"{text}, for runs that differ by name alone", (NOTICE, POSSIBLE)
    else:
        text, grade = f"{text}, with nothing to tell them apart", (ERROR, LIKELY)
        if row.first_place and row.last_place != row.first_place:
            text = f"{text} but their places: {row.first_place}; {row.last_place}"
    see = f"benchdb history '{row.model}' '{row.benchmark}'"
    return finding(_NAME, grade, row, text, keys=split_keys(row.score_ids), see=see)


CHECK = Check(name=_NAME, find=_find)
