"""LiveCodeBench: the leaderboard's performances JSON, and a run's `*_eval_all.json` and `*_eval.json`, problem by problem.

Checked with the five files of the leaderboard of 2025 and runs of 2024 and 2025. Upstream: LiveCodeBench/livecodebench.github.io,
src/mocks, src/leaderboardLib.tsx; LiveCodeBench/LiveCodeBench, lcb_runner/runner/main.py, lcb_runner/utils/path_utils.py;
LiveCodeBench/submissions.

A run is a model with all problems that the file has for it; the window is that of their dates. Its score is the mean over them, which
the board shows for windows of the reader's; a release follows from the number of problems. The mean of each difficulty comes with
`--metrics all`. Self-repair, test output prediction and code execution are benchmarks of their own: rows with `sample_id` are
execution, several rows for a problem are tests ("2727/0"), else the file's name says it. On the board a model is its `model_name`,
its display name is the label, and "(N=1)" and "(High)" behind that are attempts and effort. Its `release_date` is the end of the
training data and no release. The board is in percent; how many attempts a percentage is of it does not say unless N is 1, so each
problem counts as one attempt with that mean. Dates of later boards are a day late, which is seen at problem 1873_A and corrected.
In a run `pass@1` is a fraction; model, attempts and temperature stand in the names that the tool gives
("O3-Mini (High)/Scenario.codegeneration_10_0.2_eval_all.json"), else say `--map model==NAME`. `_eval.json` is read where no
`_eval_all.json` stands beside it; its problems are numbers. Null, NaN and -1 are no scores. Standard errors are in none of them.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from benchdb.errors import MalformedFileError
from benchdb.ingest.importer import Importer, ReadOptions
from benchdb.ingest.logs.fields import day, number, object_at, text
from benchdb.ingest.logs.json_files import read_array
from benchdb.ingest.logs.json_pieces import Part
from benchdb.ingest.logs.livecodebench_board import read_board
from benchdb.ingest.logs.livecodebench_items import (
    HARNESS,
    Problems,
    benchmark_of,
    by_difficulty,
    run_of,
    take_apart,
    without_effort,
)
from benchdb.ingest.logs.pass_at_k import Attempts, computed, stated
from benchdb.ingest.logs.stated import constant
from benchdb.ingest.records import ModelRecord, ProtocolRecord, RunRecord, SourceRecord
from benchdb.schema.vocab import ScoreUnit, SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from benchdb.ingest.logs.json_pieces import Wanted
    from benchdb.ingest.logs.livecodebench_items import DisplayName

_KS = (1, 5)
_BOARD = (re.compile(rb'"performances"\s*:\s*\['), re.compile(rb'"pass@1(?:-cot)?"\s*:', re.IGNORECASE))
_SHORT = re.compile(rb'\[\s*\{(?:\s*"pass@\d+"\s*:\s*[\d.eE+-]+\s*,)*\s*"detail"\s*:\s*\{')
_NAME = re.compile(
    r"(?:Scenario\.)?(?P<scenario>[a-z]+)_(?P<n>\d+)_(?P<temperature>\d+(?:\.\d+)?)(?P<cot>_cot)?_eval(?:_all)?"
)
_RENAMED = re.compile(r"(?P<model>.+)_N(?P<n>\d+)")
_WANTED: Mapping[str, Wanted] = {"detail": Part.WHOLE, "graded_list": Part.WHOLE, "*": {"*": Part.PLAIN}}
"""Of a problem what is written plainly and the marks; of the short file's results of tests how many attempts there are."""


def sniff(head: bytes, name: str) -> bool:
    """Return whether a file is the leaderboard's or a run's.

    Args:
        head: Its first bytes.
        name: Its name; it counts where the first problem is longer than these.
    """
    start = head.lstrip()
    if start.startswith(b"{"):
        return all(mark.search(head) for mark in _BOARD)
    if not start.startswith(b"["):
        return False
    is_graded = b'"graded_list"' in head or (b'"question_content"' in head and name.endswith("_eval_all.json"))
    return (is_graded and b'"question_id"' in head) or _SHORT.match(start) is not None


def read(path: Path, options: ReadOptions) -> Iterator[RunRecord]:
    """Yield a run for each model of the leaderboard, or the run of a file.

    Args:
        path: The file; `_eval.json` yields nothing where `_eval_all.json` stands beside it.
        options: What the user said.

    Raises:
        MalformedFileError: If it is neither, names no model, or a row lacks what makes an outcome.
    """
    with path.open("rb") as file:
        is_board = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")
    if is_board:
        yield from read_board(path, options)
        return
    listed = read_array(path, "a list of problems", _WANTED)
    first = next(listed, None)
    if isinstance(first, dict) and "detail" in first:
        results = next(listed, None)
        for _rest in listed:
            pass
        if not path.with_name(f"{path.stem}_all.json").is_file():
            yield _short_run(path, options, first, results)
    else:
        yield from _long_runs(path, options, _with_first(first, listed))


