"""Where processes are killed: the databases that acts start from, on each engine, and how a client or a server is killed."""

from __future__ import annotations

import importlib
import os
import pkgutil
import shutil
import signal
import time
from abc import ABC, abstractmethod
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING

from sqlalchemy.engine import make_url

import benchdb
from benchdb.ingest.importer import importers
from tests.reliability.acts import N_STEPS, OLD_REVISION, Act, Known, command, is_sound, undo
from tests.reliability.places import Place, content_of, copy_file, rows_by_import, write_huge, write_inputs
from tests.reliability.processes import Kill, Life, ask, live
from tests.servers import PATIENCE_S, administer

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterable, Iterator

    from tests.servers import Server

_NEVER = ("benchdb.__main__", "benchdb.site", "benchdb.charts", "benchdb.cli.chart")
"""Not needed here, and heavy."""
STARTS = ("empty", "half", "full", "old")
"""Databases that acts start from, beside nothing at all."""


class World(ABC):
    """The databases to start from, what is known of undisturbed runs, and a place for each act."""

    engine: str

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.inputs = folder / "inputs"
        self.known = Known()
        self.lives: dict[str, Life] = {}
        self._number = 0
        import_what_benchdb_needs()

    @abstractmethod
    def url_of(self, start: str) -> str:
        """Return the URL of a database to start from."""

    @abstractmethod
    def put(self, start: str, place: Place) -> None:
        """Put a copy of a database to start from in a place."""

    @abstractmethod
    def place_url(self, folder: Path) -> str:
        """Return the URL of the database of a new place."""

    @abstractmethod
    def remove(self, place: Place) -> None:
        """Remove the database of a place."""

    @abstractmethod
    def versions(self) -> str:
        """Return the versions of the engine and its driver."""

    def draw_victim(self, _draw: random.Random) -> str:
        """Return what is to be killed."""
        return "client"

    def kill(self, _victim: str, action: Callable[[], object], place: Place, kill: Kill | None) -> Life:
        """Return how a client lived that was killed."""
        return live(action, place.folder / "log", kill)

    def again(self, act: Act, seed: str) -> str:
        """Return the command that does one kill again."""
        return f"python -m tests.reliability.crash --engine {self.engine} --acts {act.name} --only {seed}"

    @contextmanager
    def place(self, act: Act) -> Iterator[Place]:
        """Give a fresh place that holds what an act starts from; it is gone afterwards.

        Args:
            act: The act.
        """
        self._number += 1
        folder = self.folder / f"place-{self._number}"
        folder.mkdir()
        place = Place(url=self.place_url(folder), folder=folder)
        try:
            self.put(act.start, place)
            if act.has_copy:
                copy_file(self.folder / "copied.duckdb", folder / "copy.duckdb")
            yield place
        finally:
            self.remove(place)
            shutil.rmtree(folder)

    def prepare(self, acts: Iterable[Act]) -> None:
        """Make the databases to start from, and do every act undisturbed.

        Args:
            acts: What will be killed.
        """
        write_inputs(self.inputs)
        write_huge(self.folder / "huge.csv")
        self._make_files()
        self._make_starts()
        for start in STARTS:
            self.known.before[start] = ask(partial(content_of, self.url_of(start)))
        self.known.before["copy"] = ask(partial(content_of, f"duckdb:///{self.folder / 'copied.duckdb'}"))
        for act in acts:
            self._do_undisturbed(act)

    def _make_files(self) -> None:
        """Make the DuckDB files that acts read: a backup to restore, an old copy, another database to merge."""
        for name, paths in (
            ("full", [self.inputs]),
            ("copied", [*sorted(self.inputs.glob("small-0*.csv"))]),
            ("other", [*sorted(self.inputs.glob("small-1*.csv")), self.inputs / "large.csv"]),
        ):
            url = f"duckdb:///{self.folder / name}.duckdb"
            self.must(partial(command, "db", "init", "--db", url))
            self.must(partial(command, "ingest", "--answers", *paths, "--db", url))

    @abstractmethod
    def _make_starts(self) -> None:
        """Make the databases to start from."""

    def fill(self, name: str, url: str) -> None:
        """Make one of the databases to start from in an empty place.

        Args:
            name: Which.
            url: Where.
        """
        self.must(partial(command, "db", "init", "--db", url))
        if name == "half":
            self.must(partial(command, "ingest", "--answers", *sorted(self.inputs.glob("small-0*.csv")), "--db", url))
        if name in {"full", "old"}:
            self.must(partial(command, "ingest", "--answers", self.inputs, "--db", url))
        if name == "old":
            self.must(partial(downgrade, url))

    def must(self, action: Callable[[], object]) -> Life:
        """Return how a child lived that had to end well.

        Args:
            action: What it does.

        Raises:
            RuntimeError: If it ends otherwise.
        """
        life = live(action, self.folder / "log")
        if life.exit_code != 0:
            message = f"{action} ended with {life.exit_code}:\n{life.output}"
            raise RuntimeError(message)
        return life

    def _do_undisturbed(self, act: Act) -> None:
        with self.place(act) as place:
            self.lives[act.name] = self.must(partial(act.do, place, self.inputs))
            self.known.final[act.name] = ask(partial(content_of, place.url))
            self.known.names[act.name] = place.names()
            if act.name.startswith("import"):
                self.known.whole[act.start] = ask(partial(rows_by_import, place.url))
            if wrong := is_sound(place):
                message = f"{act.name}, undisturbed: {'; '.join(wrong)}"
                raise RuntimeError(message)
            if act.has_copy:
                self.known.copies[act.name] = ask(partial(content_of, f"duckdb:///{place.folder / 'copy.duckdb'}"))
        if act.do is undo:
            with self.place(act) as place:
                for n_steps in range(N_STEPS + 1):
                    self.must(partial(undo, place, self.inputs, n_steps))
                    self.known.steps.append(ask(partial(content_of, place.url)))


