"""Archives, folders and patterns: members are read as files of a folder, and nothing an archive says can hurt."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import socket
import stat
import tarfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from sqlalchemy import select

from benchdb.errors import IngestError
from benchdb.ingest import archive_files
from benchdb.ingest.archive_files import Limits
from benchdb.ingest.files import look_up
from benchdb.ingest.load import ingest
from benchdb.ingest.report import FileState
from benchdb.schema.curation import Ingest
from benchdb.schema.results import Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from benchdb.ingest.report import IngestReport

TABLE = b"model,benchmark,metric,value,unit\nacme/m-7b,b,accuracy,0.5,fraction\n"
OTHER = b"model,benchmark,metric,value,unit\nacme/m-8b,b,accuracy,0.25,fraction\n"
DATA = Path(__file__).parents[1] / "data"


def zstd(content: bytes) -> bytes:
    packed: bytes = pa.Codec("zstd").compress(content).to_pybytes()
    return packed


def zipped(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def tarred(members: dict[str, bytes], *special: tarfile.TarInfo) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for info in special:
            archive.addfile(info)
    return target.getvalue()


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def outcome(report: IngestReport) -> list[tuple[str, str]]:
    """Return name and state of each file, names without the folder of the test."""
    return [(file.file.rpartition("/files/")[2], str(file.state)) for file in report.files]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    return folder


PACKED = {
    "a.zip": zipped({"x/one.csv": TABLE, "two.csv": OTHER}),
    "a.tar": tarred({"x/one.csv": TABLE, "two.csv": OTHER}),
    "a.tar.gz": gzip.compress(tarred({"x/one.csv": TABLE, "two.csv": OTHER})),
    "a.tgz": gzip.compress(tarred({"x/one.csv": TABLE, "two.csv": OTHER})),
    "a.tar.zst": zstd(tarred({"x/one.csv": TABLE, "two.csv": OTHER})),
    "a.tar.bz2": bz2.compress(tarred({"x/one.csv": TABLE, "two.csv": OTHER})),
    "a.tar.xz": lzma.compress(tarred({"x/one.csv": TABLE, "two.csv": OTHER})),
    "nameless": zipped({"x/one.csv": TABLE, "two.csv": OTHER}),
}


@pytest.mark.parametrize("name", PACKED)
def test_members_are_read_like_files_of_a_folder(db: Engine, place: Path, name: str) -> None:
    """Each member of an archive is a file of its own, called "archive!member", in order of name; its name is kept."""
    (place / name).write_bytes(PACKED[name])
    report = ingest(db, [place])
    assert outcome(report) == [(f"{name}!two.csv", "loaded"), (f"{name}!x/one.csv", "loaded")]
    with db.connect() as connection:
        kept = connection.execute(select(Ingest.name).order_by(Ingest.name)).scalars().all()
    assert [each.rpartition("/files/")[2] for each in kept] == [f"{name}!two.csv", f"{name}!x/one.csv"]


@pytest.mark.parametrize(
    ("suffix", "pack"), [("gz", gzip.compress), ("zst", zstd), ("bz2", bz2.compress), ("xz", lzma.compress)]
)
def test_a_compressed_file_is_the_file(db: Engine, place: Path, suffix: str, pack: Callable[[bytes], bytes]) -> None:
    """A compressed file holds one file of its name without the suffix, equal to the file that was packed."""
    (place / f"one.csv.{suffix}").write_bytes(pack(TABLE))
    (place / "plain.csv").write_bytes(TABLE)
    assert outcome(ingest(db, [place])) == [(f"one.csv.{suffix}!one.csv", "loaded"), ("plain.csv", "already present")]


def test_files_of_several_compressed_frames_are_read_whole(db: Engine, place: Path) -> None:
    """Streams put one behind the other are one file, as their tools say."""
    head, row = TABLE.splitlines(keepends=True)
    (place / "a.csv.gz").write_bytes(gzip.compress(head) + gzip.compress(row))
    (place / "b.csv.zst").write_bytes(zstd(head) + zstd(row))
    assert [file.state for file in ingest(db, [place]).files] == [FileState.LOADED, FileState.ALREADY_PRESENT]


@pytest.mark.parametrize(
    ("name", "folder"), [("m-1.5b.zip", "m-1.5b"), ("m-1.5b.tar.gz", "m-1.5b"), ("m.tgz", "m"), ("plain", "plain")]
)
def test_an_archive_is_a_folder_of_its_name(
    db: Engine, place: Path, monkeypatch: pytest.MonkeyPatch, name: str, folder: str
) -> None:
    """A format that finds facts in the name of the folder finds the archive's name without the suffix there."""
    seen = []

    def note(path: Path, *_options: object) -> None:
        seen.append(path.parent.name)
        raise IngestError(path.parent.name)

    monkeypatch.setattr("benchdb.ingest.identity.describe", lambda found, *_rest: note(found.path))
    (place / name).write_bytes(zipped({"one.csv": TABLE}))
    ingest(db, [place])
    assert seen == [folder]


