"""Files made bad, by the ten thousand, through every importer: `python -m tests.reliability.fuzz --cases 100000 --seed 1`.

Each case ends in records or one clear error, within bounded time and memory, or it is a fault: its file is kept, and printed
with the command that does it again. A case depends on seed, importer and number alone.
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random, SystemRandom
from threading import Lock
from typing import TYPE_CHECKING, Any

from tests.reliability.archives import make_archive
from tests.reliability.corpus import ARCHIVES, NO_WORDS, REPOSITORY, Base, choose, collect, cuts
from tests.reliability.mutations import mutate
from tests.reliability.trial import Laboratory, Verdict, report

if TYPE_CHECKING:
    from collections.abc import Iterator

WHOLE_EVERY = 1_000
"""Every so many cases one more goes through the whole of `benchdb ingest`."""
_STUCK_S = 120
_SHARE_TOLD = 0.85
_DIED = "the process died"


@dataclass(frozen=True, slots=True)
class Case:
    """One bad file."""

    importer: str
    number: int
    what: str
    """What was done to it."""
    base: Base
    changed: Path
    """Which of the base's files it stands in for."""
    data: bytes
    is_told: bool = False
    """Whether what the real file does not say is said beside it."""


class Cases:
    """The cases of a seed."""

    def __init__(self, seed: int, bases: dict[str, list[Base]]) -> None:
        self.seed = seed
        self._bases = bases
        self._all = [base for each in bases.values() for base in each]
        self._cuts = {name: list(cuts(each)) for name, each in bases.items()}

    def warm_up(self, laboratory: Laboratory) -> None:
        """Read one sound file with every importer, so that modules and pools of threads are there before memory is limited.

        Args:
            laboratory: Where it is read.
        """
        folder = laboratory.folder / "sound"
        for name, bases in self._bases.items():
            laboratory.read(bases[len(bases) // 2].lay_out(folder), name, is_limited=False)

    def make(self, importer: str, number: int) -> Case:
        """Return one case.

        Args:
            importer: Name of the importer, or `ARCHIVES`.
            number: Its number, from 0; the even ones first cut the importer's smallest file at every byte.
        """
        rng = Random(f"{self.seed}/{importer}/{number}")
        donor = choose(rng, self._all).path.read_bytes()
        if importer == ARCHIVES:
            what, data = make_archive(rng, [choose(rng, self._all).path for _ in range(3)], donor)
            base = self._all[0]
            return Case(importer, number, what, base, base.path, data)
        if number % 2 == 0 and number // 2 < len(self._cuts[importer]):
            base, length = self._cuts[importer][number // 2]
            return Case(
                importer, number, f"cut at {length}", base, base.path, base.path.read_bytes()[:length], is_told=True
            )
        base = choose(rng, self._bases[importer])
        changed = rng.choice(base.companions) if base.companions and rng.random() < 0.4 else base.path
        what, data = mutate(rng, changed.read_bytes(), changed.name, donor)
        return Case(importer, number, what, base, changed, data, is_told=rng.random() < _SHARE_TOLD)


def try_case(laboratory: Laboratory, case: Case, *, is_whole: bool = False) -> Iterator[tuple[str, Verdict, Path]]:
    """Yield how a case ends: reading it, and importing it if it is one of those.

    Args:
        laboratory: Where it is read.
        case: The case.
        is_whole: Whether it goes through `benchdb ingest`, too.
    """
    folder = laboratory.folder / "case"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    words = laboratory.words_for(case.base, case.importer) if case.is_told else NO_WORDS
    if case.importer == ARCHIVES:
        path = folder / case.what.partition(" ")[0]
        path.write_bytes(case.data)
        yield "unpack", laboratory.unpack(path), path
    else:
        path = case.base.lay_out(folder)
        (folder / case.changed.relative_to(case.base.root)).write_bytes(case.data)
        yield "read", laboratory.read(path, case.importer, words), path
    if is_whole:
        name = None if case.importer == ARCHIVES or case.number % 2 else case.importer
        yield "ingest", laboratory.ingest(path, name, NO_WORDS if name is None else words), path


@dataclass(slots=True)
class Tally:
    """What became of the cases so far."""

    states: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    faults: list[dict[str, Any]] = field(default_factory=list)
    n_whole: int = 0
    slowest_s: float = 0.0
    peak_bytes: int = 0

    def take(self, found: dict[str, Any]) -> None:
        """Count one verdict."""
        self.states[found["importer"]][found["state"]] += found["way"] != "ingest"
        self.n_whole += found["way"] == "ingest"
        self.slowest_s = max(self.slowest_s, found["cpu_s"])
        self.peak_bytes = max(self.peak_bytes, found.get("peak", 0))
        if found["state"] == "fault":
            self.faults.append(found)


def main() -> int:
    """Run the cases and print the figures; the exit code is 1 if there was a fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000, help="cases in all")
    parser.add_argument("--seed", type=int, default=None, help="seed of every choice; by default a new one")
    parser.add_argument("--importer", action="append", help=f'only this importer, or "{ARCHIVES}"; may be repeated')
    parser.add_argument("--number", type=int, help="only the case of this number")
    parser.add_argument("--minutes", type=float, default=10**6, help="stop after so long, whatever is left")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument(
        "--keep", type=Path, default=Path(tempfile.gettempdir()) / "benchdb-fuzz", help="folder for files of faults"
    )
    parser.add_argument("--worker", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # it is a text stream
    seed = SystemRandom().randrange(10**9) if asked.seed is None else asked.seed
    names = asked.importer or [*sorted(collect()), ARCHIVES]
    if asked.worker:
        return _work(seed, names, asked, *asked.worker)
    print(f"seed {seed}, {asked.cases:,} cases, {len(names)} importers, {asked.jobs} process(es)", flush=True)
    start, cpu = time.monotonic(), os.times()
    tally = _run(seed, names, asked)
    _print(tally, names, seed)
    used = os.times()
    print(
        f"{time.monotonic() - start:.0f} s, {used.children_user + used.children_system - cpu.children_user - cpu.children_system:.0f} s of processor time"
    )
    return 1 if tally.faults else 0


def _run(seed: int, names: list[str], asked: argparse.Namespace) -> Tally:
    """Return what became of all cases, each worker started again after the case that killed it."""
    from benchdb.api import connect

    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="benchdb-fuzz-") as folder:
        template = Path(folder) / "template.duckdb"
        with connect(template, create=True) as database:
            database.seed()
        lock = Lock()

        def drive(job: int) -> None:
            first: int | None = 0
            while first is not None:
                first = _watch(tally, lock, (seed, names, asked, template, Path(folder) / f"{job}.place"), job, first)

        with ThreadPoolExecutor(asked.jobs) as pool:
            list(pool.map(drive, range(asked.jobs)))
    return tally


def _watch(
    tally: Tally, lock: Lock, told: tuple[int, list[str], argparse.Namespace, Path, Path], job: int, first: int
) -> int | None:
    """Count what a worker says until it ends; return where the next one goes on if it did not end by itself."""
    seed, names, asked, template, place = told
    command = [
        sys.executable, "-m", "tests.reliability.fuzz", "--cases", str(asked.cases), "--seed", str(seed), "--jobs", str(asked.jobs),
        "--minutes", str(asked.minutes), "--keep", str(asked.keep), *[part for name in names for part in ("--importer", name)],
        *(() if asked.number is None else ("--number", str(asked.number))), "--worker", str(template), json.dumps([str(place), job, first]),
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as process:
        assert process.stdout is not None
        for line in process.stdout:
            with lock:
                tally.take(found := json.loads(line))
                if found["state"] == "fault":
                    _tell(found)
        if not process.wait():
            return None
    died = _died(seed, place, process.returncode)
    with lock:
        tally.take(died)
        _tell(died)
    following: int = died["position"] + asked.jobs
    return following


def _died(seed: int, place: Path, code: int) -> dict[str, Any]:
    position, number, importer = json.loads(place.read_text())
    detail = f"{_DIED} with {code} (a limit of time, or a crash)"
    return {
        "position": position,
        "number": number,
        "importer": importer,
        "way": "read",
        "state": "fault",
        "what": "",
        "cpu_s": 0.0,
        "detail": detail,
        "seed": seed,
    }


def _work(seed: int, names: list[str], asked: argparse.Namespace, template: str, told: str) -> int:
    """Try the cases of one process and print a line of JSON for each."""
    place, job, first = json.loads(told)
    cases = Cases(seed, collect())
    laboratory = Laboratory(Path(template))
    cases.warm_up(laboratory)
    end = time.monotonic() + asked.minutes * 60
    descriptor = os.open(place, os.O_RDWR | os.O_CREAT)
    try:
        for position in _positions(asked, job, first, len(names)):
            importer, number = (
                names[position % len(names)],
                position // len(names) if asked.number is None else asked.number,
            )
            if time.monotonic() > end:
                break
            mark = json.dumps([position, number, importer])
            os.pwrite(descriptor, f"{mark:<200}".encode(), 0)
            faulthandler.dump_traceback_later(_STUCK_S, exit=True)
            case = cases.make(importer, number)
            is_whole = asked.number is not None or position % WHOLE_EVERY == 0
            for way, verdict, path in try_case(laboratory, case, is_whole=is_whole):
                found = {
                    "position": position,
                    "importer": importer,
                    "number": number,
                    "way": way,
                    "what": case.what,
                    "seed": seed,
                    **report(verdict),
                }
                found["peak"] = _peak() if position % 100 == 0 else 0
                if verdict.state == "fault":
                    found["kept"] = str(_keep(asked.keep, case, path))
                print(json.dumps(found), flush=True)
            faulthandler.cancel_dump_traceback_later()
    finally:
        laboratory.close()
    return 0


def _positions(asked: argparse.Namespace, job: int, first: int, n_names: int) -> Iterator[int]:
    if asked.number is not None:
        yield from range(n_names if job == 0 and not first else 0)
        return
    yield from range(first or job, asked.cases, asked.jobs)


def _peak() -> int:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _keep(folder: Path, case: Case, path: Path) -> Path:
    """Keep the file of a fault with what lies beside it."""
    target = folder / f"{case.importer}-{case.number}"
    shutil.rmtree(target, ignore_errors=True)
    root = (
        path.parents[len(case.base.path.relative_to(case.base.root).parts) - 1]
        if case.importer != ARCHIVES
        else path.parent
    )
    shutil.copytree(root, target)
    return target / path.relative_to(root)


def _tell(found: dict[str, Any]) -> None:
    again = f"python -m tests.reliability.fuzz --seed {found['seed']} --importer {found['importer']} --number {found['number']}"
    print(
        f"\nFAULT {found['importer']} {found['number']} ({found['way']}; {found['what']}): {found['detail']}\n  file: {found.get('kept', 'not kept')}\n  again: {again}",
        flush=True,
    )


def _print(tally: Tally, names: list[str], seed: int) -> None:
    states = ("records", "error", "fault")
    print(f"\n| importer | cases | {' | '.join(states)} |\n| --- | --: | --: | --: | --: |")
    for name in names:
        counts = tally.states[name]
        print(f"| {name} | {sum(counts.values()):,} | {' | '.join(f'{counts[state]:,}' for state in states)} |")
    total = Counter[str]()
    for counts in tally.states.values():
        total.update(counts)
    print(f"| all | {sum(total.values()):,} | {' | '.join(f'{total[state]:,}' for state in states)} |")
    print(
        f"\nseed {seed}; {datetime.now(UTC):%d %B %Y}; {tally.n_whole:,} of them through the whole of benchdb ingest; the slowest took "
        f"{tally.slowest_s:.2f} s of processor time; the greatest peak of a process was {tally.peak_bytes / 2**20:.0f} MiB"
    )


if __name__ == "__main__":
    sys.exit(main())
