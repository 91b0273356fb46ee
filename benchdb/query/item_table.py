"""Items one by one: how hard each is, who solves it, how well it tells good models from poor ones."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import Double, and_, case, cast, func, literal, select

from benchdb.query.columns import listed
from benchdb.query.item_runs import item_runs, solved
from benchdb.query.policies import Policy
from benchdb.query.protocols import protocols_in_words
from benchdb.query.tables import SAMPLE
from benchdb.rows.filling import make_rows
from benchdb.rows.items import Item, ItemRows, ItemValue, ItemValueRows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection, Row, Select

    from benchdb.query.filters import Filters
    from benchdb.query.item_runs import ItemRuns

Show = Literal["all", "one", "none"]
"""Items to show: all, those that one model alone solves, those that none solves."""
LEAST_MODELS = 3
"""Models from which on an item's discrimination is computed: with two it is 1 or -1."""
_NO_SPREAD = 1e-12


def items(
    connection: Connection,
    benchmark: str,
    filters: Filters,
    *,
    show: Show = "all",
    most: int | None = None,
    policy: Policy = Policy.PREFERRED,
) -> ItemRows:
    """Return the items of a benchmark, the hardest first.

    Grain: one row per item, ordered by mean (ascending, or descending where lower is better), subset and text id. A model without
    an outcome on an item does not count for it; it is not counted as wrong.

    Args:
        connection: An open connection.
        benchmark: Name of the benchmark.
        filters: What the question is about.
        show: Items to show.
        most: Items to show at most.
        policy: Which of several claims of a model counts.

    Returns:
        The items and notes. An unknown name is an `UnknownNameError`; no outcomes are an `EmptyResultError`.
    """
    runs = item_runs(connection, benchmark, filters, policy)
    n_items, n_fitting, rows = _read_items(connection, runs, show, most)
    labels = runs.labels
    found = _to_items(rows, runs)
    notes = list(runs.notes)
    if len(found) < n_fitting:
        notes.append(f"Shown are the {len(found)} hardest of {n_fitting} items.")
    if len(labels) < LEAST_MODELS:
        notes.append(f"Discrimination needs outcomes of at least {LEAST_MODELS} models.")
    uneven = sorted({labels[row.run_id] for row in runs.rows if row.n_items is not None and row.n_items > n_items})
    if uneven:
        notes.append(f"The claim counts more items than the database holds: {listed(uneven)}.")
    return ItemRows(
        items=tuple(found),
        benchmark_name=runs.rows[0].benchmark_name,
        metric=runs.rows[0].metric,
        n_items=n_items,
        notes=tuple(notes),
    )


def item_values(
    connection: Connection, benchmark: str, filters: Filters, *, policy: Policy = Policy.PREFERRED
) -> ItemValueRows:
    """Return what every model made of every item, with the places that order both by difficulty.

    Grain: one row per (model, variant, item) with an outcome, ordered by the model's place (best mean over its own items first, ties
    by name) and the item's (hardest first, ties by subset and text id).

    Args:
        connection: An open connection.
        benchmark: Name of the benchmark.
        filters: What the question is about.
        policy: Which of several claims of a model counts.

    Returns:
        The values and notes. An unknown name is an `UnknownNameError`; no outcomes are an `EmptyResultError`.
    """
    runs = item_runs(connection, benchmark, filters, policy)
    rows = connection.execute(_select_item_values(runs)).all()
    by_run = {row.run_id: row for row in runs.rows}
    sign = -1.0 if runs.rows[0].higher_is_better is False else 1.0
    means = {row.run_id: float(row.model_mean) for row in rows}
    order = sorted(means, key=lambda run: (-sign * means[run], by_run[run].model, by_run[run].variant or ""))
    places = {run: place for place, run in enumerate(order, start=1)}
    full, protocols = runs.full, protocols_in_words(connection, runs.rows)
    found = [
        ItemValue(
            model=by_run[row.run_id].model,
            model_name=by_run[row.run_id].model_name,
            variant=by_run[row.run_id].variant,
            benchmark=by_run[row.run_id].benchmark,
            subset=row.subset,
            item=row.key,
            item_place=int(row.item_place),
            model_place=places[row.run_id],
            value=float(row.x) * full,
            unit=by_run[row.run_id].unit,
            n_attempts=int(row.n_attempts),
            source=by_run[row.run_id].source_title or by_run[row.run_id].source_kind,
            protocol=protocols[by_run[row.run_id].fingerprint],
        )
        for row in rows
    ]
    found.sort(key=lambda value: (value.model_place, value.item_place))
    return ItemValueRows(values=tuple(found), benchmark_name=runs.rows[0].benchmark_name, notes=runs.notes)


