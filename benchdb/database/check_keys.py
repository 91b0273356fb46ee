"""Keys and fingerprints computed again from the rows themselves: a row that was changed behind our back no longer has its key."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from benchdb.database.merges import follow, read_merges
from benchdb.database.stream import batches
from benchdb.schema.base import Base
from benchdb.schema.curation import Alias, Correction
from benchdb.schema.keys import MISSING, combine, combine_columns, fact_key, float_bits_column, text_key
from benchdb.schema.results import Protocol, Run, Score, Source
from benchdb.schema.vocab import NOT_COMPARED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pyarrow as pa
    from sqlalchemy import Connection

    from benchdb.schema.keys import IntColumn

_NUMBERS = ("stderr", "interval_lower", "interval_upper", "interval_level")
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
    former = _former(read_merges(connection))
    for name, rule, facts_of in (
        (Run.__tablename__, "run_id is the key of what the run says", _run_facts),
        (Score.__tablename__, "score_id is the key of run, metric and numbers", _score_facts),
    ):
        table = Base.metadata.tables[name]
        wrong = [str(key) for rows in batches(connection, table) for key in _wrong_of(rows, facts_of(rows), former)]
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


def _run_facts(rows: pa.Table) -> list[IntColumn]:
    moments = _ints(rows.column("ran_at").cast("int64"))
    return [
        _ints(rows.column("source_id")),
        _ints(rows.column("model_id")),
        _ints(rows.column("benchmark_id")),
        _texts(rows, "subset", lambda text: text_key("subset", text)),
        _ints(rows.column("protocol_id")),
        moments,
        _texts(rows, "label", lambda text: MISSING if text is None else text_key("label", text)),
    ]


def _score_facts(rows: pa.Table) -> list[IntColumn]:
    flags = _ints(rows.column("is_approximate").cast("int64")) + 2 * _ints(rows.column("is_aggregate").cast("int64"))
    return [
        _ints(rows.column("run_id")),
        _ints(rows.column("metric_id")),
        _bits(rows.column("value")),
        _texts(rows, "unit", lambda text: text_key("unit", text)),
        _ints(rows.column("decimals")),
        flags,
        *[_bits(rows.column(name)) for name in _NUMBERS],
        _ints(rows.column("n_items")),
        _ints(rows.column("samples_per_item")),
    ]


def _wrong_of(rows: pa.Table, facts: list[IntColumn], former: dict[int, list[int]]) -> Iterator[int]:
    """Yield the keys that follow neither from the entries a row counts for nor from those merged into them."""
    keys = _ints(rows.column(0))
    for at in (keys != combine_columns(*facts)).nonzero()[0].tolist():
        options = [[int(column[at]), *former.get(int(column[at]), ())] for column in facts]
        if all(int(keys[at]) != combine(*values) for values in product(*options)):
            yield int(keys[at])


def _former(merged: dict[int, int]) -> dict[int, list[int]]:
    former: dict[int, list[int]] = {}
    for key in merged:
        former.setdefault(follow(merged, key), []).append(key)
    return former


def _ints(column: pa.ChunkedArray) -> IntColumn:
    values: IntColumn = column.cast("int64").fill_null(MISSING).to_numpy()
    return values


def _bits(column: pa.ChunkedArray) -> IntColumn:
    missing = column.is_null().to_numpy()
    return float_bits_column(column.fill_null(0.0).to_numpy(), missing)


def _texts(rows: pa.Table, name: str, key_of: Callable[[str | None], int]) -> IntColumn:
    """Return a key for each text of a column, computed once for each different one."""
    import numpy as np

    spelled = rows.column(name).to_pylist()
    known = {text: key_of(text) for text in set(spelled)}
    return np.array([known[text] for text in spelled], dtype=np.int64)
