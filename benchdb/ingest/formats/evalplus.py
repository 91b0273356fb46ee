"""EvalPlus: evaluation results JSON of a run, with its problems, and the leaderboard's `results.json`.

Checked with a run of 0.3.1, a run file of 2024, the code of versions 0.1 to 0.3 and the leaderboard of 2025. Upstream: evalplus/evalplus,
evalplus/evaluate.py, evalplus/codegen.py; evalplus/evalplus.github.io, results.json.

A run file gives two runs: HumanEval or MBPP with the original tests, and HumanEval+ or MBPP+, where an attempt is right only if it
passes both sets of tests. EvalPlus's MBPP is not the original one: 378 of its problems, 399 before version 0.2. Problems count as
the file has them. Where the file does not state pass@k it is computed as the tool does, for k of 1, 10 and 100. The file's hash of
the data set is its revision, its date, which names no zone, the run's label. Model, backend and temperature stand in names that the
tool gives ("org--model_vllm_temp_0.0.eval_results.json", or a folder "model_temp_0.8" of older versions); else say the model:
`--map model==NAME`. "-sanitized" and ".raw" behind that are how the answer was extracted: 0.3 cleans each answer and keeps the raw
ones beside, whose evaluation is another run. The leaderboard is in percent, pass@1 only, and names
no dates; its `size` may be the active or the total one and stays in the run's raw part. A maker is taken from a link to a model of
the very same name. Null, NaN and infinities are no scores, and a null status is an attempt without these tests. Standard errors and
directions are in neither file.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from benchdb.errors import MalformedFileError
from benchdb.ingest.importer import Importer, ReadOptions
from benchdb.ingest.logs.code_boards import decimals_of, maker_of, without_slash
from benchdb.ingest.logs.fields import number, object_at, text
from benchdb.ingest.logs.json_files import read_object
from benchdb.ingest.logs.json_pieces import Part
from benchdb.ingest.logs.pass_at_k import Attempts, computed, stated
from benchdb.ingest.logs.stated import constant
from benchdb.ingest.records import BenchmarkRecord, ModelRecord, ProtocolRecord, RunRecord, SourceRecord
from benchdb.schema.vocab import ScoreUnit, SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from benchdb.ingest.logs.json_pieces import Wanted
    from benchdb.ingest.records import ScoreRecord

HARNESS = "evalplus"
"""Name of the tool in sources and protocols."""
BENCHMARKS: Mapping[str, str] = {
    "humaneval": "HumanEval", "humaneval+": "HumanEval+", "mbpp": "MBPP (EvalPlus base)", "mbpp+": "MBPP+",
}  # fmt: skip
"""Columns of the leaderboard → benchmarks."""
_KS = (1, 10, 100)
_PASSED = frozenset({"pass", "success"})
_NEW = re.compile(rb'"base_status"\s*:')
_OLD = re.compile(rb'"(?:n?files)"\s*:\s*[\[\d].{0,20000}?"base"\s*:\s*\[', re.DOTALL)
_TASK = re.compile(rb'"eval"\s*:\s*\{\s*"(?:HumanEval|Mbpp)/\d+"\s*:\s*(?:\[|\{)')
_BOARD = re.compile(rb'"pass@1"\s*:\s*\{[^{}]*"(?:humaneval|mbpp)\+"\s*:')
_NAME = re.compile(
    r"(?P<model>.+?)(?:_(?P<engine>vllm|hf|openai|mistral|anthropic|google|bedrock|ollama|gptqmodel))?"
    r"_temp_(?P<temperature>\d+(?:\.\d+)?)(?:[-.](?P<extraction>sanitized|raw))?(?:-[\w-]+)?"
)
_FILE = re.compile(r"[._]?eval_results$")
_ATTEMPT: Mapping[str, Wanted] = {"base_status": Part.WHOLE, "plus_status": Part.WHOLE}
_WANTED: Mapping[str, Wanted] = {
    "eval": {"*": {"base": {"*": Part.FIRST}, "plus": {"*": Part.FIRST}, "*": _ATTEMPT}},
    "*": Part.WHOLE,
}
"""Of an attempt only how it ended, not its text, and of old files, which list attempts by tests, not the details behind that."""


def sniff(head: bytes, _name: str) -> bool:
    """Return whether a file holds results of a run or the leaderboard.

    Args:
        head: Its first bytes.
        _name: Its name.
    """
    if not head.lstrip().startswith(b"{"):
        return False
    if _TASK.search(head):
        return _NEW.search(head) is not None or _OLD.search(head) is not None
    return _BOARD.search(head) is not None


def read(path: Path, options: ReadOptions) -> Iterator[RunRecord]:
    """Yield a run for each set of tests, or for each model and benchmark of the leaderboard.

    Args:
        path: The file.
        options: What the user said.

    Raises:
        MalformedFileError: If it is neither sort of file, names no model, or a value is not what it should be.
    """
    data = read_object(path, _WANTED)
    yield from _run_file(path, data, options) if isinstance(data.get("eval"), dict) else _board(path, data)


def _run_file(path: Path, data: dict[str, Any], options: ReadOptions) -> Iterator[RunRecord]:
    where = str(path)
    named = _NAME.fullmatch(_FILE.sub("", path.stem)) or _NAME.fullmatch(path.parent.name)
    model = constant(options, "model") or (named and named["model"].replace("--", "/"))
    if not model:
        raise MalformedFileError.at(
            where, "", "no model", "the model's name, which the file does not hold: --map model==NAME"
        )
    base, plus = Attempts(), Attempts()
    for task, found in data["eval"].items():
        marks = _marks(found, where, f'eval["{task}"]')
        base.add(task, [first for first, _ in marks])
        plus.add(task, [first and second for first, second in marks if second is not None])
    if not base.keys:
        raise MalformedFileError.at(where, "eval", "no attempt", "problems with attempts")
    family = base.keys[0].partition("/")[0].casefold()
    for tests, attempts in (("base", base), ("plus", plus)):
        name = BENCHMARKS.get(family if tests == "base" else f"{family}+")
        if name is None:
            raise MalformedFileError.at(where, f'eval["{base.keys[0]}"]', "that id", "a problem of HumanEval or MBPP")
        scores = stated(
            object_at(data, f"pass_at_k.{tests}"),
            where,
            f"pass_at_k.{tests}",
            ScoreUnit.FRACTION,
            len(attempts.keys) or None,
        )
        if attempts.keys:
            yield RunRecord(
                source=SourceRecord(kind=SourceKind.HARNESS_LOG, harness=HARNESS),
                model=ModelRecord(name=model),
                benchmark=BenchmarkRecord(name=name),
                protocol=ProtocolRecord(
                    temperature=number(named["temperature"]) if named else None,
                    samples_per_item=attempts.samples_per_item,
                    harness=HARNESS,
                    harness_task=family,
                    dataset_revision=text(data.get("hash")),
                    extraction=named["extraction"] if named else None,
                    engine=named["engine"] if named else None,
                ),
                label=text(data.get("date")),
                scores=scores or computed(attempts, _KS, "eval"),
                outcomes=(attempts.block(),) if options.with_samples else (),
            )


def _marks(found: object, where: str, place: str) -> list[tuple[bool, bool | None]]:
    """Return whether each attempt passes the base tests and the others, None where these were not run."""
    if isinstance(found, list):
        return [
            (base in _PASSED, None if plus is None else plus in _PASSED)
            for base, plus in (_statuses(each, where, f"{place}[{index}]") for index, each in enumerate(found))
        ]
    if not isinstance(found, dict) or not isinstance(found.get("base"), list):
        raise MalformedFileError.at(where, place, type(found).__name__, "a list of attempts")
    extra = found.get("plus") or []
    if not isinstance(extra, list):
        raise MalformedFileError.at(where, f"{place}.plus", type(extra).__name__, "a list of attempts")
    base = [_first(each, where, f"{place}.base[{index}]") for index, each in enumerate(found["base"])]
    plus = [_first(each, where, f"{place}.plus[{index}]") for index, each in enumerate(extra)]
    if plus and len(plus) != len(base):
        raise MalformedFileError.at(where, f"{place}.plus", f"{len(plus)} attempts", f"{len(base)}, as in base")
    return list(zip(base, plus, strict=True)) if plus else [(each, None) for each in base]


def _statuses(attempt: object, where: str, place: str) -> tuple[str, str | None]:
    base = text(attempt.get("base_status")) if isinstance(attempt, dict) else None
    if base is None or not isinstance(attempt, dict):
        raise MalformedFileError.at(where, f"{place}.base_status", "nothing", "the outcome of the base tests")
    return base, text(attempt.get("plus_status"))


def _first(result: object, where: str, place: str) -> bool:
    status = result[0] if isinstance(result, list) and result else None
    if not isinstance(status, str):
        raise MalformedFileError.at(where, place, repr(result)[:40], "a status with details")
    return status in _PASSED


def _board(path: Path, data: dict[str, Any]) -> Iterator[RunRecord]:
    for name, row in data.items():
        scores = object_at(row, "pass@1")
        if not scores:
            raise MalformedFileError.at(str(path), f'["{name}"]["pass@1"]', "nothing", "scores by benchmark")
        model = ModelRecord(name=without_slash(name), organization=maker_of(name, row.get("link")))
        raw = {key: value for key, value in row.items() if key != "pass@1" and value is not None}
        for column, value in scores.items():
            score = _score(value, str(path), f'["{name}"]["pass@1"]["{column}"]')
            if score is not None:
                yield RunRecord(
                    source=SourceRecord(kind=SourceKind.LEADERBOARD, title="EvalPlus leaderboard", harness=HARNESS),
                    model=model,
                    benchmark=BenchmarkRecord(name=BENCHMARKS.get(column, column)),
                    protocol=ProtocolRecord(harness=HARNESS, harness_task=column.removesuffix("+")),
                    raw=raw,
                    scores=(score,),
                )


def _score(value: object, where: str, place: str) -> ScoreRecord | None:
    found = stated({"pass@1": value}, where, place, ScoreUnit.PERCENT)
    return replace(found[0], decimals=decimals_of(found[0].value, 1), place=place) if found else None


IMPORTER = Importer(name="evalplus", version="2", sniff=sniff, read=read, priority=15, path_parts=2)
