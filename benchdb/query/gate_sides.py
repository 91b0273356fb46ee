"""Baseline and candidate: a model, in one of its variants, in all of its runs or in those that are named.

"MODEL", "MODEL[variant]", "MODEL@RUN" or "MODEL[variant]@RUN". RUN is looked up among the model's runs as, in this order, the
key of a run, the source's own label of it, the address of the source, its title, the name of the imported file, the day of
the run, and a part of the title; the first that fits anything counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from sqlalchemy import Date, Text, case, cast, func, or_, select

from benchdb.errors import EmptyResultError, UnknownNameError
from benchdb.query.claims import chosen_cells
from benchdb.query.compare_entrants import model_keys, typed_models, which_variant
from benchdb.query.filters import Scope, resolve
from benchdb.query.tables import INGEST, RUN, SOURCE

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

    from benchdb.query.chosen import Chosen
    from benchdb.query.filters import Filters
    from benchdb.query.policies import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class SideName:
    """One side as it was asked for."""

    name: str
    """Model, variant in brackets, run behind an @; a model whose own name has an @ is meant by all of it."""
    source: str | None = None
    """Only runs of this source: its URL, title, or a part of the title."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side with its claims."""

    scope: Scope
    """What was looked at."""
    rows: list[Chosen]
    """Its claims, one a cell."""
    suffix: str
    """What its label bears besides the model: "@" and the run or source."""
    notes: list[str]
    """What was left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _RunScope(Scope):
    """A scope that is confined to some runs."""

    run_ids: tuple[int, ...]

    def clauses(self) -> list[ColumnElement[bool]]:
        return [*Scope.clauses(self), RUN.c.run_id.in_(self.run_ids)]


def read_side(connection: Connection, asked: SideName, filters: Filters, policy: Policy) -> Side:
    """Return the claims of one side.

    Args:
        connection: An open connection.
        asked: The side as typed.
        filters: What the question is about; its models are not used.
        policy: Which of several claims a cell shows.

    Raises:
        EmptyResultError: If it has no score that fits, or no such run.
    """
    model, run = _split_run(connection, asked.name)
    (typed,) = typed_models(connection, [model])
    (model_id,) = model_keys(connection, [typed])
    sources = filters.sources if asked.source is None else (asked.source,)
    scope = replace(resolve(connection, replace(filters, models=(), sources=sources)), model_ids=(model_id,))
    if run:
        names = {name: getattr(scope, name) for name in Scope.__dataclass_fields__}
        scope = _RunScope(**names, run_ids=_runs(connection, model_id, typed.name, run))
    chosen, notes = chosen_cells(connection, scope, policy)
    variant = which_variant(typed, {row.variant for row in chosen})
    suffix = "".join(f"@{part}" for part in (run, asked.source) if part)
    return Side(scope, [row for row in chosen if row.variant == variant], suffix, notes)


def _split_run(connection: Connection, name: str) -> tuple[str, str]:
    """Return model and run of "MODEL@RUN"; a name that an entry has with its "@" is that of the model."""
    model, at, run = name.rpartition("@")
    if not at:
        return name, ""
    try:
        model_keys(connection, typed_models(connection, [name]))
    except UnknownNameError:
        return model, run
    return name, ""


def _runs(connection: Connection, model_id: int, model: str, run: str) -> tuple[int, ...]:
    folded = run.lower()
    name = func.lower(INGEST.c.name)
    fits = (
        cast(RUN.c.run_id, Text) == run,
        RUN.c.label == run,
        SOURCE.c.url == run,
        func.lower(SOURCE.c.title) == folded,
        or_(name == folded, name.endswith(f"/{PurePath(folded).name}", autoescape=True)),
        cast(cast(RUN.c.ran_at, Date), Text) == run,
        func.lower(SOURCE.c.title).contains(folded, autoescape=True),
    )
    rank = case(*[(condition, place) for place, condition in enumerate(fits)]).label("place")
    statement = (
        select(RUN.c.run_id, rank)
        .join(SOURCE, SOURCE.c.source_id == RUN.c.source_id)
        .join(INGEST, INGEST.c.ingest_id == RUN.c.ingest_id)
        .where(RUN.c.model_id == model_id, or_(*fits))
    )
    found = connection.execute(statement).all()
    if not found:
        raise EmptyResultError(
            f'{model} has no run "{run}": no key, label, source, file or day of its runs is that; '
            f"benchdb history MODEL BENCHMARK shows them"
        )
    best = min(row.place for row in found)
    return tuple(sorted(row.run_id for row in found if row.place == best))
