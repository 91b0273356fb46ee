"""Where sources disagree: cells whose claims differ by more than their rounding, with the claims side by side.

A printed value stands for half a unit of its last decimal either way, the upper end excluded, so that 72.7 and 72.8 disagree; an
approximate one for a whole unit, or a hundredth of a whole where no decimals are stated. Claims disagree if no number lies within
all of their intervals. One statement finds the cells and what is listed of their claims, a second one fetches everything that is
stated about the claims at either end.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Double, Text, and_, case, cast, column, func, literal, select, type_coerce, values
from sqlalchemy.dialects.postgresql import ARRAY

from benchdb.database.stream import rows_of
from benchdb.query.cells import ONE_RUN
from benchdb.query.chosen import Chosen
from benchdb.query.filters import resolve
from benchdb.query.protocols import FORBIDDING, LISTED, STATED, in_words, match
from benchdb.query.stated import select_claims, unit_factor
from benchdb.query.tables import BENCHMARK, METRIC, MODEL, ORGANIZATION, PROTOCOL, RUN, SCORE, SOURCE
from benchdb.query.uncertainty import tidy, to_cells, weakest
from benchdb.rows.conflicts import EXPLAINED, PROTOCOL_UNKNOWN, UNEXPLAINED, Conflict, ConflictRows
from benchdb.schema.vocab import Evidence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection, Select, Subquery

    from benchdb.query.filters import Filters, Scope
    from benchdb.query.protocols import Match
    from benchdb.rows.leaderboard import Cell

_CELL = ("model_id", "variant", "benchmark_id", "subset", "metric_id", "unit")
_EXTENT = ("stated_unit", "stated_value", "decimals", "is_approximate")
_SAID = ("stated_value", "decimals", "stated_unit", "factor", "is_approximate")
"""What a value is printed from."""
_SETTINGS = (*FORBIDDING, *LISTED)
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
    claims = _read_disagreeing(connection, scope)
    pairs = [claims.ends(cell) for cell in claims.cells]
    full = _in_full(connection, scope, [claims.score_id[place] for pair in pairs for place in pair])
    ends = [
        _chosen(full[claims.score_id[place]], claims, cell)
        for cell, pair in zip(claims.cells, pairs, strict=True)
        for place in pair
    ]
    cells, _notes = (
        to_cells(connection, ends, _LEVEL, as_of=filters.as_of, published_until=filters.published_until)
        if ends
        else ([], [])
    )
    found = [
        _conflict(claims, (cell, pair), (cells[2 * place], cells[2 * place + 1]), full)
        for place, (cell, pair) in enumerate(zip(claims.cells, pairs, strict=True))
    ]
    shown = [each for each in found if min_sigma is None or (each.sigmas is not None and each.sigmas >= min_sigma)]
    shown.sort(key=_order)
    return ConflictRows(conflicts=tuple(shown), notes=tuple(_remarks(found, shown, min_sigma)))


@dataclass(frozen=True, slots=True)
class _Claims:
    """What is listed of the claims of cells that disagree, column by column; cell after cell, the least value of each first."""

    cells: list[slice]
    """Where the claims of each cell stand."""
    score_id: list[int]
    value: list[float]
    """Values in the metric's unit."""
    room: list[float]
    """How far from it the number may be that was printed."""
    is_approximate: list[bool]
    printed: list[str]
    source: list[str]

    def ends(self, cell: slice) -> tuple[int, int]:
        """Return the places of the least and of the greatest value; of several equal ones an exact one."""
        values, first, last = self.value, cell.start, cell.stop - 1
        lowest = takewhile(lambda place: values[place] == values[first], range(first, last + 1))
        highest = takewhile(lambda place: values[place] == values[last], range(last, first - 1, -1))
        return (
            next((place for place in lowest if not self.is_approximate[place]), first),
            next((place for place in highest if not self.is_approximate[place]), last),
        )


def _read_disagreeing(connection: Connection, scope: Scope) -> _Claims:
    """Read the claims of cells that disagree; many claims print the same, and each different text is made once."""
    import numpy as np

    found = rows_of(connection, _select_disagreeing(scope))
    cell = found.column("cell").to_numpy()
    bounds = [0, *(np.flatnonzero(cell[1:] != cell[:-1]) + 1).tolist(), len(cell)] if len(cell) else []
    said = zip(*[found.column(name).to_pylist() for name in _SAID], strict=True)
    texts: dict[tuple[Any, ...], str] = {}
    return _Claims(
        cells=[slice(first, stop) for first, stop in pairwise(bounds)],
        score_id=found.column("score_id").to_pylist(),
        value=found.column("value").to_pylist(),
        room=found.column("room").to_pylist(),
        is_approximate=found.column("is_approximate").to_pylist(),
        printed=[texts.get(key) or texts.setdefault(key, _printed(*key)) for key in said],
        source=found.column("source").to_pylist(),
    )


