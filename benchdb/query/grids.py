"""Grids: the scores an aggregate is taken over, models by benchmarks, and what is done about missing ones.

A missing score is never zero and never passed over in silence: each way of dealing with it has a name and leaves a note.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from benchdb.errors import EmptyResultError
from benchdb.query.columns import common_columns, listed
from benchdb.schema.vocab import Evidence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchdb.rows.leaderboard import BenchmarkColumn, Cell


class Missing(StrEnum):
    """What is done about models that lack a score on some benchmark."""

    COMMON = "common"
    """The aggregate is over the benchmarks that all models have."""
    LISTWISE = "listwise"
    """It is over all benchmarks, and only models that have all of them are ranked."""
    IMPUTE = "impute"
    """A missing score is imputed as the sum of a model's and a benchmark's effect, with the error of that fit."""
    NATIVE = "native"
    """The aggregate takes what there is, as it is defined to: win-rate, bradley-terry and ability can."""
    SHOW = "show"
    """All scores are shown and nothing is ranked."""


@dataclass(frozen=True, slots=True)
class Imputed:
    """A score that was not reported, from the additive fit."""

    value: float
    """Effect of the model plus that of the benchmark."""
    stderr: float | None
    """From the errors of both effects and the scatter about the fit; None when the scatter is not known."""
    rounding: float = 0.0
    """Nothing was printed."""
    evidence: str = Evidence.IMPUTED.value
    """What the error rests on."""
    n_items: int | None = None
    """No items."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Scores by model and benchmark; a missing one is None."""

    models: tuple[tuple[str, str | None], ...]
    """(model, variant) of each row."""
    columns: tuple[BenchmarkColumn, ...]
    """The benchmarks, each with a known direction."""
    scores: tuple[tuple[Cell | Imputed | None, ...], ...]
    """One row a model, one entry a benchmark."""

    @property
    def up(self) -> list[bool]:
        """Whether higher is better on each benchmark."""
        return [bool(column.higher_is_better) for column in self.columns]

    @property
    def is_complete(self) -> bool:
        """Whether no score is missing."""
        return all(score is not None for row in self.scores for score in row)

    def without(self, *, model: int | None = None, column: int | None = None) -> Grid:
        """Return the grid with one model or one benchmark left out.

        Args:
            model: Position of a model.
            column: Position of a benchmark.
        """
        rows = [i for i in range(len(self.models)) if i != model]
        kept = [k for k in range(len(self.columns)) if k != column]
        return Grid(
            tuple(self.models[i] for i in rows),
            tuple(self.columns[k] for k in kept),
            tuple(tuple(self.scores[i][k] for k in kept) for i in rows),
        )


def lay_grid(
    by_model: Sequence[tuple[Cell, ...]], columns: Sequence[BenchmarkColumn], missing: Missing, *, one_unit: bool
) -> tuple[Grid, list[str]]:
    """Return the scores that an aggregate is taken over, and notes on what is not in it.

    Args:
        by_model: Cells of each model.
        columns: The benchmarks shown.
        missing: What is done about missing scores; not SHOW.
        one_unit: Whether the aggregate needs scores of one unit and one direction.
    """
    n_models = len(by_model)
    if missing is Missing.COMMON and one_unit:
        used, notes = common_columns(columns, n_models)
    else:
        used, notes = _directed(columns, n_models, missing, one_unit=one_unit)
    grid = _fill(by_model, used)
    if missing is Missing.LISTWISE:
        kept = [i for i, row in enumerate(grid.scores) if None not in row]
        left_out = [_label(model) for i, model in enumerate(grid.models) if i not in set(kept)]
        if left_out:
            notes.append(f"Not ranked, because a score is missing (listwise): {listed(left_out)}.")
        grid = Grid(tuple(grid.models[i] for i in kept), grid.columns, tuple(grid.scores[i] for i in kept))
    if missing is Missing.IMPUTE and not grid.is_complete:
        grid, n_imputed = _impute(grid)
        notes.append(
            f"{n_imputed} missing scores are imputed as model plus benchmark effect; their error is part of the"
            " aggregate's."
        )
    return grid, notes


def _directed(
    columns: Sequence[BenchmarkColumn], n_models: int, missing: Missing, *, one_unit: bool
) -> tuple[list[BenchmarkColumn], list[str]]:
    if one_unit:
        # As if everyone had everything: what is left is the choice of unit and direction.
        kept, notes = common_columns([_everywhere(column, n_models) for column in columns], n_models)
        names = {column.label for column in kept}
        return [column for column in columns if column.label in names], notes
    used = [column for column in columns if column.higher_is_better is not None]
    undirected = [column.label for column in columns if column.higher_is_better is None]
    notes = [f"Not ranked, because the metric has no known direction: {listed(undirected)}."] if undirected else []
    if missing is Missing.COMMON:
        used = [column for column in used if column.n_models == n_models]
    return used, notes


def _everywhere(column: BenchmarkColumn, n_models: int) -> BenchmarkColumn:
    from dataclasses import replace

    return replace(column, n_models=n_models)


def _fill(by_model: Sequence[tuple[Cell, ...]], columns: Sequence[BenchmarkColumn]) -> Grid:
    position = {(column.slug, column.subset): number for number, column in enumerate(columns)}
    rows = []
    for cells in by_model:
        row: list[Cell | Imputed | None] = [None] * len(columns)
        for cell in cells:
            place = position.get((cell.benchmark, cell.subset))
            if place is not None:
                row[place] = cell
        rows.append(tuple(row))
    models = tuple((cells[0].model, cells[0].variant) for cells in by_model)
    return Grid(models, tuple(columns), tuple(rows))


def _impute(grid: Grid) -> tuple[Grid, int]:
    import numpy as np

    from benchdb.stats.ability import additive_fit

    has_any = [any(score is not None for score in row) for row in grid.scores]
    if not all(has_any):
        lacking = [_label(model) for model, has in zip(grid.models, has_any, strict=True) if not has]
        message = f"nothing to impute from: {listed(lacking)} has no score on the benchmarks that can be averaged; leave it out"
        raise EmptyResultError(message)
    values = np.array([[math.nan if score is None else score.value for score in row] for row in grid.scores])
    errors = np.array([[0.0 if score is None else score.stderr or 0.0 for score in row] for row in grid.scores])
    fit = additive_fit(values, errors)
    n = len(grid.models)
    variance = fit.covariance.diagonal()
    rows, n_imputed = [], 0
    for i, row in enumerate(grid.scores):
        filled = list(row)
        for k in [k for k, score in enumerate(row) if score is None]:
            spread = variance[i] + variance[n + k] + 2 * fit.covariance[i, n + k] + fit.scatter**2
            stderr = float(np.sqrt(spread)) if fit.n_left > 0 else None
            filled[k] = Imputed(float(fit.models[i] + fit.benchmarks[k]), stderr)
            n_imputed += 1
        rows.append(tuple(filled))
    return Grid(grid.models, grid.columns, tuple(rows)), n_imputed


def coverage_note(grid: Grid) -> str | None:
    """Return how unequal the coverage is that an aggregate takes as it is, or None where it is complete.

    Args:
        grid: The scores.
    """
    if grid.is_complete:
        return None
    counts = Counter(sum(score is not None for score in row) for row in grid.scores)
    return (
        f"Coverage is incomplete and taken as it is: models have {min(counts)} to {max(counts)} of"
        f" {len(grid.columns)} benchmarks."
    )


def _label(model: tuple[str, str | None]) -> str:
    return f"{model[0]}[{model[1]}]" if model[1] else model[0]