def test_the_same_archive_again_is_present(db: Engine, place: Path) -> None:
    """Importing an archive twice, or its folder after it, adds nothing."""
    (place / "a.zip").write_bytes(PACKED["a.zip"])
    (place / "two.csv").write_bytes(OTHER)
    first = ingest(db, [place / "a.zip"])
    second = ingest(db, [place])
    assert first.total("n_scores") == 2
    assert {file.state for file in second.files} == {FileState.ALREADY_PRESENT}


def test_archives_in_archives_are_opened_once(db: Engine, place: Path) -> None:
    """An archive in an archive is opened; one in that is left out and says so."""
    third = zipped({"deep.csv": TABLE})
    inner = gzip.compress(tarred({"one.csv": TABLE, "third.zip": third}))
    (place / "outer.zip").write_bytes(zipped({"inner.tgz": inner, "two.csv": OTHER}))
    report = ingest(db, [place])
    assert outcome(report) == [
        ("outer.zip!inner.tgz!one.csv", "loaded"),
        ("outer.zip!inner.tgz!third.zip", "skipped"),
        ("outer.zip!two.csv", "loaded"),
    ]
    assert "unpack it first" in str(report.files[1].message)


def test_logs_that_are_zips_stay_logs(db: Engine, place: Path) -> None:
    """A zip that an importer reads, such as an Inspect log, is no archive: alone, in a folder or in an archive."""
    logs = sorted(
        path for path in (DATA / "inspect").rglob("*.eval") if zipfile.ZipFile(path).infolist()[0].compress_type != 93
    )
    content = logs[0].read_bytes()
    (place / "b.eval").write_bytes(content)
    (place / "a.zip").write_bytes(zipped({"run.eval": content}))
    assert outcome(ingest(db, [place])) == [("a.zip!run.eval", "loaded"), ("b.eval", "already present")]


def test_companions_in_an_archive_are_read_along(db: Engine, place: Path) -> None:
    """A results file in an archive takes in the files beside it, as in a folder."""
    folder = next(path.parent for path in sorted((DATA / "lm_eval").rglob("samples_*.jsonl")))
    members = {f"run/{path.name}": path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}
    (place / "logs.tar.gz").write_bytes(gzip.compress(tarred(members)))
    report = ingest(db, [place])
    states = {str(file.state) for file in report.files}
    assert {"loaded", "read along"} <= states
    assert report.total("n_outcomes") > 0


def test_an_office_document_is_no_archive(db: Engine, place: Path) -> None:
    """A spreadsheet, which is a zip too, is one unknown file and not a hundred."""
    (place / "book.xlsx").write_bytes(zipped({"[Content_Types].xml": b"<x/>", "xl/sheet1.xml": b"<x/>"}))
    assert outcome(ingest(db, [place])) == [("book.xlsx", "unknown")]


def test_no_member_leaves_the_archive(db: Engine, place: Path) -> None:
    """Members whose names lead elsewhere, links, devices and pipes are skipped with the reason; the others are read."""
    names = ["../up.csv", "/root.csv", "x/../../up.csv", "C:/disk.csv", "..\\up.csv"]
    (place / "a.zip").write_bytes(zipped({**dict.fromkeys(names, TABLE), "good.csv": OTHER}))
    odd = [
        special("link.csv", tarfile.SYMTYPE, "/etc/passwd"), special("hard.csv", tarfile.LNKTYPE, "../up.csv"),
        special("pipe.csv", tarfile.FIFOTYPE), special("disk.csv", tarfile.CHRTYPE),
    ]  # fmt: skip
    (place / "b.tar").write_bytes(tarred(dict.fromkeys(names[:3], TABLE), *odd))
    before = sorted(path for path in place.parent.rglob("*") if "duckdb" not in path.name)
    report = ingest(db, [place])
    assert outcome(report)[:6] == [*[(f"a.zip!{name}", "skipped") for name in names], ("a.zip!good.csv", "loaded")]
    reasons = {file.file.partition("!")[2]: str(file.message).rpartition(": ")[2] for file in report.files[6:]}
    assert reasons == {
        **dict.fromkeys(names[:3], "its name leads out of the archive"),
        "link.csv": "a link", "hard.csv": "a link", "pipe.csv": "a device or pipe", "disk.csv": "a device or pipe",
    }  # fmt: skip
    assert sorted(path for path in place.parent.rglob("*") if "duckdb" not in path.name) == before


