"""Inspect's logs in the fixtures and, where they are, among the real files beside the checkout."""

from __future__ import annotations

from pathlib import Path

DATA = Path(__file__).parents[1] / "data"
SAMPLES = Path(__file__).parents[3] / "shared" / "samples"
"""Real files; they need not be there."""


def inspect_logs() -> list[Path]:
    """Return every log, in order."""
    found = [*DATA.glob("inspect/*/*"), *(SAMPLES / "inspect").rglob("*")]
    return sorted(path for path in found if path.suffix in {".eval", ".json"})
