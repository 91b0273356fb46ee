"""What one caller may ask for, and what the server keeps."""

from __future__ import annotations

from dataclasses import dataclass

PAGE = 100
"""Rows of a page where the caller names no number."""
LARGEST_PAGE = 1000
"""Rows of a page at most."""
NAMES = 100
"""Names that one filter takes at most."""
MOST_PAIRED = 40
"""Models that one request compares in all pairs at most."""
NAME_LENGTH = 500
"""Characters of a name at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one caller may ask for, and what the server keeps."""

    seconds: float = 15.0
    """Seconds that a question may take, waiting included."""
    at_once: int = 2
    """Questions answered at one time."""
    waiting: int = 64
    """Questions that may wait for their turn."""
    target_bytes: int = 8192
    """Bytes of a path with its query."""
    body_bytes: int = 4 * 2**20
    """Bytes of a specification that is sent to be checked."""
    kept_bytes: int = 64 * 2**20
    """Bytes of answers kept."""
    kept_rows: int = 200_000
    """Rows of results kept, from which further pages are cut."""
    release_s: float = 1.0
    """Seconds without a question after which a DuckDB file is let go, so that an import can have it."""
    recheck_s: float = 1.0
    """Seconds for which the state of a PostgreSQL database is taken for the current one."""
