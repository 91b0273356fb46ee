"""Fixtures of the export tests: those of the command line."""

from __future__ import annotations

from tests.cli.conftest import run, seeded, spawn

__all__ = ["run", "seeded", "spawn"]
