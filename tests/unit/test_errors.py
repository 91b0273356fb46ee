"""Exceptions: the documented tree is the real one, and every message says where, what and what to do."""

from __future__ import annotations

import inspect
import re

import pytest

from benchdb import errors
from benchdb.errors import (
    BenchdbError,
    DatabaseBusyError,
    DatabaseRevisionError,
    FormatNotRecognisedError,
    MalformedFileError,
    UnknownNameError,
)

_LINE = re.compile(r"^    (?P<indent>[│├└─ ]*)(?P<name>\w+Error)\s+(?P<code>\d+)", re.MULTILINE)


def _documented() -> dict[str, tuple[str, int]]:
    """Return what the module's docstring draws: name → (parent, exit code)."""
    tree: dict[str, tuple[str, int]] = {}
    parents: list[str] = []
    for line in _LINE.finditer(errors.__doc__ or ""):
        depth = len(line["indent"]) // 4
        parents[depth:] = [line["name"]]
        tree[line["name"]] = (parents[depth - 1] if depth else "Exception", int(line["code"]))
    return tree


def _defined() -> dict[str, tuple[str, int]]:
    classes = inspect.getmembers(errors, inspect.isclass)
    return {
        name: (kind.__bases__[0].__name__, kind.exit_code) for name, kind in classes if issubclass(kind, BenchdbError)
    }


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    """Every exception stands in the drawing, below its base and with its exit code, and nothing else does."""
    assert _documented() == _defined()


def test_every_exit_code_is_a_documented_one() -> None:
    """The data were at fault (1), the call was (2), the database was (3), or a statement took too much (4)."""
    assert {code for _parent, code in _defined().values()} == {1, 2, 3, 4}


def test_everything_is_a_benchdb_error() -> None:
    """One except clause catches whatever benchdb raises on purpose."""
    assert all(issubclass(getattr(errors, name), BenchdbError) for name in _documented())


def test_busy_names_file_time_holder_and_remedy() -> None:
    """The message of a busy file says which, how long it waited, for whom, and what to do."""
    text = str(DatabaseBusyError.from_holder("/data/x.duckdb", 10.4, "python3.11, process 42"))
    for part in ("/data/x.duckdb", "10 s", "python3.11, process 42", "--wait SECONDS"):
        assert part in text


@pytest.mark.parametrize(
    ("found", "remedy"),
    [(None, "benchdb db init"), ("0001", "benchdb db upgrade"), ("0009", "Install a newer benchdb")],
)
def test_a_wrong_revision_names_the_way_out(found: str | None, remedy: str) -> None:
    """No schema, an older one and a newer one each have a remedy of their own."""
    text = str(DatabaseRevisionError.from_revisions("x.duckdb", found, "0003"))
    assert text.startswith("x.duckdb")
    assert remedy in text
    assert found is None or found in text


def test_an_unrecognised_file_names_what_was_tried() -> None:
    """The importers asked are listed in order of name, and one is offered."""
    text = str(FormatNotRecognisedError.from_tried("x.bin", ["table", "inspect"]))
    assert text == "x.bin: no importer recognises this file (tried inspect, table). Name one: --from inspect"


def test_a_malformed_file_names_the_place() -> None:
    """File, place, found and expected all stand in the message; without a place only the comma goes."""
    assert (
        str(MalformedFileError.at("x.csv", "line 3", '"n.a."', "a number"))
        == 'x.csv, line 3: expected a number, found "n.a."'
    )
    assert str(MalformedFileError.at("x.csv", "", "no rows", "one")) == "x.csv: expected one, found no rows"


def test_an_unknown_name_suggests_or_lists() -> None:
    """Near names are suggested where there are any, and the list is always pointed to."""
    text = str(UnknownNameError.from_suggestions("model", "gpt4o", ["openai/gpt-4o", "openai/gpt-4"]))
    assert text == 'Model "gpt4o" is unknown. Did you mean openai/gpt-4o, openai/gpt-4? List them: benchdb list models'
    assert "Did you mean" not in str(UnknownNameError.from_suggestions("model", "x", []))
