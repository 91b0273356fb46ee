"""Every value of every kind of file replaced by one of another kind, in turn: `python -m tests.reliability.every_value`.

Nothing is left to chance: each place of a tree (the elements of one list are one place, the first and the last of them) is given
each value of `VALUES`, or is removed, in the smallest real file of the importer that has the place. Each file ends in records or one
clear error, as in `tests.reliability.fuzz`, or it is a fault.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import tempfile
import zipfile
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import yaml

from tests.reliability.corpus import Base, collect
from tests.reliability.mutations import RAW, RAW_SIGN, to_json
from tests.reliability.trial import Laboratory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Place: TypeAlias = tuple[str | int, ...]
    Kind: TypeAlias = tuple[str, ...]


def raw(text: str) -> str:
    """Return what stands for one of the texts of `RAW` until the tree is written: values that Python does not write, or not so.

    Args:
        text: The text.
    """
    return f"@@RAW{RAW.index(text)}@@"


HALF = raw(r'"\ud800"')
"""Half of a pair of code units, which is no character."""
VALUES: tuple[object, ...] = (
    None, True, 0, -1, 1.5, 10**30, 1e308, "", "x", "12%", "2025-13-45", "a\x00b", "\n", [], {}, [None], [1], ["a"], [[]], [{}], {"a": 1}, {"": None}, {"a": []},
    raw("NaN"), raw("1e400"), raw("9" * 400), HALF, {HALF: 1},
)  # fmt: skip
"""What stands in each place in turn."""
LARGEST = 40_000
"""Bytes of the largest file that is taken, if an importer has smaller ones: its places are what counts."""
MOST_KEYS = 30
"""Keys of one object that are places of their own: more are names of models or items, of which the first stand for all."""


@dataclass(frozen=True, slots=True)
class Document:
    """One tree of a real file, which can be written again with the rest of the file."""

    base: Base
    path: Path
    """Which of the base's files holds it."""
    tree: Any
    write: Callable[[Any], bytes]
    """Returns the bytes of that file for a tree."""


def documents(base: Base) -> Iterator[Document]:
    """Yield the trees of a real file and of those that are read along with it.

    Args:
        base: The file.
    """
    for path in (base.path, *base.companions):
        with suppress(ValueError, yaml.YAMLError, zipfile.BadZipFile, NotImplementedError):
            for tree, write in _trees(path.read_bytes(), path.name):
                yield Document(base, path, tree, write)


def _trees(data: bytes, name: str) -> Iterator[tuple[Any, Callable[[Any], bytes]]]:
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {info.filename: archive.read(info) for info in archive.infolist()}
        for member, content in members.items():
            for tree, write in _trees(content, member):
                yield tree, partial(_in_zip, members, member, write)
    elif name.endswith((".yml", ".yaml")):
        yield yaml.safe_load(data), to_json
    elif data.lstrip(b"\xef\xbb\xbf \r\n")[:1] in {b"{", b"["}:
        try:
            yield json.loads(data.decode("utf-8-sig")), to_json
        except json.JSONDecodeError:
            lines = data.splitlines()
            for at in dict.fromkeys((0, len(lines) - 1)):
                yield json.loads(lines[at]), partial(_in_lines, lines, at)


def _in_lines(lines: list[bytes], at: int, tree: Any) -> bytes:
    return b"\n".join([*lines[:at], to_json(tree), *lines[at + 1 :]])


def _in_zip(members: dict[str, bytes], name: str, write: Callable[[Any], bytes], tree: Any) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for each, content in {**members, name: write(tree)}.items():
            archive.writestr(each, content)
    return buffer.getvalue()


def places(tree: Any, place: Place = (), kind: Kind = ()) -> Iterator[tuple[Place, Kind]]:
    """Yield the places of a tree, and for each what it is one of: its keys, with one sign for all elements of a list.

    Args:
        tree: The tree.
        place: Where it stands.
        kind: What that is one of.
    """
    yield place, kind
    if isinstance(tree, dict):
        for key in list(tree)[:MOST_KEYS]:
            yield from places(tree[key], (*place, key), (*kind, str(key)))
    elif isinstance(tree, list):
        for at in sorted({0, len(tree) - 1} & set(range(len(tree)))):
            yield from places(tree[at], (*place, at), (*kind, "[]"))


