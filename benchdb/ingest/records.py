"""What importers yield: neutral records with the names as written and nothing guessed.

None always means that the file does not say. An importer yields `RunRecord`s (harness logs, papers: few runs with rich facts)
or `ScoreTable`s and `OutcomeTable`s (big tables: Arrow batches that reach the database without a Python loop over rows).

What names something is frozen, since it is looked up by its content. Runs and scores, of which a file has thousands and
nobody keeps any, are not: a frozen one takes four times as long to make.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    import pyarrow as pa

    from benchdb.schema.vocab import ScoreUnit, SourceKind, StderrMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRecord:
    """Where the numbers of a file come from."""

    kind: SourceKind
    """What sort of source it is."""
    title: str | None = None
    """Title of the paper or page; None takes the file's name when the file itself is the source."""
    url: str | None = None
    """Where it can be read."""
    harness: str | None = None
    """Evaluation tool that wrote it."""
    harness_version: str | None = None
    """Version of that tool."""
    published_on: date | None = None
    """Day it became public."""
    retrieved_at: datetime | None = None
    """When it was fetched; aware."""
    organization: str | None = None
    """Name of whoever reports the numbers."""
    is_file: bool = True
    """Whether the imported file itself is the source, so that its sha256 is part of the source's identity; False where the
    file only transcribes a source that exists elsewhere (a paper's table typed by hand)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRecord:
    """A model as a file names it, with the facts the file states about it."""

    name: str
    """Name as written."""
    organization: str | None = None
    """Maker, where the file states it apart from the name."""
    n_parameters: int | None = None
    """Total parameters, as a count."""
    n_active_parameters: int | None = None
    """Parameters active per token, as a count."""
    parameters_label: str | None = None
    """Size as printed."""
    released_on: date | None = None
    """Release date."""
    is_open_weights: bool | None = None
    """Whether the weights can be downloaded."""
    licence: str | None = None
    """Licence as written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkRecord:
    """A benchmark as a file names it."""

    name: str
    """Name as written, without a subset."""
    parent: str | None = None
    """Benchmark that this one is a part of, as written."""
    n_items: int | None = None
    """Number of items of the whole benchmark, where the file states it."""
    version: str | None = None
    """Published version, which makes it a benchmark of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolRecord:
    """Settings of an evaluation; the fields are the columns of `benchdb.schema.results.Protocol`, documented there."""

    split: str | None = None
    n_shot: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    samples_per_item: int | None = None
    seed: int | None = None
    prompt_hash: str | None = None
    harness: str | None = None
    harness_version: str | None = None
    harness_task: str | None = None
    task_version: str | None = None
    dataset_revision: str | None = None
    window_start_on: date | None = None
    window_end_on: date | None = None
    extraction: str | None = None
    item_limit: float | None = None
    model_revision: str | None = None
    quantisation: str | None = None
    reasoning_effort: str | None = None
    scaffold: str | None = None
    engine: str | None = None


PROTOCOL_FIELDS = tuple(f.name for f in fields(ProtocolRecord))
"""Names of the protocol's settings, in the order their key is computed."""


