"""No importer without the tests that hold for every importer."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

from benchdb.ingest.conformance import ImporterConformance
from benchdb.ingest.importer import importers
from tests import ingest

if TYPE_CHECKING:
    from collections.abc import Iterator


def suites(of: type[ImporterConformance]) -> Iterator[type[ImporterConformance]]:
    """Yield every subclass that names an importer and files for it."""
    for suite in of.__subclasses__():
        yield from suites(suite)
        if suite.fixtures and hasattr(suite, "importer"):
            yield suite


def test_every_importer_is_held_to_the_conformance_suite() -> None:
    """Each shipped importer is named by a suite that has fixtures."""
    for module in pkgutil.iter_modules(ingest.__path__, f"{ingest.__name__}."):
        if module.name.rpartition(".")[2].startswith("test_"):
            importlib.import_module(module.name)
    tested = {suite.importer.name for suite in suites(ImporterConformance)}
    assert {importer.name for importer in importers()} <= tested
