"""Is one model better than another: differences on each benchmark and over the common ones, with what they rest on.

Each difference has the best evidence there is (`contrasts`); an interval is widened by the rounding of the printed values,
and p is that of the part of the difference that rounding cannot explain. p is adjusted for the number of comparisons in the
answer (`compare_family`); "better" and "worse" need the adjusted p and an interval that excludes zero.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

from benchdb.errors import EmptyResultError, StatisticsInputError
from benchdb.query.claims import chosen_cells, policy_notes
from benchdb.query.columns import arrange, common_columns, listed
from benchdb.query.compare_entrants import best_first, entrants_named, model_keys, typed_models, wanted_entrants
from benchdb.query.compare_family import NOT_COMPARABLE, Correction, judged
from benchdb.query.compare_pairs import pair_stats, unit_differences
from benchdb.query.contrasts import PAIRED, ChosenTest, contrast, overall
from benchdb.query.filters import resolve
from benchdb.query.policies import Policy
from benchdb.query.protocols import Match, match, settings_of
from benchdb.query.uncertainty import scale, to_cells
from benchdb.rows.comparison import ComparisonRows, Difference
from benchdb.schema.vocab import Evidence, ScoreUnit
from benchdb.stats.inputs import DEFAULT_LEVEL, DEFAULT_SEED, level_problem
from benchdb.stats.paired import permutation_test

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from benchdb.query.chosen import Chosen
    from benchdb.query.compare_entrants import Entrant
    from benchdb.query.compare_pairs import PairKey, PairStats
    from benchdb.query.contrasts import Contrast
    from benchdb.query.filters import Filters
    from benchdb.rows.leaderboard import BenchmarkColumn, Cell

_RESAMPLES = 10_000
_MOST_NOTED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How the differences of one answer are judged."""

    level: float = DEFAULT_LEVEL
    """Coverage of the intervals; a verdict needs an adjusted p of at most one minus it."""
    test: ChosenTest = ChosenTest.AUTO
    """How p is computed, as far as the evidence allows."""
    correction: Correction = Correction.HOLM
    """How p is adjusted for the number of comparisons."""
    seed: int = DEFAULT_SEED
    """Seed of the permutation test."""
    across_protocols: bool = False
    """Whether to judge although the protocols differ in what changes the task."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What every comparison of one answer looks up."""

    columns: Sequence[BenchmarkColumn]
    pairs: Mapping[PairKey, PairStats]
    units: Mapping[PairKey, Sequence[float]]
    protocols: Mapping[int, Mapping[str, Any]]
    rules: Rules


def compare(
    connection: Connection,
    models: Sequence[str],
    filters: Filters,
    *,
    policy: Policy = Policy.PREFERRED,
    rules: Rules = Rules(),
    all_pairs: bool = False,
) -> ComparisonRows:
    """Return the differences between two models, or between all pairs of several, first minus second.

    Grain: one row per (pair, benchmark both have), in the order of the names and of the benchmarks, and after them one
    for the mean over those benchmarks. A pair without a common benchmark is named in the notes. However many pairs there
    are, the number of statements is the same.

    Args:
        connection: An open connection.
        models: Two or more names; "name[variant]" means a variant. With `all_pairs` none means all that fit the filters,
            best first.
        filters: What the question is about; its models are not used.
        policy: Which of several claims a cell shows.
        rules: How differences are judged.
        all_pairs: Whether the answer is to be shown as a matrix.

    Returns:
        Differences and notes. An unknown name is an `UnknownNameError`; fewer than two models, or a model with several
        variants and no plain one, an `AmbiguousQueryError`.

    Raises:
        EmptyResultError: If no two of the models share a benchmark.
        StatisticsInputError: If the level is out of range.
    """
    if problem := level_problem(rules.level):
        raise StatisticsInputError(problem)
    typed = typed_models(connection, models)
    model_ids = model_keys(connection, typed)
    scope = replace(resolve(connection, replace(filters, models=())), model_ids=tuple(dict.fromkeys(model_ids)))
    chosen, notes = chosen_cells(connection, scope, policy)
    everyone = all_pairs and not models
    wanted = (
        list(dict.fromkeys((row.model_id, row.variant) for row in chosen))
        if everyone
        else wanted_entrants(typed, model_ids, chosen)
    )
    shown = set(wanted)
    table = arrange(connection, [row for row in chosen if (row.model_id, row.variant) in shown], scope)
    cells, item_notes = to_cells(
        connection, table.rows, rules.level, as_of=filters.as_of, published_until=filters.published_until
    )
    entrants = entrants_named(wanted, table.rows, cells)
    if everyone:
        entrants = [one for one in entrants if one.cells]
        entrants = best_first(entrants, common_columns(table.columns, len(entrants))[0])
    differences, more = compare_entrants(connection, list(combinations(entrants, 2)), table.columns, rules)
    if not differences:
        raise EmptyResultError(
            f"{listed(models) or 'these models'} have no benchmark in common that fits these filters"
        )
    return ComparisonRows(
        differences=tuple(differences),
        models=tuple(one.label for one in entrants),
        policy=policy.value,
        level=rules.level,
        notes=(*policy_notes(table.rows, policy), *table.notes, *notes, *item_notes, *more),
        is_matrix=all_pairs,
    )


