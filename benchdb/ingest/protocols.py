"""Settings of evaluations as rows: values as their columns hold them, key and fingerprint; the same settings are worked out once."""

from __future__ import annotations

import sys
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from benchdb.errors import IngestError
from benchdb.ingest.records import PROTOCOL_FIELDS
from benchdb.schema.keys import fact_key
from benchdb.schema.vocab import NOT_COMPARED

if TYPE_CHECKING:
    from benchdb.ingest.records import ProtocolRecord

_COMPARED = tuple(name for name in PROTOCOL_FIELDS if name not in NOT_COMPARED)
_LARGEST = sys.float_info.max
_MOST = 2**31 - 1
_COUNTS: dict[str, tuple[int, int]] = {
    "n_shot": (0, _MOST),
    "max_tokens": (-_MOST, _MOST),
    "samples_per_item": (1, _MOST),
    "seed": (-(2**63), 2**63 - 1),
}
_NUMBERS = frozenset({"temperature", "top_p", "item_limit"})
_VALUES = attrgetter(*PROTOCOL_FIELDS)


@lru_cache(maxsize=8192)
def protocol_row(record: ProtocolRecord) -> tuple[Any, ...]:
    """Return settings as a row of their table, the key first.

    Args:
        record: The settings; those that are equal have one key.

    Raises:
        IngestError: If a setting is none that its column can hold; the message does not name the file.
    """
    settings = {name: _setting(name, value) for name, value in zip(PROTOCOL_FIELDS, _VALUES(record), strict=True)}
    key = fact_key("protocol", list(settings.values()))
    fingerprint = fact_key("fingerprint", [settings[name] for name in _COMPARED])
    return (key, fingerprint, variant_of(record), *settings.values())


def _setting(name: str, value: Any) -> Any:
    """Return a setting as its column holds it, so that 1 and 1.0 are one temperature."""
    if value is None or (name not in _NUMBERS and name not in _COUNTS):
        return value
    low, high = _COUNTS.get(name, (-_LARGEST, _LARGEST))
    if not low <= value <= high or (name in _COUNTS and value != int(value)):
        kind = "a whole number" if name in _COUNTS else "a number"
        raise IngestError(f"{name} = {value}: expected {kind} from {low:g} to {high:g}")
    return float(value) if name in _NUMBERS else int(value)


def variant_of(record: ProtocolRecord) -> str | None:
    """Return what sets this use of a model apart, or None for the plain model.

    Reasoning effort, quantisation, scaffold and a named revision count; a commit hash and the default branch do not.

    Args:
        record: The settings.
    """
    revision = record.model_revision
    named = revision if revision and revision not in {"main", "master"} and not _is_hash(revision) else None
    parts = (record.reasoning_effort, record.quantisation, record.scaffold, named)
    return ", ".join(part for part in parts if part) or None


def _is_hash(text: str) -> bool:
    return len(text) >= 7 and all(letter in "0123456789abcdef" for letter in text)
