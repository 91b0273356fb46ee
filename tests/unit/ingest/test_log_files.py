"""Reading JSON piece by piece, zips of three compressions, and settings out of nested JSON."""

from __future__ import annotations

import io
import json
import math
import zipfile
import zlib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchdb.errors import BenchdbError, MalformedFileError
from benchdb.ingest import contents
from benchdb.ingest.logs import archive as archive_module
from benchdb.ingest.logs import fields, json_files, json_pieces, json_text
from benchdb.ingest.logs.archive import Archive

DATA = Path(__file__).parents[2] / "data"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda each: st.lists(each, max_size=4) | st.dictionaries(st.text(max_size=4), each, max_size=4),
    max_leaves=12,
)


def gather(path: Path, array: str = "samples") -> dict[str, Any]:
    """Return an object read member by member, its array put together again."""
    found: dict[str, Any] = {}
    for name, value in json_files.members(path, array):
        if name == array:
            found.setdefault(name, []).append(value)
        else:
            found[name] = value
    return found


TEXT = st.dictionaries(st.text(max_size=4), JSON, max_size=4).map(json.dumps)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    data=st.dictionaries(st.text(max_size=4), JSON, max_size=4),
    samples=st.lists(JSON, min_size=1, max_size=4),
    indent=st.sampled_from([None, 1]),
    piece=st.integers(1, 40),
    at_once=st.sampled_from([0, contents.AT_ONCE]),
)
def test_pieces_make_the_whole(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    data: dict[str, Any],
    samples: list[Any],
    indent: int | None,
    piece: int,
    at_once: int,
) -> None:
    """An object read in pieces of any size, or as a whole where it is small, is what the standard library reads."""
    monkeypatch.setattr(json_pieces, "PIECE", piece)
    monkeypatch.setattr(contents, "AT_ONCE", at_once)
    whole = {**data, "samples": samples}
    path = tmp_path / "a.json"
    path.write_text(json.dumps(whole, indent=indent), encoding="utf-8")
    assert gather(path) == whole


@settings(max_examples=300)
@given(text=TEXT, noise=st.binary(max_size=3), at=st.integers(0, 400), n_lost=st.integers(0, 3))
def test_what_is_not_parsed_is_checked(text: str, noise: bytes, at: int, n_lost: int) -> None:
    """A text that the fast check lets through is JSON, with the same members, for the standard library as well."""
    whole = text.encode()
    data = whole[:at] + noise + whole[at + n_lost :]
    found = json_text.unparsed_members(data)
    if found is not None:
        assert {name: json.loads(bytes(each)) for name, each in found.items()} == json.loads(data)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(text=st.text(alphabet='{}[],:"0123456789. ntrue\\u-', max_size=30))
def test_any_text_is_an_object_or_an_error(tmp_path: Path, text: str) -> None:
    """Whatever a file holds, it is read as the standard library reads it or ends in an error of ours."""
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")
    try:
        found = gather(path, "none")
    except BenchdbError:
        with pytest.raises((ValueError, AssertionError)):
            assert isinstance(json.loads(text), dict)
    else:
        assert found == json.loads(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "expected '{', found the end of the file"),
        ("[1]", "expected '{', found '['"),
        ("{1: 2}", "expected the name of a member, found 1"),
        ('{"a": 1} x', "expected the end of the file, found 'x'"),
        ('{"a": 1 "b": 2}', "expected ',' or '}', found '\"'"),
        ('{"a": [1, ', "expected JSON, found text that is not"),
        ('{"samples": [1 2]}', "expected ',' or ']', found '2'"),
        ('{"a": ' + "9" * 5000 + "}", "a number of 5,000 digits"),
        ('{"a": ' + "[" * 200_000, "expected JSON"),
    ],
)
def test_what_is_no_json_is_said(tmp_path: Path, text: str, said: str) -> None:
    """The message names the file, what was found and what was expected."""
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MalformedFileError) as caught:
        gather(path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)


