"""How far models agree item by item: which items flip between two, and the agreement of all pairs."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Double, and_, bindparam, case, func, literal, select

from benchdb.errors import AmbiguousQueryError, EmptyResultError
from benchdb.query.columns import listed
from benchdb.query.item_runs import item_runs, select_values, solved
from benchdb.query.policies import Policy
from benchdb.query.tables import SAMPLE
from benchdb.rows.items import Agreement, AgreementRows, Flip, FlipRows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row, Select

    from benchdb.query.chosen import Chosen
    from benchdb.query.filters import Filters
    from benchdb.query.item_runs import ItemRuns

_SAME = 1e-12


def agreement(
    connection: Connection, benchmark: str, filters: Filters, *, policy: Policy = Policy.PREFERRED
) -> AgreementRows:
    """Return how far each pair of models agrees on which items of a benchmark they solve.

    Grain: one row per pair of models (and variants) with shared items, in the order asked for, else by name. Items that one of the two
    has no outcome on do not count.

    Args:
        connection: An open connection.
        benchmark: Name of the benchmark.
        filters: What the question is about.
        policy: Which of several claims of a model counts.

    Returns:
        The pairs and notes. An unknown name is an `UnknownNameError`.

    Raises:
        EmptyResultError: If no two models have outcomes on a common item, or the metric is no share of marks.
    """
    runs = _ordered(item_runs(connection, benchmark, filters, policy))
    if not runs.is_share:
        raise EmptyResultError(f"{benchmark}: {runs.rows[0].metric} is no share of marks, so no item is solved by it")
    pairs = _agreements(connection, runs)
    if not pairs:
        raise EmptyResultError(
            f"{listed(runs.labels.values())}: no two models have outcomes on a common item of {benchmark}"
        )
    return AgreementRows(pairs=tuple(pairs), benchmark_name=runs.rows[0].benchmark_name, notes=runs.notes)


def flips(
    connection: Connection,
    models: Sequence[str],
    benchmark: str,
    filters: Filters,
    *,
    most: int | None = None,
    policy: Policy = Policy.PREFERRED,
) -> FlipRows:
    """Return the items on which two models differ, the largest difference first.

    Grain: one row per shared item with different values, ordered by the size of the difference, first above second before second above
    first, then by subset and text id.

    Args:
        connection: An open connection.
        models: Names of the two models.
        benchmark: Name of the benchmark.
        filters: What the question is about; its models are not used.
        most: Items to show at most.
        policy: Which of several claims of a model counts.

    Returns:
        The items, the agreement over all shared ones, and notes. An unknown name is an `UnknownNameError`.

    Raises:
        AmbiguousQueryError: If the names mean other than two runs: one model twice, or a model with several variants.
        EmptyResultError: If a model has no outcomes on the benchmark, or they share no item.
    """
    runs = _ordered(item_runs(connection, benchmark, replace(filters, models=tuple(models)), policy))
    if len(runs.rows) > 2:
        raise AmbiguousQueryError(
            f"expected two runs, found {len(runs.rows)}: {listed(runs.labels.values())}. Choose a variant: --variant NAME"
        )
    if len(set(runs.scope.model_ids)) < 2:
        raise AmbiguousQueryError(f"expected two different models, found {listed(models)}")
    if len(runs.rows) < 2:
        raise EmptyResultError(
            f"only {listed(runs.labels.values())} has outcomes on {benchmark}; two models are needed"
        )
    rows = connection.execute(_select_flips(is_limited=most is not None), _flip_parameters(runs, most)).all()
    place = {row.run_id: number for number, row in enumerate(runs.rows)}
    shared = [_agreement(rows[0], runs, place)[1]] if rows else _agreements(connection, runs)
    if not shared:
        raise EmptyResultError(f"{listed(runs.labels.values())} have outcomes on no common item of {benchmark}")
    n_found = int(rows[0].n_found) if rows else 0
    notes = [*runs.notes, f"{n_found} of {shared[0].n_items} shared items differ."]
    if most is not None and n_found > most:
        notes.append(f"Shown are the {most} with the largest difference.")
    found = [_flip(row, runs.rows[0], is_share=runs.is_share) for row in rows]
    first, second = (runs.names[row.run_id] for row in runs.rows)
    return FlipRows(
        flips=tuple(found),
        model_a=first,
        model_b=second,
        benchmark_name=runs.rows[0].benchmark_name,
        agreement=shared[0] if runs.is_share else None,
        notes=tuple(notes),
    )


def _ordered(runs: ItemRuns) -> ItemRuns:
    asked = {key: place for place, key in enumerate(runs.scope.model_ids)}
    return replace(runs, rows=tuple(sorted(runs.rows, key=lambda row: asked.get(row.model_id, len(asked)))))


def _agreements(connection: Connection, runs: ItemRuns) -> list[Agreement]:
    place = {row.run_id: number for number, row in enumerate(runs.rows)}
    found = [_agreement(row, runs, place) for row in connection.execute(_select_agreements(runs))]
    found.sort(key=lambda pair: pair[0])
    return [pair for _, pair in found]


def _select_agreements(runs: ItemRuns) -> Select[Any]:
    value = runs.select_values().cte("value")
    first, second = value.alias("first"), value.alias("second")
    a, b = solved(first), solved(second)
    shares_item = and_(first.c.sample_number == second.c.sample_number, first.c.run_id < second.c.run_id)
    return (
        select(
            first.c.run_id.label("run_a"),
            second.c.run_id.label("run_b"),
            func.count().label("n_items"),
            func.sum(a).label("n_a"),
            func.sum(b).label("n_b"),
            func.sum(a * b).label("n_both"),
        )
        .join(second, shares_item)
        .group_by(first.c.run_id, second.c.run_id)
    )


def _agreement(row: Row[Any], runs: ItemRuns, place: dict[int, int]) -> tuple[tuple[int, int], Agreement]:
    run_a, run_b, n_a, n_b = row.run_a, row.run_b, int(row.n_a), int(row.n_b)
    if place[run_a] > place[run_b]:
        run_a, run_b, n_a, n_b = run_b, run_a, n_b, n_a
    n_items, n_both = int(row.n_items), int(row.n_both)
    n_neither = n_items - n_a - n_b + n_both
    by_chance = n_a * n_b + (n_items - n_a) * (n_items - n_b)
    beyond = n_items * n_items - by_chance
    labels, names = runs.labels, runs.names
    pair = Agreement(
        model_a=labels[run_a],
        model_b=labels[run_b],
        model_name_a=names[run_a],
        model_name_b=names[run_b],
        benchmark=runs.rows[0].benchmark,
        n_items=n_items,
        n_both=n_both,
        n_only_a=n_a - n_both,
        n_only_b=n_b - n_both,
        n_neither=n_neither,
        agreement=(n_both + n_neither) / n_items,
        kappa=(n_items * (n_both + n_neither) - by_chance) / beyond if beyond else None,
    )
    return (place[run_a], place[run_b]), pair


def _flip_parameters(runs: ItemRuns, most: int | None) -> dict[str, Any]:
    """Return the parameters of `_select_flips`."""
    first, second = runs.rows
    given = {"run_a": first.run_id, "run_b": second.run_id, "metric": first.metric_id, "benchmark": first.benchmark_id}
    return {**given, "runs": [first.run_id, second.run_id], "full": runs.full} | (
        {} if most is None else {"most": most}
    )


@cache
def _select_flips(*, is_limited: bool) -> Select[Any]:
    """Select the items that differ, each beside what all shared items say; the join of the two runs is made once."""
    run_a, run_b = bindparam("run_a", type_=BigInteger), bindparam("run_b", type_=BigInteger)
    runs = bindparam("runs", expanding=True, literal_execute=True, type_=BigInteger)
    value = select_values(runs, bindparam("metric", type_=BigInteger)).cte("value")
    first, second = value.alias("first"), value.alias("second")
    both = (
        select(
            first.c.sample_number, first.c.x.label("x_a"), second.c.x.label("x_b"), solved(first).label("solved_a"),
            solved(second).label("solved_b"),
        )
        .join(second, second.c.sample_number == first.c.sample_number)
        .where(first.c.run_id == run_a, second.c.run_id == run_b)
        .cte("both")
    )  # fmt: skip
    differs = func.abs(both.c.x_a - both.c.x_b) > _SAME
    whole = select(
        func.count().label("n_items"), func.sum(both.c.solved_a).label("n_a"), func.sum(both.c.solved_b).label("n_b"),
        func.sum(both.c.solved_a * both.c.solved_b).label("n_both"), func.sum(case((differs, 1), else_=0)).label("n_found"),
    ).subquery("whole")  # fmt: skip
    full = bindparam("full", type_=Double)
    value_a, value_b = both.c.x_a * full, both.c.x_b * full
    benchmark = bindparam("benchmark", type_=BigInteger)
    of_item = and_(SAMPLE.c.benchmark_id == benchmark, SAMPLE.c.sample_number == both.c.sample_number)
    return (
        select(
            SAMPLE.c.subset, SAMPLE.c.key, SAMPLE.c.dated_on, value_a.label("value_a"), value_b.label("value_b"),
            (both.c.solved_a != both.c.solved_b).label("is_flip"), whole, run_a.label("run_a"), run_b.label("run_b"),
        )
        .select_from(both)
        .join(SAMPLE, of_item)
        .join(whole, literal(value=True))
        .where(differs)
        .order_by(func.abs(value_a - value_b).desc(), (value_a - value_b).desc(), SAMPLE.c.subset, SAMPLE.c.key)
        .limit(bindparam("most", type_=BigInteger) if is_limited else None)
    )  # fmt: skip


def _flip(row: Row[Any], claim: Chosen, *, is_share: bool) -> Flip:
    return Flip(
        benchmark=claim.benchmark,
        subset=row.subset,
        item=row.key,
        dated_on=row.dated_on,
        value_a=row.value_a,
        value_b=row.value_b,
        difference=row.value_a - row.value_b,
        unit=claim.unit,
        is_flip=bool(row.is_flip) if is_share else None,
    )
