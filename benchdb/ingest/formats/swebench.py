"""SWE-bench: the site's `leaderboards.json` and instance maps, submission folders, and reports of the evaluation harness.

Checked with the site's files of 2025 and submissions of 2024. Upstream: SWE-bench/swe-bench.github.io, data/;
SWE-bench/SWE-bench, swebench/harness/reporting.py; SWE-bench/experiments and multi-swe-bench/experiments, evaluation/.

Each board is a benchmark; the board "bash-only" is Verified with mini-SWE-agent, and its rows are not read again where the board of
Verified repeats them. One stated model is the model and the rest of the system's name the scaffold; without one a name that ends in a
model is taken apart; a system of several models, or of none that is named, stands as it is. "(medium reasoning)" is effort, "Attempts
- 1" attempts, "2+" no number. A submission folder stands at `results/results.json`, with `metadata.yaml` and the list of instances
read along; its board is the folder above, "java/verified" SWE-bench-java-verified. What was resolved is counted over all instances of
the benchmark, also those that were not submitted. Instances become outcomes only where all of them are known, since a list of the
resolved ones alone would look like a perfect score. Where a row and its own instances disagree both are claims. A report that names no
board is recognised by its number of instances, else `--map benchmark==NAME`. The site is in percent, reports are counts. Cost and
calls come with `--metrics all`; 0 is unknown. `checked` stays as written; dates without a zone stay in the raw part. Null and NaN
are no scores. Standard errors and directions are not in these files.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from benchdb.errors import MalformedFileError
from benchdb.ingest.contents import is_small
from benchdb.ingest.importer import Importer, ReadOptions
from benchdb.ingest.logs.fields import count
from benchdb.ingest.logs.json_files import read_object
from benchdb.ingest.logs.stated import constant
from benchdb.ingest.logs.swebench_folders import (
    INDEX,
    METADATA,
    beside,
    board_of,
    index,
    metadata,
    name_of,
    stated_tags,
)
from benchdb.ingest.logs.swebench_items import (
    BOARDS,
    HARNESS,
    MINI,
    SIZES,
    System,
    benchmark_by_size,
    block_of,
    parent_of,
    plain,
    share,
    system_of,
)
from benchdb.ingest.logs.swebench_maps import Instances, instances_of, large_map
from benchdb.ingest.logs.swebench_site import protocol_of, read_instances, read_site
from benchdb.ingest.records import BenchmarkRecord, ModelRecord, RunRecord, SourceRecord
from benchdb.schema.vocab import SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_ID = rb'"[\w.-]+__[\w.-]+-\d+"\s*:\s*\{'
_MARK = rb'[^{}]*"resolved"\s*:\s*(?:true|false)'
_SITE = (re.compile(rb'"leaderboards"\s*:\s*\['), re.compile(rb'"resolved"\s*:'))
_FLAT = re.compile(rb"\s*\{\s*" + _ID + _MARK)
_NESTED = re.compile(rb'\s*\{\s*"[^"]+"\s*:\s*\{\s*' + _ID + _MARK)
_REPORT = re.compile(rb'"total_instances"\s*:\s*\d+\s*,\s*"submitted_instances"\s*:')
_LISTS = re.compile(rb'"(?:resolved|no_generation|no_logs|generated|with_logs)"\s*:\s*\[')
_ALONG = {
    INDEX: re.compile(rb'"repository"\s*:'), "resolved_by_repo.json": re.compile(rb'"resolved"\s*:'),
    "resolved_by_time.json": re.compile(rb'"resolved"\s*:'), **dict.fromkeys(METADATA, re.compile(rb"^(?:name|info):", re.MULTILINE)),
}  # fmt: skip
_FOLDER = re.compile(r"\d{8}_mini-v[\d.]+[_-](?P<model>.+)")


def sniff(head: bytes, _name: str) -> bool:
    """Return whether a file holds boards, instances, a submission's results or a report.

    Args:
        head: Its first bytes.
        _name: Its name.
    """
    if not head.lstrip().startswith(b"{"):
        return False
    return (
        all(mark.search(head) for mark in _SITE)
        or any(mark.match(head) for mark in (_FLAT, _NESTED))
        or _REPORT.search(head) is not None
        or len(set(_LISTS.findall(head))) > 1
    )


def read(path: Path, options: ReadOptions) -> Iterator[RunRecord]:
    """Yield the runs of a file.

    Args:
        path: The file.
        options: What the user said.

    Raises:
        MalformedFileError: If it is none of these files, names no system or benchmark, or lacks its counts.
    """
    large = None if is_small(path) else large_map(path, with_side=options.all_metrics)
    if isinstance(large, Instances):
        yield _details(path, large, options)
        return
    if large is not None:
        yield from read_instances(path, large, options)
        return
    data = read_object(path)
    first = next(iter(data.values()), None)
    if "leaderboards" in data:
        yield from read_site(path, data, options)
    elif isinstance(first, dict) and isinstance(first.get("resolved"), bool):
        yield _details(path, instances_of(path, data, with_side=options.all_metrics), options)
    elif isinstance(first, dict):
        yield from read_instances(path, data.items(), options)
    else:
        yield _submission(path, data, options)


def _details(path: Path, instances: Instances, options: ReadOptions) -> RunRecord:
    """Return the run of a folder of the board "bash-only"."""
    row = metadata(path)
    named = _FOLDER.fullmatch(path.parent.name)
    model = constant(options, "model")
    if model is None and not row and named is None:
        raise _nameless(path)
    system = (
        system_of(name_of(row), stated_tags(row), is_bash_only=True)
        if model is None and row
        else System(model=model or (named["model"] if named else ""), scaffold=MINI)
    )
    name = constant(options, "benchmark") or benchmark_by_size(len(instances), instances.first) or BOARDS["bash-only"]
    return _run(
        path,
        system,
        name,
        label=path.parent.name,
        raw=row,
        scores=tuple(instances.scores()),
        outcomes=instances.outcomes() if options.with_samples else (),
    )


def _submission(path: Path, data: dict[str, Any], options: ReadOptions) -> RunRecord:
    """Return the run of a submission folder or of a report."""
    where = str(path)
    resolved = _ids(data, "resolved_ids", where) or _ids(data, "resolved", where)
    known = {
        each for key in data if key.endswith("_ids") or isinstance(data[key], list) for each in _ids(data, key, where)
    }
    dates = index(path)
    known |= set(dates)
    name = (
        constant(options, "benchmark")
        or board_of(path)
        or benchmark_by_size(count(data.get("total_instances")) or 0, known)
    )
    if name is None:
        raise MalformedFileError.at(
            where, "", "no board", "the benchmark, which the file does not name: --map benchmark==NAME"
        )
    total = count(data.get("total_instances")) or SIZES.get(name) or len(dates)
    if total < max(1, len(resolved)):
        raise MalformedFileError.at(
            where, "total_instances", str(total or "nothing"), f"at least the {len(resolved)} resolved instances"
        )
    row = metadata(path)
    marks = {each: each in set(resolved) for each in sorted(known)}
    return _run(
        path,
        _system(path, row, options, is_report="total_instances" in data),
        name,
        label=path.parent.parent.name if path.parent.name == "results" else path.stem,
        raw={**row, **{key: value for key, value in data.items() if key.endswith("_instances")}},
        scores=(share(len(resolved), total, "resolved" if "resolved" in data else "resolved_ids"),),
        outcomes=(block_of(marks, dates),) if options.with_samples and len(marks) == total else (),
    )


def _run(path: Path, system: System, benchmark: str, *, raw: Mapping[str, Any], **rest: Any) -> RunRecord:
    kind = SourceKind.LEADERBOARD if metadata(path) else SourceKind.HARNESS_LOG
    return RunRecord(
        source=SourceRecord(kind=kind, harness=HARNESS),
        model=ModelRecord(name=system.model),
        benchmark=BenchmarkRecord(name=benchmark, parent=parent_of(benchmark)),
        protocol=protocol_of(system),
        raw=plain(raw, ()),
        **rest,
    )


def _ids(data: dict[str, Any], key: str, where: str) -> list[str]:
    found = data.get(key)
    if found is None or isinstance(found, int):
        return []
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise MalformedFileError.at(where, key, repr(found)[:40], "a list of instances")
    return found


def _system(path: Path, row: dict[str, Any], options: ReadOptions, *, is_report: bool) -> System:
    said = constant(options, "model")
    if said is not None:
        return System(model=said)
    if row:
        return system_of(name_of(row), stated_tags(row))
    model, dot, _run_id = path.stem.rpartition(".")
    if not is_report or not dot:
        raise _nameless(path)
    return System(model=model.replace("__", "/", 1))


def _nameless(path: Path) -> MalformedFileError:
    return MalformedFileError.at(
        str(path), "", "no system", "its name, which the file does not hold: --map model==NAME"
    )


def _is_companion(head: bytes, name: str) -> bool:
    mark = _ALONG.get(name)
    return mark is not None and mark.search(head) is not None


IMPORTER = Importer(
    name="swebench",
    version="1",
    sniff=sniff,
    read=read,
    priority=15,
    path_parts=6,
    companions=beside,
    is_companion=_is_companion,
)
