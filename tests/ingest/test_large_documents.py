"""A large document is read piece by piece and gives what the same document gives as a whole."""

from __future__ import annotations

import codecs
import json
import os
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from benchdb.errors import BenchdbError, FormatNotRecognisedError, MalformedFileError
from benchdb.ingest import contents, plain_text
from benchdb.ingest.conformance import spell
from benchdb.ingest.importer import ReadOptions, importer_named, importers, recognise
from benchdb.ingest.logs import json_files, json_pieces, json_text, livecodebench_board, swebench_maps
from benchdb.ingest.logs.json_pieces import Each, Part
from benchdb.ingest.records import RunRecord
from benchdb.ingest.tables import reading
from tests.reliability.corpus import collect
from tests.reliability.fuzz import Cases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchdb.ingest.importer import Importer
    from benchdb.ingest.logs.json_pieces import Wanted

DATA = Path(__file__).parents[1] / "data"
SAID = {"model": "=acme/toy", "benchmark": "=Toy", "subset": "=complete", "metric": "=accuracy"}
"""What a user would have to say of files that do not name it."""
STREAMED = {
    "alpaca-eval", "bigcodebench", "evalplus", "every-eval-ever", "helm", "inspect", "livecodebench", "llm-stats", "lm-eval",
    "opencompass", "papers-with-code", "simple-evals", "swebench", "table",
}  # fmt: skip
"""Importers of JSON documents."""
N_CUTS = 12
N_BAD = 24


def files() -> Iterator[tuple[Importer, Path]]:
    """Yield every JSON file of the tests that an importer recognises."""
    for path in sorted(DATA.rglob("*.json")):
        try:
            yield recognise(path), path
        except FormatNotRecognisedError:
            continue


def ways(monkeypatch: pytest.MonkeyPatch, importer: Importer, path: Path) -> list[object]:
    """Return what a file gives as a whole and in small pieces: its records, or the error."""
    found: list[object] = []
    for size in (contents.AT_ONCE, -1):
        with monkeypatch.context() as patch:
            patch.setattr(contents, "AT_ONCE", size)
            if size < 0:
                patch.setattr(json_pieces, "PIECE", 61)
                patch.setattr(reading, "_MOST_VALUES", 7)
            found.append(records(importer, path))
    return found


def records(importer: Importer, path: Path) -> object:
    """Return the records of a file as plain values, those of a table in one piece, or the error that it ends in."""
    said: object = None
    for columns in ({}, SAID):
        try:
            return in_one_piece(spell(importer.read(path, ReadOptions(columns=columns, all_metrics=True))))
        except (BenchdbError, RecursionError) as error:
            said = error
    return said


def in_one_piece(found: list[Any]) -> list[Any]:
    """Return records with the pieces of a table put together."""
    if not all(isinstance(each, list) for each in found):
        return found
    return [
        [source, [row for _, rows in same for row in rows]] for source, same in groupby(found, key=lambda each: each[0])
    ]


