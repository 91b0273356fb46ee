"""BigCodeBench: evaluation results JSON of a run with its problems, pass@k JSON, and the leaderboards' `results*.json`.

Checked with runs of 0.2.5, a run file of 2024, the code of versions 0.1 and 0.2 and the leaderboards of 2025. Upstream:
bigcode-project/bigcodebench, bigcodebench/evaluate.py, bigcodebench/generate.py; bigcode-bench/bigcode-bench.github.io,
results.json, results-hard.json.

The prompts come as "complete" and "instruct", which are subsets of BigCodeBench and of BigCodeBench-Hard. Whether a run is of the
hard set follows from its pass@k file, its name or its 148 problems; a leaderboard is the hard one if its name says "hard", else
`--map benchmark==BigCodeBench-Hard`. Model, revision, prompt, backend, temperature and post-processing stand in names that the tool
gives ("org--model--main--bigcodebench-complete--vllm-0-1-sanitized_calibrated_eval_results.json"); else say `--map model==NAME` and
`--map subset==complete`. "Calibrated" is how the answer was completed and stands in `extraction`. "X_pass_at_k.json" is read along
with "X_eval_results.json" and on its own where that is missing. The tool writes fractions, the leaderboards percent; a bare pass@k
of another project is in percent if it exceeds 1, else its unit is not stated. Where no pass@k is stated it is computed as the tool
does. On a leaderboard "(temperature=1, reasoning=high)" or "(w/ Reasoning)" behind a model is split off; `size` and `act_param` are billions; `date` is
that of the model or of the entry, so it stays in the raw part. The run's date names no zone and is its label. Null, NaN and
infinities are no scores. Standard errors and directions are in none of the files.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from benchdb.errors import MalformedFileError
from benchdb.ingest.importer import Importer, ReadOptions
from benchdb.ingest.logs.code_boards import billions, decimals_of, maker_of, without_slash
from benchdb.ingest.logs.fields import number, object_at, positive, text
from benchdb.ingest.logs.json_files import read_object
from benchdb.ingest.logs.json_pieces import Part
from benchdb.ingest.logs.pass_at_k import Attempts, computed, stated
from benchdb.ingest.logs.stated import constant
from benchdb.ingest.records import BenchmarkRecord, ModelRecord, ProtocolRecord, RunRecord, SourceRecord
from benchdb.schema.vocab import ScoreUnit, SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from benchdb.ingest.logs.fields import Converter
    from benchdb.ingest.logs.json_pieces import Wanted
    from benchdb.ingest.records import ScoreRecord

HARNESS = "bigcodebench"
"""Name of the tool in sources and protocols."""
FULL, HARD = "BigCodeBench", "BigCodeBench-Hard"
"""The two sets of problems."""
_N_HARD = 148
_KS = (1, 5, 10, 25, 100)
_RUN_END, _RATES_END = "eval_results.json", "pass_at_k.json"
_RUN = re.compile(rb'"eval"\s*:\s*\{\s*"BigCodeBench/\d+"\s*:\s*\[')
_RATES = (
    re.compile(rb'"pass@\d+"\s*:\s*[-\d.]'),
    re.compile(rb'"subset"\s*:\s*"(?:full|hard)"'),
    re.compile(rb'"calibrated"\s*:'),
)
_BOARD = re.compile(rb'"pass@1"\s*:\s*\{\s*"(?:instruct|complete)"\s*:')
_NAME = re.compile(
    r"(?P<model>.+?)--bigcodebench(?P<hard>-hard)?-(?P<split>complete|instruct)"
    r"--(?P<engine>[a-z]+)-(?P<temperature>\d+(?:\.\d+)?)-(?P<n>\d+)(?![\d.])"
)
_REVISION = re.compile(r"main|master|[0-9a-f]{7,40}")
_SETTINGS = re.compile(r"(?P<model>.+?) \((?P<settings>[^()]+)\)")
_SETTING = re.compile(
    r"(?P<key>temperature|reasoning|length)=(?P<value>[\w.]+)|(?P<effort>w/o? reasoning|\d+k tokens)", re.IGNORECASE
)
_KNOWN = {"temperature": "temperature", "reasoning": "reasoning_effort", "length": "max_tokens"}
_CONVERTERS: Mapping[str, Converter] = {"temperature": number, "reasoning": text, "length": positive}
_WORDS = {"w/ reasoning": "reasoning", "w/o reasoning": "none"}
_WANTED: Mapping[str, Wanted] = {"eval": {"*": {"*": {"status": Part.WHOLE}}}, "*": Part.WHOLE}
"""Of an attempt only whether it passed, not its text."""


def sniff(head: bytes, _name: str) -> bool:
    """Return whether a file holds results of a run, its pass@k, or a leaderboard.

    Args:
        head: Its first bytes.
        _name: Its name.
    """
    if not head.lstrip().startswith(b"{"):
        return False
    return bool(_RUN.search(head) or _BOARD.search(head)) or all(mark.search(head) for mark in _RATES)


def read(path: Path, options: ReadOptions) -> Iterator[RunRecord]:
    """Yield the run of a file, or a run for each model and prompt of a leaderboard.

    Args:
        path: The file; pass@k whose run stands beside it yields nothing, since that takes it in.
        options: What the user said.

    Raises:
        MalformedFileError: If it is none of these files, names no model, or a value is not what it should be.
    """
    data = read_object(path, _WANTED)
    if isinstance(data.get("eval"), dict):
        yield _run(path, data, options)
    elif not ("subset" in data and "calibrated" in data):
        yield from _board(path, data, options)
    elif not (path.name.endswith(_RATES_END) and _beside(path, _RATES_END, _RUN_END)):
        yield _record(path, options, data, None, None)


def _run(path: Path, data: dict[str, Any], options: ReadOptions) -> RunRecord:
    attempts = Attempts()
    for task, found in data["eval"].items():
        place = f'eval["{task}"]'
        if not isinstance(found, list):
            raise MalformedFileError.at(str(path), place, type(found).__name__, "a list of attempts")
        attempts.add(
            task, [_status(each, str(path), f"{place}[{index}]") == "pass" for index, each in enumerate(found)]
        )
    if not attempts.keys:
        raise MalformedFileError.at(str(path), "eval", "no attempt", "problems with attempts")
    rates = next((read_object(each) for each in _companions(path)), {})
    return _record(path, options, rates, attempts, text(data.get("date")))


def _status(attempt: object, where: str, place: str) -> str:
    status = text(attempt.get("status")) if isinstance(attempt, dict) else None
    if status is None:
        raise MalformedFileError.at(where, f"{place}.status", "nothing", '"pass", "fail" or "timeout"')
    return status


def _record(
    path: Path, options: ReadOptions, rates: dict[str, Any], attempts: Attempts | None, date: str | None
) -> RunRecord:
    named = _NAME.match(path.name)
    model, revision = _model(path, options, named["model"] if named else rates.get("model"))
    n_items = len(attempts.keys) if attempts else None
    hard = rates.get("subset") or (
        "hard" if re.search(r"(?:^|[-_])hard(?=[-_])", path.name) or n_items == _N_HARD else "full"
    )
    words = {word for word in ("sanitized", "calibrated") if re.search(rf"[-_]{word}(?=[-_.])", path.name)}
    words |= {"calibrated"} if rates.get("calibrated") is True else set()
    place = "" if attempts is None else _RATES_END
    scores = stated(rates, str(path), place, _unit_of(rates), n_items)
    return RunRecord(
        source=SourceRecord(kind=SourceKind.HARNESS_LOG, harness=HARNESS),
        model=ModelRecord(name=model),
        benchmark=BenchmarkRecord(name=HARD if hard == "hard" else FULL),
        protocol=ProtocolRecord(
            temperature=number(named["temperature"]) if named else None,
            samples_per_item=attempts.samples_per_item if attempts else positive(named["n"]) if named else None,
            harness=HARNESS,
            extraction="-".join(sorted(words, reverse=True)) or None,
            model_revision=revision,
            engine=named["engine"] if named else None,
        ),
        subset=constant(options, "subset") or text(rates.get("split")) or (named["split"] if named else ""),
        label=date,
        raw={key: rates[key] for key in ("gt_pass_rate", "failed_tasks") if rates.get(key) is not None},
        scores=scores or (computed(attempts, _KS, "eval") if attempts else ()),
        outcomes=(attempts.block(),) if attempts and options.with_samples else (),
    )


def _unit_of(rates: dict[str, Any]) -> ScoreUnit | None:
    """Return the unit of pass@k: the tool's is a fraction, and what exceeds 1 can only be percent."""
    if "gt_pass_rate" in rates:
        return ScoreUnit.FRACTION
    values = [number(value) or 0.0 for name, value in rates.items() if name.startswith("pass@")]
    return ScoreUnit.PERCENT if max(values, default=0.0) > 1 else None


