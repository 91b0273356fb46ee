"""`benchdb` and `python -m benchdb`: the command line as a program."""

from __future__ import annotations

import atexit
import gc
import os
import sys

_GC_THRESHOLD = 100_000
"""Allocations between two searches for garbage. Imports make many objects and hardly any garbage: with Python's 700 a tenth to a
fifth of a command's time goes into searching."""


def main() -> None:
    """Run the command line and end the process with its exit code.

    The process ends without taking the interpreter apart: everything is closed and flushed by then, and DuckDB's module would
    otherwise report on stderr what it finds alive.
    """
    _open_what_is_closed()
    gc.set_threshold(_GC_THRESHOLD, 10, 10)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # both are text files at this point
    try:
        from benchdb.cli import cli

        code = cli.main(prog_name="benchdb", standalone_mode=False)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except KeyboardInterrupt:  # while the commands were loaded; later on they say themselves what was done
        sys.stderr.write("Interrupted.\n")
        code = 130
    atexit._run_exitfuncs()  # as a normal end does, and os._exit does not
    _flush()
    os._exit(code)


def _open_what_is_closed() -> None:
    """Open the standard streams that the caller closed (``>&-``), to nothing.

    The next file to be opened would get the number of one, and what a library writes to that stream would go into it: a database.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free: this one
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, "w" if number else "r", encoding="utf-8", closefd=False))  # noqa: SIM115 — it stays open


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            continue


if __name__ == "__main__":
    main()
