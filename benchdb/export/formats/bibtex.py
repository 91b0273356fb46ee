"""BibTeX: one entry for each source of the claims, with who published it, when, and where it stands."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from benchdb.export.contract import Exporter, Needs
from benchdb.export.latex_text import latex_text

if TYPE_CHECKING:
    from pathlib import Path

    from benchdb.export.contract import Rows

_ARXIV = re.compile(r"https?://(?:www\.)?arxiv\.org/(?:abs|pdf)/(?P<number>\d{4}\.\d{4,5})(?:v\d+)?(?:\.pdf)?")
_NAMES = (
    "source_kind", "source_title", "source_url", "source_organization", "source_published_on", "fact_source_id",
    "fact_retrieved_at", "fact_tool", "fact_tool_version",
)  # fmt: skip
_KINDS = {
    "harness_log": "Log of an evaluation", "model_card": "Model card", "leaderboard": "Leaderboard", "figure": "Figure",
    "manual": "Table made by hand",
}  # fmt: skip


def write(rows: Rows, place: Path) -> None:
    """Write the sources of claims as BibTeX, in order of their keys.

    Args:
        rows: The claims.
        place: File to make.
    """
    sources: dict[int, dict[str, Any]] = {}
    claims: Counter[int] = Counter()
    for batch in rows.batches:
        for source in batch.select(list(_NAMES)).to_pylist():
            key = source["fact_source_id"]
            claims[key] += 1
            sources.setdefault(key, source)
    ordered = sorted(sources.values(), key=lambda source: (_key(source), _spell(source)))
    number = Counter[str]()
    entries = []
    for source in ordered:
        key = _key(source)
        number[key] += 1
        name = key if number[key] == 1 else f"{key}-{number[key]}"
        entries.append(_entry(name, source, claims[source["fact_source_id"]]))
    place.write_text("\n".join(entries), encoding="utf-8", newline="\n")


def _spell(source: dict[str, Any]) -> str:
    return repr([source[name] for name in _NAMES if name != "fact_source_id"])


def _key(source: dict[str, Any]) -> str:
    """Return who, when and the title's first word, in the letters that every BibTeX program takes."""
    published = source["source_published_on"]
    first = next(iter(re.findall(r"[A-Za-z]{4,}", source["source_title"] or "")), "source")
    who = source["source_organization"] or source["source_kind"]
    parts = (who, str(published.year) if published else "", first)
    return "-".join(found for part in parts if (found := re.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-")))


def _entry(key: str, source: dict[str, Any], n_claims: int) -> str:
    published, url = source["source_published_on"], source["source_url"]
    arxiv = _ARXIV.fullmatch(url or "")
    tool = " ".join(filter(None, (source["fact_tool"], source["fact_tool_version"])))
    retrieved = source["fact_retrieved_at"]
    notes = [
        _KINDS.get(source["source_kind"]),
        latex_text(tool) if tool else None,
        f"retrieved {retrieved:%Y-%m-%d}" if retrieved else None,
        f"{n_claims:,} claim{'s' if n_claims != 1 else ''} used",
    ]
    fields = {
        "title": f"{{{latex_text(source['source_title'] or url or 'Untitled')}}}",
        "author": f"{{{latex_text(source['source_organization'])}}}" if source["source_organization"] else None,
        "year": str(published.year) if published else None,
        "month": str(published.month) if published else None,
        "url": quote(url, safe=":/?#[]@!$&'()*+,;=%~-._") if url else None,
        "eprint": arxiv["number"] if arxiv else None,
        "archiveprefix": "arXiv" if arxiv else None,
        "note": "; ".join(note for note in notes if note),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{key},", *lines, "}", ""])


EXPORTER = Exporter(
    name="bibtex",
    suffix=".bib",
    needs=Needs.CLAIMS,
    keeps="title, publisher, day, link, kind and tool of every source of the claims asked for, with how many of them it makes",
    loses="the claims themselves, the authors behind a publisher, a log's hash, and whatever else the database knows",
    write=write,
)
