"""Fixtures of the browser tests: one Chromium for all, windows that are watched, and databases made once for all processes."""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

import benchdb
from benchdb.database.connect import open_engine
from benchdb.database.revision import upgrade
from tests.site.browser.hostile import hostile_facts
from tests.site.browser.watching import Watch, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from tests.query.facts import Facts

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip
"""Chromium itself asks nobody, and no page can: only loopback has an address."""
Visit = Callable[..., Watch]
"""Opens a watched window; keywords width, height, dark, javascript."""
Shared = Callable[[str, Callable[[Path], object]], Path]
"""A path below one folder of all processes; the function makes what stands there, once."""


@pytest.fixture(scope="session")
def chromium() -> Iterator[tuple[Browser, asyncio.AbstractEventLoop]]:
    """Debian's Chromium and Playwright's event loop."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is not installed (Debian: apt-get install chromium)")
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (pip install playwright)")
    with running(None):
        manager = api.sync_playwright()
        playwright = manager.start()
        loop = asyncio.get_running_loop()
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS), timeout=300_000)
    yield browser, loop
    with running(loop):
        browser.close()
        manager.__exit__()


@pytest.fixture
def visit(chromium: tuple[Browser, asyncio.AbstractEventLoop]) -> Iterator[Visit]:
    """Open watched windows; when the test ends, nothing must have gone wrong in any of them."""
    browser, loop = chromium
    watches = []

    def window(*, width: int = 1280, height: int = 800, dark: bool = False, javascript: bool = True) -> Watch:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            java_script_enabled=javascript,
            has_touch=width < 500,
        )
        context.set_default_timeout(120_000)
        watches.append(Watch(context))
        return watches[-1]

    with running(loop):
        yield window
        for watch in watches:
            watch.context.close()
    assert [fault for watch in watches for fault in watch.faults] == []


@pytest.fixture(scope="session")
def axe() -> str:
    """The text of axe-core, from the npm package of that name."""
    path = os.environ.get("BENCHDB_AXE")
    if not path:
        pytest.skip("BENCHDB_AXE does not name the axe.min.js of the npm package axe-core (.ci/run fetches it)")
    return Path(path).read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Shared:
    """Make a file or folder that all processes of a test run read."""
    base = tmp_path_factory.getbasetemp()
    root = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "shared-by-browser-tests"
    root.mkdir(exist_ok=True)

    def make_once(name: str, make: Callable[[Path], object]) -> Path:
        path, done = root / name, root / f"{name}.done"
        with (root / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                make(path)
                done.touch()
        return path

    return make_once


def written(facts: Facts, path: Path) -> None:
    """Write facts into a new DuckDB file."""
    engine = open_engine(f"duckdb:///{path}")
    upgrade(engine)
    facts.write(engine)
    engine.dispose()


@pytest.fixture(scope="session")
def seeds_database(shared: Shared) -> Path:
    """A DuckDB file that holds the seeds; only to be read."""

    def make(path: Path) -> None:
        with benchdb.connect(path, create=True) as database:
            assert database.seed().n_failed == 0

    return shared("seeds.duckdb", make)


@pytest.fixture(scope="session")
def hostile_database(shared: Shared) -> Path:
    """A DuckDB file whose every text attacks; only to be read."""
    return shared("hostile.duckdb", lambda path: written(hostile_facts(), path))


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 — its name in the base class
        """Say nothing: what went wrong is written down by the window."""


@pytest.fixture(scope="session")
def serve_folder() -> Iterator[Callable[[Path], str]]:
    """Serve folders from loopback, each from a port of its own; returns the address of the folder."""
    with ExitStack() as servers:

        def address(folder: Path) -> str:
            server = servers.enter_context(
                ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
            )
            servers.callback(server.shutdown)
            Thread(target=server.serve_forever, daemon=True).start()
            return f"http://127.0.0.1:{server.server_port}/"

        yield address
