"""What a benchmark can show between two models: the smallest difference it finds, and what a wanted one would take.

Planning numbers of a two-sided normal test (Miller 2024, arXiv:2411.00640, on power analysis): a difference of
(z at 1 - alpha/2 + z at the power) standard errors is found with that power.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from benchdb.errors import AmbiguousQueryError, EmptyResultError, StatisticsInputError
from benchdb.query.claims import chosen_cells, policy_notes
from benchdb.query.columns import arrange
from benchdb.query.compare_entrants import model_keys, typed_models, wanted_entrants
from benchdb.query.compare_pairs import pair_stats
from benchdb.query.filters import resolve
from benchdb.query.policies import Policy
from benchdb.query.power_evidence import SIMILAR, runs_to_pair, spread
from benchdb.query.uncertainty import to_cells
from benchdb.rows.power import PowerRow, PowerRows
from benchdb.schema.vocab import ScoreUnit
from benchdb.stats.inputs import DEFAULT_LEVEL, level_problem, positive_problem
from benchdb.stats.power import (
    minimum_detectable_difference,
    n_items_needed,
    power_to_detect,
    samples_per_item_needed,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from benchdb.query.chosen import Chosen
    from benchdb.query.compare_entrants import EntrantKey
    from benchdb.query.filters import Filters
    from benchdb.query.power_evidence import Claim, Spread
    from benchdb.rows.leaderboard import BenchmarkColumn


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be found, and how surely."""

    models: tuple[str, ...] = ()
    """The two models in question; none means any two."""
    difference: float | None = None
    """Wanted difference, in points of percent, or in the metric's unit where that is another one."""
    power: float = 0.8
    """Wanted chance to find it."""
    level: float = DEFAULT_LEVEL
    """One minus the significance level."""


def power(
    connection: Connection, filters: Filters, *, policy: Policy = Policy.PREFERRED, plan: Plan | None = None
) -> PowerRows:
    """Return what benchmarks can show between two models.

    Grain: one row per benchmark (and subset) asked for, in their order.

    Args:
        connection: An open connection.
        filters: What the question is about; its benchmarks are those in question, its models are not used.
        policy: Which of several claims a cell shows.
        plan: What is to be found; None is 80 % power at 95 %, for any two models.

    Raises:
        AmbiguousQueryError: If other than two models are named, or a name leaves open which variant is meant.
        EmptyResultError: If no score fits, or the two models share none of the benchmarks.
        StatisticsInputError: If level, power or difference are out of range.
    """
    plan = plan or Plan()
    if problem := _plan_problem(plan):
        raise StatisticsInputError(problem)
    typed = typed_models(connection, plan.models)
    model_ids = model_keys(connection, typed)
    scope = resolve(connection, replace(filters, models=()))
    chosen, notes = chosen_cells(connection, scope, policy)
    named = wanted_entrants(typed, model_ids, [row for row in chosen if row.model_id in model_ids]) if model_ids else []
    table = arrange(connection, chosen, scope)
    if not table.rows:
        raise EmptyResultError("no score fits these filters; benchdb coverage shows what there is")
    cells, item_notes = to_cells(
        connection, table.rows, plan.level, as_of=filters.as_of, published_until=filters.published_until
    )
    claims = sorted(zip(table.rows, cells, strict=True), key=_place)
    by_column = {key: list(group) for key, group in groupby(claims, key=_place)}
    rows = []
    for column in table.columns:
        mine = by_column[column.slug, column.subset]
        pair = _pair(mine, named)
        if named and pair is None:
            notes.append(f"{' and '.join(plan.models)} do not both have a score on {column.label}; it is left out.")
            continue
        rows.append(_row(column, _spread(connection, mine, pair), pair, plan))
    if not rows:
        raise EmptyResultError(f"{' and '.join(plan.models)} have none of these benchmarks in common")
    return PowerRows(
        rows=tuple(rows), notes=(*policy_notes(table.rows, policy), *table.notes, *notes, *item_notes, *_notes(rows))
    )


def _plan_problem(plan: Plan) -> str | None:
    problem = level_problem(plan.level) or level_problem(plan.power, "power")
    if problem is None and plan.power <= 1 - plan.level:
        problem = f"power: expected more than one minus the level, {1 - plan.level:g}, found {plan.power:g}"
    if problem is None and plan.difference is not None:
        problem = positive_problem(plan.difference, "difference")
    if problem is None and len(plan.models) not in {0, 2}:
        raise AmbiguousQueryError(f"expected two models or none, found: {', '.join(plan.models)}")
    return problem


