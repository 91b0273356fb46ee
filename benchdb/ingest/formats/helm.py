"""Stanford HELM: run directories, as in a whole `benchmark_output` tree; `run_spec.json` stands for each.

Checked with runs of 0.5.16 and run directories of 2024. Upstream: stanford-crfm/helm, src/helm/benchmark/runner.py, run_spec.py,
adaptation/adapter_spec.py, metrics/statistic.py, presentation/summarize.py.

One run for each split. The benchmark is the first of the run's groups, the subset what the scenario's arguments say; the run's name
without its model is the task. `stats.json` holds far more than results: the scenarios' main metrics are read, the others (counts, run
times, probabilities, best of k, and each metric under a perturbation, whose name then says so) with `--metrics all`. A statistic's
`count` is a number of trials and its `stddev` their spread, so neither is taken; items are the statistic `num_instances`, shots
`num_train_instances` where it is a whole number, else the maximum. `num_outputs` are candidates of which the first counts, so
attempts are the trials with different examples. `max_eval_instances` counts as a limit where that many items were used. The
prompt's hash is the adapter's method with a digest of its texts. Item ids are given when a scenario is loaded ("helm/id147"). Means
that are missing or not finite are no scores. The files say nothing of versions, dates, standard errors and directions. Summaries of a
release repeat the runs and are not read.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

from benchdb.errors import MalformedFileError
from benchdb.ingest.importer import Importer, ReadOptions
from benchdb.ingest.logs.fields import collect, count, number, object_at, positive, text
from benchdb.ingest.logs.helm_stats import Stat, is_main, k_of, stat_of, tallies, unit_of
from benchdb.ingest.logs.json_files import read_array, read_object
from benchdb.ingest.records import BenchmarkRecord, ModelRecord, ProtocolRecord, RunRecord, ScoreRecord, SourceRecord
from benchdb.schema.vocab import SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from benchdb.ingest.logs.fields import Table
    from benchdb.ingest.logs.helm_stats import Tally
    from benchdb.ingest.records import OutcomeBlock

HARNESS = "helm"
"""Name of the tool in sources and protocols."""
STATS, ITEMS = "stats.json", "per_instance_stats.json"
_COMPANIONS = {
    STATS: rb'"sum_squared"|^\s*\[\s*\]', ITEMS: rb'"instance_id"|^\s*\[\s*\]', "scenario_state.json": rb'"(?:adapter_spec|request_states)"',
    "scenario.json": rb'"definition_path"|"description"', "instances.json": rb'"references"|"input"',
    "display_predictions.json": rb'"instance_id"', "display_requests.json": rb'"instance_id"', "run_specs.json": rb'"scenario_spec"',
    "runs.json": rb'"run_spec"', "schema.json": rb'"run_groups"', "summary.json": rb'"(?:release|suites?|date)"',
    "groups.json": rb'"title"|"header"', "groups_metadata.json": rb'"', "costs.json": rb'"(?:total_tokens|num_prompt_tokens)"',
    "adapter_schema.json": rb'"fields"',
}  # fmt: skip
"""Files beside a run specification or in a release → what they hold."""
_OF_RELEASE = re.compile(rb'"run_spec_names"\s*:')
_SPEC = (re.compile(rb'"scenario_spec"\s*:\s*\{'), re.compile(rb'"adapter_spec"\s*:\s*\{'))
_MODEL_PART = re.compile(r"(?:(?<=:)|,)model(?:_deployment)?=[^,]*,?")
_OF_PROMPT = (
    "global_prefix", "global_suffix", "instructions", "input_prefix", "input_suffix", "reference_prefix", "reference_suffix",
    "chain_of_thought_prefix", "chain_of_thought_suffix", "output_prefix", "output_suffix", "instance_prefix", "substitutions",
    "stop_sequences", "reference_prefix_characters",
)  # fmt: skip
_PROTOCOL: Table = {
    "temperature": (("temperature", number),),
    "top_p": (("top_p", number),),
    "max_tokens": (("max_tokens", positive),),
    "samples_per_item": (("num_train_trials", positive),),
    "seed": (("random", count),),
    "engine": (("model_deployment", text),),
}


def sniff(head: bytes, name: str) -> bool:
    """Return whether a file is the specification of a run.

    Args:
        head: Its first bytes.
        name: Its name.
    """
    return (
        not name.endswith(".jsonl")
        and head.lstrip().startswith(b"{")
        and all(each.search(head) for each in _SPEC)
        and b'"request_states"' not in head
    )


def read(path: Path, options: ReadOptions) -> Iterator[RunRecord]:
    """Yield a run for each split of a run directory.

    Args:
        path: The run's specification; the statistics stand beside it.
        options: What the user said.

    Raises:
        MalformedFileError: If the statistics are missing, or the files lack what makes a run.
    """
    spec = read_object(path)
    beside = path.parent / STATS
    if not beside.is_file():
        raise MalformedFileError.at(str(path), STATS, "no such file beside it", "the statistics of the run")
    listed = enumerate(read_array(beside, "a list of statistics"))
    stats = [(index, stat_of(value, str(beside), f"[{index}]")) for index, value in listed]
    yield from _Run(path, spec, [(index, stat) for index, stat in stats if stat is not None]).runs(options)


class _Run:
    """A run directory on its way to runs, one for each split."""

    def __init__(self, path: Path, spec: dict[str, Any], stats: Sequence[tuple[int, Stat]]) -> None:
        self.path = path
        self.spec = spec
        self.adapter = object_at(spec, "adapter_spec")
        self.name = text(spec.get("name")) or ""
        self.stats = stats
        self.counts = {
            (stat.name, stat.split): stat.mean
            for _, stat in stats
            if stat.perturbation is None and stat.name in {"num_instances", "num_train_instances"}
        }
        self.model = self._model()
        self.benchmark = self._benchmark()

    def runs(self, options: ReadOptions) -> Iterator[RunRecord]:
        names = {stat.name for _, stat in self.stats}
        method = text(self.adapter.get("method"))
        main = frozenset(name for name in names if is_main(name, names, method))
        splits: dict[str | None, list[ScoreRecord]] = {}
        for index, stat in self.stats:
            if options.all_metrics or (stat.perturbation is None and stat.name in main):
                splits.setdefault(stat.split, []).append(self._score(index, stat))
        outcomes = self._outcomes(main) if options.with_samples and splits else {}
        for split, scores in splits.items():
            yield RunRecord(
                source=SourceRecord(kind=SourceKind.HARNESS_LOG, harness=HARNESS),
                model=self.model,
                benchmark=BenchmarkRecord(name=self.benchmark),
                protocol=self._protocol(split),
                subset=self._subset(),
                label=self.name or None,
                raw=self.spec,
                scores=tuple(scores),
                outcomes=_blocks_of(split, outcomes),
            )

    def _outcomes(self, main: frozenset[str]) -> dict[tuple[str | None, str], Tally]:
        path = self.path.parent / ITEMS
        return tallies(read_array(path, "a list of items"), str(path), main) if path.is_file() else {}

    def _score(self, index: int, stat: Stat) -> ScoreRecord:
        return ScoreRecord(
            metric=stat.name if stat.perturbation is None else f"{stat.name} ({stat.perturbation})",
            value=stat.mean,
            unit=unit_of(stat.name),
            n_items=count(self.counts.get(("num_instances", stat.split))),
            k=k_of(stat.name),
            place=f"{STATS}[{index}].mean",
        )

    def _protocol(self, split: str | None) -> ProtocolRecord:
        limit = positive(self.adapter.get("max_eval_instances"))
        used = sum(size for (name, _), size in self.counts.items() if name == "num_instances")
        shots = count(self.counts.get(("num_train_instances", split)))
        return ProtocolRecord(
            **collect(self.adapter, _PROTOCOL),
            split=split,
            n_shot=count(self.adapter.get("max_train_instances")) if shots is None else shots,
            prompt_hash=self._prompt(),
            harness=HARNESS,
            harness_task=_MODEL_PART.sub("", self.name).rstrip(":,") or None,
            item_limit=float(limit) if limit is not None and used >= limit else None,
        )

    def _prompt(self) -> str | None:
        texts = {key: self.adapter[key] for key in _OF_PROMPT if key in self.adapter}
        digest = hashlib.blake2b(json.dumps(texts, sort_keys=True).encode(), digest_size=6).hexdigest()
        method = text(self.adapter.get("method"))
        return "/".join(part for part in (method, digest if texts else None) if part) or None

    def _model(self) -> ModelRecord:
        name = text(self.adapter.get("model"))
        if name is None:
            named = re.search(r"model=([^,]+)", self.name)
            name = named[1].replace("_", "/", 1) if named else None
        if name is None:
            raise MalformedFileError.at(str(self.path), "adapter_spec.model", "no model", "the name of one")
        return ModelRecord(name=name)

    def _benchmark(self) -> str:
        groups = self.spec.get("groups")
        first = text(groups[0]) if isinstance(groups, list) and groups else None
        name = first or re.split(r"[:,]", self.name, maxsplit=1)[0]
        if not name:
            raise MalformedFileError.at(str(self.path), "groups", "none, and no name", "the group of the scenario")
        return name

    def _subset(self) -> str:
        args = {key: _spell(value) for key, value in object_at(self.spec, "scenario_spec.args").items()}
        told = {key: value for key, value in args.items() if value and value != self.benchmark}
        return next(iter(told.values())) if len(told) == 1 else ", ".join(f"{key}={told[key]}" for key in sorted(told))


def _blocks_of(split: str | None, outcomes: Mapping[tuple[str | None, str], Tally]) -> Iterator[OutcomeBlock]:
    """Yield the outcomes of a split, block by block as they are asked for."""
    for (of_split, metric), tally in outcomes.items():
        if of_split == split:
            yield from tally.blocks(metric)


def _spell(value: object) -> str:
    return text(value) or ("" if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True))


def _beside(path: Path) -> list[Path]:
    return [each for name in (STATS, ITEMS) if (each := path.parent / name).is_file()]


def _is_companion(head: bytes, name: str) -> bool:
    mark = _COMPANIONS.get(name)
    return (mark is not None and re.search(mark, head) is not None) or (
        name.endswith(".json") and _OF_RELEASE.search(head) is not None
    )


IMPORTER = Importer(
    name="helm",
    version="1",
    sniff=sniff,
    read=read,
    priority=10,
    path_parts=2,
    companions=_beside,
    is_companion=_is_companion,
)
