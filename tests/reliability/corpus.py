"""The real files that are made bad, by importer: those of `tests/data`, and those beside the checkout where they are there."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchdb.errors import BenchdbError
from benchdb.ingest.importer import importers, recognise

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

REPOSITORY = Path(__file__).resolve().parents[2]
ROOTS = (REPOSITORY / "tests" / "data", (REPOSITORY.parent / "shared" / "samples").resolve())
LARGEST = 300_000
"""Bytes of the largest file that is taken: what a parser does wrong it does with small files, and there are more of them a second."""
ARCHIVES = "archives"
"""Stands for an importer's name where archives of files are made bad."""


@dataclass(frozen=True, slots=True)
class Base:
    """A real file with what is read along with it."""

    root: Path
    """Folder that the paths are relative to."""
    path: Path
    """The file."""
    companions: tuple[Path, ...]
    """Files that its importer reads with it."""
    n_bytes: int
    """Size of the file."""

    def lay_out(self, folder: Path) -> Path:
        """Return where the file is after copying it and its companions to a folder, under the same relative paths.

        Args:
            folder: An existing folder.
        """
        for each in (self.path, *self.companions):
            target = folder / each.relative_to(self.root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(each, target)
        return folder / self.path.relative_to(self.root)


def collect() -> dict[str, list[Base]]:
    """Return the files of each importer, smallest first; every importer has some."""
    found: dict[str, list[Base]] = {importer.name: [] for importer in importers()}
    for root in ROOTS:
        for path in sorted(each for each in root.rglob("*") if each.is_file()):
            if not 0 < path.stat().st_size <= LARGEST:
                continue
            try:
                importer = recognise(path)
            except BenchdbError:
                continue
            companions = [Path(each).resolve() for each in importer.companions(path)]
            if sum(each.stat().st_size for each in companions) <= LARGEST:
                found[importer.name].append(Base(root, path, tuple(companions), path.stat().st_size))
    for bases in found.values():
        bases.sort(key=lambda base: (base.n_bytes, str(base.path)))
    return found


def choose(rng: Random, bases: list[Base]) -> Base:
    """Return one of an importer's files, small ones more often.

    Args:
        rng: Source of the choice.
        bases: The files.
    """
    weights = [1 / (4_000 + base.n_bytes) for base in bases]
    return rng.choices(bases, weights)[0]


def cuts(bases: list[Base]) -> Iterator[tuple[Base, int]]:
    """Yield every length that the smallest file of an importer can be cut to.

    Args:
        bases: The importer's files, smallest first.
    """
    for base in bases[:1]:
        yield from ((base, length) for length in range(base.n_bytes))
