"""Tests of how commands end: exit codes, one message on stderr, no traceback, no noise of other modules."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest

from benchdb.cli import exits
from benchdb.errors import BenchdbError, ConfigError, DatabaseError, EmptyResultError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    Spawn = Callable[..., subprocess.CompletedProcess[str]]


def fail_with(error: BaseException) -> Callable[[], None]:
    """Return an action that raises."""

    def action() -> None:
        raise error

    return action


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (BenchdbError("x"), 1),
        (UnknownNameError("x"), 1),
        (EmptyResultError("x"), 1),
        (ConfigError("x"), 2),
        (DatabaseError("x"), 3),
        (click.UsageError("x"), 2),
        (click.Abort(), 130),
        (KeyboardInterrupt(), 130),
        (ZeroDivisionError("x"), 1),
        (FileNotFoundError(2, "No such file or directory", "x.csv"), 1),
    ],
)
def test_each_error_has_its_exit_code(error: BaseException, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Data are 1, usage 2, database 3, interruption 130; each is said on stderr without a traceback."""
    assert exits.run(fail_with(error)) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err
    assert "Traceback" not in captured.err


def test_what_nobody_expected_is_one_line_and_how_to_report_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of ours names its kind and BENCHDB_DEBUG, which shows the traceback."""
    monkeypatch.delenv("BENCHDB_DEBUG", raising=False)
    exits.run(fail_with(ZeroDivisionError("division\nby zero")))
    assert capsys.readouterr().err == (
        "Error: benchdb met something it did not expect: ZeroDivisionError: division\n"
        "This is a fault of benchdb. Run the command again with BENCHDB_DEBUG=1 and report what it prints.\n"
    )
    monkeypatch.setenv("BENCHDB_DEBUG", "1")
    exits.run(fail_with(ZeroDivisionError("division by zero")))
    assert "Traceback (most recent call last)" in capsys.readouterr().err


def test_a_message_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Control characters from a file's names are spelled out."""
    exits.run(fail_with(UnknownNameError("Model \x1b[2J is unknown")))
    assert capsys.readouterr().err == "Error: Model \\x1b[2J is unknown\n"


def test_an_unknown_option_is_a_usage_error(run: Callable[..., Result]) -> None:
    """It exits with 2 and says which option was probably meant."""
    result = run("leaderboard", "--polcy", "newest")
    assert result.exit_code == 2
    assert "No such option '--polcy'. Did you mean '--policy'?" in result.stderr
    assert result.stdout == ""


def test_a_missing_database_says_how_to_create_one(run: Callable[..., Result]) -> None:
    """Without a database a question exits with 3 and makes no file."""
    result = run("leaderboard", "--db", "missing.duckdb")
    assert result.exit_code == 3
    assert "missing.duckdb: there is no such database. Create it" in result.stderr
    assert "benchdb demo" in result.stderr
    assert run("leaderboard", "--db", "missing.duckdb").exit_code == 3


def test_a_file_that_is_not_a_database_is_left_alone(run: Callable[..., Result], tmp_path: Path) -> None:
    """Reading, creating and the demo refuse it with 3 and change no byte of it."""
    file = tmp_path / "notes.txt"
    file.write_text("not a database\n" * 400, encoding="utf-8")
    before = file.read_bytes()
    for command in (["leaderboard"], ["db", "init"], ["db", "upgrade"], ["demo"]):
        result = run(*command, "--db", file)
        assert result.exit_code == 3, command
        assert "not a DuckDB database" in result.stderr
    assert file.read_bytes() == before


def test_another_engine_is_a_usage_error(run: Callable[..., Result]) -> None:
    """A URL of an engine that benchdb does not know exits with 2 and shows no password."""
    result = run("leaderboard", "--db", "mysql://me:secret@host/results")
    assert result.exit_code == 2
    assert "not with mysql" in result.stderr
    assert "secret" not in result.stderr


