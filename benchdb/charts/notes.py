"""Footnotes that several charts share."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from benchdb.charts.labels import benchmark_label, clean_name, list_names
from benchdb.schema.vocab import Evidence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchdb.rows.comparison import Difference
    from benchdb.rows.leaderboard import Cell

EVIDENCE_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "paired": "paired outcomes of the same items",
        Evidence.ITEMS: "outcomes of the items",
        Evidence.REPORTED: "reported standard errors",
        Evidence.REPEATS: "repeated runs with the noise of their items",
        Evidence.COUNTS: "stated numbers of items (upper bounds where items have several attempts)",
        Evidence.BORROWED: "the benchmark's catalogued number of items, or one that other claims imply (not stated by the source)",
        Evidence.IMPUTED: "reported and imputed scores with the error of the fit",
        Evidence.BENCHMARKS: "the scatter over benchmarks",
        Evidence.PARTIAL: "the known part of the errors (lower bounds)",
    }
)
"""What an interval rests on, in words."""


def evidence_note(kinds: Sequence[str], level: float | None, *, marks: str = "Lines") -> str:
    """A statement of what intervals are and rest on.

    Args:
        kinds: Kinds of evidence of the intervals drawn.
        level: Their coverage as a fraction; None where the rows do not say.
        marks: What shows them.

    Returns:
        For instance "Lines are 95 % intervals, from reported standard errors."
    """
    coverage = "" if level is None else f"{level * 100:g} % "
    return f"{marks} are {coverage}intervals, from {evidence_words(kinds)}."


def evidence_words(kinds: Sequence[str]) -> str:
    """Kinds of evidence in words, each once.

    Args:
        kinds: Kinds of evidence.

    Returns:
        For instance "reported standard errors; outcomes of the items".
    """
    return "; ".join(EVIDENCE_WORDS.get(kind, kind) for kind in dict.fromkeys(kinds))


def claim_notes(claims: Sequence[tuple[str, int | None, bool]]) -> list[str]:
    """What a reader of claims must know beside their errors: approximate values, and protocols that differ.

    Args:
        claims: Benchmark, fingerprint of the protocol and whether the value is approximate, of each claim shown.

    Returns:
        Statements; nothing where there is nothing to say.
    """
    prints: dict[str, set[int | None]] = {}
    for benchmark, fingerprint, _ in claims:
        prints.setdefault(benchmark, set()).add(fingerprint)
    mixed = [name for name, found in prints.items() if len(found) > 1]
    count = sum(is_approximate for _, _, is_approximate in claims)
    notes = [f"Approximate values: {'all' if count == len(claims) else count} of {len(claims)}."] if count else []
    return [*notes, f"Protocols differ between models on {list_names(mixed)}."] if mixed else notes


def protocol_notes(cells: Sequence[Cell]) -> list[str]:
    """A statement of the benchmarks on which the models shown were measured in different ways.

    Args:
        cells: The scores shown.

    Returns:
        For instance "Protocols differ between models on MMLU."; nothing where each benchmark has one protocol.
    """
    prints: dict[str, set[int]] = {}
    for cell in cells:
        prints.setdefault(benchmark_label(cell.benchmark_name, cell.subset), set()).add(cell.fingerprint)
    mixed = [name for name, found in prints.items() if len(found) > 1]
    return [f"Protocols differ between models on {list_names(mixed)}."] if mixed else []


def difference_notes(rows: Sequence[Difference]) -> list[str]:
    """What a reader of differences must know beside their errors: directions, and protocols that differ.

    Args:
        rows: The differences shown.

    Returns:
        Statements; nothing where there is nothing to say.
    """
    lower = [clean_name(row.benchmark_name) for row in rows if row.higher_is_better is False]
    notes = [f"Lower is better on {list_names(list(dict.fromkeys(lower)))}."] if lower else []
    differing = _settings({row.benchmark_name: row.protocol_differences for row in rows if row.benchmark})
    one_sided = _settings({row.benchmark_name: row.protocol_unknown for row in rows if row.benchmark})
    notes += [f"Protocols differ on {differing}."] if differing else []
    return [*notes, f"Settings that only one side states: {one_sided}."] if one_sided else notes


def _settings(found: Mapping[str, Sequence[str]]) -> str:
    listed = [f"{clean_name(name)} ({', '.join(which).replace('_', ' ')})" for name, which in found.items() if which]
    return list_names(listed)
