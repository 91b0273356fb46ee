"""Disks that are full and places that cannot be written: one clear error, and nothing that was there is lost."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.reliability.conftest import content, require_sound, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PLENTY = 64 << 20
ROOM = 1 << 20
"""Bytes that a disk has left beside the database, or the database beside its limit: fewer than the files need."""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Folder on a disk of its own, with plenty of room until `_resize` makes it small."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={PLENTY}", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mounting, capture_output=True, check=False).returncode:
        pytest.skip(
            "mounting a small disk is not permitted here; the limit on the size of files is tested all the same"
        )
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def _resize(disk: Path, n_bytes: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={n_bytes}", str(disk)], check=True)


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A file of outcomes whose answers take more room than there is."""
    path = tmp_path / "large.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("model,benchmark,metric,sample,n_attempts,n_correct,answer\n")
        for row in range(40_000):
            file.write(f"maker/m,items,accuracy,item-{row},1,{row % 2},{(row * 2654435761) ** 5:x}\n")
    return path


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A file that fits."""
    path = tmp_path / "a-small.csv"
    path.write_text("model,benchmark,metric,value,unit\nmaker/small,b,accuracy,60,percent\n", encoding="utf-8")
    return path


def test_a_full_disk_loses_nothing(held: Path, small_disk: Path, large: Path, small: Path) -> None:
    """On a disk that is full in the middle of an import the database stays as it was before that file; with room it goes on."""
    database = small_disk / "full.duckdb"
    shutil.copy(held, database)
    _resize(small_disk, database.stat().st_size + ROOM)
    ended = run("ingest", small, large, "--answers", "--db", database)
    assert ended.code == 3, ended
    assert str(database) in ended.err
    assert "cannot be written" in ended.err
    assert "Traceback" not in ended.err
    require_sound(database)
    _resize(small_disk, PLENTY)
    assert run("ingest", small, large, "--answers", "--db", database).code == 0
    assert run("ingest", small, large, "--answers", "--db", held).code == 0
    require_sound(database)
    assert content(database) == content(held)


def test_a_limit_on_files_loses_nothing(held: Path, large: Path, small: Path) -> None:
    """A file that may not grow any more is a full disk to the database."""
    most = held.stat().st_size // 2
    limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (most, most))
    ended = run("ingest", small, large, "--answers", "--db", held, preexec_fn=limit)
    assert ended.code == 3, ended
    assert str(held) in ended.err
    assert "cannot be written" in ended.err
    assert "Traceback" not in ended.err
    require_sound(held)
    assert run("ingest", small, large, "--answers", "--db", held).code == 0
    require_sound(held)


@pytest.mark.parametrize("command", ["backup", "compact"])
def test_a_copy_that_does_not_fit_leaves_everything_as_it_was(
    held: Path, small_disk: Path, command: str, large: Path
) -> None:
    """Backup and compaction on a full disk leave the database, the older copy and no file of theirs."""
    assert run("ingest", large, "--answers", "--db", held).code == 0
    expected = content(held)
    _resize(small_disk, held.stat().st_size + ROOM)
    if command == "compact":
        database = Path(shutil.copy(held, small_disk / "x.duckdb"))
        ended = run("db", "compact", "--db", database)
    else:
        database = held
        (small_disk / "fill").write_bytes(bytes(held.stat().st_size - ROOM))
        (small_disk / "copy.duckdb").write_text("older", encoding="utf-8")
        ended = run("db", "backup", small_disk / "copy.duckdb", "--force", "--db", database)
    assert ended.code == 3, ended
    assert "Traceback" not in ended.err
    assert str(small_disk) in ended.err
    assert content(database) == expected
    if command == "compact":
        assert [path.name for path in small_disk.iterdir()] == ["x.duckdb"]
    else:
        assert sorted(path.name for path in small_disk.iterdir()) == ["copy.duckdb", "fill"]
        assert (small_disk / "copy.duckdb").read_text(encoding="utf-8") == "older"


NO_OVERRIDE = "-dac_override,-dac_read_search"
"""Capabilities by which root passes permissions by."""


@pytest.fixture
def plainly() -> list[str]:
    """Command that runs another one bound by permissions, as an ordinary user is."""
    if os.geteuid() != 0:
        return []
    command = ["setpriv", "--bounding-set", NO_OVERRIDE, "--inh-caps", NO_OVERRIDE]
    if shutil.which("setpriv") is None or subprocess.run([*command, "true"], check=False).returncode:
        pytest.skip("root passes every permission here, and capabilities cannot be dropped")
    return command


@pytest.fixture
def closed() -> Iterator[Callable[[Path, int], None]]:
    """Take permissions from files and folders; they are given back at the end."""
    changed: list[tuple[Path, int]] = []

    def close(path: Path, mode: int) -> None:
        changed.append((path, path.stat().st_mode))
        path.chmod(mode)

    yield close
    for path, mode in reversed(changed):
        path.chmod(mode)


def test_a_database_that_may_not_be_written_is_left_alone(
    held: Path, small: Path, plainly: list[str], closed: Callable[[Path, int], None]
) -> None:
    """A read-only file answers questions and refuses an import by its name."""
    expected = content(held)
    closed(held, 0o444)
    ended = run("ingest", small, "--db", held, before=plainly)
    assert ended.code == 3, ended
    assert str(held) in ended.err
    assert "ermission denied" in ended.err
    assert run("list", "models", "--db", held, before=plainly).code == 0
    assert content(held) == expected


def test_a_folder_that_may_not_be_written_is_named(
    held: Path, small: Path, plainly: list[str], tmp_path: Path, closed: Callable[[Path, int], None]
) -> None:
    """In a read-only folder questions are answered, an import loses nothing, and a backup or a new database is refused by name."""
    folder = tmp_path / "closed"
    folder.mkdir()
    database = Path(shutil.copy(held, folder / "x.duckdb"))
    expected = content(database)
    closed(folder, 0o555)
    assert run("list", "models", "--db", database, before=plainly).code == 0
    for command in (
        ("ingest", small, "--db", database),
        ("db", "compact", "--db", database),
        ("db", "backup", folder / "copy.duckdb", "--db", held),
        ("db", "init", "--db", folder / "new.duckdb"),
        ("db", "restore", held, "--db", folder / "new.duckdb"),
    ):
        ended = run(*command, before=plainly)
        assert ended.code == 3, (command, ended)
        assert str(folder) in ended.err
        assert "ermission denied" in ended.err
        assert "Traceback" not in ended.err
    assert [path.name for path in folder.iterdir()] == ["x.duckdb"]
    closed(folder, 0o755)
    assert content(database) == expected


def test_a_file_that_may_not_be_read_fails_alone(
    held: Path, inputs: Path, plainly: list[str], closed: Callable[[Path, int], None]
) -> None:
    """A file without permission is reported by name; the others are imported."""
    closed(inputs / "small-03.csv", 0)
    ended = run("ingest", inputs, "--db", held, before=plainly)
    assert ended.code == 1, ended
    assert f"{inputs / 'small-03.csv'}: " in ended.err + ended.out
    assert "ermission denied" in ended.err + ended.out
    require_sound(held)
    closed(inputs / "small-03.csv", 0o644)
    again = run("ingest", inputs, "--db", held, "--format", "csv")
    assert again.code == 0, again
    assert again.out.count(",loaded,") == 1