def test_empty_objects_and_arrays(tmp_path: Path) -> None:
    """Nothing in them is nothing to yield; a member that is no array is yielded whole."""
    path = tmp_path / "a.json"
    path.write_text("{ }")
    assert gather(path) == {}
    path.write_text('{"samples": [ ], "b": 1}')
    assert gather(path) == {"b": 1}
    path.write_text('{"samples": null}')
    assert gather(path) == {"samples": [None]}
    assert list(json_files.elements(io.StringIO("[ ]"), "a", "b")) == []


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 are refused; a byte-order mark is not a part of the text."""
    path = tmp_path / "a.json"
    path.write_bytes(b'\xef\xbb\xbf{"a": 1}')
    assert gather(path) == {"a": 1}
    assert json_text.parse(path.read_bytes(), "a") == {"a": 1}
    path.write_bytes(b'{"a": "\xff"}')
    with pytest.raises(MalformedFileError, match="UTF-8"):
        gather(path)


def test_a_small_object_with_bare_nan_is_read_in_pieces(tmp_path: Path) -> None:
    """What the fast parser refuses the lenient one reads: NaN, and halves of characters outside the basic plane."""
    path = tmp_path / "a.json"
    path.write_text('{"samples": [NaN, "\\ud83d"], "b": 1}')
    found = gather(path)
    assert math.isnan(found["samples"][0])
    assert found == {"samples": [found["samples"][0], "\ud83d"], "b": 1}
    assert json_files.small_array(b"[NaN]") is None
    assert json_files.small_array(b"{}") is None
    assert json_files.small_array(b"\xef\xbb\xbf[1, null]") == [1, None]


def test_bare_nan_is_accepted() -> None:
    """NaN and infinities, which Python writes though JSON has none, are read; other words are not."""
    found = json_text.parse_object(b'{"a": NaN, "b": -Infinity}', "f")
    assert math.isnan(found["a"])
    assert found["b"] == -math.inf
    with pytest.raises(MalformedFileError, match="f, here: expected JSON"):
        json_text.parse("{nan}", "f", "here")
    with pytest.raises(MalformedFileError, match="f: expected a JSON object, found list"):
        json_text.parse_object("[]", "f")


def test_lines_are_counted_from_one(tmp_path: Path) -> None:
    """Blank lines are passed over and still counted."""
    path = tmp_path / "a.jsonl"
    path.write_text('{"a": 1}\n\n{"a": 2}\n')
    assert list(json_text.lines(path)) == [(1, {"a": 1}), (3, {"a": 2})]
    path.write_text('{"a": 1}\n[2]\n')
    with pytest.raises(MalformedFileError, match="line 2: expected a JSON object, found list"):
        list(json_text.lines(path))


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
def test_members_of_any_compression(tmp_path: Path, compression: int) -> None:
    """A member's bytes and text are what was put in; a member that is not there is None."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", compression=compression) as new:
        new.writestr("a.txt", "ä" * 1000)
    archive = Archive(path)
    assert archive.read("a.txt") == ("ä" * 1000).encode()
    with archive.text("a.txt") as text:
        assert text.read() == "ä" * 1000
    assert (archive.names(), archive.read("b.txt")) == (["a.txt"], None)


def test_zstandard_members() -> None:
    """Members that `zipfile` of this Python may not know are read, as many bytes as the directory states, with its checksum."""
    path = next(DATA.glob("inspect/0.3.285/*toy-quiz*"))
    archive = Archive(path)
    with zipfile.ZipFile(path) as directory:
        members = directory.infolist()
    assert {info.compress_type for info in members} == {93}
    for info in members:
        found = archive.read(info.filename) or b""
        assert (len(found), zlib.crc32(found)) == (info.file_size, info.CRC)


