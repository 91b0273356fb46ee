"""lm-evaluation-harness 0.2 and 0.3 and its relatives: results JSON of the harness, of BigScience and of the BigCode harness.

Checked with files of 2021 to 2023 by EleutherAI (Pythia, OPT, bias evaluations by GPT-NeoX), BigScience and llm-autoeval.
Upstream: EleutherAI/lm-evaluation-harness v0.3.0, lm_eval/evaluator.py, lm_eval/metrics.py; bigscience-workshop/evaluation-results;
bigcode-project/bigcode-evaluation-harness, main.py.

One run for each task; "task+prompt" is the task under that prompt, which stands in `prompt_hash`, and BigScience's times of runs,
which name no zone, are labels. "hendrycksTest-<subject>" is a part of hendrycksTest. The number of shots is the file's one number.
A file that names no model needs `--map model==NAME`; one that holds only pass@k takes the benchmark from `--map benchmark==NAME` or
a file name that says "humaneval", and the temperature from "temp02" in it. A step of a training configuration is the model's
revision. Units and methods of standard errors follow from the metric where version 0.3 has one definition of it; F1 is a percentage
for SQuAD and else unstated unless the task is known. "N/A", null, NaN and infinities are no scores; version 0 is a version. No
dates, item counts, splits and directions are in these files.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from benchdb.errors import MalformedFileError
from benchdb.ingest.importer import Importer, ReadOptions
from benchdb.ingest.logs.fields import collect, count, integer, number, object_at, positive, text, without_secrets
from benchdb.ingest.logs.json_files import read_object
from benchdb.ingest.logs.lm_eval_settings import HARNESS, MODEL_KEYS, RunSettings
from benchdb.ingest.logs.stated import constant
from benchdb.ingest.records import BenchmarkRecord, ModelRecord, ProtocolRecord, RunRecord, ScoreRecord, SourceRecord
from benchdb.schema.vocab import ScoreUnit, SourceKind, StderrMethod

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from benchdb.ingest.logs.fields import Table

BIGCODE = "bigcode-evaluation-harness"
"""Name of the BigCode harness in sources and protocols."""
FRACTION, PERCENT, RATIO = ScoreUnit.FRACTION, ScoreUnit.PERCENT, ScoreUnit.RATIO
SAMPLE, BOOTSTRAP = StderrMethod.SAMPLE, StderrMethod.BOOTSTRAP
METRICS: Mapping[str, tuple[ScoreUnit | None, StderrMethod | None]] = {
    **dict.fromkeys(("acc", "acc_norm", "em", "exact_match", "mc1", "mc2", "pct_stereotype", "parity"), (FRACTION, SAMPLE)),
    "likelihood_difference": (ScoreUnit.NATS, SAMPLE),
    "ppl": (RATIO, BOOTSTRAP), "perplexity": (RATIO, BOOTSTRAP), "mcc": (FRACTION, BOOTSTRAP),
    "word_perplexity": (RATIO, None), "byte_perplexity": (RATIO, None), "bits_per_byte": (ScoreUnit.BITS, None),
    **dict.fromkeys(("bleu", "chrf", "ter"), (PERCENT, BOOTSTRAP)),
    **dict.fromkeys(("exact", "HasAns_exact", "HasAns_f1", "NoAns_exact", "NoAns_f1", "best_exact", "best_f1"), (PERCENT, None)),
    "f1": (None, None),
}  # fmt: skip
"""Metric → unit and method of its standard error in version 0.3."""
_F1_FRACTION = re.compile(r"^(?:coqa|drop|record|cb|mrpc|qqp|multirc)(?:$|\+)")
_PASS_AT = re.compile(r"pass@\d+")
_MISSING = frozenset({"N/A", "n/a", ""})
_TEMPERATURE = re.compile(r"(?:^|[_-])temp(?P<ones>\d)(?P<tenths>\d)(?!\d)")
_SEEN = re.compile(rb'"(?:results|table_results)"\s*:\s*[{\[]')
_METRIC = re.compile(
    rb'"(?:%s)"\s*:\s*(?:-?\d|NaN|"N/A")' % b"|".join(name.encode() for name in (*METRICS, "pass@1")),
)
_NOT_OURS = re.compile(rb'"(?:config_general|configs|n-shot|alias)"\s*:|"\w[\w@:.-]*,[\w@-]+"\s*:\s*(?:-?\d|"N/A")')
_BARE = re.compile(rb'\s*\{\s*"pass@\d+"\s*:\s*[-\d.eE+]+\s*(?:,\s*"pass@\d+"\s*:\s*[-\d.eE+]+\s*)*\}\s*')
_BIGCODE_FIELDS: Table = {
    "temperature": (("do_sample", lambda value: 0.0 if value is False else None), ("temperature", number)),
    "top_p": (("top_p", number),),
    "samples_per_item": (("n_samples", positive),),
    "seed": (("seed", integer),),
    "item_limit": (("limit", number),),
    "model_revision": (("revision", text),),
    "quantisation": (
        ("load_in_4bit", lambda value: "4bit" if value is True else None),
        ("load_in_8bit", lambda value: "8bit" if value is True else None),
    ),
}


def sniff(head: bytes, name: str) -> bool:
    """Return whether a file holds results of an old harness.

    Args:
        head: Its first bytes.
        name: Its name.
    """
    if not head.lstrip().startswith(b"{") or name.endswith(".jsonl"):
        return False
    if _BARE.fullmatch(head):
        return True
    if _NOT_OURS.search(head):
        return False
    if _SEEN.search(head):
        return _METRIC.search(head) is not None
    return b'"config"' in head and b'"n_samples"' in head and b'"pass@1"' in head


def read(path: Path, options: ReadOptions) -> Iterator[RunRecord]:
    """Yield a run for each task, prompt and time of a results file.

    Args:
        path: The file.
        options: What the user said.

    Raises:
        MalformedFileError: If it holds no results, names no model, or holds text where a number belongs.
    """
    data = read_object(path)
    found = next((data[name] for name in ("results", "table_results") if isinstance(data.get(name), dict | list)), None)
    if found is not None:
        yield from _harness_runs(path, data, found, options)
    elif data and all(_PASS_AT.fullmatch(name) for name in data):
        yield _bare_run(path, data, options)
    elif isinstance(data.get("config"), dict):
        yield from _bigcode_runs(path, data, options)
    else:
        raise MalformedFileError.at(str(path), "results", "nothing", "results of tasks")


def _harness_runs(path: Path, data: dict[str, Any], found: Any, options: ReadOptions) -> Iterator[RunRecord]:
    config = object_at(data, "config")
    settings = RunSettings(data if config else {**data, "config": {"model_args": data.get("model_args")}})
    model = _model(path, options, next((name for key in MODEL_KEYS if (name := text(settings.args.get(key)))), None))
    step = count(settings.args.get("iteration"))
    raw = _raw(config, settings.args)
    where = "results" if found is data.get("results") else "table_results"
    for place, key, label, row in _rows(path, where, found):
        task, prompt = _task_and_prompt(key, row)
        scores = _scores(path, place, task, row)
        if not scores:
            continue
        protocol = settings.protocol(key)
        yield RunRecord(
            source=SourceRecord(kind=SourceKind.HARNESS_LOG, harness=HARNESS),
            model=model,
            benchmark=_benchmark(task),
            protocol=replace(
                protocol,
                n_shot=count(config.get("num_fewshot")),
                prompt_hash=prompt,
                harness_task=task,
                model_revision=protocol.model_revision or (None if step is None else f"step{step}"),
            ),
            label=label,
            raw=raw,
            scores=scores,
        )


def _rows(path: Path, where: str, found: Any) -> Iterator[tuple[str, str, str | None, dict[str, Any]]]:
    """Yield place, key, time of the run and values of each row of results, however they are nested."""
    if isinstance(found, list):
        named = [(f"{where}[{index}]", _key_of(row), row) for index, row in enumerate(found) if isinstance(row, dict)]
    else:
        named = [
            (f'{where}["{key}"]' if "." in key or "+" in key else f"{where}.{key}", key, found[key]) for key in found
        ]
    for place, key, row in named:
        if not isinstance(row, dict):
            raise MalformedFileError.at(str(path), place, type(row).__name__, "a JSON object of metrics")
        if row and all(isinstance(value, dict) for value in row.values()):
            yield from ((f'{place}["{time}"]', key, str(time), inner) for time, inner in row.items())
        else:
            yield place, key, None, row


def _key_of(row: Mapping[str, Any]) -> str:
    prompt = text(row.get("prompt_name"))
    return "+".join(part for part in (text(row.get("task_name")) or "", prompt) if part)


def _task_and_prompt(key: str, row: Mapping[str, Any]) -> tuple[str, str | None]:
    task, _, prompt = key.partition("+")
    return text(row.get("task_name")) or task, text(row.get("prompt_name")) or prompt or None


def _benchmark(task: str) -> BenchmarkRecord:
    parent, dash, subject = task.partition("-")
    return BenchmarkRecord(name=task, parent=parent if dash and subject and parent == "hendrycksTest" else None)


def _scores(path: Path, place: str, task: str, row: Mapping[str, Any]) -> tuple[ScoreRecord, ...]:
    scores = []
    for metric, value in row.items():
        if metric in METRICS and isinstance(value, str | bool) and value not in _MISSING:
            raise MalformedFileError.at(str(path), f"{place}.{metric}", repr(value), "a number")
        if metric.endswith("_stderr") or isinstance(value, str | bool) or (found := number(value)) is None:
            continue
        unit, method = _definition(task, metric)
        error = row.get(f"{metric}_stderr")
        stderr = None if isinstance(error, str) else number(error)
        scores.append(
            ScoreRecord(
                metric=metric,
                value=found,
                unit=unit,
                stderr=stderr,
                stderr_method=method if stderr is not None else None,
                place=f"{place}.{metric}",
            )
        )
    return tuple(scores)


def _definition(task: str, metric: str) -> tuple[ScoreUnit | None, StderrMethod | None]:
    if metric == "f1":
        return (PERCENT if task.startswith("squad") else FRACTION if _F1_FRACTION.match(task) else None), None
    return (FRACTION, None) if _PASS_AT.fullmatch(metric) else METRICS.get(metric, (None, None))


def _bare_run(path: Path, data: dict[str, Any], options: ReadOptions) -> RunRecord:
    """Return the run of a file that holds pass@k and nothing else."""
    name = constant(options, "benchmark") or ("humaneval" if "humaneval" in path.stem.lower() else None)
    if name is None:
        raise MalformedFileError.at(str(path), "", "pass@k of an unnamed benchmark", "--map benchmark==NAME")
    said = _TEMPERATURE.search(path.stem)
    return RunRecord(
        source=SourceRecord(kind=SourceKind.HARNESS_LOG),
        model=_model(path, options, None),
        benchmark=BenchmarkRecord(name=name),
        protocol=ProtocolRecord(temperature=float(f"{said['ones']}.{said['tenths']}") if said else None),
        scores=_scores(path, "", name, data),
    )


def _bigcode_runs(path: Path, data: dict[str, Any], options: ReadOptions) -> Iterator[RunRecord]:
    config = data["config"]
    model = _model(path, options, text(config.get("model")))
    for task, row in data.items():
        scores = _scores(path, task, task, row) if task != "config" and isinstance(row, dict) else ()
        if scores:
            yield RunRecord(
                source=SourceRecord(kind=SourceKind.HARNESS_LOG, harness=BIGCODE),
                model=model,
                benchmark=BenchmarkRecord(name=task),
                protocol=ProtocolRecord(**collect(config, _BIGCODE_FIELDS), harness=BIGCODE, harness_task=task),
                raw=_raw(config, {}),
                scores=scores,
            )


def _model(path: Path, options: ReadOptions, written: str | None) -> ModelRecord:
    name = constant(options, "model") or written
    if name is None:
        raise MalformedFileError.at(
            str(path), "config.model_args", "no model", "pretrained=NAME, or say it: --map model==NAME"
        )
    return ModelRecord(name=name)


def _raw(config: Mapping[str, Any], args: Mapping[str, object]) -> dict[str, object]:
    """Return the configuration without what is nested, such as a whole training configuration, and without passwords."""
    flat = {**config, "model_args": {key: value for key, value in args.items() if _is_plain(value)}}
    kept = {key: value for key, value in flat.items() if _is_plain(value) or (key == "model_args" and value)}
    return object_at({"kept": without_secrets(kept)}, "kept")


def _is_plain(value: object) -> bool:
    return (
        value not in (None, "")
        and isinstance(value, str | int | float)
        and not (isinstance(value, float) and not math.isfinite(value))
    )


IMPORTER = Importer(name="lm-eval-legacy", version="1", sniff=sniff, read=read, priority=15, path_parts=2)
