"""OpenAI simple-evals: the results in its README, its table of multilingual MMLU, and the JSON that the tool writes.

Checked with openai/simple-evals (commit ee3b031), simple_evals.py, common.py, README.md, multilingual_mmlu_benchmark_results.md.

The tables state no metric: what each evaluation measures is known from its code (accuracy; F1 for DROP, pass@1 for HumanEval).
README: percent; rows with a heading alone are sections; "-", "n/a" and empty cells are missing; the suffix of an o-model is its
reasoning effort, the column Prompt the prompt ("n/a" and "unknown" say nothing). GPQA is its Diamond set, which is all the tool
runs. MATH is MATH-500 for the o-series, GPT-4.1 and GPT-4.5, as the README's note says of models since o1, and MATH for others.
Models under "Other Models (Reported)" were not run with the tool. Multilingual MMLU: fractions, a language is a subset, the average
an aggregate. Tool output: fractions; evaluation and model stand in the file's name alone (`EVAL_MODEL[_DATE].json`); ":std" is a
standard deviation over items and no error, it stays in `raw`; metrics beside the score come with `--metrics all`. An evaluation
run with "_DEBUG" has too few items to be a result and is refused. The date is cut to its day, midnight UTC.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from benchdb.errors import MalformedFileError
from benchdb.ingest.cells import strip_markup, whole_number
from benchdb.ingest.importer import Importer, ReadOptions, read_head
from benchdb.ingest.logs.fields import number
from benchdb.ingest.logs.json_files import read_object
from benchdb.ingest.logs.json_pieces import Part
from benchdb.ingest.plain_text import LONGEST, whole_file
from benchdb.ingest.records import BenchmarkRecord, ModelRecord, ProtocolRecord, RunRecord, ScoreRecord, SourceRecord
from benchdb.schema.vocab import ScoreUnit, SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from benchdb.ingest.logs.json_pieces import Wanted
    from benchdb.ingest.tables.claims import Stated
    from benchdb.ingest.tables.pipes import Grid, Row

_TOOL = "simple-evals"
_SOURCE = SourceRecord(kind=SourceKind.LEADERBOARD, title="openai/simple-evals", organization="OpenAI", is_file=False)
_README = re.compile(rb"^\|\s*Model\s*\|\s*Prompt\s*\|[^\n]*MMLU[^\n]*GPQA", re.MULTILINE)
_LANGUAGES = re.compile(rb"^#[^\n]*Multilingual MMLU[^\n]*$", re.MULTILINE)
_LANGUAGE_ROW = re.compile(rb"^\|\s*Language\s*\|", re.MULTILINE)
_NUMBERS = re.compile(rb'\s*\{\s*(?:"[^"\\\n]+"\s*:\s*(?:-?[\d.]+(?:[eE][+-]?\d+)?|NaN|null)\s*,?\s*)+\}\s*')
_FULL = re.compile(rb'\s*\{\s*"score"\s*:\s*[\d.eE+-]+\s*,\s*"metrics"\s*:\s*\{')
_EFFORT = re.compile(r"(?P<name>o\d(?:-mini|-pro)?)-(?P<effort>low|medium|high)")
_SINCE_O1 = re.compile(r"(?:o\d|gpt-4\.1|gpt-4\.5)\b")
_EVALS = {
    "mmlu": ("MMLU", "", "accuracy"), "math": ("MATH", "", "accuracy"), "gpqa": ("GPQA", "diamond", "accuracy"),
    "mgsm": ("MGSM", "", "accuracy"), "drop": ("DROP", "", "f1"), "humaneval": ("HumanEval", "", "pass@1"),
    "simpleqa": ("SimpleQA", "", "accuracy"), "browsecomp": ("BrowseComp", "", "accuracy"),
    "healthbench": ("HealthBench", "", "score"), "healthbench_hard": ("HealthBench", "hard", "score"),
    "healthbench_consensus": ("HealthBench", "consensus", "score"), "healthbench_meta": ("HealthBench", "meta", "score"),
}  # fmt: skip
"""The tool's own name of an evaluation → benchmark, subset, and what its score measures."""
_STEM = re.compile(
    rf"(?P<eval>{'|'.join(sorted(_EVALS, key=len, reverse=True))})_(?P<model>.+?)(?:_(?P<date>\d{{8}})_\d{{6}})?(?P<debug>_DEBUG)?(?:_allresults)?\.json"
)
_WANTED: Mapping[str, Wanted] = {**dict.fromkeys(("htmls", "convos", "metadata"), Part.PLAIN), "*": Part.WHOLE}
"""A whole result holds every conversation beside the numbers, twice."""


def sniff(head: bytes, name: str) -> bool:
    """Return whether a file is one of the two tables or a result of the tool.

    Args:
        head: Its first bytes.
        name: Its name, which tells the tool's plain numbers from those of others.
    """
    if head.lstrip().startswith(b"{"):
        is_plain = b'"score"' in head and _NUMBERS.fullmatch(head) is not None
        return (is_plain or _FULL.match(head) is not None) and (
            b'"score:std"' in head or _STEM.fullmatch(name) is not None
        )
    return _README.search(head) is not None or (
        _LANGUAGES.search(head) is not None and _LANGUAGE_ROW.search(head) is not None
    )


def read(path: Path, options: ReadOptions) -> Iterator[RunRecord]:
    """Yield one run for each number of a table, or the run of a result.

    Args:
        path: The file.
        options: What the user said.

    Raises:
        MalformedFileError: If a cell is no number, or nobody names evaluation and model.
    """
    from benchdb.ingest.tables.claims import stated
    from benchdb.ingest.tables.pipes import read_grids

    said = stated(str(path), options)
    if read_head(path).lstrip().startswith(b"{"):
        yield _result(path, said)
        return
    grids = list(read_grids(whole_file(path, LONGEST).decode("utf-8-sig", "replace"), said.where))
    runs = [
        run for grid in grids for run in (_languages(grid, said) if grid.keys[0] == "language" else _models(grid, said))
    ]
    if not runs:
        raise MalformedFileError.at(said.where, "", "none", "a table with the columns Model and Prompt, or Language")
    yield from runs


