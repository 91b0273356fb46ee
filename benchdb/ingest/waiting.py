"""Files that have been read to their end and wait for the next transaction, and the pieces of one that cannot wait."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from benchdb.ingest.flatten import FileRows
from benchdb.ingest.report import FileReport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchdb.ingest.flatten import Flattener
    from benchdb.ingest.identity import IngestFile
    from benchdb.ingest.report import FileState
    from benchdb.ingest.write import FileCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingFile:
    """A file read to its end, on its way to the tables."""

    position: int
    """Place of its report."""
    file: IngestFile
    names: list[tuple[str, str]]
    """Kind and slug of the catalogue entries it brings."""
    n_without_unit: int
    """Scores whose unit nobody has said."""

    def report(self, counts: FileCounts, state: FileState) -> FileReport:
        """Return what became of it.

        Args:
            counts: What it brought.
            state: Whether it is in the database.
        """
        return FileReport(
            file=self.file.found.name,
            state=state,
            importer=self.file.importer.name,
            n_runs=counts.n_runs,
            n_scores=counts.n_scores,
            n_outcomes=counts.n_outcomes,
            n_repeated=counts.n_repeated,
            n_new_names=len(self.names),
            message=_without_unit(self.n_without_unit),
        )


@dataclass(slots=True)
class WaitingFiles:
    """Complete files that will share a transaction."""

    rows: FileRows = field(default_factory=FileRows)
    files: list[WaitingFile] = field(default_factory=list)
    n_bytes: int = 0
    """Size of the files."""
    _observed: set[int] = field(default_factory=set)

    def hold_runs_of(self, rows: FileRows) -> bool:
        """Return whether they have outcomes of a run that other rows have outcomes of, too.

        Two attempts at an item in two files are no more than one file's: the later is held against what the earlier brought.

        Args:
            rows: Rows of one more file.
        """
        return not self._observed.isdisjoint(_observed(rows))

    def add(self, waiting: WaitingFile, rows: FileRows) -> None:
        """Take in a file.

        Args:
            waiting: The file.
            rows: Its rows.
        """
        self.files.append(waiting)
        self.rows.merge(rows)
        self.n_bytes += waiting.file.hashed.n_bytes
        self._observed |= _observed(rows)


def _observed(rows: FileRows) -> set[int]:
    return {run_id for part in rows.outcomes for run_id in part.groups[:, 0].tolist()}


def kept_name(name: str, base: Path | None, home: Path) -> str:
    """Return the name by which an import keeps its file: below a folder, below the user's own, or as it was given.

    Args:
        name: As it was given.
        base: Folder that names are kept relative to.
        home: The user's own folder, which is written "~".
    """
    root = f"{home if base is None else base}/"
    if not (name.startswith(".") or "/." in name or "//" in name):  # nothing for `Path` to tidy up
        if name.startswith(root):
            return f"{'~/' if base is None else ''}{name.removeprefix(root)}"
        if base is None:
            return name
    path = Path(name)
    if base is not None:
        return str(path.relative_to(base))
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)


def pieces(flattener: Flattener, rest: Iterator[None], is_piece: Callable[[FileRows, int], bool]) -> Iterator[bool]:
    """Yield whenever the flattener holds a piece to write: False after each full one, True at the end of the file.

    Args:
        flattener: Holds what has been read of a large file.
        rest: Reads on.
        is_piece: Whether rows, or the items that are new with them, are enough to be written.
    """
    yield False
    for _step in rest:
        if is_piece(flattener.out, flattener.numbering.n_pending):
            yield False
    yield True


def _without_unit(n_scores: int) -> str | None:
    if not n_scores:
        return None
    scores = "1 score states" if n_scores == 1 else f"{n_scores} scores state"
    return f"{scores} no unit, so that only history shows them; if you know it, import again with --score-unit percent or fraction"
