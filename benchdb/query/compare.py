"""Is one model better than another: differences on each benchmark and over the common ones, with what they rest on.

The ladder: items both runs have outcomes on (paired t; McNemar's exact p where each item was tried once), else the two
values' own errors as if independent (which is too wide where items are shared), else the part of the error that is known,
which can show that a difference is within the noise and never that it is not. An interval is widened by the rounding of
the printed values; "better" and "worse" need it to exclude zero.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

from benchdb.errors import AmbiguousQueryError, EmptyResultError, StatisticsInputError
from benchdb.query.claims import chosen_cells, policy_notes
from benchdb.query.columns import arrange, common_columns, listed
from benchdb.query.contrasts import PAIRED, contrast, overall, verdict
from benchdb.query.filters import resolve
from benchdb.query.items import pair_stats
from benchdb.query.names import resolve_names
from benchdb.query.policies import Policy
from benchdb.query.protocols import Match, match, settings_of
from benchdb.query.uncertainty import to_cells
from benchdb.rows.comparison import ComparisonRows, Difference
from benchdb.schema.vocab import EntityKind, Evidence
from benchdb.stats.inputs import level_problem

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy import Connection

    from benchdb.query.claims import Chosen
    from benchdb.query.contrasts import Contrast
    from benchdb.query.filters import Filters
    from benchdb.query.items import PairKey, PairStats
    from benchdb.rows.leaderboard import BenchmarkColumn, Cell

NOT_COMPARABLE = "not comparable"
"""Verdict where the protocols differ in what changes the task."""


@dataclass(frozen=True, slots=True)
class _Entrant:
    """A model to compare, in one of its variants, with its cells by column."""

    label: str
    name: str
    cells: dict[tuple[str, str], tuple[Chosen, Cell]]


@dataclass(frozen=True, slots=True)
class _Settings:
    """What every comparison of one answer shares."""

    columns: Sequence[BenchmarkColumn]
    pairs: Mapping[PairKey, PairStats]
    protocols: Mapping[int, Mapping[str, Any]]
    level: float
    across_protocols: bool


def compare(
    connection: Connection,
    models: Sequence[str],
    filters: Filters,
    *,
    policy: Policy = Policy.PREFERRED,
    level: float = 0.95,
    across_protocols: bool = False,
) -> ComparisonRows:
    """Return the differences between two models, or between all pairs of several, first minus second.

    Grain: one row per (pair, benchmark both have), in the order of the names and of the benchmarks, and after them one
    for the mean over those benchmarks. A pair without a common benchmark is named in the notes.

    Args:
        connection: An open connection.
        models: Two or more names; "name[variant]" means a variant.
        filters: What the question is about; its models are not used.
        policy: Which of several claims a cell shows.
        level: Coverage of the intervals.
        across_protocols: Give a verdict although the protocols differ in what changes the task.

    Returns:
        Differences and notes. An unknown name is an `UnknownNameError`; fewer than two models, or a model with several
        variants and no plain one, an `AmbiguousQueryError`.

    Raises:
        EmptyResultError: If no two of the models share a benchmark.
        StatisticsInputError: If the level is out of range.
    """
    if problem := level_problem(level):
        raise StatisticsInputError(problem)
    keys = resolve_names(connection, {EntityKind.MODEL.value: [_split(name)[0] for name in models]})
    scope = replace(
        resolve(connection, replace(filters, models=())), model_ids=tuple(dict.fromkeys(keys.get(EntityKind.MODEL, ())))
    )
    chosen, notes = chosen_cells(connection, scope, policy)
    wanted = _wanted(models, keys.get(EntityKind.MODEL, ()), chosen)
    table = arrange(connection, [row for row in chosen if (row.model_id, row.variant) in wanted], scope)
    cells, item_notes = to_cells(connection, table.rows, level, as_of=filters.as_of)
    entrants = _entrants(wanted, table.rows, cells)
    settings = _settings(connection, entrants, table.columns, level, across_protocols=across_protocols)
    differences: list[Difference] = []
    for first, second in combinations(entrants, 2):
        rows, more = _compare_pair(first, second, settings)
        differences += rows
        notes += more
    if not differences:
        raise EmptyResultError(f"{listed(models)} have no benchmark in common that fits these filters")
    return ComparisonRows(
        differences=tuple(differences),
        models=tuple(entrant.label for entrant in entrants),
        policy=policy.value,
        level=level,
        notes=(
            *policy_notes(table.rows, policy),
            *table.notes,
            *item_notes,
            *dict.fromkeys(notes),
            *_notes(differences, level),
        ),
    )


def _split(name: str) -> tuple[str, str | None]:
    bare, bracket, variant = name.partition("[")
    return (bare.strip(), variant.rstrip("] ")) if bracket else (name, None)


def _wanted(models: Sequence[str], keys: Sequence[int], chosen: Sequence[Chosen]) -> list[tuple[int, str | None]]:
    variants: dict[int, set[str | None]] = defaultdict(set)
    for row in chosen:
        variants[row.model_id].add(row.variant)
    wanted = [(key, _variant(name, variants[key])) for name, key in zip(models, keys, strict=True)]
    if len(set(wanted)) < max(2, len(wanted)):
        raise AmbiguousQueryError(
            f"expected two or more different models to compare, found: {', '.join(models) or 'none'}"
        )
    return wanted


def _variant(name: str, variants: Collection[str | None]) -> str | None:
    asked = _split(name)[1]
    known = ", ".join(f"[{variant}]" for variant in sorted(variant for variant in variants if variant))
    if not variants:
        raise EmptyResultError(f"{name} has no score that fits these filters; benchdb coverage shows what there is")
    if asked is not None:
        found = [variant for variant in variants if variant and variant.casefold() == asked.casefold()]
        if not found:
            raise EmptyResultError(f"{name} has no score that fits these filters; its variants: {known or 'none'}")
        return found[0]
    if None in variants:
        return None
    if len(variants) > 1:
        raise AmbiguousQueryError(f"{name} has scores as several variants; add one to its name: {known}")
    return next(iter(variants))


def _entrants(
    wanted: Sequence[tuple[int, str | None]], rows: Sequence[Chosen], cells: Sequence[Cell]
) -> list[_Entrant]:
    by_model: dict[tuple[int, str | None], list[tuple[Chosen, Cell]]] = defaultdict(list)
    for row, cell in zip(rows, cells, strict=True):
        by_model[row.model_id, row.variant].append((row, cell))
    return [
        _Entrant(
            label=_label(by_model[key][0][1]) if by_model[key] else "",
            name=_name(by_model[key][0][1]) if by_model[key] else "",
            cells={(cell.benchmark, cell.subset): (row, cell) for row, cell in by_model[key]},
        )
        for key in wanted
    ]


def _label(cell: Cell) -> str:
    return f"{cell.model}[{cell.variant}]" if cell.variant else cell.model


def _name(cell: Cell) -> str:
    return f"{cell.model_name} [{cell.variant}]" if cell.variant else cell.model_name


def _settings(
    connection: Connection,
    entrants: Sequence[_Entrant],
    columns: Sequence[BenchmarkColumn],
    level: float,
    *,
    across_protocols: bool,
) -> _Settings:
    keys: set[PairKey] = set()
    benchmarks: set[int] = set()
    for first, second in combinations(entrants, 2):
        for column in first.cells.keys() & second.cells.keys():
            (row_a, cell_a), (row_b, cell_b) = first.cells[column], second.cells[column]
            if cell_a.evidence == cell_b.evidence == Evidence.ITEMS and row_a.run_id != row_b.run_id:
                keys.add(_pair_key(row_a, row_b))
                benchmarks.add(row_a.benchmark_id)
    score_ids = {cell.score_id for entrant in entrants for _, cell in entrant.cells.values()}
    return _Settings(
        columns=columns,
        pairs=pair_stats(connection, keys, benchmarks),
        protocols=settings_of(connection, score_ids),
        level=level,
        across_protocols=across_protocols,
    )


def _pair_key(first: Chosen, second: Chosen) -> PairKey:
    return min(first.run_id, second.run_id), max(first.run_id, second.run_id), first.metric_id


def _shared_items(first: Chosen, second: Chosen, pairs: Mapping[PairKey, PairStats]) -> PairStats | None:
    # Both orders of a pair read the same row, so that A against B mirrors B against A to the last digit.
    found = pairs.get(_pair_key(first, second))
    if found is None or found.n_items < 2:
        return None
    return found if first.run_id < second.run_id else found.mirrored()


def _compare_pair(first: _Entrant, second: _Entrant, settings: _Settings) -> tuple[list[Difference], list[str]]:
    shared = [c for c in settings.columns if (c.slug, c.subset) in first.cells and (c.slug, c.subset) in second.cells]
    if not shared:
        return [], [f"{first.label} and {second.label} have no benchmark in common."]
    rows: dict[str, Difference] = {}
    contrasts: dict[str, Contrast] = {}
    for column in shared:
        (row_a, cell_a), (row_b, cell_b) = (entrant.cells[column.slug, column.subset] for entrant in (first, second))
        found = contrast(cell_a, cell_b, _shared_items(row_a, row_b, settings.pairs), settings.level)
        alike = match(settings.protocols[cell_a.score_id], settings.protocols[cell_b.score_id])
        contrasts[column.label] = found
        rows[column.label] = replace(
            _difference((first, second), column, found, alike, settings),
            score_id_a=cell_a.score_id,
            score_id_b=cell_b.score_id,
        )
    common, notes = common_columns([replace(column, n_models=2) for column in shared], 2)
    whole = _overall((first, second), common, contrasts, rows, settings) if common else []
    return [*rows.values(), *whole], notes


def _difference(
    pair: tuple[_Entrant, _Entrant], column: BenchmarkColumn, found: Contrast, alike: Match, settings: _Settings
) -> Difference:
    words = verdict(found, higher_is_better=column.higher_is_better, level=settings.level)
    return Difference(
        model_a=pair[0].label,
        model_b=pair[1].label,
        model_name_a=pair[0].name,
        model_name_b=pair[1].name,
        benchmark=column.label,
        benchmark_name=column.name,
        metric=column.metric,
        value_a=found.value_a,
        value_b=found.value_b,
        difference=found.difference,
        rounding=found.rounding,
        unit=column.unit,
        higher_is_better=column.higher_is_better,
        stderr=found.stderr,
        lower=found.lower,
        upper=found.upper,
        level=settings.level,
        p_value=found.p_value,
        method=found.method,
        evidence=found.evidence,
        n_items=found.n_items,
        protocol_differences=alike.differences,
        protocol_unknown=alike.unknown,
        verdict=words if alike.is_comparable or settings.across_protocols else NOT_COMPARABLE,
        score_id_a=None,
        score_id_b=None,
    )


def _overall(
    pair: tuple[_Entrant, _Entrant],
    common: Sequence[BenchmarkColumn],
    contrasts: Mapping[str, Contrast],
    rows: Mapping[str, Difference],
    settings: _Settings,
) -> list[Difference]:
    parts = [rows[column.label] for column in common]
    alike = Match(
        differences=tuple(
            f"{part.benchmark} {difference}" for part in parts for difference in part.protocol_differences
        ),
        unknown=tuple(dict.fromkeys(name for part in parts for name in part.protocol_unknown)),
        is_comparable=all(part.verdict != NOT_COMPARABLE for part in parts),
    )
    metrics = {column.metric for column in common}
    column = replace(
        common[0],
        name="Mean" if len(common) == 1 else f"Mean of {len(common)} benchmarks",
        metric=metrics.pop() if len(metrics) == 1 else "several",
    )
    found = overall([contrasts[part.label] for part in common], settings.level)
    return [replace(_difference(pair, column, found, alike, settings), benchmark=None)]


def _notes(differences: Sequence[Difference], level: float) -> list[str]:
    notes = []
    if len(differences) > 1:
        notes.append(
            f"{len(differences)} comparisons, each at {level * 100:g} %; no correction for their number is made."
        )
    evidence = {row.evidence for row in differences}
    if evidence - {PAIRED, Evidence.UNKNOWN}:
        notes.append(
            "Without outcomes of items, errors count as independent; on shared items the true error is usually smaller."
        )
    if any(row.verdict == NOT_COMPARABLE for row in differences):
        notes.append(
            "Not comparable: the protocols differ in settings that change the task; they are listed with each row."
        )
    return notes
