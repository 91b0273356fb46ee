"""Where exports go: whole or not at all, without leavings of processes that were killed."""

from __future__ import annotations

import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from benchdb.errors import ExportError
from benchdb.export.place import whole

if TYPE_CHECKING:
    from pathlib import Path


def test_leavings_of_a_killed_export_are_removed(tmp_path: Path) -> None:
    """A file and a folder that a process which is gone was writing; those of a living one stay."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    host = socket.gethostname()
    left = tmp_path / f".scores.csv.{host}.{gone.pid}-ab12.part"
    left.write_text("half")
    others = tmp_path / f".scores.csv.{host}.1-ab12.part"
    others.write_text("half")
    folder = tmp_path / f".bundle.{host}.{gone.pid}-ab12.part"
    folder.mkdir()
    (folder / "score.parquet").write_text("half")
    with whole(str(tmp_path / "scores.csv"), is_folder=False) as place:
        place.write_text("all")
    with whole(str(tmp_path / "bundle"), is_folder=True) as place:
        place.mkdir()
    assert {path.name for path in tmp_path.iterdir()} == {"scores.csv", "bundle", others.name}


def test_what_fails_leaves_nothing(tmp_path: Path) -> None:
    before = tmp_path / "scores.csv"
    before.write_text("before")

    def fill_the_disk() -> None:
        with whole(str(before), is_folder=False) as place:
            place.write_text("half")
            raise OSError(28, "No space left on device")

    with pytest.raises(ExportError, match="cannot be written"):
        fill_the_disk()
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("scores.csv", "before")]
