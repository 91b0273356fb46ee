"""What the coverage-guided run calls with each input: one file of an importer's read, and what is wrong with it kept.

An input is two bytes and a file: which of the importer's real files it stands in for, which part of that one (the file, or one of
those that are read with it), and the bytes to read there. `tests.reliability.guided` imports this module, and with it the importers, while atheris
rewrites them.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections import Counter
from random import Random
from typing import TYPE_CHECKING, Any

from tests.reliability.mutations import mutate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.reliability.corpus import Base
    from tests.reliability.trial import Laboratory, Verdict

HEAD = 2
"""Bytes of an input before those of its file."""
LONGEST = 20_000
"""Bytes of the largest file that an input begins from, if there is one as small."""
_SHARE_OURS = 0.7
_MOST = 256
_PLACE = re.compile(r'File "[^"]*?([^/"]+/[^/"]+)", line (\d+)')

_NUMBER = re.compile(r"\d[\d,.]*")


class Target:
    """One importer's reading of inputs, in a form that atheris calls."""

    def __init__(self, laboratory: Laboratory, importer: str, bases: list[Base], keep: Path) -> None:
        self._laboratory = laboratory
        self._importer = importer
        self._bases = [base for base in bases if base.n_bytes <= LONGEST][:_MOST] or bases[:1]
        self._words = [laboratory.words_for(base, importer) for base in self._bases]
        self._keep = keep
        self._folder = laboratory.folder / "case"
        self.states = Counter[str]()
        self._sizes: dict[str, int] = {}

    def seeds(self) -> Iterator[bytes]:
        """Yield the inputs that stand for the real files, each with the files that are read with it."""
        for number, base in enumerate(self._bases):
            for part, path in enumerate((base.path, *base.companions)):
                if part < _MOST and (data := path.read_bytes()):
                    yield bytes((number, part)) + data

    def lay_out(self, data: bytes) -> Path:
        """Return the file to read after writing what an input stands for to an empty folder.

        Args:
            data: The input.
        """
        base, changed = self._base(data)
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir()
        path = base.lay_out(self._folder)
        (self._folder / changed.relative_to(base.root)).write_bytes(data[HEAD:])
        return path

    def read(self, data: bytes) -> Verdict:
        """Return how an input ends.

        Args:
            data: The input.
        """
        path = self.lay_out(data)
        return self._laboratory.read(path, self._importer, self._words[self._number(data)])

    def close(self) -> None:
        """Remove what was written."""
        self._laboratory.close()

    def try_input(self, data: bytes) -> dict[str, Any] | None:
        """Return the fault of an input, its files kept, if it is the first of its kind or smaller than those before.

        Args:
            data: The input.
        """
        if len(data) < HEAD:
            return None
        verdict = self.read(data)
        self.states[verdict.state] += 1
        if verdict.state != "fault":
            return None
        kind = kind_of(verdict.detail)
        if len(data) >= self._sizes.get(kind, len(data) + 1):
            return None
        is_new = kind not in self._sizes
        self._sizes[kind] = len(data)
        folder = self._keep / f"{self._importer}-{list(self._sizes).index(kind)}"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self._folder, folder / "files")
        base, _changed = self._base(data)
        (folder / "input").write_bytes(data)
        return {
            "importer": self._importer,
            "is_new": is_new,
            "detail": verdict.detail,
            "file": str(folder / "files" / base.path.relative_to(base.root)),
            "words": self._words[self._number(data)].arguments(),
            "input": str(folder / "input"),
        }

    def change(self, data: bytes, longest: int, seed: int, otherwise: Callable[[bytes, int], bytes]) -> bytes:
        """Return another input: its structure changed as in the long run, or its bytes as libFuzzer does it.

        Args:
            data: An input.
            longest: Bytes that the new one may have.
            seed: Of every choice.
            otherwise: Changes bytes, up to a length.
        """
        rng = Random(seed)
        if len(data) <= HEAD or rng.random() >= _SHARE_OURS:
            return data[:HEAD] + otherwise(data[HEAD:], longest - HEAD)
        _base, changed = self._base(data)
        donor = rng.choice(self._bases).path.read_bytes()
        _what, found = mutate(rng, data[HEAD:], changed.name, donor)
        return data[:HEAD] + found[: longest - HEAD]

    def _number(self, data: bytes) -> int:
        return data[0] % len(self._bases)

    def _base(self, data: bytes) -> tuple[Base, Path]:
        base = self._bases[self._number(data)]
        files = (base.path, *base.companions)
        return base, files[data[1] % len(files)]


def kind_of(detail: str) -> str:
    """Return what faults of one cause have in common: the first words of the message and the line that raised it.

    Args:
        detail: What is said of a fault.
    """
    places = _PLACE.findall(detail)
    words = _NUMBER.sub("N", detail.partition(":")[0][:80])
    return " ".join((words, *(places[-1] if places else ())))


def run(atheris: Any, options: dict[str, Any], target: Target) -> None:
    """Read inputs until the time is over; the process ends with it.

    Args:
        atheris: The module.
        options: Folder of seeds, file of counts, options of libFuzzer.
        target: What reads them.
    """
    for number, data in enumerate(target.seeds()):
        with open(os.path.join(options["seeds"], str(number)), "wb") as file:  # noqa: PTH118, PTH123
            file.write(data)
    descriptor = os.open(options["counts"], os.O_RDWR | os.O_CREAT)

    def test_one_input(data: bytes) -> None:
        found = target.try_input(data)
        if found is not None:
            print(json.dumps(found), flush=True)
        os.pwrite(descriptor, f"{json.dumps(target.states):<200}".encode(), 0)

    def change(data: bytes, longest: int, seed: int) -> bytes:
        return target.change(data, longest, seed, atheris.Mutate)

    longest = HEAD + max(2 * LONGEST, *(len(data) for data in target.seeds()))
    arguments = ["guided", *options["flags"], f"-max_len={longest}", options["seeds"]]
    atheris.Setup(arguments, test_one_input, custom_mutator=change)
    atheris.Fuzz()
