"""May a candidate replace a baseline: a regression, none, or not enough evidence to say so.

The rows are those of `compare`, candidate minus baseline, so the two never contradict each other. A regression is a
difference that is established as worse (adjusted p and interval) and not shown to stay within the allowed drop. With an
allowed drop, "no regression" means that the interval excludes a larger one on every benchmark; all of them must, so no
correction is due for that (Berger 1982, intersection-union test). Without one it means that nothing is established as worse;
what could have been found stands beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from benchdb.errors import AmbiguousQueryError, EmptyResultError, StatisticsInputError
from benchdb.query.claims import policy_notes
from benchdb.query.columns import arrange, listed
from benchdb.query.compare import Rules, compare_entrants
from benchdb.query.compare_entrants import entrant
from benchdb.query.compare_family import NOT_COMPARABLE, Correction
from benchdb.query.gate_sides import read_side
from benchdb.query.policies import Policy
from benchdb.query.uncertainty import to_cells
from benchdb.rows.gate import GateCheck, GateRows
from benchdb.schema.vocab import Evidence, ScoreUnit
from benchdb.stats.inputs import level_problem
from benchdb.stats.power import minimum_detectable_difference, power_to_detect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from benchdb.query.compare_entrants import Entrant
    from benchdb.query.filters import Filters
    from benchdb.query.gate_sides import SideName
    from benchdb.rows.comparison import Difference
    from benchdb.rows.leaderboard import BenchmarkColumn

REGRESSION = "regression"
"""Established as worse, and not shown to stay within the allowed drop."""
NO_REGRESSION = "no regression"
"""Not established as worse; with an allowed drop: a larger one is excluded."""
NOT_ENOUGH = "not enough evidence"
"""Neither can be said."""
POWER = 0.8
"""Power of the drop that is said to be detectable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a gate lets pass."""

    max_regression: float | None = None
    """Drop that is allowed, in points of percent, or in the metric's unit where that is another one; None is no margin."""
    min_power: float | None = None
    """Least power to find a drop of `max_regression`; None asks for none."""
    rules: Rules = field(default_factory=Rules)
    """How differences are judged."""


def gate(
    connection: Connection,
    baseline: SideName,
    candidate: SideName,
    filters: Filters,
    *,
    policy: Policy = Policy.PREFERRED,
    limits: Limits = Limits(),
) -> GateRows:
    """Return whether the candidate is worse than the baseline.

    Grain: one check per benchmark of the baseline, then one for the mean where both have several. A benchmark that the
    candidate lacks is not enough evidence. The mean can show a regression; lack of evidence for it alone changes nothing.

    Args:
        connection: An open connection.
        baseline: What is replaced.
        candidate: What replaces it.
        filters: What the question is about; its models are not used.
        policy: Which of several claims a cell shows.
        limits: How differences are judged, and what is let pass.

    Raises:
        AmbiguousQueryError: If both sides are the same claims.
        EmptyResultError: If a side has no score that fits, or they share no benchmark.
        StatisticsInputError: If level, drop or power are out of range.
    """
    rules = limits.rules
    if problem := level_problem(rules.level) or _limits_problem(limits):
        raise StatisticsInputError(problem)
    sides = [read_side(connection, name, filters, policy) for name in (candidate, baseline)]
    same = {row.score_id for row in sides[0].rows} & {row.score_id for row in sides[1].rows}
    if same:
        shared = listed(sorted({row.benchmark for row in sides[0].rows if row.score_id in same}))
        raise AmbiguousQueryError(
            f"baseline and candidate are the same score on {shared}; name their runs, as in MODEL@RUN, or their sources"
        )
    table = arrange(connection, [row for side in sides for row in side.rows], sides[1].scope)
    cells, item_notes = to_cells(
        connection, table.rows, rules.level, as_of=filters.as_of, published_until=filters.published_until
    )
    entrants = []
    for side in sides:
        mine = {row.score_id for row in side.rows}
        one = entrant([(row, cell) for row, cell in zip(table.rows, cells, strict=True) if row.score_id in mine])
        entrants.append(replace(one, label=one.label + side.suffix, name=one.name + side.suffix))
    differences, notes = compare_entrants(connection, [(entrants[0], entrants[1])], table.columns, rules)
    if not differences:
        raise EmptyResultError(
            f"{candidate.name} and {baseline.name} have no benchmark in common that fits these filters"
        )
    checks = _checks(differences, limits) + _missing(entrants[0], entrants[1], table.columns, rules)
    decision = _decision(checks)
    return GateRows(
        checks=tuple(replace(check, decision=decision) for check in checks),
        decision=decision,
        baseline=entrants[1].name,
        candidate=entrants[0].name,
        notes=(*policy_notes(table.rows, policy), *table.notes, *sides[1].notes, *item_notes, *notes),
    )


