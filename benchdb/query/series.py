"""The runs of one model on one benchmark in order, nightly or by checkpoint, and where the level of their scores changes.

A series is made of runs whose protocols are comparable; of several such groups the one with the most runs is taken and the
others are counted in the notes. A later claim about the same run is not another run.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from benchdb.errors import EmptyResultError, StatisticsInputError
from benchdb.query.claims import every_claim, undated_notes
from benchdb.query.filters import Filters, resolve
from benchdb.query.tables import PROTOCOL, RUN
from benchdb.query.uncertainty import items_of, scale, to_cells
from benchdb.rows.filling import row_maker
from benchdb.rows.series import SeriesPoint, SeriesRows
from benchdb.stats.changepoint import FEWEST, MOST, change_points, difference_noise
from benchdb.stats.inputs import level_problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from benchdb.query.chosen import Chosen
    from benchdb.query.compare_pairs import PairStats
    from benchdb.rows.leaderboard import Cell
    from benchdb.stats.changepoint import ChangePoint, Partition

Order = Literal["auto", "time", "step"]
"""What runs are ordered by; auto takes the checkpoint where two or more are known."""

_STEP = re.compile(r"(?:step|checkpoint|ckpt|iter(?:ation)?)[-_ =]?(\d+)([kKmM]?)(?![0-9a-zA-Z])", re.IGNORECASE)
_TIMES = {"": 1, "k": 1_000, "m": 1_000_000}
_FEWEST_FOR_NOISE = 3
_POINT = row_maker(SeriesPoint, (
    "position", "model", "model_name", "variant", "benchmark", "benchmark_name", "metric", "at", "ran_at", "step", "label",
    "harness_version", "value", "unit", "higher_is_better", "stderr", "lower", "upper", "evidence", "difference",
    "difference_stderr", "n_shared_items", "level_mean", "is_change", "change", "change_stderr", "change_lower", "change_upper",
    "p_value", "earliest", "latest", "verdict", "coincides", "run_id", "score_id", "source", "protocol",
))  # fmt: skip
"""Makes a point from its fields in the order of `_point`."""
_EDGE = datetime.min.replace(tzinfo=UTC)


class _Facts(NamedTuple):
    """What places a run in a series."""

    ran_at: datetime | None
    label: str | None
    model_revision: str | None
    harness_version: str | None
    engine: str | None
    seed: int | None


_FACTS = (
    RUN.c.ran_at, RUN.c.label, PROTOCOL.c.model_revision, PROTOCOL.c.harness_version, PROTOCOL.c.engine, PROTOCOL.c.seed,
)  # fmt: skip
"""Where the facts stand."""


class _Asked(NamedTuple):
    """How the question was asked."""

    level: float
    seed: int
    as_of: datetime | None
    published_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """A run with its place in the series."""

    claim: Chosen
    facts: _Facts
    step: int | None
    moment: datetime | None

    def place(self, order: str) -> int | datetime | None:
        return self.step if order == "step" else self.moment

    def shown(self, order: str) -> str:
        if order == "step":
            return str(self.step)
        if self.facts.ran_at is None:
            return str(self.claim.stated_on)
        return self.facts.ran_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M").removesuffix(" 00:00")


def series(  # noqa: PLR0913 — model and benchmark beside what every question takes
    connection: Connection,
    model: str,
    benchmark: str,
    filters: Filters | None = None,
    *,
    by: Order = "auto",
    level: float = 0.95,
    seed: int = 0,
) -> SeriesRows:
    """Return the runs of one model on one benchmark in order, with the places where their level changes.

    Grain: one row per run. Runs are ordered by moment (else the day they were published) or by checkpoint, runs of one
    place by key; no change is looked for between runs of one place.

    Args:
        connection: An open connection.
        model: A model's slug, name or alias; all its variants are meant where runs are ordered by checkpoint.
        benchmark: A benchmark's slug, name or alias.
        filters: Further restrictions; its models and benchmarks are not used.
        by: What runs are ordered by.
        level: Coverage of intervals, and 1 less the chance of a false alarm.
        seed: Seed of the simulated null.

    Returns:
        The runs. An unknown name is an `UnknownNameError`.

    Raises:
        EmptyResultError: If no run of the pair has a place in the order asked for.
        StatisticsInputError: If the level is out of range.
    """
    if problem := level_problem(level):
        raise StatisticsInputError(problem)
    scope = resolve(connection, replace(filters or Filters(), models=(model,), benchmarks=(benchmark,)))
    runs = _placed(_one_a_run(every_claim(connection, scope, *_FACTS)))
    order = by
    if by == "auto":
        order = "step" if len({run.step for run in runs} - {None}) > 1 else "time"
    lost = sum(run.place(order) is None for run in runs)
    chosen, notes = _one_group([run for run in runs if run.place(order) is not None], order)
    if not chosen:
        what = "checkpoint (step143000 …) in its revision, variant or label" if order == "step" else "date"
        raise EmptyResultError(
            f"no run of {model} on {benchmark} that fits has a {what}; benchdb history lists all claims"
        )
    notes += undated_notes(connection, scope)
    if lost:
        notes.append(
            f"{lost} of {len(runs)} runs have no {'checkpoint' if order == 'step' else 'date'} and are left out."
        )
    if len(chosen) > MOST:
        notes.append(f"The {len(chosen) - MOST} oldest of {len(chosen)} runs are left out.")
        chosen = chosen[-MOST:]
    return _answer(
        connection, chosen, order, _Asked(level, seed, scope.filters.as_of, scope.filters.published_until), notes
    )


def _answer(
    connection: Connection, runs: Sequence[_Run], order: str, asked: _Asked, notes: Sequence[str]
) -> SeriesRows:
    claims = [run.claim for run in runs]
    items = items_of(connection, claims)
    cells, item_notes = to_cells(
        connection, claims, asked.level, as_of=asked.as_of, published_until=asked.published_until, stats=items
    )
    values = [cell.value for cell in cells]
    begins = [True, *(first.place(order) != second.place(order) for first, second in pairwise(runs))]
    noise = difference_noise(values) if len(values) >= _FEWEST_FOR_NOISE else None
    found = (
        change_points(values, may_change=begins, level=asked.level, seed=asked.seed) if len(values) >= FEWEST else None
    )
    changes = {change.index: change for change in found.changes} if found else {}
    pairs = _pairs(connection, runs) if len(items) > 1 else {}
    places = [run.shown(order) for run in runs]
    means = _level_means(values, sorted(changes))
    points = tuple(
        _point(number, run, cell, means[number], places, pair=pairs.get(number), change=changes.get(number), before=runs[number - 1] if number else None, previous=values[number - 1] if number else None)
        for number, (run, cell) in enumerate(zip(runs, cells, strict=True))
    )  # fmt: skip
    verdicts = [point.verdict for point in points if point.verdict]
    verdict = "too short" if found is None else verdicts[-1] if verdicts else "stable"
    return SeriesRows(
        points=points,
        order=order,
        noise=noise,
        visible=None if found is None else found.noise * 2 * math.sqrt(found.penalty / len(values)),
        verdict=verdict,
        level=asked.level,
        seed=asked.seed,
        notes=(*_reading_notes(found, order, asked, len(values)), *notes, *item_notes),
    )


def _one_a_run(claims: Sequence[tuple[Chosen, Sequence[Any]]]) -> list[tuple[Chosen, _Facts]]:
    """Keep one claim of each run and metric, the one with most decimals."""
    kept: dict[tuple[int, int], tuple[Chosen, _Facts]] = {}
    for row, facts in sorted(claims, key=lambda each: _decimals(each[0])):
        kept[row.run_id, row.metric_id] = (row, _Facts(*facts))
    return list(kept.values())


def _decimals(row: Chosen) -> tuple[float, int]:
    return (math.inf if row.decimals is None else row.decimals, -row.score_id)


def checkpoint_step(*names: str | None) -> int | None:
    """Return the number of a checkpoint that a name states: 143000 for "step143000", 500 for "checkpoint-500".

    Args:
        *names: Revision, variant and label, the first that states one counts.
    """
    for name in names:
        if name and (found := _STEP.search(name)):
            return int(found[1]) * _TIMES[found[2].lower()]
    return None


def _placed(claims: Sequence[tuple[Chosen, _Facts]]) -> list[_Run]:
    runs = []
    for claim, known in claims:
        day = claim.stated_on
        moment = known.ran_at or (datetime.combine(day, time(), UTC) if day else None)
        step = checkpoint_step(known.model_revision, claim.variant, known.label)
        runs.append(_Run(claim=claim, facts=known, step=step, moment=moment))
    return runs


def _one_group(runs: Sequence[_Run], order: str) -> tuple[list[_Run], list[str]]:
    """Return the largest group of comparable runs in order, and notes on the others."""
    groups: dict[tuple[object, ...], list[_Run]] = {}
    for run in runs:
        claim = run.claim
        variant = None if order == "step" else claim.variant
        key = (claim.metric, claim.unit or "", claim.subset, variant or "", claim.fingerprint)
        groups.setdefault(key, []).append(run)
    if not groups:
        return [], []

    def is_usual(run: _Run) -> bool:
        return run.claim.metric_id == run.claim.main_metric_id

    chosen = min(
        groups, key=lambda key: (-len(groups[key]), not is_usual(groups[key][0]), bool(groups[key][0].claim.subset), *map(str, key))
    )  # fmt: skip
    notes = []
    if len(groups) > 1:
        others = len(runs) - len(groups[chosen])
        what = "metric, subset or protocol" if order == "step" else "metric, subset, variant or protocol"
        notes.append(
            f"{others} of {len(runs)} runs are of another {what} and left out; --metric, --subset, --variant and "
            "--shots choose among them."
        )
    return sorted(groups[chosen], key=lambda run: _sorting(run, order)), notes


def _sorting(run: _Run, order: str) -> tuple[int, datetime, int]:
    moment = run.moment or _EDGE
    return ((run.step or 0) if order == "step" else 0, moment, run.claim.score_id)


def _pairs(connection: Connection, runs: Sequence[_Run]) -> dict[int, PairStats]:
    """Return what consecutive runs' shared items say, by position of the later run."""
    from benchdb.query.compare_pairs import pair_stats

    keys = {
        number: (later.claim.run_id, earlier.claim.run_id)
        for number, (earlier, later) in enumerate(pairwise(runs), start=1)
    }
    run_ids = [run.claim.run_id for run in runs]
    pairs = {(min(key), max(key)) for key in keys.values()}
    stats = pair_stats(connection, run_ids, {runs[0].claim.benchmark_id}, pairs)
    found = {}
    for number, key in keys.items():
        pair = stats.get((min(key), max(key), runs[0].claim.metric_id))
        if pair is not None:
            found[number] = pair if key[0] < key[1] else pair.mirrored()
    return found


