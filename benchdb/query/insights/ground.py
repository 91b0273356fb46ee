"""What every kind of statement stands on: the chosen cells, by model and by benchmark, and their differences."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchdb.errors import EmptyResultError
from benchdb.query.claims import chosen_cells, policy_notes
from benchdb.query.columns import arrange, common_columns
from benchdb.query.contrasts import contrast
from benchdb.query.filters import resolve
from benchdb.query.uncertainty import to_cells

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from benchdb.query.contrasts import Contrast
    from benchdb.query.filters import Filters
    from benchdb.query.policies import Policy
    from benchdb.rows.leaderboard import BenchmarkColumn, Cell

MOST_MODELS = 60
"""Most models that pairs are made of: the ones with most benchmarks, then by name."""


@dataclass(frozen=True, slots=True)
class Entrant:
    """A model, in one of its variants, with its cells by the benchmark's label."""

    slug: str
    name: str
    family: str | None
    size: int | None
    size_label: str | None
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Ground:
    """Cells to find statements in."""

    entrants: Sequence[Entrant]
    """Models with at least one cell, by the order of the table."""
    columns: Sequence[BenchmarkColumn]
    """Benchmarks, in the order asked for."""
    level: float
    """Coverage of intervals."""
    filters: Filters
    """The question's filters."""
    notes: Sequence[str]
    """What was chosen and left out."""

    def common(self) -> list[BenchmarkColumn]:
        """Return the benchmarks that every model has, of one unit and one known direction."""
        return common_columns(self.columns, len(self.entrants))[0]

    def difference(self, first: Entrant, second: Entrant, column: BenchmarkColumn) -> Contrast:
        """Return the difference of two models on a benchmark that both have, first minus second, errors as independent.

        Args:
            first: A model.
            second: Another one.
            column: The benchmark.
        """
        return contrast(first.cells[column.label], second.cells[column.label], None, self.level)

    def shared(self, first: Entrant, second: Entrant) -> list[BenchmarkColumn]:
        """Return the benchmarks with a known direction that both models have.

        Args:
            first: A model.
            second: Another one.
        """
        return [
            column
            for column in self.columns
            if column.higher_is_better is not None and column.label in first.cells and column.label in second.cells
        ]

    def command(self, question: str, *, benchmarks: Sequence[str] = ()) -> str:
        """Return a benchdb command with the filters of this question.

        Args:
            question: The command and its arguments.
            benchmarks: Benchmarks to name, instead of the question's own.
        """
        filters = self.filters
        words = ["benchdb", question]
        named = benchmarks or filters.benchmarks
        words += [f"-b {shlex.quote(name)}" for name in named]
        if filters.suite and not benchmarks:
            words.append(f"--suite {shlex.quote(filters.suite)}")
        words += [f"--source {shlex.quote(name)}" for name in filters.sources]
        words += [f"--variant {shlex.quote(name)}" for name in filters.variants]
        words += [f"--metric {shlex.quote(filters.metric)}"] if filters.metric else []
        if not question.startswith("compare"):
            words += [f"-m {shlex.quote(name)}" for name in filters.models]
        return " ".join(words)


def read_ground(connection: Connection, filters: Filters, policy: Policy, level: float) -> Ground:
    """Return the cells of a question, arranged.

    Args:
        connection: An open connection.
        filters: What the question is about.
        policy: Which of several claims a cell shows.
        level: Coverage of the intervals.

    Raises:
        EmptyResultError: If no score fits.
    """
    scope = resolve(connection, filters)
    chosen, notes = chosen_cells(connection, scope, policy)
    table = arrange(connection, chosen, scope)
    if not table.rows:
        raise EmptyResultError("no score fits these filters; benchdb coverage shows what there is")
    cells, more = to_cells(connection, table.rows, level, as_of=filters.as_of, published_until=filters.published_until)
    labels = {(column.slug, column.subset): column.label for column in table.columns}
    by_model: dict[tuple[str, str | None], dict[str, Cell]] = {}
    for cell in cells:
        by_model.setdefault((cell.model, cell.variant), {})[labels[cell.benchmark, cell.subset]] = cell
    entrants = [_entrant(found) for found in by_model.values()]
    kept = sorted(entrants, key=lambda each: (-len(each.cells), each.slug))[:MOST_MODELS]
    said = [*policy_notes(table.rows, policy), *table.notes, *notes, *more]
    if len(kept) < len(entrants):
        said.append(
            f"Statements are about the {MOST_MODELS} of {len(entrants)} models with most benchmarks; name models or a suite to choose."
        )
    return Ground([each for each in entrants if each in kept], table.columns, level, filters, said)


def _entrant(cells: Mapping[str, Cell]) -> Entrant:
    cell = next(iter(cells.values()))
    behind = f"[{cell.variant}]" if cell.variant else ""
    return Entrant(
        slug=f"{cell.model}{behind}",
        name=f"{cell.model_name} {behind}".strip(),
        family=cell.family,
        size=cell.n_parameters,
        size_label=cell.parameters_label,
        cells=cells,
    )