class DuckDBWorld(World):
    """Files, copied."""

    engine = "duckdb"

    def url_of(self, start: str) -> str:
        """Return the URL of a database to start from."""
        return f"duckdb:///{self.folder / start}.start.duckdb"

    def place_url(self, folder: Path) -> str:
        """Return the URL of the database of a new place."""
        return f"duckdb:///{folder / 'x.duckdb'}"

    def put(self, start: str, place: Place) -> None:
        """Put a copy of a database to start from in a place."""
        if start != "nothing":
            copy_file(self.folder / f"{start}.start.duckdb", place.file)

    def remove(self, place: Place) -> None:
        """Do nothing: the file goes with its folder."""

    def versions(self) -> str:
        """Return the version of DuckDB."""
        import duckdb

        return f"DuckDB {duckdb.__version__}"

    def _make_starts(self) -> None:
        for start in STARTS:
            self.fill(start, self.url_of(start))


class PostgresWorld(World):
    """Databases of a server of our own, copied from templates."""

    engine = "postgresql"

    def __init__(self, folder: Path, server: Server) -> None:
        super().__init__(folder)
        self._server = server

    def url_of(self, start: str) -> str:
        """Return the URL of a database to start from."""
        return self._url(f"start_{start}")

    def place_url(self, folder: Path) -> str:
        """Return the URL of the database of a new place."""
        return self._url(folder.name.replace("-", "_"))

    def put(self, start: str, place: Place) -> None:
        """Put a copy of a database to start from in a place."""
        template = "" if start == "nothing" else f" TEMPLATE start_{start}"
        self._administer(f"CREATE DATABASE {make_url(place.url).database}{template}")

    def remove(self, place: Place) -> None:
        """Remove the database of a place."""
        self._administer(f"DROP DATABASE {make_url(place.url).database} WITH (FORCE)")

    def versions(self) -> str:
        """Return the versions of PostgreSQL and psycopg."""
        import psycopg

        return f"PostgreSQL {ask(partial(_server_version, self._server.url))}, psycopg {psycopg.__version__}"

    def draw_victim(self, draw: random.Random) -> str:
        """Return what is to be killed: mostly the client, else the server's process of its connection, or the server."""
        return draw.choices(("client", "connection", "server"), (6, 2, 1))[0]

    def kill(self, victim: str, action: Callable[[], object], place: Place, kill: Kill | None) -> Life:
        """Return how a client lived that was killed, or whose server was."""
        if victim == "client" or kill is None:
            return super().kill(victim, action, place, kill)
        name = str(make_url(place.url).database)
        # A server that is killed a while into the client's life; its points are the client's own affair.
        delay_s = kill.delay_s if kill.point is None else 0.1 + kill.delay_s
        strike = Timer(delay_s, partial(self._strike, victim, name))
        life = live(action, place.folder / "log", on_start=strike.start)
        strike.join()
        self._wait_until_answering()
        return life

    def _strike(self, victim: str, database: str) -> None:
        first = self._server.process()
        if victim == "connection":
            for process in children_of(first):
                with suppress(OSError):
                    if database in Path(f"/proc/{process}/cmdline").read_text(encoding="utf-8"):
                        os.kill(process, signal.SIGKILL)
                        # From then on the server knows, and takes nobody until all is well.
                        _wait_for_the_end_of([process])
            return
        os.kill(first, signal.SIGSTOP)  # what it would start while it is looked at would be left over
        while " T " not in Path(f"/proc/{first}/stat").read_text(encoding="utf-8"):
            time.sleep(0.001)
        others = children_of(first)
        os.kill(first, signal.SIGKILL)
        _wait_for_the_end_of(others)
        self._server.start()

    def _wait_until_answering(self) -> None:
        until = time.monotonic() + PATIENCE_S
        while not self._server.is_answering():
            if time.monotonic() > until:
                said = (self._server.folder / "log").read_text(errors="replace")
                message = f"the server does not answer: {said[-2000:]}"
                raise TimeoutError(message)
            time.sleep(0.05)

    def _make_starts(self) -> None:
        for start in STARTS:
            self._administer(f"CREATE DATABASE start_{start}")
            self.fill(start, self.url_of(start))

    def _administer(self, statement: str) -> None:
        ask(partial(administer, self._server.url, statement))

    def _url(self, database: str) -> str:
        return make_url(self._server.url).set(database=database).render_as_string(hide_password=False)


