"""aider: the YAML lists behind its leaderboards and studies, as its benchmark prints them.

Checked with all thirteen such files of 2026. Upstream: Aider-AI/aider, aider/website/_data/*.yml, benchmark/benchmark.py.

One run for each row, with two scores: `pass_rate_1` after one try and `pass_rate_2` after a second one that saw the failing tests,
which is not pass@2. The row's number of tests says the benchmark: 225 are Aider Polyglot, 89 or "refac" in its or the file's name Aider
Refactoring, anything else the 133 exercises of Aider Code Editing; `--map benchmark==NAME` overrules. Rates are in percent over the
completed cases, which are the items. A model in brackets is followed by effort, thinking budget or edit format, which are split off,
also where keys state them; a row about providers ("Ollama: fp16") or in prose takes the model from its command. With an editor model
the first of two names is the model and the editor the scaffold. The edit format is how the answer was read. `percent_cases_well_formed`,
`seconds_per_case` and `total_cost` come with `--metrics all`; a cost of 0 is unknown. Every value is read as it is written, so
that a commit of digits stays one. The run's folder is its label; dates without a zone stay in the raw part. Empty values, "n/a" and NaN
are no scores. Standard errors and directions are not in these files.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from benchdb.errors import MalformedFileError
from benchdb.ingest.cells import BadCell, parse_cell
from benchdb.ingest.importer import Importer, ReadOptions
from benchdb.ingest.logs.aider_models import model_of
from benchdb.ingest.logs.fields import collect, day, number, positive, text
from benchdb.ingest.logs.stated import constant
from benchdb.ingest.logs.yaml_text import LONGEST, load_yaml
from benchdb.ingest.plain_text import whole_file
from benchdb.ingest.records import BenchmarkRecord, ModelRecord, ProtocolRecord, RunRecord, ScoreRecord, SourceRecord
from benchdb.schema.vocab import ScoreUnit, SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from benchdb.ingest.logs.fields import Table

HARNESS = "aider"
"""Name of the tool in sources and protocols."""
POLYGLOT, EDITING, REFACTORING = "Aider Polyglot", "Aider Code Editing", "Aider Refactoring"
"""The three benchmarks."""
BY_SIZE = {225: POLYGLOT, 133: EDITING, 89: REFACTORING}
"""Number of tests → benchmark."""
MAIN = {"pass_rate_1": ScoreUnit.PERCENT, "pass_rate_2": ScoreUnit.PERCENT}
"""Columns that are results."""
SIDE = {
    "percent_cases_well_formed": ScoreUnit.PERCENT, "seconds_per_case": ScoreUnit.SECONDS, "total_cost": ScoreUnit.USD,
}  # fmt: skip
"""Columns that say what it took."""
_LIST = re.compile(rb"(?:[ \t\r]*(?:#[^\n]*)?\n)*[ \t]*- ")
_KEYS = tuple(re.compile(rb"^[- ] *%s:" % name, re.MULTILINE) for name in (b"dirname", b"edit_format", b"pass_rate_1"))
_PROTOCOL: Table = {
    "harness_version": (("versions", text),),
    "extraction": (("edit_format", text),),
}


def sniff(head: bytes, _name: str) -> bool:
    """Return whether a file is a list of benchmark runs.

    Args:
        head: Its first bytes.
        _name: Its name.
    """
    return _LIST.match(head) is not None and all(key.search(head) for key in _KEYS)


def read(path: Path, options: ReadOptions) -> Iterator[RunRecord]:
    """Yield a run for each row.

    Args:
        path: The file.
        options: What the user said.

    Raises:
        MalformedFileError: If it is not such a list, a row names no model, or a rate is no number.
    """
    for index, row in enumerate(_rows(path)):
        found = model_of(row)
        editor = row.get("editor_model")
        run = RunRecord(
            source=SourceRecord(kind=SourceKind.LEADERBOARD, harness=HARNESS),
            model=ModelRecord(name=found.name, released_on=day(row.get("released") or row.get("_released"))),
            benchmark=_benchmark(path, row, options),
            protocol=ProtocolRecord(
                **collect(row, _PROTOCOL),
                harness=HARNESS,
                quantisation=found.quantisation,
                reasoning_effort=found.effort,
                scaffold=f"editor {editor}" + (f" ({row['editor_edit_format']})" if "editor_edit_format" in row else "")
                if editor
                else None,
                engine=found.engine,
            ),
            label=row.get("dirname"),
            raw={key: value for key, value in row.items() if key not in MAIN and key not in SIDE},
            scores=tuple(_scores(row, str(path), index, {**MAIN, **SIDE} if options.all_metrics else MAIN)),
        )
        if run.scores:
            yield run


def _rows(path: Path) -> Iterator[dict[str, str]]:
    try:
        listed = load_yaml(whole_file(path, LONGEST), is_typed=False)
    except ValueError as error:
        raise MalformedFileError.at(str(path), "", " ".join(str(error).split()), "YAML") from error
    if not isinstance(listed, list):
        raise MalformedFileError.at(str(path), "", type(listed).__name__, "a list of runs")
    for index, row in enumerate(listed):
        if not isinstance(row, dict) or not isinstance(model := row.get("model"), str) or not model.strip():
            raise MalformedFileError.at(str(path), f"[{index}].model", "nothing", "the name of a model")
        missing = [key for key in ("edit_format", "pass_rate_1") if key not in row]
        if missing:
            raise MalformedFileError.at(str(path), f"[{index}].{missing[0]}", "nothing", "the results of a run")
        yield {key: value for key, value in row.items() if isinstance(value, str) and value}


def _benchmark(path: Path, row: Mapping[str, str], options: ReadOptions) -> BenchmarkRecord:
    said = constant(options, "benchmark")
    total, completed = positive(row.get("total_tests")), positive(row.get("test_cases"))
    size = total or completed
    name = BY_SIZE.get(size or 0)
    if total is None and name != POLYGLOT:
        is_refactoring = "refac" in f"{row.get('dirname', '')} {path.stem}".casefold()
        is_polyglot = "polyglot" in path.stem.casefold() or (size or 0) > max(each for each in BY_SIZE if each < 225)
        name = REFACTORING if is_refactoring else POLYGLOT if is_polyglot else EDITING
    return BenchmarkRecord(name=said or name or EDITING, n_items=total)


def _scores(row: Mapping[str, str], where: str, index: int, columns: Mapping[str, ScoreUnit]) -> Iterator[ScoreRecord]:
    for name, unit in columns.items():
        place = f"[{index}].{name}"
        found = parse_cell(row.get(name, ""))
        if isinstance(found, BadCell):
            raise MalformedFileError.at(where, place, found.found, found.expected)
        if found is None or (name == "total_cost" and number(found.value) == 0):
            continue
        yield ScoreRecord(
            metric=name,
            value=found.value,
            unit=unit,
            decimals=found.decimals,
            n_items=positive(row.get("test_cases")),
            place=place,
        )


IMPORTER = Importer(name="aider", version="1", sniff=sniff, read=read, priority=15, path_parts=1)