def changed(document: Document, place: Place, values: Sequence[object]) -> Iterator[tuple[str, bytes]]:
    """Yield what stands in a place and the bytes of the file with it; at last nothing stands there.

    Args:
        document: The document; it is as it was afterwards.
        place: The place.
        values: What stands there in turn.
    """
    holder: Any = [document.tree]
    parent: Any = holder
    key: Any = 0
    for step in place:
        parent, key = parent[key], step
    kept = parent[key]
    try:
        for value in values:
            parent[key] = value
            yield _said(value), document.write(holder[0])
    finally:
        parent[key] = kept
    if place:
        parts = list(parent.items()) if isinstance(parent, dict) else list(parent)
        del parent[key]
        try:
            yield "nothing", document.write(holder[0])
        finally:
            parent.clear()
            parent.update(parts) if isinstance(parent, dict) else parent.extend(parts)


def _said(value: object) -> str:
    return RAW_SIGN.sub(lambda match: RAW[int(match[1])][:20], json.dumps(value))


def sweep(
    laboratory: Laboratory, name: str, bases: Sequence[Base], values: Sequence[object] = VALUES
) -> Iterator[tuple[str, str, Path, bytes]]:
    """Yield for each file of an importer how it ends, what was done, where it lies and what it holds.

    Args:
        laboratory: Where files are read.
        name: Name of the importer.
        bases: Its real files, smallest first.
        values: What stands in each place in turn.
    """
    seen: set[tuple[str, Kind]] = set()
    for base in [base for base in bases if base.n_bytes <= LARGEST] or bases[:1]:
        words = laboratory.words_for(base, name)
        for document in documents(base):
            ending = document.path.suffix
            for place, kind in places(document.tree):
                if (ending, kind) in seen:
                    continue
                seen.add((ending, kind))
                for said, data in changed(document, place, values):
                    path = base.lay_out(laboratory.folder / "value")
                    (laboratory.folder / "value" / document.path.relative_to(base.root)).write_bytes(data)
                    verdict = laboratory.read(path, name, words)
                    told = verdict.detail if verdict.state == "fault" else ""
                    yield verdict.state, f"{document.path.name}: {said} at {list(place)}\n{told}", path, data


def main() -> int:
    """Read all files of all importers and print the figures; the exit code is 1 if there was a fault."""
    from benchdb.api import connect

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--importer", action="append", help="only this importer; may be repeated")
    parser.add_argument(
        "--keep",
        type=Path,
        default=Path(tempfile.gettempdir()) / "benchdb-every-value",
        help="folder for files of faults",
    )
    asked = parser.parse_args()
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # it is a text stream
    found = collect()
    with tempfile.TemporaryDirectory(prefix="benchdb-every-value-") as folder:
        template = Path(folder) / "template.duckdb"
        with connect(template, create=True) as database:
            database.seed()
        laboratory = Laboratory(template)
        lines = [
            (name, _states(laboratory, name, found[name], asked.keep / name))
            for name in asked.importer or sorted(found)
        ]
        laboratory.close()
    total = sum((states for _name, states in lines), Counter[str]())
    print("\n| importer | files | records | error | fault |\n| --- | --: | --: | --: | --: |")
    for name, states in [*lines, ("all", total)]:
        cells = (sum(states.values()), states["records"], states["error"], states["fault"])
        print(f"| {name} | {' | '.join(f'{cell:,}' for cell in cells)} |")
    return 1 if total["fault"] else 0


def _states(laboratory: Laboratory, name: str, bases: list[Base], keep: Path) -> Counter[str]:
    """Return how the files of an importer end; the first fault in each place of our code is printed and its file kept."""
    states = Counter[str]()
    kinds: set[str] = set()
    for state, said, path, data in sweep(laboratory, name, bases):
        states[state] += 1
        kind = said.rstrip().rpartition('File "')[2] if state == "fault" else ""
        if kind and kind not in kinds:
            kinds.add(kind)
            keep.mkdir(parents=True, exist_ok=True)
            target = keep / f"{len(kinds)}{path.suffix}"
            target.write_bytes(data)
            print(f"\nFAULT {name}, the first of its kind: {said}\n  changed file: {target}", flush=True)
    print(f"{name}: {dict(states)}", flush=True)
    return states


if __name__ == "__main__":
    sys.exit(main())
