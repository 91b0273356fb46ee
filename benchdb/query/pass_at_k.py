"""pass@k, pass^k and maj@k from the attempts at each item, for any k up to the fewest attempts at an item.

One scan counts how many items of a run have n attempts of which c are right. Both estimates depend on n and c alone, so they are
computed once for each pair that occurs, exactly, and weighted by the number of items.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import Double, Integer, and_, column, func, select, values

from benchdb.errors import EmptyResultError, StatisticsInputError
from benchdb.query.claims import chosen_cells, policy_notes
from benchdb.query.columns import arrange, listed
from benchdb.query.filters import resolve
from benchdb.query.items import clustered_benchmarks, clustered_error, is_of_runs, select_clustered
from benchdb.query.majority import MAJORITY, Mean, majority_means
from benchdb.query.policies import Policy
from benchdb.query.protocols import protocols_in_words
from benchdb.query.tables import OUTCOME, RUN
from benchdb.rows.pass_rate import PassRate, PassRateRows
from benchdb.schema.vocab import Evidence, ScoreUnit
from benchdb.stats.effective import effective_interval
from benchdb.stats.inputs import level_problem
from benchdb.stats.passk import pass_at_k as one_of_k
from benchdb.stats.passk import pass_hat_k as all_of_k

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    from benchdb.query.chosen import Chosen
    from benchdb.query.filters import Filters
    from benchdb.query.items import RunKey

ANY, EVERY = "pass@k", "pass^k"
"""Measures: at least one of k attempts is right; all of them are."""
_ESTIMATORS: dict[str, Callable[[int, int, int], float]] = {
    ANY: lru_cache(maxsize=1 << 16)(one_of_k),
    EVERY: lru_cache(maxsize=1 << 16)(all_of_k),
}
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
    scope = replace(resolve(connection, filters), needs_outcomes=True)
    chosen, notes = chosen_cells(connection, scope, policy)
    table = arrange(connection, chosen, scope)
    found = _outcome_counts(connection, table.rows)
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
    protocols = protocols_in_words(connection, rows)
    rates = [
        replace(
            _rate(row, found[row.run_id, row.metric_id], measure, k, means[place], level),
            protocol=protocols[row.fingerprint],
        )
        for row in rows
        for k in wanted[row.run_id, row.metric_id]
        for measure in (ANY, EVERY, MAJORITY)
        if (place := (row.run_id, row.metric_id, measure, k)) in means
    ]
    notes = [*policy_notes(rows, policy), *table.notes, *notes, *_notes(table.rows, rows, found), *majority_notes]
    return PassRateRows(rates=tuple(rates), level=level, notes=tuple(notes))


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


def _outcome_counts(connection: Connection, rows: Sequence[Chosen]) -> dict[RunKey, _Counts]:
    """Return the items of each run by attempts and right ones; runs whose metric is not right or wrong are absent."""
    keys = {(row.run_id, row.metric_id) for row in rows}
    what = (OUTCOME.c.run_id, OUTCOME.c.metric_id, OUTCOME.c.n_attempts, OUTCOME.c.n_correct)
    of_runs = is_of_runs(sorted({run for run, _ in keys}), sorted({row.benchmark_id for row in rows}))
    statement = select(*what, func.count()).where(of_runs).group_by(*what)
    items: dict[RunKey, dict[tuple[int, int], int]] = defaultdict(dict)
    unclear: set[RunKey] = set()
    for run_id, metric_id, n, c, count in connection.execute(statement):
        if (run_id, metric_id) not in keys:
            continue
        if c is None:
            unclear.add((run_id, metric_id))
        else:
            items[run_id, metric_id][n, c] = count
    return {key: _Counts(found) for key, found in items.items() if key not in unclear}


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
        for place, stderr, n_units in _clustered_errors(connection, inside, found, wanted):
            if place in means:
                means[place] = replace(means[place], stderr=stderr, n_units=n_units)
    return means


def _mean(counts: _Counts, measure: str, k: int) -> Mean:
    estimate, n_items = _ESTIMATORS[measure], counts.n_items
    weighted = [(items, estimate(n, c, k)) for (n, c), items in counts.items.items()]
    mean = math.fsum(items * value for items, value in weighted) / n_items
    if n_items < 2:
        return Mean(mean, None, n_items)
    squares = math.fsum(items * (value - mean) ** 2 for items, value in weighted)
    return Mean(mean, math.sqrt(squares / (n_items - 1) / n_items), n_items)


def _clustered_errors(
    connection: Connection,
    rows: Sequence[Chosen],
    found: Mapping[RunKey, _Counts],
    wanted: Mapping[RunKey, Sequence[int]],
) -> list[tuple[_Place, float | None, int]]:
    """Return the clustered error of each mean; the estimates join the outcomes as a table of (n, c, measure, k)."""
    keys = {(row.run_id, row.metric_id) for row in rows}
    ks = sorted({k for key in keys for k in wanted[key]})
    pairs = sorted({pair for key in keys for pair in found[key].items})
    measures = list(_ESTIMATORS)
    data = [
        (n, c, place, k, _ESTIMATORS[measure](n, c, k))
        for n, c in pairs
        for place, measure in enumerate(measures)
        for k in ks
        if k <= n
    ]
    estimate = values(
        column("n", Integer), column("c", Integer), column("place", Integer), column("k", Integer), column("x", Double),
        name="estimate",
    ).data(data)  # fmt: skip
    benchmarks = sorted({row.benchmark_id for row in rows})
    item = (
        select(
            OUTCOME.c.run_id, OUTCOME.c.metric_id, OUTCOME.c.sample_number, RUN.c.benchmark_id, estimate.c.place, estimate.c.k,
            estimate.c.x,
        )
        .join(RUN, RUN.c.run_id == OUTCOME.c.run_id)
        .join(estimate, and_(estimate.c.n == OUTCOME.c.n_attempts, estimate.c.c == OUTCOME.c.n_correct))
        .where(is_of_runs(sorted({run for run, _ in keys}), benchmarks), RUN.c.benchmark_id.in_(benchmarks))
        .subquery("item")
    )  # fmt: skip
    found_rows = connection.execute(select_clustered(item, ("run_id", "metric_id", "place", "k")))
    return [
        ((row.run_id, row.metric_id, measures[row.place], row.k), *clustered_error(row))
        for row in found_rows
        if (row.run_id, row.metric_id) in keys
    ]


def _rate(row: Chosen, counts: _Counts, measure: str, k: int, mean: Mean, level: float) -> PassRate:
    full = 1.0 if row.unit == ScoreUnit.FRACTION else 100.0
    lower = upper = None
    if mean.stderr is not None:
        interval = effective_interval(min(1.0, mean.value), mean.stderr, mean.n_units, level=level)
        lower, upper = interval.lower * full, interval.upper * full
    return PassRate(
        model=row.model,
        model_name=row.model_name,
        variant=row.variant,
        benchmark=row.benchmark,
        benchmark_name=row.benchmark_name,
        subset=row.subset,
        metric=row.metric,
        measure=measure,
        k=k,
        value=mean.value * full,
        unit=ScoreUnit.FRACTION.value if full == 1.0 else ScoreUnit.PERCENT.value,
        stderr=None if mean.stderr is None else mean.stderr * full,
        lower=lower,
        upper=upper,
        level=level,
        method=_METHOD,
        evidence=Evidence.ITEMS.value,
        n_items=counts.n_items,
        n_units=mean.n_units,
        least_attempts=counts.least,
        most_attempts=counts.most,
        score_id=row.score_id,
        source=row.source_title or row.source_kind,
    )


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
