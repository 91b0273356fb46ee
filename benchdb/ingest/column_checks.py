"""Whether a batch of claims can be what it says: names there, facts within limits, values finite and inside their metric's bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchdb.errors import IngestError
from benchdb.ingest.claimed import LIMITS, out_of_limits, to_unit
from benchdb.ingest.coding import is_equal, plain
from benchdb.schema.vocab import ScoreUnit

if TYPE_CHECKING:
    import numpy.typing as npt

    from benchdb.ingest.resolve import MetricFacts
    from benchdb.schema.keys import IntColumn


def check_values(
    where: str,
    rows: pa.Table,
    values: npt.NDArray[np.float64],
    units: pa.Array,
    metric_ids: IntColumn,
    metrics: dict[int, MetricFacts],
) -> None:
    """Do nothing if every value of a batch can be what it claims to be.

    Args:
        where: The file.
        rows: The batch, n rows.
        values: Its values, of shape (n,).
        units: Their units.
        metric_ids: Their metrics, of shape (n,).
        metrics: What the catalogue says of each metric.

    Raises:
        IngestError: If one is not finite, or lies outside the bounds of its metric.
    """
    finite = np.isfinite(values)
    if not finite.all():
        at = int(np.flatnonzero(~finite)[0])
        raise IngestError(
            f"{_spot(where, rows, at)}: {rows.column('metric')[at]} = {values[at]} is not a number; "
            f"a missing score must be left out ({int((~finite).sum())} such rows)"
        )
    bad = np.zeros(len(values), dtype=np.bool_)
    for metric_id, facts in metrics.items():
        for unit in {ScoreUnit.FRACTION, ScoreUnit.PERCENT, facts.unit}:
            scale = to_unit(unit, facts.unit)
            if scale is None or facts.lower_bound is None or facts.upper_bound is None:
                continue
            mine = (metric_ids == metric_id) & is_equal(units, str(unit))
            slack = 1e-9 * max(1.0, abs(facts.upper_bound))
            with np.errstate(over="ignore"):  # what becomes infinite is out of bounds
                scaled = values * scale
            bad |= mine & ((scaled < facts.lower_bound - slack) | (scaled > facts.upper_bound + slack))
    if not bad.any():
        return
    at = int(np.flatnonzero(bad)[0])
    unit, metric = units[at].as_py(), rows.column("metric")[at].as_py()
    hint = " If the file is in percent, say so: --score-unit percent" if unit == ScoreUnit.FRACTION else ""
    raise IngestError(
        f"{_spot(where, rows, at)}: {metric} = {values[at]:g} {unit or ''} lies outside the bounds of the metric "
        f"({int(bad.sum())} such rows).{hint}"
    )


def check_limits(where: str, rows: pa.Table, name: str) -> None:
    """Do nothing if a column of facts keeps within what can be.

    Args:
        where: The file.
        rows: The batch.
        name: The column, one of `LIMITS`.

    Raises:
        IngestError: If a fact does not.
    """
    if name not in rows.column_names:
        return
    low, high = LIMITS[name]
    column = plain(rows.column(name))
    numbers = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    bad = column.is_valid().to_numpy(zero_copy_only=False) & ~((numbers >= low) & (numbers <= high))
    if bad.any():
        at = int(np.flatnonzero(bad)[0])
        raise IngestError(out_of_limits(_spot(where, rows, at), name, numbers[at]))


def check_names(where: str, rows: pa.Table) -> None:
    """Do nothing if every row has a model, a benchmark and a metric.

    Args:
        where: The file.
        rows: The batch.

    Raises:
        IngestError: If one has not.
    """
    for name in ("model", "benchmark", "metric"):
        if rows.column(name).null_count:
            at = pc.index(rows.column(name).is_null(), value=True).as_py()
            raise IngestError(f"{_spot(where, rows, at)}: a row has no {name}; every row needs one")


def _spot(where: str, rows: pa.Table, at: int) -> str:
    place = rows.column("place")[at].as_py() if "place" in rows.column_names else None
    return f"{where}, {place or f'record {at + 1}'}"
