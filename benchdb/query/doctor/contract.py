"""What a check is, and which there are: every module of `benchdb.query.doctor.checks` ends in `CHECK`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from benchdb.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import Connection

    from benchdb.query.filters import Scope
    from benchdb.rows.doctor import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One forensic check."""

    name: str
    """Name for `--check`."""
    find: Callable[[Connection, Scope], Iterator[Finding]]
    """What it found among the claims in scope, in an order that the claims determine."""
    summary: str = ""
    """First line of the module's docstring; filled by the registry."""


@cache
def checks() -> tuple[Check, ...]:
    """Return every check, by name."""
    from benchdb.query.doctor import checks as package

    found = []
    for module in iter_modules(package.__path__):
        home = import_module(f"{package.__name__}.{module.name}")
        check: Check = home.CHECK
        found.append(replace(check, summary=(home.__doc__ or "").strip().splitlines()[0].rstrip(".")))
    return tuple(sorted(found, key=lambda check: check.name))


def checks_named(names: Sequence[str]) -> tuple[Check, ...]:
    """Return the checks of these names; all of them where none is named.

    Args:
        names: Names of checks.

    Raises:
        ConfigError: If there is no such check.
    """
    known = {check.name: check for check in checks()}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ConfigError(f'no check is called "{unknown[0]}"; there are: {", ".join(known)}')
    return tuple(check for check in checks() if not names or check.name in names)