def _read_items(
    connection: Connection, runs: ItemRuns, show: Show, most: int | None
) -> tuple[int, int, Sequence[Row[Any]]]:
    """Return how many items there are, how many of them are to be shown, and those of these that fit, in order."""
    item = _select_items(runs).subquery("listed")
    hardest = item.c.mean.desc() if runs.rows[0].higher_is_better is False else item.c.mean
    statement = select(item, func.count().over().label("n_fitting"))
    if show != "all":
        statement = statement.where(item.c.n_solved == (1 if show == "one" else 0), literal(runs.is_share))
    rows = connection.execute(statement.order_by(hardest, item.c.subset, item.c.key).limit(most)).all()
    if rows:
        return int(rows[0].n_items), int(rows[0].n_fitting), rows
    return connection.execute(select(func.count()).select_from(item)).scalar_one(), 0, rows


def _select_items(runs: ItemRuns) -> Select[Any]:
    value = runs.select_values().cte("value")
    whole = (
        select(value.c.run_id, func.sum(value.c.x).label("total"), cast(func.count(), Double).label("size"))
        .group_by(value.c.run_id)
        .subquery("whole")
    )
    rest = case((whole.c.size > 1, (whole.c.total - value.c.x) / (whole.c.size - 1)))
    is_solved = solved(value)
    item = (
        select(
            value.c.sample_number,
            func.count().label("n_models"),
            func.avg(value.c.x).label("mean"),
            func.sum(is_solved).label("n_solved"),
            func.max(case((is_solved == 1, value.c.run_id))).label("solver"),
            (func.max(value.c.x) - func.min(value.c.x)).label("spread"),
            (func.max(rest) - func.min(rest)).label("rest_spread"),
            _correlation(value.c.x, rest).label("discrimination"),
        )
        .join(whole, whole.c.run_id == value.c.run_id)
        .group_by(value.c.sample_number)
        .subquery("item")
    )
    facts = (SAMPLE.c.subset, SAMPLE.c.key, SAMPLE.c.dated_on, SAMPLE.c.cluster)
    return select(item, *facts, func.count().over().label("n_items")).join(SAMPLE, _is_item(runs, item.c.sample_number))


def _correlation(x: ColumnElement[float], y: ColumnElement[Any]) -> ColumnElement[float]:
    """Return Pearson's correlation from sums of deviations, NULL where either does not vary.

    The covariance and variances are the engines' own; their quotient is ours, because engines differ in what they make of no spread.
    """
    variance = func.var_pop(x) * func.var_pop(y)
    return case((variance > 0, func.covar_pop(x, y) / func.sqrt(variance)))


def _select_item_values(runs: ItemRuns) -> Select[Any]:
    value = runs.select_values().cte("value")
    item = (
        select(value.c.sample_number, func.avg(value.c.x).label("mean"))
        .group_by(value.c.sample_number)
        .subquery("item")
    )
    model = select(value.c.run_id, func.avg(value.c.x).label("model_mean")).group_by(value.c.run_id).subquery("model")
    hardest = item.c.mean.desc() if runs.rows[0].higher_is_better is False else item.c.mean
    place = func.row_number().over(order_by=[hardest, SAMPLE.c.subset, SAMPLE.c.key])
    placed = (
        select(item.c.sample_number, SAMPLE.c.subset, SAMPLE.c.key, place.label("item_place"))
        .join(SAMPLE, _is_item(runs, item.c.sample_number))
        .subquery("placed")
    )
    return (
        select(value, model.c.model_mean, placed.c.subset, placed.c.key, placed.c.item_place)
        .join(model, model.c.run_id == value.c.run_id)
        .join(placed, placed.c.sample_number == value.c.sample_number)
    )


def _is_item(runs: ItemRuns, number: ColumnElement[int]) -> ColumnElement[bool]:
    return and_(SAMPLE.c.benchmark_id == runs.rows[0].benchmark_id, SAMPLE.c.sample_number == number)


def _to_items(rows: Sequence[Row[Any]], runs: ItemRuns) -> list[Item]:
    if not rows:
        return []
    claim, labels, full, is_share = runs.rows[0], runs.labels, runs.full, runs.is_share
    column = dict(zip(rows[0]._fields, zip(*rows, strict=True), strict=True))
    solvers = zip(column["n_solved"], column["solver"], strict=True)
    spreads = zip(column["n_models"], column["spread"], column["rest_spread"], column["discrimination"], strict=True)
    return make_rows(
        Item,
        len(rows),
        {
            "benchmark": repeat(claim.benchmark),
            "subset": column["subset"],
            "item": column["key"],
            "dated_on": column["dated_on"],
            "cluster": column["cluster"],
            "n_models": column["n_models"],
            "mean": [mean * full for mean in column["mean"]],
            "unit": repeat(claim.unit),
            "n_solved": column["n_solved"] if is_share else repeat(None),
            "solved_by": [labels[solver] if is_share and n == 1 else None for n, solver in solvers],
            "discrimination": [_discrimination(*found) for found in spreads],
        },
    )


def _discrimination(n_models: int, spread: float, rest_spread: float | None, found: float | None) -> float | None:
    if found is None or n_models < LEAST_MODELS or min(spread, rest_spread or 0.0) <= _NO_SPREAD:
        return None
    return max(-1.0, min(1.0, found))
