"""What files are, from memory: those that stand as they did when they were read last need not be opened again."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from benchdb.errors import IngestError
from benchdb.ingest.archive_files import SEPARATOR
from benchdb.ingest.files import unsettled
from benchdb.ingest.identity import IngestFile, ReadAlong, is_opened, named_by
from benchdb.ingest.importer import importers
from benchdb.ingest.remembered import Known
from benchdb.ingest.unchanged import recall_hash, settled_standing
from benchdb.schema.keys import text_key
from benchdb.version import __version__

if TYPE_CHECKING:
    from benchdb.ingest.files import FoundFile
    from benchdb.ingest.importer import Importer, ReadOptions
    from benchdb.ingest.remembered import Remembered


class UnsettledError(IngestError):
    """Somebody wrote to the file a moment ago, so that it is not read yet."""


class Recall:
    """What is remembered of files, for one way of reading them.

    Args:
        memory: What is remembered.
        chosen: The importer to use for every file, if one was named.
        options: What the user says about the files.
        settle_s: Seconds for which a file must have been left alone.
    """

    def __init__(
        self, memory: Remembered, chosen: Importer | None, options: ReadOptions, settle_s: float = 0.0
    ) -> None:
        self._memory = memory
        self.chosen = chosen
        self.options = options
        self._settle_s = settle_s
        self._last: tuple[FoundFile | None, IngestFile | ReadAlong | None] = (None, None)

    def is_opened(self, found: FoundFile) -> bool:
        """Return whether a file is an archive that no importer reads as it is.

        Args:
            found: The file.
        """
        try:
            self._last = (found, self._find(found))
        except OSError:
            return False
        return self._last[1] is None and is_opened(found.path, self.chosen)

    def find(self, found: FoundFile) -> IngestFile | ReadAlong | None:
        """Return what a file is, or None if it has to be read to know.

        Args:
            found: The file.
        """
        last, file = self._last
        return file if last is found else self._find(found)

    def _find(self, found: FoundFile) -> IngestFile | ReadAlong | None:
        if SEPARATOR in found.name:  # unpacked anew each time
            return None
        known = self._memory.look_up(found.path, self._asked(found))
        importer = None if known is None else self._importers.get(known.importer)
        if known is None or importer is None:
            return None
        if known.sha256 is None:
            return ReadAlong(owner=importer) if settled_standing(found.path) == known.standing else None
        paths = (found.path, *importer.companions(found.path))
        hashed = recall_hash(paths, known.sha256, known.n_bytes, known.standing)
        return None if hashed is None else named_by(found, importer, hashed, self.options)

    def learn(self, found: FoundFile, file: IngestFile | ReadAlong) -> None:
        """Keep what a file proved to be, unless it changed so shortly before that another change might not show.

        Args:
            found: The file.
            file: What it is.
        """
        if SEPARATOR in found.name:
            return
        if isinstance(file, IngestFile):
            standing = None if file.hashed.is_fresh else file.hashed.standing
            importer, sha256, n_bytes = file.importer, file.hashed.sha256, file.hashed.n_bytes
        else:
            standing = settled_standing(found.path)
            importer, sha256, n_bytes = file.owner, None, 0
        if standing is not None:
            known = Known(importer=importer.name, sha256=sha256, n_bytes=n_bytes, standing=standing)
            self._memory.learn(found.path, self._asked(found), known)

    def require_settled(self, found: FoundFile, file: IngestFile | ReadAlong) -> None:
        """Do nothing if nobody has written to a file or its companions for as long as was asked.

        Args:
            found: The file.
            file: What it is.

        Raises:
            UnsettledError: If somebody has.
        """
        if self._settle_s and isinstance(file, IngestFile) and SEPARATOR not in found.name:
            for path in file.hashed.paths:
                if reason := unsettled(path.stat(), self._settle_s):
                    raise UnsettledError(f"{path}: {reason}")

    @cached_property
    def _importers(self) -> dict[str, Importer]:
        return {importer.name: importer for importer in importers()}

    @cached_property
    def _registry(self) -> str:
        """Everything that recognising a file depends on but the file and how it was named."""
        chosen = "" if self.chosen is None else self.chosen.name
        known = ",".join(f"{importer.name} {importer.version}" for importer in importers())
        return f"{text_key('registry', __version__, chosen, known):x}"

    def _asked(self, found: FoundFile) -> str:
        return (
            f"{self._registry}{'n' if found.is_named else ''}{'c' if found.is_named and self.options.columns else ''}"
        )
