"""Claims from a table of text: models as rows, models as columns, or one row a score."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from benchdb.errors import MalformedFileError
from benchdb.ingest.cells import is_missing, strip_markup, whole_number
from benchdb.ingest.tables.claims import Claim, score_of
from benchdb.ingest.tables.fields import PASSED_OVER, field_named, heading_key
from benchdb.ingest.tables.headings import parse_heading
from benchdb.ingest.tables.layouts import Layout, benchmark_column, label_columns, model_column
from benchdb.ingest.tables.pipes import is_number_free

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchdb.ingest.tables.claims import Stated
    from benchdb.ingest.tables.headings import Heading
    from benchdb.ingest.tables.pipes import Grid, Row

_SHOTS = re.compile(r"(?P<n>\d+)(?:\s*-?\s*shots?)?", re.IGNORECASE | re.ASCII)


def read_grid(grid: Grid, layout: Layout, stated: Stated) -> Iterator[Claim]:
    """Yield the claims of a table whose models stand on one axis, or in a column of their own.

    Args:
        grid: The table.
        layout: Its layout; not that of lm-evaluation-harness.
        stated: What the user states.

    Raises:
        MalformedFileError: If a cell is no number, or a metric or unit is not stated.
    """
    reader = _Reader(grid=grid, stated=stated)
    readers = {Layout.LONG: reader.long, Layout.ROWS: reader.rows, Layout.COLUMNS: reader.columns}
    yield from readers[layout]()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Labelled:
    """A heading of the benchmark axis."""

    text: str
    """As written, without markup."""
    said: Heading
    """What it says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Reads one table."""

    grid: Grid
    stated: Stated

    def rows(self) -> Iterator[Claim]:
        """Yield the claims of a table with one row a model."""
        grid = self.grid
        models = model_column(grid, self.stated)
        shots = self._column_of("n_shot")
        scores = [index for index in range(len(grid.headers)) if index != models and self._holds_scores(index)]
        labels = {
            index: _Labelled(text=grid.headers[index], said=parse_heading(grid.headers[index])) for index in scores
        }
        for row in grid.rows:
            model = strip_markup(row.cells[models])
            n_shot = None if shots is None else _shots_of(row.cells[shots])
            for index, label in labels.items():
                if model:
                    yield from self._claim(row, index, model, _with_shots(label, n_shot))

    def columns(self) -> Iterator[Claim]:
        """Yield the claims of a table with one column a model."""
        grid = self.grid
        labels, benchmarks = label_columns(grid), benchmark_column(grid)
        is_label = set(labels)
        models = [
            index
            for index, header in enumerate(grid.headers)
            if index not in is_label and header and not self._is_ignored(header)
        ]
        in_brackets = re.search(r"\(metrics?\)", grid.headers[benchmarks], re.IGNORECASE) is not None
        for row in grid.rows:
            text = strip_markup(row.cells[benchmarks])
            is_fact = heading_key(text) in PASSED_OVER or self._is_ignored(text)
            if is_fact or is_number_free([row.cells[index] for index in models]):
                continue
            label = _Labelled(text=text, said=parse_heading(text, brackets_are_metrics=in_brackets))
            label = self._with_columns(label, row, labels)
            for index in models:
                yield from self._claim(row, index, grid.headers[index], label)

    def long(self) -> Iterator[Claim]:
        """Yield the claims of a table with one row a score."""
        every = tuple(range(len(self.grid.headers)))
        models, benchmarks, values = (self._column_of(name) or 0 for name in ("model", "benchmark", "value"))
        subsets = self._column_of("subset")
        for row in self.grid.rows:
            text = strip_markup(row.cells[benchmarks])
            label = self._with_columns(_Labelled(text=text, said=parse_heading(text)), row, every)
            for claim in self._claim(row, values, strip_markup(row.cells[models]), label):
                yield claim if subsets is None else replace(claim, subset=strip_markup(row.cells[subsets]))

    def _claim(self, row: Row, index: int, model: str, label: _Labelled) -> Iterator[Claim]:
        """Yield the claim of one cell, if it holds a number."""
        stated, said, place = self.stated, label.said, self.grid.place(row, index)
        whole = stated.constant("benchmark")
        cell = stated.number(row.cells[index], place)
        if cell is None or (said.is_aggregate and not whole and not stated.all_metrics):
            return
        metric = stated.metric(said.metric, label.text)
        if metric is None:
            hint = f'--map metric==pass@1 for all or --map "metric.{label.text}==pass@1" for this one'
            raise MalformedFileError.at(
                stated.where,
                place,
                f'"{label.text}"',
                f'a metric beside the name, as "{label.text} (Pass@1)", or {hint}',
            )
        if not (said.benchmark or whole):
            raise MalformedFileError.at(
                stated.where, place, f'"{label.text}"', "the name of a benchmark, or --map benchmark==NAME"
            )
        unit = stated.unit(cell, said.unit, metric, label.text, place)
        protocol = stated.protocol()
        yield Claim(
            model=model,
            benchmark=whole or said.benchmark,
            subset=said.benchmark if whole else stated.constant("subset") or "",
            protocol=protocol if said.n_shot is None else replace(protocol, n_shot=said.n_shot),
            score=score_of(cell, metric, unit, place, is_aggregate=said.is_aggregate),
        )

    def _with_columns(self, label: _Labelled, row: Row, among: tuple[int, ...]) -> _Labelled:
        """Return a label with the metric and the shots that columns of their own state."""
        metric, shots = self._column_of("metric"), self._column_of("n_shot")
        if metric is not None and metric in among and label.said.metric is None and not is_missing(row.cells[metric]):
            label = replace(label, said=replace(label.said, metric=strip_markup(row.cells[metric])))
        return label if shots is None or shots not in among else _with_shots(label, _shots_of(row.cells[shots]))

    def _column_of(self, name: str) -> int | None:
        headers = self.grid.headers
        own = (index for index, header in enumerate(headers) if heading_key(header) == name)
        return next(own, next((index for index, header in enumerate(headers) if field_named(header) == name), None))

    def _holds_scores(self, index: int) -> bool:
        """Return whether a column has a number and is neither a setting nor a fact about models."""
        header = self.grid.headers[index]
        is_fact = self.grid.keys[index] in PASSED_OVER or field_named(header) not in {None, "value"}
        return not is_fact and not self._is_ignored(header) and self.grid.has_numbers(index)

    def _is_ignored(self, header: str) -> bool:
        return header in {part.strip() for part in self.stated.mapped.get("ignore", "").split(",")}


def _with_shots(label: _Labelled, n_shot: int | None) -> _Labelled:
    if n_shot is None or label.said.n_shot is not None:
        return label
    return replace(label, said=replace(label.said, n_shot=n_shot))


def _shots_of(cell: str) -> int | None:
    match = _SHOTS.fullmatch(strip_markup(cell))
    return None if match is None else whole_number(match["n"])
