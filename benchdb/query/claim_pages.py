"""Every claim that fits, a page at a time: the database sorts and counts, and no more than the page is read.

A page is found by its offset, or by the claim before it, which costs the same however far on it is. Which claims a policy
chooses depends on the claims of their cells alone, so only the cells of the page are looked at.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Integer, case, cast, func, literal, select, tuple_

from benchdb.errors import EmptyResultError
from benchdb.query.claims import chosen_cells, left_out_notes, undated_notes
from benchdb.query.details import select_details, to_claims
from benchdb.query.every_claim import order, policy_note, retracted_notes
from benchdb.query.filters import resolve
from benchdb.query.policies import Policy
from benchdb.query.stated import select_claims, select_retracted, unit_factor
from benchdb.query.tables import BENCHMARK, INGEST, METRIC, MODEL, PROTOCOL, RUN, SCORE, SOURCE
from benchdb.rows.records import ClaimRows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from sqlalchemy import ColumnElement, Connection, Row, Select

    from benchdb.query.filters import Filters, Scope


class Place(NamedTuple):
    """Where a page of claims begins and how long it is."""

    limit: int
    """Claims at most; 0 counts only."""
    offset: int = 0
    """Claims to pass over. Where `after` is given they are those before it, and are not passed over again."""
    after: int | None = None
    """Key of the claim before the page."""
    is_counted: bool = True
    """Whether all claims are counted, for their number and the notes on them."""


def claims_page(
    connection: Connection, filters: Filters, place: Place, *, policy: Policy = Policy.PREFERRED
) -> ClaimRows:
    """Return a page of the claims that `benchdb.query.every_claim.every_claim` returns, with the notes on all of them.

    Grain and order are the same; two pages of a database that does not change have no claim in common.

    Args:
        connection: An open connection.
        filters: What the question is about.
        place: Which page.
        policy: Which claim of each cell is marked as chosen.

    Raises:
        EmptyResultError: If the claim before the page does not exist.
    """
    scope = resolve(connection, filters)
    claims = tuple(_claims(connection, scope, place, policy)) if place.limit else ()
    if not place.is_counted:
        return ClaimRows(claims=claims, n_claims=None, policy=policy.value, notes=(policy_note(policy),))
    n_claims, n_retracted = connection.execute(_counted(scope)).one()
    notes = [
        policy_note(policy),
        *undated_notes(connection, scope),
        *_unit_notes(connection, scope),
        *retracted_notes(n_retracted or 0, n_claims),
    ]
    return ClaimRows(claims=claims, n_claims=n_claims, policy=policy.value, notes=tuple(notes))


def _counted(scope: Scope) -> Select[Any]:
    retracted = case((SCORE.c.score_id.in_(select_retracted(scope.filters.as_of)), 1), else_=0)
    n_retracted = cast(func.sum(retracted), Integer)
    counts: Select[Any] = select(func.count(), n_retracted)  # type: ignore[assignment]  # two numbers
    return _joined(counts).where(*scope.clauses())


def _joined(statement: Select[Any]) -> Select[Any]:
    return (
        statement.join(RUN, RUN.c.run_id == SCORE.c.run_id)
        .join(PROTOCOL, PROTOCOL.c.protocol_id == RUN.c.protocol_id)
        .join(SOURCE, SOURCE.c.source_id == RUN.c.source_id)
        .join(INGEST, INGEST.c.ingest_id == SCORE.c.ingest_id)
    )


def _named(statement: Select[Any]) -> Select[Any]:
    return (
        _joined(statement)
        .join(MODEL, MODEL.c.model_id == RUN.c.model_id)
        .join(BENCHMARK, BENCHMARK.c.benchmark_id == RUN.c.benchmark_id)
        .join(METRIC, METRIC.c.metric_id == SCORE.c.metric_id)
    )


def _unit_notes(connection: Connection, scope: Scope) -> list[str]:
    stated = select_claims(scope).subquery("stated")
    names = ("model_id", "variant", "benchmark_id", "subset", "metric_id")
    n_known = func.count(unit_factor(stated)).label("n_known")
    n_unknown = (func.count() - n_known).label("n_unknown")
    of_unit = select(*(stated.c[name] for name in names), n_known, n_unknown)
    units = of_unit.group_by(*(stated.c[name] for name in names), stated.c.unit).subquery("units")
    n_others = (func.sum(units.c.n_known) - func.max(units.c.n_known)).label("n_others")
    of_cell = select(func.sum(units.c.n_unknown).label("n_unknown"), n_others)
    cells = of_cell.group_by(*(units.c[name] for name in names)).subquery("cells")
    found = connection.execute(select(func.sum(cells.c.n_unknown), func.sum(cells.c.n_others))).one()
    return left_out_notes(n_unconvertible=int(found[0] or 0), n_of_other_units=int(found[1] or 0))


def _claims(connection: Connection, scope: Scope, place: Place, policy: Policy) -> Sequence[Any]:
    rows = _page(connection, scope, place)
    if not rows:
        return ()
    keys = [row.score_id for row in rows]
    of_page = replace(
        scope,
        model_ids=tuple(sorted({row.model_id for row in rows})),
        benchmark_ids=tuple(sorted({row.benchmark_id for row in rows})),
    )
    chosen = {cell.score_id for cell in chosen_cells(connection, of_page, policy)[0]}
    details = select_details(scope.filters.as_of).where(SCORE.c.score_id.in_(keys)).order_by(*order())
    return to_claims(connection, connection.execute(details).all(), chosen)


def _page(connection: Connection, scope: Scope, place: Place) -> Sequence[Row[Any]]:
    """Return the keys of the claims of a page, with their models and benchmarks."""
    wanted = _named(select(SCORE.c.score_id, RUN.c.model_id, RUN.c.benchmark_id).select_from(SCORE))
    wanted = wanted.where(*scope.clauses()).order_by(*order()).limit(place.limit)
    beyond = wanted.offset(place.offset) if place.after is None else wanted.where(_beyond(connection, place.after))
    return connection.execute(beyond).all()


def _beyond(connection: Connection, score_id: int) -> ColumnElement[bool]:
    keys = order()
    last = connection.execute(
        _named(select(*keys).select_from(SCORE)).where(SCORE.c.score_id == score_id)
    ).one_or_none()
    if last is None:
        raise EmptyResultError(f"there is no claim {score_id} after which to go on; begin with the first page")
    values = [literal(value, key.type) for key, value in zip(keys, last, strict=True)]
    return tuple_(*keys) > tuple_(*values)
