"""From records to rows of the tables: names resolved, keys computed, values checked; no database here.

Records become rows one by one (a log has tens of scores); tables become rows column by column (`benchdb.ingest.columns`).
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from benchdb.errors import IngestError
from benchdb.ingest.claimed import as_shares, check_value, outcome_unit, spell_answer
from benchdb.ingest.records import PROTOCOL_FIELDS, ProtocolRecord, ScoreRecord, SourceRecord
from benchdb.ingest.variants import fit
from benchdb.schema.keys import MISSING, combine, fact_key, float_bits, text_key
from benchdb.schema.vocab import NOT_COMPARED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    from benchdb.ingest.importer import ReadOptions
    from benchdb.ingest.numbering import Numbering
    from benchdb.ingest.records import ModelRecord, OutcomeBlock, RunRecord
    from benchdb.ingest.resolve import MetricFacts, Resolver

_MEMBER = re.compile(r"^.*\.(?:zip|tar|t\w+|gz|zst|bz2|xz)!", re.IGNORECASE)
_COMPARED = tuple(name for name in PROTOCOL_FIELDS if name not in NOT_COMPARED)
_SURROGATE = re.compile("[\ud800-\udfff]")
_ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, default=str).encode
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LARGEST = sys.float_info.max
_MOST = 2**31 - 1
_COUNTS: dict[str, tuple[int, int]] = {
    "n_shot": (0, _MOST),
    "max_tokens": (-_MOST, _MOST),
    "samples_per_item": (1, _MOST),
    "seed": (-(2**63), 2**63 - 1),
}
_NUMBERS = frozenset({"temperature", "top_p", "item_limit"})


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomePart:
    """Outcomes of some runs, one row per run, metric and item."""

    groups: list[tuple[int, int]]
    """Run and metric of each group of rows; no two are equal."""
    codes: npt.NDArray[np.int64]
    """Group of each row, as a position in `groups`."""
    rows: pa.Table
    """The columns `sample_number`, `n_attempts`, `n_correct` and `value`."""


@dataclass(slots=True)
class FileRows:
    """Rows of one file on their way to the tables."""

    rows: defaultdict[str, list[tuple[Any, ...]]] = field(default_factory=lambda: defaultdict(list))
    """Table → rows in the order of its columns."""
    tables: defaultdict[str, list[pa.Table]] = field(default_factory=lambda: defaultdict(list))
    """Table → Arrow tables of its columns."""
    outcomes: list[OutcomePart] = field(default_factory=list)
    """Outcomes, part by part."""
    outcome_units: dict[int, str | None] = field(default_factory=dict)
    """Metric → unit of the values of its outcomes."""
    n_large: int = 0
    """Scores and outcomes held."""

    def merge(self, other: FileRows) -> None:
        """Take in the rows of another file.

        Args:
            other: Its rows.
        """
        for name, rows in other.rows.items():
            self.rows[name].extend(rows)
        for name, tables in other.tables.items():
            self.tables[name].extend(tables)
        self.outcomes.extend(other.outcomes)
        self.outcome_units.update(other.outcome_units)
        self.n_large += other.n_large


class Flattener:
    """Turns the records of one file into rows."""

    def __init__(
        self, where: str, sha256: str, ingest_id: int, resolver: Resolver, numbering: Numbering, options: ReadOptions
    ) -> None:
        self.where = where
        self.ingest_id = ingest_id
        self.resolver = resolver
        self.numbering = numbering
        self.options = options
        self.out = FileRows()
        self.gathered: Callable[[int], None] = lambda _n_rows: None
        """Called with the scores and outcomes that each part of a record adds."""
        self.n_without_unit = 0
        """Scores so far whose unit nobody has said, although their metric is reported in one."""
        self._sha256 = sha256
        self._sources: dict[SourceRecord, int] = {}
        self._reporters: dict[int, int | None] = {}
        self._protocols: dict[ProtocolRecord, int] = {}
        self._whole: dict[ModelRecord, bool] = {}

    def add_run(self, run: RunRecord) -> Iterator[None]:
        """Add a run with its scores and outcomes.

        Args:
            run: The record; its outcome blocks are consumed.

        Yields:
            None after the scores and after each block of outcomes.

        Raises:
            IngestError: If a value cannot be what it claims to be.
        """
        source_id = self.source(run.source)
        model, protocol = self.settle(run.model, run.protocol)
        model_id = self.resolver.model(model)
        benchmark_id = self.resolver.benchmark(run.benchmark)
        protocol_id = self.protocol(protocol)
        ran_at = _microseconds(run.ran_at)
        run_id = combine(
            source_id, model_id, benchmark_id, text_key("subset", run.subset), protocol_id,
            MISSING if ran_at is None else ran_at,
            MISSING if run.label is None else text_key("label", run.label),
        )  # fmt: skip
        first_party = run.is_first_party if run.is_first_party is not None else self.first_party(source_id, model_id)
        row = (
            run_id, source_id, self.resolver.current(model_id), self.resolver.current(benchmark_id), run.subset, protocol_id,
            first_party, run.ran_at, run.label, run.model.name, run.benchmark.name, _as_json(run.raw), self.ingest_id,
        )  # fmt: skip
        held = self.out
        held.rows["run"].append(row)
        metrics: dict[str, MetricFacts] = {}
        for score in run.scores:
            metrics[score.metric] = self._add_score(run_id, protocol, score)
        yield
        for block in run.outcomes:
            facts = metrics.get(block.metric) or self.resolver.metric(ScoreRecord(metric=block.metric, value=0.0))
            metric_id = self.resolver.current(facts.metric_id)
            self.out.outcome_units[metric_id] = outcome_unit(facts.unit, self.options.score_unit)
            if self.out is not held:
                # The run was written with an earlier piece; this one must name it, too.
                held = self.out
                held.rows["run"].append(row)
            self._add_outcomes(run_id, metric_id, self.resolver.current(benchmark_id), run.subset, block)
            yield

    def source(self, record: SourceRecord) -> int:
        """Return the key of a source, adding its row the first time.

        Args:
            record: The source.
        """
        known = self._sources.get(record)
        if known is not None:
            return known
        sha256 = self._sha256 if record.is_file else None
        title = record.title if record.title or not record.is_file else _MEMBER.sub("", self.where.rpartition("/")[2])
        key = text_key("source", str(record.kind), title if not record.is_file else record.title, record.url, sha256)
        organization = None
        if record.organization is not None:
            organization = self.resolver.current(self.resolver.organization(record.organization))
        self.out.rows["source"].append((
            key, str(record.kind), title, record.url, sha256, record.harness, record.harness_version,
            record.published_on, record.retrieved_at, organization, self.ingest_id,
        ))  # fmt: skip
        self._sources[record] = key
        self._reporters[key] = organization
        return key

    def protocol(self, record: ProtocolRecord) -> int:
        """Return the key of a protocol, adding its row the first time.

        Args:
            record: The settings.
        """
        known = self._protocols.get(record)
        if known is not None:
            return known
        settings = {name: self._setting(name, getattr(record, name)) for name in PROTOCOL_FIELDS}
        key = fact_key("protocol", list(settings.values()))
        fingerprint = fact_key("fingerprint", [settings[name] for name in _COMPARED])
        self.out.rows["protocol"].append((key, fingerprint, variant_of(record), *settings.values()))
        self._protocols[record] = key
        return key

    def settle(self, model: ModelRecord, protocol: ProtocolRecord) -> tuple[ModelRecord, ProtocolRecord]:
        """Return a model and its settings; those in an unknown name are split off where what is left is in the catalogue.

        Args:
            model: A model as the file names it.
            protocol: Settings as the file states them.
        """
        if model not in self._whole:
            self._whole[model] = self.resolver.knows_model(model)
        if self._whole[model]:
            return model, protocol
        return fit(model, protocol, is_known=partial(self.resolver.knows_model, reviewed=True))

    def _setting(self, name: str, value: Any) -> Any:
        """Return a setting as its column holds it, so that 1 and 1.0 are one temperature."""
        if value is None or (name not in _NUMBERS and name not in _COUNTS):
            return value
        low, high = _COUNTS.get(name, (-_LARGEST, _LARGEST))
        if not low <= value <= high or (name in _COUNTS and value != int(value)):
            kind = "a whole number" if name in _COUNTS else "a number"
            raise IngestError(f"{self.where}: {name} = {value}: expected {kind} from {low:g} to {high:g}")
        return float(value) if name in _NUMBERS else int(value)

    def first_party(self, source_id: int, model_id: int) -> bool | None:
        """Return whether a source's reporter made a model, or None where either is unknown.

        Args:
            source_id: Key from `source`.
            model_id: Key of the model.
        """
        reporter, maker = self._reporters.get(source_id), self.resolver.maker_of(model_id)
        return None if reporter is None or maker is None else reporter == maker

    def _add_score(self, run_id: int, protocol: ProtocolRecord, score: ScoreRecord) -> MetricFacts:
        facts = self.resolver.metric(score)
        unit = score.unit or self.options.score_unit
        check_value(self.where, score, unit, facts)
        self.n_without_unit += unit is None and facts.unit is not None
        samples_per_item = score.samples_per_item or protocol.samples_per_item
        unit_text = None if unit is None else str(unit)
        numbers = (score.stderr, score.interval_lower, score.interval_upper, score.interval_level)
        flags = int(score.is_approximate) + 2 * int(score.is_aggregate)
        score_id = combine(
            run_id, facts.metric_id, float_bits(score.value), _key_of_unit(unit_text), _or_missing(score.decimals), flags,
            *map(float_bits, numbers), _or_missing(score.n_items), _or_missing(samples_per_item),
        )  # fmt: skip
        method = None if score.stderr_method is None else str(score.stderr_method)
        self.out.rows["score"].append((
            score_id, run_id, self.resolver.current(facts.metric_id), score.value, unit_text, score.decimals,
            score.is_approximate, score.is_aggregate, score.stderr, method, *numbers[1:], score.n_items, samples_per_item, score.metric, score.place, self.ingest_id,
        ))  # fmt: skip
        self.out.n_large += 1
        return facts

    def _add_outcomes(self, run_id: int, metric_id: int, benchmark_id: int, subset: str, block: OutcomeBlock) -> None:
        import numpy as np
        import pyarrow as pa

        from benchdb.ingest.arrays import to_array

        n = len(block.keys)
        numbers = self.numbering.number(
            benchmark_id, block.item_subsets or [subset] * n, block.keys, block.dates, block.clusters
        )
        if len(set(numbers)) < n:
            raise IngestError(
                f"{self.where}: {block.metric} has two outcomes for one item; attempts must be added up per item"
            )
        rows = pa.table(
            {
                "sample_number": pa.array(numbers, pa.int32()),
                "n_attempts": to_array(block.n_attempts, pa.int32(), "attempts at an item"),
                "n_correct": pa.nulls(n, pa.int32())
                if block.n_correct is None
                else to_array(block.n_correct, pa.int32(), "right attempts at an item"),
                "value": pa.nulls(n, pa.float64())
                if block.values is None
                else as_shares(to_array(block.values, pa.float64(), "value of an item"), self.options.score_unit),
            }
        )
        codes = np.zeros(n, dtype=np.int64)
        self.out.outcomes.append(OutcomePart(groups=[(run_id, metric_id)], codes=codes, rows=rows))
        self.out.n_large += n
        if block.answers is not None:
            given = [
                (run_id, metric_id, number, spell_answer(answer), *counts)
                for number, answers in zip(numbers, block.answers, strict=True)
                for answer, counts in answers.items()
            ]
            self.out.rows["answer"].extend(given)
            self.out.n_large += len(given)


def variant_of(record: ProtocolRecord) -> str | None:
    """Return what sets this use of a model apart, or None for the plain model.

    Reasoning effort, quantisation, scaffold and a named revision count; a commit hash and the default branch do not.

    Args:
        record: The settings.
    """
    revision = record.model_revision
    named = revision if revision and revision not in {"main", "master"} and not _is_hash(revision) else None
    parts = (record.reasoning_effort, record.quantisation, record.scaffold, named)
    return ", ".join(part for part in parts if part) or None


def _is_hash(text: str) -> bool:
    return len(text) >= 7 and all(letter in "0123456789abcdef" for letter in text)


def _as_json(raw: Mapping[str, object] | None) -> str | None:
    if not raw:
        return None
    text = _ENCODE(_spelt(raw))
    # Half of a surrogate pair is no text for a database, but an escape is, and says the same in JSON.
    return _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _spelt(value: object) -> object:
    """Return a value whose keys are all text: those of YAML can be numbers and dates, which no order holds for together."""
    if isinstance(value, dict):
        return {name if isinstance(name, str) else str(name): _spelt(each) for name, each in value.items()}
    return [_spelt(each) for each in value] if isinstance(value, list | tuple) else value


@cache
def _key_of_unit(unit: str | None) -> int:
    return text_key("unit", unit)


def _microseconds(moment: datetime | None) -> int | None:
    if moment is None:
        return None
    difference = moment - _EPOCH
    return (difference.days * 86_400 + difference.seconds) * 1_000_000 + difference.microseconds


def _or_missing(count: int | None) -> int:
    return MISSING if count is None else count


def rows_to_table(rows: Iterable[tuple[Any, ...]], schema: pa.Schema) -> pa.Table:
    """Return rows as an Arrow table.

    Args:
        rows: Tuples in the order of the schema.
        schema: Names and types of the columns.

    Raises:
        IngestError: If a value is none that its column can hold.
    """
    import pyarrow as pa

    from benchdb.ingest.arrays import to_array

    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    return pa.table(
        [to_array(column, kind.type, kind.name) for column, kind in zip(columns, schema, strict=True)], schema=schema
    )
