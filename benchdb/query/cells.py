"""Cells: of the claims of one model on one benchmark under one metric the one that a policy chooses.

Claims are chosen among by an aggregate over keys and order alone, and what is stated is read for the chosen ones only: a
sort of all claims with everything that is stated about them takes three times as long. All is computed after all filters, so a
question about four models reads the runs of four models.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Double, Integer, Text, and_, case, cast, false, func, literal, null, select
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from benchdb.database.ordered import FirstInOrder
from benchdb.query.chosen import Chosen
from benchdb.query.policies import Policy, ordering
from benchdb.query.stated import claim_columns, factor_between, select_claims, unit_factor
from benchdb.query.tables import PROTOCOL, RUN, SCORE, SOURCE
from benchdb.schema.vocab import SourceKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Select, Subquery

    from benchdb.query.filters import Scope

ONE_RUN: dict[str, ColumnElement[Any]] = {
    "n_runs": literal(1),
    "run_ids": cast(null(), Text),
    "runs_mean": cast(null(), Double),
    "runs_spread": cast(null(), Double),
    "runs_decimals": cast(null(), Integer),
}
"""What the columns of repeated runs hold where a claim stands for itself."""
_FROM_CLAIM = Chosen._fields[: Chosen._fields.index("model")]
_CELL = ("model_id", "variant", "benchmark_id", "subset", "metric_id", "unit")
_ORDERED_BY = (
    "score_id", "fingerprint", "stated_unit", "stated_value", "source_kind", "is_first_party", "is_approximate", "stated_on", "ran_at",
    "ingested_at",
)  # fmt: skip
"""What a choice looks at, beside the cell."""


def select_cells(scope: Scope, policy: Policy) -> Select[Any]:
    """Return each cell's chosen claim. Grain: one row per (model, variant, benchmark, subset, metric), order undefined.

    The columns are the fields of `Chosen` up to those of the catalogue.

    Args:
        scope: What the question is about.
        policy: Which claim is chosen.
    """
    if policy is Policy.MEAN_OF_RUNS:
        return _select_means(scope)
    cell = select_choices(scope, policy).subquery("cell")
    factor = factor_between(SCORE.c.unit, cell.c.unit)
    found = {name: cell.c[name] for name in (*_CELL, "n_claims", "least", "greatest")}
    computed: dict[str, ColumnElement[Any]] = {
        **claim_columns(),
        **found,
        **ONE_RUN,
        "factor": factor,
        "value": SCORE.c.value * factor,
        "n_unconvertible": cell.c.n_all - cell.c.n_claims,
        "is_mixed": cell.c.first_fingerprint != cell.c.last_fingerprint,
    }
    return (
        select(*[computed[name].label(name) for name in _FROM_CLAIM])
        .select_from(cell)
        .join(SCORE, SCORE.c.score_id == cell.c.score_id)
        .join(RUN, RUN.c.run_id == SCORE.c.run_id)
        .join(PROTOCOL, PROTOCOL.c.protocol_id == RUN.c.protocol_id)
        .join(SOURCE, SOURCE.c.source_id == RUN.c.source_id)
    )


def select_choices(scope: Scope, policy: Policy) -> Select[Any]:
    """Return the key of each cell's chosen claim, with what all of its claims say. Grain: as of `select_cells`.

    Args:
        scope: What the question is about.
        policy: Which claim is chosen; of repeated runs the one that they repeat.
    """
    stated = select_claims(scope, {*_CELL, *_ORDERED_BY}).subquery("stated")
    claim = select(stated, (stated.c.stated_value * unit_factor(stated)).label("value")).subquery("claim")
    n_claims = func.count(claim.c.value)
    # Claims that cannot be converted come last in any order.
    order = ordering(policy, claim.c)
    chosen: ColumnElement[int] = FirstInOrder(claim.c.score_id, *order)
    if policy is Policy.MEDIAN:
        place = cast(func.greatest(func.floor((n_claims + 1) / 2.0), 1), Integer)
        chosen = func.array_agg(aggregate_order_by(claim.c.score_id, *order), type_=ARRAY(BigInteger))[place]
    keys = [claim.c[name] for name in _CELL]
    return select(
        *keys,
        chosen.label("score_id"),
        n_claims.label("n_claims"),
        func.count().label("n_all"),
        func.min(claim.c.value).label("least"),
        func.max(claim.c.value).label("greatest"),
        func.min(claim.c.fingerprint).label("first_fingerprint"),
        func.max(claim.c.fingerprint).label("last_fingerprint"),
    ).group_by(*keys)


def select_every(scope: Scope, *more: ColumnElement[Any]) -> Select[Any]:
    """Return every claim as if it were alone in its cell. Grain: one row per score, columns as of `select_cells`, order undefined.

    Args:
        scope: What the question is about.
        *more: Columns of run and protocol to return after these.
    """
    claim = claim_columns()
    factor = factor_between(SCORE.c.unit, claim["unit"])
    value = SCORE.c.value * factor
    computed: dict[str, ColumnElement[Any]] = {
        **claim, **ONE_RUN, "factor": factor, "value": value, "least": value, "greatest": value, "n_claims": literal(1),
        "n_unconvertible": literal(0), "is_mixed": false(),
    }  # fmt: skip
    return select_claims(scope).with_only_columns(*[computed[name].label(name) for name in _FROM_CLAIM], *more)


def _select_means(scope: Scope) -> Select[Any]:
    """Select the first claim of each cell, with the mean over the runs of its series."""
    stated = select_claims(scope).subquery("stated")
    factor = unit_factor(stated)
    claim = select(stated, factor.label("factor"), (stated.c.stated_value * factor).label("value")).subquery("claim")
    claim = _with_runs(claim, _CELL)
    cell = [claim.c[name] for name in _CELL]
    fingerprint = claim.c.fingerprint
    ranked = select(
        claim,
        func.row_number().over(partition_by=cell, order_by=ordering(Policy.MEAN_OF_RUNS, claim.c)).label("number"),
        func.count(claim.c.value).over(partition_by=cell).label("n_claims"),
        func.count().over(partition_by=cell).label("n_all"),
        func.min(claim.c.value).over(partition_by=cell).label("least"),
        func.max(claim.c.value).over(partition_by=cell).label("greatest"),
        func.min(fingerprint).over(partition_by=cell).label("first_fingerprint"),
        func.max(fingerprint).over(partition_by=cell).label("last_fingerprint"),
    ).subquery("ranked")
    computed: dict[str, ColumnElement[Any]] = {
        "n_unconvertible": ranked.c.n_all - ranked.c.n_claims,
        "is_mixed": ranked.c.first_fingerprint != ranked.c.last_fingerprint,
    }
    columns = [computed[name].label(name) if name in computed else ranked.c[name] for name in _FROM_CLAIM]
    return select(*columns).where(ranked.c.number == 1)


def _with_runs(claim: Subquery, cell: Sequence[str]) -> Subquery:
    """Add to each claim the mean over the runs of its series: one claim a run, in one cell, fingerprint and kind of source."""
    of_run = func.row_number().over(
        partition_by=[*(claim.c[name] for name in cell), claim.c.run_id], order_by=ordering(Policy.PREFERRED, claim.c)
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
