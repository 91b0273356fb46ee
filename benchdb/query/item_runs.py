"""Which run shows a model's items on a benchmark, and what every question about items shares.

An item is solved when a model has more than half of its marks: with one attempt, when that is right. Where the metric is no share
of marks (seconds, Elo, or lower is better), nothing is solved or unsolved.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Double, Integer, and_, bindparam, case, cast, func, literal, select

from benchdb.errors import AmbiguousQueryError, EmptyResultError
from benchdb.query.claims import chosen_cells, policy_notes
from benchdb.query.columns import arrange, listed
from benchdb.query.filters import resolve
from benchdb.query.tables import OUTCOME
from benchdb.query.uncertainty import scale
from benchdb.schema.vocab import ScoreUnit

if TYPE_CHECKING:
    from sqlalchemy import BindParameter, ColumnElement, Connection, FromClause, Select

    from benchdb.query.chosen import Chosen
    from benchdb.query.filters import Filters, Scope
    from benchdb.query.policies import Policy


@dataclass(frozen=True, slots=True)
class ItemRuns:
    """One run of each model on one benchmark under one metric."""

    rows: tuple[Chosen, ...]
    """The chosen claim of each model, with its run; at least one, all of one benchmark, subset, metric and unit."""
    notes: tuple[str, ...]
    """What was chosen and left out."""
    scope: Scope
    """What the question is about."""

    @property
    def full(self) -> float:
        """What a share of marks is multiplied by to be in the metric's unit."""
        return scale(self.rows[0].unit)

    @property
    def is_bounded(self) -> bool:
        """Whether a value is a share, from 0 to 1."""
        return self.rows[0].unit in {ScoreUnit.PERCENT, ScoreUnit.FRACTION}

    @property
    def is_share(self) -> bool:
        """Whether a value is a share of full marks, so that an item can be solved."""
        return self.is_bounded and self.rows[0].higher_is_better is not False

    @property
    def labels(self) -> dict[int, str]:
        """Run → slug of its model, with the variant in brackets."""
        return {row.run_id: f"{row.model}[{row.variant}]" if row.variant else row.model for row in self.rows}

    @property
    def names(self) -> dict[int, str]:
        """Run → display name of its model, with the variant in brackets."""
        return {row.run_id: f"{row.model_name} [{row.variant}]" if row.variant else row.model_name for row in self.rows}

    def select_values(self) -> Select[Any]:
        """Return what each model made of each item. Grain: one row per (run, item), items without a value left out."""
        # The keys stand in the statement itself: they are whole numbers of ours, and engines limit the parameters of a statement.
        runs: BindParameter[int] = bindparam(
            "runs", [row.run_id for row in self.rows], expanding=True, literal_execute=True
        )
        return select_values(runs, literal(self.rows[0].metric_id, BigInteger))


def select_values(runs: BindParameter[int], metric: ColumnElement[int]) -> Select[Any]:
    """Return what runs made of each item. Grain: one row per (run, item), items without a value left out.

    Args:
        runs: The runs, a parameter that expands.
        metric: The metric.
    """
    value = func.coalesce(OUTCOME.c.value, cast(OUTCOME.c.n_correct, Double) / cast(OUTCOME.c.n_attempts, Double))
    return select(OUTCOME.c.run_id, OUTCOME.c.sample_number, OUTCOME.c.n_attempts, value.label("x")).where(
        and_(OUTCOME.c.run_id.in_(runs), OUTCOME.c.metric_id == metric, value.is_not(None))
    )


def item_runs(connection: Connection, benchmark: str, filters: Filters, policy: Policy) -> ItemRuns:
    """Return one run of each model in question on a benchmark: of the claims with outcomes, the one the policy chooses.

    Args:
        connection: An open connection.
        benchmark: Name of the benchmark.
        filters: What the question is about; its benchmarks are not used.
        policy: Which of several claims counts.

    Raises:
        EmptyResultError: If no claim that fits has outcomes of items.
        AmbiguousQueryError: If only subsets of the benchmark have outcomes, and several.
    """
    scope = replace(resolve(connection, replace(filters, benchmarks=(benchmark,))), needs_outcomes=True)
    chosen, notes = chosen_cells(connection, scope, policy)
    table = arrange(connection, chosen, scope)
    if not table.rows:
        raise EmptyResultError(
            f"{benchmark}: no run that fits these filters has outcomes of items; import logs with their samples"
        )
    if len(table.columns) > 1:
        subsets = listed(column.subset for column in table.columns)
        raise AmbiguousQueryError(f"{benchmark} has outcomes by subset: {subsets}. Choose one: --subset NAME")
    return ItemRuns(tuple(table.rows), (*policy_notes(table.rows, policy), *table.notes, *notes), scope)


def solved(item: FromClause, name: str = "x") -> ColumnElement[int]:
    """Return 1 where a value is more than half of full marks, else 0.

    Args:
        item: What holds the value as a share of marks.
        name: Its column.
    """
    return cast(case((item.c[name] > 0.5, 1), else_=0), Integer)
