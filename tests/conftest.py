"""Fixtures shared by all tests. `db` gives every database test a migrated database on each engine."""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy.engine import make_url

import benchdb
from benchdb.database.connect import open_engine
from benchdb.database.revision import upgrade
from tests.servers import administer, postgres_programs, postgres_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

ENGINES = ("duckdb", "postgresql")
_numbers = itertools.count()

# What the user's cache remembers of files is nothing that a test may see or add to; tests of the cache name one of their own.
os.environ["BENCHDB_CACHE_DIR"] = ""

# A server on a busy machine may take its time, and a run in the background, where Ctrl-C is ignored, has tests that send it.
os.environ["PGCONNECT_TIMEOUT"] = "300"
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# No test looks at the clock: an example that takes longer because other processes have the machine is no failure.
settings.register_profile("benchdb", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("benchdb")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that say which servers and programs the tests may use."""
    parser.addoption("--postgres", metavar="URL", help="use this PostgreSQL server instead of starting one")
    parser.addoption("--engines", default=",".join(ENGINES), help="engines to test on, comma-separated")


@atexit.register
def _quiet_end() -> None:
    """Let pytest's summary be the last line: DuckDB's module reports on stderr what failing tests kept alive."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


@pytest.fixture(scope="session")
def postgres_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """URL of a PostgreSQL server: the one named by --postgres, else one started for this session."""
    named = request.config.getoption("--postgres")
    if named:
        yield str(named)
        return
    programs = postgres_programs()
    if programs is None:
        pytest.skip(
            "PostgreSQL is not installed (Debian: apt-get install postgresql); or name a server: --postgres URL"
        )
    with postgres_server(programs) as url:
        yield url


@pytest.fixture(scope="session")
def duckdb_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty DuckDB file to copy from."""
    path = tmp_path_factory.mktemp("template") / "template.duckdb"
    engine = open_engine(f"duckdb:///{path}")
    upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> Iterator[str]:
    """Name of a migrated, empty PostgreSQL database to copy from."""
    name = f"benchdb_template_{next(_numbers)}"
    administer(postgres_url, f"CREATE DATABASE {name}")
    engine = open_engine(_with_database(postgres_url, name))
    upgrade(engine)
    engine.dispose()
    yield name
    administer(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    """The engine a test runs on; every database test runs once for each."""
    name = str(request.param)
    if name not in request.config.getoption("--engines").split(","):
        pytest.skip(f"{name} is not among --engines")
    return name


@pytest.fixture
def db_url(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a migrated, empty database of the test's own."""
    if engine_name == "duckdb":
        path = tmp_path / "test.duckdb"
        shutil.copy(request.getfixturevalue("duckdb_template"), path)
        yield f"duckdb:///{path}"
        return
    server, template = request.getfixturevalue("postgres_url"), request.getfixturevalue("postgres_template")
    name = f"benchdb_test_{next(_numbers)}"
    administer(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield _with_database(server, name)
    administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_url(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a place for another database on the test's engine: a file that does not exist, or a database without tables."""
    if engine_name == "duckdb":
        yield f"duckdb:///{tmp_path / 'empty.duckdb'}"
        return
    server = request.getfixturevalue("postgres_url")
    name = f"benchdb_empty_{next(_numbers)}"
    administer(server, f"CREATE DATABASE {name}")
    yield _with_database(server, name)
    administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def db(db_url: str) -> Iterator[Engine]:
    """An engine on a migrated, empty database of the test's own, on DuckDB and on PostgreSQL."""
    engine = open_engine(db_url, wait_s=300.0)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def seeded_duckdb(duckdb_template: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Path of a DuckDB file that holds the seeds."""
    path = tmp_path_factory.mktemp("seeded") / "seeded.duckdb"
    shutil.copy(duckdb_template, path)
    with benchdb.connect(path) as database:
        assert database.seed().n_failed == 0
    return str(path)


@pytest.fixture(scope="session")
def seeded_postgresql(postgres_url: str, postgres_template: str) -> Iterator[str]:
    """URL of a PostgreSQL database that holds the seeds."""
    name = "benchdb_seeded"
    administer(postgres_url, f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
    url = make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
    with benchdb.connect(url) as database:
        assert database.seed().n_failed == 0
    yield url
    administer(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def seeds_url(engine_name: str, request: pytest.FixtureRequest) -> str:
    """Path or URL of a database that holds the seeds, on the test's engine; only to be read."""
    return str(request.getfixturevalue(f"seeded_{engine_name}"))


@pytest.fixture
def seeds(engine_name: str, request: pytest.FixtureRequest) -> Iterator[benchdb.Database]:
    """The seeds on the test's engine, opened for reading."""
    with benchdb.connect(request.getfixturevalue(f"seeded_{engine_name}"), read_only=True) as database:
        yield database


@pytest.fixture
def seeds_file(seeded_duckdb: str) -> Iterator[benchdb.Database]:
    """The seeds on DuckDB, opened for reading, for what does not depend on the engine."""
    with benchdb.connect(seeded_duckdb, read_only=True) as database:
        yield database


@pytest.fixture
def shared_samples() -> Path:
    """Folder of real files beside the checkout; the test is skipped where it is not there."""
    folder = Path(__file__).parents[2] / "shared" / "samples"
    if not folder.is_dir():
        pytest.skip("the folder shared/samples is not beside this checkout")
    return folder


def _with_database(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)
