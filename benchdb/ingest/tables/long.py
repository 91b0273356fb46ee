"""Long tables: one row a score, or one row an item of a run; each batch of the file becomes one batch of records."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from benchdb.errors import MalformedFileError
from benchdb.ingest.records import OutcomeTable, ScoreTable
from benchdb.ingest.tables.columns import Spot, check_bounds, constant, convert, require_full, row_labels
from benchdb.ingest.tables.fields import KINDS, SAMPLE_FIELDS, SCORE_FIELDS, Kind, did_you_mean
from benchdb.ingest.tables.values import ValueColumns, read_values

if TYPE_CHECKING:
    from collections.abc import Iterable

    from benchdb.ingest.importer import ReadOptions
    from benchdb.ingest.records import SourceRecord
    from benchdb.ingest.tables.fields import Assignment
    from benchdb.ingest.tables.reading import Batch

_REQUIRED = ("model", "benchmark", "metric")
_NEVER_EMPTY = {"model": "a model", "benchmark": "a benchmark", "metric": "a metric", "sample": "an item"}
_MISSING_HINTS = {
    "model": "--map model=COLUMN, or --map model==NAME for every row",
    "benchmark": "--map benchmark=COLUMN, or --map benchmark==NAME for every row",
    "metric": "--map metric=COLUMN, or --map metric==accuracy for every row",
    "value": "--map value=COLUMN",
}


def read_scores(
    batch: Batch, assigned: Assignment, source: SourceRecord, options: ReadOptions, where: str
) -> ScoreTable:
    """Return a batch of scores.

    Args:
        batch: The rows.
        assigned: Which columns hold which fields.
        source: Source of rows that do not name their own.
        options: What the user said.
        where: The file, for messages.

    Raises:
        MalformedFileError: If a column is missing or a value is not what its column should hold.
    """
    check_columns(batch.rows.schema.names, assigned, (*_REQUIRED, "value"), SAMPLE_FIELDS, where)
    spot = _spot_of("value", batch, assigned, where)
    read = read_values(_raw(batch, assigned, "value"), spot)
    kept = None if read.value.null_count == 0 else read.value.is_valid()
    columns = read_fields(batch, assigned, KINDS.keys() - {"value"}, kept, where)
    columns["value"] = read.value
    _add_stated(columns, read, options, spot)
    labels = row_labels(batch.first_row, batch.rows.num_rows)
    columns["place"] = pc.coalesce(columns["place"], labels) if "place" in columns else labels
    return ScoreTable(source=source, rows=_kept(columns, kept))


def read_outcomes(batch: Batch, assigned: Assignment, source: SourceRecord, where: str) -> OutcomeTable:
    """Return a batch of outcomes.

    Args:
        batch: The rows.
        assigned: Which columns hold which fields.
        source: Source of rows that do not name their own.
        where: The file, for messages.

    Raises:
        MalformedFileError: If a column is missing or a value is not what its column should hold.
    """
    check_columns(batch.rows.schema.names, assigned, (*_REQUIRED, "sample"), SCORE_FIELDS, where)
    if assigned.has("n_correct") == assigned.has("value"):
        found = "both" if assigned.has("value") else "neither"
        expected = "either a column n_correct (or correct) or a column value; --map ignore=COLUMN leaves one out"
        raise MalformedFileError.at(where, "columns", found, expected)
    result = "n_correct" if assigned.has("n_correct") else "value"
    raw = _raw(batch, assigned, result)
    spot = _spot_of(result, batch, assigned, where)
    outcome = read_values(raw, spot).value if result == "value" else _counts(raw, spot)
    kept = None if outcome.null_count == 0 else outcome.is_valid()
    columns = read_fields(batch, assigned, KINDS.keys() - {result}, kept, where)
    columns[result] = outcome
    if result == "n_correct":
        _check_counts(columns, spot)
    return OutcomeTable(source=source, rows=_kept(columns, kept))


def read_fields(
    batch: Batch, assigned: Assignment, wanted: Iterable[str], kept: pa.Array | None, where: str
) -> dict[str, pa.Array]:
    """Return the columns of some fields for every row, in the order in which the file and the user name them.

    Args:
        batch: The rows.
        assigned: Which columns hold which fields.
        wanted: Fields to read.
        kept: Mask of the rows that need a model, a benchmark, a metric and an item; None for all.
        where: The file, for messages.

    Raises:
        MalformedFileError: If a value is not what its column should hold.
    """
    columns = {}
    wanted = set(wanted)
    for name in (*assigned.columns, *assigned.constants):
        if name not in wanted:
            continue
        spot = _spot_of(name, batch, assigned, where)
        if name in assigned.constants:
            columns[name] = constant(assigned.constants[name], KINDS[name], batch.rows.num_rows, spot)
            check_bounds(columns[name], name, spot)
            continue
        columns[name] = convert(batch.rows.column(assigned.columns[name]), KINDS[name], spot)
        check_bounds(columns[name], name, spot)
        if name in _NEVER_EMPTY:
            require_full(columns[name], kept, spot, f"the name of {_NEVER_EMPTY[name]}")
    return columns


def check_columns(
    names: Iterable[str], assigned: Assignment, required: Iterable[str], misplaced: frozenset[str], where: str
) -> None:
    """Do nothing if a table has every column it needs and none that nobody understands.

    Args:
        names: Columns of the file.
        assigned: Which of them hold which fields.
        required: Fields that must be there.
        misplaced: Fields that a table of this shape cannot have.
        where: The file, for messages.

    Raises:
        MalformedFileError: Otherwise.
    """
    missing = [name for name in required if not assigned.has(name)]
    if missing:
        hint = "; ".join(_MISSING_HINTS.get(name, f"--map {name}=COLUMN") for name in missing)
        raise MalformedFileError.at(
            where, "columns", ", ".join(names), f"a column for {' and '.join(missing)} ({hint})"
        )
    wrong = [assigned.columns[name] for name in sorted(misplaced) if name in assigned.columns]
    for name in (*assigned.others, *wrong):
        known = KINDS.keys() - misplaced
        expected = f'columns that are known.{did_you_mean(name, known)} Say what it is: --map FIELD="{name}", or leave it out: --map ignore="{name}"'
        raise MalformedFileError.at(where, "columns", f'"{name}"', expected)


def _kept(columns: dict[str, pa.Array], kept: pa.Array | None) -> pa.Table:
    table = pa.table(columns)
    return table if kept is None else table.filter(kept)


def _raw(batch: Batch, assigned: Assignment, name: str) -> pa.Array:
    if name in assigned.constants:
        return pa.repeat(assigned.constants[name], batch.rows.num_rows)
    return batch.rows.column(assigned.columns[name])


def _spot_of(name: str, batch: Batch, assigned: Assignment, where: str) -> Spot:
    column = assigned.columns.get(name, f"--map {name}=={assigned.constants.get(name)}")
    return Spot(where=where, column=column, first_row=batch.first_row)


def _add_stated(columns: dict[str, pa.Array], read: ValueColumns, options: ReadOptions, spot: Spot) -> None:
    """Add what the cells state beside their values, where no column of the file says it.

    A column of decimals says it for every row: an empty cell there is a number of full precision, however it is printed.
    """
    for name in ("decimals", "stderr", "is_approximate"):
        stated = getattr(read, name)
        if stated is not None and not (name == "decimals" and name in columns):
            columns[name] = pc.coalesce(columns[name], stated) if name in columns else stated
    if "unit" in columns and read.unit is not None:
        index = pc.index(pc.not_equal(columns["unit"], read.unit), value=True).as_py()
        if index >= 0:
            found = f"{read.unit[index].as_py()} beside a unit of {columns['unit'][index].as_py()}"
            raise spot.error(index, found, "one unit for a value")
    units = [columns.get("unit"), read.unit, None if options.score_unit is None else pa.scalar(str(options.score_unit))]
    stated = [unit for unit in units if unit is not None]
    if stated:
        n = len(read.value)
        unit = pc.coalesce(*stated)
        columns["unit"] = unit if isinstance(unit, pa.Array) else pa.repeat(unit, n)


def _counts(raw: pa.Array, spot: Spot) -> pa.Array:
    if pa.types.is_boolean(raw.type):
        return raw.cast(pa.int32())
    text = raw.dictionary if pa.types.is_dictionary(raw.type) else raw
    if pa.types.is_string(text.type) and not _is_number(text):
        return convert(raw, Kind.FLAG, spot).cast(pa.int32())
    return convert(raw, Kind.SMALL_COUNT, spot)


def _is_number(text: pa.Array) -> bool:
    first = next((each for each in text[:64].to_pylist() if each), "0")
    return first.strip().lstrip("+-").replace(".", "", 1).isdigit()


def _check_counts(columns: dict[str, pa.Array], spot: Spot) -> None:
    correct, attempts = columns["n_correct"], columns.get("n_attempts", pa.scalar(1, pa.int32()))
    too_many = pc.greater(correct, attempts)
    if pc.any(too_many).as_py():
        index = pc.index(too_many, value=True).as_py()
        raise spot.error(
            index, correct[index].as_py(), "at most as many right attempts as attempts (n_attempts, 1 if not given)"
        )