def _place(claim: Claim) -> tuple[str, str]:
    return claim[1].benchmark, claim[1].subset


def _pair(claims: Sequence[Claim], named: Sequence[EntrantKey]) -> tuple[Claim, Claim] | None:
    found: dict[EntrantKey, Claim] = {(row.model_id, row.variant): (row, cell) for row, cell in claims}
    if len(named) != 2 or any(key not in found for key in named):
        return None
    return found[named[0]], found[named[1]]


def _spread(connection: Connection, claims: Sequence[Claim], pair: tuple[Claim, Claim] | None) -> Spread:
    rows: list[Chosen] = [row for row, _ in runs_to_pair(claims, pair)]
    stats = pair_stats(connection, {row.run_id for row in rows}, {row.benchmark_id for row in rows})
    metric_id = claims[0][0].metric_id
    return spread(claims, pair, {key: found for key, found in stats.items() if key[2] == metric_id})


def _row(column: BenchmarkColumn, found: Spread, pair: tuple[Claim, Claim] | None, plan: Plan) -> PowerRow:
    cells = [cell for _, cell in pair or ()]
    wanted = plan.difference
    if wanted is not None and column.unit == ScoreUnit.FRACTION:
        wanted /= 100
    if wanted is None and cells:
        # Without the last-digit noise of a difference of decimals.
        wanted = float(f"{abs(cells[0].value - cells[1].value):.12g}") or None
    attempts = [cell.samples_per_item for cell in cells if cell.samples_per_item is not None]
    bare = PowerRow(
        benchmark=column.label,
        benchmark_name=column.name,
        metric=column.metric,
        unit=column.unit,
        model_a=_label(cells[0].model, cells[0].variant) if cells else None,
        model_b=_label(cells[1].model, cells[1].variant) if cells else None,
        value_a=cells[0].value if cells else None,
        value_b=cells[1].value if cells else None,
        n_items=found.n_items,
        samples_per_item=max(attempts, default=None),
        variance=found.variance,
        data_variance=found.data_variance,
        prediction_variance=found.prediction_variance,
        stderr=None,
        evidence=found.evidence,
        method=found.method,
        n_pairs=found.n_pairs,
        level=plan.level,
        power=plan.power,
        detectable_difference=None,
        difference=wanted,
        power_at_difference=None,
        is_detectable=None,
        n_items_needed=None,
        samples_per_item_needed=None,
    )
    return _planned(bare)


def _label(model: str, variant: str | None) -> str:
    return f"{model}[{variant}]" if variant else model


def _planned(row: PowerRow) -> PowerRow:
    variance, n_items = row.variance, row.n_items
    if not variance or not n_items:
        return row
    alpha = 1 - row.level
    stderr = (variance / n_items) ** 0.5
    detectable = minimum_detectable_difference(stderr, alpha=alpha, power=row.power)
    row = replace(row, stderr=stderr, detectable_difference=detectable)
    if row.difference is None:
        return row
    attempts = None
    if row.data_variance is not None and row.prediction_variance is not None:
        attempts = samples_per_item_needed(
            row.difference, n_items, row.data_variance, row.prediction_variance, alpha=alpha, power=row.power
        )
    return replace(
        row,
        power_at_difference=power_to_detect(row.difference, stderr, alpha=alpha),
        is_detectable=row.difference >= detectable,
        n_items_needed=n_items_needed(row.difference, variance, alpha=alpha, power=row.power),
        samples_per_item_needed=attempts,
    )


def _notes(rows: Sequence[PowerRow]) -> list[str]:
    notes = ["Planning numbers of a two-sided normal test, for one comparison; none of them is a verdict."]
    if any(row.evidence == SIMILAR for row in rows):
        notes.append("Similar pairs: stored models whose means differ by at most ten points, else all stored pairs.")
    if any("independent" in row.method for row in rows):
        notes.append(
            "Without shared items the models count as independent, so a paired test may find less than is said here."
        )
    if any(row.variance is not None and row.data_variance is None for row in rows):
        notes.append("Attempts needed are known only where outcomes with several attempts an item are stored.")
    return notes
