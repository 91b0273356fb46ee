"""Bad files led by the lines that they reach: `python -m tests.reliability.guided --importer NAME --minutes M`, or `--all`.

atheris notes which branches of the importers an input reaches, and changes those further that reach new ones. Each input ends in
records or one clear error, as in `tests.reliability.fuzz`, or it is a fault: its smallest file is kept, and printed with the command that reads it again.
"""

from __future__ import annotations

import argparse
import importlib
import json
import re
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

# Nothing of benchdb is imported here: atheris has to rewrite it first.
REPOSITORY = Path(__file__).resolve().parents[2]
ABSENT = 2
"""Exit code where atheris is not installed."""
HOW_TO_INSTALL = "atheris is not installed. It is no part of benchdb's extras: pip install atheris (3.0 has wheels for Linux on Python 3.11 to 3.13)."
_STUCK_S = 120
_MEMORY_MIB = 4_096
_COVERAGE = re.compile(r"#(\d+)\s+(INITED|DONE|pulse|NEW|REDUCE|RELOAD)\s+cov: (\d+) ft: (\d+) corp: (\d+)")


def main() -> int:
    """Run the importers one after the other and print the figures; the exit code is 1 if there was a fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--importer", action="append", help="this importer; may be repeated")
    which.add_argument("--all", action="store_true", help="every importer")
    parser.add_argument("--minutes", type=float, default=5, help="minutes for each importer")
    parser.add_argument("--seed", type=int, default=0, help="seed of every choice; 0 takes a new one")
    parser.add_argument("--input", type=Path, help="read this kept input of the importer once; needs no atheris")
    parser.add_argument(
        "--keep", type=Path, default=Path(tempfile.gettempdir()) / "benchdb-guided", help="folder for files of faults"
    )
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.input is not None:
        return _read_again(asked.importer[0], asked.input, asked.keep)
    if find_spec("atheris") is None:
        print(HOW_TO_INSTALL, file=sys.stderr)
        return ABSENT
    if asked.worker:
        _work(asked.importer[0], asked.keep, json.loads(asked.worker))
        return 0
    rows = [_run(name, asked) for name in (_names() if asked.all else asked.importer)]
    print(
        "\n| importer | inputs | records | error | fault | branches at first | at last |\n| --- | --: | --: | --: | --: | --: | --: |"
    )
    for row in rows:
        print(f"| {' | '.join(str(cell) for cell in row)} |")
    return 1 if any(row[4] for row in rows) else 0


def _names() -> list[str]:
    """Return every importer's name, from a process of its own."""
    program = "from benchdb.ingest.importer import importers; print(*(each.name for each in importers()))"
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=REPOSITORY
    ).stdout.split()


def _run(name: str, asked: argparse.Namespace) -> tuple[str, int, int, int, int, str, str]:
    """Return the figures of one importer, run in a process of its own."""
    from tests.reliability.trial import in_memory

    asked.keep.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="benchdb-guided-", dir=in_memory()) as folder:
        seeds, counts, log = (Path(folder) / each for each in ("seeds", "counts", "log"))
        seeds.mkdir()
        flags = [
            f"-max_total_time={max(1, round(asked.minutes * 60))}", f"-seed={asked.seed}", f"-timeout={_STUCK_S}", f"-rss_limit_mb={_MEMORY_MIB}",
            "-len_control=0", f"-artifact_prefix={asked.keep}/{name}-died-",
        ]  # fmt: skip
        told = json.dumps({"place": folder, "seeds": str(seeds), "counts": str(counts), "flags": flags})
        command = [
            sys.executable, "-m", "tests.reliability.guided", "--importer", name, "--keep", str(asked.keep), "--worker", told,
        ]  # fmt: skip
        with (
            log.open("w") as err,
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=err, text=True, cwd=REPOSITORY) as process,
        ):
            assert process.stdout is not None
            for line in process.stdout:
                if line.startswith("{"):
                    _tell(json.loads(line))
        said = log.read_text(encoding="utf-8", errors="replace")
        states = json.loads(counts.read_text()) if counts.exists() else {}
    died = int(process.returncode != 0)
    if died:
        print(
            f"\nFAULT {name}: the process died with {process.returncode}; its input, if any, is {asked.keep}/{name}-died-…\n{said[-2_000:]}",
            flush=True,
        )
    reached = _COVERAGE.findall(said)
    first, last = (reached[0][2], reached[-1][2]) if reached else ("?", "?")
    print(f"{name}: {sum(states.values()):,} inputs in {time.monotonic() - start:.0f} s", flush=True)
    kinds = [states.get(state, 0) for state in ("records", "error", "fault")]
    return name, sum(kinds), kinds[0], kinds[1], kinds[2] + died, first, last


def _tell(found: dict[str, Any]) -> None:
    heading = "FAULT" if found["is_new"] else "SMALLER FILE OF A FAULT"
    again = f"python -m tests.reliability.guided --importer {found['importer']} --input {found['input']}"
    detail = found["detail"] if found["is_new"] else found["detail"].partition("\n")[0]
    print(
        f"\n{heading} {found['importer']}: {detail}\n  file: {found['file']} {' '.join(found['words'])}\n  again: {again}",
        flush=True,
    )


def _work(name: str, keep: Path, options: dict[str, Any]) -> None:
    """Read inputs in this process, the importers' modules rewritten to note their branches."""
    # It has no types, and need not be there.
    atheris: Any = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["benchdb.ingest"]):
        target = _target(name, Path(options["place"]), keep)
        # Modules that importers import late are imported, and rewritten, here.
        for data in target.seeds():
            target.read(data)
    importlib.import_module("tests.reliability.guided_target").run(atheris, options, target)


def _target(name: str, place: Path, keep: Path) -> Any:
    """Return what reads inputs, all that it writes in one folder: libFuzzer ends the process without tidying up."""
    from benchdb.api import connect
    from tests.reliability.corpus import collect
    from tests.reliability.guided_target import Target
    from tests.reliability.trial import Laboratory

    template = place / "template.duckdb"
    with connect(template, create=True) as database:
        database.seed()
    return Target(Laboratory(template, place=place), name, collect()[name], keep)


def _read_again(name: str, path: Path, keep: Path) -> int:
    """Print how a kept input ends; the exit code is 1 if it is a fault still."""
    with tempfile.TemporaryDirectory(prefix="benchdb-guided-") as folder:
        target = _target(name, Path(folder), keep)
        verdict = target.read(path.read_bytes())
        target.close()
    print(f"{verdict.state}: {verdict.detail}")
    return 1 if verdict.state == "fault" else 0


if __name__ == "__main__":
    sys.exit(main())
