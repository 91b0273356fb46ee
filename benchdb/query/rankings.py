"""Several rankings of the same scores: how far they agree, and which ranks hang on one benchmark or one model."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from benchdb.errors import StatisticsInputError
from benchdb.query.aggregates import ONE_UNIT, Aggregate, Options, point_values
from benchdb.query.leaderboard import Ranking
from benchdb.query.policies import Policy
from benchdb.query.ranked import aggregated, options_for, title_of
from benchdb.query.scores import read_scores
from benchdb.query.standings import Place, same_digits, stand
from benchdb.rows.rankings import Agreement, RankingRow, RankingsRows, Sensitivity
from benchdb.stats.inputs import DEFAULT_LEVEL, DEFAULT_SEED, level_problem
from benchdb.stats.ranking import competition_ranks, kendall_tau

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from benchdb.query.aggregates import Estimates
    from benchdb.query.filters import Filters
    from benchdb.query.grids import Grid, Missing

MOST_LEFT_OUT = 2_000_000
"""Scores times what is left out, up to which every ranking is made again without each benchmark and each model."""

_Ranked = tuple[Aggregate, "Grid", "Estimates", list[Place]]


def rankings(  # noqa: PLR0913 - each is one trait of the question, all by keyword
    connection: Connection,
    filters: Filters,
    *,
    missing: Missing | None = None,
    weights: Mapping[str, float] | None = None,
    seed: int = DEFAULT_SEED,
    policy: Policy = Policy.PREFERRED,
    level: float = DEFAULT_LEVEL,
    most: int | None = None,
) -> RankingsRows:
    """Return the models in question ranked by every aggregate.

    Grain: one row per (aggregate, model, variant). Ties share the best rank. An aggregate that the scores do not allow
    is left out, and a note says why.

    Args:
        connection: An open connection.
        filters: What the question is about.
        missing: What is done about missing scores; None takes what there is for Bradley-Terry and ability, and the
            common benchmarks for the others.
        weights: Weight of a benchmark by name; without any the weighted mean is the mean and is left out.
        seed: Seed of simulations.
        policy: Which of several claims a cell shows.
        level: Coverage of the intervals, and the chance that no pair is told apart falsely in one ranking.
        most: Benchmarks at most, those with the most models; None is all.

    Returns:
        Rows, agreements, sensitivities and notes. An unknown name is an `UnknownNameError`.

    Raises:
        StatisticsInputError: If the level or a weight is out of range.
    """
    if problem := level_problem(level):
        raise StatisticsInputError(problem)
    scores = read_scores(connection, filters, policy, level, most)
    options = options_for(connection, scores, weights or {}, level, seed)
    wanted = [kind for kind in Aggregate if kind is not Aggregate.WEIGHTED or weights]
    ranked: list[_Ranked] = []
    notes: list[str] = []
    for kind in wanted:
        try:
            grid, found, more = aggregated(scores, kind, Ranking(aggregate=kind, missing=missing).treatment, options)
            places, place_notes, _ = stand(found, level, seed)
        except StatisticsInputError as error:
            notes.append(f"{kind} is left out: {error}")
            continue
        if not any(place.rank for place in places):
            notes.append(f"{kind} is left out: {(more or ['it ranks nobody'])[-1]}")
            continue
        ranked.append((kind, grid, found, places))
        notes += [f"{kind}: {_bare(note, kind)}" for note in (*more, *found.notes, *place_notes)]
    names = {(cells[0].model, cells[0].variant): cells[0].model_name for cells in scores.by_model}
    sensitivities, sensitivity_notes = _sensitivities(ranked, options, names)
    return RankingsRows(
        rows=tuple(row for entry in ranked for row in _rows(entry, names, ranked[0])),
        aggregates=tuple(kind.value for kind, *_ in ranked),
        agreements=tuple(_agreement(first, second) for first, second in combinations(ranked, 2)),
        sensitivities=tuple(sensitivities),
        seed=seed,
        level=level,
        notes=(*scores.notes, *_gathered(notes, len(ranked)), *sensitivity_notes),
    )


def _bare(note: str, kind: Aggregate) -> str:
    """Return a note on one aggregate without its name, so that several can share it."""
    return note.replace(f"The {title_of(kind)} ", "", 1).replace(f"the {title_of(kind)} ", "it ")


def _gathered(notes: Sequence[str], n_ranked: int) -> list[str]:
    """Say once what several aggregates say alike: "mean, borda: ...", without names where all do."""
    said: dict[str, list[str]] = {}
    kinds = {str(kind) for kind in Aggregate}
    for note in notes:
        kind, colon, rest = note.partition(": ")
        key = rest if colon and kind in kinds else note
        said.setdefault(key, []).extend([kind] if key is rest else [])
    return [f"{', '.join(by)}: {text}" if 0 < len(by) < n_ranked else text for text, by in said.items()]


def _rows(entry: _Ranked, names: Mapping[tuple[str, str | None], str], first: _Ranked) -> list[RankingRow]:
    kind, grid, found, places = entry
    leading = {model: place.rank or len(names) + 1 for model, place in zip(first[1].models, first[3], strict=True)}
    rows = [
        RankingRow(
            aggregate=kind.value,
            model=model[0],
            model_name=names[model],
            variant=model[1],
            rank=place.rank,
            rank_lower=place.lower,
            rank_upper=place.upper,
            tier=place.tier,
            p_best=place.p_best,
            value=found.values[i],
            unit=found.unit,
            stderr=found.stderrs[i],
            evidence=found.evidence[i].value,
            lower=bounds[0] if (bounds := found.bounds[i]) else None,
            upper=bounds[1] if bounds else None,
        )
        for i, (model, place) in enumerate(zip(grid.models, places, strict=True))
    ]
    return sorted(
        rows, key=lambda row: (leading.get((row.model, row.variant), len(names) + 1), row.model, row.variant or "")
    )


def _agreement(first: _Ranked, second: _Ranked) -> Agreement:
    ranks = [
        {model: place.rank for model, place in zip(grid.models, places, strict=True) if place.rank is not None}
        for _, grid, _, places in (first, second)
    ]
    both = [model for model in ranks[0] if model in ranks[1]]
    tau = kendall_tau([ranks[0][model] for model in both], [ranks[1][model] for model in both])
    return Agreement(aggregate_a=first[0].value, aggregate_b=second[0].value, tau=tau, n_models=len(both))


def _sensitivities(
    ranked: Sequence[_Ranked], options: Options, names: Mapping[tuple[str, str | None], str]
) -> tuple[list[Sensitivity], list[str]]:
    found: list[Sensitivity] = []
    skipped = []
    for kind, grid, estimates, _ in ranked:
        n, k = len(grid.models), len(grid.columns)
        if n * k * (n + k) > MOST_LEFT_OUT:
            skipped.append(kind.value)
            continue
        shown = [_label(names[model], model[1]) for model in grid.models]
        before = _ranks(list(estimates.values), up=estimates.higher_is_better)
        for column in range(k if k > 1 else 0):
            after = _ranks(_without(kind, grid.without(column=column), options), up=estimates.higher_is_better)
            found.append(_change((kind, "benchmark", grid.columns[column].label), shown, before, after))
        for model in range(n if n > 2 and kind not in ONE_UNIT else 0):
            kept = [i for i in range(n) if i != model]
            less = _ranks(_without(kind, grid.without(model=model), options), up=estimates.higher_is_better)
            same = _ranks([estimates.values[i] for i in kept], up=estimates.higher_is_better)
            found.append(_change((kind, "model", shown[model]), [shown[i] for i in kept], same, less))
    notes = []
    if skipped:
        notes.append(f"Too many scores to leave out one benchmark or model at a time: {', '.join(skipped)}.")
    if any(kind in ONE_UNIT for kind, *_ in ranked):
        notes.append("Leaving out a model never changes the order of the others by a mean.")
    return found, notes


def _without(kind: Aggregate, grid: Grid, options: Options) -> Sequence[float | None]:
    try:
        return point_values(kind, grid, options)
    except StatisticsInputError:
        return [None] * len(grid.models)


def _ranks(values: Sequence[float | None], *, up: bool) -> list[int | None]:
    known = [i for i, value in enumerate(values) if value is not None]
    ranks: list[int | None] = [None] * len(values)
    found = competition_ranks([same_digits(values[i] or 0.0) for i in known], higher_is_better=up)
    for i, rank in zip(known, found, strict=True):
        ranks[i] = rank
    return ranks


def _change(
    what: tuple[Aggregate, str, str], names: Sequence[str], before: Sequence[int | None], after: Sequence[int | None]
) -> Sensitivity:
    moves = [
        (abs(new - old), -old, name)
        for name, old, new in zip(names, before, after, strict=True)
        if old is not None and new is not None
    ]
    most = max(moves, default=(0, 0, ""))
    leaders = [
        ", ".join(sorted(name for name, rank in zip(names, ranks, strict=True) if rank == 1))
        for ranks in (before, after)
    ]
    kind, of, left_out = what
    return Sensitivity(
        aggregate=kind.value,
        kind=of,
        left_out=left_out,
        n_changed=sum(move[0] > 0 for move in moves),
        largest_change=most[0],
        most_moved=most[2] if most[0] else None,
        leader=leaders[1],
        is_new_leader=leaders[0] != leaders[1],
    )


def _label(name: str, variant: str | None) -> str:
    return f"{name} [{variant}]" if variant else name