def test_an_unreachable_server_exits_with_3(run: Callable[..., Result]) -> None:
    """Nobody listens on port 1: the message names the place without the password."""
    result = run("leaderboard", "--db", "postgresql://me:secret@127.0.0.1:1/results", "--wait", "0")
    assert result.exit_code == 3
    assert "127.0.0.1" in result.stderr
    assert "secret" not in result.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (
            ["leaderboard", "-m", "DeepSeek-R1-Distill-Qwen-23B"],
            1,
            "Did you mean deepseek-ai/deepseek-r1-distill-qwen-32b",
        ),
        (["leaderboard", "--shots", "77"], 1, "no score fits"),
        (["trace", "5"], 1, "no claim has the key 5"),
        (["compare", "AM-Distill-Qwen-32B"], 2, "at least two models"),
        (["db", "inti"], 2, "Did you mean init?"),
    ],
)
def test_error_paths_end_without_noise(spawn: Spawn, seeded: Path, arguments: list[str], code: int, says: str) -> None:
    """A real process ends with the code, one message and nothing from DuckDB's module as the interpreter ends."""
    group = arguments[0] == "db"
    done = spawn(*arguments, *([] if group else ["--db", seeded]))
    assert done.returncode == code
    assert says in done.stderr
    assert done.stdout == ""
    for noise in ("Traceback", "nanobind", "leaked", "Warning"):
        assert noise not in done.stderr


def test_a_question_ends_without_noise(spawn: Spawn, seeded: Path) -> None:
    """A process that succeeds writes rows and notes, and exits with 0."""
    done = spawn("leaderboard", "--db", seeded, "--suite", "am-distill", "--format", "csv", "--quiet")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("model,model_name,")


def test_the_database_of_the_environment_is_used(spawn: Spawn, seeded: Path) -> None:
    """BENCHDB_URL names the database when --db does not."""
    assert spawn("list", "suites", "--format", "csv", "--quiet", BENCHDB_URL=str(seeded)).returncode == 0
    assert spawn("list", "suites").returncode == 3


def test_a_reader_that_goes_away_is_no_error(seeded: Path, tmp_path: Path) -> None:
    """`benchdb … | head -1` ends quietly with 0."""
    rows = f"{sys.executable} -m benchdb coverage --db {seeded} --format csv --quiet"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run(
        ["bash", "-c", f"{rows} | head -1; exit ${{PIPESTATUS[0]}}"],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") == 1


INTERRUPTED_WHILE_IT_WAITS = """
import os, signal, time
sleep = time.sleep
def interrupted(seconds):
    os.kill(os.getpid(), signal.SIGINT)
    sleep(seconds)
time.sleep = interrupted
from benchdb.__main__ import main
main()
"""
"""The program, interrupted when it comes to wait for the first time."""
INTERRUPTED_WHILE_IT_STARTS = """
import os, signal, sys
from benchdb.__main__ import main
class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == "benchdb.cli":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupting())
main()
"""
"""The program, interrupted when it comes to load its commands."""


def test_an_interrupted_wait_exits_with_130(seeded: Path, tmp_path: Path) -> None:
    """A process that waits for a busy file and gets Ctrl-C says so and exits with 130; unstopped, it names the holder."""
    own = tmp_path / "busy.duckdb"
    own.write_bytes(seeded.read_bytes())
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    holding = "import sys, duckdb; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", holding, str(own)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        asking = [sys.executable, "-m", "benchdb", "leaderboard", "--db", str(own)]
        busy = subprocess.run([*asking, "--wait", "0"], env=environment, capture_output=True, text=True, check=False)
        assert busy.returncode == 3
        assert f"process {holder.pid}" in busy.stderr
        asking[1:3] = ["-c", INTERRUPTED_WHILE_IT_WAITS]
        waiting = subprocess.run(
            [*asking, "--wait", "600"], env=environment, capture_output=True, text=True, check=False
        )
        assert (waiting.returncode, waiting.stderr.strip()) == (130, "Interrupted.")
        holder.communicate("")


def test_an_interrupted_start_exits_with_130(tmp_path: Path) -> None:
    """Ctrl-C while the program itself is still being loaded ends it as later on, without a traceback."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    command = [sys.executable, "-c", INTERRUPTED_WHILE_IT_STARTS, "list", "models"]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "Interrupted.\n")