def test_every_file_gives_the_same_records_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of every file of every importer the records are equal, those of its companions included."""
    read = set()
    for importer, path in files():
        whole, pieces = ways(monkeypatch, importer, path)
        assert str(pieces) == str(whole), path
        if isinstance(whole, list) and whole:
            read.add(importer.name)
    assert read >= STREAMED


def test_a_cut_file_ends_in_an_error_piece_by_piece(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A file cut anywhere is read by both ways or by neither, and companions are found or not found by both."""
    place = tmp_path / "results" / "model"
    place.mkdir(parents=True)
    smallest: dict[str, tuple[Importer, Path]] = {}
    for importer, path in files():
        known = smallest.setdefault(importer.name, (importer, path))
        if path.stat().st_size < known[1].stat().st_size:
            smallest[importer.name] = importer, path
    for importer, path in smallest.values():
        content = path.read_bytes()
        for length in range(1, len(content), max(1, len(content) // N_CUTS)):
            cut = place / path.name
            cut.write_bytes(content[:length])
            whole, pieces = ways(monkeypatch, importer, cut)
            assert isinstance(whole, BenchdbError) == isinstance(pieces, BenchdbError), (path, length, whole, pieces)
            assert list(importer.companions(cut)) == companions_in_pieces(monkeypatch, importer, cut)
            cut.unlink()


def test_a_bad_file_is_read_by_both_ways_or_by_neither(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whatever is done to a real file, its records are the same as a whole and piece by piece, or both end in an error."""
    cases = Cases(77, collect())
    n_read = 0
    for importer in importers():
        for number in range(N_BAD if importer.name in STREAMED else 0):
            case = cases.make(importer.name, number)
            folder = tmp_path / f"{importer.name}-{number}"
            path = case.base.lay_out(folder)
            (folder / case.changed.relative_to(case.base.root)).write_bytes(case.data)
            whole, pieces = ways(monkeypatch, importer, path)
            if isinstance(whole, list) or isinstance(pieces, list):
                assert str(pieces) == str(whole), case
                n_read += 1
    assert n_read > N_BAD


def companions_in_pieces(monkeypatch: pytest.MonkeyPatch, importer: Importer, path: Path) -> list[Path]:
    """Return the companions of a file that is read piece by piece."""
    with monkeypatch.context() as patch:
        patch.setattr(contents, "AT_ONCE", -1)
        patch.setattr(json_pieces, "PIECE", 61)
        return list(importer.companions(path))


@pytest.mark.parametrize(
    "text",
    [
        '{"a": [1, 2}', '{"a": tru}', '{"a": 1,\n "b": }', '{"a": "x\ny"}', '{"a": "\\q"}', '{"a": 1}\n\n  x', '{"a": 1\n "b": 2}',
        '[1,\n2', '{"a"\n: {"b": [1, [2, ]]}}', "{", "[1 2]", '{"a": "' + "x" * 200, '[1, 2]]', '{"a": ' + "[" * 100_000,
    ],
)  # fmt: skip
def test_an_error_is_placed_where_the_whole_is_broken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str
) -> None:
    """The message names the same character of the file as the one about the whole."""
    path = tmp_path / "a.json"
    path.write_text(text)
    said = []
    for size in (contents.AT_ONCE, -1):
        monkeypatch.setattr(contents, "AT_ONCE", size)
        monkeypatch.setattr(json_pieces, "PIECE", 5)
        with pytest.raises(MalformedFileError) as caught:
            json_files.read_value(path, {"a": {"b": Part.WHOLE}})
        said.append(str(caught.value))
    if "char" in said[0]:
        assert said[0].split("line ", 1)[1].split(")")[0] in said[1], said
    else:
        assert "recursion" in said[1]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Part.WHOLE, {"a": [[1, {"c": 2}], "x"], "b": {"d": [3], "e": {}}, "f": 1.5}),
        (Part.NOTHING, None),
        (Part.PLAIN, {}),
        (Part.FIRST, {}),
        ({"a": Part.FIRST, "f": Part.WHOLE}, {"a": [[1, {"c": 2}]], "f": 1.5}),
        ({"a": {"*": Part.PLAIN}, "*": Part.PLAIN}, {"a": [[], "x"], "b": {}, "f": 1.5}),
        ({"a": Part.NOTHING, "*": Part.WHOLE}, {"b": {"d": [3], "e": {}}, "f": 1.5}),
        ({"a": {"*": {"*": {"c": Part.WHOLE}}}}, {"a": [[1, {"c": 2}], "x"]}),
        ({"a": {}}, {"a": [None, None]}),
        ({"b": {"d": {"*": Part.NOTHING}}}, {"b": {"d": [None]}}),
    ],
)
@pytest.mark.parametrize("piece", [1, 3, 1 << 20])
def test_what_is_wanted_is_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, wanted: Wanted, expected: object, piece: int
) -> None:
    """Parts of values, wherever a piece ends; the last of equal names counts, as with the whole."""
    monkeypatch.setattr(contents, "AT_ONCE", -1)
    monkeypatch.setattr(json_pieces, "PIECE", piece)
    path = tmp_path / "a.json"
    path.write_text('{"f": 7, "a": [[1, {"c": 2}], "x"], "b": {"d": [3], "e": {}}, "f": 1.5}')
    assert json_files.read_value(path, wanted) == expected
    assert json_pieces.taken(json.loads(path.read_text()), wanted) == expected


class Gathered:
    """Keeps what it is handed."""

    def __init__(self) -> None:
        self.found: list[object] = []

    def add(self, element: object) -> None:
        """Keep an element."""
        self.found.append(element)


@pytest.mark.parametrize("piece", [1, 3, 1 << 20])
def test_elements_are_handed_over_one_by_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, piece: int) -> None:
    """Of two arrays of one name the last counts; of an object nothing is handed over; small documents are no other."""
    path = tmp_path / "a.json"
    path.write_text('{"a": [9], "b": {"c": 1}, "a": [[1], {"c": 2, "d": 3}, "x", NaN], "e": 5, "f": [6]}')
    wanted = {"a": Each(Gathered, {"c": Part.WHOLE}), "b": Each(Gathered), "e": Each(Gathered)}
    for size in (contents.AT_ONCE, -1):
        monkeypatch.setattr(contents, "AT_ONCE", size)
        monkeypatch.setattr(json_pieces, "PIECE", piece)
        found = json_files.read_exactly(path, wanted)
        assert list(found) == ["a", "b", "e"]
        assert (found["b"], found["e"]) == ({}, 5)
        assert str(found["a"].found) == "[[None], {'c': 2}, 'x', nan]"
        with pytest.raises(MalformedFileError, match=r"expected at most 10 bytes.* found 83 bytes"):
            json_files.read_exactly(path, wanted, 10)


MAP = '{"a__b-1": {"resolved": true, "cost": 2}, "a__b-2": {"resolved": false, "cost": 4}'


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (MAP + "}", None),
        (MAP + ', "a__b-1": {"resolved": false, "cost": 1}}', "found a name twice"),
        (MAP + ', "a__b-3": 1, "a__b-3": {"resolved": false}}', "a__b-3.resolved"),
        (f'{{"toy": {MAP}}}, "other": {MAP}}}}}', None),
        (f'{{"toy": {MAP}}}, "toy": {MAP}, "a__b-3": {{"resolved": true}}}}}}', "found a name twice"),
        (f'{{"toy": {MAP}, "a__b-1": {{"resolved": false}}}}}}', None),
        (f'{{"toy": {MAP}}}, "other": [1]}}', None),
        (MAP + ', "leaderboards": []}', "expected at most 9 bytes"),
    ],
)  # fmt: skip
def test_an_instance_map_is_read_as_if_it_were_whole(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, complaint: str | None
) -> None:
    """The last of two results counts where the whole may be in memory; beyond that such a map is refused."""
    folder = tmp_path / "20260115_mini-v1.0.0_toy-5"
    folder.mkdir()
    path = folder / "per_instance_details.json"
    path.write_text(text)
    importer = importer_named("swebench")
    whole, pieces = ways(monkeypatch, importer, path)
    assert str(pieces) == str(whole)
    monkeypatch.setattr(contents, "AT_ONCE", -1)
    monkeypatch.setattr(json_files, "MOST_WHOLE", 9)
    monkeypatch.setattr(swebench_maps, "MOST_WHOLE", 9)
    found = records(importer, path)
    if complaint is None:
        assert str(found) == str(whole)
    else:
        assert complaint in str(found)


def test_a_model_has_no_more_instances_than_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A map of several models is read model by model, each of which has to be in memory."""
    path = tmp_path / "info.json"
    path.write_text(f'{{"toy": {MAP}}}}}')
    monkeypatch.setattr(contents, "AT_ONCE", -1)
    monkeypatch.setattr(swebench_maps, "MOST_INSTANCES", 1)
    with pytest.raises(MalformedFileError, match="toy: expected those of a benchmark, found more than 1 instances"):
        list(importer_named("swebench").read(path, ReadOptions()))


def test_outcomes_come_in_blocks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """However many problems or instances there are, the outcomes of all of them come, a block at a time."""
    board, details = tmp_path / "performances_repair.json", tmp_path / "per_instance_details.json"
    rows = [{"model": "toy", "question_id": str(n), "pass@1": n} for n in range(5)]
    board.write_text(json.dumps({"performances": rows}))
    details.write_text(json.dumps({f"a__b-{n}": {"resolved": n > 2} for n in range(5)}))
    monkeypatch.setattr(livecodebench_board, "BLOCK", 2)
    monkeypatch.setattr(swebench_maps, "BLOCK", 2)
    for name, path, column in (("livecodebench", board, "values"), ("swebench", details, "n_correct")):
        (run,) = importer_named(name).read(path, ReadOptions(columns=SAID))
        assert isinstance(run, RunRecord)
        blocks = list(run.outcomes)
        assert [len(each.keys) for each in blocks] == [2, 2, 1]
        expected = [0, 0.01, 0.02, 0.03, 0.04] if name == "livecodebench" else [0, 0, 0, 1, 1]
        assert [value for each in blocks for value in getattr(each, column)] == expected


def test_encodings_are_told_apart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A large file may be in any encoding that a small one may be in, with bare NaN and halves of characters in it."""
    path = tmp_path / "a.json"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "two marks"):
        text = '{"a": ["größe", NaN, "\\ud83d"]}'
        path.write_bytes(codecs.BOM_UTF8 * 2 + text.encode() if encoding == "two marks" else text.encode(encoding))
        whole = json_files.read_object(path)
        with monkeypatch.context() as patch:
            patch.setattr(contents, "AT_ONCE", -1)
            assert str(json_files.read_object(path, {"a": {"*": Part.WHOLE}})) == str(whole)
    path.write_bytes(b'{"a": "\xff"}')
    monkeypatch.setattr(contents, "AT_ONCE", -1)
    with pytest.raises(MalformedFileError, match="UTF-8"):
        json_files.read_object(path, {"a": {"*": Part.WHOLE}})


@pytest.mark.parametrize(
    ("text", "found"), [('{"a": 1}', "dict"), ('"a"', "str"), ("17", "no list"), ("null", "NoneType")]
)
def test_what_is_no_list_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, found: str) -> None:
    """A large document that is something else than the list it should be is refused by name."""
    monkeypatch.setattr(contents, "AT_ONCE", -1)
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(MalformedFileError, match=f"expected a list of rows, found {found}"):
        list(json_files.read_array(path, "a list of rows"))


def test_what_has_to_be_whole_has_a_limit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One error names file, size and limit, for a document, a value in one, a line and a text, before it is in memory."""
    monkeypatch.setattr(contents, "AT_ONCE", -1)
    monkeypatch.setattr(json_pieces, "PIECE", 8)
    monkeypatch.setattr(json_files, "MOST_WHOLE", 100)
    monkeypatch.setattr(json_text, "LONGEST", 100)
    monkeypatch.setattr(json_pieces, "LONGEST", 100)
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"a": {"b": "x" * 1_000}}))
    size = path.stat().st_size
    with pytest.raises(
        MalformedFileError, match=rf"a\.json: expected at most 100 bytes.* found {size:,} bytes\. Divide"
    ):
        json_files.read_object(path)
    with pytest.raises(MalformedFileError, match=r"a\.json, line 1 column 13 \(char 12\): expected at most 100 bytes"):
        json_files.read_object(path, {"a": {"b": Part.PLAIN}})
    with pytest.raises(MalformedFileError, match=r"a\.json, line 1: expected at most 100 bytes.* found more than that"):
        list(json_text.lines(path))
    with pytest.raises(MalformedFileError, match="expected at most 100 bytes"):
        plain_text.read_text(path, 100)


def test_a_sparse_file_is_refused_at_once(tmp_path: Path) -> None:
    """A file of many gigabytes is not read to be refused, whichever importer is asked to read it."""
    path = tmp_path / "x.yaml"
    with path.open("wb") as file:
        os.truncate(file.fileno(), 64 << 30)
    for importer in importers():
        if importer.name in {
            "aider",
            "hf-eval-results",
            "hf-model-index",
            "markdown",
            "latex-table",
            "html-table",
            "figure",
        }:
            with pytest.raises(MalformedFileError, match="expected at most"):
                list(importer.read(path, ReadOptions()))
