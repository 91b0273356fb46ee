"""llm-stats: `benchmarks.json` of a model in the data repository of llm-stats.com.

Checked with JonathanChavezTamales/llm-leaderboard (commit 24a9ccf), schemas/ and data/organizations/.

`model.json` beside a file gives maker, size and release date, and `data/benchmarks/<id>.json` the greatest possible score. Scores
are shares of that maximum: fractions, also of a rating with a maximum of 3000, which then is no rating but "normalized_score". A
score that differs from its `normalized_score` is on the benchmark's own scale, whose unit is open. The method is free text; taken
from it are the metric ("Pass@1", "3-shot F1"), shots, splits ("test", "val"), subsets ("Diamond", "text-only subset") and whether
the model thinks, and the text itself tells runs apart as their label. Without a metric in it the metric is "score". A self-reported
result belongs to the page that it links to and is the maker's own. The dates of the database are no dates of results. null is no
score; an empty list is a model without results.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from benchdb.errors import MalformedFileError
from benchdb.ingest.cells import whole_number
from benchdb.ingest.importer import Importer, ReadOptions
from benchdb.ingest.logs.fields import day, number, positive, text
from benchdb.ingest.logs.json_files import read_array, read_object
from benchdb.ingest.logs.json_pieces import Part
from benchdb.ingest.logs.loose_values import loose_number
from benchdb.ingest.plain_text import has_file
from benchdb.ingest.records import BenchmarkRecord, ModelRecord, ProtocolRecord, RunRecord, ScoreRecord, SourceRecord
from benchdb.ingest.tables.headings import is_metric, unit_by_definition
from benchdb.schema.vocab import ScoreUnit, SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_SHOTS = re.compile(r"(?<!\d)(?P<n>\d+)-shot\b\s*", re.IGNORECASE)
_THINKING = re.compile(r"\bthinking mode|\breasoning mode|\bno thinking", re.IGNORECASE)
_NOT_THINKING = re.compile(r"\b(?:non-thinking|without thinking|no thinking|non-reasoning)", re.IGNORECASE)
_PIECES = re.compile(r"[,;()]| - ")
_SUBSETS = re.compile(r"(?:(?<![\w-])(?P<name>[\w-]++) subset|(?P<whole>diamond|main|extended))", re.IGNORECASE)
_SPLIT = re.compile(
    r"(?:(?P<subset>en|cn) )?(?P<split>test|val|validation|testmini|dev)(?: set(?: evaluation)?)?", re.IGNORECASE
)
_PAPERS = re.compile(r"arxiv\.org|openreview\.net|aclanthology\.org|\.pdf\b", re.IGNORECASE)
_ROWS = (b'"model_benchmark_id"', b'"benchmark_id"', b'"score"')
_FACTS = (
    (b'"model_id"', b'"organization_id"', b'"release_date"'),
    (b'"benchmark_id"', b'"max_score"'),
    (b'"organization_id"', b'"website"'),
)
_RAW = (
    "model_benchmark_id", "normalized_score", "analysis_method", "is_self_reported", "verified_by_llmstats", "verification_notes",
    "verification_hardware", "verification_date",
)  # fmt: skip


def sniff(head: bytes, name: str) -> bool:
    """Return whether a file is the list of a model's results.

    Args:
        head: Its first bytes.
        name: Its name, which settles an empty list.
    """
    start = head.strip()
    if not start.startswith(b"["):
        return False
    return all(key in head for key in _ROWS) or (name == "benchmarks.json" and start == b"[]")


def read(path: Path, _options: ReadOptions) -> Iterator[RunRecord]:
    """Yield one run for each result.

    Args:
        path: The file.
        _options: What the user said; nothing of it is needed.

    Raises:
        MalformedFileError: If a row names no model or benchmark, or its score is no number.
    """
    where = str(path)
    model = _facts(path.parent / "model.json")
    for index, row in enumerate(read_array(path, "a list of results")):
        if not isinstance(row, dict):
            raise MalformedFileError.at(where, f"[{index}]", type(row).__name__, "a JSON object")
        run = _run(path, f"[{index}]", row, model)
        if run is not None:
            yield run


def _run(path: Path, place: str, row: Mapping[str, Any], model: Mapping[str, Any]) -> RunRecord | None:
    cell = loose_number(str(path), f"{place}.score", row.get("score"))
    if cell is None:
        return None
    name = text(row.get("benchmark_name")) or text(row.get("benchmark_id"))
    model_id = text(row.get("model_id"))
    if name is None or model_id is None:
        missing = "benchmark_id" if name is None else "model_id"
        raise MalformedFileError.at(str(path), f"{place}.{missing}", "nothing", "a name")
    method = text(row.get("analysis_method")) or ""
    metric, protocol, subset = _method(method)
    benchmark = _facts(_benchmark_file(path, row.get("benchmark_id")))
    is_share = number(row.get("normalized_score")) in {None, cell.value}
    has_own_scale = (number(benchmark.get("max_score")) or 1.0) != 1.0 or unit_by_definition(metric) is not None
    score = ScoreRecord(
        metric="normalized_score" if is_share and has_own_scale else metric,
        value=cell.value,
        unit=cell.unit or (ScoreUnit.FRACTION if is_share else None),
        place=f"{place}.score",
    )
    return RunRecord(
        source=_source(row),
        model=_model(model_id, model),
        benchmark=BenchmarkRecord(name=name),
        protocol=protocol,
        subset=subset,
        is_first_party=True if row.get("is_self_reported") is True else None,
        label=method or None,
        raw={key: row[key] for key in _RAW if row.get(key) is not None},
        scores=(score,),
    )


def _method(method: str) -> tuple[str, ProtocolRecord, str]:
    """Return metric, settings and subset that a method's text states."""
    shots = _SHOTS.search(method)
    metric = split = None
    subset = ""
    for piece in (part.strip() for part in _PIECES.split(_SHOTS.sub("", method))):
        found_split, found_subset = _SPLIT.fullmatch(piece), _SUBSETS.search(piece)
        if is_metric(piece):
            metric = metric or piece
        elif found_split is not None:
            split, subset = found_split["split"].lower(), found_split["subset"] or subset
        elif found_subset is not None:
            subset = (found_subset["name"] or found_subset["whole"]).lower()
            metric = metric or next((word for word in piece.split() if is_metric(word)), None)
    if metric is None:
        words = (
            word for word in re.split(r"[\s,()]+", method) if word.casefold() in {"accuracy", "rating"} or "@" in word
        )
        metric = next((word for word in words if is_metric(word)), "score")
    effort = "no thinking" if _NOT_THINKING.search(method) else "thinking" if _THINKING.search(method) else None
    return (
        metric,
        ProtocolRecord(n_shot=whole_number(shots["n"]) if shots else None, split=split, reasoning_effort=effort),
        subset,
    )


