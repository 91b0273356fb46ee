"""Rows of the forensic checks: what cannot be right, or is unlikely to be."""

from __future__ import annotations

from dataclasses import dataclass

ERROR, WARNING, NOTICE = "error", "warning", "notice"
"""How bad a finding is: it makes answers wrong; it may; it is worth knowing."""
CERTAIN, LIKELY, POSSIBLE = "certain", "likely", "possible"
"""How sure it is: it follows from what the source states; an assumption named in the words comes in; another reading is as good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that a check found. Grain: one row per check and fault, which may cover several claims."""

    check: str
    """Name of the check."""
    severity: str
    """error: it makes answers wrong; warning: it may; notice: worth knowing."""
    certainty: str
    """certain: follows from what the source states; likely: with an assumption that the statement names; possible: one of
    several readings."""
    statement: str
    """What is wrong, in words with numbers."""
    model: str | None
    """Slug of the model, with its variant in brackets; None where several are concerned."""
    benchmark: str | None
    """Slug of the benchmark, with its subset in brackets."""
    metric: str | None
    """Slug of the metric."""
    sources: tuple[str, ...]
    """Titles of the sources concerned."""
    score_ids: tuple[str, ...]
    """Keys of the claims concerned, as text; at most twenty."""
    n_rows: int
    """Rows concerned: claims, or items and runs where the check is about those."""
    see: str
    """A command that shows them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckCount:
    """How often one check found something. Grain: one row per check that was run."""

    name: str
    """Name of the check."""
    summary: str
    """What it looks for."""
    n_findings: int
    """Findings, those beyond the limit included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorRows:
    """The answer of `doctor`."""

    findings: tuple[Finding, ...]
    """Findings, errors first, then by check in the order of the checks' names."""
    checks: tuple[CheckCount, ...]
    """Every check that was run."""
    notes: tuple[str, ...]
    """What a reader must know."""
