"""Values as words: what a page says of a number, and texts without characters that no page may hold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from benchdb.api import display

if TYPE_CHECKING:
    from benchdb.rows.leaderboard import Cell
    from benchdb.rows.records import Claim

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")

EVIDENCE = {
    "items": "from the outcomes of single items",
    "reported": "as the source states it",
    "repeats": "from the spread of several runs",
    "counts": "from the number of items, as of independent right or wrong answers",
    "borrowed": "from the number of items that others state for the benchmark",
    "imputed": "holds imputed scores",
    "benchmarks": "from the scatter over benchmarks",
    "partial": "a lower bound: a part of the error is not known",
    "unknown": "nothing says how uncertain the number is",
}
"""What an error rests on, in words."""


def clean(text: object) -> str:
    """Return a text without characters that no page may hold, each replaced by the sign for that; None as a dash.

    Args:
        text: Anything.
    """
    return _CONTROL.sub("\ufffd", display.text(text))


def thousands(count: int) -> str:
    """Return a count with its thousands apart.

    Args:
        count: A count.
    """
    return f"{count:,}"


def in_words(kind: str) -> str:
    """Return what an error rests on, in words.

    Args:
        kind: Kind of evidence.
    """
    return EVIDENCE.get(kind, kind)


def value(cell: Cell) -> str:
    """Return the value of a cell as it is shown, a tilde before it where it is approximate.

    Args:
        cell: The cell.
    """
    shown = min(cell.decimals, 3) if cell.decimals is not None else None
    return f"{'~' if cell.is_approximate else ''}{display.number(cell.value, cell.unit, shown)}"


def why(cell: Cell) -> str:
    """Return in one line what stands behind a cell: interval, evidence, items, claims, source.

    Args:
        cell: The cell.
    """
    parts = (
        [f"{cell.level:.0%} interval {display.interval(cell.lower, cell.upper, cell.unit)}"]
        if cell.lower is not None
        else []
    )
    parts.append(f"error {in_words(cell.evidence)}" if cell.stderr is not None else in_words(cell.evidence))
    if cell.n_items is not None:
        parts.append(f"{cell.n_items} items")
    if cell.n_claims > 1:
        parts.append(f"{cell.n_claims} claims")
    return clean("; ".join([*parts, f"source: {display.text(cell.source_title)}"]))


def printed(claim: Claim) -> str:
    """Return the value of a claim as its source prints it.

    Args:
        claim: The claim.
    """
    number = f"{claim.value:.{claim.decimals}f}" if claim.decimals is not None else f"{claim.value:.6g}"
    error = "" if claim.stderr is None else f" ± {claim.stderr:.3g}"
    unit = {"percent": " %", None: ""}.get(claim.unit, f" {claim.unit}")
    return f"{'~' if claim.is_approximate else ''}{number}{error}{unit}"
