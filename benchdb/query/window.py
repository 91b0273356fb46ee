"""Scores recomputed from the items inside a window of dates, beside the rest: are models worse on what they cannot have seen?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from benchdb.errors import EmptyResultError, StatisticsInputError
from benchdb.query.columns import listed
from benchdb.query.item_runs import item_runs
from benchdb.query.items import clustered_benchmarks, clustered_error, select_clustered
from benchdb.query.policies import Policy
from benchdb.query.window_pairs import window_pairs
from benchdb.query.windows import select_dated, window_notes, windows_of
from benchdb.rows.window import WindowRows, WindowScore
from benchdb.schema.vocab import Evidence
from benchdb.stats.effective import effective_interval
from benchdb.stats.inputs import level_problem
from benchdb.stats.intervals import t_interval, t_quantile
from benchdb.stats.ranking import competition_ranks
from benchdb.stats.unpaired import independent_difference, welch_df

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection, Row

    from benchdb.query.chosen import Chosen
    from benchdb.query.filters import Filters
    from benchdb.query.windows import AfterCutoff, Windows

_INSIDE, _REST = 1, 0
_NO_SPREAD = 1e-12


@dataclass(frozen=True, slots=True)
class Bounds:
    """A window as asked for."""

    since: date | None = None
    """First day."""
    until: date | None = None
    """Last day."""
    after_cutoff: AfterCutoff | None = None
    """Items after each model's training cut-off ("each"), or after the latest one of all ("all")."""

    def problem(self) -> str | None:
        """Return what is wrong with it, or None."""
        if self.since is None and self.until is None and self.after_cutoff is None:
            return "a window needs a bound: --since DAY, --until DAY or --after-cutoff each|all"
        if self.since is not None and self.until is not None and self.since > self.until:
            return f"the window ends on {self.until}, before it starts on {self.since}; swap the two"
        return None


@dataclass(frozen=True, slots=True)
class _Mean:
    """A mean over the items of one side, in the metric's unit."""

    n_items: int
    value: float
    stderr: float | None
    n_units: int
    lower: float | None
    upper: float | None


def window(  # noqa: PLR0913 — each says one thing about the question
    connection: Connection,
    benchmark: str,
    filters: Filters,
    bounds: Bounds,
    *,
    with_pairs: bool = False,
    policy: Policy = Policy.PREFERRED,
    level: float = 0.95,
) -> WindowRows:
    """Return each model's score on the items inside a window, on the rest, and the difference.

    Grain: one row per (model, variant), ordered by rank where all have one window, else by model. Equal values share a rank; a model
    without an item inside has no value and no rank.

    Args:
        connection: An open connection.
        benchmark: Name of the benchmark.
        filters: What the question is about.
        bounds: The window.
        with_pairs: Compare every pair of models on the items inside both their windows.
        policy: Which of several claims of a model counts.
        level: Coverage of the intervals.

    Returns:
        The scores, the pairs and notes. An unknown name is an `UnknownNameError`.

    Raises:
        EmptyResultError: If nothing that fits has outcomes of items, none of them has a date, or no cut-off is known.
        StatisticsInputError: If the window has no bound or ends before it starts, or the level is out of range.
    """
    if problem := level_problem(level) or bounds.problem():
        raise StatisticsInputError(problem)
    runs = item_runs(connection, benchmark, filters, policy)
    windows = windows_of(connection, runs, bounds.since, bounds.until, bounds.after_cutoff)
    means, undated = _means(connection, windows, level)
    if not means:
        raise EmptyResultError(f"{benchmark}: no item has a date; import files that say when each became public")
    scores = _ranked([_score(row, windows, means, undated, level) for row in windows.runs.rows], windows)
    notes = [*runs.notes, *window_notes(windows, list(undated.values())), *_notes(scores, windows)]
    return WindowRows(
        scores=tuple(scores),
        pairs=tuple(window_pairs(connection, windows, level)) if with_pairs else (),
        benchmark_name=runs.rows[0].benchmark_name,
        notes=tuple(notes),
    )


def _means(
    connection: Connection, windows: Windows, level: float
) -> tuple[dict[tuple[int, int], _Mean], dict[int, int]]:
    """Return the mean of each run on each side, and the items without a date."""
    item = select_dated(windows).subquery("item")
    sides = (item.c.run_id, item.c.side)
    statistics = (
        func.count().label("n_items"),
        func.avg(item.c.x).label("mean"),
        func.var_samp(item.c.x).label("variance"),
    )
    rows = connection.execute(select(*sides, *statistics).group_by(*sides)).all()
    errors: dict[tuple[int, int], tuple[float | None, int]] = {
        (row.run_id, row.side): (None if row.variance is None else math.sqrt(row.variance / row.n_items), row.n_items)
        for row in rows
        if row.side is not None
    }
    benchmark_id = windows.runs.rows[0].benchmark_id
    if clustered_benchmarks(connection, [benchmark_id]):
        found = connection.execute(select_clustered(item, ("run_id", "side")))
        errors |= {(row.run_id, row.side): clustered_error(row) for row in found if row.side is not None}
    scaling = windows.runs.full, windows.runs.is_bounded
    means = {
        (row.run_id, row.side): _mean(row, errors[row.run_id, row.side], scaling, level)
        for row in rows
        if row.side is not None
    }
    return means, {row.run_id: int(row.n_items) for row in rows if row.side is None}


