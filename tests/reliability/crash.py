"""Kill -9 at random points of import, undoing, migration, backup and compaction, and look at what is left.

Run it: `python -m tests.reliability.crash --engine duckdb --kills 300`. Every act is done undisturbed first, which says how long
it takes and what is right afterwards. Half of the kills come at a time drawn from that duration, the others at or just after
something the process came to: a piece of an import, a commit, a file that gets another name, a database that is opened or closed.
After each kill the database must open and be sound, with every file whole or not there; the command is run again, must end well,
and leave what an undisturbed run leaves, and nothing beside it. On PostgreSQL some kills take the server's process of the connection, or the whole
server, instead of the client.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tests.reliability.acts import acts_of, ends_well
from tests.reliability.processes import Kill, Life, live
from tests.reliability.worlds import DuckDBWorld, PostgresWorld, World
from tests.servers import postgres_programs, server_of_our_own

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.reliability.acts import Act

_LONGEST_DELAY_S = 0.02
_SHARE_AT_POINTS = 0.5
_SHARE_AT_ONCE = 0.4


@dataclass(slots=True)
class Tally:
    """What has happened so far."""

    kills: Counter[str] = field(default_factory=Counter)
    """Act → processes killed in it."""
    last: Counter[str] = field(default_factory=Counter)
    """What the processes had come to when they were killed."""
    servers: Counter[str] = field(default_factory=Counter)
    """What of the server was killed instead of the client."""
    outlived: Counter[str] = field(default_factory=Counter)
    """Act → clients that went on and ended well although the server was killed."""
    n_spared: int = 0
    """Processes that had ended before their time came."""
    faults: list[str] = field(default_factory=list)
    """What was wrong, with what reproduces it."""

    @property
    def n_kills(self) -> int:
        """How many were killed, clients and servers."""
        return sum(self.kills.values())


def crash(world: World, acts: Iterable[Act], n_kills: int, seed: int, *, budget_s: float | None = None) -> Tally:
    """Return what came of killing processes.

    Args:
        world: Where.
        acts: What is killed, in turn.
        n_kills: How many.
        seed: Of the random numbers; each kill draws from one of its own, which a fault is reported with.
        budget_s: Seconds after which no more are killed; one is, however long it takes.
    """
    acts = tuple(acts)
    world.prepare(acts)
    tally = Tally()
    start = time.monotonic()
    number = 0
    while tally.n_kills < n_kills and not (tally.n_kills and time.monotonic() - start > (budget_s or math.inf)):
        act = acts[number % len(acts)]
        kill_once(world, act, f"{seed}:{number}", tally)
        number += 1
        if number % 20 == 0:
            _say(f"{tally.n_kills} killed, {tally.n_spared} had ended, {len(tally.faults)} faults")
    return tally


def kill_once(world: World, act: Act, seed: str, tally: Tally) -> None:
    """Do an act, kill what does it, and look at what is left.

    Args:
        world: Where.
        act: What is done.
        seed: Of when and what.
        tally: Takes what happened.
    """
    draw = random.Random(seed)
    undisturbed = world.lives[act.name]
    kill = draw_kill(draw, undisturbed)
    victim = world.draw_victim(draw)
    with world.place(act) as place:
        life = world.kill(victim, partial(act.do, place, world.inputs), place, kill)
        if life.exit_code is not None and victim == "client":
            tally.n_spared += 1
            wrong = (
                []
                if life.exit_code == 0
                else [f"nothing was killed, and it ended with {life.exit_code}: {life.output}"]
            )
        else:
            tally.kills[act.name] += 1
            tally.last[life.last] += 1
            tally.servers[victim] += 1
            tally.outlived[act.name] += life.exit_code == 0
            wrong = ["processes that it had started went on"] if life.remnants else []
            wrong += _judged(world, act, place)
    if wrong:
        told = f"{act.name}: {victim} killed {kill}, after it {life.last}: {'; '.join(wrong)}\n  again: {world.again(act, seed)}"
        tally.faults.append(told)
        _say(f"FAULT {told}")


def _judged(world: World, act: Act, place: object) -> list[str]:
    """Return what is wrong with what a kill has left and with the end of doing the act again."""
    from tests.reliability.places import Place

    assert isinstance(place, Place)
    try:
        wrong = act.judge(place, world.known)
        again = live(partial(act.again or act.do, place, world.inputs), place.folder / "log")
        if again.exit_code != 0:
            return [*wrong, f"done again it ends with {again.exit_code}: {again.output.strip()}"]
        return [*wrong, *ends_well(place, act, world.known)]
    except RuntimeError as error:
        return [str(error)]


def draw_kill(draw: random.Random, undisturbed: Life) -> Kill:
    """Return when to kill a process that would live like another one.

    Args:
        draw: Random numbers.
        undisturbed: How the other one lived.
    """
    if draw.random() >= _SHARE_AT_POINTS or not undisturbed.points:
        return Kill(delay_s=draw.uniform(0.0, undisturbed.seconds))
    point = draw.randrange(len(undisturbed.points))
    ends = [moment for moment, _name in undisturbed.points] + [undisturbed.seconds]
    room = min(max(ends[point + 1] - ends[point], 0.0005), _LONGEST_DELAY_S)
    return Kill(point=point, delay_s=0.0 if draw.random() < _SHARE_AT_ONCE else draw.uniform(0.0001, room))


def report(tally: Tally, world: World, seed: int, seconds: float) -> list[str]:
    """Return the lines that say what a run has shown.

    Args:
        tally: What happened.
        world: Where.
        seed: Of its random numbers.
        seconds: How long it took.
    """
    lines = [
        f"seed {seed}, {time.strftime('%Y-%m-%d')}, {world.versions()}, Python {platform.python_version()}, {platform.system()} {platform.release()}",
        f"{tally.n_kills} killed in {seconds:.0f} s, {tally.n_spared} more had ended before their time came",
        "killed in: " + _counts(tally.kills),
        "what they had come to: " + _counts(tally.last),
    ]
    if set(tally.servers) - {"client"}:
        lines.append("what was killed: " + _counts(tally.servers))
        lines.append("clients that ended well although the server was killed: " + _counts(tally.outlived))
    return [*lines, f"faults: {len(tally.faults)}", *tally.faults]


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{name} {n}" for name, n in counter.most_common() if n) or "none"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(arguments: list[str]) -> int:
    """Run the harness; return 1 if it found a fault.

    Args:
        arguments: Of the command line.
    """
    parser = argparse.ArgumentParser(prog="python -m tests.reliability.crash", description=__doc__)
    parser.add_argument("--engine", choices=("duckdb", "postgresql"), default="duckdb")
    parser.add_argument("--kills", type=int, default=300, help="how many processes to kill")
    parser.add_argument("--seed", type=int, help="of when they are killed; drawn and printed by default")
    parser.add_argument("--acts", help="which acts, with commas between them; all by default")
    parser.add_argument("--budget", type=float, help="seconds after which no more are killed")
    parser.add_argument("--only", help="one kill again, by the seed that its fault was reported with")
    parser.add_argument("--keep", action="store_true", help="leave the folder with the databases")
    asked = parser.parse_args(arguments)
    seed = random.SystemRandom().randrange(1_000_000) if asked.seed is None else asked.seed
    _say(f"seed {seed}")
    wanted = None if asked.acts is None else asked.acts.split(",")
    acts = [act for act in acts_of(asked.engine) if wanted is None or act.name in wanted]
    folder = Path(tempfile.mkdtemp(prefix="benchdb-crash-"))
    start = time.monotonic()
    with ExitStack() as stack:
        if not asked.keep:
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        world = _world(asked.engine, folder, stack)
        if asked.only:
            world.prepare(acts)
            tally = Tally()
            kill_once(world, acts[0], asked.only, tally)
        else:
            tally = crash(world, acts, asked.kills, seed, budget_s=asked.budget)
        for line in report(tally, world, seed, time.monotonic() - start):
            _say(line)
    return 1 if tally.faults else 0


def _world(engine: str, folder: Path, stack: ExitStack) -> World:
    if engine == "duckdb":
        return DuckDBWorld(folder)
    programs = postgres_programs()
    if programs is None:
        sys.exit("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    return PostgresWorld(folder, stack.enter_context(server_of_our_own(programs)))


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # this process forks, and threads do not survive that
    sys.exit(main(sys.argv[1:]))
