"""Names of files and anchors, made from names of the catalogue, which may be anything."""

from __future__ import annotations

import re
from hashlib import blake2b

_PART = "[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?"
_PLAIN = re.compile(f"{_PART}(?:/{_PART})?")
_LONGEST = 80
_TAKEN = re.compile(r"(index|page-\d+|con|prn|aux|nul|com\d|lpt\d)(\..*)?")


def file_stem(slug: str) -> str:
    """Return the name of a file for a slug, without a suffix: different for different slugs, on any file system.

    "qwen/qwq-32b" becomes "qwen_qwq-32b"; whatever is not lower-case ASCII, is too long, or is a name that file systems or
    the site itself claim, gets a hash of the slug behind two underscores.

    Args:
        slug: Identity of a model or benchmark, or any text.
    """
    stem = slug.replace("/", "_")
    if _PLAIN.fullmatch(slug) and len(slug) <= _LONGEST and ".." not in slug and not _TAKEN.fullmatch(stem):
        return stem
    readable = re.sub(r"[^a-z0-9]+", "-", slug.lower()[:_LONGEST]).strip("-")
    return f"{readable}__{_digest(slug)}"


def column_stem(slug: str, subset: str) -> str:
    """Return the name of a column of a leaderboard, for anchors.

    Args:
        slug: Slug of the benchmark.
        subset: Its subset; empty for the whole.
    """
    return f"{file_stem(slug)}__{_digest(subset)}" if subset else file_stem(slug)


def cell_anchor(variant: str | None, column: str) -> str:
    """Return the anchor of one score on the page of its model.

    Args:
        variant: Variant of the model, or None.
        column: Name of the column, from `column_stem`.
    """
    return f"{variant_mark(variant)}-{column}"


def variant_mark(variant: str | None) -> str:
    """Return what tells the anchors of a model's variants apart.

    Args:
        variant: Variant of the model, or None.
    """
    return f"v{_digest(variant)}" if variant else "v"


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=5).hexdigest()
