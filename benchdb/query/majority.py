"""maj@k from stored answers: is the answer that most of k attempts give right?

It depends on how many attempts gave each answer and how many of them were right, not on what the answers say. So the database counts the items
that were voted on alike, and each way of voting is worked out once.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, Text, and_, case, cast, func, select

from benchdb.query.columns import listed
from benchdb.query.items import clustered_benchmarks
from benchdb.query.tables import ANSWER, RUN, SAMPLE
from benchdb.stats.intervals import clustered_stderr
from benchdb.stats.majority import majority_at_k

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection, Select, Subquery

    from benchdb.query.chosen import Chosen
    from benchdb.query.items import RunKey

MAJORITY = "maj@k"
"""Measure: the answer most of k attempts give is right."""
_Votes = tuple[tuple[tuple[int, int], ...], int]
"""Attempts and right ones of each answer, in order, and attempts without one."""


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over items with its error, as fractions."""

    value: float
    """The mean."""
    stderr: float | None
    """Standard error over items or clusters; None with fewer than two."""
    n_units: int
    """Independent units."""


@dataclass(frozen=True, slots=True)
class _Answers:
    """Answers to the items of one run."""

    items: Counter[tuple[_Votes, str | int | None]]
    """Items by how they were voted on and by cluster; outside of clusters an item's number, and None where there are none."""

    @property
    def n_attempts(self) -> int:
        """Attempts over all items."""
        return sum(
            (sum(given for given, _ in votes) + without) * count for ((votes, without), _), count in self.items.items()
        )


def majority_means(
    connection: Connection,
    rows: Sequence[Chosen],
    wanted: Mapping[RunKey, Sequence[int]],
    n_attempts: Mapping[RunKey, int],
) -> tuple[dict[tuple[int, int, int], Mean], list[str]]:
    """Return maj@k by (run, metric, k) for the runs whose attempts all have their answers stored, and notes.

    Args:
        connection: An open connection.
        rows: The chosen claims.
        wanted: Numbers of attempts asked for, run by run.
        n_attempts: Attempts of all items, run by run.
    """
    found = _read(connection, rows)
    whole = {key: answers for key, answers in found.items() if answers.n_attempts == n_attempts.get(key)}
    means = {(*key, k): _mean(answers, k) for key, answers in whole.items() for k in wanted[key]}
    notes = []
    part = sorted(
        {f"{row.model} on {row.benchmark}" for row in rows if (row.run_id, row.metric_id) in found.keys() - whole}
    )
    if part:
        notes.append(f"No majority, because not every attempt has its answer stored: {listed(part)}.")
    if means:
        notes.append(
            "maj@k: an attempt without an answer has no vote, and a fair coin decides between equal numbers of votes."
        )
    return means, notes


_majority = lru_cache(maxsize=1 << 16)(majority_at_k)


def _read(connection: Connection, rows: Sequence[Chosen]) -> dict[RunKey, _Answers]:
    keys = {(row.run_id, row.metric_id) for row in rows}
    benchmarks = {row.benchmark_id for row in rows}
    clustered = set(clustered_benchmarks(connection, benchmarks)) if rows else set()
    found: dict[RunKey, _Answers] = defaultdict(lambda: _Answers(Counter()))
    for inside in (True, False):
        runs = sorted({row.run_id for row in rows if (row.benchmark_id in clustered) is inside})
        if not runs:
            continue
        for run_id, metric_id, pattern, without, count, *unit in connection.execute(
            _select_votes(runs, in_clusters=inside)
        ):
            if (run_id, metric_id) in keys:
                votes = (_votes(pattern), int(without))
                found[run_id, metric_id].items[votes, _unit(*unit) if unit else None] += count
    return dict(found)


def _select_votes(runs: Sequence[int], *, in_clusters: bool) -> Select[Any]:
    """Count the items of runs that were voted on alike. Grain: one row per (run, metric, pattern), and cluster if asked for.

    A pattern names the votes in no order, so the same may stand in several rows.
    """
    item = _select_items(runs)
    what = [item.c.run_id, item.c.metric_id, item.c.pattern, item.c.n_without]
    if not in_clusters:
        return select(*what, func.count()).group_by(*what)
    own = and_(SAMPLE.c.benchmark_id == RUN.c.benchmark_id, SAMPLE.c.sample_number == item.c.sample_number)
    unit = [SAMPLE.c.cluster, case((SAMPLE.c.cluster.is_(None), SAMPLE.c.sample_number))]
    return (
        select(*what, func.count(), *unit)
        .join(RUN, RUN.c.run_id == item.c.run_id)
        .join(SAMPLE, own)
        .group_by(*what, *unit)
    )


def _select_items(runs: Sequence[int]) -> Subquery:
    """Select each item's votes as a text such as "3:3 1:0": attempts and right ones of each answer."""
    what = (ANSWER.c.run_id, ANSWER.c.metric_id, ANSWER.c.sample_number)
    voted = (
        select(
            *what,
            ANSWER.c.answer,
            cast(func.sum(ANSWER.c.n_attempts), Integer).label("n"),
            cast(func.sum(ANSWER.c.n_correct), Integer).label("right"),
        )
        .where(ANSWER.c.run_id.in_(runs))
        .group_by(*what, ANSWER.c.answer)
        .subquery("voted")
    )
    vote = cast(voted.c.n, Text) + ":" + cast(voted.c.right, Text)
    keys = [voted.c[column.name] for column in what]
    return (
        select(
            *keys,
            func.aggregate_strings(case((voted.c.answer != "", vote)), " ").label("pattern"),
            func.sum(case((voted.c.answer == "", voted.c.n), else_=0)).label("n_without"),
        )
        .group_by(*keys)
        .subquery("item")
    )


def _votes(pattern: str | None) -> tuple[tuple[int, int], ...]:
    pairs = (vote.split(":") for vote in (pattern or "").split())
    return tuple(sorted((int(given), int(right)) for given, right in pairs))


def _unit(cluster: str | None, number: int | None) -> str | int | None:
    return number if cluster is None else cluster


def _mean(answers: _Answers, k: int) -> Mean:
    weighted = [(_majority(*votes, k), count, unit) for (votes, unit), count in answers.items.items()]
    n = answers.items.total()
    mean = _total((value, count) for value, count, _ in weighted) / n
    units = {unit for _, _, unit in weighted}
    n_units = n if units == {None} else len(units)
    if n_units < 2:
        return Mean(mean, None, n_units)
    if n_units < n:
        values, clusters = zip(*[(value, unit) for value, count, unit in weighted for _ in range(count)], strict=True)
        return Mean(mean, clustered_stderr(values, clusters), n_units)
    squares = _total(((value - mean) ** 2, count) for value, count, _ in weighted)
    return Mean(mean, math.sqrt(squares / (n - 1) / n), n_units)


def _total(weighted: Iterable[tuple[float, int]]) -> float:
    """The sum of values, each so many times, rounded once: what `math.fsum` gives for all of them."""
    return float(sum((Fraction(value) * count for value, count in weighted), Fraction(0)))