def compare_entrants(
    connection: Connection, pairs: Sequence[tuple[Entrant, Entrant]], columns: Sequence[BenchmarkColumn], rules: Rules
) -> tuple[list[Difference], list[str]]:
    """Return the judged differences of pairs, first minus second, and notes.

    Args:
        connection: An open connection.
        pairs: Who is compared.
        columns: The columns of the answer.
        rules: How differences are judged.
    """
    known = _known(connection, pairs, columns, rules)
    differences: list[Difference] = []
    notes: list[str] = []
    apart = []
    for first, second in pairs:
        rows, more = _compare_pair(first, second, known)
        differences += rows
        notes += more
        if not rows:
            apart.append(f"{first.label} and {second.label}")
    if 0 < len(apart) <= _MOST_NOTED:
        notes += [f"{names} have no benchmark in common." for names in apart]
    elif apart:
        notes.append(f"{len(apart)} of {len(pairs)} pairs have no benchmark in common.")
    differences, n_tests = judged(differences, rules.correction)
    return differences, [*dict.fromkeys(notes), *_notes(differences, n_tests, rules)]


def _known(
    connection: Connection, pairs: Sequence[tuple[Entrant, Entrant]], columns: Sequence[BenchmarkColumn], rules: Rules
) -> _Known:
    entrants = {id(one): one for pair in pairs for one in pair}.values()
    with_items: dict[int, int] = {}
    counts = Counter(
        (row.benchmark_id, row.subset, row.metric_id)
        for one in entrants
        for row, cell in one.cells.values()
        if cell.evidence == Evidence.ITEMS
    )
    for one in entrants:
        for row, cell in one.cells.values():
            if cell.evidence == Evidence.ITEMS and counts[row.benchmark_id, row.subset, row.metric_id] > 1:
                with_items[row.run_id] = row.benchmark_id
    permuted = rules.test is ChosenTest.PERMUTATION and with_items
    return _Known(
        # A pair's common columns are those that both have, whoever else has them.
        columns=[replace(column, n_models=2) for column in columns],
        pairs=pair_stats(connection, with_items, set(with_items.values())),
        units=unit_differences(connection, with_items) if permuted else {},
        protocols=settings_of(connection, {cell.score_id for one in entrants for _, cell in one.cells.values()}),
        rules=rules,
    )


def _pair_key(first: Chosen, second: Chosen) -> PairKey:
    return min(first.run_id, second.run_id), max(first.run_id, second.run_id), first.metric_id


def _shared_items(
    first: tuple[Chosen, Cell], second: tuple[Chosen, Cell], pairs: Mapping[PairKey, PairStats]
) -> PairStats | None:
    # Both orders of a pair read the same row, so that A against B mirrors B against A to the last digit.
    if not first[1].evidence == second[1].evidence == Evidence.ITEMS:
        return None
    found = pairs.get(_pair_key(first[0], second[0]))
    if found is None or found.n_items < 2:
        return None
    return found if first[0].run_id < second[0].run_id else found.mirrored()


def _compare_pair(first: Entrant, second: Entrant, known: _Known) -> tuple[list[Difference], list[str]]:
    shared = [c for c in known.columns if (c.slug, c.subset) in first.cells and (c.slug, c.subset) in second.cells]
    if not shared:
        return [], []
    rows: dict[str, Difference] = {}
    contrasts: dict[str, Contrast] = {}
    for column in shared:
        sides = first.cells[column.slug, column.subset], second.cells[column.slug, column.subset]
        found = _contrast(*sides, known)
        claims = sides[0][0], sides[1][0]
        alike = match(known.protocols[claims[0].score_id], known.protocols[claims[1].score_id])
        contrasts[column.label] = found
        row = _difference((first, second), column, found, alike, known.rules, claims)
        rows[column.label] = _with_sides(row, sides[0][1], sides[1][1])
    common, notes = common_columns(shared, 2)
    whole = _overall((first, second), common, contrasts, rows, known.rules) if common else []
    return [*rows.values(), *whole], notes


