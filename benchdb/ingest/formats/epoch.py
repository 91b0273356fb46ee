"""Epoch AI's benchmarking hub: CSV of its own runs, and of other people's results (`external_benchmark_*.csv`).

Checked with epoch-research/benchmark-stitching (commit f87d3cc), data/ and data_loader.py.

The hub is the source of its own runs; a row of other people's results belongs to the source that it names, a paper where the link
leads to one. A file of those names neither benchmark nor metric: both follow from the file's name, for a file of another name
`--map benchmark==NAME` says the benchmark. The model is the `Model version`, else the name as printed; a row without either is
passed over. A suffix for the effort ("_high", "_16K", "_thinking") is the reasoning effort, an agent the scaffold. Own runs: the
score is the best over the scorers, a fraction; where one of them alone rounds to it, that scorer's error of two digits and its
name go with it, else its extraction names them all; each scorer's rounded value comes with `--metrics all`. They are accuracies:
the scorers mark answers right or wrong. Times without a zone are cut to their day, midnight UTC. Runs that did not succeed are
passed over. The file model_versions.csv beside a file gives release dates and makers. Empty cells are missing. Side columns,
such as costs, come with `--metrics all` where they hold numbers.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from benchdb.errors import MalformedFileError
from benchdb.ingest.cells import BadCell, ParsedCell, parse_cell, strip_markup, whole_number
from benchdb.ingest.importer import Importer, ReadOptions
from benchdb.ingest.logs.csv_rows import csv_rows, header, require
from benchdb.ingest.logs.epoch_boards import BOARDS, GENERIC, Board, Column, side_columns
from benchdb.ingest.logs.epoch_cells import (
    LINKS,
    is_versions,
    model_facts,
    source_of,
    split_effort,
    started_at,
    versions_beside,
)
from benchdb.ingest.logs.fields import positive
from benchdb.ingest.records import BenchmarkRecord, ModelRecord, ProtocolRecord, RunRecord, ScoreRecord, SourceRecord
from benchdb.schema.vocab import ScoreUnit, SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from benchdb.ingest.logs.epoch_cells import ModelFacts
    from benchdb.ingest.tables.claims import Stated

BEST = "Best score (across scorers)"
"""Column of the score in the file of Epoch's own runs."""
HUB = SourceRecord(
    kind=SourceKind.LEADERBOARD, title="Epoch AI Benchmarking Hub", organization="Epoch AI", is_file=False
)
"""Source of Epoch's own runs, whichever download of the file they stand in."""
_DECIMAL = r"[0-9]+(?:\.[0-9]+)?"
_SCORER = re.compile(rf"(?<![^,])(?P<name>[^:,]+):(?P<value>{_DECIMAL})(?:±(?P<stderr>{_DECIMAL}))?(?![^,\s])")
_SHOTS = re.compile(r"(?P<n>\d+)(?:[ -]?shots?)?")


def sniff(head: bytes, _name: str) -> bool:
    """Return whether a file is one of the hub's tables of scores.

    Args:
        head: Its first bytes.
        _name: Its name, which decides nothing.
    """
    names = header(head)
    return {"task", "model", BEST} <= set(names) or (
        "Model version" in names and "Source" in names and bool(set(LINKS) & set(names))
    )


def read(path: Path, options: ReadOptions) -> Iterator[RunRecord]:
    """Yield one run for each row and part of a benchmark.

    Args:
        path: The file.
        options: What the user said.

    Raises:
        MalformedFileError: If a score is no number, or nobody names the benchmark.
    """
    from benchdb.ingest.tables.claims import stated

    said = stated(str(path), options)
    facts = model_facts(path)
    is_empty = True
    for number, row in csv_rows(path):
        is_empty = False
        runs = _own(said.where, number, row, options) if BEST in row else _external(path, number, row, said)
        yield from (replace(run, model=_with_facts(run, row, facts)) for run in runs)
    if is_empty:
        raise MalformedFileError.at(str(path), "", "none", "rows below the header")


def _own(where: str, number: int, row: Mapping[str, str], options: ReadOptions) -> Iterator[RunRecord]:
    """Yield the runs of a row of Epoch's own evaluations."""
    best = _number(where, number, row, BEST)
    if best is None or row.get("Status") not in {"Success", "", None}:
        return
    scorers = [match.groupdict() for match in _SCORER.finditer(row.get("Scores", ""))]
    rounded = [scorer for scorer in scorers if abs(float(scorer["value"]) - best.value) <= 0.005 + 1e-9]
    alone = rounded[0] if len({scorer["name"] for scorer in rounded}) == 1 else None
    names = list(dict.fromkeys(scorer["name"] for scorer in scorers))
    stderr = None if alone is None or alone["stderr"] is None or len(rounded) > 1 else float(alone["stderr"])
    name, effort = split_effort(require(where, number, dict(row), ["model"]))
    run = RunRecord(
        source=HUB,
        model=ModelRecord(name=name),
        benchmark=BenchmarkRecord(name=require(where, number, dict(row), ["task"])),
        protocol=ProtocolRecord(
            task_version=row.get("task version") or None,
            reasoning_effort=effort,
            extraction=(alone["name"] if alone else " or ".join(names)) or None,
        ),
        ran_at=started_at(row.get("started_at", "")),
        label=row.get("id") or None,
        raw={key: row[key] for key in ("model", "Scores", "log viewer", "logs", "job", "Manual evaluation") if row.get(key)},
        scores=(
            ScoreRecord(
                metric="accuracy", value=best.value, unit=best.unit or ScoreUnit.FRACTION, decimals=best.decimals, stderr=stderr,
                place=f"row {number}, column {BEST}",
            ),
        ),
    )  # fmt: skip
    yield run
    if options.all_metrics and len(names) > 1:
        yield from (_of_scorer(run, number, scorer) for scorer in scorers)


