"""Where sources disagree: cells whose claims differ by more than their rounding, with the claims side by side.

A printed value stands for half a unit of its last decimal either way, the upper end excluded, so that 72.7 and 72.8 disagree; an
approximate one for a whole unit, or a hundredth of a whole where no decimals are stated. Claims disagree if no number lies within
all of their intervals. One statement finds the cells and what is listed of their claims, a second one fetches everything that is
stated about the claims at either end.
"""

from __future__ import annotations

import math
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, and_, bindparam, case, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from benchdb.query.cells import ONE_RUN
from benchdb.query.chosen import Chosen
from benchdb.query.filters import resolve
from benchdb.query.protocols import FORBIDDING, LISTED, match
from benchdb.query.stated import select_claims, unit_factor
from benchdb.query.tables import BENCHMARK, METRIC, MODEL, ORGANIZATION, PROTOCOL, RUN, SCORE, SOURCE
from benchdb.query.uncertainty import tidy, to_cells, weakest
from benchdb.rows.conflicts import EXPLAINED, PROTOCOL_UNKNOWN, UNEXPLAINED, Conflict, ConflictRows
from benchdb.schema.vocab import Evidence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import BindParameter, Connection, Row, RowMapping, Select, Subquery

    from benchdb.query.filters import Filters, Scope
    from benchdb.rows.leaderboard import Cell

_CELL = ("model_id", "variant", "benchmark_id", "subset", "metric_id", "unit")
_EXTENT = ("stated_unit", "stated_value", "decimals", "is_approximate")
_OF_CELL = ("n_claims", "least", "greatest")
_NO_TITLE = "a source without a title"
_NOISE = 1e-9
_LEVEL = 0.95
_APPROXIMATE = 0.01


def conflicts(connection: Connection, filters: Filters, *, min_sigma: float | None = None) -> ConflictRows:
    """Return the cells whose claims disagree, those the most standard errors apart first.

    Grain: one row per (model, variant, benchmark, subset, metric). Retracted claims do not count.

    Args:
        connection: An open connection.
        filters: What the question is about.
        min_sigma: Least size of the disagreement in standard errors; cells without a known error are then left out and counted.

    Returns:
        Conflicts and notes. An unknown name is an `UnknownNameError`.
    """
    scope = resolve(connection, filters)
    rows = connection.execute(_select_disagreeing(scope)).all()
    groups = [list(claims) for _key, claims in groupby(rows, key=itemgetter(*range(len(_CELL))))]
    pairs = [_ends(claims) for claims in groups]
    full = _in_full(connection, scope, [row.score_id for pair in pairs for row in pair])
    ends = [_chosen(full[row.score_id], row) for pair in pairs for row in pair]
    cells, _notes = (
        to_cells(connection, ends, _LEVEL, as_of=filters.as_of, published_until=filters.published_until)
        if ends
        else ([], [])
    )
    found = [
        _conflict(claims, pair, (cells[2 * place], cells[2 * place + 1]), full)
        for place, (claims, pair) in enumerate(zip(groups, pairs, strict=True))
    ]
    shown = [each for each in found if min_sigma is None or (each.sigmas is not None and each.sigmas >= min_sigma)]
    shown.sort(key=_order)
    return ConflictRows(conflicts=tuple(shown), notes=tuple(_remarks(found, shown, min_sigma)))


def _select_disagreeing(scope: Scope) -> Select[Any]:
    """Select the claims of cells that disagree, with no more than is listed of each. Grain: one row per score."""
    cells = _select_cells(_with_extent(select_claims(scope, {*_CELL, *_EXTENT, "score_id"}).subquery("stated")))
    names = [name for name in cells.c.keys() if name != "score_ids"]  # noqa: SIM118 - a collection of columns, no mapping
    member = select(*[cells.c[name] for name in names], func.unnest(cells.c.score_ids).label("score_id")).subquery(
        "member"
    )
    stated = (
        select(
            *[member.c[name] for name in (*names, "score_id")], SCORE.c.unit.label("stated_unit"), SCORE.c.value.label("stated_value"),
            SCORE.c.decimals, SCORE.c.is_approximate, func.coalesce(SOURCE.c.title, SOURCE.c.url, literal(_NO_TITLE)).label("source"),
        )
        .select_from(member)
        .join(SCORE, SCORE.c.score_id == member.c.score_id)
        .join(RUN, RUN.c.run_id == SCORE.c.run_id)
        .join(SOURCE, SOURCE.c.source_id == RUN.c.source_id)
        .subquery("listed")
    )  # fmt: skip
    held = _with_extent(stated)
    return select(held).order_by(*[held.c[name] for name in (*_CELL, "value", "score_id")])


