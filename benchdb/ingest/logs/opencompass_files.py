"""Files of OpenCompass: summaries in their three written forms, results of one data set, and where they stand."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchdb.errors import MalformedFileError
from benchdb.ingest.logs.fields import number
from benchdb.ingest.logs.json_files import read_object
from benchdb.ingest.logs.json_pieces import Part
from benchdb.ingest.plain_text import read_text
from benchdb.ingest.records import OutcomeBlock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from benchdb.ingest.logs.json_pieces import Wanted

COLUMNS = ("dataset", "version", "metric", "mode")
"""Columns before those of the models."""
NOT_METRICS = frozenset({"details", "type", "error"})
"""Members of the results of a data set that are no metrics."""
WANTED: Mapping[str, Wanted] = {"details": {"*": {"correct": Part.WHOLE, "is_correct": Part.WHOLE}}, "*": Part.WHOLE}
"""What is read of the results of a data set: of an item only its mark."""
_BETWEEN = rb"(?:[ \t]*[,|][ \t]*|[ \t]{2,})"
HEADER = re.compile(
    rb"^[ \t]*(?:\|[ \t]*)?" + _BETWEEN.join(name.encode() for name in COLUMNS) + _BETWEEN + rb"[^\s|,]", re.MULTILINE
)
"""First line of a summary, in any form."""
_STAMP = re.compile(r"\d{8}_\d{6}")
_CSV_SECTION = re.compile(r"^csv format$", re.MULTILINE)
_RULE = re.compile(r"[\s|:\-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a summary."""

    line: int
    """Its line in the file, from 1."""
    dataset: str
    version: str
    metric: str
    mode: str
    cells: Mapping[str, str]
    """Column of a model → cell."""


def rows_of(text: str, where: str) -> list[Row]:
    """Return the rows of every summary in a text; of the tool's own text file, which holds it three times, those of one.

    Args:
        text: The text.
        where: The file, for messages.

    Raises:
        MalformedFileError: If a row has another number of cells than its header.
    """
    section = _CSV_SECTION.search(text)
    start = text.count("\n", 0, section.start()) if section else 0
    rows: list[Row] = []
    header: list[str] | None = None
    first = ""
    for number_of, line in enumerate(text.split("\n")[start:], start=start + 1):
        if HEADER.match(line.encode()):
            if section and header is not None:
                break
            header = _header(line, number_of, where)
            first = line
        elif header is not None:
            if not line.strip() or line.lstrip().startswith(("```", "$$$")):
                header = header if section else None
                if section:
                    break
            elif not _RULE.fullmatch(line):
                rows.append(_row(_cells(line, first), header, number_of, where))
    return rows


def _header(line: str, number_of: int, where: str) -> list[str]:
    header = _cells(line, line)
    if len(header) <= len(COLUMNS):
        expected = f"{', '.join(COLUMNS)} and models, all separated in one way"
        raise MalformedFileError.at(where, f"line {number_of}", ", ".join(header), expected)
    return header


def _cells(line: str, header: str) -> list[str]:
    """Return the cells of a line, which is written as its header is."""
    if header.lstrip().startswith("|"):
        return [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]
    return [cell.strip() for cell in (line.split(",") if "," in header else re.split(r"\s{2,}", line.strip()))]


def _row(cells: list[str], header: list[str], line: int, where: str) -> Row:
    if len(cells) != len(header):
        raise MalformedFileError.at(where, f"line {line}", f"{len(cells)} cells", f"{len(header)}, as in the header")
    dataset, version, metric, mode = cells[: len(COLUMNS)]
    models = dict(zip(header[len(COLUMNS) :], cells[len(COLUMNS) :], strict=True))
    return Row(line=line, dataset=dataset, version=version, metric=metric, mode=mode, cells=models)


def label_of(path: Path) -> str | None:
    """Return the time a run is named by: that of its folder, else that in the file's name.

    Args:
        path: A summary or the results of a data set.
    """
    named = (part.name for part in path.absolute().parents if _STAMP.fullmatch(part.name))
    in_name = _STAMP.search(path.stem)
    return next(named, in_name[0] if in_name else None)


def results_beside(path: Path) -> list[Path]:
    """Return the results of all data sets of the run that a summary sums up, in order of name.

    Args:
        path: The summary.
    """
    work = path.absolute().parent
    folder = work.parent / "results"
    return sorted(folder.glob("*/*.json")) if work.name == "summary" and folder.is_dir() else []


def is_told_by_other(path: Path) -> bool:
    """Return whether the CSV file of the same run says all that a file says.

    Args:
        path: A summary as text or Markdown, or the results of a data set in "results/<model>/<dataset>.json".
    """
    if path.suffix != ".json":
        return path.suffix != ".csv" and path.with_suffix(".csv").is_file()
    for summary in sorted((path.parents[2] / "summary").glob("*.csv")):
        for row in rows_of(read_text(summary), str(summary)):
            if row.dataset == path.stem and row.metric not in {"-", ""} and path.parent.name in row.cells:
                return True
    return False


def outcomes_of(path: Path, metric: str, percent: float) -> Iterator[OutcomeBlock]:
    """Yield the outcomes that the results of a data set hold, if their share of right ones is the score.

    Args:
        path: The results.
        metric: The metric.
        percent: Its score.

    Raises:
        MalformedFileError: If the file is no JSON object.
    """
    marks = _marks(read_object(path, WANTED).get("details"))
    share = 100.0 * sum(marks.values()) / len(marks) if marks else math.nan
    if math.isclose(share, percent, abs_tol=0.0051):
        yield OutcomeBlock(
            metric=metric,
            keys=[f"opencompass/{key}" for key in marks],
            n_attempts=[1] * len(marks),
            n_correct=[int(mark) for mark in marks.values()],
        )


def _marks(details: Any) -> dict[str, bool]:
    """Return each item's mark; evaluators that write no such mark give none."""
    entries = details.items() if isinstance(details, dict) else enumerate(details) if isinstance(details, list) else ()
    marks: dict[str, bool] = {}
    for key, entry in entries:
        if not isinstance(entry, dict):
            continue
        mark = entry.get("correct", entry.get("is_correct"))
        if not isinstance(mark, bool | int) or mark not in {0, 1}:
            return {}
        marks[str(key)] = bool(mark)
    return marks


def metrics_of(path: Path, data: Mapping[str, Any]) -> dict[str, float]:
    """Return the metrics of the results of a data set.

    Args:
        path: The file.
        data: Its object.

    Raises:
        MalformedFileError: If a metric is a text.
    """
    found = {}
    for name, value in data.items():
        if name in NOT_METRICS or isinstance(value, dict | list | bool):
            continue
        if isinstance(value, str):
            raise MalformedFileError.at(str(path), name, repr(value), "a number")
        score = number(value)
        if score is not None:
            found[name] = score
    return found
