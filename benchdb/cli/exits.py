"""How a command ends: an exception becomes one message on stderr and an exit code; no traceback reaches a user.

========  ==========================================================================
0         done; also when the reader of our output went away (``| head``)
1         the data were at fault: a file, a name, a question without an answer
2         usage: an unknown command or option, a setting that cannot be used
3         the database cannot be reached, is busy, or is at the wrong revision
4         `sql` only: the statement was stopped at its limit of time or memory
10        `gate` only: a regression
11        `gate` only: not enough evidence to rule one out
130       interrupted
========  ==========================================================================
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from benchdb.errors import BenchdbError, Interrupted
from benchdb.rows.safe import visible

if TYPE_CHECKING:
    from collections.abc import Callable

OK = 0
"""Done."""
DATA = 1
"""The data were at fault."""
USAGE = 2
"""The command line was at fault."""
DATABASE = 3
"""The database cannot be used."""
REGRESSION = 10
"""A gate found a regression."""
NOT_ENOUGH_EVIDENCE = 11
"""A gate could not rule a regression out."""
INTERRUPTED = 130
"""The user stopped it."""
DEBUG_VARIABLE = "BENCHDB_DEBUG"
"""Set to 1 to see the traceback of an error."""


def run(action: Callable[[], object]) -> int:
    """Return the exit code of an action; what went wrong stands on stderr.

    Args:
        action: The program; a whole number it returns is its exit code.
    """
    try:
        result = action()
        sys.stdout.flush()
    except BrokenPipeError:
        silence()
        return OK
    except (click.Abort, KeyboardInterrupt) as stop:
        told = stop.__cause__ if isinstance(stop, click.Abort) else stop  # click turns one into the other
        say(str(told) if isinstance(told, Interrupted) else "Interrupted.")
        return INTERRUPTED
    except click.ClickException as error:
        _show(error)
        return error.exit_code
    except BenchdbError as error:
        say(f"Error: {error}")
        show_traceback()
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - the last door: whatever it is, the user gets one line
        say(_unexpected(error))
        show_traceback()
        return DATA
    return result if isinstance(result, int) else OK


def _show(error: click.ClickException) -> None:
    """Show what click found wrong; a URL or anything else may have been given where a name was expected."""
    error.message = _harmless(error.message)  # type: ignore[misc]  # final for subclasses, and nobody else reads it
    error.show()


def say(message: str) -> None:
    """Write one message to stderr, its control characters spelled out and its passwords hidden.

    Args:
        message: What to say.
    """
    click.echo(_harmless(message), err=True)


def _harmless(message: str) -> str:
    from benchdb.config import hide_password

    return "\n".join(visible(line) for line in hide_password(message).removesuffix("\n").split("\n"))


def silence() -> None:
    """Send what is still to be written nowhere: whoever read our output has gone."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
    except (OSError, ValueError):
        return


def show_traceback() -> None:
    """Write the traceback of the exception being handled when BENCHDB_DEBUG asks for it."""
    if os.environ.get(DEBUG_VARIABLE, "0") not in {"", "0"}:
        import traceback

        click.echo(_without_secrets(traceback.format_exc()), err=True)


def _without_secrets(told: str) -> str:
    """Return a text without passwords, those that this command was given included, wherever they stand."""
    from benchdb.config import URL_VARIABLE, hide_password, secrets_of

    given = [*sys.argv[1:], os.environ.get(URL_VARIABLE, "")]
    secrets = {*(secret for text in given for secret in secrets_of(text)), os.environ.get("PGPASSWORD", "")} - {""}
    for secret in sorted(secrets, key=len, reverse=True):
        told = told.replace(secret, "***")
    return hide_password(told)


def _unexpected(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return f"Error: {where}{error.strerror}"
    reason = _without_secrets((str(error).strip().splitlines() or ["no message"])[0])
    return (
        f"Error: benchdb met something it did not expect: {type(error).__name__}: {reason}\n"
        f"This is a fault of benchdb. Run the command again with {DEBUG_VARIABLE}=1 and report what it prints."
    )
