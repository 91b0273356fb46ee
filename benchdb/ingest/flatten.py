"""From records to rows of the tables: names resolved, values checked; no database here.

Records become rows one by one (a log has tens of scores), but the keys of their runs and scores are computed by column for all
files that share a transaction (`benchdb.ingest.keying`); tables become rows column by column (`benchdb.ingest.columns`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache, partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from benchdb.errors import IngestError
from benchdb.ingest.claimed import as_shares, check_value, outcome_unit, spell_answer
from benchdb.ingest.protocols import protocol_row
from benchdb.ingest.records import ScoreRecord
from benchdb.ingest.variants import fit
from benchdb.schema.keys import MISSING, combine, text_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    from benchdb.ingest.importer import ReadOptions
    from benchdb.ingest.numbering import Numbering
    from benchdb.ingest.raw_text import RawTexts
    from benchdb.ingest.records import ModelRecord, OutcomeBlock, ProtocolRecord, RunRecord, SourceRecord
    from benchdb.ingest.resolve import Resolver

_MEMBER = re.compile(r"^.*\.(?:zip|tar|t\w+|gz|zst|bz2|xz)!", re.IGNORECASE)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RUN_BYTES, _SCORE_BYTES = 900, 500
"""What a row takes before it is a part of an Arrow table, its keys among it, and a run's raw text not."""
_SCORE = attrgetter(
    "decimals", "is_approximate", "is_aggregate", "stderr", "stderr_method", "interval_lower", "interval_upper", "interval_level",
    "n_items", "samples_per_item", "metric", "place",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomePart:
    """Outcomes of some runs of one file, one row per run, metric and item."""

    ingest_id: int
    """Import of the file."""
    groups: npt.NDArray[np.int64]
    """Run and metric of each group of rows, of shape (m, 2); no two are equal."""
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
    runs: list[tuple[Any, ...]] = field(default_factory=list)
    """Runs that have no key yet, as `benchdb.ingest.keying` takes them."""
    scores: list[tuple[Any, ...]] = field(default_factory=list)
    """Scores of these runs, in their order, that have no key yet either."""
    n_large: int = 0
    """Scores and outcomes held."""
    n_bytes: int = 0
    """Bytes of those that are held as Arrow tables."""
    n_run_bytes: int = 0
    """About the bytes of runs that have no key yet, and of their scores."""

    def merge(self, other: FileRows) -> None:
        """Take in the rows of another file.

        Args:
            other: Its rows.
        """
        for name, rows in other.rows.items():
            self.rows[name].extend(rows)
        for name, tables in other.tables.items():
            self.tables[name].extend(tables)
        self.runs.extend(other.runs)
        self.scores.extend(other.scores)
        self.outcomes.extend(other.outcomes)
        self.outcome_units.update(other.outcome_units)
        self.n_large += other.n_large
        self.n_bytes += other.n_bytes
        self.n_run_bytes += other.n_run_bytes


class Flattener:
    """Turns the records of one file into rows."""

    def __init__(  # noqa: PLR0913 — a file's identity, and what all files of an import share
        self,
        where: str,
        sha256: str,
        ingest_id: int,
        *,
        resolver: Resolver,
        numbering: Numbering,
        raws: RawTexts,
        options: ReadOptions,
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
        self._raws = raws
        self._said = None if options.score_unit is None else str(options.score_unit)
        self._sources: dict[SourceRecord, int] = {}
        self._reporters: dict[int, int | None] = {}
        self._protocols: dict[ProtocolRecord, int] = {}
        self._whole: dict[ModelRecord, bool] = {}
        self._last_model: ModelRecord | None = None
        self._is_last_whole = False
        self._last_source: tuple[SourceRecord | None, int] = (None, 0)

    def add_run(self, run: RunRecord) -> Iterator[None]:
        """Add a run with its scores and outcomes.

        Args:
            run: The record; its outcome blocks are consumed.

        Yields:
            None after the scores and after each block of outcomes.

        Raises:
            IngestError: If a value cannot be what it claims to be.
        """
        resolver = self.resolver
        source_id = self.source(run.source)
        model, protocol = self.settle(run.model, run.protocol)
        model_id, benchmark_id = resolver.model(model), resolver.benchmark(run.benchmark)
        ran_at = _microseconds(run.ran_at)
        keys = (
            source_id, model_id, benchmark_id, _subset_key(run.subset), self.protocol(protocol),
            MISSING if ran_at is None else ran_at,
            MISSING if run.label is None else text_key("label", run.label),
        )  # fmt: skip
        first_party = run.is_first_party if run.is_first_party is not None else self.first_party(source_id, model_id)
        row = (
            *keys, resolver.current(model_id), resolver.current(benchmark_id), run.subset,
            first_party, run.ran_at, run.label, run.model.name, run.benchmark.name, self._raws.spell(run.raw), self.ingest_id,
        )  # fmt: skip
        held = self.out
        n_held = len(held.scores)
        for score in run.scores:
            self._add_score(protocol, score)
        held.runs.append((*row, len(held.scores) - n_held))
        held.n_run_bytes += _RUN_BYTES + _SCORE_BYTES * len(run.scores) + len(row[-2] or "")
        yield
        run_id = None
        for block in run.outcomes:
            run_id = combine(*keys) if run_id is None else run_id
            facts = resolver.metric(ScoreRecord(metric=block.metric, value=0.0))
            metric_id = resolver.current(facts.metric_id)
            self.out.outcome_units[metric_id] = outcome_unit(facts.unit, self.options.score_unit)
            if self.out is not held:
                # The run was written with an earlier piece; this one must name it, too.
                held = self.out
                held.runs.append((*row, 0))
            self._add_outcomes(run_id, metric_id, resolver.current(benchmark_id), run.subset, block)
            yield

    def source(self, record: SourceRecord) -> int:
        """Return the key of a source, adding its row the first time.

        Args:
            record: The source.
        """
        last, key = self._last_source
        if last is not record:
            known = self._sources.get(record)
            key = self._new_source(record) if known is None else known
            self._last_source = (record, key)
        return key

    def _new_source(self, record: SourceRecord) -> int:
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

        Raises:
            IngestError: If a setting is none that its column can hold.
        """
        known = self._protocols.get(record)
        if known is not None:
            return known
        try:
            row = protocol_row(record)
        except IngestError as error:
            raise IngestError(f"{self.where}: {error}") from None
        self.out.rows["protocol"].append(row)
        key: int = row[0]
        self._protocols[record] = key
        return key

    def settle(self, model: ModelRecord, protocol: ProtocolRecord) -> tuple[ModelRecord, ProtocolRecord]:
        """Return a model and its settings; those in an unknown name are split off where what is left is in the catalogue.

        Args:
            model: A model as the file names it.
            protocol: Settings as the file states them.
        """
        if model is not self._last_model:
            is_whole = self._whole.get(model)
            if is_whole is None:
                is_whole = self._whole[model] = self.resolver.knows_model(model)
            self._last_model, self._is_last_whole = model, is_whole
        if self._is_last_whole:
            return model, protocol
        return fit(model, protocol, is_known=partial(self.resolver.knows_model, reviewed=True))

    def first_party(self, source_id: int, model_id: int) -> bool | None:
        """Return whether a source's reporter made a model, or None where either is unknown.

        Args:
            source_id: Key from `source`.
            model_id: Key of the model.
        """
        reporter, maker = self._reporters.get(source_id), self.resolver.maker_of(model_id)
        return None if reporter is None or maker is None else reporter == maker

    def _add_score(self, protocol: ProtocolRecord, score: ScoreRecord) -> None:
        facts = self.resolver.metric(score)
        unit = self._said if score.unit is None else str(score.unit)
        check_value(self.where, score, unit, facts)
        self.n_without_unit += unit is None and facts.unit is not None
        decimals, approximate, aggregate, stderr, method, lower, upper, level, n_items, attempts, label, place = _SCORE(
            score
        )
        self.out.scores.append((
            facts.metric_id, self.resolver.current(facts.metric_id), score.value, unit, decimals, approximate, aggregate, stderr,
            None if method is None else str(method), lower, upper, level, n_items, attempts or protocol.samples_per_item,
            label, place, self.ingest_id,
        ))  # fmt: skip
        self.out.n_large += 1

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
        groups = np.array([[run_id, metric_id]], dtype=np.int64)
        self.out.outcomes.append(OutcomePart(ingest_id=self.ingest_id, groups=groups, codes=codes, rows=rows))
        self.out.n_large += n
        if block.answers is not None:
            given = [
                (run_id, metric_id, number, spell_answer(answer), *counts)
                for number, answers in zip(numbers, block.answers, strict=True)
                for answer, counts in answers.items()
            ]
            self.out.rows["answer"].extend(given)
            self.out.n_large += len(given)


@lru_cache(maxsize=4096)
def _subset_key(subset: str) -> int:
    return text_key("subset", subset)


def _microseconds(moment: datetime | None) -> int | None:
    if moment is None:
        return None
    difference = moment - _EPOCH
    return (difference.days * 86_400 + difference.seconds) * 1_000_000 + difference.microseconds


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
