"""Files that are made under another name: they stand in their place whole or not at all, and what the dead left is removed."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import benchdb
from benchdb.database.staging import put_in_place, remove_leftovers, staged_file
from benchdb.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


def _pid_of_the_dead() -> int:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pass
    return process.pid


def test_what_the_dead_left_is_removed_and_what_the_living_make_is_not(tmp_path: Path) -> None:
    """Files of processes of this machine that are gone go; those of living ones, of other machines and targets stay."""
    to, host, dead = tmp_path / "x.duckdb", socket.gethostname(), _pid_of_the_dead()
    kept = [
        f".x.duckdb.{host}.{os.getppid()}-00aa.part",
        f".x.duckdb.elsewhere{host}.{dead}-00aa.part",
        f".y.duckdb.{host}.{dead}-00aa.part",
        ".x.duckdb.notes",
    ]
    gone = [
        f".x.duckdb.{host}.{dead}-00aa.part",
        f".x.duckdb.{host}.{dead}-00aa.part.wal",
        f".x.duckdb.{host}.{os.getpid()}-00aa.part",
    ]
    for name in (*kept, *gone):
        (tmp_path / name).write_text("half", encoding="utf-8")
    (tmp_path / f"{gone[0]}.tmp").mkdir()
    with staged_file(to) as ours:
        ours.write_text("half", encoding="utf-8")
        remove_leftovers(to)
        assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*kept, ours.name])
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(kept)


def test_a_file_is_put_in_an_empty_place_only(tmp_path: Path) -> None:
    """Where another process was quicker its file stays; only what is to be replaced is."""
    to = tmp_path / "x"
    with staged_file(to) as new:
        new.write_text("new", encoding="utf-8")
        to.write_text("other", encoding="utf-8")
        with pytest.raises(ConfigError, match="another process has made this file"):
            put_in_place(new, to, is_replacing=False)
        assert to.read_text(encoding="utf-8") == "other"
        put_in_place(new, to, is_replacing=True)
    assert to.read_text(encoding="utf-8") == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_a_creation_that_was_killed_at_its_end_leaves_nothing_beside_the_database(tmp_path: Path) -> None:
    """The second name that the database has for a moment goes when it is created, described or upgraded again."""
    path = tmp_path / "x.duckdb"
    benchdb.connect(path, create=True).close()
    second = tmp_path / f".x.duckdb.{socket.gethostname()}.{_pid_of_the_dead()}-00aa.part"
    for options in ({"create": True}, {"any_revision": True}):
        second.hardlink_to(path)
        benchdb.connect(path, **options).close()
        assert [each.name for each in tmp_path.iterdir()] == ["x.duckdb"]