@dataclass(slots=True, kw_only=True)
class ScoreRecord:
    """One value of one metric, as printed."""

    metric: str
    """Metric's name as written."""
    value: float
    """The value in its own unit; a missing or non-finite value is not a score and is not yielded."""
    unit: ScoreUnit | None = None
    """Unit it is written in."""
    decimals: int | None = None
    """Decimals as printed; None for full precision."""
    is_approximate: bool = False
    """Read off a figure, or said to be approximate."""
    is_aggregate: bool = False
    """Computed by the source from other scores."""
    stderr: float | None = None
    """Standard error in the value's unit."""
    stderr_method: StderrMethod | None = None
    """How it was computed, only where that is known for certain."""
    interval_lower: float | None = None
    """Lower end of the reported interval."""
    interval_upper: float | None = None
    """Upper end of the reported interval."""
    interval_level: float | None = None
    """Coverage of that interval as a fraction."""
    n_items: int | None = None
    """Items behind the value."""
    samples_per_item: int | None = None
    """Attempts per item behind the value; None takes the protocol's."""
    higher_is_better: bool | None = None
    """Direction as the file states it."""
    k: int | None = None
    """The k of pass@k and its like, where the file states it apart from the name."""
    place: str | None = None
    """Place in the file: key path, row, line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeBlock:
    """Outcomes of one run under one metric, as parallel columns; one entry per item (attempts already added up).

    A long log yields several blocks of at most some ten thousand items, so that memory stays flat.
    """

    metric: str
    """Metric's name as written."""
    keys: Sequence[str]
    """Stable text ids of the items: a content hash, the data set's own id, or "<tool>/<row index>"; unique in their subset."""
    n_attempts: Sequence[int]
    """Attempts scored, per item; an item without any is left out."""
    n_correct: Sequence[int | None] | None = None
    """Right attempts, per item; None (the whole column or an entry) where the metric is not right or wrong."""
    values: Sequence[float | None] | None = None
    """Mean value over the attempts, per item, where `n_correct` does not say it all: a share of full marks as a fraction,
    anything else in its metric's unit."""
    dates: Sequence[date | None] | None = None
    """Days the items became public."""
    clusters: Sequence[str | None] | None = None
    """Groups of items that are not independent."""
    item_subsets: Sequence[str] | None = None
    """Subsets of the items, where one run covers several; None takes the run's subset."""
    answers: Sequence[Mapping[str, tuple[int, int]]] | None = None
    """Answer → attempts that gave it and those of them that were right, per item; "" where none was found in the output. Only
    where the user asked for answers (`ReadOptions.with_answers`)."""


@dataclass(slots=True, kw_only=True)
class RunRecord:
    """One evaluation of one model on one benchmark under one protocol, with its scores and outcomes."""

    source: SourceRecord
    model: ModelRecord
    benchmark: BenchmarkRecord
    protocol: ProtocolRecord = field(default_factory=ProtocolRecord)
    subset: str = ""
    """Part of the benchmark's data; empty for the whole."""
    is_first_party: bool | None = None
    """Whether the reporter is the model's maker, where the file says so."""
    ran_at: datetime | None = None
    """When it ran; aware."""
    label: str | None = None
    """The file's own identifier of the run."""
    raw: Mapping[str, object] | None = None
    """Configuration that the columns do not hold; JSON types only."""
    scores: tuple[ScoreRecord, ...] = ()
    outcomes: Iterable[OutcomeBlock] = ()
    """May be a generator: it is consumed once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreTable:
    """A batch of a long table of scores, one row a score.

    `rows` has the string columns `model`, `benchmark`, `metric`, the float64 column `value`, and any of: `model_organization`
    (string), `subset` (string), `unit` (string, a `ScoreUnit`), `decimals` (int32), `is_approximate`, `is_aggregate`,
    `is_first_party` (bool), `stderr` (float64), `stderr_method` (string), `interval_lower`, `interval_upper`,
    `interval_level` (float64), `n_items` (int64), `samples_per_item` (int64), `ran_at` (timestamp, UTC), `label`, `place`
    (string), `source_kind`, `source_title`, `source_url`, `source_organization` (string), `source_published_on` (date32), and
    every name in `PROTOCOL_FIELDS` with the type of that field. Nulls mean that the file does not say; `value` has none.
    String columns may be dictionary-encoded.
    """

    source: SourceRecord
    """Source of rows that do not name their own."""
    rows: pa.Table


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeTable:
    """A batch of a long table of outcomes, one row an item (or an attempt at an item) of a run.

    `rows` has the string columns `model`, `benchmark`, `metric`, `sample` (the item's key) and either `n_correct` (int32, with
    `n_attempts`, which defaults to 1) or `value` (float64); and any of `subset`, `label` (string), `sample_dated_on` (date32),
    `sample_cluster` (string), `answer` (string, with `n_correct`; only where the user asked for answers), `ran_at`, `source_*`, `is_first_party` and every name in `PROTOCOL_FIELDS`, as in `ScoreTable`.
    Rows that agree on run, metric and item are attempts at the same item and are added up.
    """

    source: SourceRecord
    """Source of rows that do not name their own."""
    rows: pa.Table


Record: TypeAlias = RunRecord | ScoreTable | OutcomeTable
"""Anything an importer may yield."""