def _limits_problem(limits: Limits) -> str | None:
    if limits.max_regression is not None and not 0 <= limits.max_regression < float("inf"):
        return f"max_regression: expected a drop of at least 0, found {limits.max_regression}"
    if limits.min_power is None:
        return None
    if limits.max_regression is None:
        return "min_power: expected max_regression beside it, since power is the chance to find a drop of a given size"
    return level_problem(limits.min_power, "min_power")


def _checks(differences: Sequence[Difference], limits: Limits) -> list[GateCheck]:
    # A mean over one benchmark says nothing new.
    rows = [row for row in differences if row.benchmark is not None or row.n_benchmarks > 1]
    n_tests = max(1, sum(row.p_adjusted is not None for row in rows))
    rules = limits.rules
    alpha = (1 - rules.level) / (1 if rules.correction is Correction.NONE else n_tests)
    return [_check(row, alpha, limits) for row in rows]


def _check(row: Difference, alpha: float, limits: Limits) -> GateCheck:
    margin = limits.max_regression
    if margin is not None and row.unit == ScoreUnit.FRACTION:
        margin /= 100
    power = detectable = None
    if row.stderr and row.lower is not None:
        detectable = minimum_detectable_difference(row.stderr, alpha=alpha, power=POWER) + row.rounding
        if margin is not None:
            power = power_to_detect(max(0.0, margin - row.rounding), row.stderr, alpha=alpha)
    outcome, reason = _outcome(row, margin, power, limits.min_power)
    return GateCheck(
        decision="",
        baseline=row.model_b,
        candidate=row.model_a,
        benchmark=row.benchmark,
        benchmark_name=row.benchmark_name,
        metric=row.metric,
        outcome=outcome,
        reason=reason,
        value_baseline=row.value_b,
        value_candidate=row.value_a,
        difference=row.difference,
        unit=row.unit,
        higher_is_better=row.higher_is_better,
        stderr=row.stderr,
        lower=row.lower,
        upper=row.upper,
        level=row.level,
        p_value=row.p_value,
        p_adjusted=row.p_adjusted,
        method=row.method,
        evidence=row.evidence,
        n_items=row.n_items,
        max_regression=margin,
        power=power,
        detectable_drop=detectable,
        score_id_baseline=row.score_id_b,
        score_id_candidate=row.score_id_a,
    )


def _outcome(row: Difference, margin: float | None, power: float | None, min_power: float | None) -> tuple[str, str]:
    if problem := _no_evidence(row):
        return NOT_ENOUGH, problem
    # The worst change that the interval allows: negative is a loss, whatever the direction of the metric.
    worst = (row.lower if row.higher_is_better else -(row.upper or 0.0)) or 0.0
    if margin is not None and worst >= -margin:
        if min_power is not None and (power is None or power < min_power):
            return NOT_ENOUGH, f"the power is below {min_power:g}"
        return NO_REGRESSION, "a larger drop than allowed is excluded"
    if row.verdict == "worse":
        return REGRESSION, "established as worse"
    if margin is not None:
        return NOT_ENOUGH, "a larger drop than allowed is not excluded"
    return NO_REGRESSION, "established as better" if row.verdict == "better" else "not established as worse"


def _no_evidence(row: Difference) -> str | None:
    if row.verdict == NOT_COMPARABLE:
        return f"measured in different ways: {', '.join(row.protocol_differences)}"
    if row.higher_is_better is None:
        return "nothing says which direction of the metric is better"
    if row.lower is not None:
        return None
    if row.evidence == Evidence.UNKNOWN:
        return "nothing says how uncertain the scores are"
    return "only a part of the error is known" if row.evidence == Evidence.PARTIAL else "too few items for an interval"


def _missing(
    candidate: Entrant, baseline: Entrant, columns: Sequence[BenchmarkColumn], rules: Rules
) -> list[GateCheck]:
    lacking = [column for column in columns if (column.slug, column.subset) not in candidate.cells]
    return [
        GateCheck(
            decision="",
            baseline=baseline.label,
            candidate=candidate.label,
            benchmark=column.label,
            benchmark_name=column.name,
            metric=column.metric,
            outcome=NOT_ENOUGH,
            reason="the candidate has no score; choose benchmarks with -b to leave it out",
            value_baseline=baseline.cells[column.slug, column.subset][1].value,
            value_candidate=None,
            difference=None,
            unit=column.unit,
            higher_is_better=column.higher_is_better,
            stderr=None,
            lower=None,
            upper=None,
            level=rules.level,
            p_value=None,
            p_adjusted=None,
            method=None,
            evidence=Evidence.UNKNOWN.value,
            n_items=None,
            max_regression=None,
            power=None,
            detectable_drop=None,
            score_id_baseline=baseline.cells[column.slug, column.subset][1].score_id,
            score_id_candidate=None,
        )
        for column in lacking
    ]


def _decision(checks: Sequence[GateCheck]) -> str:
    if any(check.outcome == REGRESSION for check in checks):
        return REGRESSION
    if any(check.outcome == NOT_ENOUGH for check in checks if check.benchmark is not None):
        return NOT_ENOUGH
    return NO_REGRESSION
