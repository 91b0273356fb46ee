"""The data of a site: what the leaderboard's table and the comparison load, and the files to take away."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

from benchdb.api import display
from benchdb.rows.safe import spreadsheet_batch
from benchdb.site.names import column_stem, file_stem, variant_mark
from benchdb.site.words import EVIDENCE, clean, in_words, value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pyarrow as pa

    from benchdb.api import Result
    from benchdb.rows.comparison import Difference
    from benchdb.rows.leaderboard import BenchmarkColumn, Cell, Standing
    from benchdb.site.material import Material

FORMAT = 1
"""Version of the layout of `board.js`."""
_CODES = dict(zip(EVIDENCE, "irpcbmsl-", strict=True))
_MOST_ROWS = 50_000
_BATCH = 65_536


def as_script(name: str, text: str) -> bytes:
    """Return JSON as a script that hands it to the page: a page opened from a disk may load scripts and no data.

    Args:
        name: Name that the page asked for.
        text: The JSON.
    """
    return f"benchdb.receive({_quoted(name)}, {_quoted(text)});\n".encode("utf-8", "replace")


def _quoted(text: str) -> str:
    return (
        json.dumps(text, ensure_ascii=False)
        .replace("<", "\\u003c")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029")
    )


def board_data(material: Material) -> bytes:
    """Return everything the table and the comparison show, as a script.

    Models are columns of values; each benchmark has its values as printed, their errors and ends of intervals as texts
    joined by "|", for the models whose positions stand in `rows`.

    Args:
        material: What the site is made from.
    """
    board = material.board
    standings = board.rows if board else ()
    data = {
        "format": FORMAT,
        "level": board.answer.level if board else None,
        "aggregate": board.answer.aggregate if board else None,
        "evidence": {code: [kind, EVIDENCE[kind]] for kind, code in _CODES.items()},
        "models": _models(material, standings),
        "benchmarks": _benchmarks(material, standings),
    }
    return as_script("data/board", json.dumps(data, ensure_ascii=False, separators=(",", ":")))


def _models(material: Material, standings: Sequence[Standing]) -> dict[str, list[Any]]:
    facts = {entry.slug: entry for entry in material.models.values()}
    shown: dict[str, Callable[[Standing], Any]] = {
        "file": lambda row: file_stem(row.model),
        "slug": lambda row: clean(row.model),
        "mark": lambda row: variant_mark(row.variant),
        "variant": lambda row: clean(row.variant) if row.variant else None,
        "name": lambda row: clean(display.model(row.model_name, row.variant)),
        "maker": lambda row: clean(row.organization) if row.organization else None,
        "size": lambda row: clean(row.parameters_label) if row.parameters_label else None,
        "parameters": lambda row: row.n_parameters,
        "open": lambda row: facts[row.model].is_open_weights,
        "released": lambda row: _day(facts[row.model].released_on),
        "rank": lambda row: row.rank,
        "ranks": lambda row: display.rank(row) if row.rank is not None else None,
        "tier": lambda row: row.tier,
        "best": lambda row: display.chance(row.p_best) if row.p_best is not None else None,
        "value": lambda row: display.number(row.value, row.unit) if row.value is not None else None,
        "error": lambda row: display.error(row.stderr, row.unit, at_least=row.evidence == "partial").strip() or None,
        "count": lambda row: row.n_benchmarks,
    }
    return {name: [show(row) for row in standings] for name, show in shown.items()}


def _day(day: object) -> str | None:
    return None if day is None else str(day)


def _benchmarks(material: Material, standings: Sequence[Standing]) -> list[dict[str, Any]]:
    position = {(row.model, row.variant): place for place, row in enumerate(standings)}
    return [_column(material, column, position) for column in material.columns]


def _column(material: Material, column: BenchmarkColumn, position: dict[tuple[str, str | None], int]) -> dict[str, Any]:
    stem = column_stem(column.slug, column.subset)
    placed = {position[cell.model, cell.variant]: cell for cell in material.cells_of_columns.get(stem, [])}
    rows = sorted(placed)
    cells = [placed[row] for row in rows]
    return {
        "file": file_stem(column.slug),
        "column": stem,
        "name": clean(display.heading(column.name, column.subset)),
        "slug": clean(column.label),
        "metric": clean(column.metric_name),
        "unit": clean(column.unit) if column.unit else None,
        "higher": column.higher_is_better,
        "rows": None if rows == list(range(len(position))) else rows,
        "value": "|".join(value(cell) for cell in cells),
        "error": "|".join(_error(cell) for cell in cells),
        "lower": "|".join(_end(cell.lower, cell.unit) for cell in cells),
        "upper": "|".join(_end(cell.upper, cell.unit) for cell in cells),
        "evidence": "".join(_CODES.get(cell.evidence, "-") for cell in cells),
    }


def _error(cell: Cell) -> str:
    if cell.stderr is None:
        return ""
    return f"{'≥' if cell.evidence == 'partial' else ''}{display.number(cell.stderr, cell.unit)}"


def _end(end: float | None, unit: str | None) -> str:
    return "" if end is None else display.number(end, unit)


def verdict_data(material: Material) -> bytes:
    """Return the verdicts that were computed for pairs of models, as a script.

    A row is: positions of both models, name of the benchmark's column (None for the mean), difference, ends of its
    interval, verdict for the first model, and what it rests on.

    Args:
        material: What the site is made from.
    """
    comparison = material.verdicts
    rows = comparison.rows if comparison else ()
    models = list(dict.fromkeys(label for row in rows for label in (row.model_a, row.model_b)))
    place = {label: number for number, label in enumerate(models)}
    data = {
        "format": FORMAT,
        "models": [clean(label) for label in models],
        "notes": [clean(note) for note in comparison.answer.notes] if comparison else [],
        "rows": [[place[row.model_a], place[row.model_b], *_verdict(row)] for row in rows],
    }
    return as_script("data/verdicts", json.dumps(data, ensure_ascii=False, separators=(",", ":")))


def _verdict(row: Difference) -> list[Any]:
    known = row.lower is not None and row.upper is not None
    return [
        None if row.benchmark is None else file_stem(row.benchmark),
        display.signed(row.difference, row.unit),
        display.signed(row.lower, row.unit) if known else None,
        display.signed(row.upper, row.unit) if known else None,
        row.verdict,
        clean("; ".join(_grounds(row))),
    ]


def _grounds(row: Difference) -> list[str]:
    grounds = [f"{row.benchmark_name}"] if row.benchmark is None else []
    grounds.append(in_words(row.evidence) if row.evidence != "paired" else "from the items that both were given")
    if row.p_adjusted is not None:
        grounds.append(f"adjusted p {row.p_adjusted:.2g}")
    if row.protocol_differences:
        grounds.append(f"settings differ: {', '.join(row.protocol_differences)}")
    return grounds


def as_csv(table: pa.Table, *, is_packed: bool = False) -> bytes:
    """Return rows as CSV that no spreadsheet takes for formulas, by the rule of `benchdb export csv`.

    Lists are one text, and characters that no page may hold are replaced in texts too.

    Args:
        table: The rows of a result.
        is_packed: Whether the file is compressed (`packed`).
    """
    import pyarrow as pa
    from pyarrow import csv

    written = pa.BufferOutputStream()
    options = csv.WriteOptions(quoting_style="needed")
    empty = pa.RecordBatch.from_pylist([], schema=table.schema)
    batches = [_plain(batch) for batch in table.to_batches(max_chunksize=_BATCH) or [empty]]
    csv.write_csv(pa.Table.from_batches([spreadsheet_batch(batch) for batch in batches]), written, options)
    content: bytes = written.getvalue().to_pybytes()
    return gzip.compress(content, compresslevel=6, mtime=0) if is_packed else content


def _plain(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return rows without lists and without characters that no page may hold."""
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = []
    for column in batch.columns:
        text = pc.binary_join(column, ", ") if pa.types.is_list(column.type) else column
        if pa.types.is_string(text.type) and text.null_count < len(text):
            encoded = text.dictionary_encode()
            cleaned = [clean(each) if each else each for each in encoded.dictionary.to_pylist()]
            text = pa.array(cleaned, pa.string()).take(encoded.indices)
        columns.append(text)
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def packed(result: Result[Any]) -> str:
    """Return ".gz" where the CSV of a result is compressed, being larger than what spreadsheets are good for; else "".

    Args:
        result: Any result.
    """
    n_rows = sum(len(row.cells) for row in result.rows) if hasattr(result, "cells") else len(result)
    return ".gz" if n_rows > _MOST_ROWS else ""


def as_parquet(table: pa.Table) -> bytes:
    """Return rows as Parquet.

    Args:
        table: The rows of a result.
    """
    import pyarrow as pa
    from pyarrow import parquet

    written = pa.BufferOutputStream()
    parquet.write_table(table, written, compression="zstd")
    content: bytes = written.getvalue().to_pybytes()
    return content
