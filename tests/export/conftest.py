"""Fixtures of the export tests: those of the API and of the command line."""

from __future__ import annotations

from tests.api.conftest import seeded_duckdb, seeds_file
from tests.cli.conftest import run, seeded, spawn

__all__ = ["run", "seeded", "seeded_duckdb", "seeds_file", "spawn"]
