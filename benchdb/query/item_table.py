"""Items one by one: how hard each is, who solves it, how well it tells good models from poor ones."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import Double, Integer, and_, case, cast, func, literal, select

from benchdb.database.stream import rows_of
from benchdb.query.columns import listed
from benchdb.query.item_runs import item_runs, solved
from benchdb.query.policies import Policy
from benchdb.query.tables import SAMPLE
from benchdb.rows.filling import make_rows
from benchdb.rows.items import Item, ItemRows, ItemValue, ItemValueRows

if TYPE_CHECKING:
    from datetime import date

    import pyarrow as pa
    from sqlalchemy import ColumnElement, Connection, Select

    from benchdb.query.filters import Filters
    from benchdb.query.item_runs import ItemRuns

Show = Literal["all", "one", "none"]
"""Items to show: all, those that one model alone solves, those that none solves."""
LEAST_MODELS = 3
"""Models from which on an item's discrimination is computed: with two it is 1 or -1."""
_NO_SPREAD = 1e-12
"""Standard deviation up to which numbers are the same, but for their last digits."""


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
    n_items, n_fitting, table = _read_items(connection, runs, show, most)
    labels = runs.labels
    found = _to_items(table, runs)
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
    full = runs.full
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
            protocol=by_run[row.run_id].protocol,
        )
        for row in rows
    ]
    found.sort(key=lambda value: (value.model_place, value.item_place))
    return ItemValueRows(values=tuple(found), benchmark_name=runs.rows[0].benchmark_name, notes=runs.notes)


def _read_items(connection: Connection, runs: ItemRuns, show: Show, most: int | None) -> tuple[int, int, pa.Table]:
    """Return how many items there are, how many of them are to be shown, and those of these that fit, in order."""
    item = _select_items(runs).subquery("listed")
    hardest = item.c.mean.desc() if runs.rows[0].higher_is_better is False else item.c.mean
    in_order = (hardest, item.c.subset, item.c.key)
    if show == "all" and most is None:
        every = rows_of(connection, select(item).order_by(*in_order))
        return every.num_rows, every.num_rows, every
    counted = select(item, func.count().over().label("n_items")).subquery("counted")
    statement = select(counted, func.count().over().label("n_fitting"))
    if show != "all":
        statement = statement.where(counted.c.n_solved == (1 if show == "one" else 0), literal(runs.is_share))
    hardest = counted.c.mean.desc() if runs.rows[0].higher_is_better is False else counted.c.mean
    found = rows_of(connection, statement.order_by(hardest, counted.c.subset, counted.c.key).limit(most))
    if found.num_rows:
        return found.column("n_items")[0].as_py(), found.column("n_fitting")[0].as_py(), found
    return connection.execute(select(func.count()).select_from(item)).scalar_one(), 0, found


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
            func.avg(value.c.x, type_=Double).label("mean"),
            cast(func.sum(is_solved), Integer).label("n_solved"),
            func.max(case((is_solved == 1, value.c.run_id))).label("solver"),
            func.var_pop(value.c.x, type_=Double).label("variance"),
            func.var_pop(rest, type_=Double).label("rest_variance"),
            func.covar_pop(value.c.x, rest, type_=Double).label("covariance"),
        )
        .join(whole, whole.c.run_id == value.c.run_id)
        .group_by(value.c.sample_number)
        .subquery("item")
    )
    facts = (SAMPLE.c.subset, SAMPLE.c.key, SAMPLE.c.dated_on, SAMPLE.c.cluster)
    return select(item, *facts).join(SAMPLE, _is_item(runs, item.c.sample_number))


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


def _to_items(found: pa.Table, runs: ItemRuns) -> list[Item]:
    claim, labels, full, is_share = runs.rows[0], runs.labels, runs.full, runs.is_share
    n_solved = found.column("n_solved").to_pylist()
    return make_rows(
        Item,
        found.num_rows,
        {
            "benchmark": repeat(claim.benchmark),
            "subset": found.column("subset").to_pylist(),
            "item": found.column("key").to_pylist(),
            "dated_on": _days(found.column("dated_on")),
            "cluster": found.column("cluster").to_pylist(),
            "n_models": found.column("n_models").to_pylist(),
            "mean": (found.column("mean").to_numpy() * full).tolist(),
            "unit": repeat(claim.unit),
            "n_solved": n_solved if is_share else repeat(None),
            "solved_by": [
                labels[solver] if is_share and n == 1 else None
                for n, solver in zip(n_solved, found.column("solver").to_pylist(), strict=True)
            ],
            "discrimination": _discrimination(found),
        },
    )


def _days(column: pa.ChunkedArray) -> list[date | None]:
    """Return days as Python has them; each different one is made once."""
    coded = column.combine_chunks().dictionary_encode()
    days = [*coded.dictionary.to_pylist(), None]
    return [days[code] for code in coded.indices.fill_null(len(days) - 1).to_pylist()]


def _discrimination(found: pa.Table) -> list[float | None]:
    """Return Pearson's correlation of an item with the rest of the items; None where either does not vary, or of few models.

    Covariance and variances are the engines' own; their quotient is ours, because engines differ in what they make of no spread.
    """
    import numpy as np

    names = ("n_models", "variance", "rest_variance", "covariance")
    n_models, variance, rest_variance, covariance = (
        found.column(name).to_numpy().astype(float, copy=False) for name in names
    )
    varies = (n_models >= LEAST_MODELS) & (np.minimum(variance, rest_variance) > _NO_SPREAD**2)
    with np.errstate(divide="ignore", invalid="ignore"):
        correlation = np.clip(covariance / np.sqrt(variance * rest_variance), -1.0, 1.0)
    return [each if known else None for each, known in zip(correlation.tolist(), varies.tolist(), strict=True)]