def _in_full(connection: Connection, scope: Scope, score_ids: Sequence[int]) -> dict[int, RowMapping]:
    """Return claims with everything that is stated about them, by score."""
    if not score_ids:
        return {}
    # The keys stand in the statement itself: they are whole numbers of ours, and engines limit the parameters of a statement.
    keys: BindParameter[int] = bindparam("keys", sorted(set(score_ids)), expanding=True, literal_execute=True)
    stated = (
        select_claims(scope)
        .add_columns(*[PROTOCOL.c[name].label(f"setting_{name}") for name in (*FORBIDDING, *LISTED)])
        .where(SCORE.c.score_id.in_(keys))
        .subquery("stated")
    )
    claim = _with_extent(stated)
    statement = (
        select(
            claim, literal(0).label("n_unconvertible"), literal(False).label("is_mixed"),  # noqa: FBT003 - a value of the row
            *[value.label(name) for name, value in ONE_RUN.items()],
            MODEL.c.slug.label("model"), MODEL.c.name.label("model_name"), ORGANIZATION.c.name.label("organization"),
            MODEL.c.family, MODEL.c.n_parameters, MODEL.c.n_active_parameters, MODEL.c.parameters_label, MODEL.c.released_on,
            MODEL.c.is_open_weights, BENCHMARK.c.slug.label("benchmark"), BENCHMARK.c.name.label("benchmark_name"), BENCHMARK.c.parent_id,
            BENCHMARK.c.metric_id.label("main_metric_id"), BENCHMARK.c.n_items.label("benchmark_items"),
            METRIC.c.slug.label("metric"), METRIC.c.name.label("metric_name"), METRIC.c.higher_is_better, METRIC.c.is_proportion,
            METRIC.c.lower_bound, METRIC.c.upper_bound,
        )
        .select_from(claim)
        .join(MODEL, MODEL.c.model_id == claim.c.model_id)
        .outerjoin(ORGANIZATION, ORGANIZATION.c.organization_id == MODEL.c.organization_id)
        .join(BENCHMARK, BENCHMARK.c.benchmark_id == claim.c.benchmark_id)
        .join(METRIC, METRIC.c.metric_id == claim.c.metric_id)
    )  # fmt: skip
    return {row["score_id"]: row for row in connection.execute(statement).mappings()}


def _select_cells(claim: Subquery) -> Subquery:
    """Select the cells whose claims disagree, from keys and numbers alone: few of many, so what is stated is read for them only."""
    cell = [claim.c[name] for name in _CELL]
    least, greatest = func.min(claim.c.value), func.max(claim.c.value)
    margin = _NOISE * case((func.abs(greatest) > 1, func.abs(greatest)), else_=1.0)
    score_ids = func.array_agg(claim.c.score_id, type_=ARRAY(BigInteger))
    return (
        select(
            *cell,
            func.count().label("n_claims"),
            least.label("least"),
            greatest.label("greatest"),
            score_ids.label("score_ids"),
        )
        .where(claim.c.value.is_not(None))
        .group_by(*cell)
        .having(
            func.count() > 1,
            greatest - least > margin,
            func.max(claim.c.value - claim.c.room) >= func.min(claim.c.value + claim.c.room) - margin,
        )
        .subquery("cell")
    )


def _with_extent(stated: Subquery) -> Subquery:
    """Return the claims with their value in the metric's unit, and how far from it the number may be that was printed."""
    factor = unit_factor(stated)
    half = case((stated.c.decimals.is_not(None), 0.5 * func.power(10.0, -stated.c.decimals)), else_=0.0)
    whole = case(
        (stated.c.stated_unit == "percent", 100.0),
        (stated.c.stated_unit == "fraction", 1.0),
        else_=func.abs(stated.c.stated_value),
    )
    room = case(
        (and_(stated.c.is_approximate, stated.c.decimals.is_(None)), _APPROXIMATE * whole),
        (stated.c.is_approximate, 2 * half),
        else_=half,
    )  # fmt: skip
    return select(
        stated, factor.label("factor"), (stated.c.stated_value * factor).label("value"), (room * factor).label("room")
    ).subquery("claim")


