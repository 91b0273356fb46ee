"""benchdb's side: an import of files into a database that knows the catalogue."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchdb.ingest.report import IngestReport


def prepare(
    template: str, database: str, paths: list[str], warm_up: list[str], **options: Any
) -> Callable[[], IngestReport]:
    """Return the action: open a fresh copy of the template, and import everything; files named for it warm the code up."""
    import benchdb

    shutil.copy(template, database)
    with benchdb.connect(database) as db:
        db.ingest(*map(Path, warm_up), dry_run=True, **options)
    shutil.copy(template, database)

    def action() -> IngestReport:
        with benchdb.connect(database) as db:
            return db.ingest(*map(Path, paths), **options)

    return action


def answer(report: IngestReport) -> dict[str, Any]:
    """Return how many files were read, and what came of them."""
    return {
        "states": {str(state): n for state, n in report.states().items()},
        "n_scores": report.total("n_scores"),
        "n_outcomes": report.total("n_outcomes"),
        "messages": [file.message for file in report.files if file.message][:3],
    }
