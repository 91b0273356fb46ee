"""What claims on a benchmark lend to others on it: an effective number of items, where nobody states the number itself.

A claim with a value p and an error s is as sure as p (1 - p) / s^2 right-or-wrong items. The median of that over the claims
on one part of a benchmark, under one metric, is what another claim on the same part may borrow. Parts are the same where
benchmark, subset, window of dates and limit are; a split or revision of the data that both state must not differ. Where some
claims on a benchmark state a window, one that states none may be of any window: it neither borrows nor lends. The lenders
are of two models at least, since one claim is a poor median.
"""

from __future__ import annotations

from collections import defaultdict
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import case, or_, select

from benchdb.query.filters import published_on
from benchdb.query.items import item_stats
from benchdb.query.rungs import Lent
from benchdb.query.stated import select_retracted
from benchdb.query.tables import INGEST, OUTCOME, PROTOCOL, RUN, SCORE, SOURCE
from benchdb.schema.vocab import ScoreUnit, StderrMethod
from benchdb.stats.shares import effective_items

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Connection

    from benchdb.query.chosen import Chosen
    from benchdb.query.items import ItemStats, RunKey

_UNITS = {ScoreUnit.PERCENT.value: 100.0, ScoreUnit.FRACTION.value: 1.0}
_PART = ("benchmark_id", "metric_id", "subset", "window_start_on", "window_end_on", "item_limit")
_FEWEST_MODELS = 2
_MOST_SCORES = 2_000
_DATA = ("split", "dataset_revision")


class _Claim(NamedTuple):
    """A claim that may lend or borrow."""

    score_id: int
    run_id: int
    model_id: int
    value: float
    unit: str
    stderr: float | None
    n_items: int | None
    benchmark_id: int
    metric_id: int
    subset: str
    window_start_on: Any
    window_end_on: Any
    item_limit: float | None
    split: str | None
    dataset_revision: str | None

    @property
    def part(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in _PART)


def lent_items(
    connection: Connection,
    rows: Sequence[Chosen],
    as_of: datetime | None = None,
    published_until: date | None = None,
) -> dict[int, Lent]:
    """Return what claims without an error may borrow, by score; absent where no other claim on the same part lends.

    Args:
        connection: An open connection.
        rows: Chosen claims without an error; those of other than right-or-wrong metrics borrow nothing.
        as_of: Claims the database learned of later do not lend; None is now.
        published_until: Claims published later, or of no date, do not lend; None is any.
    """
    wanting = [row for row in rows if row.is_proportion and row.unit in _UNITS]
    if not wanting:
        return {}
    benchmarks = {row.benchmark_id for row in wanting}
    lenders = _lenders(
        connection, _claims(connection, [*_may_lend(benchmarks, wanting), *_published(published_until)], as_of)
    )
    models: dict[tuple[int, int], set[int]] = defaultdict(set)
    for claim, _ in lenders:
        models[claim.benchmark_id, claim.metric_id].add(claim.model_id)
    wanting = [row for row in wanting if len(models[row.benchmark_id, row.metric_id]) >= _FEWEST_MODELS]
    if not wanting:
        return {}
    windowed = _windowed(connection, benchmarks)
    by_part = defaultdict(list)
    for claim, n_effective in lenders:
        if _window_is_known(claim, windowed):
            by_part[claim.part].append((claim, n_effective))
    borrowers = [claim for claim in _borrowers(connection, wanting) if _window_is_known(claim, windowed)]
    found = {claim.score_id: _median(claim, by_part[claim.part]) for claim in borrowers}
    return {score_id: lent for score_id, lent in found.items() if lent is not None}


def _median(claim: _Claim, lenders: Sequence[tuple[_Claim, float]]) -> Lent | None:
    found = [(other, n_effective) for other, n_effective in lenders if _same_data(claim, other)]
    if len({other.model_id for other, _ in found}) < _FEWEST_MODELS:
        return None
    score_ids = tuple(sorted(other.score_id for other, _ in found))
    return Lent(n_effective=median(n for _, n in found), score_ids=score_ids)


def _may_lend(benchmarks: Collection[int], wanting: Sequence[Chosen]) -> list[ColumnElement[bool]]:
    """The conditions on claims that may lend: those that say something of their error."""
    runs = select(RUN.c.run_id).where(RUN.c.benchmark_id.in_(sorted(benchmarks)))
    with_outcomes = select(OUTCOME.c.run_id).where(OUTCOME.c.run_id.in_(runs)).distinct()
    return [
        RUN.c.benchmark_id.in_(sorted(benchmarks)),
        SCORE.c.metric_id.in_(sorted({row.metric_id for row in wanting})),
        SCORE.c.is_aggregate.is_(False),
        or_(SCORE.c.stderr.is_not(None), SCORE.c.n_items.is_not(None), SCORE.c.run_id.in_(with_outcomes)),
    ]


