"""A server in the test's own process, asked without a network, and one that is a process of its own."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

import httpx

from benchdb.site.server.app import make_api
from benchdb.site.server.asking import Asker
from benchdb.site.server.front import Front, Guard
from benchdb.site.server.limits import Limits
from benchdb.site.server.pool import Pool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI

BASE = "http://127.0.0.1"
PATIENT_S = 300.0
"""Seconds that a question may take in a test, whatever else the machine does."""
_PROGRAM = f"""
from benchdb.site.server.limits import Limits
Limits.__init__.__kwdefaults__["seconds"] = {PATIENT_S}
from benchdb.__main__ import main
main()
"""
"""The program, with time for each question."""


class Served:
    """An application with its database, and a way to ask it from a test."""

    def __init__(self, url: str, *, limits: Limits | None = None, guard: Guard | None = None) -> None:
        self.asker = Asker(Pool(url), limits or Limits(seconds=PATIENT_S))
        self.api: FastAPI = make_api(self.asker)
        self.app = Front(self.api, self.asker, guard or Guard(log=False))
        self._runner = asyncio.Runner()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.asker.close()
        self._runner.close()

    def get(self, path: str, method: str = "GET", **options: Any) -> httpx.Response:
        """Return the answer to one request."""
        return self.together((path,), method=method, **options)[0]

    def together(self, paths: tuple[str, ...], method: str = "GET", **options: Any) -> list[httpx.Response]:
        """Return the answers to requests made at the same time."""

        async def ask() -> list[httpx.Response]:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
                return await asyncio.gather(*(client.request(method, path, **options) for path in paths))

        return self._runner.run(ask())

    def rows(self, path: str) -> list[dict[str, Any]]:
        """Return every row of an answer, page after page by the header Link."""
        rows: list[dict[str, Any]] = []
        following: str | None = path
        while following is not None:
            answer = self.get(following)
            assert answer.status_code == 200, answer.text
            rows += answer.json()["rows"]
            following = answer.links.get("next", {}).get("url")
        return rows


@contextmanager
def serving(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start the server on a free port, and yield the process and its address; what is still running is killed."""
    command = [sys.executable, "-c", _PROGRAM, "serve", "--port", "0", *arguments]
    environment = {name: value for name, value in os.environ.items() if name != "BENCHDB_URL"}
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        assert process.stderr is not None
        first = process.stderr.readline()
        found = re.search(r" at (http://\S+/) ", first)
        assert found is not None, first + process.stderr.read()
        yield process, found[1]
    finally:
        process.kill()
        process.communicate()
