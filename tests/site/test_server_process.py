"""`benchdb serve` as a process: it starts, answers, and ends when it is told to."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys

import httpx

from tests.site.served import serving


def test_it_answers_until_it_is_interrupted(seeded_duckdb: str) -> None:
    """The address it prints answers, each request is one line of the log, and Ctrl-C ends it with 0 and a word."""
    with serving("--db", seeded_duckdb) as (process, address):
        answer = httpx.get(f"{address}api/v1/leaderboard", params={"suite": "am-distill", "limit": 1}, timeout=300)
        assert (answer.status_code, len(answer.json()["rows"])) == (200, 1)
        assert answer.headers.get_list("content-length") == [str(answer.num_bytes_downloaded)]
        assert "server" not in answer.headers
        process.send_signal(signal.SIGINT)
        out, said = process.communicate(timeout=300)
    assert (process.returncode, out) == (0, "")
    request, end = said.splitlines()
    assert re.fullmatch(r"\S+ \S+ 127\.0\.0\.1 GET /api/v1/leaderboard\?suite=am-distill&limit=1 200 \d+ \d+\.\d ms", request)  # fmt: skip
    assert end == "Stopped."


def test_a_port_in_use_is_one_message(seeded_duckdb: str) -> None:
    """Another program on the port ends it at once, with what to do and no traceback."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "benchdb", "serve", "--db", seeded_duckdb, "--port", port]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"Error: 127.0.0.1:{port}: Address already in use. Choose another port with --port")


def test_without_its_extra_it_says_what_to_install(seeded_duckdb: str) -> None:
    """Where the packages are missing, the line to install them is the message."""
    program = (
        "import sys; sys.modules['fastapi'] = None; sys.argv[1:] = ['serve', '--db', sys.argv[1]];"
        "from benchdb.__main__ import main; sys.exit(main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, seeded_duckdb], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        'Error: benchdb serve needs packages that are not installed (fastapi). Install them: pip install "benchdb[serve]"'
    ]
