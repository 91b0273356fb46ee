"""Which database is meant, and that no message shows a password."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchdb.config import DEFAULT_FILE, URL_VARIABLE, database_path, database_url, hide_password, secrets_of
from benchdb.errors import ConfigError


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(URL_VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)


def test_nothing_said_means_the_file_in_the_working_directory(tmp_path: Path) -> None:
    """Without argument and variable the database is benchdb.duckdb here."""
    assert database_path(database_url()) == tmp_path / DEFAULT_FILE == tmp_path / "benchdb.duckdb"


def test_the_variable_stands_above_the_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """BENCHDB_URL names the database where no argument does."""
    monkeypatch.setenv("BENCHDB_URL", "other.duckdb")
    assert database_path(database_url()) == tmp_path / "other.duckdb"


def test_the_argument_stands_above_the_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An argument wins over BENCHDB_URL."""
    monkeypatch.setenv("BENCHDB_URL", "other.duckdb")
    assert database_path(database_url("mine.duckdb")) == tmp_path / "mine.duckdb"


def test_an_empty_variable_says_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """BENCHDB_URL="" is as good as unset."""
    monkeypatch.setenv("BENCHDB_URL", "")
    assert database_path(database_url()) == tmp_path / DEFAULT_FILE


def test_a_path_object_is_a_path(tmp_path: Path) -> None:
    """A pathlib path means the same as its text, made absolute."""
    assert database_url(Path("x.duckdb")) == database_url("x.duckdb") == f"duckdb:///{tmp_path}/x.duckdb"


