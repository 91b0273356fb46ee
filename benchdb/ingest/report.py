"""What an import did, file by file."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum


class FileState(StrEnum):
    """What became of one file."""

    LOADED = "loaded"
    """Its claims are in the database."""
    WOULD_LOAD = "would load"
    """A dry run read it; nothing was written."""
    ALREADY_PRESENT = "already present"
    """The same bytes were imported before, by the same importer with the same options."""
    READ_ALONG = "read along"
    """Taken in together with another file."""
    SKIPPED = "skipped"
    """Nothing that can be read: a pipe, a link in a circle, a member of an archive that leads out of it."""
    UNSETTLED = "unsettled"
    """Somebody wrote to it a moment ago; following its folder reads it once it is left alone."""
    UNKNOWN = "unknown"
    """No importer recognises it."""
    FAILED = "failed"
    """It could not be read or loaded; nothing of it is in the database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """What became of one file. Grain: one row per file."""

    file: str
    """Path as given."""
    state: FileState
    """What became of it."""
    importer: str | None = None
    """Importer that read it."""
    n_runs: int = 0
    """Runs it added."""
    n_scores: int = 0
    """Scores it added."""
    n_outcomes: int = 0
    """Outcomes it added."""
    n_repeated: int = 0
    """Claims it held that were known already or stood in it twice."""
    n_new_names: int = 0
    """Catalogue entries it made, unreviewed."""
    message: str | None = None
    """Why it failed, or what else there is to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestReport:
    """What an import did."""

    files: tuple[FileReport, ...]
    """One entry per file, in the order they were read."""
    new_names: tuple[tuple[str, str], ...] = field(default=())
    """Kind and slug of the catalogue entries made, unreviewed."""
    n_replaced: int = 0
    """Earlier imports of changed files that were undone."""

    @property
    def n_failed(self) -> int:
        """Files that failed or that no importer recognises."""
        return sum(report.state in {FileState.FAILED, FileState.UNKNOWN} for report in self.files)

    def total(self, field_name: str) -> int:
        """Return the sum of one count over the files.

        Args:
            field_name: Name of a count of `FileReport`.
        """
        return sum(int(getattr(report, field_name)) for report in self.files)

    def states(self) -> Counter[str]:
        """Return how many files ended in each state."""
        return Counter(str(report.state) for report in self.files)
