"""The run that is led by coverage, without atheris: what it says where that is absent, what it calls, and how it changes files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.reliability import guided, trial
from tests.reliability.corpus import REPOSITORY, Base
from tests.reliability.guided_target import HEAD, Target, kind_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.reliability.trial import Laboratory

ROOT = REPOSITORY / "tests" / "data"


@pytest.fixture
def target(laboratory: Laboratory, tmp_path: Path) -> Target:
    """What reads inputs as a file of lm-eval's, or as one of its samples."""
    (path,) = (ROOT / "lm_eval").rglob("results*.json")
    samples = path.parent / path.name.replace("results", "samples_toy_capitals").replace(".json", ".jsonl")
    return Target(laboratory, "lm-eval", [Base(ROOT, path, (samples,), path.stat().st_size)], tmp_path)


def test_it_says_how_to_install_atheris_where_it_is_absent(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The exit code is its own, and nothing is run."""
    monkeypatch.setattr(guided, "find_spec", lambda _name: None)
    monkeypatch.setattr("sys.argv", ["guided", "--importer", "aider"])
    assert guided.main() == 2
    said = capsys.readouterr()
    assert "pip install atheris" in said.err
    assert not said.out


def test_real_files_end_in_records_and_a_byte_alone_in_none(target: Target) -> None:
    """The seeds stand for the real file and the one that is read with it; an input too short to name one is left alone."""
    seeds = list(target.seeds())
    assert [data[:HEAD] for data in seeds] == [b"\0\0", b"\0\1"]
    assert [target.try_input(data) for data in (*seeds, b"", b"\0")] == [None] * 4
    assert target.states == {"records": 2}


def test_the_smallest_file_of_a_fault_is_kept_and_read_again(
    target: Target, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """With no message short enough, every cut file is a fault of one kind: a longer one is counted, a shorter one takes its place."""
    monkeypatch.setattr(trial, "LONGEST_MESSAGE", 1)
    seed = next(target.seeds())
    found = [target.try_input(seed[:length]) for length in (60, 80, 40)]
    assert target.states == {"fault": 3}
    assert [each and each["is_new"] for each in found] == [True, None, False]
    assert found[2] is not None
    assert found[0] is not None
    assert found[2]["input"] == found[0]["input"]
    kept = tmp_path / "lm-eval-0"
    assert (kept / "input").read_bytes() == seed[:40]
    assert [path.read_bytes() for path in kept.rglob("results*.json")] == [seed[HEAD:40]]
    monkeypatch.undo()
    monkeypatch.setattr("sys.argv", ["guided", "--importer", "lm-eval", "--input", str(kept / "input")])
    assert guided.main() == 0
    assert capsys.readouterr().out.startswith("error: ")


def test_a_change_depends_on_its_seed_and_keeps_which_file_it_stands_for(target: Target) -> None:
    """Some are made by the harness and some by libFuzzer, none longer than it may be."""
    seed = list(target.seeds())[1]

    def otherwise(_data: bytes, longest: int) -> bytes:
        return b"!" * longest

    changed = [target.change(seed, 500, number, otherwise) for number in range(40)]
    assert changed == [target.change(seed, 500, number, otherwise) for number in range(40)]
    assert {data[:HEAD] for data in changed} == {b"\0\1"}
    assert max(map(len, changed)) == 500
    assert 0 < changed.count(b"\0\1" + b"!" * 498) < 40


def test_faults_are_of_one_kind_if_one_line_raised_them() -> None:
    """The value that it is about makes no difference."""
    detail = '{}: could not convert {}\nTraceback\n  File "/a/b/steps.py", line 1, in x\n  File "/a/formats/epoch.py", line {}, in y\n'
    kinds = [
        kind_of(detail.format(*each))
        for each in (("ValueError", "'a'", 9), ("ValueError", "'b'", 9), ("ValueError", "'a'", 8))
    ]
    assert kinds[0] == kinds[1] == "ValueError formats/epoch.py 9"
    assert kinds[2] != kinds[0]
