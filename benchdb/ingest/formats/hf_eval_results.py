"""Hugging Face `.eval_results/*.yaml`: results that a model's repository holds, one file a benchmark.

Checked with files of May 2026. Upstream: huggingface/hub-docs (commit 242f4a1) eval_results.yaml, docs/hub/eval-results.md;
huggingface/huggingface_hub, src/huggingface_hub/_eval_results.py.

The model is the repository that holds the file and does not stand in it: it is the folder above `.eval_results` (a cache folder
"models--ORG--NAME" says both parts), or `--map model==ORG/NAME`. The data set is the benchmark; its task is the subset, unless it
repeats the data set's name. The format states neither metric nor unit: the metric is "score" unless `--map metric==NAME` says
which, the unit stays open without "%" or `--score-unit`. A date without a time is midnight UTC. Notes ("No tools") set runs apart
as their label. A result that names its source belongs to it, another one to the file; the source may be the card of another
model. null and NaN are no scores, and neither are blanks of a template ("{metric_value}"). Replies of the API, which wrap each
entry in `data`, and the early draft with `metrics` are read too.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from benchdb.errors import MalformedFileError
from benchdb.ingest.importer import Importer, ReadOptions
from benchdb.ingest.logs.fields import at, moment, object_at, text
from benchdb.ingest.logs.loose_values import loose_number
from benchdb.ingest.logs.yaml_text import is_placeholder, read_yaml
from benchdb.ingest.records import BenchmarkRecord, ModelRecord, ProtocolRecord, RunRecord, ScoreRecord, SourceRecord
from benchdb.schema.names import normalize_name
from benchdb.schema.vocab import SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from benchdb.ingest.tables.claims import Stated

_DATASET = re.compile(
    rb"^[ \t-]*[\"']?dataset[\"']?[ \t]*:\s{0,99}\{?\s{0,99}(?:#.*\s)?\s{0,99}[\"']?(?:id|task_id|revision)[\"']?\s*:",
    re.MULTILINE,
)
_VALUE = re.compile(rb"^[ \t]*[\"']?(?:value|metrics)[\"']?\s*:", re.MULTILINE)
_FOLDER = ".eval_results"


def sniff(head: bytes, name: str) -> bool:
    """Return whether a file is a list of results with a data set's id and a value.

    Args:
        head: Its first bytes.
        name: Its name.
    """
    start = re.sub(rb"^(?:\s*#[^\n]*\n)+", b"", head.lstrip())
    is_list = start.startswith((b"- ", b"-\n", b"---")) or (start.startswith(b"[") and not name.endswith(".ipynb"))
    return is_list and _DATASET.search(head) is not None and _VALUE.search(head) is not None


def read(path: Path, options: ReadOptions) -> Iterator[RunRecord]:
    """Yield one run for each entry.

    Args:
        path: The file.
        options: What the user said.

    Raises:
        MalformedFileError: If nobody names the model, an entry names no data set, or a value is no number.
    """
    from benchdb.ingest.tables.claims import stated

    said = stated(str(path), options)
    entries = read_yaml(path)
    if not isinstance(entries, list):
        raise MalformedFileError.at(str(path), "", type(entries).__name__, "a list of results")
    model = said.constant("model") or _repository(path)
    if model is None:
        expected = f"the file in the folder {_FOLDER} of its model's repository, or --map model==ORG/NAME"
        raise MalformedFileError.at(str(path), "", "no model", expected)
    runs = [run for number, entry in enumerate(entries) for run in _runs(said, f"[{number}]", entry, model)]
    if not runs:
        raise MalformedFileError.at(str(path), "", "none", "a result with a value")
    yield from runs


def _repository(path: Path) -> str | None:
    """Return the repository that holds a file, as far as the folders say."""
    folders = path.absolute().parts[:-1]
    if _FOLDER not in folders:
        return None
    above = folders[: len(folders) - 1 - folders[::-1].index(_FOLDER)]
    cached = next((folder for folder in reversed(above) if folder.startswith("models--")), None)
    return cached.removeprefix("models--").replace("--", "/") if cached else (above[-1] if len(above) > 1 else None)


def _runs(said: Stated, place: str, entry: object, model: str) -> Iterator[RunRecord]:
    if not isinstance(entry, dict):
        raise MalformedFileError.at(said.where, place, type(entry).__name__, "a mapping")
    entry = object_at(entry, "data") or entry
    scores = tuple(_scores(said, place, entry))
    if not scores:
        return
    named, task = text(at(entry, "dataset.id")), text(at(entry, "dataset.task_id"))
    if named is None:
        raise MalformedFileError.at(said.where, f"{place}.dataset.id", "nothing", "the data set's id")
    notes = text(entry.get("notes"))
    yield RunRecord(
        source=_source(entry),
        model=ModelRecord(name=model),
        benchmark=BenchmarkRecord(name=named),
        protocol=ProtocolRecord(dataset_revision=text(at(entry, "dataset.revision"))),
        subset=_subset(named, task),
        ran_at=_moment(entry.get("date")),
        label=notes,
        raw={
            key: value
            for key, value in {"dataset": entry.get("dataset"), "notes": notes, "source": entry.get("source")}.items()
            if value is not None
        },
        scores=scores,
    )


def _scores(said: Stated, place: str, entry: Mapping[str, Any]) -> Iterator[ScoreRecord]:
    values = [(said.constant("metric") or "score", f"{place}.value", entry.get("value"))]
    if "value" not in entry:
        drafts = entry.get("metrics")
        if not isinstance(drafts, list) or not all(isinstance(each, dict) for each in drafts):
            raise MalformedFileError.at(said.where, f"{place}.value", "nothing", "a number")
        values = [
            (text(each.get("metric_id")) or values[0][0], f"{place}.metrics[{number}].value", each.get("value"))
            for number, each in enumerate(drafts)
        ]
    for metric, spot, value in values:
        cell = None if is_placeholder(value) else loose_number(said.where, spot, value)
        if cell is not None:
            yield ScoreRecord(
                metric=metric, value=cell.value, unit=cell.unit, decimals=cell.decimals, stderr=cell.stderr, place=spot
            )


def _subset(dataset: str, task: str | None) -> str:
    """Return a task's name without what it repeats of the data set's name."""
    if task is None:
        return ""
    tail = dataset.rpartition("/")[2]
    if normalize_name(task) in {normalize_name(dataset), normalize_name(tail), "default"}:
        return ""
    return re.sub(rf"^{re.escape(tail)}[_-]", "", task, count=1, flags=re.IGNORECASE)


def _source(entry: Mapping[str, Any]) -> SourceRecord:
    known = object_at(entry, "source")
    url = text(known.get("url"))
    return SourceRecord(
        kind=SourceKind.MODEL_CARD,
        title=text(known.get("name")),
        url=url,
        organization=text(known.get("org")) or text(known.get("user")),
        is_file=url is None,
    )


def _moment(value: object) -> datetime | None:
    """Return a time with its zone, or midnight UTC of a day; a time without a zone is not placed."""
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else None
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        value = date.fromisoformat(value) if _is_day(value) else None
    return datetime(value.year, value.month, value.day, tzinfo=UTC) if isinstance(value, date) else moment(value)


def _is_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


IMPORTER = Importer(name="hf-eval-results", version="1", sniff=sniff, read=read, priority=20, path_parts=4)