def test_the_tilde_is_the_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """~ stands for the user's home, as in a shell."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert database_path(database_url("~/x.duckdb")) == tmp_path / "home" / "x.duckdb"


@pytest.mark.parametrize(
    "name",
    [
        "a b.duckdb",
        "ü.duckdb",
        "100%.duckdb",
        "a%20b.duckdb",
        "what?.duckdb",
        "a#b.duckdb",
        "u:p@h.duckdb",
        "a&b=c.duckdb",
    ],
)
def test_any_file_name_comes_back_as_it_was(name: str, tmp_path: Path) -> None:
    """Signs that mean something in a URL are only letters in a path."""
    assert database_path(database_url(tmp_path / name)) == tmp_path / name


def test_memory() -> None:
    """:memory: is a database without a file, however it is written."""
    for spelling in (":memory:", "duckdb:///:memory:", "duckdb:///"):
        assert database_url(spelling) == "duckdb:///:memory:"
        assert database_path(database_url(spelling)) is None


def test_a_duckdb_url_is_kept() -> None:
    """A SQLAlchemy URL of a DuckDB file is a URL already, relative or absolute, with or without settings."""
    assert database_url("duckdb:////data/x.duckdb") == "duckdb:////data/x.duckdb"
    assert database_path("duckdb:////data/x.duckdb") == Path("/data/x.duckdb")
    assert database_path("duckdb:///x.duckdb?threads=2") == Path("x.duckdb")
    assert database_path("duckdb:///:memory:?threads=2") is None


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg", "PostgreSQL"])
def test_postgresql_is_spoken_to_through_psycopg(scheme: str) -> None:
    """Every usual spelling of a PostgreSQL URL leads to the one driver that benchdb installs."""
    assert database_url(f"{scheme}://user@host:5432/name") == "postgresql+psycopg://user@host:5432/name"


def test_a_server_has_no_file() -> None:
    """A PostgreSQL URL names no file."""
    assert database_path("postgresql+psycopg://user@host/name") is None


@pytest.mark.parametrize(
    "url",
    [
        "mysql://u:secret@h/d",
        "sqlite:///x.db",
        "https://example.org",
        "postgresql+psycopg2://u:secret@h/d",
        "postgresql+asyncpg://h/d",
    ],
)
def test_other_engines_and_drivers_are_refused(url: str) -> None:
    """A database that benchdb cannot use is refused at once, with what to write instead and without the password."""
    with pytest.raises(ConfigError, match="works with DuckDB files and PostgreSQL") as caught:
        database_url(url)
    assert "secret" not in str(caught.value)
    assert "postgresql+psycopg://" in str(caught.value)


@pytest.mark.parametrize("url", ["duckdb:", "duckdb://", "duckdb://x.duckdb"])
def test_a_duckdb_url_has_three_slashes(url: str) -> None:
    """A DuckDB URL with too few slashes would name a host; it is refused with the right spelling."""
    with pytest.raises(ConfigError, match=r"duckdb:///results\.duckdb"):
        database_url(url)


def test_a_windows_path_is_a_path() -> None:
    """A drive letter is no scheme of a URL."""
    assert database_url("c:\\data\\x.duckdb").startswith("duckdb:///")


PASSWORDS = pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://u:secret@h/d", "postgresql://u:***@h/d"),
        ("postgresql://u:se@cret@h/d", "postgresql://u:***@h/d"),
        ("postgresql://u:se/cret?@h/d", "postgresql://u:***@h/d"),
        ("postgresql://:secret@h/d", "postgresql://:***@h/d"),
        ("postgresql://u@h/d", "postgresql://u@h/d"),
        ("postgresql://h/d?user=u&password=secret", "postgresql://h/d?user=u&password=***"),
        ("postgresql://h/d?password=secret&user=u", "postgresql://h/d?password=***&user=u"),
        ("postgresql://h/d?PASSWORD=secret phrase", "postgresql://h/d?PASSWORD=***"),
        ("postgresql://h/d?sslpassword=secret&passfile=/secret", "postgresql://h/d?sslpassword=***&passfile=***"),
        ("postgresql://u:my secret@h/d", "postgresql://u:***@h/d"),
        ("postgresql://h/d?pass%77ord=secret&user=u", "postgresql://h/d?pass%77ord=***&user=u"),
        ("postgresql://h/d?user=u&auth_token=secret", "postgresql://h/d?user=u&auth_token=***"),
        ("postgresql:/u:secret@h/d: there is no such file", "postgresql:/u:***@h/d: there is no such file"),
        ("postgresql://u:***@h/d: no user u@h", "postgresql://u:***@h/d: no user u@h"),
        ("h/d?password=***: refused", "h/d?password=***: refused"),
        ("host=h password='se cret' user=u", "host=h password=*** user=u"),
        ("PGPASSWORD=secret psql", "PGPASSWORD=*** psql"),
        ("results.duckdb", "results.duckdb"),
        ("/data/x:y/results.duckdb", "/data/x:y/results.duckdb"),
    ],
)


@PASSWORDS
def test_what_is_hidden_once_stays_so(url: str, shown: str) -> None:
    """Hiding the passwords of a text that has none any more changes nothing, so that every door may do it."""
    assert hide_password(shown) == shown
    assert "cret" not in shown


@PASSWORDS
def test_passwords_are_hidden(url: str, shown: str) -> None:
    """What is shown of a URL has no password in it, wherever it stood, and is otherwise the same."""
    assert hide_password(url) == shown


@pytest.mark.parametrize(
    ("url", "secrets"),
    [
        ("postgresql://u:p%40ss@h/d", {"p%40ss", "p@ss"}),
        ("postgresql://u:a@b@h/d?sslpassword=c%20d", {"a@b", "c%20d", "c d"}),
        ("postgresql://u@h/d", set()),
        ("results.duckdb", set()),
    ],
)
def test_secrets_of_a_url_are_known_in_both_spellings(url: str, secrets: set[str]) -> None:
    """As written and as meant, from the user's part and from parameters; a traceback may hold either."""
    assert secrets_of(url) == secrets


def test_a_url_without_slashes_is_no_file() -> None:
    """A URL that lacks its slashes is not taken for a path, whose name would be shown with the password."""
    with pytest.raises(ConfigError, match="not a database URL") as caught:
        database_url("postgresql:u:secret@h/d")
    assert "postgresql+psycopg://" in str(caught.value)
