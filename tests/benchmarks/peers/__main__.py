"""How fast benchdb is against what else reads the same results, in one run: `python -m tests.benchmarks.peers [PART…] [--out FILE]`.

Every side runs in a process of its own, the peers' and ours in turn, and the least of several runs counts. Timed is the action alone:
imports are done and a first small file has been read, and no side remembers files of another run. "Times faster" is the ratio of
processor times, which say the same on a busy machine; the aim is that of the peer by five. "Least" is what it costs to read, hash and
parse the files and to write rows that are ready into the same tables, which no import into them can go below. Before anything is printed the two sides are held against each other, number by number. Peers that need an environment of
their own get one in `--peers-dir`, where data that are made or fetched stay as well; a part whose peer cannot be had says so, and the
others go on.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.peers.bench import Bench, lines, machine
from tests.benchmarks.peers.measuring import PartFailedError
from tests.benchmarks.peers.places import KEPT, PeerAbsentError, Places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.benchmarks.peers.measuring import Row

PARTS = ("inspect", "mteb", "lm_eval", "mlflow", "csv", "pairs")
"""Names of the modules in `parts/`."""


def run(names: Sequence[str], bench: Bench) -> tuple[list[Row], list[str]]:
    """Return the lines of the table, and what is to be said of parts that were left out or failed.

    Args:
        names: Parts.
        bench: The run.
    """
    rows: list[Row] = []
    said: list[str] = []
    for name in names:
        part = import_module(f"tests.benchmarks.peers.parts.{name}")
        try:
            for row in part.measure(bench):
                rows.append(row)
                print(f"{name}: {row.what}: {row.ratio:.1f} times faster", file=sys.stderr, flush=True)
        except PeerAbsentError as error:
            said.append(f"left out: {name}: {error}")
        except PartFailedError as error:
            said.append(f"failed: {name}: {error}")
    return rows, said


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the parts named on the command line, by default all of them; return 1 if one failed.

    Args:
        arguments: Words of the command line.
    """
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.peers",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("part", nargs="*", help=f"parts to run, of {', '.join(PARTS)}; by default all")
    parser.add_argument("--out", type=Path, help="a file for the table as well")
    parser.add_argument("--peers-dir", type=Path, default=KEPT, help=f"where peers and data are kept (default {KEPT})")
    parser.add_argument("--no-install", action="store_true", help="install and fetch nothing; use what is there")
    parser.add_argument("--repeats", type=int, default=3, help="how often each side runs (default 3)")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the data to use (default 1)")
    given = parser.parse_args(arguments)
    if unknown := set(given.part) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}; there are: {', '.join(PARTS)}")
    with tempfile.TemporaryDirectory(prefix="benchdb-peers-") as scratch:
        places = Places(kept=given.peers_dir.absolute(), scratch=Path(scratch), may_install=not given.no_install)
        bench = Bench(places=places, scale=given.scale, repeats=max(1, given.repeats))
        rows, said = run(given.part or PARTS, bench)
    text = "\n".join([machine(), "", *lines(rows), *(["", *said] if said else [])])
    print(text)
    if given.out is not None:
        given.out.write_text(f"{text}\n", encoding="utf-8")
    return int(any(each.startswith("failed") for each in said))


if __name__ == "__main__":
    sys.exit(main())
