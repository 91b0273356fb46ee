"""maj@k from stored answers: is the answer that most of k attempts give right?"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, select

from benchdb.query.columns import listed
from benchdb.query.items import clustered_benchmarks
from benchdb.query.tables import ANSWER, RUN, SAMPLE
from benchdb.stats.intervals import clustered_stderr, mean_stderr
from benchdb.stats.majority import majority_at_k

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from benchdb.query.claims import Chosen
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

    votes: list[_Votes]
    clusters: list[str | int]
    """Cluster of each item, or the item itself."""

    @property
    def n_attempts(self) -> int:
        """Attempts over all items."""
        return sum(sum(given for given, _ in votes) + without for votes, without in self.votes)


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
    clustered = clustered_benchmarks(connection, {row.benchmark_id for row in rows})
    what = (ANSWER.c.run_id, ANSWER.c.metric_id, ANSWER.c.sample_number, ANSWER.c.answer)
    statement = (
        select(*what, func.max(SAMPLE.c.cluster), func.sum(ANSWER.c.n_attempts), func.sum(ANSWER.c.n_correct))
        .join(RUN, RUN.c.run_id == ANSWER.c.run_id)
        .join(
            SAMPLE,
            and_(SAMPLE.c.benchmark_id == RUN.c.benchmark_id, SAMPLE.c.sample_number == ANSWER.c.sample_number),
        )
        .where(ANSWER.c.run_id.in_(sorted({run for run, _ in keys})))
        .group_by(*what)
    )
    votes: dict[tuple[RunKey, int], tuple[list[tuple[int, int]], int]] = {}
    clusters: dict[tuple[RunKey, int], str | int] = {}
    for run_id, metric_id, number, answer, cluster, n, right in connection.execute(statement):
        item = ((run_id, metric_id), number)
        given, without = votes.get(item, ([], 0))
        votes[item] = (given, without + int(n)) if answer == "" else ([*given, (int(n), int(right))], without)
        clusters[item] = number if cluster is None or not clustered else cluster
    found: dict[RunKey, _Answers] = defaultdict(lambda: _Answers([], []))
    for item in sorted(votes):
        if item[0] in keys:
            given, without = votes[item]
            found[item[0]].votes.append((tuple(sorted(given)), without))
            found[item[0]].clusters.append(clusters[item])
    return dict(found)


def _mean(answers: _Answers, k: int) -> Mean:
    values = [_majority(votes, without, k) for votes, without in answers.votes]
    mean = math.fsum(values) / len(values)
    n_units = len(set(answers.clusters))
    if n_units < 2:
        return Mean(mean, None, n_units)
    if n_units < len(values):
        return Mean(mean, clustered_stderr(values, answers.clusters), n_units)
    return Mean(mean, mean_stderr(values), n_units)
