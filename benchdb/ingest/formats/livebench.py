"""LiveBench: the board's `table_YYYY_MM_DD.csv` with its `categories_YYYY_MM_DD.json`, and the tool's `all_tasks.csv`, `all_groups.csv`.

Checked with three releases of the board of 2024 and 2025. Upstream: LiveBench/livebench.github.io, public/, src/Table/Averaging.js;
LiveBench/LiveBench, livebench/show_livebench_result.py.

Each release is a benchmark of its own, named by the date in the file's name, since one task's name stands for other questions in
another release; the tool's own files name none: `--map benchmark==NAME`. Tasks are subsets. With the categories beside the table, the
mean over a category's tasks and the mean over all categories are added as the board computes them, marked as aggregates; a mean that
lacks a task is left out, since it would be over other tasks than that of its neighbours. Scores run from 0 to 100. Behind a model's
name "-thinking-64k", "-high", "-high-effort", "-highthinking", "-nothinking" and, behind a date, "-base" are effort; "-thinking" alone
is part of the name, since models are called so. Empty cells, "-", "n/a" and NaN are no scores. Errors, counts and dates of models are
not in these files.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from benchdb.errors import MalformedFileError
from benchdb.ingest.cells import BadCell, parse_cell
from benchdb.ingest.importer import Importer, ReadOptions
from benchdb.ingest.logs.json_files import read_object
from benchdb.ingest.logs.stated import constant
from benchdb.ingest.records import BenchmarkRecord, ModelRecord, ProtocolRecord, RunRecord, ScoreRecord, SourceRecord
from benchdb.ingest.tables.reading import header_of, read_csv
from benchdb.schema.vocab import ScoreUnit, SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

HARNESS = "livebench"
"""Name of the tool in sources and protocols."""
BENCHMARK = "LiveBench"
"""Name of the benchmark, before the release."""
METRIC = "accuracy"
"""What every column is."""
TASKS = frozenset({
    "amps_hard", "lcb_generation", "coding_completion", "code_generation", "code_completion", "connections", "cta", "math_comp",
    "olympiad", "paraphrase", "plot_unscrambling", "simplify", "spatial", "story_generation", "summarize", "tablejoin",
    "tablereformat", "typos", "web_of_lies_v2", "web_of_lies_v3", "zebra_puzzle", "theory_of_mind",
})  # fmt: skip
"""Names of tasks, in lower case."""
GROUPS = frozenset(
    {"average", "coding", "data_analysis", "instruction_following", "language", "math", "reasoning", "agentic_coding"}
)
"""Columns of the tool's own means, in lower case."""
_FEW = 3
_NAME = re.compile(r"(?P<kind>table|categories)_(?P<year>\d{4})_(?P<month>\d\d)_(?P<day>\d\d)")
_EFFORT = re.compile(
    r"(?P<model>(?:gpt|o\d|grok|gemini|claude|codex).*?)-"
    r"(?:(?P<budget>thinking-\d+k)(?:-(?P<both>low|medium|high)-effort)?|(?P<effort>minimal|low|medium|high|xhigh)(?:-effort|thinking)?)"
)
_NO_EFFORT = re.compile(r"(?P<model>.+)-nothinking|(?P<dated>.+-\d{8})-base")


def sniff(head: bytes, name: str) -> bool:
    """Return whether a file is a table of models and LiveBench's tasks or groups.

    Args:
        head: Its first bytes.
        name: Its name.
    """
    header = [each.strip() for each in header_of(head.split(b"\n", 1)[0].decode("utf-8", "replace"))]
    if len(header) < 2 or header[0] != "model" or head.lstrip()[:1] in {b"{", b"["}:
        return False
    named = _NAME.fullmatch(name.removesuffix(".csv"))
    columns = {each.casefold() for each in header[1:]}
    known = len(columns & TASKS) >= _FEW or len(columns & GROUPS) >= _FEW + 1
    return known or (named is not None and named["kind"] == "table")