def _mean(row: Row[Any], error: tuple[float | None, int], scaling: tuple[float, bool], level: float) -> _Mean:
    n_items, mean = int(row.n_items), float(row.mean)
    stderr, n_units = error
    scale, is_bounded = scaling
    if stderr is None:
        return _Mean(n_items, mean * scale, None, n_units, None, None)
    if not is_bounded or not 0 <= mean <= 1:
        interval = t_interval(mean, stderr, n_units - 1, level=level)
    else:
        interval = effective_interval(mean, stderr, n_units, level=level)
        if stderr < _NO_SPREAD:  # no spread is no certainty: half of the interval in quantiles
            stderr = (interval.upper - interval.lower) / (2 * t_quantile(level, n_units - 1))
    return _Mean(n_items, mean * scale, stderr * scale, n_units, interval.lower * scale, interval.upper * scale)


def _score(
    row: Chosen, windows: Windows, means: dict[tuple[int, int], _Mean], undated: dict[int, int], level: float
) -> WindowScore:
    inside, rest = means.get((row.run_id, _INSIDE)), means.get((row.run_id, _REST))
    days = windows.by_run[row.run_id]
    return WindowScore(
        rank=None,
        model=row.model,
        model_name=row.model_name,
        variant=row.variant,
        benchmark=row.benchmark,
        subset=row.subset,
        metric=row.metric,
        training_cutoff_on=windows.cutoffs[row.run_id],
        first_on=days.first,
        last_on=days.last,
        n_items=inside.n_items if inside else 0,
        value=inside.value if inside else None,
        stderr=inside.stderr if inside else None,
        lower=inside.lower if inside else None,
        upper=inside.upper if inside else None,
        n_rest=rest.n_items if rest else 0,
        value_rest=rest.value if rest else None,
        stderr_rest=rest.stderr if rest else None,
        **_difference(inside, rest, higher_is_better=row.higher_is_better, level=level),
        n_undated=undated.get(row.run_id, 0),
        level=level,
        unit=row.unit,
        evidence=Evidence.ITEMS.value,
        score_id=row.score_id,
    )


def _difference(
    inside: _Mean | None, rest: _Mean | None, *, higher_is_better: bool | None, level: float
) -> dict[str, Any]:
    """Return the fields of a row that say how window and rest differ."""
    bare: dict[str, Any] = {
        "difference": inside.value - rest.value if inside and rest else None,
        "difference_stderr": None, "difference_lower": None, "difference_upper": None, "p_value": None,
        "verdict": "unknown",
    }  # fmt: skip
    if inside is None or rest is None or not inside.stderr or not rest.stderr:
        return bare
    df = welch_df(inside.stderr, inside.n_units, rest.stderr, rest.n_units)
    test = independent_difference(inside.value, inside.stderr, rest.value, rest.stderr, level=level, df=df)
    if test.p_value > 1 - level:
        verdict = "not distinguishable"
    elif higher_is_better is None:
        verdict = f"{'higher' if test.difference > 0 else 'lower'} in the window"
    else:
        verdict = f"{'better' if (test.difference > 0) is higher_is_better else 'worse'} in the window"
    return bare | {
        "difference_stderr": test.stderr, "difference_lower": test.lower, "difference_upper": test.upper,
        "p_value": test.p_value, "verdict": verdict,
    }  # fmt: skip


def _ranked(scores: list[WindowScore], windows: Windows) -> list[WindowScore]:
    from dataclasses import replace

    higher_is_better = windows.runs.rows[0].higher_is_better
    valued = [score for score in scores if score.value is not None]
    if not windows.is_one or higher_is_better is None or not valued:
        return sorted(scores, key=lambda score: (score.model, score.variant or ""))
    ranks = competition_ranks([score.value or 0.0 for score in valued], higher_is_better=higher_is_better)
    ranked = [replace(score, rank=rank) for score, rank in zip(valued, ranks, strict=True)]
    bare = [score for score in scores if score.value is None]
    return [
        *sorted(ranked, key=lambda score: (score.rank or 0, score.model, score.variant or "")),
        *sorted(bare, key=lambda score: (score.model, score.variant or "")),
    ]


def _notes(scores: list[WindowScore], windows: Windows) -> list[str]:
    notes = []
    if not windows.is_one:
        notes.append("Every model has a window of its own, so there is no rank; --after-cutoff all gives one window.")
    elif windows.runs.rows[0].higher_is_better is None:
        notes.append("Not ranked, because the metric has no known direction.")
    elif len({score.n_items for score in scores}) > 1:
        few = sorted(score.model for score in scores if score.n_items < max(each.n_items for each in scores))
        notes.append(f"Not all have outcomes on every item inside; ranks are over the items each has: {listed(few)}.")
    notes.append(
        "Items may have become harder with time: worse in the window is a sign of contamination, no proof of it."
    )
    return notes
