"""AlpacaEval: leaderboard CSV, the export for its site, and annotations JSON.

Checked with a run of 0.6.6 and tatsu-lab/alpaca_eval (commit cd543a1), src/alpaca_eval/leaderboards/, docs/, results/; upstream
main.py, metrics/winrate.py.

Versions 1 and 2 are two benchmarks: the folder of a leaderboard says which (`data_AlpacaEval_2`), else its judge; for annotations the
baseline that the model is compared with; elsewhere `--map benchmark==NAME` says it. The `leaderboard.csv` of a run lies in a folder
named after the judge and is the run's own file, not the public leaderboard, although rows of that may be in it. The judge is a part
of the protocol, as the extraction. Names of models stand as written, with verbosity prompts and remarks ("(adversarial)"). Win rates
are percentages with their standard error over the items; how the error of the length-controlled rate is computed is not stated. The
discrete win rate and the average length come with `--metrics all`. Annotations hold outcomes and no score: none, half or the whole of a win,
or what a weighting judge gives in between; a preference of 0 or 1.5 is a draw, null was not judged and is left out. Empty cells are
missing.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from benchdb.errors import MalformedFileError
from benchdb.ingest.cells import BadCell, parse_cell
from benchdb.ingest.importer import Importer, ReadOptions, read_head
from benchdb.ingest.logs.csv_rows import csv_rows, header, require
from benchdb.ingest.logs.fields import number, text
from benchdb.ingest.logs.json_files import read_array
from benchdb.ingest.logs.json_pieces import Part
from benchdb.ingest.records import (
    BenchmarkRecord,
    ModelRecord,
    OutcomeBlock,
    ProtocolRecord,
    RunRecord,
    ScoreRecord,
    SourceRecord,
)
from benchdb.schema.vocab import ScoreUnit, SourceKind, StderrMethod

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from benchdb.ingest.logs.json_pieces import Wanted
    from benchdb.ingest.tables.claims import Stated

_HARNESS = "alpaca_eval"
_OF_RUN = "leaderboard.csv"
_FOLDERS = {"data_AlpacaEval_2": "AlpacaEval 2", "data_AlpacaEval": "AlpacaEval 1"}
_JUDGES = {"weighted_alpaca_eval_gpt4_turbo": "AlpacaEval 2", "alpaca_eval_gpt4": "AlpacaEval 1"}
_BASELINES = {
    "gpt4_1106_preview": "AlpacaEval 2", "gpt-4-1106-preview": "AlpacaEval 2", "gpt4_turbo": "AlpacaEval 2",
    "text_davinci_003": "AlpacaEval 1", "text-davinci-003": "AlpacaEval 1",
}  # fmt: skip
_DRAWS = frozenset({0.0, 1.5})
_WIN_RATE = "win_rate"
_COLUMNS = {
    _WIN_RATE: ("standard_error", StderrMethod.SAMPLE, ScoreUnit.PERCENT),
    "length_controlled_winrate": ("lc_standard_error", None, ScoreUnit.PERCENT),
}
_SIDE = {"discrete_win_rate": (None, None, ScoreUnit.PERCENT), "avg_length": (None, None, None)}
_KEPT = ("mode", "n_wins", "n_wins_base", "n_draws", "filter", "link", "samples")
_WANTED: Mapping[str, Wanted] = {
    **dict.fromkeys(("generator_1", "generator_2", "preference", "preference_version", "annotator"), Part.WHOLE),
    "instruction": Part.WHOLE, "dataset": Part.WHOLE,
}  # fmt: skip
"""What is read of an annotation: not the answers."""


def sniff(head: bytes, _name: str) -> bool:
    """Return whether a file is a leaderboard or the annotations of one model.

    Args:
        head: Its first bytes.
        _name: Its name, which decides nothing.
    """
    if re.match(rb"\s*\[\s*\{", head):
        return all(key in head for key in (b'"generator_1"', b'"generator_2"', b'"preference"'))
    names = header(head)
    is_board = names[:1] == [""] and {_WIN_RATE, "n_total"} <= set(names)
    return is_board or {"name", "length_controlled_winrate", _WIN_RATE} <= set(names)


def read(path: Path, options: ReadOptions) -> Iterator[RunRecord]:
    """Yield one run for each model.

    Args:
        path: The file.
        options: What the user said.

    Raises:
        MalformedFileError: If the version is unknown, a model has no name, or a cell is no number.
    """
    from benchdb.ingest.tables.claims import stated

    said = stated(str(path), options)
    if read_head(path).lstrip().startswith(b"["):
        yield from _annotated(path, said, with_samples=options.with_samples)
        return
    is_run = path.name == _OF_RUN
    judge = path.absolute().parent.name if is_run else path.name.removesuffix(".csv").removesuffix("_leaderboard")
    folder = next((_FOLDERS[part] for part in reversed(path.absolute().parts) if part in _FOLDERS), None)
    benchmark = said.constant("benchmark") or folder or _JUDGES.get(judge)
    if benchmark is None:
        expected = 'the folder "data_AlpacaEval_2" or "data_AlpacaEval", or --map "benchmark==AlpacaEval 2"'
        raise MalformedFileError.at(said.where, "", "a leaderboard in another folder", expected)
    source = SourceRecord(kind=SourceKind.HARNESS_LOG, harness=_HARNESS)
    if not is_run:
        source = SourceRecord(
            kind=SourceKind.LEADERBOARD, title=f"{benchmark} leaderboard", harness=_HARNESS, is_file=False
        )
    is_empty = True
    for row_number, row in csv_rows(path):
        is_empty = False
        run = RunRecord(
            source=source,
            model=ModelRecord(name=require(said.where, row_number, row, ("", "name"))),
            benchmark=BenchmarkRecord(name=benchmark),
            protocol=ProtocolRecord(harness=_HARNESS, extraction=judge or None),
            raw={key: row[key] for key in _KEPT if row.get(key)},
        )
        yield replace(run, scores=tuple(_scores(said, row_number, row)))
    if is_empty:
        raise MalformedFileError.at(said.where, "", "none", "rows below the header")


def _scores(said: Stated, row_number: int, row: Mapping[str, str]) -> Iterator[ScoreRecord]:
    """Yield the win rates of a row."""
    n_items = _number(said.where, row_number, row, "n_total")
    for column, (error, method, unit) in (_COLUMNS | (_SIDE if said.all_metrics else {})).items():
        value = _number(said.where, row_number, row, column)
        if value is None:
            continue
        stderr = _number(said.where, row_number, row, error) if error else None
        yield ScoreRecord(
            metric=column,
            value=value,
            unit=unit,
            stderr=stderr,
            stderr_method=method if stderr is not None else None,
            n_items=int(n_items) if n_items and unit else None,
            place=f"row {row_number}, column {column}",
        )


def _number(where: str, row_number: int, row: Mapping[str, str], column: str) -> float | None:
    cell = parse_cell(row.get(column, ""))
    if isinstance(cell, BadCell):
        raise MalformedFileError.at(where, f"row {row_number}, column {column}", cell.found, cell.expected)
    return None if cell is None else cell.value


def _annotated(path: Path, said: Stated, *, with_samples: bool) -> Iterator[RunRecord]:
    """Yield the runs of a file of annotations, one for each model, baseline and judge."""
    items: dict[tuple[str, str, str], list[tuple[str, str, float]]] = {}
    versions: set[str] = set()
    n_rows = 0
    for index, row in enumerate(read_array(path, "a list of annotations", _WANTED)):
        n_rows += 1
        if not isinstance(row, dict):
            raise MalformedFileError.at(said.where, f"[{index}]", type(row).__name__, "a JSON object")
        model, baseline = (_text(said.where, f"[{index}]", row, key) for key in ("generator_2", "generator_1"))
        won = _won(said.where, f"[{index}].preference", row.get("preference"))
        versions.add((text(row.get("preference_version")) or "").removeprefix(f"{_HARNESS}=="))
        found = items.setdefault((model, baseline, text(row.get("annotator")) or ""), [])
        if won is not None:
            instruction = _text(said.where, f"[{index}]", row, "instruction")
            found.append((_digest(instruction), text(row.get("dataset")) or "", won))
    version = (versions.pop() or None) if len(versions) == 1 else None
    for (model, baseline, judge), found in items.items():
        benchmark = said.constant("benchmark") or _BASELINES.get(baseline)
        if benchmark is None:
            expected = 'a known baseline (text_davinci_003, gpt4_1106_preview), or --map "benchmark==NAME"'
            raise MalformedFileError.at(said.where, "generator_1", f'"{baseline}"', expected)
        yield RunRecord(
            source=SourceRecord(kind=SourceKind.HARNESS_LOG, harness=_HARNESS),
            model=ModelRecord(name=model),
            benchmark=BenchmarkRecord(name=benchmark),
            protocol=ProtocolRecord(harness=_HARNESS, harness_version=version, extraction=judge or None),
            raw={"baseline": baseline, "n_not_judged": n_rows - len(found)},
            outcomes=[_block(found)] if with_samples and found else (),
        )


def _block(items: list[tuple[str, str, float]]) -> OutcomeBlock:
    """Return the outcomes of hash, data set and share of a win; an equal instruction in the list is known by its number as well."""
    seen: dict[str, int] = {}
    keys = []
    for key, _, _ in items:
        seen[key] = seen.get(key, 0) + 1
        keys.append(key if seen[key] == 1 else f"{key}#{seen[key]}")
    return OutcomeBlock(
        metric=_WIN_RATE,
        keys=keys,
        n_attempts=[1] * len(items),
        values=[won for _, _, won in items],
        clusters=[dataset or None for _, dataset, _ in items],
    )


def _digest(instruction: str) -> str:
    import hashlib

    return hashlib.sha256(instruction.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _won(where: str, place: str, preference: object) -> float | None:
    """Return the share of a win: 1 is the baseline's, 2 the model's, 0 and 1.5 are draws."""
    if preference is None or (isinstance(preference, float) and math.isnan(preference)):
        return None
    value = None if isinstance(preference, str) else number(preference)
    if value is None or not (value in _DRAWS or 1 <= value <= 2):
        raise MalformedFileError.at(where, place, repr(preference), "a number from 1 to 2, 0 for a draw, or null")
    return 0.5 if value in _DRAWS else value - 1


def _text(where: str, place: str, row: Mapping[str, Any], key: str) -> str:
    found = text(row.get(key))
    if found is None:
        raise MalformedFileError.at(where, f"{place}.{key}", "nothing", "a text")
    return found


IMPORTER = Importer(name="alpaca-eval", version="3", sniff=sniff, read=read, priority=20, path_parts=4)