def _contrast(first: tuple[Chosen, Cell], second: tuple[Chosen, Cell], known: _Known) -> Contrast:
    row, cell = first
    rules = known.rules
    found = contrast(cell, second[1], _shared_items(first, second, known.pairs), rules.level, rules.test)
    units = known.units.get(_pair_key(row, second[0])) if found.evidence == PAIRED else None
    if units is None:
        return found
    p_value = permutation_test(units, [0.0] * len(units), n_resamples=_RESAMPLES, seed=rules.seed)
    clustered = " clustered" if len(units) != found.n_items else ""
    return replace(found, p_value=p_value, method=f"paired t{clustered} interval, permutation p")


def _difference(
    pair: tuple[Entrant, Entrant],
    column: BenchmarkColumn,
    found: Contrast,
    alike: Match,
    rules: Rules,
    claims: tuple[Chosen, Chosen] | None,
) -> Difference:
    is_proportion = claims is not None and claims[0].is_proportion
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
        level=rules.level,
        p_value=found.p_value,
        method=found.method,
        evidence=found.evidence,
        n_items=found.n_items,
        protocol_differences=alike.differences,
        protocol_unknown=alike.unknown,
        verdict="" if alike.is_comparable or rules.across_protocols else NOT_COMPARABLE,
        score_id_a=claims[0].score_id if claims else None,
        score_id_b=claims[1].score_id if claims else None,
        items_difference=_in_items(found, column.unit) if is_proportion else None,
        n_wins=found.n_wins,
        n_losses=found.n_losses,
        data_stderr=found.data_stderr,
        prediction_stderr=found.prediction_stderr,
    )


def _with_sides(row: Difference, first: Cell, second: Cell) -> Difference:
    """Return the row with the intervals of its two values; a mean over shared items alone is not the cell's value."""
    ends = [
        (cell.lower, cell.upper) if math.isclose(cell.value, value, rel_tol=1e-9, abs_tol=1e-12) else (None, None)
        for cell, value in ((first, row.value_a), (second, row.value_b))
    ]
    return replace(
        row,
        lower_a=ends[0][0],
        upper_a=ends[0][1],
        lower_b=ends[1][0],
        upper_b=ends[1][1],
        is_approximate_a=first.is_approximate,
        is_approximate_b=second.is_approximate,
        source_a=first.source_title or first.source_kind,
        source_b=second.source_title or second.source_kind,
        protocol_a=first.protocol,
        protocol_b=second.protocol,
    )


def _in_items(found: Contrast, unit: str | None) -> float | None:
    if not found.n_items or unit not in {ScoreUnit.PERCENT, ScoreUnit.FRACTION}:
        return None
    return found.difference / scale(unit) * found.n_items


def _overall(
    pair: tuple[Entrant, Entrant],
    common: Sequence[BenchmarkColumn],
    contrasts: Mapping[str, Contrast],
    rows: Mapping[str, Difference],
    rules: Rules,
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
    found = overall([contrasts[part.label] for part in common], rules.level)
    whole = _difference(pair, column, found, alike, rules, None)
    return [replace(whole, benchmark=None, n_benchmarks=len(common))]


_CORRECTIONS = {
    Correction.HOLM: "p is Holm's, adjusted over {} comparisons, and the verdicts rest on it; each interval covers {} for itself.",
    Correction.BH: "p is Benjamini and Hochberg's, adjusted over {} comparisons, and the verdicts rest on it; each interval "
    "covers {} for itself.",
    Correction.NONE: "{} comparisons, each at {}; no correction for their number is made.",
}
_NEEDS = {
    ChosenTest.SIGN: ("sign", "shared items"),
    ChosenTest.MCNEMAR: ("McNemar", "shared items that were tried once and are right or wrong"),
    ChosenTest.PERMUTATION: ("permutation", "shared items"),
}


def _notes(differences: Sequence[Difference], n_tests: int, rules: Rules) -> list[str]:
    notes = []
    if n_tests > 1:
        notes.append(_CORRECTIONS[rules.correction].format(n_tests, f"{rules.level * 100:g} %"))
    if rules.test is ChosenTest.PERMUTATION:
        notes.append(f"Permutation test: {_RESAMPLES:,} swaps, or all where there are fewer; seed {rules.seed}.")
    if rules.test in _NEEDS:
        word, needs = _NEEDS[rules.test]
        others = sum(row.benchmark is not None and word not in (row.method or "") for row in differences)
        if others:
            notes.append(f"The {word} test needs {needs}; in {others} rows another one stands, named by their method.")
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
