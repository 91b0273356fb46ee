"""Berkeley Function Calling Leaderboard (BFCL): CSV tables of scores, and score files of one category.

Checked with a run of bfcl-eval 2026.3.23 and files of 2024-07, 2024-08 and of version 4. Upstream: ShishirPatil/gorilla,
berkeley-function-call-leaderboard/bfcl_eval/eval_checker/eval_runner_helper.py, constants/column_headers.py.

The version is the benchmark: a score file's name begins with it ("BFCL_v4_"); an overall table shows it by its columns (web search
4, multi turn 3, live 2, else 1), and tells it to the other tables beside it; a table or file that shows none belongs to "BFCL",
unless `--map benchmark==NAME` says more. A column is a subset of accuracies in percent; summaries ("Acc", "Summary", and columns of
several languages) are aggregates, the overall value among them. "N/A" was not run and is missing; the overall value counts it as
0, so the columns that are missing stand in `raw`, and the 0 of a group of which nothing was run is no score. The brackets behind a
model are no part of its name: "(FC)" and "(Prompt)" with what follows are the scaffold, a known engine is the engine; a score file
says "-FC", and "_" for the slash. Costs, latencies and format sensitivity come with `--metrics all`. A score file states accuracy and
count; it lists failed items only, so that there are no outcomes to compare: their ids stand in `raw`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from benchdb.errors import MalformedFileError
from benchdb.ingest.cells import BadCell, ParsedCell, parse_cell
from benchdb.ingest.importer import Importer, ReadOptions, read_head
from benchdb.ingest.logs.csv_rows import csv_rows, header, require
from benchdb.ingest.logs.fields import number, positive, text
from benchdb.ingest.logs.json_text import lines
from benchdb.ingest.records import BenchmarkRecord, ModelRecord, ProtocolRecord, RunRecord, ScoreRecord, SourceRecord
from benchdb.schema.vocab import ScoreUnit, SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from benchdb.ingest.tables.claims import Stated

_SOURCE = SourceRecord(kind=SourceKind.HARNESS_LOG, harness="bfcl")
_OVERALL = re.compile(r"(?:(?P<part>.+) )?Overall Acc|Format Sensitivity Max Delta")
_SCORE_LINE = re.compile(
    rb'\s*\{\s*"accuracy"\s*:\s*[\d.eE+-]+\s*,\s*"correct_count"\s*:\s*\d+\s*,\s*"total_count"\s*:\s*\d+'
)
_VERSIONS = (("Web Search", "v4"), ("Multi Turn", "v3"), ("Live ", "v2"), ("AST Summary", "v1"))
_LANGUAGES = ("Python", "Java", "JavaScript", "REST")
_NOT_SCORES = frozenset({"Rank", "Model", "Model Link", "Organization", "License"})
_SIDE_UNITS = ((re.compile(r"cost", re.IGNORECASE), ScoreUnit.USD), (re.compile(r"\(s\)$"), ScoreUnit.SECONDS))
_CONFIG = re.compile(r"Config (?P<config>\S+=\S+)")
_BRACKET = re.compile(r"(?<!\s)\s*+\((?P<inside>[^()]*)\)\s*$")
_MODE = re.compile(r"(?:FC|Prompt)\b.*")
_ENGINES = frozenset({"vllm", "sglang", "ollama", "llama.cpp", "tgi", "tensorrt-llm"})
_SCORE_FILE = re.compile(r"(?:BFCL_(?P<version>v\d+)_)?(?P<category>.+?)_score\.json")
_MAIN = "data_overall.csv"


def sniff(head: bytes, _name: str) -> bool:
    """Return whether a file is a table of the leaderboard or the scores of one category.

    Args:
        head: Its first bytes.
        _name: Its name, which decides nothing.
    """
    if _SCORE_LINE.match(head):
        return True
    names = header(head)
    return {"Rank", "Model"} <= set(names) and any(_OVERALL.fullmatch(name) for name in names)


def read(path: Path, options: ReadOptions) -> Iterator[RunRecord]:
    """Yield one run for each model and column, or the run of a score file.

    Args:
        path: The file.
        options: What the user said.

    Raises:
        MalformedFileError: If a model has no name, or a cell is no number.
    """
    from benchdb.ingest.tables.claims import stated

    said = stated(str(path), options)
    if _SCORE_LINE.match(read_head(path)):
        yield _category(path, said)
        return
    benchmark = said.constant("benchmark") or _benchmark(_version(path))
    is_empty = True
    for row_number, row in csv_rows(path):
        is_empty = False
        yield from _runs(said, row_number, row, benchmark)
    if is_empty:
        raise MalformedFileError.at(said.where, "", "none", "rows below the header")


def _runs(said: Stated, row_number: int, row: Mapping[str, str], benchmark: str) -> Iterator[RunRecord]:
    name, scaffold, engine = _split_name(require(said.where, row_number, dict(row), ["Model"]))
    model = ModelRecord(name=name, organization=row.get("Organization") or None, licence=row.get("License") or None)
    prefix = next((match["part"] for column in row if (match := _OVERALL.fullmatch(column)) and match["part"]), None)
    missing = [column for column in row if column not in _NOT_SCORES and parse_cell(row[column]) is None]
    for column in row:
        cell = None if column in _NOT_SCORES else _number(said.where, row_number, row, column)
        score = None if cell is None else _score(column, cell, row, f"row {row_number}, column {column}", said)
        if score is None or _is_of_nothing(column, score.value, row):
            continue
        config = _CONFIG.fullmatch(column)
        yield RunRecord(
            source=_SOURCE,
            model=model,
            benchmark=BenchmarkRecord(name=benchmark),
            protocol=ProtocolRecord(
                harness=_SOURCE.harness,
                scaffold=scaffold,
                engine=engine,
                prompt_hash=config["config"] if config else None,
            ),
            subset=_subset(column, prefix),
            raw={
                key: value
                for key, value in {"model": row["Model"], "link": row.get("Model Link"), "not_run": missing}.items()
                if value
            },
            scores=(score,),
        )


def _score(column: str, cell: ParsedCell, row: Mapping[str, str], place: str, said: Stated) -> ScoreRecord | None:
    """Return the score of a cell: an accuracy where it is a percentage, else a side metric."""
    is_side = (
        cell.unit is not ScoreUnit.PERCENT
        or column.startswith("Format Sensitivity")
        or _CONFIG.fullmatch(column) is not None
    )
    if is_side and not said.all_metrics:
        return None
    is_accuracy = not is_side or _CONFIG.fullmatch(column) is not None
    return ScoreRecord(
        metric="accuracy" if is_accuracy else column,
        value=cell.value,
        unit=cell.unit or next((unit for pattern, unit in _SIDE_UNITS if pattern.search(column)), None),
        decimals=cell.decimals,
        is_aggregate=is_accuracy and _is_aggregate(column, row),
        place=place,
    )


def _is_aggregate(column: str, names: Mapping[str, str]) -> bool:
    by_language = any(f"{language} {column}" in names for language in _LANGUAGES)
    return by_language or re.search(r"\b(?:Acc|Summary)$", column) is not None


def _is_of_nothing(column: str, value: float, row: Mapping[str, str]) -> bool:
    """Return whether a value is the 0 that the tool writes for a group of which nothing was run."""
    overall = _OVERALL.fullmatch(column)
    stem = re.fullmatch(r"(?P<stem>.+) (?:Acc|Summary)", column)
    if value != 0 or (overall is None and stem is None):
        return False
    parts = [
        each
        for each in row
        if each not in _NOT_SCORES | {column} and (overall or (stem and each.startswith(f"{stem['stem']} ")))
    ]
    return bool(parts) and all(parse_cell(row[each]) is None for each in parts)


def _subset(column: str, prefix: str | None) -> str:
    """Return the part of the benchmark that a column is about: "Live" in front where the table is one of live categories."""
    if column.startswith("Format Sensitivity") or _CONFIG.fullmatch(column):
        return "Format Sensitivity"
    overall = _OVERALL.fullmatch(column)
    if overall is not None or re.search(r"\((?:s|\$|\$ [^()]*)\)$", column):
        return (overall["part"] or "") if overall is not None else ""
    bare = re.sub(r" (?:Acc|Summary)$", "", column)
    return bare if prefix is None or bare.startswith(prefix) or prefix == "Agentic" else f"{prefix} {bare}"


def _split_name(name: str) -> tuple[str, str | None, str | None]:
    """Return name, mode and engine of "openai/gpt-oss-20b (FC) (vLLM)"; brackets without a mode stay."""
    bare = name
    inside: list[str] = []
    while (match := _BRACKET.search(bare)) is not None:
        inside.insert(0, match["inside"])
        bare = bare[: match.start()]
        if _MODE.fullmatch(match["inside"]):
            engine = next((each for each in inside if each.casefold() in _ENGINES), None)
            return bare, ", ".join(each for each in inside if each != engine), engine
    return name, None, None


def _category(path: Path, said: Stated) -> RunRecord:
    """Return the run of a score file: a line with accuracy and counts, then one line for each failed item."""
    rows = (row for _, row in lines(path))
    first = next(rows, {})
    accuracy, total = number(first.get("accuracy")), positive(first.get("total_count"))
    if accuracy is None or total is None:
        raise MalformedFileError.at(said.where, "line 1", str(first), "accuracy, correct_count and total_count")
    match = _SCORE_FILE.fullmatch(path.name)
    second = next(rows, None)
    category = text(second.get("test_category")) if second is not None else match["category"] if match else None
    stated_name = said.constant("model") or (text(second.get("model_name")) if second else None) or _folder(path)
    if category is None or stated_name is None:
        expected = "a file MODEL/…/BFCL_v4_CATEGORY_score.json, or lines with model_name and test_category"
        raise MalformedFileError.at(said.where, "", "a score of nothing", expected)
    name = stated_name.replace("_", "/") if stated_name.count("_") == 1 and "/" not in stated_name else stated_name
    is_native = name.endswith("-FC")
    kept: dict[str, Any] = {"model": stated_name, "correct_count": first.get("correct_count")}
    failed = [] if second is None else [str(second.get("id")), *(str(row.get("id")) for row in rows)]
    return RunRecord(
        source=_SOURCE,
        model=ModelRecord(name=name.removesuffix("-FC")),
        benchmark=BenchmarkRecord(name=said.constant("benchmark") or _benchmark(match["version"] if match else None)),
        protocol=ProtocolRecord(harness=_SOURCE.harness, scaffold="FC" if is_native else None),
        subset=category,
        raw={**kept, "failed": failed} if failed else kept,
        scores=(
            ScoreRecord(metric="accuracy", value=accuracy, unit=ScoreUnit.FRACTION, n_items=total, place="line 1, accuracy"),
        ),
    )  # fmt: skip


def _folder(path: Path) -> str | None:
    """Return the model's folder: score/MODEL/[group/]file."""
    folders = path.absolute().parts[:-1]
    if "score" not in folders[:-1]:
        return None
    return folders[len(folders) - folders[::-1].index("score")]


def _benchmark(version: str | None) -> str:
    return "BFCL" if version is None else f"BFCL {version}"


def _version(path: Path) -> str | None:
    for each in (path, *_main_beside(path)):
        names = header(read_head(each))
        if "Overall Acc" in names:
            return next((version for mark, version in _VERSIONS if any(mark in name for name in names)), None)
    return None


def _main_beside(path: Path) -> list[Path]:
    """Return the overall table beside another table: it tells the version."""
    beside = path.parent / _MAIN
    return [beside] if path.suffix == ".csv" and path.name != _MAIN and beside.is_file() else []


def _number(where: str, row_number: int, row: Mapping[str, str], column: str) -> ParsedCell | None:
    cell = parse_cell(row[column])
    if isinstance(cell, BadCell):
        raise MalformedFileError.at(where, f"row {row_number}, column {column}", cell.found, cell.expected)
    return cell


IMPORTER = Importer(
    name="bfcl", version="2", sniff=sniff, read=read, priority=20, path_parts=3, companions=_main_beside
)
