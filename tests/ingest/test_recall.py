"""Importing again what stands as it did opens no file; whatever changed is read, and nothing else differs."""

from __future__ import annotations

import os
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from benchdb.database.check import check
from benchdb.errors import IngestError
from benchdb.ingest import unchanged
from benchdb.ingest.decisions import Decision
from benchdb.ingest.importer import ReadOptions
from benchdb.ingest.load import ingest
from benchdb.ingest.remembered import Remembered
from benchdb.ingest.report import FileState
from benchdb.ingest.undo import undo
from tests.ingest.own import n_rows, rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from benchdb.ingest.report import IngestReport

TOY = next((Path(__file__).parents[1] / "data").glob("lm_eval/0.4.13/*/results_*.json")).parent
N_SAMPLES = len(list(TOY.glob("samples_*.jsonl")))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of real results with their samples, written longer ago than times are coarse."""
    copy = tmp_path / "logs"
    shutil.copytree(TOY, copy, copy_function=shutil.copyfile)  # with the time of now, whenever the checkout was made
    later = time.time_ns() + unchanged.GRAIN_NS + 10**9
    monkeypatch.setattr("benchdb.ingest.unchanged.time.time_ns", lambda: later)
    monkeypatch.setattr(unchanged.hash_files, "__defaults__", (lambda: later,))
    return copy


@pytest.fixture
def opened(folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the files of the folder that are opened, as they are."""
    names: list[str] = []
    really: Callable[..., Any] = Path.open

    def noted(path: Path, *args: Any, **kwargs: Any) -> Any:
        if path.is_relative_to(folder):
            names.append(path.name)
        return really(path, *args, **kwargs)

    monkeypatch.setattr(Path, "open", noted)
    return names


@pytest.fixture
def load(db: Engine, tmp_path: Path, folder: Path) -> Callable[..., IngestReport]:
    """Return a function that imports the folder with a cache of its own."""

    def again(*paths: Path, **options: Any) -> IngestReport:
        with Remembered(tmp_path / "files.sqlite") as memory:
            return ingest(db, paths or [folder], memory=memory, **options)

    return again


def test_nothing_is_opened_the_second_time(db: Engine, load: Callable[..., IngestReport], opened: list[str]) -> None:
    first = load()
    assert first.states() == {"loaded": 1, "read along": N_SAMPLES}
    assert opened
    before = n_rows(db)
    opened.clear()
    second = load()
    assert second.states() == {"already present": 1, "read along": N_SAMPLES}
    assert [(file.file, file.importer) for file in second.files] == [(file.file, file.importer) for file in first.files]
    assert opened == []
    assert n_rows(db) == before


def test_a_companion_that_changed_is_noticed(db: Engine, load: Callable[..., IngestReport], folder: Path) -> None:
    """One sample less: the results file is another evaluation log now, and both count unless the earlier one is replaced."""
    load()
    before = rows(db, "ingest", "ingest_id")
    samples = min(folder.glob("samples_*.jsonl"))
    lines = samples.read_text().splitlines(keepends=True)
    samples.write_text("".join(lines[:-1]))
    assert load().states()["loaded"] == 1
    assert rows(db, "ingest", "state") == ["complete", "complete"]
    report = load(replaces=True)
    assert (report.states()["already present"], report.n_replaced) == (1, 1)
    assert dict(rows(db, "ingest", "ingest_id", "state"))[before[0]] == "undone"
    assert sorted(rows(db, "ingest", "state")) == ["complete", "undone"]
    samples.write_text("".join(lines))
    report = load(replaces=True)
    assert (report.states()["loaded"], report.n_replaced) == (1, 1)
    assert dict(rows(db, "ingest", "ingest_id", "state"))[before[0]] == "complete"
    with db.connect() as connection:
        assert check(connection) == ()


def test_what_a_person_undid_stays_undone(db: Engine, load: Callable[..., IngestReport], folder: Path) -> None:
    load()
    (name,) = rows(db, "ingest", "name")
    undo(db, name, Decision(by="ada", reason="wrong prompt", at=datetime.now(UTC)))
    (results,) = [file for file in load(replaces=True).files if file.file.endswith(".json")]
    assert (results.state, results.message) == (FileState.ALREADY_PRESENT, "its import was undone, and stays so")
    assert rows(db, "ingest", "state") == ["undone"]
    assert load().states()["loaded"] == 1
    assert rows(db, "ingest", "state") == ["complete"]


def test_equal_files_do_not_replace_each_other(db: Engine, load: Callable[..., IngestReport], folder: Path) -> None:
    """Two files of equal bytes are one import; when one of them changes, the other still states what both did."""
    for path in folder.iterdir():
        path.unlink()
    one, two = folder / "a.csv", folder / "b.csv"
    table = "model,benchmark,metric,score\nm,b,accuracy,50%\n"
    one.write_text(table)
    two.write_text(table)
    load()
    one.write_text(table.replace("50", "60"))
    report = load(replaces=True)
    assert (report.states()["loaded"], report.n_replaced) == (1, 0)
    assert rows(db, "ingest", "state") == ["complete", "complete"]


def test_a_new_companion_is_noticed(load: Callable[..., IngestReport], folder: Path) -> None:
    samples = min(folder.glob("samples_*.jsonl"))
    aside = folder.parent / samples.name
    samples.rename(aside)
    assert load().states() == {"loaded": 1, "read along": N_SAMPLES - 1}
    aside.rename(samples)
    assert load().states() == {"loaded": 1, "read along": N_SAMPLES}


def test_other_options_are_another_import(load: Callable[..., IngestReport]) -> None:
    load()
    assert load(options=ReadOptions(all_metrics=True)).states()["loaded"] == 1
    assert load(options=ReadOptions(all_metrics=True)).states()["already present"] == 1


def test_a_named_file_is_asked_otherwise(load: Callable[..., IngestReport], folder: Path) -> None:
    """Samples named by themselves are refused, whatever is remembered of them as part of a folder."""
    samples = min(folder.glob("samples_*.jsonl"))
    load()
    (report,) = load(samples).files
    assert report.state == FileState.FAILED
    assert "name that one" in str(report.message)


def test_an_archive_in_the_place_of_a_file_is_opened(load: Callable[..., IngestReport], folder: Path) -> None:
    """A results file that is remembered and becomes an archive of the same name is opened as one."""
    load()
    results = next(folder.glob("results_*.json"))
    packed = shutil.make_archive(str(folder.parent / "packed"), "gztar", folder)
    Path(packed).replace(results)
    report = load(results)
    assert report.states() == {"loaded": 1, "read along": N_SAMPLES} or report.states()["already present"] == 1
    assert all("!" in file.file for file in report.files)


def test_a_file_that_vanishes_is_an_error_of_its_own(load: Callable[..., IngestReport], folder: Path) -> None:
    load()
    results = next(folder.glob("results_*.json"))
    results.unlink()
    with pytest.raises(IngestError, match="no such file"):
        load(results)


def test_unsettled_files_are_left_out(load: Callable[..., IngestReport], folder: Path) -> None:
    """What was written to less than an hour ago stays; a companion that was holds its results file back."""
    assert load(settle_s=3600.0).states() == {"unsettled": N_SAMPLES + 1}
    results = next(folder.glob("results_*.json"))
    os.utime(results, (0, 0))
    assert load(settle_s=3600.0).states() == {"unsettled": N_SAMPLES + 1}
    for samples in folder.glob("samples_*.jsonl"):
        os.utime(samples, (0, 0))
    assert load(settle_s=3600.0).states() == {"loaded": 1, "read along": N_SAMPLES}
