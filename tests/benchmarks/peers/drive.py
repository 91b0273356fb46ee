"""One side of a measurement, in a process of its own: `python drive.py SIDE.py ARGUMENTS` imports nothing of benchdb's.

A side defines `prepare(**arguments)`, which imports and opens what it needs and returns the action to time, and may define
`answer(found)`, which makes of the action's result what is compared with the other side. Printed last, as JSON: wall and processor
seconds of the action alone, child processes included, the largest memory in bytes, and the answer.
"""

from __future__ import annotations

import json
import resource
import runpy
import sys
import time
from pathlib import Path
from typing import Any


def processor_seconds() -> float:
    """Return the processor seconds of this process and of its children so far."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def peak_bytes() -> int:
    """Return the largest resident memory so far of this process, or of a child of it if that had more.

    The kernel's count of a process survives the start of another program in it and so may be the parent's; its count of an address
    space, which Linux tells, does not.
    """
    unit = 1 if sys.platform == "darwin" else 1024
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit
    status = Path("/proc/self/status")
    if not status.exists():
        return max(children, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)
    (line,) = [each for each in status.read_text().splitlines() if each.startswith("VmHWM:")]
    return max(children, int(line.split()[1]) * 1024)


def measure(side: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Return the seconds of a side's action, and its answer.

    Args:
        side: Path of the side's file.
        arguments: Arguments of its `prepare`.
    """
    sys.path.insert(0, str(Path(side).parent))
    defined = runpy.run_path(side)
    action = defined["prepare"](**arguments)
    processor, start = processor_seconds(), time.perf_counter()
    found = action()
    seconds, processor = time.perf_counter() - start, processor_seconds() - processor
    peak = peak_bytes()
    answer = defined["answer"](found) if "answer" in defined else None
    return {"seconds": seconds, "processor": processor, "peak": peak, "answer": answer}


if __name__ == "__main__":
    measured = measure(sys.argv[1], json.loads(sys.argv[2]))
    sys.stdout.write("\n" + json.dumps(measured, default=str) + "\n")
