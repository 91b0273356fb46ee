"""A short run of the harness that kills processes; the long one is `python -m tests.reliability.crash`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.reliability.places import half_imports
from tests.servers import postgres_programs

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="the harness watches processes as Linux lets it")
N_KILLS = 4
BUDGET_S = 25


def test_nothing_is_lost_by_kill_9(engine_name: str) -> None:
    """Killed at random points of everything that writes, a database opens, is sound, and is what an undisturbed run leaves."""
    if engine_name == "postgresql" and postgres_programs() is None:
        pytest.skip("PostgreSQL is not installed")
    command = [sys.executable, "-m", "tests.reliability.crash", "--engine", engine_name]
    done = subprocess.run(
        [*command, "--kills", str(N_KILLS), "--budget", str(BUDGET_S)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "faults: 0" in done.stdout
    killed = re.search(r"^(\d+) killed", done.stdout, re.MULTILINE)
    assert killed is not None
    assert int(killed[1]) > 0


HARNESS = """
import os, sys, time
from pathlib import Path
from tests.reliability.processes import Kill, live
def act():
    Path(sys.argv[1] + ".a").write_text("a")
    os.rename(sys.argv[1] + ".a", sys.argv[1] + ".b")
    time.sleep(600)
point = int(sys.argv[2])
life = live(act, Path(sys.argv[1]), Kill(point=point, delay_s=float(sys.argv[3])))
print(life.exit_code, [name for _at, name in life.points], life.seconds < 300)
"""


@pytest.mark.parametrize(
    ("delay_s", "left", "said"), [("0", "log.a", "None [] True"), ("0.5", "log.b", "None ['renames'] True")]
)
def test_a_kill_comes_at_its_point(tmp_path: Path, delay_s: str, left: str, said: str) -> None:
    """Without a delay the process dies before it does what it has come to, with one after it."""
    command = [sys.executable, "-c", HARNESS, str(tmp_path / "log"), "0", delay_s]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == said
    assert (tmp_path / left).exists()


def test_a_half_import_is_noticed() -> None:
    """The judge names rows without their import, an import with fewer rows than it has, and one of somebody else's."""
    whole = {1: {"ingest": 1, "score": 3}, 2: {"ingest": 1, "score": 1}}
    assert half_imports({1: {"ingest": 1, "score": 3}}, whole) == []
    assert "rows without their import 1" in half_imports({1: {"score": 3}}, whole)[0]
    assert "import 1 has" in half_imports({1: {"ingest": 1, "score": 2}}, whole)[0]
    assert "none of ours" in half_imports({3: {"ingest": 1}}, whole)[0]