def _models(grid: Grid, said: Stated) -> Iterator[RunRecord]:
    """Yield the runs of the README's table."""
    if list(grid.keys[:2]) != ["model", "prompt"]:
        return
    section = ""
    for row in grid.rows:
        name, prompt = strip_markup(row.cells[0]), strip_markup(row.cells[1])
        if not any(strip_markup(cell) for cell in row.cells[1:]):
            section = name
            continue
        model, effort = _split_effort(name)
        is_run = "reported" not in section.casefold()
        protocol = ProtocolRecord(
            harness=_TOOL if is_run else None,
            prompt_hash=prompt if prompt.casefold() not in {"n/a", "unknown", ""} else None,
            reasoning_effort=effort,
        )
        for column in range(2, len(grid.headers)):
            yield from _cell(grid, row, column, model, protocol, said)


def _cell(grid: Grid, row: Row, column: int, model: str, protocol: ProtocolRecord, said: Stated) -> Iterator[RunRecord]:
    place = grid.place(row, column)
    cell = said.number(row.cells[column], place)
    heading = re.sub(r"\s*\(.*", "", grid.headers[column])
    if cell is None:
        return
    benchmark, subset, metric = _EVALS.get(heading.casefold(), (heading, "", "accuracy"))
    if benchmark == "MATH" and _SINCE_O1.match(model.casefold()):
        benchmark = "MATH-500"
    shots = re.search(r"(?<!\d)(\d+)-shot", grid.headers[column])
    score = ScoreRecord(metric=metric, value=cell.value, unit=ScoreUnit.PERCENT, decimals=cell.decimals, place=place)
    yield RunRecord(
        source=_SOURCE,
        model=ModelRecord(name=model),
        benchmark=BenchmarkRecord(name=benchmark),
        protocol=replace(protocol, n_shot=whole_number(shots[1]) if shots else None),
        subset=subset,
        scores=(score,),
    )


def _languages(grid: Grid, said: Stated) -> Iterator[RunRecord]:
    """Yield the runs of the table of languages: a column is a model."""
    for column, header in enumerate(grid.headers[1:], start=1):
        model, effort = _split_effort(header)
        for row in grid.rows:
            language, place = strip_markup(row.cells[0]), grid.place(row, column)
            cell = said.number(row.cells[column], place)
            if cell is None:
                continue
            is_average = language.casefold() == "average"
            score = ScoreRecord(
                metric="accuracy", value=cell.value, unit=ScoreUnit.FRACTION, decimals=cell.decimals, place=place
            )
            yield RunRecord(
                source=_SOURCE,
                model=ModelRecord(name=model),
                benchmark=BenchmarkRecord(name="Multilingual MMLU"),
                protocol=ProtocolRecord(harness=_TOOL, reasoning_effort=effort),
                subset="" if is_average else language,
                scores=(replace(score, is_aggregate=is_average),),
            )


def _result(path: Path, said: Stated) -> RunRecord:
    """Return the run of a file that the tool wrote."""
    content = read_object(path, _WANTED)
    match = _STEM.fullmatch(path.name)
    name, evaluation = (
        said.constant("model") or (match and match["model"]),
        said.constant("benchmark") or (match and match["eval"]),
    )
    if name is None or evaluation is None or (match is not None and match["debug"]):
        expected = "a file EVAL_MODEL.json of a whole evaluation, or --map benchmark==NAME and --map model==NAME"
        raise MalformedFileError.at(said.where, "", f'a file called "{path.name}"', expected)
    benchmark, subset, metric = _EVALS.get(evaluation, (evaluation, "", "accuracy"))
    found: dict[str, Any] = content["metrics"] if isinstance(content.get("metrics"), dict) else content
    model, effort = _split_effort(name)
    return RunRecord(
        source=SourceRecord(kind=SourceKind.HARNESS_LOG, harness=_TOOL),
        model=ModelRecord(name=model),
        benchmark=BenchmarkRecord(name=benchmark),
        protocol=ProtocolRecord(harness=_TOOL, harness_task=match["eval"] if match else None, reasoning_effort=effort),
        subset=subset,
        ran_at=_day(match["date"]) if match and match["date"] else None,
        raw={key: value for key, value in found.items() if key.endswith(":std") and number(value) is not None},
        scores=tuple(_scores(said, content.get("score"), found, metric)),
    )


def _scores(said: Stated, value: object, metrics: dict[str, Any], metric: str) -> Iterator[ScoreRecord]:
    score = None if isinstance(value, str) else number(value)
    if score is None:
        raise MalformedFileError.at(said.where, "score", repr(value), "a number")
    yield ScoreRecord(metric=metric, value=score, unit=ScoreUnit.FRACTION, place="score")
    for name, each in metrics.items() if said.all_metrics else ():
        side = None if isinstance(each, str) else number(each)
        if side is not None and name != "score" and not name.endswith(":std"):
            yield ScoreRecord(metric=name, value=side, place=name)


def _split_effort(name: str) -> tuple[str, str | None]:
    match = _EFFORT.fullmatch(name)
    return (name, None) if match is None else (match["name"], match["effort"])


def _day(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y%m%d").replace(tzinfo=UTC)
    except ValueError:
        return None


IMPORTER = Importer(name="simple-evals", version="1", sniff=sniff, read=read, priority=25, path_parts=1)
