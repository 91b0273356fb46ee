"""Hugging Face model cards: the `model-index` of their front matter, and Papers with Code's `model-index.yml`.

Checked with cards of huggingface_hub (commit ee0a451) and paperswithcode/model-index (commit 09c7865). Upstream: huggingface/hub-docs (commit 242f4a1)
modelcard.md; huggingface/huggingface_hub, src/huggingface_hub/repocard_data.py.

Only the index is read; the tables below it are read with `--from markdown`. The model is the index's `name`, which is often the
last part of the repository's name only: `--map model==ORG/NAME` says the whole. The benchmark is the data set's name without its
configuration and shots, the configuration is the subset ("default", "main" and "all" are the whole), the metric its `type`. A
result that names its source belongs to that source, another one to the card. The unit of a value is open: "%" states it; values
above 1 of a proportion are percentages; where no proportion in the file is above 1, and there are two or more, all are
fractions; else it is not known, and `--score-unit` says it. null and NaN are no scores, and neither are blanks of a template
("{metric_value}"); a list or mapping of one number is that number. Files that a Papers with Code index names as "Metadata" are
read along; models that it only names by a path are read from their own file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from benchdb.errors import MalformedFileError
from benchdb.ingest.importer import Importer, ReadOptions
from benchdb.ingest.logs.fields import object_at, text
from benchdb.ingest.logs.loose_values import units_of
from benchdb.ingest.logs.model_index import card_entries, code_entries
from benchdb.ingest.logs.yaml_text import front_matter, parse_yaml, read_yaml
from benchdb.ingest.plain_text import LONGEST, has_file, whole_file
from benchdb.ingest.records import BenchmarkRecord, ModelRecord, ProtocolRecord, RunRecord, ScoreRecord, SourceRecord
from benchdb.schema.vocab import SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from benchdb.ingest.logs.model_index import Entry

_INDEX = re.compile(rb"^[\"']?model-index[\"']?\s*:", re.MULTILINE)
_MODELS = re.compile(rb"^Models\s*:\s*\n(?:\s*#[^\n]*\n)*\s*-\s+[A-Z][A-Za-z ]*:", re.MULTILINE)
_RESULTS = re.compile(rb"^[ \t\r\f\v-]*+(?:Results|In Collection|Metrics)\s*+:", re.MULTILINE)


def sniff(head: bytes, _name: str) -> bool:
    """Return whether a file has an index of results in YAML.

    Args:
        head: Its first bytes.
        _name: Its name, which decides nothing.
    """
    matter = front_matter(head)
    if matter is not None and _INDEX.search(matter):
        return True
    start = head.lstrip()
    if start[:1] in {b"{", b"["} or b"\0" in head:
        return False
    is_index = _INDEX.match(start) is not None or (
        matter is None and _INDEX.search(start) is not None and b"results:" in start
    )
    return is_index or (_MODELS.search(start) is not None and _RESULTS.search(start) is not None)


def read(path: Path, options: ReadOptions) -> Iterator[RunRecord]:
    """Yield one run for each model, data set and source of an index.

    Args:
        path: The file.
        options: What the user said.

    Raises:
        MalformedFileError: If the index lacks a name, holds a value that is no number, or holds no results.
    """
    from benchdb.ingest.tables.claims import stated

    said = stated(str(path), options)
    card, metadata = _document(path), _metadata(path)
    if "model-index" in card:
        entries = list(card_entries(str(path), card["model-index"]))
    else:
        entries = list(code_entries(str(path), card.get("Models"), metadata))
    if not entries:
        raise MalformedFileError.at(str(path), "model-index", "none", "a result with a value")
    runs: dict[tuple[object, ...], list[Entry]] = {}
    for entry in entries:
        key = (
            entry.model,
            entry.benchmark,
            entry.subset,
            entry.split,
            entry.revision,
            entry.n_shot,
            entry.source_name,
            entry.source_url,
        )
        runs.setdefault(key, []).append(entry)
    units = units_of((entry.metric, entry.cell) for entry in entries)
    for found in runs.values():
        first = found[0]
        yield RunRecord(
            source=_source(first),
            model=_model(first, card, said.constant("model")),
            benchmark=BenchmarkRecord(name=first.benchmark),
            protocol=ProtocolRecord(split=first.split, dataset_revision=first.revision, n_shot=first.n_shot),
            subset=first.subset,
            raw=_raw(first, card),
            scores=tuple(
                ScoreRecord(
                    metric=entry.metric,
                    value=entry.cell.value,
                    unit=entry.cell.unit or units.get(entry.metric),
                    decimals=entry.cell.decimals,
                    stderr=entry.cell.stderr,
                    is_approximate=entry.cell.is_approximate,
                    place=entry.place,
                )
                for entry in found
            ),
        )


def _document(path: Path) -> dict[str, Any]:
    data = whole_file(path, LONGEST)
    matter = front_matter(data) if _INDEX.search(front_matter(data) or b"") else None
    value = parse_yaml(data if matter is None else matter, str(path))
    if not isinstance(value, dict) or not {"model-index", "Models"} & value.keys():
        raise MalformedFileError.at(str(path), "", type(value).__name__, 'a mapping with "model-index" or "Models"')
    return value


def _metadata_files(path: Path) -> list[Path]:
    """Return the files of metadata that a Papers with Code index names."""
    try:
        models = _document(path).get("Models")
    except MalformedFileError:
        return []
    named = [model.get("Metadata") for model in models if isinstance(model, dict)] if isinstance(models, list) else []
    texts = dict.fromkeys(name for name in named if isinstance(name, str))
    return [path.parent / name for name in texts if has_file(path.parent, name)]


def _metadata(path: Path) -> dict[str, dict[str, Any]]:
    files = _metadata_files(path)
    return {each.relative_to(path.parent).as_posix(): object_at(read_yaml(each), "Metadata") for each in files}


def _is_metadata(head: bytes, name: str) -> bool:
    return (
        name.endswith((".yml", ".yaml"))
        and re.match(rb"Metadata\s*:\s*\n\s+\S", head) is not None
        and not _MODELS.search(head)
    )


def _source(entry: Entry) -> SourceRecord:
    return SourceRecord(
        kind=SourceKind.MODEL_CARD,
        title=entry.source_name,
        url=entry.source_url,
        is_file=entry.source_url is None,
    )


def _model(entry: Entry, card: Mapping[str, Any], name: str | None) -> ModelRecord:
    return ModelRecord(name=name or entry.model, licence=text(card.get("license")), n_parameters=entry.n_parameters)


def _raw(entry: Entry, card: Mapping[str, Any]) -> dict[str, Any]:
    found = {"base_model": card.get("base_model"), "name": entry.model, **entry.raw}
    return {key: value for key, value in found.items() if value not in (None, {}, [])}


IMPORTER = Importer(
    name="hf-model-index",
    version="1",
    sniff=sniff,
    read=read,
    priority=20,
    path_parts=2,
    companions=_metadata_files,
    is_companion=_is_metadata,
)