def read(path: Path, options: ReadOptions) -> Iterator[RunRecord]:
    """Yield a run for each model and task, and for each mean over tasks.

    Args:
        path: The table.
        options: What the user said.

    Raises:
        MalformedFileError: If the release is not stated, or a cell is no number.
    """
    named = _NAME.fullmatch(path.stem)
    release = (
        f"{BENCHMARK} {named['year']}-{named['month']}-{named['day']}" if named else constant(options, "benchmark")
    )
    if release is None:
        raise MalformedFileError.at(
            str(path),
            "",
            "no release",
            "the release, which the file does not hold: --map benchmark==LiveBench 2024-11-25",
        )
    benchmark = BenchmarkRecord(name=release, parent=None if release == BENCHMARK else BENCHMARK)
    categories = _categories(path)
    source = SourceRecord(
        kind=SourceKind.LEADERBOARD if named else SourceKind.HARNESS_LOG,
        title="LiveBench leaderboard" if named else None,
        harness=HARNESS,
    )
    for number, model, scores in _rows(path):
        bare, effort = _take_apart(model)
        for subset, score in (*scores.items(), *_means(scores, categories, f"row {number}")):
            yield RunRecord(
                source=source,
                model=ModelRecord(name=bare),
                benchmark=benchmark,
                protocol=ProtocolRecord(harness=HARNESS, reasoning_effort=effort),
                subset=subset,
                label=model if effort else None,
                scores=(score,),
            )


def _rows(path: Path) -> Iterator[tuple[int, str, dict[str, ScoreRecord]]]:
    """Yield each row's number, model and scores by column."""
    for batch in read_csv(path, {}):
        for offset, row in enumerate(batch.rows.to_pylist()):
            number = batch.first_row + offset
            cells = {str(name).strip(): value for name, value in row.items()}
            model = (cells.pop("model", None) or "").strip()
            if not model:
                raise MalformedFileError.at(str(path), f"row {number}, model", "nothing", "the name of a model")
            found = (
                (name, _score(cell or "", str(path), f"row {number}, {name}", name)) for name, cell in cells.items()
            )
            yield number, model, {_subset(name): score for name, score in found if score is not None}


def _score(cell: str, where: str, place: str, column: str) -> ScoreRecord | None:
    found = parse_cell(cell)
    if isinstance(found, BadCell):
        raise MalformedFileError.at(where, place, found.found, found.expected)
    if found is None:
        return None
    is_mean = column.casefold() in GROUPS
    return ScoreRecord(
        metric=METRIC,
        value=found.value,
        unit=ScoreUnit.PERCENT,
        decimals=found.decimals,
        is_aggregate=is_mean,
        place=place,
    )


def _subset(column: str) -> str:
    return "" if column.casefold() == "average" else column


def _means(
    scores: Mapping[str, ScoreRecord], categories: Mapping[str, list[str]], place: str
) -> Iterator[tuple[str, ScoreRecord]]:
    """Yield the mean of each category that is whole, and the mean over all if all are."""
    means: dict[str, float] = {}
    for category, tasks in categories.items():
        values = [scores[task].value for task in tasks if task in scores]
        if values and len(values) == len(tasks):
            means[category] = math.fsum(values) / len(values)
            yield category, _mean(means[category], f"{place}, {category}")
    if categories and len(means) == len(categories):
        yield "", _mean(math.fsum(means.values()) / len(means), place)


def _mean(value: float, place: str) -> ScoreRecord:
    return ScoreRecord(metric=METRIC, value=value, unit=ScoreUnit.PERCENT, is_aggregate=True, place=place)


def _take_apart(name: str) -> tuple[str, str | None]:
    """Return a model's name without the effort behind it, and that."""
    none = _NO_EFFORT.fullmatch(name)
    if none is not None:
        return none["model"] or none["dated"], "none"
    found = _EFFORT.fullmatch(name)
    if found is None:
        return name, None
    return found["model"], found["effort"] or "-".join(part for part in (found["budget"], found["both"]) if part)


def _beside(path: Path) -> list[Path]:
    named = _NAME.fullmatch(path.stem)
    other = path.with_name(f"{path.stem.replace('table', 'categories', 1)}.json")
    return [other] if named is not None and named["kind"] == "table" and other.is_file() else []


def _categories(path: Path) -> dict[str, list[str]]:
    """Return category → tasks, empty where no such file stands beside the table."""
    found: dict[str, list[str]] = {}
    for other in _beside(path):
        for category, tasks in read_object(other).items():
            if not isinstance(tasks, list) or not all(isinstance(task, str) for task in tasks):
                raise MalformedFileError.at(str(other), category, repr(tasks)[:40], "a list of tasks")
            found[category] = tasks
    return found


def _is_companion(head: bytes, name: str) -> bool:
    named = _NAME.fullmatch(name.removesuffix(".json"))
    return named is not None and named["kind"] == "categories" and head.lstrip().startswith(b"{")


IMPORTER = Importer(
    name="livebench",
    version="1",
    sniff=sniff,
    read=read,
    priority=20,
    path_parts=1,
    companions=_beside,
    is_companion=_is_companion,
)