def _published(until: date | None) -> list[ColumnElement[bool]]:
    """The condition on claims that were published by a day; none where any counts."""
    return [] if until is None else [published_on() <= until]


def _borrowers(connection: Connection, wanting: Sequence[Chosen]) -> list[_Claim]:
    wanted = sorted(row.score_id for row in wanting)
    if len(wanted) <= _MOST_SCORES:
        return _claims(connection, [SCORE.c.score_id.in_(wanted)], None)
    benchmarks = sorted({row.benchmark_id for row in wanting})
    named = set(wanted)
    claims = _claims(connection, [RUN.c.benchmark_id.in_(benchmarks)], None)
    return [claim for claim in claims if claim.score_id in named]


def _windowed(connection: Connection, benchmarks: Collection[int]) -> set[int]:
    """Benchmarks on which some run states a window of dates."""
    statement = (
        select(RUN.c.benchmark_id)
        .join(PROTOCOL, PROTOCOL.c.protocol_id == RUN.c.protocol_id)
        .where(
            RUN.c.benchmark_id.in_(sorted(benchmarks)),
            or_(PROTOCOL.c.window_start_on.is_not(None), PROTOCOL.c.window_end_on.is_not(None)),
        )
    )
    return set(connection.execute(statement.distinct()).scalars())


def _claims(connection: Connection, conditions: Sequence[ColumnElement[bool]], as_of: datetime | None) -> list[_Claim]:
    no_mean = or_(
        SCORE.c.stderr_method.in_([StderrMethod.REPEATS.value, StderrMethod.MEAN_OF_STDERRS.value]), SCORE.c.stderr == 0
    )
    statement = (
        select(
            SCORE.c.score_id, SCORE.c.run_id, RUN.c.model_id, SCORE.c.value, SCORE.c.unit,
            case((no_mean, None), else_=SCORE.c.stderr).label("stderr"), SCORE.c.n_items, RUN.c.benchmark_id,
            SCORE.c.metric_id, RUN.c.subset, PROTOCOL.c.window_start_on, PROTOCOL.c.window_end_on, PROTOCOL.c.item_limit,
            PROTOCOL.c.split, PROTOCOL.c.dataset_revision,
        )
        .join(RUN, RUN.c.run_id == SCORE.c.run_id)
        .join(PROTOCOL, PROTOCOL.c.protocol_id == RUN.c.protocol_id)
        .join(SOURCE, SOURCE.c.source_id == RUN.c.source_id)
        .join(INGEST, INGEST.c.ingest_id == SCORE.c.ingest_id)
        .where(
            *conditions, INGEST.c.state == "complete", SCORE.c.unit.in_(sorted(_UNITS)),
            SCORE.c.score_id.not_in(select_retracted(as_of)),
        )
    )  # fmt: skip
    if as_of is not None:
        statement = statement.where(INGEST.c.ingested_at <= as_of)
    return [_Claim(*tuple(row)) for row in connection.execute(statement)]


def _lenders(connection: Connection, claims: Sequence[_Claim]) -> list[tuple[_Claim, float]]:
    keys = {(claim.run_id, claim.metric_id) for claim in claims}
    stats = item_stats(connection, keys, {claim.benchmark_id for claim in claims}) if keys else {}
    found = ((claim, _effective(claim, stats)) for claim in claims)
    return [(claim, n_effective) for claim, n_effective in found if n_effective is not None]


def _effective(claim: _Claim, stats: Mapping[RunKey, ItemStats]) -> float | None:
    full = _UNITS[claim.unit]
    share, items = claim.value / full, stats.get((claim.run_id, claim.metric_id))
    if not 0 < share < 1:
        return None
    if items is not None and items.stderr and abs(items.mean - share) * full <= 0.05:
        return effective_items(share, items.stderr)
    if claim.stderr is not None:
        return effective_items(share, claim.stderr / full)
    return None if claim.n_items is None else float(claim.n_items)


def _window_is_known(claim: _Claim, windowed: set[int]) -> bool:
    return bool(claim.window_start_on or claim.window_end_on) or claim.benchmark_id not in windowed


def _same_data(one: _Claim, other: _Claim) -> bool:
    pairs = [(getattr(one, name), getattr(other, name)) for name in _DATA]
    return all(a is None or b is None or a == b for a, b in pairs)
