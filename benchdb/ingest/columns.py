"""From tables to rows, column by column: `ScoreTable` and `OutcomeTable` become rows without a Python loop over them.

Names, settings and sources are resolved once for each distinct combination and spread over the rows by NumPy.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchdb.errors import IngestError
from benchdb.ingest.claimed import LIMITS, as_shares, outcome_unit, spell_answer
from benchdb.ingest.coding import (
    add_up,
    bits_of,
    column_of,
    constant,
    distinct,
    encode,
    integers_of,
    numbers_of,
    spread,
    with_column,
)
from benchdb.ingest.column_checks import check_limits, check_names, check_values
from benchdb.ingest.flatten import OutcomePart
from benchdb.ingest.records import (
    PROTOCOL_FIELDS,
    BenchmarkRecord,
    ModelRecord,
    ProtocolRecord,
    ScoreRecord,
    SourceRecord,
)
from benchdb.ingest.variants import SETTINGS
from benchdb.schema.keys import MISSING, combine_columns, float_bits_column, text_key
from benchdb.schema.vocab import ScoreUnit, SourceKind

if TYPE_CHECKING:
    import numpy.typing as npt

    from benchdb.ingest.flatten import Flattener
    from benchdb.ingest.records import OutcomeTable, ScoreTable
    from benchdb.ingest.resolve import MetricFacts
    from benchdb.schema.keys import IntColumn

    Codes: TypeAlias = npt.NDArray[np.int64]
    Pairs: TypeAlias = npt.NDArray[np.int64]

_ITEM_COLUMNS = frozenset({"answer", "sample", "sample_dated_on", "sample_cluster", "n_attempts", "n_correct", "value"})
_SOURCE_COLUMNS = ("source_kind", "source_title", "source_url", "source_organization", "source_published_on")
_MODEL_COLUMNS = ("model", "model_organization")
_MODEL_LABEL = "model as written"


class ColumnFlattener:
    """Turns the tables of one file into rows."""

    def __init__(self, flattener: Flattener) -> None:
        self._flattener = flattener
        self._resolver = flattener.resolver

    def add_scores(self, record: ScoreTable) -> None:
        """Add a batch of scores with their runs.

        Args:
            record: The batch.

        Raises:
            IngestError: If a value cannot be what it claims to be.
        """
        rows = record.rows
        if not rows.num_rows:
            return
        check_names(self._flattener.where, rows)
        rows = self._settled(rows)
        for name in LIMITS:
            check_limits(self._flattener.where, rows, name)
        run_ids, _benchmark_ids = self._add_runs(rows, record.source)
        units = self._units(rows)
        metric_ids, metrics = self._metrics(rows, units)
        values = numbers_of(rows, "value")
        check_values(self._flattener.where, rows, values, units, metric_ids, metrics)
        if units.null_count:
            reported = [metric_id for metric_id, facts in metrics.items() if facts.unit is not None]
            unsaid = units.is_null().to_numpy(zero_copy_only=False) & np.isin(metric_ids, reported)
            self._flattener.n_without_unit += int(unsaid.sum())
        self._hold("score", self._score_rows(rows, run_ids, metric_ids, values, units))

    def add_outcomes(self, record: OutcomeTable) -> None:
        """Add a batch of outcomes with their runs and items.

        Args:
            record: The batch.

        Raises:
            IngestError: If a row has no item, or no benchmark it could belong to.
        """
        rows = record.rows
        if not rows.num_rows:
            return
        codes, first = encode(rows, [name for name in rows.column_names if name not in _ITEM_COLUMNS])
        heads = rows.take(pa.array(first))
        check_names(self._flattener.where, heads)
        heads = self._settled(heads)
        run_ids, benchmark_ids = self._add_runs(heads, record.source)
        metric_ids, metrics = self._metrics(heads, self._units(heads))
        self._flattener.out.outcome_units.update(self._value_units(metrics))
        groups, merged = _merge_groups(run_ids, self._current(metric_ids))
        codes = codes if len(groups) == len(first) else merged[codes]
        outcomes = pa.table(
            {
                "sample_number": pa.array(
                    self._sample_numbers(rows, self._current(benchmark_ids), merged, codes), pa.int32()
                ),
                "n_attempts": column_of(rows, "n_attempts", pa.int32(), 1),
                "n_correct": column_of(rows, "n_correct", pa.int32()),
                "value": as_shares(column_of(rows, "value", pa.float64()), self._flattener.options.score_unit),
            }
        )
        part = OutcomePart(ingest_id=self._flattener.ingest_id, groups=groups, codes=codes, rows=outcomes)
        if "answer" in rows.column_names and "n_correct" in rows.column_names:
            self._add_answers(rows, part)
        part = add_up(part)
        self._flattener.out.outcomes.append(part)
        self._flattener.out.n_large += part.rows.num_rows
        self._flattener.out.n_bytes += part.rows.nbytes + part.codes.nbytes

    def _add_answers(self, rows: pa.Table, part: OutcomePart) -> None:
        """Add the answers of a batch, row by row: the writer adds equal ones up."""
        column = pc.dictionary_encode(column_of(rows, "answer", pa.string(), ""))
        spelt = pa.array([spell_answer(text) for text in column.dictionary.to_pylist()], pa.string())
        given = pa.table(
            {
                "run_id": part.groups[:, 0][part.codes],
                "metric_id": part.groups[:, 1][part.codes],
                "sample_number": part.rows.column("sample_number"),
                "answer": spelt.take(column.indices),
                "n_attempts": part.rows.column("n_attempts"),
                "n_correct": part.rows.column("n_correct"),
            }
        )
        self._hold("answer", given)

    def _hold(self, name: str, rows: pa.Table) -> None:
        self._flattener.out.tables[name].append(rows)
        self._flattener.out.n_large += rows.num_rows
        self._flattener.out.n_bytes += rows.nbytes

    def _value_units(self, metrics: dict[int, MetricFacts]) -> dict[int, str | None]:
        said = self._flattener.options.score_unit
        return {
            self._resolver.current(metric_id): outcome_unit(facts.unit, said) for metric_id, facts in metrics.items()
        }

    def _current(self, keys: IntColumn) -> IntColumn:
        """Return the keys of the entries that entries count as."""
        if not self._resolver.merged:
            return keys
        unique, codes = np.unique(keys, return_inverse=True)
        return np.array([self._resolver.current(key) for key in unique.tolist()], dtype=np.int64)[codes]

    def _settled(self, rows: pa.Table) -> pa.Table:
        """Return the rows with settings split off the names of models, and the names as written in a column of their own."""
        _codes, models = distinct(rows, _MODEL_COLUMNS)
        if all(self._flattener.settle(_model(facts), ProtocolRecord())[0] == _model(facts) for facts in models):
            return rows
        codes, combinations = distinct(rows, (*_MODEL_COLUMNS, *PROTOCOL_FIELDS))
        settled = []
        for facts in combinations:
            stated = ProtocolRecord(**{name: facts[name] for name in PROTOCOL_FIELDS if name in facts})
            settled.append(self._flattener.settle(_model(facts), stated))
        labels = rows.column("model")
        rows = with_column(rows, "model", [model.name for model, _protocol in settled], codes)
        for name in SETTINGS:
            values = [getattr(protocol, name) for _model, protocol in settled]
            if any(value is not None for value in values):
                rows = with_column(rows, name, values, codes)
        return rows.append_column(_MODEL_LABEL, labels)

    def _add_runs(self, rows: pa.Table, source: SourceRecord) -> tuple[IntColumn, IntColumn]:
        flat = self._flattener
        source_ids = spread(rows, _SOURCE_COLUMNS, lambda facts: flat.source(_source(source, facts)))
        model_ids = spread(rows, _MODEL_COLUMNS, lambda facts: self._resolver.model(_model(facts)))
        benchmark_ids = spread(
            rows, ("benchmark",), lambda facts: self._resolver.benchmark(BenchmarkRecord(name=facts["benchmark"]))
        )
        protocol_ids = spread(rows, PROTOCOL_FIELDS, lambda facts: flat.protocol(ProtocolRecord(**facts)))
        subsets = column_of(rows, "subset", pa.string(), "")
        subset_keys = spread(rows, ("subset",), lambda facts: text_key("subset", facts.get("subset") or ""))
        ran_at = column_of(rows, "ran_at", pa.timestamp("us", tz="UTC"))
        label_keys = spread(
            rows, ("label",), lambda facts: MISSING if facts.get("label") is None else text_key("label", facts["label"])
        )
        moments = integers_of(ran_at.cast(pa.int64()))
        run_ids = combine_columns(source_ids, model_ids, benchmark_ids, subset_keys, protocol_ids, moments, label_keys)
        _unique, first = np.unique(run_ids, return_index=True)
        first.sort()
        stated = column_of(rows, "is_first_party", pa.bool_()).take(first)
        table = pa.table(
            {
                "run_id": run_ids[first],
                "source_id": source_ids[first],
                "model_id": self._current(model_ids[first]),
                "benchmark_id": self._current(benchmark_ids[first]),
                "subset": subsets.take(first),
                "protocol_id": protocol_ids[first],
                "is_first_party": self._first_party(stated, source_ids[first], model_ids[first]),
                "ran_at": ran_at.take(first),
                "label": column_of(rows, "label", pa.string()).take(first),
                "model_label": column_of(
                    rows, _MODEL_LABEL if _MODEL_LABEL in rows.column_names else "model", pa.string()
                ).take(first),
                "benchmark_label": column_of(rows, "benchmark", pa.string()).take(first),
                "raw": pa.nulls(len(first), pa.string()),
                "ingest_id": constant(flat.ingest_id, len(first)),
            }
        )
        flat.out.tables["run"].append(table)
        flat.out.n_bytes += table.nbytes
        return run_ids, benchmark_ids

    def _first_party(self, stated: pa.Array, source_ids: IntColumn, model_ids: IntColumn) -> pa.Array:
        pairs, codes = np.unique(np.stack([source_ids, model_ids]), axis=1, return_inverse=True)
        known = [self._flattener.first_party(int(source), int(model)) for source, model in pairs.T]
        return pc.coalesce(stated, pa.array(known, pa.bool_()).take(pa.array(codes.ravel())))

    def _units(self, rows: pa.Table) -> pa.Array:
        said = self._flattener.options.score_unit
        default = None if said is None else str(said)
        if default is None and "n_correct" in rows.column_names:
            default = str(ScoreUnit.FRACTION)
        return column_of(rows, "unit", pa.string(), default)

    def _metrics(self, rows: pa.Table, units: pa.Array) -> tuple[IntColumn, dict[int, MetricFacts]]:
        found: dict[int, MetricFacts] = {}

        def resolve(facts: dict[str, Any]) -> int:
            unit = None if facts["unit"] is None else ScoreUnit(facts["unit"])
            metric = self._resolver.metric(ScoreRecord(metric=facts["metric"], value=0.0, unit=unit))
            found[metric.metric_id] = metric
            return metric.metric_id

        both = pa.table({"metric": rows.column("metric"), "unit": units})
        return spread(both, ("metric", "unit"), resolve), found

    def _score_rows(
        self,
        rows: pa.Table,
        run_ids: IntColumn,
        metric_ids: IntColumn,
        values: npt.NDArray[np.float64],
        units: pa.Array,
    ) -> pa.Table:
        n = rows.num_rows
        columns: dict[str, Any] = {
            name: column_of(rows, name, pa.float64())
            for name in ("stderr", "interval_lower", "interval_upper", "interval_level")
        }
        counts = {name: column_of(rows, name, pa.int32()) for name in ("decimals", "n_items", "samples_per_item")}
        approximate, aggregate = (
            column_of(rows, name, pa.bool_(), default=False) for name in ("is_approximate", "is_aggregate")
        )
        unit_keys = spread(pa.table({"unit": units}), ("unit",), lambda facts: text_key("unit", facts["unit"]))
        flags = approximate.cast(pa.int64()).to_numpy(zero_copy_only=False) + 2 * aggregate.cast(pa.int64()).to_numpy(
            zero_copy_only=False
        )
        bits = [bits_of(column) for column in columns.values()]
        no_numbers = np.zeros(n, dtype=np.bool_)
        score_ids = combine_columns(
            run_ids, metric_ids, float_bits_column(values, no_numbers), unit_keys, integers_of(counts["decimals"]), flags,
            *bits, integers_of(counts["n_items"]), integers_of(counts["samples_per_item"]),
        )  # fmt: skip
        return pa.table(
            {
                "score_id": score_ids,
                "run_id": run_ids,
                "metric_id": self._current(metric_ids),
                "value": values,
                "unit": units,
                "decimals": counts["decimals"],
                "is_approximate": approximate,
                "is_aggregate": aggregate,
                "stderr": columns["stderr"],
                "stderr_method": column_of(rows, "stderr_method", pa.string()),
                "interval_lower": columns["interval_lower"],
                "interval_upper": columns["interval_upper"],
                "interval_level": columns["interval_level"],
                "n_items": counts["n_items"],
                "samples_per_item": counts["samples_per_item"],
                "metric_label": column_of(rows, "metric", pa.string()),
                "place": column_of(rows, "place", pa.string()),
                "ingest_id": constant(self._flattener.ingest_id, n),
            }
        )

    def _sample_numbers(self, rows: pa.Table, benchmark_ids: IntColumn, merged: Codes, codes: Codes) -> Codes:
        """Return the number of each row's item; an item is one key in one subset of one benchmark."""
        benchmarks, of_group = np.unique(benchmark_ids, return_inverse=True)
        of_merged = np.zeros(int(merged.max()) + 1, dtype=np.int64)
        of_merged[merged] = of_group
        names = [
            name for name in ("subset", "sample", "sample_dated_on", "sample_cluster") if name in rows.column_names
        ]
        item_codes, first = encode(rows, names, of_merged[codes], len(benchmarks))
        items = rows.select(names).take(pa.array(first)).to_pydict()
        if None in items["sample"]:
            raise IngestError(
                f"{self._flattener.where}: a row has no item id (column sample); give each item a stable id"
            )
        whose = of_merged[codes[first]]
        numbers = np.empty(len(first), dtype=np.int64)
        for position, benchmark_id in enumerate(benchmarks.tolist()):
            mine = np.flatnonzero(whose == position)
            pick = {
                name: column if len(mine) == len(first) else [column[at] for at in mine]
                for name, column in items.items()
            }
            numbers[mine] = self._flattener.numbering.number(
                benchmark_id,
                [subset or "" for subset in pick["subset"]] if "subset" in pick else [""] * len(mine),
                pick["sample"],
                pick.get("sample_dated_on"),
                pick.get("sample_cluster"),
            )
        return numbers[item_codes]