def _model(path: Path, options: ReadOptions, written: object) -> tuple[str, str | None]:
    """Return a model and its revision out of "org--model--revision", "org--model" or "model"."""
    said = constant(options, "model")
    if said is not None:
        return said, None
    name = text(written)
    if name is None or name.endswith(".jsonl"):
        raise MalformedFileError.at(
            str(path), "", "no model", "the model's name, which the file does not hold: --map model==NAME"
        )
    *parts, last = name.split("--")
    if parts and (len(parts) > 1 or _REVISION.fullmatch(last)):
        return "/".join(parts), last
    return "/".join([*parts, last]), None


def _board(path: Path, data: dict[str, Any], options: ReadOptions) -> Iterator[RunRecord]:
    benchmark = constant(options, "benchmark") or (HARD if "hard" in path.stem.casefold() else FULL)
    for name, row in data.items():
        splits = object_at(row, "pass@1")
        if not splits:
            raise MalformedFileError.at(str(path), f'["{name}"]["pass@1"]', "nothing", "scores by prompt")
        bare, settings = _settings(name)
        for split, value in splits.items():
            scores = _score(value, str(path), f'["{name}"]["pass@1"].{split}')
            if scores:
                yield RunRecord(
                    source=SourceRecord(kind=SourceKind.LEADERBOARD, title="BigCodeBench leaderboard", harness=HARNESS),
                    model=_board_model(bare, row),
                    benchmark=BenchmarkRecord(name=benchmark),
                    protocol=ProtocolRecord(harness=HARNESS, **settings),
                    subset=split,
                    label=name if settings else None,
                    raw={key: each for key, each in row.items() if key != "pass@1" and each is not None},
                    scores=scores,
                )


