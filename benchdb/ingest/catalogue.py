"""The catalogue in `seeds/*.toml`: organizations, metrics, benchmarks, models, suites and aliases, each with its source.

Loading it again adds what is new. Where an entry is there with another value, the entry takes the seeds' value and a
correction keeps the old one; a fact the seeds do not state is left as it is.
"""

from __future__ import annotations

import hashlib
import tomllib
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from benchdb.database.bulk import append, arrow_schema
from benchdb.errors import MalformedFileError
from benchdb.ingest.flatten import rows_to_table
from benchdb.ingest.report import FileReport, FileState
from benchdb.ingest.writing import writes_once
from benchdb.schema.base import Base
from benchdb.schema.curation import Ingest
from benchdb.schema.keys import fact_key, text_key
from benchdb.schema.names import normalize_name
from benchdb.schema.vocab import CorrectionAction, EntityKind, ReviewState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Table

_ALIAS, _INGEST, _CORRECTION = (Base.metadata.tables[name] for name in ("alias", "ingest", "correction"))
IMPORTER = "catalogue"
"""Name that the imports of the catalogue go by."""
VERSION = "1"
"""Version of this mapping."""
DECIDED_BY = "seeds"
"""Who decided what stands in the catalogue."""
FILES = ("organizations", "metrics", "benchmarks", "models", "suites", "aliases")
"""Files of the catalogue, in the order that references need."""
_REFERENCES = {
    "organization": ("organization_id", "organization"),
    "base_model": ("base_model_id", "model"),
    "parent": ("parent_id", "benchmark"),
    "metric": ("metric_id", "metric"),
}
_IGNORED = frozenset({"sources", "training_cutoff_precision", "notes"})


@writes_once
def load_catalogue(connection: Connection, folder: Path, *, clock: Callable[[], datetime]) -> list[FileReport]:
    """Return what became of each file of the catalogue, all loaded in one transaction.

    Args:
        connection: A transaction; whoever calls gives the engine of a database at the newest revision.
        folder: Folder that holds the files.
        clock: Current time, aware.

    Raises:
        MalformedFileError: If a file cannot be read or refers to an entry that does not exist.
    """
    reports = []
    for stem in FILES:
        path = folder / f"{stem}.toml"
        if path.is_file():
            kind = stem.removesuffix("es") if stem == "aliases" else stem[:-1]
            reports.append(_load_file(connection, path, kind, clock()))
    return reports


def _load_file(connection: Connection, path: Path, kind: str, now: datetime) -> FileReport:
    content = path.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    ingest_id = text_key("ingest", sha256, IMPORTER, VERSION)
    if connection.execute(select(Ingest.ingest_id).where(Ingest.ingest_id == ingest_id)).first():
        return FileReport(file=path.name, state=FileState.ALREADY_PRESENT, importer=IMPORTER)
    try:
        entries = tomllib.loads(content.decode("utf-8")).get(kind, [])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MalformedFileError.at(path.name, "", str(error), "TOML in UTF-8") from error
    if kind == "alias":
        rows = list(_alias_rows(path.name, entries, now))
    else:
        rows = [_entry_row(path.name, kind, entry, ingest_id) for entry in entries]
    members = [row for entry in entries for row in _member_rows(path.name, entry)] if kind == "suite" else []
    _require_targets(connection, path.name, kind, entries)
    n_new, n_amended = _store(connection, Base.metadata.tables[kind], rows, now)
    if members:
        _store(connection, Base.metadata.tables["suite_member"], members, now)
    row = (ingest_id, path.name, sha256, len(content), IMPORTER, VERSION, "{}", now, "complete", 0, 0, 0, 0)
    append(connection, _INGEST, rows_to_table([row], arrow_schema(_INGEST)))
    amended = (
        f"{n_amended} {'fact' if n_amended == 1 else 'facts'} of known entries replaced; what was there is kept as corrections"
        if n_amended
        else None
    )
    return FileReport(file=path.name, state=FileState.LOADED, importer=IMPORTER, n_new_names=n_new, message=amended)


def _entry_row(where: str, kind: str, entry: dict[str, Any], ingest_id: int) -> dict[str, Any]:
    table = Base.metadata.tables[kind]
    if not isinstance(entry.get("slug"), str) or not isinstance(entry.get("name"), str):
        raise MalformedFileError.at(where, f"[[{kind}]] {entry.get('slug', '')}".strip(), "no slug or no name", "both")
    row: dict[str, Any] = {
        f"{kind}_id": text_key(kind, entry["slug"]),
        "review_state": str(ReviewState.REVIEWED),
        "source_url": entry.get("source"),
        "ingest_id": ingest_id,
    }
    for name, value in entry.items():
        if name in _REFERENCES and not (kind == "metric" and name == "metric"):
            column, target = _REFERENCES[name]
            row[column] = text_key(target, value)
        elif name in table.columns:
            row[name] = value
        elif name not in {*_IGNORED, "source", "benchmarks"}:
            known = ", ".join(sorted(column.name for column in table.columns))
            raise MalformedFileError.at(where, f"[[{kind}]] {entry['slug']}", f'the key "{name}"', f"one of {known}")
    return row


