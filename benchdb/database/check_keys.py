"""Keys and fingerprints computed again from the rows themselves: a row that was changed behind our back no longer has its key."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from benchdb.database.merges import former, read_merges
from benchdb.database.row_keys import ints, run_facts, score_facts
from benchdb.database.stream import batches
from benchdb.schema.base import Base
from benchdb.schema.curation import Alias, Correction
from benchdb.schema.keys import combine, combine_columns, fact_key, text_key
from benchdb.schema.results import Protocol, Run, Score, Source
from benchdb.schema.vocab import NOT_COMPARED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pyarrow as pa
    from sqlalchemy import Connection

    from benchdb.schema.keys import IntColumn

_SETTINGS = tuple(
    column.name
    for column in Base.metadata.tables[Protocol.__tablename__].columns
    if column.name not in {"protocol_id", "fingerprint", "variant"}
)
_COMPARED = tuple(name for name in _SETTINGS if name not in NOT_COMPARED)


def wrong_keys(connection: Connection) -> Iterator[tuple[str, str, list[str]]]:
    """Yield the table, what must hold, and the keys at fault, where any row has another key than follows from it.

    Args:
        connection: An open connection.
    """
    for entity, rule, is_wrong in (
        (Alias, "alias_id is the key of kind and spelling", _wrong_alias),
        (Correction, "correction_id is the key of the decision", _wrong_correction),
        (Source, "source_id is the key of kind, title, URL and hash", _wrong_source),
        (Protocol, "protocol_id is the key of the settings", _wrong_protocol),
        (Protocol, "fingerprint is the key of the settings that are compared", _wrong_fingerprint),
    ):
        wrong = [str(key) for key in _rows_at_fault(connection, entity.__tablename__, is_wrong)]
        if wrong:
            yield entity.__tablename__, rule, wrong
    former_entries = former(read_merges(connection))
    for name, rule, facts_of in (
        (Run.__tablename__, "run_id is the key of what the run says", run_facts),
        (Score.__tablename__, "score_id is the key of run, metric and numbers", score_facts),
    ):
        table = Base.metadata.tables[name]
        wrong = [
            str(key) for rows in batches(connection, table) for key in _wrong_of(rows, facts_of(rows), former_entries)
        ]
        if wrong:
            yield name, rule, wrong


def _rows_at_fault(connection: Connection, name: str, is_wrong: Callable[[dict[str, Any]], bool]) -> Iterator[int]:
    for rows in batches(connection, Base.metadata.tables[name]):
        key = rows.column_names[0]
        yield from (row[key] for row in rows.to_pylist() if is_wrong(row))


def _wrong_alias(row: dict[str, Any]) -> bool:
    return bool(row["alias_id"] != text_key("alias", row["kind"], row["normalized_name"]))


def _wrong_correction(row: dict[str, Any]) -> bool:
    names = (
        "target_table",
        "target_id",
        "action",
        "field",
        "old_value",
        "new_value",
        "decided_by",
        "decided_at",
    )
    return bool(row["correction_id"] != fact_key("correction", [row[name] for name in names]))


def _wrong_source(row: dict[str, Any]) -> bool:
    # A file without a title of its own shows its name, which is no part of its key.
    titles = (row["title"], None) if row["sha256"] is not None else (row["title"],)
    keys = {text_key("source", row["kind"], title, row["url"], row["sha256"]) for title in titles}
    return row["source_id"] not in keys


def _wrong_protocol(row: dict[str, Any]) -> bool:
    return bool(row["protocol_id"] != fact_key("protocol", [row[name] for name in _SETTINGS]))


def _wrong_fingerprint(row: dict[str, Any]) -> bool:
    return bool(row["fingerprint"] != fact_key("fingerprint", [row[name] for name in _COMPARED]))


def _wrong_of(rows: pa.Table, facts: list[IntColumn], merged: dict[int, list[int]]) -> Iterator[int]:
    """Yield the keys that follow neither from the entries a row counts for nor from those merged into them."""
    keys = ints(rows.column(0))
    for at in (keys != combine_columns(*facts)).nonzero()[0].tolist():
        options = [[int(column[at]), *merged.get(int(column[at]), ())] for column in facts]
        if all(int(keys[at]) != combine(*values) for values in product(*options)):
            yield int(keys[at])
