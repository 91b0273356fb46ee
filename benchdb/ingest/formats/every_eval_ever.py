"""Every Eval Ever: aggregate JSON, with the instance-level JSONL beside it.

Checked with schema 0.3.0 and files of 0.2.0, 0.2.2 and 0.3.0. Upstream: evaleval/every_eval_ever (commit 9bce413),
every_eval_ever/schemas/eval.schema.json, instance_level_eval.schema.json, converters/.

The format publishes again what stands elsewhere. So a leaderboard that a file names is the source, whichever file transcribes it;
the file of an evaluation run is its own source. The time of conversion, which is a part of `evaluation_id`, identifies nothing;
it is when the source was fetched. The data set is the benchmark and an evaluation of another name is a subset of it;
"MMLU-Pro (Biology)" is the subset Biology of MMLU-Pro where all results of a data set are named so. The whole beside its parts is
an aggregate. The metric is `metric_id`, unless that is a name with a prefix of the leaderboard's, else `metric_name`,
`metric_kind`, or what the description names ("Exact Match on MATH"); without any of them it is called "score". The unit is
`metric_unit`, else `max_score` decides (1 fraction, 100 percent). The converter of lm-eval calls every error a bootstrap; that is
not repeated. Bounds that do not enclose the value are distances from it, and are kept in `raw` alone. null, NaN and infinities are
no scores, and neither is -1 under `has_unknown_level`. Numbers packed into `details` and costs come with `--metrics all`.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from benchdb.errors import MalformedFileError
from benchdb.ingest.cells import whole_number
from benchdb.ingest.contents import is_small
from benchdb.ingest.importer import Importer, ReadOptions
from benchdb.ingest.logs.eee_results import Entries, metric_of, results_of, score_of, side_scores
from benchdb.ingest.logs.eee_samples import read_samples
from benchdb.ingest.logs.fields import (
    at,
    collect,
    moment,
    number,
    object_at,
    positive,
    text,
    unix_moment,
    without_secrets,
)
from benchdb.ingest.logs.json_files import MOST_WHOLE, read_exactly, read_object
from benchdb.ingest.logs.json_pieces import Each, Part
from benchdb.ingest.plain_text import has_file
from benchdb.ingest.records import BenchmarkRecord, ModelRecord, ProtocolRecord, RunRecord, SourceRecord
from benchdb.schema.vocab import SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from benchdb.ingest.logs.eee_results import Result
    from benchdb.ingest.logs.eee_samples import Samples
    from benchdb.ingest.logs.fields import Table
    from benchdb.ingest.records import OutcomeBlock, ScoreRecord

_KEYS = tuple(
    re.compile(rb'"' + key + rb'"\s*:') for key in (b"schema_version", b"evaluation_id", b"model_info|source_metadata")
)
_INSTANCE = tuple(re.compile(rb'"' + key + rb'"\s*:') for key in (b"evaluation_id", b"sample_id", b"interaction_type"))
_SHOTS = re.compile(r"(?<!\d)(\d+)-shot", re.IGNORECASE)
_LARGEST_SIZE = 1e9
_REDUCED = ("int", "4bit", "8bit", "fp8", "float8", "fp4", "nf4", "gptq", "awq", "gguf")


def _known(value: object) -> str | None:
    found = text(value)
    return None if found is None or found.casefold() in {"unknown", "none", "n/a"} else found


def _shots(value: object) -> int | None:
    match = _SHOTS.search(text(value) or "")
    return None if match is None else whole_number(match[1])


def _count(value: object) -> int | None:
    found = number(value)
    return int(found) if found is not None and found >= 0 and found.is_integer() else None


def _reduced(value: object) -> str | None:
    found = (text(value) or "").removeprefix("torch.")
    return found if any(mark in found.casefold() for mark in _REDUCED) else None


PROTOCOL: Table = {
    "split": (("run.hf_split", text),),
    "n_shot": (
        ("result.generation_config.additional_details.num_fewshot", _count),
        ("result.metric_config.additional_details.prompt_style", _shots),
        ("result.source_data.additional_details.prompt_style", _shots),
    ),
    "temperature": (("result.generation_config.generation_args.temperature", number),),
    "top_p": (("result.generation_config.generation_args.top_p", number),),
    "max_tokens": (("result.generation_config.generation_args.max_tokens", positive),),
    "harness": (("file.eval_library.name", _known),),
    "harness_version": (("file.eval_library.version", _known),),
    "quantisation": (
        ("file.model_info.additional_details.quantization", _known),
        ("file.model_info.additional_details.precision", _reduced),
    ),
    "reasoning_effort": (
        ("result.generation_config.additional_details.reasoning_effort", _known),
        ("file.model_info.additional_details.reasoning_effort", _known),
    ),
    "scaffold": (
        ("result.generation_config.additional_details.agent_scaffold", _known),
        ("file.model_info.additional_details.agent_scaffold", _known),
    ),
    "engine": (
        ("file.model_info.inference_engine.name", _known),
        ("file.model_info.inference_platform", _known),
    ),
}
"""Field of the protocol → places; `run` holds the data set of an evaluation run only, since a leaderboard's is its own table."""