def _require_targets(connection: Connection, where: str, kind: str, entries: list[dict[str, Any]]) -> None:
    """Raise if an entry refers to another one that neither the database nor this file holds."""
    known: dict[str, set[str]] = {kind: {str(entry.get("slug")) for entry in entries}}
    read: set[str] = set()
    for entry in entries:
        for key, target, slug in _targets(kind, entry):
            if target not in read:
                read.add(target)
                stored = connection.execute(select(Base.metadata.tables[target].c.slug)).scalars()
                known[target] = known.get(target, set()).union(stored)
            if slug not in known[target]:
                place = f"[[{kind}]] {entry.get('slug', slug)}, {key}"
                raise MalformedFileError.at(where, place, f'"{slug}"', f"the slug of a known {target}")


def _targets(kind: str, entry: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield key, kind and slug of each entry that one refers to."""
    if kind == "alias":
        if entry.get("kind") in set(EntityKind) and isinstance(entry.get("target"), str):
            yield "target", str(entry["kind"]), entry["target"]
        return
    for key, (_column, target) in _REFERENCES.items():
        if key in entry and not (kind == "metric" and key == "metric"):
            yield key, target, str(entry[key])
    for slug in entry.get("benchmarks", []) if kind == "suite" else []:
        yield "benchmarks", "benchmark", str(slug)


def _member_rows(where: str, entry: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if not isinstance(entry.get("benchmarks"), list):
        raise MalformedFileError.at(
            where, f"[[suite]] {entry.get('slug')}", "no list of benchmarks", "benchmarks = […]"
        )
    for position, benchmark in enumerate(entry["benchmarks"], start=1):
        yield {
            "suite_id": text_key("suite", entry["slug"]),
            "benchmark_id": text_key("benchmark", benchmark),
            "position": position,
        }


def _alias_rows(where: str, entries: Iterable[dict[str, Any]], now: datetime) -> Iterator[dict[str, Any]]:
    kinds = {str(kind) for kind in EntityKind}
    for entry in entries:
        kind, target = entry.get("kind"), entry.get("target")
        if kind not in kinds or not isinstance(target, str):
            raise MalformedFileError.at(
                where, f"[[alias]] {target}", f"kind {kind!r}", f"one of {', '.join(sorted(kinds))}, and a target"
            )
        seen: set[str] = set()
        for name in entry.get("names", []):
            normalized = normalize_name(name)
            if normalized in seen:
                continue
            seen.add(normalized)
            yield {
                "alias_id": text_key("alias", kind, normalized),
                "kind": kind,
                "name": name,
                "normalized_name": normalized,
                "target_id": text_key(kind, target),
                "review_state": str(ReviewState.REVIEWED),
                "decided_by": DECIDED_BY,
                "decided_at": now,
                "source_url": entry.get("source"),
                "retrieved_on": entry.get("retrieved_on"),
            }


def _store(connection: Connection, table: Table, rows: list[dict[str, Any]], now: datetime) -> tuple[int, int]:
    """Append the rows that are new and amend those that differ; return how many of each."""
    keys = [column.name for column in table.primary_key]
    stored = {tuple(row[key] for key in keys): row for row in connection.execute(select(table)).mappings()}
    new = [row for row in rows if tuple(row[key] for key in keys) not in stored]
    names = [column.name for column in table.columns]
    append(
        connection, table, rows_to_table([tuple(row.get(name) for name in names) for row in new], arrow_schema(table))
    )
    n_amended = 0
    for row in rows:
        known = stored.get(tuple(row[key] for key in keys))
        if known is not None:
            n_amended += _amend(connection, table, dict(known), row, now)
    return len(new), n_amended


_BOOKKEEPING = frozenset({"retrieved_on", "source_url", "review_state"})
_ONCE = frozenset({"ingest_id", "decided_at"})


def _amend(connection: Connection, table: Table, known: dict[str, Any], row: dict[str, Any], now: datetime) -> int:
    changed = {
        name: value for name, value in row.items() if name not in _ONCE and value is not None and known[name] != value
    }
    facts = {name: value for name, value in changed.items() if name not in _BOOKKEEPING}
    if not changed:
        return 0
    key = next(iter(table.primary_key))
    condition = [column == row[column.name] for column in table.primary_key]
    connection.execute(update(table).where(*condition).values(changed))
    rows = []
    for name, value in facts.items():
        old = None if known[name] is None else _spell(known[name])
        about = (table.name, row[key.name], str(CorrectionAction.AMEND), name, old, _spell(value), DECIDED_BY)
        reason = f"the catalogue that ships with benchdb states {row.get('source_url') or 'so'}"
        rows.append((fact_key("correction", [*about, now]), *about, now, reason))
    append(connection, _CORRECTION, rows_to_table(rows, arrow_schema(_CORRECTION)))
    return len(facts)


def _spell(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
