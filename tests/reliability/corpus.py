"""The real files that are made bad, by importer: those of `tests/data`, and those beside the checkout where they are there."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from benchdb.errors import BenchdbError
from benchdb.ingest.importer import ReadOptions, importers, recognise
from benchdb.schema.vocab import ScoreUnit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from random import Random

REPOSITORY = Path(__file__).resolve().parents[2]
ROOTS = (REPOSITORY / "tests" / "data", (REPOSITORY.parent / "shared" / "samples").resolve())
LARGEST = 300_000
"""Bytes of the largest file that is taken: what a parser does wrong it does with small files, and there are more of them a second."""
ARCHIVES = "archives"
"""Stands for an importer's name where archives of files are made bad."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a user says of a file that does not say it itself."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """Field of ours → "=" and what holds for every row."""
    is_percent: bool = False
    """Whether values without a unit are in percent."""

    def options(self) -> ReadOptions:
        """Return them as importers take them, everything asked for that a file may hold."""
        unit = ScoreUnit.PERCENT if self.is_percent else None
        return ReadOptions(columns=self.columns, score_unit=unit, with_answers=True, all_metrics=True)

    def arguments(self) -> list[str]:
        """Return them as on the command line."""
        mapped = [part for name, value in self.columns.items() for part in ("--map", f"{name}={value}")]
        return [*mapped, *(("--score-unit", "percent") if self.is_percent else ())]


NO_WORDS = Words()
"""Nothing is said."""
_MODEL, _BOARD, _METRIC = {"model": "=maker/said"}, {"benchmark": "=Said 2"}, {"metric": "=accuracy"}
WORDS = (
    NO_WORDS,
    Words(columns=_MODEL),
    Words(columns=_BOARD),
    *(
        Words(columns={**_METRIC, **more, **way, **some}, is_percent=True)
        for way in ({}, {"orientation": "=rows"}, {"orientation": "=columns"})
        for more in ({}, _MODEL, _BOARD, {**_MODEL, **_BOARD})
        for some in ({}, {"table": "=1"}, {"table": "=2"})
    ),
    Words(is_percent=True),
    Words(columns=_MODEL, is_percent=True),
    Words(columns=_BOARD, is_percent=True),
)
"""What may be said; of a real file the first that has it read."""


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
