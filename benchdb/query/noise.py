"""Where the error of a score comes from: the items that were drawn, or the answers that came out.

With several attempts at each item the squared error over items is a sum: prediction noise, the mean of p (1 - p) / (k - 1) over
items divided by their number, and data noise, which is the rest and stays however often the items are tried (Wang 2025,
arXiv:2512.21326). Doubling the items lowers both; doubling the attempts costs as many answers and lowers the first only.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from benchdb.errors import EmptyResultError
from benchdb.query.claims import chosen_cells, policy_notes
from benchdb.query.filters import resolve
from benchdb.query.policies import Policy
from benchdb.query.uncertainty import agreeing_items, scale
from benchdb.rows.noise import Noise, NoiseRows

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from benchdb.query.chosen import Chosen
    from benchdb.query.filters import Filters
    from benchdb.query.items import ItemStats

ITEMS, EITHER, UNKNOWN = "items", "items or attempts", "unknown"
"""What would lower an error."""
_WORTHWHILE = 0.95
"""Twice the attempts are worth naming if they lower the error below this share of it."""


def noise(connection: Connection, filters: Filters, *, policy: Policy = Policy.PREFERRED) -> NoiseRows:
    """Return the error over items of every score that has outcomes, split into data and prediction noise.

    Grain: one row per (model, variant, benchmark, subset, metric), ordered so. Of several claims for one cell the one counts
    that the policy chooses among those with outcomes. Items with a single outcome in all have no error and no row.

    Args:
        connection: An open connection.
        filters: What the question is about.
        policy: Which of several claims counts.

    Returns:
        The rows and notes. An unknown name is an `UnknownNameError`.

    Raises:
        EmptyResultError: If no score that fits has outcomes of two items or more.
    """
    scope = replace(resolve(connection, filters), needs_outcomes=True)
    chosen, notes = chosen_cells(connection, scope, policy)
    chosen = [
        row._replace(n_runs=1) for row in chosen
    ]  # the items are those of the chosen run, also beside its repeats
    stats, odd = agreeing_items(connection, chosen)
    found = [
        (row, items, items.stderr)
        for row in chosen
        if (items := stats.get((row.run_id, row.metric_id))) is not None and items.stderr is not None
    ]
    if not found:
        raise EmptyResultError(
            "no score that fits these filters has outcomes of two items or more; import logs with their samples"
        )
    if odd:
        notes.append(f"Left out: {odd} scores that are not the mean of their items.")
    rows = tuple(_row(row, items, stderr, row.protocol) for row, items, stderr in found)
    if unsplit := sum(row.helps == UNKNOWN for row in rows):
        notes.append(
            f"In {unsplit} of {len(rows)} rows the noise cannot be split: some item had one attempt only, or the attempts are "
            "not counted as right or wrong."
        )
    below = sum(row.data_stderr == 0 for row in rows)
    if below:
        notes.append(
            f"In {below} of {len(rows)} rows the answers alone explain the error: the data noise came out at 0."
        )
    chosen_rows = [row for row, _, _ in found]
    return NoiseRows(rows=rows, policy=policy.value, notes=(*policy_notes(chosen_rows, policy), *notes))


def _row(row: Chosen, items: ItemStats, stderr: float, protocol: str | None) -> Noise:
    full, data, prediction = scale(row.unit), items.data_stderr, items.prediction_stderr
    single = doubled = None
    if data is not None and prediction is not None and items.attempt_variance is not None:
        single = math.hypot(data, math.sqrt(items.attempt_variance / items.n_items)) * full
        doubled = math.hypot(data, prediction / math.sqrt(2)) * full
    return Noise(
        model=row.model,
        model_name=row.model_name,
        variant=row.variant,
        benchmark=row.benchmark,
        benchmark_name=row.benchmark_name,
        subset=row.subset,
        metric=row.metric,
        value=items.mean * full,
        unit=row.unit,
        n_items=items.n_items,
        n_units=items.n_units,
        fewest_attempts=items.fewest_attempts,
        most_attempts=items.most_attempts,
        stderr=stderr * full,
        data_stderr=None if data is None else data * full,
        prediction_stderr=None if prediction is None else prediction * full,
        single_stderr=single,
        doubled_attempts_stderr=doubled,
        doubled_items_stderr=stderr * full / math.sqrt(2),
        helps=_helps(stderr * full, doubled),
        score_id=row.score_id,
        source=row.source_title or row.source_kind,
        protocol=protocol,
    )


def _helps(stderr: float, doubled: float | None) -> str:
    if doubled is None:
        return UNKNOWN
    return EITHER if doubled < _WORTHWHILE * stderr else ITEMS