def _of_scorer(run: RunRecord, number: int, scorer: Mapping[str, str | None]) -> RunRecord:
    cell = parse_cell(scorer["value"] or "")
    value = cell if isinstance(cell, ParsedCell) else None
    score = ScoreRecord(
        metric="accuracy",
        value=float(scorer["value"] or "nan"),
        unit=ScoreUnit.FRACTION,
        decimals=None if value is None else value.decimals,
        stderr=None if scorer["stderr"] is None else float(scorer["stderr"]),
        place=f"row {number}, column Scores",
    )
    return replace(run, protocol=replace(run.protocol, extraction=scorer["name"]), scores=(score,))


def _external(path: Path, number: int, row: Mapping[str, str], said: Stated) -> Iterator[RunRecord]:
    """Yield the runs of a row of other people's results: one for each part of the benchmark."""
    board = _board(path, said, row)
    named = next((row[name] for name in ("Model version", "Name", "Agent", "Model") if row.get(name)), None)
    if named is None:
        return
    columns = dict(board.columns)
    side = side_columns(board, list(row)) if said.all_metrics else {}
    parts: dict[tuple[str, str], list[ScoreRecord]] = {}
    for heading, column in (*columns.items(), *side.items()):
        score = _score(said.where, number, row, heading, column, is_side=heading in side)
        if score is not None:
            benchmark = column.benchmark or (row.get(board.version) if board.version else None) or board.benchmark
            parts.setdefault((benchmark, column.subset), []).append(score)
    name, effort = split_effort(strip_markup(named))
    shots = _SHOTS.fullmatch(row.get("Shots", ""))
    scaffold = next(
        (
            row[each]
            for each in board.scaffold
            if row.get(each) not in {None, "", "None", "checked"} and row[each] != named
        ),
        None,
    )
    for (benchmark, subset), scores in parts.items():
        items = positive(row.get(board.n_items)) if board.n_items else None
        yield RunRecord(
            source=source_of(row),
            model=ModelRecord(name=name),
            benchmark=BenchmarkRecord(name=benchmark),
            protocol=ProtocolRecord(
                n_shot=whole_number(shots["n"]) if shots else None, reasoning_effort=effort, scaffold=scaffold
            ),
            subset=subset,
            label=next((row[each] for each in ("UUID", "id", "ID") if row.get(each)), None),
            raw={
                key: row[key]
                for key in ("Model version", "Name", "Agent", "Model", "Shots", "Notes", "Prompt")
                if row.get(key)
            },
            scores=tuple(replace(score, n_items=items) for score in scores),
        )


def _board(path: Path, said: Stated, row: Mapping[str, str]) -> Board:
    board = BOARDS.get(path.name.removeprefix("external_benchmark_").removesuffix(".csv"))
    benchmark = said.constant("benchmark")
    if board is None:
        columns = {name: GENERIC[name] for name in row if name in GENERIC}
        if benchmark is None or not columns:
            found = f'a file called "{path.name}"'
            expected = "a known file of the hub (external_benchmark_gsm8k.csv …), or --map benchmark==NAME and a column Score, EM or Accuracy"
            raise MalformedFileError.at(str(path), "", found, expected)
        board = Board(benchmark=benchmark, columns=columns)
    return board if benchmark is None else replace(board, benchmark=benchmark)


def _score(
    where: str, number: int, row: Mapping[str, str], heading: str, column: Column, *, is_side: bool
) -> ScoreRecord | None:
    found = parse_cell(row.get(heading, ""))
    if found is None or (is_side and isinstance(found, BadCell)):
        return None
    cell = _number(where, number, row, heading)
    if cell is None:
        return None
    error = _number(where, number, row, column.stderr) if column.stderr else None
    lower, upper = (_number(where, number, row, name) for name in column.interval) if column.interval else (None, None)
    return ScoreRecord(
        metric=column.metric,
        value=cell.value,
        unit=cell.unit or column.unit,
        decimals=cell.decimals,
        is_approximate=cell.is_approximate,
        is_aggregate=column.is_aggregate,
        stderr=error.value if error else None,
        interval_lower=lower.value if lower and upper else None,
        interval_upper=upper.value if lower and upper else None,
        place=f"row {number}, column {heading}",
    )


def _number(where: str, number: int, row: Mapping[str, str], heading: str) -> ParsedCell | None:
    cell = parse_cell(row.get(heading, ""))
    if isinstance(cell, BadCell):
        raise MalformedFileError.at(where, f"row {number}, column {heading}", cell.found, cell.expected)
    return cell


def _with_facts(run: RunRecord, row: Mapping[str, str], facts: ModelFacts) -> ModelRecord:
    """Return a run's model with the facts that are told of it, with its effort or without."""
    written = row.get("model") or row.get("Model version") or ""
    released, maker = facts.get(written) or facts.get(run.model.name) or (None, None)
    return replace(run.model, released_on=released, organization=maker)


IMPORTER = Importer(
    name="epoch",
    version="1",
    sniff=sniff,
    read=read,
    priority=20,
    path_parts=1,
    companions=versions_beside,
    is_companion=is_versions,
)
