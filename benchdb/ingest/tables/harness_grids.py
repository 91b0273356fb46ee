"""Claims from the tables that lm-evaluation-harness prints: task, version, filter, shots, metric, value, error."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from benchdb.errors import MalformedFileError
from benchdb.ingest.cells import ParsedCell, is_missing, parse_cell, strip_markup, whole_number
from benchdb.ingest.tables.claims import Claim, score_of
from benchdb.ingest.tables.layouts import TASK_KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchdb.ingest.records import ProtocolRecord, ScoreRecord
    from benchdb.ingest.tables.claims import Stated
    from benchdb.ingest.tables.pipes import Grid, Row

_PREAMBLE = re.compile(r"^[\w-]+ \(.*?(?:pretrained|model)=(?P<model>[^,)\s]+)")
_NO_VERSION = frozenset({"yaml", "n/a", ""})


def read_harness_grid(grid: Grid, model: str | None, stated: Stated) -> Iterator[Claim]:
    """Yield the claims of a table as lm-evaluation-harness prints it.

    A line without a task continues the task above. Rows called "alias" and rows that repeat an error as a metric of its own
    ("acc_stderr,none") hold no score.

    Args:
        grid: The table.
        model: Model that the lines before it name, if they do.
        stated: What the user states; `--map model==NAME` names the model.

    Raises:
        MalformedFileError: If the model or a unit is not stated, or a cell is no number.
    """
    name = stated.constant("model") or model
    if name is None:
        expected = 'the model in a line above, as "hf (pretrained=NAME, …)", or --map model==NAME'
        raise MalformedFileError.at(
            stated.where, f"line {grid.line}", "a table of lm-evaluation-harness without one", expected
        )
    columns = {key: index for index, key in reversed(list(enumerate(grid.keys))) if key}
    is_aggregate = bool({"group", "groups"} & columns.keys())
    task, version = "", ""
    for row in grid.rows:
        if label := strip_markup(_cell(row, columns, *TASK_KEYS)).removeprefix("- "):
            task, version = label, strip_markup(_cell(row, columns, "version"))
        metric, _, extraction = strip_markup(_cell(row, columns, "metric")).partition(",")
        if not metric or metric == "alias" or metric.endswith("_stderr"):
            continue
        score = _score(grid, row, columns, metric, stated)
        if score is not None:
            protocol = _protocol(stated, row, columns, version, extraction)
            yield Claim(
                model=name,
                benchmark=stated.constant("benchmark") or task,
                protocol=replace(protocol, harness_task=task),
                score=replace(score, is_aggregate=is_aggregate),
            )


def model_before(lines: tuple[str, ...]) -> str | None:
    """Return the model that the harness names in the line it prints before its tables, or None.

    Args:
        lines: Lines before a table.
    """
    found = [match["model"] for match in map(_PREAMBLE.match, lines) if match is not None]
    return found[-1] if found else None


def _score(grid: Grid, row: Row, columns: dict[str, int], metric: str, stated: Stated) -> ScoreRecord | None:
    place = grid.place(row, columns["value"])
    cell = stated.number(row.cells[columns["value"]], place)
    if cell is None:
        return None
    error = parse_cell(_cell(row, columns, "stderr"))
    if isinstance(error, ParsedCell):
        cell = replace(cell, stderr=error.value)
    return score_of(cell, metric, stated.unit(cell, None, metric, metric, place), place)


def _protocol(stated: Stated, row: Row, columns: dict[str, int], version: str, extraction: str) -> ProtocolRecord:
    shots = strip_markup(_cell(row, columns, "n_shot"))
    filtered = extraction or strip_markup(_cell(row, columns, "filter"))
    return replace(
        stated.protocol(),
        harness="lm-eval",
        task_version=None if version.casefold() in _NO_VERSION else version,
        n_shot=stated.protocol().n_shot if (n_shot := whole_number(shots)) is None else n_shot,
        extraction=None if is_missing(filtered) and filtered.casefold() != "none" else filtered,
    )


def _cell(row: Row, columns: dict[str, int], *keys: str) -> str:
    return next((row.cells[columns[key]] for key in keys if key in columns), "")
