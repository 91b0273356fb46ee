"""What keeps a database trustworthy: taking imports back, copies of the whole, checks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from benchdb.ingest.undo import UndoReport


class Keeping:
    """What keeps a database trustworthy: taking imports back, copies of the whole."""

    engine: Engine

    def undo(self, ingest: str | int, *, by: str, reason: str = "a person says so", redo: bool = False) -> UndoReport:
        """Return what became of an import after it was taken back: nothing is deleted, what it alone brought counts no more.

        Questions as of a moment before still count it. What another complete import states as well goes on to count.
        Importing the file again takes the undoing back, as `redo` does.

        Args:
            ingest: Key of the import, name of its file, or the beginning of the hash of the file's bytes.
            by: Who decides.
            reason: Why.
            redo: Take an earlier undoing back instead.

        Raises:
            UnknownNameError: If there is no such import.
            AmbiguousQueryError: If there are several.
            ConfigError: If it is undone already, or is not; or brought names of the catalogue and no claims.
        """
        from benchdb.ingest.decisions import Decision
        from benchdb.ingest.undo import undo

        return undo(self.engine, str(ingest), Decision(by=by, reason=reason, at=datetime.now(UTC)), redo=redo)
