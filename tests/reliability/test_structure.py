"""Documents of every importer's shape with values of wrong kinds: Hypothesis builds them from real files' trees and tables."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from tests.reliability.corpus import Base, collect
from tests.reliability.mutations import to_json
from tests.reliability.structure import reshape, reshape_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import DrawFn, SearchStrategy

    from tests.reliability.trial import Laboratory

T = TypeVar("T")
N_EXAMPLES = 10
"""Documents of each importer."""
LARGEST = 20_000
"""Bytes of the largest file whose tree is taken: its parts are what counts."""
FILES = {name: [base for base in bases if base.n_bytes <= LARGEST] for name, bases in collect().items()}
"""Importer → its real files."""

_TEXTS = st.text(st.characters(codec=None, exclude_categories=()), max_size=12) | st.sampled_from(
    ["", "NaN", "1e999", "50%", "n/a", "5 ± nan", "pass@0", "a/b", "9" * 400, "2025-13-45", "=1+1", "\x00", "\ud800"]
)
_SCALARS = st.none() | st.booleans() | st.integers() | st.integers(10**18, 10**400) | st.floats() | _TEXTS
VALUES: SearchStrategy[Any] = st.recursive(
    _SCALARS, lambda parts: st.lists(parts, max_size=4) | st.dictionaries(_TEXTS, parts, max_size=4), max_leaves=6
)
"""Values as JSON has them, NaN, infinities, halves of pairs and numbers of hundreds of digits among them."""


class Drawn:
    """What to change of a file's structure, chosen by Hypothesis."""

    def __init__(self, draw: DrawFn) -> None:
        self._draw = draw

    def pick(self, options: Sequence[T], /) -> T:
        """Return one of the options."""
        return options[self._draw(st.integers(0, len(options) - 1))]

    def value(self) -> object:
        """Return a value of any kind."""
        return self._draw(VALUES)


@st.composite
def documents(draw: DrawFn, data: bytes) -> bytes:
    """Build a file from a real one's bytes: JSON, JSON Lines, or a table."""
    choices, text = Drawn(draw), data.decode("utf-8-sig")
    try:
        if text.lstrip()[:1] not in {"{", "["}:
            return _table(choices, text)
        try:
            return to_json(reshape(choices, json.loads(text)))
        except json.JSONDecodeError:
            lines = text.splitlines()
            at = choices.pick([number for number, line in enumerate(lines) if line.strip()])
            changed = to_json(reshape(choices, json.loads(lines[at])))
            return b"\n".join([*map(str.encode, lines[:at]), changed, *map(str.encode, lines[at + 1 :])])
    except (RecursionError, ValueError):  # a document that cannot be written down
        reject()


def _table(choices: Drawn, text: str) -> bytes:
    sign = max(",\t;", key=text.partition("\n")[0].count)
    out = io.StringIO()
    rows = reshape_rows(choices, list(csv.reader(io.StringIO(text), delimiter=sign)))
    csv.writer(out, delimiter=sign, lineterminator="\n").writerows(rows)
    return out.getvalue().encode("utf-8", "surrogatepass")


def _is_built(base: Base) -> bool:
    """Return whether a file is JSON or a table of cells."""
    return base.path.suffix in {".json", ".jsonl", ".csv", ".tsv"} and base.path.read_bytes()[:1] != b"P"


@pytest.mark.parametrize("name", [name for name, bases in sorted(FILES.items()) if any(map(_is_built, bases))])
def test_a_document_of_any_structure_ends_in_records_or_one_error(name: str, laboratory: Laboratory) -> None:
    """Whatever stands where a number, a name or an object is meant to be: no other exception, within 10 s and 1 GiB."""
    bases = [base for base in FILES[name] if _is_built(base)]
    contents = {base.path: base.path.read_bytes() for base in bases}
    words = {base.path: laboratory.words_for(base, name) for base in bases}

    @settings(max_examples=N_EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def read(data: st.DataObject) -> None:
        base = data.draw(st.sampled_from(bases))
        path = base.lay_out(laboratory.folder / "built")
        path.write_bytes(data.draw(documents(contents[base.path])))
        verdict = laboratory.read(path, name, words[base.path])
        assert verdict.state in {"records", "error"}, verdict.detail

    read()
