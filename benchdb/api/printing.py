"""A leaderboard as a table to print: numbers with their errors, the best of each column, and what a reader must know below."""

from __future__ import annotations

from collections import defaultdict
from string import ascii_lowercase
from typing import TYPE_CHECKING

from benchdb.api import display
from benchdb.charts.notes import EVIDENCE_WORDS
from benchdb.export.contract import PrintedCell, PrintedTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from benchdb.rows.leaderboard import BenchmarkColumn, Cell, LeaderboardRows, Standing

_MOST_DECIMALS = 3
_AGGREGATE_DECIMALS = {"borda": 1, "rank-sum": 1, "z-score": 2, "ability": 2}


def printed(
    rows: LeaderboardRows, *, best: bool = True, errors: bool = True, caption: str | None = None
) -> PrintedTable:
    """Return a leaderboard as a table to print: one line a model, in order of rank. A missing score is a dash.

    Args:
        rows: The leaderboard.
        best: Whether the best value of a column and the next one below it stand out; all that print alike do.
        errors: Whether standard errors stand behind the values.
        caption: What stands above the table.
    """
    has_sizes = any(standing.parameters_label for standing in rows.standings)
    kinds = _kinds(rows) if errors else []
    marks = dict(zip(kinds, ascii_lowercase, strict=False)) if len(kinds) > 1 else {}
    names = [_names(standing, has_sizes=has_sizes) for standing in rows.standings]
    columns = [_column(rows.standings, column, marks, errors=errors, best=best) for column in rows.benchmarks]
    headings = [display.heading(column.name, column.subset) for column in rows.benchmarks]
    if rows.common:
        headings.insert(0, rows.aggregate)
        columns.insert(0, _aggregate(rows, marks, errors=errors, best=best))
    lines = [(*name, *values) for name, values in zip(names, zip(*columns, strict=True), strict=True)]
    return PrintedTable(
        headings=("model", *(["size"] if has_sizes else []), *headings),
        lines=tuple(lines),
        n_words=2 if has_sizes else 1,
        footnotes=tuple(_footnotes(rows, kinds, marks)),
        caption=caption,
    )


def _names(standing: Standing, *, has_sizes: bool) -> list[PrintedCell]:
    name = PrintedCell(text=display.model(standing.model_name, standing.variant))
    return [name, PrintedCell(text=display.text(standing.parameters_label))] if has_sizes else [name]


def _column(
    standings: Sequence[Standing], column: BenchmarkColumn, marks: Mapping[str, str], *, errors: bool, best: bool
) -> list[PrintedCell]:
    cells = [
        next((cell for cell in standing.cells if (cell.benchmark, cell.subset) == (column.slug, column.subset)), None)
        for standing in standings
    ]
    values = [None if cell is None else cell.value for cell in cells]
    texts = [_value(cell) for cell in cells]
    places = _places(values, texts, higher_is_better=column.higher_is_better if best else None)
    return [
        PrintedCell(text=text)
        if cell is None
        else PrintedCell(
            text=text,
            error=_error(cell.stderr, cell.unit, None, cell.evidence) if errors else None,
            mark=marks.get(cell.evidence, "") if cell.stderr is not None else "",
            is_approximate=cell.is_approximate,
            is_best=place == 1,
            is_second=place == 2,
        )
        for cell, text, place in zip(cells, texts, places, strict=True)
    ]


def _aggregate(rows: LeaderboardRows, marks: Mapping[str, str], *, errors: bool, best: bool) -> list[PrintedCell]:
    decimals = _AGGREGATE_DECIMALS.get(rows.aggregate)
    texts = [display.number(each.value, each.unit, decimals) for each in rows.standings]
    ranks = [None if each.rank is None else float(each.rank) for each in rows.standings]
    places = _places(ranks, texts, higher_is_better=False if best else None)
    return [
        PrintedCell(
            text=text,
            error=_error(each.stderr, each.unit, decimals, each.evidence) if errors else None,
            mark=marks.get(each.evidence, "") if each.stderr is not None else "",
            is_best=place == 1,
            is_second=place == 2,
        )
        for each, text, place in zip(rows.standings, texts, places, strict=True)
    ]


def _value(cell: Cell | None) -> str:
    if cell is None:
        return display.MISSING
    return display.number(cell.value, cell.unit, None if cell.decimals is None else min(cell.decimals, _MOST_DECIMALS))


def _error(stderr: float | None, unit: str | None, decimals: int | None, evidence: str) -> str | None:
    if stderr is None:
        return None
    return f"{'≥' if evidence == 'partial' else ''}{display.number(stderr, unit, decimals)}"


def _places(values: Sequence[float | None], texts: Sequence[str], *, higher_is_better: bool | None) -> list[int]:
    """Return 1 for the best of a column, 2 for the next printed number below it, else 0."""
    known = [value for value in values if value is not None]
    if higher_is_better is None or not known:
        return [0] * len(values)
    ordered = sorted(set(known), reverse=higher_is_better)
    text_of = dict(zip(values, texts, strict=True))
    distinct = list(dict.fromkeys(text_of[value] for value in ordered))[:2]
    return [
        distinct.index(text) + 1 if value is not None and text in distinct else 0
        for value, text in zip(values, texts, strict=True)
    ]


def _kinds(rows: LeaderboardRows) -> list[str]:
    """Return what the errors printed rest on, the commonest first."""
    counts: dict[str, int] = defaultdict(int)
    for standing in rows.standings:
        for each in (*standing.cells, *([standing] if rows.common else ())):
            if each.stderr is not None:
                counts[each.evidence] += 1
    return sorted(counts, key=lambda kind: (-counts[kind], kind))


def _footnotes(rows: LeaderboardRows, kinds: Sequence[str], marks: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    cells = [cell for standing in rows.standings for cell in standing.cells]
    yield from _error_notes(kinds, marks)
    if kinds and any(cell.stderr is None for cell in cells):
        yield "", "A score without ±: nothing in the database says how uncertain it is."
    if len(cells) < len(rows.standings) * len(rows.benchmarks):
        yield "", f"{display.MISSING}: no score in the database; never counted as zero."
    if any(cell.is_approximate for cell in cells):
        yield "", "~: approximate, for instance read off a figure."
    if rows.common and len(rows.common) < len(rows.benchmarks):
        yield (
            "",
            f"{rows.aggregate}: over {len(rows.common)} of {len(rows.benchmarks)} columns, {', '.join(rows.common)}.",
        )
    mixed = _mixed(cells)
    if mixed:
        yield "", f"Scores under different protocols stand in one column: {', '.join(mixed)}."
    yield "", f"Where a score has several claims: {_policy(rows.policy)}."


def _error_notes(kinds: Sequence[str], marks: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if marks:
        yield "", "± is one standard error; its letter says what it rests on."
        for kind in kinds:
            yield marks.get(kind, ""), f"{EVIDENCE_WORDS.get(kind, kind)}."
    elif kinds:
        yield "", f"± is one standard error, from {EVIDENCE_WORDS.get(kinds[0], kinds[0])}."


def _mixed(cells: Sequence[Cell]) -> list[str]:
    protocols: dict[str, set[int]] = defaultdict(set)
    for cell in cells:
        protocols[display.heading(cell.benchmark_name, cell.subset)].add(cell.fingerprint)
    return [name for name, found in protocols.items() if len(found) > 1]


def _policy(policy: str) -> str:
    from benchdb.query.policies import DESCRIPTIONS, Policy

    return DESCRIPTIONS[Policy(policy)] if policy in set(Policy) else policy
