"""Passwords of databases reach no output: every command, with a server that refuses and with one that answers."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from urllib.parse import quote

import click
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

import benchdb
from benchdb.cli import cli

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from click.testing import Result

    Run = Callable[..., Result]

SECRETS = ("S3cret/One@x", quote("S3cret/One@x", safe=""), "S3cretTwo", "S3cretThree")
"""The password as it is meant and as a URL writes it, one of a parameter, and that of the environment."""
WORDS = {
    "benchmark": "b", "benchmarks": "b", "model": "acme/m", "models": "acme/m acme/n", "first": "acme/m", "second": "acme/n",
    "baseline": "acme/m", "candidate": "acme/n", "statement": "SELECT * FROM runs", "score_id": "1", "kind": "models", "shell": "bash",
    "keep": "acme/m", "drop": "acme/n", "name": "a name", "target_name": "acme/m", "ingest": "one.csv", "paths": "one.csv",
    "chart": "one.csv", "form": "csv", "target_path": "out.csv", "folder": "site", "file": "copy.duckdb",
}  # fmt: skip
"""Something to say for each argument that a command needs."""
ENDLESS = ("serve",)
WITHOUT_DATABASE = ("completion", "formats")


def _commands(group: click.Group, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from _commands(command, *path, name)
        else:
            yield (*path, name), command


COMMANDS = [(path, command) for path, command in _commands(cli) if path[0] not in {*ENDLESS, *WITHOUT_DATABASE}]


def _words(path: tuple[str, ...], command: click.Command) -> list[str]:
    words = list(path)
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            words += WORDS[str(parameter.name)].split(" ") if parameter.nargs == -1 else [WORDS[str(parameter.name)]]
        elif parameter.required:
            words += [parameter.opts[0], WORDS[str(parameter.name)]]
    return words


def _url(host: str, database: str = "d", user: str = "u") -> str:
    return f"postgresql://{user}:{SECRETS[1]}@{host}/{database}?sslpassword={SECRETS[2]}"


def _everything(result: Result, folder: Path, caplog: pytest.LogCaptureFixture) -> str:
    """Return all that a command said, logged, or wrote into its folder, and what an exception that it let through says."""
    said = [result.output, result.stderr, caplog.text, repr(result.exception)]
    said += [path.read_bytes().decode("latin-1") for path in folder.rglob("*") if path.is_file()]
    return "\n".join(said)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """The folder that commands work in, with a file to import."""
    (tmp_path / "one.csv").write_text(
        "model,benchmark,metric,value,unit\nacme/m,b,accuracy,0.5,fraction\nacme/n,b,accuracy,0.6,fraction\n"
    )
    return tmp_path


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=[" ".join(path) for path, _command in COMMANDS])
def test_a_server_that_refuses(
    run: Run, files: Path, caplog: pytest.LogCaptureFixture, path: tuple[str, ...], command: click.Command
) -> None:
    """A command that cannot reach its database says so without the password, in its message and in its traceback."""
    caplog.set_level(logging.DEBUG)
    environment = {"BENCHDB_DEBUG": "1", "PGPASSWORD": SECRETS[3]}
    if path == ("db", "restore"):
        with benchdb.connect(files / "copy.duckdb", create=True):
            pass
    result = run(*_words(path, command), "--db", _url("127.0.0.1:1"), **environment)
    assert result.exit_code == 3, result.output
    assert "127.0.0.1:1" in result.stderr
    assert not [secret for secret in SECRETS if secret in _everything(result, files, caplog)]


@pytest.fixture(scope="module")
def server(postgres_url: str, postgres_template: str) -> Iterator[str]:
    """A URL with passwords of a database on a server that takes any."""
    url = make_url(postgres_url)
    name = "benchdb_secrets"
    _administer(postgres_url, f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
    yield _url(f"{url.host}:{url.port}", name, str(url.username))
    _administer(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


def _administer(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=[" ".join(path) for path, _command in COMMANDS])
def test_a_server_that_answers(
    run: Run, files: Path, server: str, caplog: pytest.LogCaptureFixture, path: tuple[str, ...], command: click.Command
) -> None:
    """A command that reaches its database shows, writes and logs whatever it does without the password."""
    caplog.set_level(logging.DEBUG)
    environment = {"BENCHDB_DEBUG": "1", "PGPASSWORD": SECRETS[3]}
    if path != ("ingest",):
        run("ingest", "one.csv", "--db", server, **environment)
    result = run(*_words(path, command), "--db", server, **environment)
    assert "cannot be opened" not in result.stderr
    assert not [secret for secret in SECRETS if secret in _everything(result, files, caplog)]


@pytest.mark.parametrize("form", ["csv", "json", "table"])
def test_the_status_names_the_place_without_the_password(run: Run, server: str, form: str) -> None:
    """Whoever asks where the database is reads host and name, and neither password."""
    result = run("db", "status", "--db", server, "--format", form)
    assert result.exit_code == 0, result.stderr
    assert "benchdb_secrets" in result.stdout
    assert not [secret for secret in SECRETS if secret in result.output]


def test_an_engine_shows_no_secret(server: str) -> None:
    """What a program prints of a database or its engine holds no password, wherever the URL had it."""
    with benchdb.connect(server) as database:
        shown = f"{database!r} {database.engine!r} {database.engine.url} {database.place}"
    assert "benchdb_secrets" in shown
    assert not [secret for secret in SECRETS if secret in shown]


@pytest.mark.parametrize(
    "words", [("{url}",), ("leaderboard", "{url}"), ("ingest", "{url}"), ("db", "merge", "{url}"), ("db", "{url}")]
)
def test_a_url_in_the_wrong_place_is_not_echoed(run: Run, words: tuple[str, ...]) -> None:
    """A URL given where a command, a file or nothing was expected is refused without its password."""
    with benchdb.connect("benchdb.duckdb", create=True):
        pass
    result = run(*[word.format(url=_url("h")) for word in words])
    assert result.exit_code != 0
    assert not [secret for secret in SECRETS if secret in result.output]