def _source(row: Mapping[str, Any]) -> SourceRecord:
    link = text(row.get("self_reported_source_link"))
    if link is None or row.get("is_self_reported") is not True:
        return SourceRecord(kind=SourceKind.LEADERBOARD, title="llm-stats", url=link, is_file=False)
    kind = SourceKind.PAPER if _PAPERS.search(link) else SourceKind.MODEL_CARD
    return SourceRecord(kind=kind, url=link, is_file=False)


def _model(model_id: str, facts: Mapping[str, Any]) -> ModelRecord:
    if text(facts.get("model_id")) != model_id:
        return ModelRecord(name=model_id)
    return ModelRecord(
        name=model_id,
        organization=text(facts.get("organization_id")),
        n_parameters=positive(facts.get("param_count")),
        released_on=day(facts.get("release_date")),
        licence=text(facts.get("license_id")),
        is_open_weights=True if text(facts.get("source_weights_link")) else None,
    )


def _facts(path: Path | None) -> dict[str, Any]:
    return {} if path is None or not path.is_file() else read_object(path)


def _benchmark_file(path: Path, benchmark_id: object) -> Path | None:
    """Return the file of a benchmark: organizations/ORG/models/MODEL/benchmarks.json stands beside benchmarks/."""
    if not isinstance(benchmark_id, str) or "/" in benchmark_id or len(path.absolute().parents) < 5:
        return None
    folder, name = path.absolute().parents[4] / "benchmarks", f"{benchmark_id}.json"
    return folder / name if has_file(folder, name) else None


def _companions(path: Path) -> list[Path]:
    try:
        rows = read_array(path, "a list of results", {"benchmark_id": Part.WHOLE})
        ids = dict.fromkeys(text(row.get("benchmark_id")) for row in rows if isinstance(row, dict))
    except MalformedFileError:
        return []
    found = (path.parent / "model.json", *(_benchmark_file(path, each) for each in ids))
    return [each for each in found if each is not None and each.is_file()]


def _is_companion(head: bytes, name: str) -> bool:
    return (
        name.endswith(".json")
        and head.lstrip().startswith(b"{")
        and any(all(key in head for key in keys) for keys in _FACTS)
    )


IMPORTER = Importer(
    name="llm-stats",
    version="1",
    sniff=sniff,
    read=read,
    priority=20,
    path_parts=2,
    companions=_companions,
    is_companion=_is_companion,
)
