"""Forensic checks over the store: values no count could have produced, averages that miss their parts, and their like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchdb.query.doctor.contract import checks_named
from benchdb.query.filters import resolve
from benchdb.rows.doctor import ERROR, NOTICE, WARNING, CheckCount, DoctorRows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from benchdb.query.filters import Filters
    from benchdb.rows.doctor import Finding

_ORDER = (ERROR, WARNING, NOTICE)


def doctor(connection: Connection, filters: Filters, names: Sequence[str] = (), *, limit: int = 1000) -> DoctorRows:
    """Return what the checks find among the claims in question; nothing is changed.

    Args:
        connection: An open connection.
        filters: What the question is about.
        names: Checks to run; none is all of them.
        limit: Most findings shown for each check; the others are counted.

    Returns:
        Findings, what each check found, and notes. An unknown name is an `UnknownNameError`, an unknown check a `ConfigError`.
    """
    scope = resolve(connection, filters)
    found: list[Finding] = []
    counts = []
    for check in checks_named(names):
        shown = 0
        for number, each in enumerate(check.find(connection, scope), start=1):
            shown = number
            if number <= limit:
                found.append(each)
        counts.append(CheckCount(name=check.name, summary=check.summary, n_findings=shown))
    found.sort(key=lambda each: _ORDER.index(each.severity))
    return DoctorRows(findings=tuple(found), checks=tuple(counts), notes=tuple(_notes(counts, limit)))


def _notes(counts: Sequence[CheckCount], limit: int) -> list[str]:
    clean = [each.name for each in counts if not each.n_findings]
    said = [f"{each.name} {each.n_findings}" for each in counts if each.n_findings]
    notes = [f"Findings: {', '.join(said)}." if said else "No check found anything."]
    if said and clean:
        notes.append(f"Nothing found by: {', '.join(clean)}.")
    notes += [
        f"{each.name}: {each.n_findings - limit} findings beyond the limit of {limit} are not shown; --limit shows more."
        for each in counts
        if each.n_findings > limit
    ]
    return notes