def _merge_groups(run_ids: IntColumn, metric_ids: IntColumn) -> tuple[Pairs, Codes]:
    """Return the distinct pairs of run and metric in order of arrival, and which one each group is."""
    pairs = np.stack([run_ids, metric_ids], axis=1)
    _unique, first, codes = np.unique(combine_columns(run_ids, metric_ids), return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return pairs[first[order]], rank[codes]


def _model(facts: dict[str, Any]) -> ModelRecord:
    return ModelRecord(name=facts["model"], organization=facts.get("model_organization"))


def _source(default: SourceRecord, facts: dict[str, Any]) -> SourceRecord:
    kind = facts.get("source_kind")
    if not any(facts.get(name) is not None for name in ("source_title", "source_url")):
        # A row that names no other source says more about the file itself.
        organization, published_on = facts.get("source_organization"), facts.get("source_published_on")
        return replace(
            default,
            kind=default.kind if kind is None else SourceKind(kind),
            organization=default.organization if organization is None else organization,
            published_on=default.published_on if published_on is None else published_on,
        )
    return SourceRecord(
        kind=SourceKind(kind) if kind is not None else default.kind,
        title=facts.get("source_title"),
        url=facts.get("source_url"),
        organization=facts.get("source_organization"),
        published_on=facts.get("source_published_on"),
        is_file=False,
    )
