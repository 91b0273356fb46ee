"""A PostgreSQL server for the tests: found on the machine, started on a free port, stopped at the end."""

from __future__ import annotations

import os
import pwd
import random
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.engine import make_url

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE_S = 300
"""Seconds that a server on a busy machine has to start, to stop, or to let a database go."""
_N_PORTS = 5
_CLIENT_PORTS = Path("/proc/sys/net/ipv4/ip_local_port_range")
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
        return [str(self.programs / "pg_ctl"), "-D", str(self.folder / "data"), "-t", str(PATIENCE_S)]


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
    server = Server(programs=programs, folder=folder, port=0, settings=settings)
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
        server = _on_a_free_port(server)
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def administer(url: str, statement: str) -> None:
    """Run a statement about databases, and wait for sessions that are on their way out: the server does so for 5 s only.

    Args:
        url: SQLAlchemy URL of a database that the statement is not about.
        statement: What to run, outside of a transaction.

    Raises:
        psycopg.Error: If the server refuses it, or somebody stays in the database.
    """
    import psycopg

    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    until = time.monotonic() + PATIENCE_S
    with psycopg.connect(plain, autocommit=True) as connection:
        while True:
            try:
                connection.execute(statement.encode())
            except psycopg.errors.ObjectInUse:
                if time.monotonic() > until:
                    raise
            else:
                return


def _on_a_free_port(server: Server) -> Server:
    """Return the server, started on a port that nobody else has taken meanwhile."""
    for number in range(1, _N_PORTS + 1):
        server = replace(server, port=_free_port())
        try:
            server.start()
        except RuntimeError:
            if number == _N_PORTS or "could not bind" not in (server.folder / "log").read_text(errors="replace"):
                raise
            (server.folder / "log").unlink()
        else:
            break
    return server


def _run(command: list[str], user: str | None) -> None:
    with tempfile.TemporaryFile() as log:  # a pipe would stay open in the server that pg_ctl leaves behind
        done = subprocess.run(command, user=user, cwd="/", check=False, stdout=log, stderr=subprocess.STDOUT)
        if done.returncode:
            log.seek(0)
            message = f"{command[0]} failed: {log.read().decode(errors='replace')}"
            raise RuntimeError(message)


def _server_user() -> str | None:
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in UNPRIVILEGED if name in names)


def _free_port() -> int:
    """Return a port that no server has, below those that clients get: one of theirs may be taken before the server binds it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    if not _CLIENT_PORTS.exists():
        return port
    lowest = int(_CLIENT_PORTS.read_text(encoding="ascii").split()[0])
    draw = random.SystemRandom()  # `random` has the seed of the tests: all processes of a run would draw the same
    for candidate in (draw.randrange(10_000, lowest) for _ in range(100 if lowest > 11_000 else 0)):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", candidate)):
                return candidate
    return port