def test_links_and_encrypted_members_of_a_zip_are_skipped(db: Engine, place: Path) -> None:
    """A zip's links stay closed, and a member that needs a password says so."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        link = zipfile.ZipInfo("link.csv")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("locked.csv", TABLE)
    content = bytearray(target.getvalue())
    entry = content.rindex(b"PK\x01\x02")
    content[entry + 8] |= 1
    (place / "a.zip").write_bytes(content)
    report = ingest(db, [place])
    assert [str(file.message).rpartition(": ")[2] for file in report.files] == ["a link", "it is encrypted"]
    assert report.n_failed == 0


def test_names_that_cannot_stand_side_by_side_are_skipped(db: Engine, place: Path) -> None:
    """A member that is a file where another one needs a folder is skipped; one of two equal names, the last counts."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for name, content in (("one.csv", TABLE), ("one.csv/below.csv", TABLE), ("one.csv", OTHER), ("n" * 300, TABLE)):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    (place / "a.tar").write_bytes(target.getvalue())
    (place / "b.csv").write_bytes(OTHER)
    report = ingest(db, [place])
    assert [str(file.state) for file in report.files] == ["skipped", "skipped", "loaded", "already present"]


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(n_bytes=1000), "unpacks to more than 1,000 bytes"),
        (Limits(free_bytes=100, ratio=2), "more than 2 times its size"),
        (Limits(n_members=1), "holds more than 1 members"),
    ],
)
@pytest.mark.parametrize("is_zip", [True, False])
def test_bombs_are_refused(
    db: Engine, place: Path, monkeypatch: pytest.MonkeyPatch, limits: Limits, reason: str, is_zip: bool
) -> None:
    """An archive that grows beyond a limit is refused as a whole, with what to do, and the next file is read."""
    monkeypatch.setattr(archive_files, "LIMITS", limits)
    members = {"a.csv": TABLE, "b.csv": TABLE + b"#" * 200_000}
    (place / "bomb").write_bytes(zipped(members) if is_zip else gzip.compress(tarred(members)))
    (place / "good.csv").write_bytes(OTHER)
    report = ingest(db, [place])
    assert outcome(report) == [("bomb", "failed"), ("good.csv", "loaded")]
    assert reason in str(report.files[0].message)
    assert "unpack it and name the folder" in str(report.files[0].message)