def _select_disagreeing(scope: Scope) -> Select[Any]:
    """Select the claims of cells that disagree, with no more than is listed of each. Grain: one row per score."""
    cells = _select_cells(_with_extent(select_claims(scope, {*_CELL, *_EXTENT, "score_id"}).subquery("stated")))
    score_id = func.unnest(cells.c.score_ids, type_=BigInteger).label("score_id")
    member = select(cells.c.cell, cells.c.unit, score_id).subquery("member")
    stated = (
        select(
            *member.c, SCORE.c.unit.label("stated_unit"), SCORE.c.value.label("stated_value"),
            SCORE.c.decimals, SCORE.c.is_approximate, func.coalesce(SOURCE.c.title, SOURCE.c.url, literal(_NO_TITLE)).label("source"),
        )
        .select_from(member)
        .join(SCORE, SCORE.c.score_id == member.c.score_id)
        .join(RUN, RUN.c.run_id == SCORE.c.run_id)
        .join(SOURCE, SOURCE.c.source_id == RUN.c.source_id)
        .subquery("listed")
    )  # fmt: skip
    held = _with_extent(stated)
    numbers = [cast(held.c[name], Double).label(name) for name in ("stated_value", "factor", "value", "room")]
    texts = [type_coerce(held.c[name], Text).label(name) for name in ("stated_unit", "source")]
    others = [held.c[name] for name in ("cell", "score_id", "decimals", "is_approximate")]
    return select(*others, *texts, *numbers).order_by(held.c.cell, held.c.value, held.c.score_id)


def _in_full(connection: Connection, scope: Scope, score_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return claims with everything that is stated about them, by score."""
    if not score_ids:
        return {}
    # The keys stand in the statement itself: they are whole numbers of ours, and engines limit the parameters of a statement.
    # They are joined with, because DuckDB reads all columns of every claim before it looks for one in a long list.
    keys = values(column("score_id", BigInteger), name="wanted", literal_binds=True).data(
        [(key,) for key in sorted(set(score_ids))]
    )
    stated = (
        select_claims(scope)
        .add_columns(*[PROTOCOL.c[name].label(f"setting_{name}") for name in _SETTINGS])
        .join(keys, keys.c.score_id == SCORE.c.score_id)
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
    result = connection.execute(statement)
    names = tuple(result.keys())
    rows = [dict(zip(names, row, strict=True)) for row in result]
    return {row["score_id"]: row for row in rows}


def _select_cells(claim: Subquery) -> Subquery:
    """Select the cells whose claims disagree, from keys and numbers alone: few of many, so what is stated is read for them only."""
    cell = [claim.c[name] for name in _CELL]
    least, greatest = func.min(claim.c.value), func.max(claim.c.value)
    margin = _NOISE * case((func.abs(greatest) > 1, func.abs(greatest)), else_=1.0)
    score_ids = func.array_agg(claim.c.score_id, type_=ARRAY(BigInteger))
    return (
        select(
            func.min(claim.c.score_id, type_=BigInteger).label("cell"),
            claim.c.unit,
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


def _chosen(row: Mapping[str, Any], claims: _Claims, cell: slice) -> Chosen:
    of_cell: dict[str, Any] = {
        "protocol": in_words({name: row[f"setting_{name}"] for name in STATED}),
        "least": claims.value[cell.start],
        "greatest": claims.value[cell.stop - 1],
        "n_claims": cell.stop - cell.start,
    }
    return Chosen(**{name: of_cell[name] if name in of_cell else row[name] for name in Chosen._fields})


def _conflict(
    claims: _Claims,
    place: tuple[slice, tuple[int, int]],
    cells: tuple[Cell, Cell],
    full: Mapping[int, Mapping[str, Any]],
) -> Conflict:
    cell, (first, last) = place
    low, high = cells
    settings = [{name: full[claims.score_id[end]][f"setting_{name}"] for name in _SETTINGS} for end in (first, last)]
    difference = tidy(high.value - low.value, 100.0)
    stderr = None if low.stderr is None or high.stderr is None else math.hypot(low.stderr, high.stderr)
    alike = match(*settings)
    is_stated = any(value is not None for stated in settings for value in stated.values())
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
        rounding=tidy(claims.room[first] + claims.room[last], 100.0),
        stderr=stderr,
        sigmas=difference / stderr if stderr else None,
        evidence=(weakest([low.evidence, high.evidence]) if stderr else Evidence.UNKNOWN).value,
        explanation=_explanation(alike, is_stated=is_stated),
        settings=alike.differences,
        settings_unknown=alike.unknown,
        values=tuple(claims.printed[cell]),
        sources=tuple(claims.source[cell]),
        score_ids=tuple(map(str, claims.score_id[cell])),
    )


def _explanation(alike: Match, *, is_stated: bool) -> str:
    if alike.differences:
        return EXPLAINED
    return PROTOCOL_UNKNOWN if alike.unknown or not is_stated else UNEXPLAINED


def _printed(value: float, decimals: int | None, unit: str | None, factor: float, is_approximate: bool) -> str:  # noqa: FBT001 — as the columns `_SAID` stand
    text = f"{value:.6g}" if decimals is None else f"{value:.{decimals}f}"
    return f"{'~' if is_approximate else ''}{text}{f' {unit}' if factor != 1.0 else ''}"


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