def children_of(process: int) -> list[int]:
    """Return the numbers of the processes that a process has started.

    Args:
        process: Its number.
    """
    found = []
    for path in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):
            found += [int(word) for word in path.read_text(encoding="ascii").split()]
    return found


def _wait_for_the_end_of(processes: Iterable[int]) -> None:
    while any(Path(f"/proc/{process}").exists() for process in processes):
        time.sleep(0.01)


def downgrade(url: str) -> int:
    """Take a database back to an old revision.

    Args:
        url: Which.
    """
    from alembic import command as alembic

    from benchdb.database.connect import open_engine
    from benchdb.database.revision import alembic_config

    engine = open_engine(url)
    with engine.connect() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        alembic.downgrade(config, OLD_REVISION)
    engine.dispose()
    return 0


def import_what_benchdb_needs() -> None:
    """Import everything that a command would, so that the children are ready at once; nothing is opened."""
    for name in ("alembic.command", "duckdb", "psycopg", "pyarrow.csv", "pyarrow.parquet", "pyarrow.compute"):
        importlib.import_module(name)
    for module in pkgutil.walk_packages(benchdb.__path__, "benchdb."):
        if not module.name.startswith(_NEVER):
            importlib.import_module(module.name)
    importers()


def _server_version(url: str) -> str:
    from tests.reliability.places import reader

    return str(reader(url)("SHOW server_version")[0][0])