def _chosen(row: RowMapping, listed: Row[Any]) -> Chosen:
    return Chosen(**{name: getattr(listed, name) if name in _OF_CELL else row[name] for name in Chosen._fields})


def _ends(claims: Sequence[Row[Any]]) -> tuple[Row[Any], Row[Any]]:
    """Return the claims of the least and of the greatest value; of several equal ones an exact one."""
    exact_first = min(claims, key=lambda row: (row.value, row.is_approximate))
    exact_last = max(reversed(claims), key=lambda row: (row.value, not row.is_approximate))
    return exact_first, exact_last


def _conflict(
    claims: Sequence[Row[Any]],
    pair: tuple[Row[Any], Row[Any]],
    cells: tuple[Cell, Cell],
    full: Mapping[int, RowMapping],
) -> Conflict:
    (low, high), (first, last) = cells, (full[row.score_id] for row in pair)
    difference = tidy(high.value - low.value, 100.0)
    stderr = None if low.stderr is None or high.stderr is None else math.hypot(low.stderr, high.stderr)
    alike = match(_settings(first), _settings(last))
    return Conflict(
        model=low.model,
        model_name=low.model_name,
        variant=low.variant,
        benchmark=low.benchmark,
        benchmark_name=low.benchmark_name,
        subset=low.subset,
        metric=low.metric,
        unit=low.unit,
        least=low.value,
        greatest=high.value,
        difference=difference,
        rounding=tidy(pair[0].room + pair[1].room, 100.0),
        stderr=stderr,
        sigmas=difference / stderr if stderr else None,
        evidence=(weakest([low.evidence, high.evidence]) if stderr else Evidence.UNKNOWN).value,
        explanation=_explanation(first, last, alike.differences, alike.unknown),
        settings=alike.differences,
        settings_unknown=alike.unknown,
        values=tuple(_printed(row) for row in claims),
        sources=tuple([row.source for row in claims]),
        score_ids=tuple([str(row.score_id) for row in claims]),
    )


def _settings(row: RowMapping) -> dict[str, Any]:
    return {name: row[f"setting_{name}"] for name in (*FORBIDDING, *LISTED)}


def _explanation(first: RowMapping, last: RowMapping, differences: Sequence[str], unknown: Sequence[str]) -> str:
    if differences:
        return EXPLAINED
    is_stated = any(value is not None for row in (first, last) for value in _settings(row).values())
    return PROTOCOL_UNKNOWN if unknown or not is_stated else UNEXPLAINED


def _printed(row: Row[Any]) -> str:
    decimals = row.decimals
    text = f"{row.stated_value:.6g}" if decimals is None else f"{row.stated_value:.{decimals}f}"
    unit = f" {row.stated_unit}" if row.factor != 1.0 else ""
    return f"{'~' if row.is_approximate else ''}{text}{unit}"


def _order(row: Conflict) -> tuple[float, str, str, str, str, str]:
    apart = math.inf if row.sigmas is None else -row.sigmas
    return (apart, row.model, row.variant or "", row.benchmark, row.subset, row.metric)


def _remarks(found: Sequence[Conflict], shown: Sequence[Conflict], min_sigma: float | None) -> list[str]:
    if not found:
        return ["No two claims for one cell disagree by more than their rounding."]
    told = {
        word: sum(each.explanation == word for each in shown) for word in (EXPLAINED, UNEXPLAINED, PROTOCOL_UNKNOWN)
    }
    notes = [
        f"{len(shown)} cells whose claims differ by more than their rounding: in {told[EXPLAINED]} settings differ that may explain it, "
        f"{told[UNEXPLAINED]} are not explained by any stated setting, in {told[PROTOCOL_UNKNOWN]} too little is stated.",
        "Errors count as independent; on shared items the true error is usually smaller, and the disagreement more standard errors.",
    ]  # fmt: skip
    if min_sigma is not None:
        unknown = sum(each.sigmas is None for each in found)
        notes.append(
            f"{len(found) - len(shown) - unknown} cells are less than {min_sigma:g} standard errors apart; {unknown} have no known error."
        )
    return notes