@pytest.mark.parametrize("at_once", [0, contents.AT_ONCE])
def test_small_members_are_read_like_large_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    """A member gives the same bytes or the same error whether it is unpacked at once or piece by piece."""
    monkeypatch.setattr(archive_module, "AT_ONCE", at_once)
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as new:
        new.writestr("stored.txt", b"abc" * 50)
        new.writestr("deflated.txt", b"abc" * 500, compress_type=zipfile.ZIP_DEFLATED)
        new.writestr("squeezed.txt", b"abc" * 500, compress_type=zipfile.ZIP_BZIP2)
        new.writestr("empty.txt", b"")
    archive = Archive(path)
    assert archive.is_small("stored.txt") is (at_once > 0)
    assert archive.read("stored.txt") == b"abc" * 50
    assert archive.read("deflated.txt") == archive.read("squeezed.txt") == b"abc" * 500
    assert archive.read("empty.txt") == b""
    whole = path.read_bytes()
    # The directory claims one byte less than the member holds.
    at = whole.rindex(b"deflated.txt") - 46 + 24
    path.write_bytes(whole[:at] + (1499).to_bytes(4, "little") + whole[at + 4 :])
    with pytest.raises(MalformedFileError, match=r"deflated\.txt: expected a whole one, found a broken member"):
        Archive(path).read("deflated.txt")
    assert Archive(path).read("stored.txt") == b"abc" * 50


def test_zips_that_are_broken(tmp_path: Path) -> None:
    """A file that is no zip, a member that was changed and text that is no UTF-8 are errors that name the place."""
    path = tmp_path / "a.zip"
    path.write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(MalformedFileError, match="a broken zip file"):
        Archive(path)
    with zipfile.ZipFile(path, "w") as new:
        new.writestr("a.txt", b"\xff\xfe")
    with pytest.raises(MalformedFileError, match=r"a\.txt: expected UTF-8 text"), Archive(path).text("a.txt") as text:
        text.read()
    path.write_bytes(path.read_bytes().replace(b"\xff\xfe", b"ab"))
    with pytest.raises(MalformedFileError, match=r"a\.txt: expected a whole one, found a broken member"):
        Archive(path).read("a.txt")


@pytest.mark.parametrize(
    ("convert", "value", "expected"),
    [
        (fields.text, "a ", "a"), (fields.text, 3, "3"), (fields.text, " ", None), (fields.text, True, None), (fields.text, [], None),
        (fields.number, "0.5", 0.5), (fields.number, "x", None), (fields.number, math.inf, None), (fields.number, False, None),
        (fields.number, 10**400, None), (fields.count, 3.0, 3), (fields.count, 3.5, None), (fields.count, -1, None),
        (fields.positive, 0, None), (fields.positive, "4", 4), (fields.integer, -4, -4), (fields.integer, 2**64, None),
        (fields.integer, True, None), (fields.integer, "4", None),
        (fields.moment, "2025-01-02T03:04:05+01:00", datetime(2025, 1, 2, 2, 4, 5, tzinfo=UTC)),
        (fields.moment, "2025-01-02T03:04:05", None), (fields.moment, "soon", None), (fields.moment, 3, None),
        (fields.unix_moment, 0, datetime(1970, 1, 1, tzinfo=UTC)), (fields.unix_moment, 1e20, None), (fields.unix_moment, "x", None),
        (fields.day, "2025-01-02", date(2025, 1, 2)), (fields.day, " 2025-01-02T23:00:00Z", date(2025, 1, 2)),
        (fields.day, "spring", None), (fields.day, 20250102, None),
    ],
)  # fmt: skip
def test_values_are_taken_or_unknown(convert: fields.Converter, value: object, expected: object) -> None:
    """A value of another kind than expected is unknown, never guessed."""
    assert convert(value) == expected


def test_the_first_place_that_says_something_counts() -> None:
    """Places are asked in order; one that is null or of another kind is passed over; without any the field is None."""
    table: fields.Table = {"a": (("x.y", fields.count), ("z", fields.count)), "b": (("x.none.y", fields.text),)}
    assert fields.collect({"x": {"y": None}, "z": 3}, table) == {"a": 3, "b": None}
    assert fields.collect({"x": {"y": 0}, "z": 3}, table) == {"a": 0, "b": None}
    assert fields.object_at({"x": [1]}, "x") == {}


def test_secrets_are_left_out() -> None:
    """Members that hold keys and passwords go, at any depth; those that count tokens stay."""
    data = {
        "api_key": "a",
        "apikey": "b",
        "hf_token": "c",
        "nested": [{"password": "d", "max_tokens": 8, "input_tokens": 3}],
    }
    assert fields.without_secrets(data) == {"nested": [{"max_tokens": 8, "input_tokens": 3}]}
