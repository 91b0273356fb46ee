"""Running the server: a socket, a process, and an end by Ctrl-C."""

from __future__ import annotations

import logging
import socket
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchdb.errors import ConfigError

if TYPE_CHECKING:
    import os

    from benchdb.site.server.front import Front

_PATIENCE_S = 5
_WAITING = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the server listens and for whom."""

    host: str = "127.0.0.1"
    """Address to listen at."""
    port: int = 8000
    """Port; 0 takes a free one."""
    hosts: tuple[str, ...] = ()
    """Further names that requests may call it by."""
    cors: bool = False
    """Whether pages of other sites may read the answers."""
    log: bool = True
    """Whether each request is logged to stderr."""


def listen(place: Place) -> tuple[socket.socket, str]:
    """Return a socket that listens, and the address of the server on it.

    Args:
        place: Where to listen.

    Raises:
        ConfigError: If the port is in use, or the address is none of this machine.
    """
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    shown = f"[{place.host}]" if ":" in place.host else place.host
    found = socket.socket(family, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((place.host, place.port))
        found.listen(_WAITING)
    except (OSError, OverflowError) as error:
        found.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigError(
            f"{shown}:{place.port}: {reason}. Choose another port with --port (0 takes a free one) or another --host"
        ) from error
    return found, f"http://{shown}:{found.getsockname()[1]}/"


def application(target: str | os.PathLike[str] | None, place: Place) -> Front:
    """Return the application for a place: on loopback it answers to loopback's names only.

    Args:
        target: A path, a SQLAlchemy URL, or None for the usual database.
        place: Where it listens.
    """
    from benchdb.site.server.app import make_app
    from benchdb.site.server.front import LOOPBACK, Guard

    is_local = place.host in LOOPBACK or place.host.startswith("127.")
    named = frozenset(name.lower() for name in place.hosts)
    hosts = LOOPBACK | {place.host} | named if is_local or named else None
    return make_app(target, guard=Guard(hosts=hosts, cors=place.cors, log=place.log))


def run(app: Front, listening: socket.socket) -> None:
    """Serve until the process is told to stop; what is being answered has a few seconds to end.

    Args:
        app: The application.
        listening: From `listen`.
    """
    import uvicorn

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    for name, level in (
        ("benchdb.access", logging.INFO),
        ("benchdb.serve", logging.ERROR),
        ("uvicorn.error", logging.WARNING),
    ):
        logger = logging.getLogger(name)
        logger.setLevel(level)
        logger.handlers = [handler]
        logger.propagate = False
    config = uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, lifespan="on",
        timeout_graceful_shutdown=_PATIENCE_S, timeout_keep_alive=30,
    )  # fmt: skip
    try:
        uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        return
