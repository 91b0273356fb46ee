"""Following a folder, without a clock: what notifications say, and what is found although they say nothing."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING, Any

import benchdb
from benchdb.api import watch, watching

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

TABLE = "model,benchmark,metric,score\n{model},b,accuracy,{value}%\n"


def test_a_change_before_the_first_notification_is_found(tmp_path: Path) -> None:
    """A file that comes after the first import, before anybody listens."""
    folder = tmp_path / "logs"
    folder.mkdir()
    database = tmp_path / "test.duckdb"
    benchdb.connect(database, create=True).close()
    stop = Event()
    passes = watch(database, folder, settle_s=0.1, stop=stop)
    assert next(passes).n_files == 0
    (folder / "late.csv").write_text(TABLE.format(model="m", value=50))
    done = next(passes)
    assert [(file.state, file.n_scores) for file in done.report.files] == [("loaded", 1)]
    stop.set()
    assert list(passes) == []


def test_what_nobody_is_told_of_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system that tells of nothing: an import is made now and then anyway."""
    folder = tmp_path / "logs"
    folder.mkdir()
    database = tmp_path / "test.duckdb"
    benchdb.connect(database, create=True).close()
    monkeypatch.setattr(watching, "_follower", lambda: lambda *_folders, **_options: iter([set()] * 1000))
    monkeypatch.setattr(watching, "_ANYWAY_S", 0.0)
    monkeypatch.setattr(watching, "_REST", 0.0)
    passes = watch(database, folder, settle_s=0.001)
    assert next(passes).n_files == 0
    (folder / "first.csv").write_text(TABLE.format(model="m", value=50))
    assert next(passes).report.files[0].n_scores == 1
    (folder / "second.csv").write_text(TABLE.format(model="n", value=60))
    assert next(passes).report.files[0].n_scores == 1


def test_only_what_the_database_writes_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file, its log and what overflows are not news; a folder of results whose name begins like the file's is."""
    database = tmp_path / "test.duckdb"
    benchdb.connect(database, create=True).close()
    asked: dict[str, Any] = {}

    def follow(*_folders: Path, **options: Any) -> Iterator[set[Any]]:
        asked.update(options)
        return iter(())

    monkeypatch.setattr(watching, "_follower", lambda: follow)
    assert next(watch(database, tmp_path)).n_files == 1
    is_news = asked["watch_filter"]
    passed_over = ("test.duckdb", "test.duckdb.wal", "test.duckdb.tmp", "test.duckdb.tmp/block-0.tmp")
    assert not any(is_news("modified", str(tmp_path / name)) for name in passed_over)
    assert is_news("added", str(tmp_path / "test.duckdb-logs" / "results.json"))
    assert is_news("added", str(tmp_path / "test.duckdb.json"))
