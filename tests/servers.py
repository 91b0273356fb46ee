"""A PostgreSQL server for the tests: found on the machine, started on a free port, stopped at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

UNPRIVILEGED = ("postgres", "nobody")
"""Users to run the server as when the tests run as root, which PostgreSQL refuses."""


def postgres_programs() -> Path | None:
    """Return the folder that holds `initdb` and `pg_ctl`, or None where PostgreSQL is not installed."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if installed:
        return installed[-1].parent
    found = shutil.which("initdb")
    return Path(found).parent if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A PostgreSQL server of the tests' own."""

    programs: Path
    """Folder of its programs."""
    folder: Path
    """Folder of its data, socket and log."""
    port: int
    """Port on the loopback interface."""
    settings: tuple[str, ...]
    """Settings it is started with, as "name=value"."""

    @property
    def url(self) -> str:
        """URL of its first database."""
        return f"postgresql+psycopg://benchdb@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it, and wait until it answers; after a crash it repairs itself first."""
        given = " ".join(f"-c {setting}" for setting in self.settings)
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 {given}"
        _run([*self._control(), "-w", "-l", str(self.folder / "log"), "-o", options, "start"], _server_user())

    def stop(self) -> None:
        """Stop it at once."""
        command = [*self._control(), "-m", "immediate", "stop"]
        subprocess.run(command, user=_server_user(), cwd="/", check=False, capture_output=True)

    def process(self) -> int:
        """Return the number of its first process, which the others are children of."""
        return int((self.folder / "data" / "postmaster.pid").read_text(encoding="utf-8").split()[0])

    def is_answering(self) -> bool:
        """Return whether it takes connections."""
        command = [str(self.programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(command, check=False).returncode == 0

    def _control(self) -> list[str]:
        return [str(self.programs / "pg_ctl"), "-D", str(self.folder / "data")]


@contextmanager
def postgres_server(programs: Path) -> Iterator[str]:
    """Yield the URL of a fresh server on a free loopback port; it is gone afterwards.

    Args:
        programs: Folder from `postgres_programs`.
    """
    with server_of_our_own(programs, "fsync=off", "full_page_writes=off") as server:
        yield server.url


@contextmanager
def server_of_our_own(programs: Path, *settings: str) -> Iterator[Server]:
    """Yield a fresh server on a free loopback port, started; it is gone afterwards.

    Args:
        programs: Folder from `postgres_programs`.
        *settings: Settings to start it with, as "name=value".
    """
    user = _server_user()
    folder = Path(tempfile.mkdtemp(prefix="benchdb-postgres-"))
    if user is not None:
        shutil.chown(folder, user)
    server = Server(programs=programs, folder=folder, port=_free_port(), settings=settings)
    make = [
        str(programs / "initdb"),
        "-D",
        str(folder / "data"),
        "-U",
        "benchdb",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--no-sync",
    ]
    try:
        _run(make, user)
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: list[str], user: str | None) -> None:
    log = tempfile.TemporaryFile()  # noqa: SIM115 — a pipe would stay open in the server that pg_ctl leaves behind
    done = subprocess.run(command, user=user, cwd="/", check=False, stdout=log, stderr=subprocess.STDOUT)
    if done.returncode:
        log.seek(0)
        message = f"{command[0]} failed: {log.read().decode(errors='replace')}"
        raise RuntimeError(message)
    log.close()


def _server_user() -> str | None:
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in UNPRIVILEGED if name in names)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