def _score(value: object, where: str, place: str) -> tuple[ScoreRecord, ...]:
    found = stated({"pass@1": value}, where, place, ScoreUnit.PERCENT)
    return tuple(replace(each, decimals=decimals_of(each.value, 1), place=place) for each in found)


def _board_model(name: str, row: dict[str, Any]) -> ModelRecord:
    total, active = billions(row.get("size")), billions(row.get("act_param"))
    return ModelRecord(
        name=without_slash(name),
        organization=maker_of(name, row.get("link")),
        n_parameters=total,
        n_active_parameters=active if total is not None and active != total else None,
    )


def _settings(name: str) -> tuple[str, dict[str, Any]]:
    """Return a model and the settings in brackets behind it; brackets that say anything else stay in the name."""
    found = _SETTINGS.fullmatch(name)
    parts = [_SETTING.fullmatch(each) for each in found["settings"].split(", ")] if found else []
    if found is None or None in parts:
        return name, {}
    taken: dict[str, Any] = {}
    efforts: list[str] = []
    for part in filter(None, parts):
        if part["effort"]:
            efforts.append(_WORDS.get(part["effort"].casefold(), part["effort"]))
        else:
            taken[_KNOWN[part["key"].casefold()]] = _CONVERTERS[part["key"].casefold()](part["value"])
    return found["model"], taken | ({"reasoning_effort": ", ".join(efforts)} if efforts else {})


def _beside(path: Path, own_end: str, other_end: str) -> list[Path]:
    other = path.with_name(path.name.removesuffix(own_end) + other_end)
    return [other] if path.name.endswith(own_end) and other.is_file() else []


def _companions(path: Path) -> list[Path]:
    return _beside(path, _RUN_END, _RATES_END)


IMPORTER = Importer(
    name="bigcodebench", version="1", sniff=sniff, read=read, priority=15, path_parts=2, companions=_companions
)
