"""On PostgreSQL two imports do not write at the same time."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from benchdb.database.connect import open_engine
from benchdb.ingest.lock import one_writer
from benchdb.schema.results import Score
from tests.ingest.own import make_files, rows, run

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

WAITING = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")


@pytest.fixture
def postgres(engine_name: str, request: pytest.FixtureRequest) -> Engine:
    """An engine on PostgreSQL; DuckDB has one writing process anyway."""
    if engine_name != "postgresql":
        pytest.skip("DuckDB's file lock keeps other writers out: see test_busy.py")
    engine: Engine = request.getfixturevalue("db")
    return engine


def test_a_second_import_waits_for_the_first(postgres: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An import started while another holds the right to write waits, then loads what it brought."""
    files = make_files(tmp_path / "files", monkeypatch)
    path = files.add("a", run("m", "b", 1.0))
    other = open_engine(postgres.url.render_as_string(hide_password=False))
    second = threading.Thread(target=lambda: files.load(other, path))
    with postgres.connect() as connection:
        with one_writer(connection):
            second.start()
            while connection.execute(WAITING).scalar_one() == 0:
                connection.commit()
                assert second.is_alive()
            assert connection.execute(select(Score)).all() == []
            connection.commit()
        second.join(timeout=60)
    assert not second.is_alive()
    assert rows(postgres, "score", "value") == [1.0]
    other.dispose()


def test_the_right_to_write_is_given_back_after_a_failure(postgres: Engine) -> None:
    """An import that breaks off leaves nobody waiting."""
    with postgres.connect() as connection:
        with pytest.raises(DBAPIError), one_writer(connection):
            connection.execute(text("SELECT no_such_column"))
        assert connection.execute(text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")).scalar_one() == 0
