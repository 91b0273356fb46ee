"""Rows into tables: what the database already holds is left out and counted, the rest is appended, table by table."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from benchdb.database.bulk import append, arrow_schema, present
from benchdb.database.restatements import RESTATED, add_restatements, hand_over
from benchdb.ingest.answers import AnswerWriter
from benchdb.ingest.arrays import check_text
from benchdb.ingest.derived import DerivedScores
from benchdb.ingest.flatten import rows_to_table
from benchdb.ingest.key_sets import first_places, ints, keys_of, tally
from benchdb.ingest.keying import give_keys
from benchdb.ingest.known_runs import KnownRuns
from benchdb.ingest.outcomes import OutcomeWriter
from benchdb.schema.catalog import Benchmark, Metric, Model, Organization, Suite, SuiteMember
from benchdb.schema.curation import Alias, Correction, Ingest
from benchdb.schema.results import Answer, Outcome, Protocol, Run, Sample, Score, Source

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

    from benchdb.ingest.flatten import FileRows

_TABLES: dict[str, Any] = {
    entity.__tablename__: entity.__table__
    for entity in (
        Organization, Metric, Benchmark, Model, Suite, SuiteMember, Alias, Correction,
        Source, Protocol, Run, Score, Sample, Outcome, Answer, Ingest,
    )
}  # fmt: skip
"""Every table, in the order rows are appended: what is referred to comes first, the imports last."""
_KEYED = (
    "organization",
    "metric",
    "benchmark",
    "model",
    "suite",
    "alias",
    "correction",
    "source",
    "protocol",
    "run",
    "score",
)
_PLAIN = ("suite_member", "sample")


@dataclass(slots=True)
class FileCounts:
    """What one file added."""

    n_runs: int = 0
    n_scores: int = 0
    n_outcomes: int = 0
    n_repeated: int = 0


class Writer:
    """Writes the rows of complete files, or of one large file piece by piece, inside the caller's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.counts: defaultdict[int, FileCounts] = defaultdict(FileCounts)
        self._runs = KnownRuns()
        self._derived = DerivedScores(connection, self._runs)
        self._outcomes = OutcomeWriter(connection, self._runs, self._derived)
        self._answers = AnswerWriter(connection, self._runs)

    def write(self, rows: FileRows) -> None:
        """Append the rows that are new.

        Args:
            rows: Rows of complete files, or a piece of one.
        """
        give_keys(rows)
        self._derived.units.update(rows.outcome_units)
        for name in _KEYED:
            self._append_new(name, _gather(rows, name))
        for name in _PLAIN:
            table = _gather(rows, name)
            if table is not None:
                append(self._connection, _TABLES[name], table)
        self._outcomes.write(rows.outcomes)
        self._answers.write(_gather(rows, "answer"))

    def finish(self, ingests: list[tuple[Any, ...]]) -> None:
        """Append the scores that follow from outcomes, and the imports themselves with their counts; nothing can be written after it.

        Args:
            ingests: Rows of `ingest` without the four counts at their end.
        """
        for scores in self._derived.missing():
            self._append_new("score", scores)
        complete = []
        for row in ingests:
            counts, ingest_id = self.counts[row[0]], row[0]
            counts.n_outcomes = self._outcomes.n_new[ingest_id]
            counts.n_repeated += self._outcomes.n_repeated[ingest_id]
            complete.append((*row, counts.n_runs, counts.n_scores, counts.n_outcomes, counts.n_repeated))
        append(self._connection, _TABLES["ingest"], rows_to_table(complete, arrow_schema(_TABLES["ingest"])))
        hand_over(self._connection)
        # Keys of what was written need not stay for the commit, which takes the engine most memory.
        del self._runs, self._derived, self._outcomes, self._answers

    def _append_new(self, name: str, rows: pa.Table | None) -> None:
        if rows is None or not rows.num_rows:
            return
        table: Table = _TABLES[name]
        keys = ints(rows.column(0))
        first = first_places(keys)
        candidates = keys if first is None else keys[first]
        known = present(self._connection, next(iter(table.primary_key)), candidates)
        if len(known):
            places = np.arange(len(keys)) if first is None else first
            first = places[~np.isin(candidates, known)]
        new = rows if first is None else rows.take(pa.array(first))
        append(self._connection, table, new)
        if name in RESTATED and first is not None:
            again = np.ones(rows.num_rows, dtype=np.bool_)
            again[first] = False
            stated = pa.table({"target_id": keys, "ingest_id": ints(rows.column("ingest_id"))})
            add_restatements(self._connection, name, stated.filter(pa.array(again)))
        if name == "run":
            self._count(new, "n_runs", 1)
            self._runs.note(new, known)
        if name == "score":
            self._count(new, "n_scores", 1)
            if first is not None:
                self._count(rows, "n_repeated", 1)
                self._count(new, "n_repeated", -1)
            self._derived.scored(keys_of(rows, "run_id", "metric_id"))

    def _count(self, rows: pa.Table, name: str, sign: int) -> None:
        """Add the number of rows of each import to what is counted for it."""
        for ingest_id, n in zip(*(part.tolist() for part in tally(ints(rows.column("ingest_id")))), strict=True):
            counts = self.counts[ingest_id]
            setattr(counts, name, getattr(counts, name) + sign * n)


def _gather(rows: FileRows, name: str) -> pa.Table | None:
    schema = arrow_schema(_TABLES[name])
    parts = [table.select(schema.names).cast(schema) for table in rows.tables.get(name, [])]
    if rows.rows.get(name):
        parts.append(rows_to_table(rows.rows[name], schema))
    if not parts:
        return None
    table = pa.concat_tables(parts)
    check_text(table, name)
    return table