def test_a_bomb_inside_an_archive_counts_with_it(db: Engine, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Archives inside an archive share its limits, so that layers do not multiply."""
    monkeypatch.setattr(archive_files, "LIMITS", Limits(n_bytes=100_000))
    inner = gzip.compress(b"#" * 60_000)
    (place / "outer.zip").write_bytes(zipped({"a.txt.gz": inner, "b.txt.gz": inner, "c.csv": TABLE}))
    states = dict(outcome(ingest(db, [place])))
    assert states == {
        "outer.zip!a.txt.gz!a.txt": "unknown",
        "outer.zip!b.txt.gz": "failed",
        "outer.zip!c.csv": "loaded",
    }


@pytest.mark.parametrize("name", [name for name in PACKED if name != "nameless"])
def test_a_broken_archive_is_one_failure(db: Engine, place: Path, name: str) -> None:
    """An archive cut anywhere fails as a whole or, where its end is only padding, is read; nothing else happens."""
    content = PACKED[name]
    for number, length in enumerate(range(8, len(content) - 1, max(1, len(content) // 12))):
        (place / f"{number}-{name}").write_bytes(content[:length])
    report = ingest(db, [place])
    failed = [file for file in report.files if file.state == FileState.FAILED]
    assert failed
    assert all("!" not in file.file and "archive is broken" in str(file.message) for file in failed)


def test_messages_call_members_by_their_names(db: Engine, place: Path) -> None:
    """What is wrong inside a member names archive and member, not the folder it was unpacked to."""
    (place / "a.zip").write_bytes(zipped({"x/bad.csv": TABLE.replace(b"0.5", b"abc")}))
    (report,) = ingest(db, [place]).files
    assert str(report.message).startswith(f"{place}/a.zip!x/bad.csv, ")
    assert "benchdb-" not in str(report.message)


def test_files_are_gone_after_an_import(
    db: Engine, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was unpacked is removed, whatever became of it."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    (place / "a.zip").write_bytes(PACKED["a.zip"])
    (place / "b.zip").write_bytes(zipped({"bad.csv": TABLE.replace(b"0.5", b"x")}))
    ingest(db, [place])
    assert list(scratch.iterdir()) == []


def test_a_member_that_the_database_refuses_is_read_again_alone(
    db: Engine, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Members wait for their transaction before they are removed: a refused neighbour does not cost the others."""
    (place / "a.zip").write_bytes(zipped({"1.csv": TABLE, "2.csv": OTHER}))
    from benchdb.ingest import write

    refused = write.Writer.write

    def refuse_two(self: write.Writer, rows: object) -> None:
        if len(rows.tables["score"]) == 2:  # type: ignore[attr-defined]  # FileRows
            message = "the database refuses a row"
            raise IngestError(message)
        refused(self, rows)  # type: ignore[arg-type]  # FileRows

    monkeypatch.setattr(write.Writer, "write", refuse_two)
    assert outcome(ingest(db, [place])) == [("a.zip!1.csv", "loaded"), ("a.zip!2.csv", "loaded")]


def test_patterns_are_expanded(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pattern that no shell has expanded stands for what fits it; a file of that very name comes first."""
    for name in ("logs/a/1.json", "logs/b/2.json", "logs/3.txt", "odd[1].json", "odd1.json"):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(json.dumps(name), encoding="utf-8")
    monkeypatch.chdir(place)
    assert [found.name for found in look_up([Path("logs/**/*.json")])] == ["logs/a/1.json", "logs/b/2.json"]
    assert [found.name for found in look_up([Path("logs/**")])] == ["logs"]
    assert [found.name for found in look_up([Path("odd[1].json")])] == ["odd[1].json"]
    with pytest.raises(IngestError, match="no file or folder fits"):
        look_up([Path("logs/*.csv")])
    with pytest.raises(IngestError, match="no such file"):
        look_up([Path("logs/none.csv")])


def test_what_cannot_be_read_is_skipped_with_the_reason(db: Engine, place: Path) -> None:
    """Pipes, sockets, links that lead nowhere and links in a circle are skipped; a link to a file or folder is followed."""
    (place / "one.csv").write_bytes(TABLE)
    elsewhere = place.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "two.csv").write_bytes(OTHER)
    os.mkfifo(place / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.relpath(place / "socket"))
    for name, target in (("again", elsewhere), ("also", elsewhere), ("circle", place), ("lost", place / "none"),
                         ("self", place / "self"), ("up", place.parent), ("zlink.csv", place / "one.csv")):  # fmt: skip
        (place / name).symlink_to(target)
    report = ingest(db, [place])
    assert outcome(report) == [
        ("again/two.csv", "loaded"), ("also", "skipped"), ("circle", "skipped"), ("lost", "skipped"), ("one.csv", "loaded"),
        ("pipe", "skipped"), ("self", "skipped"), ("socket", "skipped"), ("up", "skipped"), ("zlink.csv", "already present"),
    ]  # fmt: skip
    assert all(file.message for file in report.files if file.state == FileState.SKIPPED)
    assert report.n_failed == 0


def test_a_pipe_that_was_named_fails(db: Engine, place: Path) -> None:
    """A pipe named itself cannot be imported, and the exit code is to say so."""
    os.mkfifo(place / "pipe")
    (file,) = ingest(db, [place / "pipe"]).files
    assert (file.state, str(file.message)) == (FileState.FAILED, f"{place}/pipe: a pipe; only files can be imported")


def test_a_member_keeps_its_own_title(db: Engine, place: Path) -> None:
    """The source that a member is goes by the member's name."""
    (place / "a.zip").write_bytes(zipped({"one.csv": TABLE}))
    ingest(db, [place])
    with db.connect() as connection:
        assert connection.execute(select(Source.title)).scalar() == "one.csv"