def _level_means(values: Sequence[float], changes: Sequence[int]) -> list[float]:
    means: list[float] = []
    for start, end in pairwise([0, *changes, len(values)]):
        means += [math.fsum(values[start:end]) / (end - start)] * (end - start)
    return means


def _point(  # noqa: PLR0913 — a point is made of these
    number: int,
    run: _Run,
    cell: Cell,
    mean: float,
    places: Sequence[str],
    *,
    pair: PairStats | None,
    change: ChangePoint | None,
    before: _Run | None,
    previous: float | None,
) -> SeriesPoint:
    full = scale(cell.unit)
    difference = None if previous is None else cell.value - previous
    return _POINT((
        number + 1,
        cell.model,
        cell.model_name,
        cell.variant,
        cell.benchmark,
        cell.benchmark_name,
        cell.metric,
        places[number],
        run.facts.ran_at,
        run.step,
        run.facts.label,
        run.facts.harness_version,
        cell.value,
        cell.unit,
        cell.higher_is_better,
        cell.stderr,
        cell.lower,
        cell.upper,
        cell.evidence,
        pair.mean * full if pair else difference,
        pair.stderr * full if pair and pair.stderr is not None else None,
        pair.n_items if pair else None,
        mean,
        change is not None,
        change.size if change else None,
        change.stderr if change else None,
        change.interval.lower if change else None,
        change.interval.upper if change else None,
        change.p_value if change else None,
        places[change.earliest] if change else None,
        places[change.latest] if change else None,
        _verdict(change.size, higher_is_better=cell.higher_is_better) if change else None,
        _coincides(before, run) if before else (),
        run.claim.run_id,
        cell.score_id,
        cell.source_title or cell.source_kind,
        cell.protocol,
    ))  # fmt: skip


def _verdict(size: float, *, higher_is_better: bool | None) -> str:
    if higher_is_better is None:
        return "change"
    return "improvement" if (size > 0) == higher_is_better else "regression"


def _coincides(before: _Run, run: _Run) -> tuple[str, ...]:
    """Return the settings outside the fingerprint that differ between two neighbours, where both are known."""
    named = {"harness version": "harness_version", "engine": "engine"}
    pairs = ((name, getattr(before.facts, field), getattr(run.facts, field)) for name, field in named.items())
    return tuple(f"{name} {old} → {new}" for name, old, new in pairs if None not in {old, new} and old != new)


def _reading_notes(found: Partition | None, order: str, asked: _Asked, n: int) -> list[str]:
    if found is None:
        return [f"Change points are looked for from {FEWEST} runs on; there are {n}."]
    notes = [
        f"Change points: exact optimal partition; a series without any change is cut in {1 - asked.level:.1%} of cases "
        f"(simulated with seed {asked.seed}, runs taken as independent)."
    ]
    if order == "step" and found.changes:
        notes.append("Training moves scores steadily, and a steady rise is cut into steps: read them as a staircase.")
    return notes
