"""Claims and cells: every score that counts, in its metric's unit, and the one of each cell that a policy chooses.

A claim counts unless its latest correction retracts it or its import was undone. Values are converted between fractions
and percent only; a claim in any other unit than its metric's is left out and counted. `number` and the window columns are
computed after all filters, so a question about four models reads the runs of four models.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Date, Double, Integer, Text, and_, case, cast, func, literal, null, or_, select

from benchdb.query.filters import published_on
from benchdb.query.policies import DESCRIPTIONS, Policy, ordering
from benchdb.query.tables import (
    BENCHMARK,
    CORRECTION,
    INGEST,
    METRIC,
    MODEL,
    ORGANIZATION,
    PROTOCOL,
    RUN,
    SCORE,
    SOURCE,
)
from benchdb.schema.vocab import CorrectionAction, ScoreUnit, SourceKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Connection, Select, Subquery

    from benchdb.query.filters import Scope

_FRACTION = ScoreUnit.FRACTION.value
_PERCENT = ScoreUnit.PERCENT.value
_MOST_KEYS = 500


class Chosen(NamedTuple):
    """A cell's chosen claim with what its uncertainty may rest on.

    Stated numbers are as written: `factor` turns them into `unit`. `value`, `least` and `greatest` are in `unit` already,
    with the last-digit noise of the multiplication.
    """

    model_id: int
    benchmark_id: int
    metric_id: int
    run_id: int
    score_id: int
    variant: str | None
    subset: str
    fingerprint: int
    unit: str | None
    factor: float | None
    value: float | None
    decimals: int | None
    is_approximate: bool
    stated_stderr: float | None
    stderr_method: str | None
    stated_lower: float | None
    stated_upper: float | None
    stated_level: float | None
    n_items: int | None
    samples_per_item: int | None
    is_part: bool
    source_kind: str
    source_title: str | None
    is_first_party: bool | None
    stated_on: date | None
    n_claims: int
    n_unconvertible: int
    least: float | None
    greatest: float | None
    is_mixed: bool
    n_runs: int
    run_ids: str | None
    runs_mean: float | None
    runs_spread: float | None
    runs_decimals: int | None
    model: str
    model_name: str
    organization: str | None
    family: str | None
    n_parameters: int | None
    n_active_parameters: int | None
    parameters_label: str | None
    released_on: date | None
    is_open_weights: bool | None
    benchmark: str
    benchmark_name: str
    parent_id: int | None
    main_metric_id: int | None
    benchmark_items: int | None
    metric: str
    metric_name: str
    higher_is_better: bool | None
    is_proportion: bool | None
    lower_bound: float | None
    upper_bound: float | None


ONE_RUN: dict[str, ColumnElement[Any]] = {
    "n_runs": literal(1),
    "run_ids": cast(null(), Text),
    "runs_mean": cast(null(), Double),
    "runs_spread": cast(null(), Double),
    "runs_decimals": cast(null(), Integer),
}
"""What the columns of repeated runs hold where a claim stands for itself."""
_FROM_CLAIM = Chosen._fields[: Chosen._fields.index("model")]


def select_retracted(as_of: datetime | None) -> Select[Any]:
    """Return the keys of scores whose latest correction retracts them; of two at one moment the retraction holds.

    Args:
        as_of: Only corrections decided by then count; None is now.
    """
    retracted_at, restored_at = (
        func.max(case((CORRECTION.c.action == action.value, CORRECTION.c.decided_at)))
        for action in (CorrectionAction.RETRACT, CorrectionAction.RESTORE)
    )
    statement = select(CORRECTION.c.target_id).where(CORRECTION.c.target_table == SCORE.name)
    if as_of is not None:
        statement = statement.where(CORRECTION.c.decided_at <= as_of)
    return statement.group_by(CORRECTION.c.target_id).having(
        or_(retracted_at >= restored_at, and_(retracted_at.is_not(None), restored_at.is_(None)))
    )


def stated_on() -> ColumnElement[date]:
    """Return the day a run took place, else the day its source was published; days are those of UTC."""
    return func.coalesce(cast(RUN.c.ran_at, Date), SOURCE.c.published_on)


def select_claims(scope: Scope) -> Select[Any]:
    """Return every claim in scope that counts. Grain: one row per score.

    Args:
        scope: What the question is about.
    """
    unit = case(
        (METRIC.c.unit.is_not(None), METRIC.c.unit),
        (SCORE.c.unit == _FRACTION, _PERCENT),
        else_=SCORE.c.unit,
    )
    limits = (PROTOCOL.c.item_limit, PROTOCOL.c.window_start_on, PROTOCOL.c.window_end_on)
    return (
        select(
            RUN.c.model_id, RUN.c.benchmark_id, SCORE.c.metric_id, SCORE.c.run_id, SCORE.c.score_id, PROTOCOL.c.variant,
            RUN.c.subset, PROTOCOL.c.fingerprint, unit.label("unit"), SCORE.c.unit.label("stated_unit"),
            SCORE.c.value.label("stated_value"), SCORE.c.decimals, SCORE.c.is_approximate,
            SCORE.c.stderr.label("stated_stderr"), SCORE.c.stderr_method, SCORE.c.interval_lower.label("stated_lower"),
            SCORE.c.interval_upper.label("stated_upper"), SCORE.c.interval_level.label("stated_level"), SCORE.c.n_items,
            func.coalesce(SCORE.c.samples_per_item, PROTOCOL.c.samples_per_item).label("samples_per_item"),
            or_(RUN.c.subset != "", *(limit.is_not(None) for limit in limits)).label("is_part"),
            RUN.c.is_first_party, RUN.c.ran_at, SOURCE.c.kind.label("source_kind"), SOURCE.c.title.label("source_title"),
            stated_on().label("stated_on"), INGEST.c.ingested_at, SOURCE.c.source_id, SOURCE.c.harness,
        )
        .select_from(SCORE)
        .join(RUN, RUN.c.run_id == SCORE.c.run_id)
        .join(PROTOCOL, PROTOCOL.c.protocol_id == RUN.c.protocol_id)
        .join(SOURCE, SOURCE.c.source_id == RUN.c.source_id)
        .join(METRIC, METRIC.c.metric_id == SCORE.c.metric_id)
        .join(INGEST, INGEST.c.ingest_id == SCORE.c.ingest_id)
        .where(*scope.clauses(), SCORE.c.score_id.not_in(select_retracted(scope.filters.as_of)))
    )  # fmt: skip


def unit_factor(stated: Subquery) -> ColumnElement[float]:
    """Return what a claim's stated numbers are multiplied by to be in its metric's unit; NULL where nothing converts them.

    Args:
        stated: Claims with `unit` and `stated_unit`.
    """
    return case(
        (stated.c.unit.is_not_distinct_from(stated.c.stated_unit), 1.0),
        (and_(stated.c.stated_unit == _FRACTION, stated.c.unit == _PERCENT), 100.0),
        (and_(stated.c.stated_unit == _PERCENT, stated.c.unit == _FRACTION), 0.01),
    )


def select_cells(scope: Scope, policy: Policy, *, every: bool = False) -> Select[Any]:
    """Return each cell's chosen claim. Grain: one row per (model, variant, benchmark, subset, metric), order undefined.

    The columns are the fields of `Chosen` up to those of the catalogue.

    Args:
        scope: What the question is about.
        policy: Which claim is chosen.
        every: Return every claim of the cells, not the chosen one alone: one row per score.
    """
    stated = select_claims(scope).subquery("stated")
    factor = unit_factor(stated)
    claim = select(stated, factor.label("factor"), (stated.c.stated_value * factor).label("value")).subquery("claim")
    cell = [claim.c[name] for name in ("model_id", "variant", "benchmark_id", "subset", "metric_id", "unit")]
    if policy is Policy.MEAN_OF_RUNS:
        claim = _with_runs(claim, [column.name for column in cell])
        cell = [claim.c[column.name] for column in cell]
    fingerprint = claim.c.fingerprint
    ranked = select(
        claim,
        func.row_number().over(partition_by=cell, order_by=ordering(policy, claim)).label("number"),
        func.count(claim.c.value).over(partition_by=cell).label("n_claims"),
        func.count().over(partition_by=cell).label("n_all"),
        func.min(claim.c.value).over(partition_by=cell).label("least"),
        func.max(claim.c.value).over(partition_by=cell).label("greatest"),
        func.min(fingerprint).over(partition_by=cell).label("first_fingerprint"),
        func.max(fingerprint).over(partition_by=cell).label("last_fingerprint"),
    ).subquery("ranked")
    is_chosen = ranked.c.number == 1
    if policy is Policy.MEDIAN:
        middle = 2 * ranked.c.number - ranked.c.n_claims
        is_chosen = or_(middle.between(0, 1), and_(ranked.c.n_claims == 0, is_chosen))
    computed: dict[str, ColumnElement[Any]] = {
        "n_unconvertible": ranked.c.n_all - ranked.c.n_claims,
        "is_mixed": ranked.c.first_fingerprint != ranked.c.last_fingerprint,
    }
    if policy is not Policy.MEAN_OF_RUNS:
        computed |= ONE_RUN
    columns = [computed[name].label(name) if name in computed else ranked.c[name] for name in _FROM_CLAIM]
    return select(*columns) if every else select(*columns).where(is_chosen)


def _with_runs(claim: Subquery, cell: Sequence[str]) -> Subquery:
    """Add to each claim the mean over the runs of its series: one claim a run, in one cell, fingerprint and kind of source."""
    of_run = func.row_number().over(
        partition_by=[*(claim.c[name] for name in cell), claim.c.run_id], order_by=ordering(Policy.PREFERRED, claim)
    )
    is_log = claim.c.source_kind == SourceKind.HARNESS_LOG.value
    numbered = select(
        claim,
        of_run.label("of_run"),
        case((is_log, func.coalesce(claim.c.harness, ""))).label("harness_of_log"),
        case((~is_log, claim.c.source_id)).label("one_source"),
    ).subquery("numbered")
    counts = and_(numbered.c.of_run == 1, numbered.c.value.is_not(None))
    names = (*cell, "fingerprint", "harness_of_log", "one_source")
    series = [numbered.c[name] for name in names]
    shift = case((numbered.c.factor == 100.0, -2), (numbered.c.factor == 0.01, 2), else_=0)
    run_id = cast(numbered.c.run_id, Text)
    return select(
        numbered,
        func.count(case((counts, 1))).over(partition_by=series).label("n_runs"),
        func.aggregate_strings(case((counts, run_id)), ",").over(partition_by=series).label("run_ids"),
        func.avg(case((counts, numbered.c.value))).over(partition_by=series).label("runs_mean"),
        func.stddev_samp(case((counts, numbered.c.value))).over(partition_by=series).label("runs_spread"),
        func.min(case((counts, numbered.c.decimals + shift))).over(partition_by=series).label("runs_decimals"),
    ).subquery("repeated")


def _with_catalogue(connection: Connection, rows: Sequence[Sequence[Any]]) -> list[Chosen]:
    """Return the rows of `select_cells` with the facts of their models, benchmarks and metrics."""
    models = _facts(
        connection,
        select(
            MODEL.c.model_id, MODEL.c.slug, MODEL.c.name, ORGANIZATION.c.name, MODEL.c.family, MODEL.c.n_parameters,
            MODEL.c.n_active_parameters, MODEL.c.parameters_label, MODEL.c.released_on, MODEL.c.is_open_weights,
        ).outerjoin(ORGANIZATION, ORGANIZATION.c.organization_id == MODEL.c.organization_id),
        MODEL.c.model_id, {row[0] for row in rows},
    )  # fmt: skip
    benchmark = BENCHMARK.c
    benchmarks = _facts(
        connection,
        select(
            benchmark.benchmark_id, benchmark.slug, benchmark.name, benchmark.parent_id, benchmark.metric_id, benchmark.n_items
        ),
        benchmark.benchmark_id, {row[1] for row in rows},
    )  # fmt: skip
    metric = METRIC.c
    metrics = _facts(
        connection,
        select(
            metric.metric_id, metric.slug, metric.name, metric.higher_is_better, metric.is_proportion, metric.lower_bound,
            metric.upper_bound,
        ),
        metric.metric_id, {row[2] for row in rows},
    )  # fmt: skip
    return [Chosen._make((*row, *models[row[0]], *benchmarks[row[1]], *metrics[row[2]])) for row in rows]


def _facts(
    connection: Connection, statement: Select[Any], key: ColumnElement[int], keys: set[int]
) -> dict[int, tuple[Any, ...]]:
    if len(keys) <= _MOST_KEYS:
        statement = statement.where(key.in_(sorted(keys)))
    return {row[0]: tuple(row[1:]) for row in connection.execute(statement)}


def chosen_cells(connection: Connection, scope: Scope, policy: Policy) -> tuple[list[Chosen], list[str]]:
    """Return the chosen claims and notes on what was left out; ordered by model, variant, benchmark, subset, metric.

    A metric without a unit of its own may have claims in several; each cell then keeps the unit with most claims.

    Args:
        connection: An open connection.
        scope: What the question is about.
        policy: Which claim is chosen.
    """
    rows = _with_catalogue(connection, connection.execute(select_cells(scope, policy)).all())
    notes = undated_notes(connection, scope)
    notes += left_out_notes(n_unconvertible=sum(row.n_unconvertible for row in rows))
    rows = [row for row in rows if row.value is not None]
    best = {cell_key(row): row for row in rows}
    if len(best) == len(rows):
        return [best[key] for key in sorted(best)], notes
    best = {}
    for row in sorted(rows, key=lambda row: (-row.n_claims, row.unit or "")):
        best.setdefault(cell_key(row), row)
    n_dropped = sum(row.n_claims for row in rows) - sum(row.n_claims for row in best.values())
    notes += left_out_notes(n_of_other_units=n_dropped)
    return [best[key] for key in sorted(best)], notes


def left_out_notes(*, n_unconvertible: int = 0, n_of_other_units: int = 0) -> list[str]:
    """Return how many claims count for nothing because of their unit, if any do.

    Args:
        n_unconvertible: Claims whose unit is not their metric's and does not convert to it.
        n_of_other_units: Claims of metrics without a unit whose cell shows another unit.
    """
    notes = []
    if n_unconvertible:
        notes.append(
            f"{_claims(n_unconvertible)} left out: the unit is not that of the metric, and only percent and fraction convert."
        )
    if n_of_other_units:
        notes.append(
            f"{_claims(n_of_other_units)} left out: the metric has no unit of its own and its claims use several."
        )
    return notes


def undated_notes(connection: Connection, scope: Scope) -> list[str]:
    """Return how many claims a question about publication leaves out because they have no date at all.

    Args:
        connection: An open connection.
        scope: What the question is about.
    """
    if scope.filters.published_until is None:
        return []
    every = replace(scope, filters=replace(scope.filters, published_until=None))
    undated = select_claims(every).where(published_on().is_(None)).subquery("undated")
    count = connection.execute(select(func.count()).select_from(undated)).scalar_one()
    return [f"{_claims(count)} left out: neither a day of publication nor of the run is known."] if count else []


def every_claim(connection: Connection, scope: Scope) -> list[Chosen]:
    """Return every claim in scope whose value converts to its metric's unit, by key.

    Args:
        connection: An open connection.
        scope: What the question is about.
    """
    statement = select_cells(scope, Policy.PREFERRED, every=True)
    rows = _with_catalogue(connection, connection.execute(statement).all())
    return sorted((row for row in rows if row.value is not None), key=lambda row: row.score_id)


def cell_key(row: Chosen) -> tuple[str, str, str, str, str]:
    """Return what identifies a cell, for sorting and grouping; a plain model sorts before its variants.

    Args:
        row: A chosen claim.
    """
    return (row.model, row.variant or "", row.benchmark, row.subset, row.metric)


def policy_notes(rows: Sequence[Chosen], policy: Policy) -> list[str]:
    """Return what a reader must know about the choice of claims: the policy, rivals, mixed protocols, approximate values.

    Args:
        rows: The cells shown.
        policy: Which claim was chosen.
    """
    notes = [f"Policy {policy}: {DESCRIPTIONS[policy]}."]
    rivals = sum(row.n_claims > 1 for row in rows)
    if rivals:
        notes.append(
            f"{rivals} of {len(rows)} cells have several claims; benchdb history MODEL BENCHMARK shows them all."
        )
    if mixed := sum(row.is_mixed for row in rows):
        notes.append(f"In {mixed} of them the claims were made under different protocols.")
    if approximate := sum(row.is_approximate for row in rows):
        notes.append(f"{approximate} of {len(rows)} values are approximate.")
    return notes


def _claims(count: int) -> str:
    return "1 claim was" if count == 1 else f"{count} claims were"
