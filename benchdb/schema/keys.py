"""Keys derived from content: the same facts get the same key in any database, so imports repeat and databases merge.

A key is a positive 63-bit integer. Text is hashed with BLAKE2b; keys and numbers are combined by a fixed 64-bit mixing
function (the finaliser of SplitMix64, Steele et al. 2014, doi:10.1145/2660193.2660195) that exists twice here, for single
values and for whole NumPy columns, with the same result. Floating-point numbers enter by their IEEE 754 bits, a missing
value by a constant of its own. With 100 million rows the chance of any two sharing a key is about one in 2,000.
"""

from __future__ import annotations

import hashlib
import struct
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    IntColumn: TypeAlias = npt.NDArray[np.int64]

_MASK = (1 << 64) - 1
_POSITIVE = (1 << 63) - 1
_GOLDEN = 0x9E3779B97F4A7C15
_FIRST = 0xBF58476D1CE4E5B9
_SECOND = 0x94D049BB133111EB
_INTEGER = struct.Struct("<q")
_DOUBLE = struct.Struct("<d")
_ABSENT = _INTEGER.pack(1) + b"\x00"
MISSING = 0x5BD1E9955BD1E995
"""Stands for a missing value inside a combined key."""

Fact: TypeAlias = "str | int | float | bool | date | datetime | None"


def text_key(kind: str, *parts: str | None) -> int:
    """Return the key of something named by text.

    Args:
        kind: What is named ("model", "benchmark" …); equal names of different kinds get different keys.
        *parts: The parts of the name; None differs from "".
    """
    pieces: list[bytes] = []
    for part in (kind, *parts):
        if part is None:
            pieces.append(_ABSENT)
        else:
            encoded = part.encode("utf-8", "surrogatepass")
            pieces += (_INTEGER.pack(len(encoded) + 1), b"\x01", encoded)
    digest = hashlib.blake2b(b"".join(pieces), digest_size=8, person=b"benchdb")
    return int.from_bytes(digest.digest(), "big") & _POSITIVE


def fact_key(kind: str, facts: Sequence[Fact]) -> int:
    """Return the key of an ordered list of facts of any simple type.

    Args:
        kind: What the facts describe.
        facts: Values in a fixed order; a number and the text that spells it differ.
    """
    return text_key(kind, *[_spell(fact) for fact in facts])


def combine(*values: int) -> int:
    """Return one key from several keys or integers; their order matters.

    Args:
        *values: 64-bit integers, signed or unsigned.
    """
    state = 0
    for each in values:
        # `_mix` twice, spelled out: this runs a dozen times for every score, and a call costs more than the mixing.
        value = (each + _GOLDEN) & _MASK
        value = ((value ^ (value >> 30)) * _FIRST) & _MASK
        value = ((value ^ (value >> 27)) * _SECOND) & _MASK
        state = (state + _GOLDEN + (value ^ (value >> 31))) & _MASK
        state = ((state ^ (state >> 30)) * _FIRST) & _MASK
        state = ((state ^ (state >> 27)) * _SECOND) & _MASK
        state ^= state >> 31
    return state & _POSITIVE


def combine_columns(*columns: IntColumn | int) -> IntColumn:
    """Return `combine` for each row of several columns.

    Args:
        *columns: int64 arrays of one length, or integers that hold for every row; at least one array.

    Returns:
        An int64 array of that length.
    """
    import numpy as np

    length = next(len(column) for column in columns if not isinstance(column, int))
    state = np.zeros(length, dtype=np.uint64)
    golden = np.uint64(_GOLDEN)
    with np.errstate(over="ignore"):
        for column in columns:
            if isinstance(column, int):
                mixed = np.full(length, _mix((column + _GOLDEN) & _MASK), dtype=np.uint64)
            else:
                mixed = _mix_column(column.astype(np.int64, copy=False).view(np.uint64) + golden)
            state = _mix_column(state + golden + mixed)
    return (state & np.uint64(_POSITIVE)).view(np.int64)


def float_bits(value: float | None) -> int:
    """Return the IEEE 754 bits of a number as an integer, or `MISSING`.

    Args:
        value: A double, or None; -0.0 counts as 0.0.
    """
    if value is None:
        return MISSING
    bits: int = _INTEGER.unpack(_DOUBLE.pack(value + 0.0))[0]
    return bits


def float_bits_column(values: npt.NDArray[np.float64], missing: npt.NDArray[np.bool_]) -> IntColumn:
    """Return `float_bits` for a column.

    Args:
        values: float64 array of shape (n,).
        missing: bool array of shape (n,); true where the value is missing.

    Returns:
        int64 array of shape (n,).
    """
    import numpy as np

    return np.where(missing, np.int64(MISSING), (values + 0.0).view(np.int64))


def _mix(value: int) -> int:
    value = ((value ^ (value >> 30)) * _FIRST) & _MASK
    value = ((value ^ (value >> 27)) * _SECOND) & _MASK
    return value ^ (value >> 31)


def _mix_column(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    import numpy as np

    values = (values ^ (values >> np.uint64(30))) * np.uint64(_FIRST)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(_SECOND)
    mixed: npt.NDArray[np.uint64] = values ^ (values >> np.uint64(31))
    return mixed


def _spell(fact: Fact) -> str | None:  # noqa: PLR0911 — one line a type
    match fact:
        case None:
            return None
        case bool():
            return f"b{int(fact)}"
        case int():
            return f"i{fact}"
        case float():
            return f"f{(fact + 0.0).hex()}"
        case datetime():
            return f"t{(fact - _EPOCH) // _MICROSECOND}"
        case date():
            return f"d{fact.isoformat()}"
        case _:
            return f"s{fact}"


_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_MICROSECOND = timedelta(microseconds=1)
