"""What a kind of statement is, and which there are: every module of `benchdb.query.insights.finders` has a `find`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from benchdb.query.contrasts import Contrast
    from benchdb.query.insights.ground import Ground
    from benchdb.rows.leaderboard import Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """One test behind a statement: an effect, its standard error and its p-value; None where no error is known."""

    effect: float
    stderr: float | None
    p_value: float | None

    @property
    def standard_errors(self) -> float | None:
        """The size of the effect in standard errors."""
        return abs(self.effect) / self.stderr if self.stderr else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A statement that was tried. Without words it does not hold of the printed numbers; its tests count all the same."""

    kind: str
    tests: Sequence[Test] = ()
    """Tests that must all be significant for the statement to be established."""
    words: str | None = None
    """The statement; None where the printed numbers do not support it."""
    models: Sequence[str] = ()
    benchmarks: Sequence[str] = ()
    cells: Sequence[Cell] = ()
    """Cells it speaks of."""
    command: str = ""
    never_established: bool = False
    """Whether it says that nothing is established, which no test can prove."""


def test_of(found: Contrast) -> Test:
    """Return the test of a difference; a partial error, which tests nothing, is left out.

    Args:
        found: The difference.
    """
    is_tested = found.p_value is not None
    return Test(effect=found.difference, stderr=found.stderr if is_tested else None, p_value=found.p_value)


@cache
def finders() -> tuple[Callable[[Ground], Iterator[Draft]], ...]:
    """Return the functions that try statements, in the order of their modules' names."""
    from benchdb.query.insights import finders as package

    names = sorted(module.name for module in iter_modules(package.__path__))
    return tuple(import_module(f"{package.__name__}.{name}").find for name in names)