def sniff(head: bytes, name: str) -> bool:
    """Return whether a file holds aggregate results in this format.

    Args:
        head: Its first bytes.
        name: Its name.
    """
    return head.lstrip().startswith(b"{") and not name.endswith(".jsonl") and all(key.search(head) for key in _KEYS)


def read(path: Path, options: ReadOptions) -> Iterator[RunRecord]:
    """Yield one run for each benchmark, subset and setting of a file.

    Args:
        path: The file.
        options: What the user said.

    Raises:
        MalformedFileError: If it names no model or no result, or holds text where a number belongs.
    """
    entries = Each(partial(Entries, is_packed=not is_small(path)))
    data = read_exactly(path, {"evaluation_results": entries, "*": Part.WHOLE}, MOST_WHOLE)
    for key in ("source_metadata", "model_info"):
        if not isinstance(data.get(key), dict):
            raise MalformedFileError.at(str(path), key, type(data.get(key)).__name__, "a JSON object")
    yield from _File(path, data, options).runs()


def _samples_beside(path: Path) -> list[Path]:
    """Return the instance-level file of an aggregate file: the one it names, else the one with its name."""
    try:
        data = read_object(path, {"detailed_evaluation_results": Part.WHOLE})
    except MalformedFileError:
        return []
    named = text(at(data, "detailed_evaluation_results.file_path"))
    names = [PurePosixPath(named).name] if named else []
    found = (*names, f"{path.stem}_samples.jsonl", f"{path.stem}.jsonl")
    return [path.parent / name for name in found if has_file(path.parent, name)][:1]


def _is_samples(head: bytes, name: str) -> bool:
    return name.endswith(".jsonl") and head.lstrip().startswith(b"{") and all(key.search(head) for key in _INSTANCE)


