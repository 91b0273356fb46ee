"""Rows into tables: what the database already holds is left out and counted, the rest is appended, table by table."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pyarrow as pa
from sqlalchemy import Column, MetaData, Table, delete, func, select

from benchdb.database.bulk import append, arrow_schema, present, staged
from benchdb.database.restatements import DERIVED, RESTATED, add_derived, add_restatements, hand_over
from benchdb.ingest.arrays import check_text
from benchdb.ingest.flatten import FileRows, OutcomePart, rows_to_table
from benchdb.ingest.keying import give_keys
from benchdb.schema.catalog import Benchmark, Metric, Model, Organization, Suite, SuiteMember
from benchdb.schema.curation import Alias, Correction, Ingest
from benchdb.schema.keys import MISSING, combine_columns, float_bits_column, text_key
from benchdb.schema.results import Answer, Outcome, Protocol, Run, Sample, Score, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt
    from sqlalchemy import Connection, Select

    from benchdb.schema.keys import IntColumn

    Pairs: TypeAlias = npt.NDArray[np.int64]

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
        self._scored: list[Pairs] = []
        self._observed: set[tuple[int, int]] = set()
        self._own_runs: set[int] = set()
        self._answered: set[int] = set()
        self._known_runs: set[int] = set()
        self._metric_units: dict[int, str | None] = {}
        self._run_files: dict[int, int] = {}

    def write(self, rows: FileRows) -> None:
        """Append the rows that are new.

        Args:
            rows: Rows of complete files, or a piece of one.
        """
        give_keys(rows)
        self._metric_units.update(rows.outcome_units)
        for name in _KEYED:
            self._append_new(name, _gather(rows, name), has_outcomes=bool(rows.outcomes))
        for name in _PLAIN:
            table = _gather(rows, name)
            if table is not None:
                append(self._connection, _TABLES[name], table)
        self._append_outcomes(rows.outcomes)
        self._append_answers(_gather(rows, "answer"))

    def _append_answers(self, rows: pa.Table | None) -> None:
        """Append answers; those of a run that another import brought with its answers are repeats and stay out."""
        if rows is None or not rows.num_rows:
            return
        answer: Table = _TABLES["answer"]
        runs = _ints(rows.column("run_id"))
        others = sorted(set(runs.tolist()) & self._known_runs - self._answered)
        if others:
            stored = select(answer.c.run_id).where(answer.c.run_id.in_(others)).distinct()
            held = np.array(self._connection.execute(stored).scalars().all(), dtype=np.int64)
            rows = rows.filter(pa.array(~np.isin(runs, held)))
        self._answered.update(np.unique(_ints(rows.column("run_id"))).tolist())
        append(self._connection, answer, rows)

    def finish(self, ingests: list[tuple[Any, ...]]) -> None:
        """Append the scores that follow from outcomes, and the imports themselves with their counts.

        Args:
            ingests: Rows of `ingest` without the four counts at their end.
        """
        self._append_derived_scores()
        complete = []
        for row in ingests:
            counts = self.counts[row[0]]
            complete.append((*row, counts.n_runs, counts.n_scores, counts.n_outcomes, counts.n_repeated))
        append(self._connection, _TABLES["ingest"], rows_to_table(complete, arrow_schema(_TABLES["ingest"])))
        hand_over(self._connection)

    def _note_runs(self, rows: pa.Table, new: pa.Table, known: IntColumn) -> None:
        """Remember which runs other imports brought, and which file each run stands in."""
        self._own_runs.update(_ints(new.column("run_id")).tolist())
        self._known_runs.update(set(known.tolist()) - self._own_runs)
        files = zip(_ints(rows.column("run_id")).tolist(), _ints(rows.column("ingest_id")).tolist(), strict=True)
        self._run_files.update(files)

    def _append_new(self, name: str, rows: pa.Table | None, *, has_outcomes: bool) -> None:
        if rows is None or not rows.num_rows:
            return
        table: Table = _TABLES[name]
        keys = _ints(rows.column(0))
        _unique, first = np.unique(keys, return_index=True)
        first.sort()
        candidates = keys[first]
        known = present(self._connection, next(iter(table.primary_key)), candidates)
        fresh = first[~np.isin(candidates, known)] if len(known) else first
        new = rows if len(fresh) == rows.num_rows else rows.take(pa.array(fresh))
        append(self._connection, table, new)
        if name in RESTATED and new is not rows:
            again = np.ones(rows.num_rows, dtype=np.bool_)
            again[fresh] = False
            stated = pa.table({"target_id": keys, "ingest_id": _ints(rows.column("ingest_id"))})
            add_restatements(self._connection, name, stated.filter(pa.array(again)))
        if name == "run":
            self._count(new, "n_runs")
            if has_outcomes:
                self._note_runs(rows, new, known)
        if name == "score":
            self._count(new, "n_scores")
            self._count_repeats(rows, new)
            if has_outcomes:
                self._scored.append(_pairs(rows))

    def _count(self, new: pa.Table, field_name: str) -> None:
        for ingest_id, n in zip(*_tally(_ints(new.column("ingest_id"))), strict=True):
            counts = self.counts[int(ingest_id)]
            setattr(counts, field_name, getattr(counts, field_name) + int(n))

    def _count_repeats(self, rows: pa.Table, new: pa.Table) -> None:
        held: Counter[int] = Counter(
            dict(zip(*(part.tolist() for part in _tally(_ints(rows.column("ingest_id")))), strict=True))
        )
        held.subtract(dict(zip(*(part.tolist() for part in _tally(_ints(new.column("ingest_id")))), strict=True)))
        for ingest_id, n in held.items():
            self.counts[ingest_id].n_repeated += n

    def _append_outcomes(self, parts: list[OutcomePart]) -> None:
        """Append outcomes; a run met in an earlier part or import has its items compared, all others are new as they are."""
        if not parts:
            return
        seen: Counter[tuple[int, int]] = Counter(group for part in parts for group in part.groups)
        again = {group for group, n in seen.items() if n > 1 or group in self._observed or group[0] in self._known_runs}
        self._observed.update(seen)
        fresh, shared = [], []
        for part in parts:
            is_again = np.array([group in again for group in part.groups])
            rows = _outcome_rows(part)
            if is_again.any():
                mask = is_again[part.codes]
                shared.append(rows.filter(pa.array(mask)))
                rows = rows.filter(pa.array(~mask))
            self._count_outcomes(rows if is_again.any() else part)
            fresh.append(rows)
        append(self._connection, _TABLES["outcome"], pa.concat_tables(fresh))
        if shared:
            self._merge_outcomes(_add_up(pa.concat_tables(shared)))

    def _count_outcomes(self, rows: pa.Table | OutcomePart) -> None:
        if isinstance(rows, pa.Table):
            runs, n_rows = (part.tolist() for part in _tally(_ints(rows.column("run_id"))))
        else:
            runs = [run_id for run_id, _metric_id in rows.groups]
            n_rows = np.bincount(rows.codes, minlength=len(rows.groups)).tolist()
        for run_id, n in zip(runs, n_rows, strict=True):
            self.counts[self._run_files[run_id]].n_outcomes += n

    def _merge_outcomes(self, rows: pa.Table) -> None:
        """Append outcomes of runs met before: attempts at an item of the same import are added up.

        Outcomes of a run that another import brought stay as they are: the same outcomes again are repeats.
        """
        outcome: Table = _TABLES["outcome"]
        runs = np.unique(_ints(rows.column("run_id"))).tolist()
        stored = self._connection.execute(select(outcome).where(outcome.c.run_id.in_(runs))).all()
        held = rows_to_table([tuple(row) for row in stored], arrow_schema(outcome))
        held_keys, row_keys = _item_keys(held), _item_keys(rows)
        repeated = np.isin(row_keys, held_keys)
        ours = np.array([run not in self._known_runs for run in _ints(rows.column("run_id")).tolist()])
        for run_id, n in zip(*_tally(_ints(rows.column("run_id"))[repeated & ~ours]), strict=True):
            self.counts[self._run_files[int(run_id)]].n_repeated += int(n)
        more = rows.filter(pa.array(repeated & ours))
        if more.num_rows:
            both = held.filter(pa.array(np.isin(held_keys, _item_keys(more))))
            self._replace_outcomes(both, _add_up(pa.concat_tables([both, more.select(both.column_names)])))
        new = rows.filter(pa.array(~repeated))
        self._count_outcomes(new)
        append(self._connection, outcome, new)

    def _replace_outcomes(self, old: pa.Table, new: pa.Table) -> None:
        outcome: Table = _TABLES["outcome"]
        with staged(self._connection, outcome, old) as stage:
            there = Table(stage, MetaData(), *[Column(column.name, column.type) for column in outcome.columns])
            same = (there.c[name] == outcome.c[name] for name in ("run_id", "metric_id", "sample_number"))
            self._connection.execute(delete(outcome).where(select(there.c.run_id).where(*same).exists()))
        append(self._connection, outcome, new)

    def _append_derived_scores(self) -> None:
        """Append a score for each run and metric that has outcomes and no score: the mean over its items, as a fraction."""
        if not self._observed:
            return
        wanted = np.array(sorted(self._observed), dtype=np.int64)
        scored = np.concatenate(self._scored) if self._scored else np.empty((0, 2), dtype=np.int64)
        missing = wanted[~np.isin(_pair_keys(wanted), _pair_keys(scored))]
        if len(missing):
            score: Table = _TABLES["score"]
            stored = np.array(self._scores_of(missing[:, 0]), dtype=np.int64).reshape(-1, 2)
            is_stored = np.isin(_pair_keys(missing), _pair_keys(stored))
            self._note_derived(missing[is_stored])
            missing = missing[~is_stored]
            self._append_new("score", self._derive(missing, score), has_outcomes=True)

    def _note_derived(self, pairs: Pairs) -> None:
        """Write down that a score which follows from outcomes of another import follows from those of this one, too."""
        if len(pairs):
            files = np.array([self._run_files[run_id] for run_id in pairs[:, 0].tolist()], dtype=np.int64)
            rows = {"run_id": pairs[:, 0], "metric_id": pairs[:, 1], "ingest_id": files}
            add_derived(self._connection, pa.table(rows))

    def _scores_of(self, run_ids: IntColumn) -> list[tuple[int, int]]:
        """Return run and metric of the scores that the database holds of these runs."""
        score: Table = _TABLES["score"]
        with self._runs(run_ids) as runs:
            found = select(score.c.run_id, score.c.metric_id).join(runs, runs.c.run_id == score.c.run_id)
            return [(run_id, metric_id) for run_id, metric_id in self._connection.execute(found)]

    @contextmanager
    def _runs(self, run_ids: IntColumn) -> Iterator[Table]:
        """Yield a table of these runs to join with."""
        run: Table = _TABLES["run"]
        with staged(self._connection, run, pa.table({"run_id": np.unique(run_ids)})) as stage:
            yield Table(stage, MetaData(), Column("run_id", run.c.run_id.type))

    def _derive(self, pairs: Pairs, score: Table) -> pa.Table | None:
        if not len(pairs):
            return None
        found: dict[tuple[int, int], list[Any]] = defaultdict(list)
        measured: dict[tuple[int, int], float] = {}
        with self._runs(pairs[:, 0]) as runs:
            for run_id, metric_id, *group in self._connection.execute(_counts_of(runs)):
                found[run_id, metric_id].append(group)
            if any(
                n_items > n_counted for groups in found.values() for _slug, _n, n_items, n_counted, _right in groups
            ):
                measured = _sums_of_values(self._connection, runs)
        asked = map(tuple, pairs.tolist())
        rows = [
            self._derived_row(pair, found[pair], measured.get(pair))
            for pair in asked
            if pair in measured or any(n_counted for _slug, _n, _n_items, n_counted, _right in found[pair])
        ]
        table = rows_to_table(rows, arrow_schema(score))
        return table.set_column(0, "score_id", pa.array(_derived_ids(table)))

    def _derived_row(self, pair: tuple[int, int], groups: list[Any], measured: float | None) -> tuple[Any, ...]:
        """Return the score of one run and metric, the same to the last bit whatever the order of its items."""
        run_id, metric_id = pair
        shares = [right / n_attempts for _slug, n_attempts, _n_items, n_counted, right in groups if n_counted]
        n_items = sum(group[2] for group in groups)
        unit = "fraction" if shares else self._metric_units.get(metric_id)
        attempts = groups[0][1] if len(groups) == 1 else None
        return (
            0, run_id, metric_id, math.fsum([*shares, measured or 0.0]) / n_items, unit, None, False, False, None, None, None,
            None, None, n_items, attempts, groups[0][0], f"{DERIVED}{n_items} items",
            self._run_files[run_id],
        )  # fmt: skip


def _counts_of(runs: Table) -> Select[Any]:
    """Return items and right attempts of each run and metric, apart for each number of attempts: whole numbers, exact."""
    outcome, metric = _TABLES["outcome"], _TABLES["metric"]
    return (
        select(
            outcome.c.run_id, outcome.c.metric_id, metric.c.slug, outcome.c.n_attempts, func.count(),
            func.count(outcome.c.n_correct), func.sum(outcome.c.n_correct),
        )
        .join(metric, metric.c.metric_id == outcome.c.metric_id)
        .join(runs, runs.c.run_id == outcome.c.run_id)
        .group_by(outcome.c.run_id, outcome.c.metric_id, metric.c.slug, outcome.c.n_attempts)
    )  # fmt: skip


def _sums_of_values(connection: Connection, runs: Table) -> dict[tuple[int, int], float]:
    """Return the sums of the values that are no counts, rounded once, so that the order of the items does not show."""
    outcome = _TABLES["outcome"]
    statement = (
        select(outcome.c.run_id, outcome.c.metric_id, outcome.c.value, func.count())
        .join(runs, runs.c.run_id == outcome.c.run_id)
        .where(outcome.c.n_correct.is_(None), outcome.c.value.is_not(None))
        .group_by(outcome.c.run_id, outcome.c.metric_id, outcome.c.value)
        .order_by(outcome.c.run_id, outcome.c.metric_id)
    )
    rows = connection.execute(statement)
    return {
        (run_id, metric_id): math.fsum(value * n for _run, _metric, value, n in group)
        for (run_id, metric_id), group in groupby(rows, key=lambda row: (row[0], row[1]))
    }


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


def _outcome_rows(part: OutcomePart) -> pa.Table:
    """Return a part as rows of the table."""
    groups = np.array(part.groups, dtype=np.int64)
    runs, metrics = groups[:, 0][part.codes], groups[:, 1][part.codes]
    rows = part.rows.add_column(0, "metric_id", pa.array(metrics)).add_column(0, "run_id", pa.array(runs))
    return rows.cast(arrow_schema(_TABLES["outcome"]))


def _add_up(rows: pa.Table) -> pa.Table:
    """Return one row per run, metric and item: attempts at the same item are added, values averaged over attempts."""
    schema = arrow_schema(_TABLES["outcome"])
    rows = rows.select(schema.names).cast(schema)
    keys = _item_keys(rows)
    if len(np.unique(keys)) == len(keys):
        return rows
    weighted = pa.compute.multiply(rows.column("value"), rows.column("n_attempts").cast(pa.float64()))
    grouped = (
        rows.set_column(rows.schema.get_field_index("value"), "value", weighted)
        .group_by(["run_id", "metric_id", "sample_number"], use_threads=False)
        .aggregate([("n_attempts", "sum"), ("n_correct", "sum"), ("value", "sum")])
        .rename_columns(schema.names)
    )
    mean = pa.compute.divide(grouped.column("value"), grouped.column("n_attempts").cast(pa.float64()))
    return grouped.set_column(grouped.schema.get_field_index("value"), "value", mean).cast(schema)


def _derived_ids(scores: pa.Table) -> IntColumn:
    n = scores.num_rows
    values = scores.column("value").to_numpy()
    units = np.array([text_key("unit", unit) for unit in scores.column("unit").to_pylist()], dtype=np.int64)
    attempts = scores.column("samples_per_item").cast(pa.int64()).fill_null(MISSING).to_numpy()
    bits = float_bits_column(values, np.zeros(n, dtype=np.bool_))
    return combine_columns(
        _ints(scores.column("run_id")), _ints(scores.column("metric_id")), bits, units, MISSING, 0,
        MISSING, MISSING, MISSING, MISSING, _ints(scores.column("n_items")), attempts,
    )  # fmt: skip


def _item_keys(rows: pa.Table) -> IntColumn:
    return combine_columns(*[_ints(rows.column(name)) for name in ("run_id", "metric_id", "sample_number")])


def _pairs(rows: pa.Table) -> Pairs:
    keys = combine_columns(_ints(rows.column("run_id")), _ints(rows.column("metric_id")))
    _unique, first = np.unique(keys, return_index=True)
    return np.stack([_ints(rows.column("run_id"))[first], _ints(rows.column("metric_id"))[first]], axis=1)


def _pair_keys(pairs: Pairs) -> IntColumn:
    return combine_columns(pairs[:, 0], pairs[:, 1])


def _tally(ids: IntColumn) -> tuple[IntColumn, IntColumn]:
    unique, n = np.unique(ids, return_counts=True)
    return unique, n


def _ints(column: pa.ChunkedArray) -> IntColumn:
    values: IntColumn = column.cast(pa.int64()).to_numpy()
    return values