def _with_first(first: object, rest: Iterator[object]) -> Iterator[object]:
    yield first
    yield from rest


def _long_runs(path: Path, options: ReadOptions, rows: Iterable[object]) -> Iterator[RunRecord]:
    """Yield the run of a file that holds a row for each problem, and with all metrics a run for each difficulty."""
    attempts, found = Attempts(), Problems()
    is_execution = False
    for index, row in enumerate(rows):
        key, marks = _graded(row, str(path), index)
        is_execution = is_execution or (isinstance(row, dict) and text(row.get("id")) == key)
        if marks and isinstance(row, dict):
            attempts.add(key, marks)
            found.add(key, sum(marks) / len(marks), day(row.get("contest_date")), text(row.get("difficulty")) or "")
    if not found.keys:
        raise MalformedFileError.at(str(path), "", "no attempt", "problems with attempts")
    named, settings = _names(path, options)
    has_tests = any("/" in key for key in found.keys)
    benchmark = benchmark_of(path.stem, is_execution=is_execution, has_repeats=has_tests)
    run = run_of(
        found, named, benchmark, SourceRecord(kind=SourceKind.HARNESS_LOG, harness=HARNESS), ScoreUnit.FRACTION, ""
    )
    run = replace(
        run,
        protocol=replace(run.protocol, **settings, samples_per_item=attempts.samples_per_item),
        scores=computed(attempts, _KS, "graded_list"),
        outcomes=(replace(attempts.block(), dates=found.dates),) if options.with_samples else (),
    )
    yield run
    if options.all_metrics:
        yield from by_difficulty(run, found)


def _graded(row: object, where: str, index: int) -> tuple[str, list[bool]]:
    """Return a problem's id and whether each attempt is right."""
    if not isinstance(row, dict):
        raise MalformedFileError.at(where, f"[{index}]", type(row).__name__, "an object with a graded problem")
    question, test = text(row.get("question_id")), text(row.get("test_id"))
    key = text(row.get("id")) or (question if test is None else f"{question}/{test}")
    marks = row.get("graded_list")
    if key is None or question is None:
        raise MalformedFileError.at(where, f"[{index}].question_id", "nothing", "the id of a problem")
    if not isinstance(marks, list) or not all(isinstance(mark, bool) for mark in marks):
        raise MalformedFileError.at(where, f"[{index}].graded_list", repr(marks)[:40], "true or false for each attempt")
    return key, marks


def _short_run(path: Path, options: ReadOptions, first: dict[str, Any], results: object) -> RunRecord:
    """Return the run of a file that holds results under the numbers of the problems."""
    shares = object_at(first, "detail.pass@1")
    tests = results if isinstance(results, dict) else {}
    attempts = Attempts()
    for index in sorted(shares, key=lambda each: (len(each), each)):
        done = tests.get(index)
        share, n = number(shares[index]), len(done) if isinstance(done, list | dict) else 0
        if share is None or not 0 <= share <= 1:
            raise MalformedFileError.at(
                str(path), f'[0].detail["pass@1"]["{index}"]', repr(shares[index]), "a fraction"
            )
        if n:
            right = round(share * n)
            attempts.add(f"{HARNESS}/{len(shares)}/{index}", [True] * right + [False] * (n - right))
    named, settings = _names(path, options)
    return RunRecord(
        source=SourceRecord(kind=SourceKind.HARNESS_LOG, harness=HARNESS),
        model=ModelRecord(name=named.model),
        benchmark=benchmark_of(path.stem, is_execution=False, has_repeats=False),
        protocol=ProtocolRecord(
            **settings,
            samples_per_item=attempts.samples_per_item or named.samples_per_item,
            harness=HARNESS,
            reasoning_effort=named.effort,
        ),
        scores=stated(first, str(path), "[0]", ScoreUnit.FRACTION, len(shares) or None),
        outcomes=(attempts.block(),) if options.with_samples and attempts.keys else (),
    )


def _names(path: Path, options: ReadOptions) -> tuple[DisplayName, dict[str, Any]]:
    """Return the model that the folder names, and settings out of the file's name."""
    said, named = constant(options, "model"), _NAME.fullmatch(path.stem)
    folder = path.parent.name
    renamed = _RENAMED.fullmatch(folder)
    if named is not None and renamed is not None and renamed["n"] == named["n"]:
        folder = renamed["model"]
    if said is None and (named is None or not folder):
        raise MalformedFileError.at(
            str(path), "", "no model", "the model's name, which the file does not hold: --map model==NAME"
        )
    model = take_apart(folder) if said is None else take_apart(said)
    settings = {
        "temperature": number(named["temperature"]) if named else None,
        "harness_task": named["scenario"] if named else None,
        "extraction": "chain of thought" if named and named["cot"] else None,
    }
    return replace(model, model=without_effort(model.model)), settings


IMPORTER = Importer(name="livecodebench", version="1", sniff=sniff, read=read, priority=15, path_parts=2)