class _File:
    """An aggregate file on its way to runs."""

    def __init__(self, path: Path, data: Mapping[str, Any], options: ReadOptions) -> None:
        self.where = str(path)
        self.data = data
        self.options = options
        self.is_run = at(data, "source_metadata.source_type") == "evaluation_run"
        self.results = results_of(self.where, data)
        self.n_named = Counter(result.name for result in self.results)
        self.samples: dict[str, Samples] = {}
        for beside in _samples_beside(path) if options.with_samples else ():
            self.samples = read_samples(beside, text(data.get("evaluation_id")))

    def runs(self) -> Iterator[RunRecord]:
        """Yield the runs; results of one benchmark, subset and setting share one."""
        source, model = self._source(), self._model()
        groups: dict[tuple[str, str, ProtocolRecord, datetime | None], list[Result]] = {}
        protocols: dict[ProtocolRecord, ProtocolRecord] = {}
        for result in self.results:
            stated = self._protocol(result)
            key = (result.benchmark, result.subset, protocols.setdefault(stated, stated), self._ran_at(result))
            groups.setdefault(key, []).append(result)
        relation = at(self.data, "source_metadata.evaluator_relationship")
        for (benchmark, subset, protocol, ran_at), results in groups.items():
            size = None if subset else positive(at(results[0].data, "source_data.samples_number"))
            yield RunRecord(
                source=source,
                model=model,
                benchmark=BenchmarkRecord(name=benchmark, n_items=size),
                protocol=protocol,
                subset=subset,
                is_first_party={"first_party": True, "third_party": False}.get(str(relation)),
                ran_at=ran_at,
                raw=self._raw(results),
                scores=tuple(self._scores(results)),
                outcomes=list(self._outcomes(results)),
            )

    def _scores(self, results: Sequence[Result]) -> Iterator[ScoreRecord]:
        library = text(at(self.data, "eval_library.name"))
        for result in results:
            score = score_of(self.where, result, library)
            if score is not None:
                yield score
            if self.options.all_metrics:
                yield from side_scores(result)

    def _outcomes(self, results: Sequence[Result]) -> Iterator[OutcomeBlock]:
        """Yield the outcomes of results; of several with one name, those whose mean is the score."""
        for result in results:
            samples = self.samples.get(result.result_id or "") or self.samples.get(result.name)
            is_only = self.n_named[result.name] == 1
            score = number(at(result.data, "score_details.score"))
            if samples is None or (
                not is_only and result.result_id not in self.samples and not _is_mean(samples, score)
            ):
                continue
            yield from samples.blocks(metric_of(result)[0])

    def _source(self) -> SourceRecord:
        known = object_at(self.data, "source_metadata")
        return SourceRecord(
            kind=SourceKind.HARNESS_LOG if self.is_run else SourceKind.LEADERBOARD,
            title=text(known.get("source_name")) or text(known.get("source_organization_name")),
            url=text(known.get("source_organization_url")),
            harness=_known(at(self.data, "eval_library.name")),
            harness_version=_known(at(self.data, "eval_library.version")),
            retrieved_at=_moment(self.data.get("retrieved_timestamp")),
            organization=_known(known.get("source_organization_name")),
            is_file=self.is_run,
        )

    def _model(self) -> ModelRecord:
        info = object_at(self.data, "model_info")
        name = text(info.get("id")) or text(info.get("name"))
        if name is None:
            raise MalformedFileError.at(self.where, "model_info.id", "nothing", "the name of the model")
        details = object_at(info, "additional_details")
        size = number(details.get("params_billions")) or number(details.get("size_billions_parameters"))
        weights = {"open_weights": True, "closed_weights": False}
        return ModelRecord(
            name=name,
            organization=None if "/" in name else _known(info.get("developer")),
            n_parameters=round(size * 1e9) if size is not None and 0 < size < _LARGEST_SIZE else None,
            is_open_weights=weights.get(str(details.get("model_availability"))),
        )

    def _protocol(self, result: Result) -> ProtocolRecord:
        source_data = object_at(result.data, "source_data")
        tree = {"file": self.data, "result": result.data, "run": source_data if self.is_run else None}
        return replace(ProtocolRecord(**collect(tree, PROTOCOL)), extraction=metric_of(result)[1])

    def _ran_at(self, result: Result) -> datetime | None:
        return _moment(result.data.get("evaluation_timestamp")) or _moment(self.data.get("evaluation_timestamp"))

    def _raw(self, results: Sequence[Result]) -> dict[str, Any]:
        kept = {key: value for key, value in self.data.items() if key != "evaluation_results"}
        return {
            **object_at({"raw": without_secrets(kept)}, "raw"),
            "results": [without_secrets(each.data) for each in results],
        }


def _moment(value: object) -> datetime | None:
    return unix_moment(value) or moment(value)


def _is_mean(samples: Samples, score: float | None) -> bool:
    return score is not None and math.isclose(samples.mean(), score, rel_tol=1e-9, abs_tol=1e-12)


IMPORTER = Importer(
    name="every-eval-ever",
    version="2",
    sniff=sniff,
    read=read,
    priority=10,
    companions=_samples_beside,
    is_companion=_is_samples,
)
