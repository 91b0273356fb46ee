"""pass@k, pass^k and maj@k from the attempts at each item, for any k up to the fewest attempts at an item.

One scan counts how many items of a run have n attempts of which c are right. Both estimates depend on n and c alone, so they are
computed once for each pair that occurs, exactly, and weighted by the number of items.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import replace
from functools import lru_cache
from itertools import product, repeat
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, bindparam, cast, func, select

from benchdb.errors import EmptyResultError, StatisticsInputError
from benchdb.query.claims import chosen_cells, policy_notes
from benchdb.query.columns import arrange, listed
from benchdb.query.filters import MOST_RUNS, resolve
from benchdb.query.items import clustered_benchmarks, is_of_runs, units_of
from benchdb.query.majority import MAJORITY, Mean, majority_means
from benchdb.query.policies import Policy
from benchdb.query.stated import select_claims
from benchdb.query.tables import OUTCOME, RUN, SAMPLE
from benchdb.rows.filling import make_rows
from benchdb.rows.pass_rate import PassRate, PassRateRows
from benchdb.schema.vocab import Evidence, ScoreUnit
from benchdb.stats.effective import effective_bounds
from benchdb.stats.inputs import level_problem
from benchdb.stats.passk import pass_at_k as one_of_k
from benchdb.stats.passk import pass_hat_k as all_of_k

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from sqlalchemy import BindParameter, Connection

    from benchdb.query.chosen import Chosen
    from benchdb.query.filters import Filters, Scope
    from benchdb.query.items import RunKey

ANY, EVERY = "pass@k", "pass^k"
"""Measures: at least one of k attempts is right; all of them are."""
_ESTIMATORS: dict[str, Callable[[int, int, int], float]] = {
    ANY: lru_cache(maxsize=1 << 16)(one_of_k),
    EVERY: lru_cache(maxsize=1 << 16)(all_of_k),
}
_OF_CLAIM = ("model", "model_name", "variant", "benchmark", "benchmark_name", "subset", "metric", "score_id")
_METHOD = "Wilson on the effective number of items"


class _Counts:
    """Items of one run under one metric by attempts and right attempts."""

    def __init__(self, items: dict[tuple[int, int], int]) -> None:
        self.items = items
        """(attempts, right attempts) → items."""
        self.n_items = sum(items.values())
        self.n_attempts = sum(n * count for (n, _), count in items.items())
        self.least = min(n for n, _ in items)
        """Fewest attempts at any item."""
        self.most = max(n for n, _ in items)
        """Most attempts at any item."""


_Pattern = tuple[tuple[int, int, int], ...]
"""Attempts, right ones, and the items of a unit that have so many, in order."""
_Asked = tuple["Chosen", _Counts, str, int, Mean]
"""Claim, its items, measure, k, and the mean."""
_Place = tuple[int, int, str, int]
"""(run_id, metric_id, measure, k)"""


def pass_at_k(
    connection: Connection,
    filters: Filters,
    *,
    ks: Collection[int] = (),
    policy: Policy = Policy.PREFERRED,
    level: float = 0.95,
) -> PassRateRows:
    """Return pass@k, pass^k and, where answers are stored, maj@k of every model in question on every benchmark it has outcomes of items on.

    Grain: one row per (model, variant, benchmark, subset, k, measure), ordered so. Of several claims for one cell the one counts
    that the policy chooses among those with outcomes.

    Args:
        connection: An open connection.
        filters: What the question is about.
        ks: Numbers of attempts allowed; by default 1, 2, 4 and so on and the fewest attempts there are, run by run.
        policy: Which of several claims counts.
        level: Coverage of the intervals.

    Returns:
        The rates and notes. An unknown name is an `UnknownNameError`.

    Raises:
        EmptyResultError: If no claim that fits has outcomes of items that are right or wrong.
        StatisticsInputError: If k is below 1 or above the fewest attempts at an item, or the level is out of range.
    """
    if problem := level_problem(level) or _ks_problem(ks):
        raise StatisticsInputError(problem)
    scope = resolve(connection, filters)
    found, unclear = _outcome_counts(connection, scope)
    scope = replace(scope, outcomes_of=found.keys() | unclear)
    chosen, notes = chosen_cells(connection, scope, policy)
    table = arrange(connection, chosen, scope)
    rows = [row for row in table.rows if (row.run_id, row.metric_id) in found]
    if not rows:
        raise EmptyResultError(
            "no run that fits these filters has outcomes of items that are right or wrong; import logs with their samples"
        )
    wanted = {(row.run_id, row.metric_id): _wanted_ks(row, found[row.run_id, row.metric_id], ks) for row in rows}
    means = _means(connection, rows, found, wanted)
    n_attempts = {key: counts.n_attempts for key, counts in found.items()}
    majority, majority_notes = majority_means(connection, rows, wanted, n_attempts)
    means |= {(run, metric, MAJORITY, k): mean for (run, metric, k), mean in majority.items()}
    asked = [
        (row, found[row.run_id, row.metric_id], measure, k, means[place])
        for row in rows
        for k in wanted[row.run_id, row.metric_id]
        for measure in (ANY, EVERY, MAJORITY)
        if (place := (row.run_id, row.metric_id, measure, k)) in means
    ]
    notes = [*policy_notes(rows, policy), *table.notes, *notes, *_notes(table.rows, rows, found), *majority_notes]
    return PassRateRows(rates=tuple(_rates(asked, level)), level=level, notes=tuple(notes))


def _ks_problem(ks: Iterable[int]) -> str | None:
    wrong = [k for k in ks if k < 1]
    return f"k: expected at least 1, found {wrong[0]}" if wrong else None


def _wanted_ks(row: Chosen, counts: _Counts, ks: Collection[int]) -> list[int]:
    if not ks:
        return sorted({*(1 << power for power in range(counts.least.bit_length())), counts.least})
    most = max(ks)
    if most > counts.least:
        name = f"{row.model}[{row.variant}]" if row.variant else row.model
        few = sum(items for (n, _), items in counts.items.items() if n < most)
        raise StatisticsInputError(
            f"{name} on {row.benchmark}: k = {most}: {few} of {counts.n_items} items have fewer attempts, the fewest "
            f"{counts.least}; no unbiased estimate exists. Ask for k up to {counts.least}, leave this model out, or run more attempts"
        )
    return sorted(set(ks))


def _outcome_counts(connection: Connection, scope: Scope) -> tuple[dict[RunKey, _Counts], set[RunKey]]:
    """Return the items by attempts and right ones of each run in scope, and the runs whose outcomes are not right or wrong."""
    what = (OUTCOME.c.run_id, OUTCOME.c.metric_id, OUTCOME.c.n_attempts, OUTCOME.c.n_correct)
    of_claims = select_claims(scope, {"run_id"})
    runs = connection.execute(of_claims.distinct().limit(MOST_RUNS + 1)).scalars().all()
    # DuckDB looks for keys in a list in less time than with a statement that gives the same keys: a quarter less where keys are small numbers,
    # 4 % where they are hashes. They stand in the statement itself, because engines limit the parameters of a statement.
    named: BindParameter[int] = bindparam("runs", sorted(runs), expanding=True, literal_execute=True)
    is_of_claims = OUTCOME.c.run_id.in_(named if len(runs) <= MOST_RUNS else of_claims)
    statement = select(*what, func.count()).where(is_of_claims).group_by(*what)
    items: dict[RunKey, dict[tuple[int, int], int]] = defaultdict(dict)
    unclear: set[RunKey] = set()
    for run_id, metric_id, n, c, count in connection.execute(statement):
        if c is None:
            unclear.add((run_id, metric_id))
        else:
            items[run_id, metric_id][n, c] = count
    return {key: _Counts(found) for key, found in items.items() if key not in unclear}, unclear


def _means(
    connection: Connection,
    rows: Sequence[Chosen],
    found: Mapping[RunKey, _Counts],
    wanted: Mapping[RunKey, Sequence[int]],
) -> dict[_Place, Mean]:
    means = {
        (*key, measure, k): _mean(found[key], measure, k)
        for key, ks in wanted.items()
        for k in ks
        for measure in _ESTIMATORS
    }
    clustered = set(clustered_benchmarks(connection, {row.benchmark_id for row in rows}))
    inside = [row for row in rows if row.benchmark_id in clustered]
    if inside:
        for key, units in _unit_patterns(connection, inside).items():
            n_units = units.total()
            for measure, k in product(_ESTIMATORS, wanted.get(key, ())):
                mean = means[*key, measure, k]
                stderr = _clustered_error(units, mean.value, found[key].n_items, measure, k)
                means[*key, measure, k] = replace(mean, stderr=stderr, n_units=n_units)
    return means


def _mean(counts: _Counts, measure: str, k: int) -> Mean:
    estimate, n_items = _ESTIMATORS[measure], counts.n_items
    weighted = [(items, estimate(n, c, k)) for (n, c), items in counts.items.items()]
    mean = math.fsum(items * value for items, value in weighted) / n_items
    if n_items < 2:
        return Mean(mean, None, n_items)
    squares = math.fsum(items * (value - mean) ** 2 for items, value in weighted)
    return Mean(mean, math.sqrt(squares / (n_items - 1) / n_items), n_items)


def _unit_patterns(connection: Connection, rows: Sequence[Chosen]) -> dict[RunKey, Counter[_Pattern]]:
    """Count each run's units (clusters, and items without one) that hold the same items by attempts and right ones.

    Whole numbers alone come from the database, so that no sum of fractions depends on the order in which it read them.
    """
    keys = {(row.run_id, row.metric_id) for row in rows}
    benchmarks = sorted({row.benchmark_id for row in rows})
    is_item, (cluster, alone) = units_of(RUN.c.benchmark_id, OUTCOME.c.sample_number)
    run, what = (OUTCOME.c.run_id, OUTCOME.c.metric_id), (OUTCOME.c.n_attempts, OUTCOME.c.n_correct)
    counted = (
        select(*run, cluster, alone, *what, func.count().label("n_items"))
        .join(RUN, RUN.c.run_id == OUTCOME.c.run_id)
        .outerjoin(SAMPLE, is_item)
        .where(is_of_runs(sorted({run for run, _ in keys}), benchmarks), RUN.c.benchmark_id.in_(benchmarks))
        .group_by(*run, cluster, alone, *what)
        .subquery("counted")
    )
    column = counted.c
    text = [cast(column[name], Text) for name in ("n_attempts", "n_correct", "n_items")]
    pattern = func.aggregate_strings(text[0] + ":" + text[1] + ":" + text[2], " ").label("pattern")
    unit = (
        select(column.run_id, column.metric_id, pattern)
        .group_by(column.run_id, column.metric_id, column.cluster, column.alone)
        .subquery("unit")
    )
    statement = select(unit, func.count()).group_by(*unit.c)
    found: dict[RunKey, Counter[_Pattern]] = defaultdict(Counter)
    for run_id, metric_id, written, count in connection.execute(statement):
        if (run_id, metric_id) in keys:
            found[run_id, metric_id][_pattern(written)] += count
    return found


def _pattern(written: str) -> _Pattern:
    parts = (part.split(":") for part in written.split())
    return tuple(sorted((int(n), int(c), int(count)) for n, c, count in parts))


def _clustered_error(units: Counter[_Pattern], mean: float, n_items: int, measure: str, k: int) -> float | None:
    """Return sqrt(G / (G - 1) * sum over units of (sum of deviations)^2) / n; None for a single unit."""
    n_units, estimate = units.total(), _ESTIMATORS[measure]
    if n_units < 2:
        return None
    off = ((math.fsum(m * (estimate(n, c, k) - mean) for n, c, m in unit), count) for unit, count in units.items())
    squares = math.fsum(count * total * total for total, count in off)
    return math.sqrt(squares * n_units / (n_units - 1)) / n_items


def _rates(asked: Sequence[_Asked], level: float) -> list[PassRate]:
    """Return the rows, made column by column."""
    rows, counts, measures, ks, means = zip(*asked, strict=True)
    is_fraction = [row.unit == ScoreUnit.FRACTION for row in rows]
    full = [1.0 if each else 100.0 for each in is_fraction]
    bounds = _bounds(means, full, level)
    column: dict[str, Iterable[Any]] = {name: map(attrgetter(name), rows) for name in _OF_CLAIM}
    units = (ScoreUnit.PERCENT.value, ScoreUnit.FRACTION.value)
    return make_rows(
        PassRate,
        len(rows),
        column
        | {
            "measure": measures,
            "k": ks,
            "value": [mean.value * scale for mean, scale in zip(means, full, strict=True)],
            "unit": [units[each] for each in is_fraction],
            "stderr": [
                None if mean.stderr is None else mean.stderr * scale for mean, scale in zip(means, full, strict=True)
            ],
            "lower": [each[0] for each in bounds],
            "upper": [each[1] for each in bounds],
            "level": repeat(level),
            "method": repeat(_METHOD),
            "evidence": repeat(Evidence.ITEMS.value),
            "n_items": [each.n_items for each in counts],
            "n_units": [mean.n_units for mean in means],
            "least_attempts": [each.least for each in counts],
            "most_attempts": [each.most for each in counts],
            "source": [row.source_title or row.source_kind for row in rows],
            "protocol": [row.protocol for row in rows],
        },
    )


def _bounds(means: Sequence[Mean], full: Sequence[float], level: float) -> list[tuple[float | None, float | None]]:
    """Return the interval of each mean in its unit; none without an error."""
    known = [(min(1.0, mean.value), mean.stderr, mean.n_units) for mean in means if mean.stderr is not None]
    if not known:
        return [(None, None)] * len(means)
    lower, upper = effective_bounds(*zip(*known, strict=True), level=level)
    found = iter(zip(lower.tolist(), upper.tolist(), strict=True))
    ends = (next(found) if mean.stderr is not None else (None, None) for mean in means)
    return [
        (None, None) if low is None or high is None else (low * scale, high * scale)
        for (low, high), scale in zip(ends, full, strict=True)
    ]


def _notes(asked: Sequence[Chosen], rows: Sequence[Chosen], found: Mapping[RunKey, _Counts]) -> list[str]:
    notes = []
    kept = {row.score_id for row in rows}
    left_out = sorted({f"{row.model} on {row.benchmark}" for row in asked if row.score_id not in kept})
    if left_out:
        notes.append(f"Left out, because the metric is not right or wrong: {listed(left_out)}.")
    uneven = sorted({f"{row.model} on {row.benchmark}" for row in rows if _is_uneven(found[row.run_id, row.metric_id])})
    if uneven:
        notes.append(f"Items have different numbers of attempts; each is estimated from its own: {listed(uneven)}.")
    part = sorted(
        {
            f"{row.model} on {row.benchmark}"
            for row in rows
            if row.n_items is not None and row.n_items != found[row.run_id, row.metric_id].n_items
        }
    )
    if part:
        notes.append(f"The database holds another number of items than the claim counts: {listed(part)}.")
    single = sorted({f"{row.model} on {row.benchmark}" for row in rows if found[row.run_id, row.metric_id].n_items < 2})
    if single:
        notes.append(f"One item alone gives no error: {listed(single)}.")
    return notes


def _is_uneven(counts: _Counts) -> bool:
    return counts.least != counts.most
