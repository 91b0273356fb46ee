"""Sides of a comparison, each in a process of its own, run in turn: seconds, processor seconds and memory, and equal answers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from benchdb.ingest.remembered import CACHE_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HERE = Path(__file__).parent
OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}
"""What keeps peers from asking a hub, and a checkout that is no longer ours from being written to."""


class PartFailedError(RuntimeError):
    """A side ended with an error, or two sides do not hold the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One way to get something done."""

    name: str
    """How the table calls it."""
    script: str
    """File in `sides/` that does it."""
    arguments: Mapping[str, Any]
    """Arguments of its `prepare`."""
    python: str = sys.executable
    """Interpreter that runs it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What an action took, the least of several runs of each."""

    seconds: float
    """Wall time."""
    processor: float
    """Processor time of the process and its children."""
    peak: float
    """Largest resident memory of the process, or of a child of it, until the action ended, in MB: imports are included."""

    def least(self, other: Cost) -> Cost:
        """Return the smaller of each figure.

        Args:
            other: Another run.
        """
        return Cost(
            seconds=min(self.seconds, other.seconds),
            processor=min(self.processor, other.processor),
            peak=min(self.peak, other.peak),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table."""

    what: str
    """What is got, and how much of it."""
    peer: Side
    theirs: Cost
    side: Side
    ours: Cost
    aim: float | None = None
    """How many times faster we mean to be, by processor time; None where we only look."""
    least: Cost | None = None
    """What the least costs that any import of the same into the same tables has to do; None where nothing is imported."""

    @property
    def ratio(self) -> float:
        """How many times as much processor time the peer takes."""
        return self.theirs.processor / max(self.ours.processor, 1e-9)


@dataclass(slots=True)
class Outcome:
    """What runs of a side gave."""

    cost: Cost | None = None
    answer: Any = None


@dataclass(slots=True)
class Comparison:
    """Sides that are run in turn."""

    sides: Sequence[Side]
    outcomes: dict[str, Outcome] = field(default_factory=dict)

    def run(self, repeats: int) -> dict[str, Any]:
        """Return the answer of each side by its name, after running all of them several times in turn.

        Args:
            repeats: How often, at least once.
        """
        for _ in range(repeats):
            for side in self.sides:
                cost, answer = run_side(side)
                held = self.outcomes.setdefault(side.name, Outcome())
                held.cost = cost if held.cost is None else held.cost.least(cost)
                held.answer = answer
        return {name: outcome.answer for name, outcome in self.outcomes.items()}

    def row(self, what: str, peer: Side, side: Side, aim: float | None, floor: Side | None = None) -> Row:
        """Return the line that sets one side against a peer.

        Args:
            what: What is got.
            peer: The peer's side.
            side: Our side.
            aim: How many times faster we mean to be.
            floor: The side that does the least, where something is imported.

        Raises:
            PartFailedError: If one of them was not run.
        """
        theirs, ours = self.outcomes[peer.name].cost, self.outcomes[side.name].cost
        if theirs is None or ours is None:
            raise PartFailedError(f"{what}: {peer.name} or {side.name} was not run")
        least = None if floor is None else self.outcomes[floor.name].cost
        return Row(what=what, peer=peer, theirs=theirs, side=side, ours=ours, aim=aim, least=least)


def run_side(side: Side) -> tuple[Cost, Any]:
    """Return what a side's action took, and its answer.

    Args:
        side: The side.

    Raises:
        PartFailedError: If it ends with an error.
    """
    command = [side.python, str(HERE / "drive.py"), str(HERE / "sides" / side.script), json.dumps(dict(side.arguments))]
    with tempfile.TemporaryDirectory(prefix="benchdb-peer-") as folder:
        environment = {**os.environ, **OFFLINE, CACHE_VARIABLE: f"{folder}/cache"}  # every import is the first one
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, env=environment)
    if done.returncode:
        raise PartFailedError(f"{side.name} ended with {done.returncode}: {done.stderr[-2000:]}")
    measured = json.loads(done.stdout.splitlines()[-1])
    cost = Cost(seconds=measured["seconds"], processor=measured["processor"], peak=measured["peak"] / 1e6)
    return cost, measured["answer"]


def require_equal(what: str, theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> int:
    """Return how many entries two sides share, all of them.

    Args:
        what: What they are.
        theirs: The peer's, by name.
        ours: Ours, by name.

    Raises:
        PartFailedError: If an entry is missing on a side or differs by more than rounding.
    """
    missing, added = theirs.keys() - ours.keys(), ours.keys() - theirs.keys()
    differing = [name for name in theirs.keys() & ours.keys() if not are_equal(theirs[name], ours[name])]
    if missing or added or differing or not theirs:
        shown = {name: (theirs.get(name), ours.get(name)) for name in [*missing, *added, *differing][:3]}
        raise PartFailedError(
            f"{what}: {len(missing)} only the peer's, {len(added)} only ours, {len(differing)} differ of {len(theirs)}: {shown}"
        )
    return len(theirs)


def require_same_tables(floor: Side) -> None:
    """Hold every table of two databases against each other, rows and constraints: ours, and that of the least.

    Args:
        floor: The side that did the least, after it ran.

    Raises:
        PartFailedError: If a row is in one of them alone, or a column or constraint is.
    """
    with duckdb.connect() as connection:
        for name in ("filled", "database"):
            connection.execute(f"ATTACH '{floor.arguments[name]}' AS \"{name}\" (READ_ONLY)")
        questions = [
            "SELECT table_name, constraint_text FROM duckdb_constraints() WHERE database_name = '{}'",
            "SELECT table_name, column_name, data_type, is_nullable FROM duckdb_columns() WHERE database_name = '{}'",
        ]
        names = connection.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'filled'").fetchall()
        questions += [f'SELECT * FROM "{{}}"."{name}"' for (name,) in names]
        for question in questions:
            ours, least = question.format("filled"), question.format("database")
            asked = f"SELECT count(*) FROM (({ours} EXCEPT ALL {least}) UNION ALL ({least} EXCEPT ALL {ours}))"
            ((n_differing,),) = connection.execute(asked).fetchall()
            if n_differing or not names:
                raise PartFailedError(f"{floor.name}: {n_differing} rows are in one database alone: {question}")


def are_equal(theirs: Any, ours: Any) -> bool:
    """Return whether two values are equal, numbers up to 1e-12 of their size.

    Args:
        theirs: The peer's.
        ours: Ours.
    """
    if isinstance(theirs, list) and isinstance(ours, list):
        return len(theirs) == len(ours) and all(map(are_equal, theirs, ours))
    if isinstance(theirs, int | float) and isinstance(ours, int | float):
        return abs(theirs - ours) <= 1e-12 * max(1.0, abs(theirs))
    return bool(theirs == ours)
