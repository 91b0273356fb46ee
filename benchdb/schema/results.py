"""Results: who said what, and how it was measured. Source → run (under a protocol) → score; sample → outcome.

Rows are immutable. A claim that proves wrong is retracted by a `Correction`, never changed or deleted.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, PrimaryKeyConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from benchdb.schema.base import Base, BigCount, Count, Day, Flag, Instant, Key, Number, Words, one_of, reference
from benchdb.schema.vocab import ScoreUnit, SourceKind, StderrMethod


class Source(Base):
    """Where numbers come from: a log, a paper, a model card, a leaderboard, a figure, a hand-made table."""

    __tablename__ = "source"
    __table_args__ = (
        one_of("kind", [str(kind) for kind in SourceKind]),
        reference("organization_id", "organization.organization_id"),
        reference("ingest_id", "ingest.ingest_id"),
        {"comment": "where numbers come from"},
    )

    source_id: Mapped[Key] = mapped_column(primary_key=True, comment="key of kind, title, URL and sha256")
    """Key of kind, title, URL and sha256."""
    kind: Mapped[Words] = mapped_column(comment="harness_log, paper, model_card, leaderboard, figure or manual")
    """What sort of source it is (`SourceKind`)."""
    title: Mapped[Words | None] = mapped_column(comment="title of the paper or page, or the file's name")
    """Title of the paper or page, or the file's name."""
    url: Mapped[Words | None] = mapped_column(comment="where it can be read")
    """Where it can be read."""
    sha256: Mapped[Words | None] = mapped_column(
        comment="hash of the bytes, when the source is the imported file itself"
    )
    """Hash of the bytes, when the source is the imported file itself."""
    harness: Mapped[Words | None] = mapped_column(comment="evaluation tool that wrote it")
    """Evaluation tool that wrote it."""
    harness_version: Mapped[Words | None] = mapped_column(comment="version of that tool")
    """Version of that tool."""
    published_on: Mapped[Day | None] = mapped_column(comment="day it became public")
    """Day it became public."""
    retrieved_at: Mapped[Instant | None] = mapped_column(comment="when it was fetched")
    """When it was fetched."""
    organization_id: Mapped[Key | None] = mapped_column(comment="who reports the numbers")
    """Who reports the numbers."""
    ingest_id: Mapped[Key] = mapped_column(comment="the import that brought it first")
    """The import that brought it first."""


class Protocol(Base):
    """The settings of an evaluation, apart from model and benchmark. Equal settings are one row, however many runs use them.

    NULL means that the source does not say.
    """

    __tablename__ = "protocol"
    __table_args__ = (
        CheckConstraint("n_shot >= 0", name="n_shot_not_negative"),
        CheckConstraint("samples_per_item > 0", name="samples_per_item_positive"),
        {"comment": "the settings of an evaluation; NULL where the source does not say"},
    )

    protocol_id: Mapped[Key] = mapped_column(primary_key=True, comment="key of every setting below")
    """Key of every setting below."""
    fingerprint: Mapped[Key] = mapped_column(comment="key of the settings that make scores comparable")
    """Key of the settings that make scores comparable: all but seed, harness version, engine and the variant."""
    variant: Mapped[Words | None] = mapped_column(
        comment="what sets this use of the model apart: effort, quantisation, scaffold, named revision"
    )
    """What sets this use of the model apart: reasoning effort, quantisation, scaffold, named revision."""
    split: Mapped[Words | None] = mapped_column(comment="split of the data")
    """Split of the data."""
    n_shot: Mapped[Count | None] = mapped_column(comment="worked examples in the prompt")
    """Worked examples in the prompt."""
    temperature: Mapped[Number | None] = mapped_column(comment="sampling temperature")
    """Sampling temperature."""
    top_p: Mapped[Number | None] = mapped_column(comment="nucleus sampling threshold")
    """Nucleus sampling threshold."""
    max_tokens: Mapped[Count | None] = mapped_column(comment="most tokens that may be generated")
    """Most tokens that may be generated."""
    samples_per_item: Mapped[Count | None] = mapped_column(comment="attempts per item")
    """Attempts per item."""
    seed: Mapped[BigCount | None] = mapped_column(comment="seed of the sampling")
    """Seed of the sampling."""
    prompt_hash: Mapped[Words | None] = mapped_column(comment="hash of the prompt or chat template")
    """Hash of the prompt or chat template, as the harness writes it."""
    harness: Mapped[Words | None] = mapped_column(comment="evaluation tool")
    """Evaluation tool."""
    harness_version: Mapped[Words | None] = mapped_column(comment="version of the tool")
    """Version of the tool."""
    harness_task: Mapped[Words | None] = mapped_column(comment="the tool's own name of its implementation")
    """The tool's own name of its implementation of the benchmark."""
    task_version: Mapped[Words | None] = mapped_column(comment="version of that implementation")
    """Version of that implementation."""
    dataset_revision: Mapped[Words | None] = mapped_column(comment="revision of the data")
    """Revision of the data."""
    window_start_on: Mapped[Day | None] = mapped_column(comment="first day of the items used")
    """First day of the items used."""
    window_end_on: Mapped[Day | None] = mapped_column(comment="last day of the items used")
    """Last day of the items used."""
    extraction: Mapped[Words | None] = mapped_column(comment="how the answer was parsed: filter or scorer")
    """How the answer was parsed: filter or scorer."""
    item_limit: Mapped[Number | None] = mapped_column(comment="limit on the items used: a count, or a fraction below 1")
    """Limit on the items used: a count, or a fraction below 1."""
    model_revision: Mapped[Words | None] = mapped_column(comment="revision of the weights")
    """Revision of the weights: a commit or a named checkpoint."""
    quantisation: Mapped[Words | None] = mapped_column(comment="number format of the weights")
    """Number format of the weights."""
    reasoning_effort: Mapped[Words | None] = mapped_column(comment="effort or thinking budget asked for")
    """Effort or thinking budget asked for."""
    scaffold: Mapped[Words | None] = mapped_column(comment="agent or system around the model")
    """Agent or system around the model."""
    engine: Mapped[Words | None] = mapped_column(comment="inference engine or provider")
    """Inference engine or provider."""


class Run(Base):
    """One evaluation of a model on a benchmark, as one source reports it."""

    __tablename__ = "run"
    __table_args__ = (
        reference("source_id", "source.source_id"),
        reference("model_id", "model.model_id"),
        reference("benchmark_id", "benchmark.benchmark_id"),
        reference("protocol_id", "protocol.protocol_id"),
        reference("ingest_id", "ingest.ingest_id"),
        {"comment": "one evaluation of a model on a benchmark, as one source reports it"},
    )

    run_id: Mapped[Key] = mapped_column(
        primary_key=True, comment="key of source, model, benchmark, subset, protocol, time and label"
    )
    """Key of source, model, benchmark, subset, protocol, time and label."""
    source_id: Mapped[Key] = mapped_column(comment="who reports it")
    """The source that reports it."""
    model_id: Mapped[Key] = mapped_column(comment="the model evaluated")
    """The model evaluated."""
    benchmark_id: Mapped[Key] = mapped_column(comment="the benchmark")
    """The benchmark."""
    subset: Mapped[Words] = mapped_column(comment="part of the benchmark's data; empty for the whole")
    """Part of the benchmark's data; the empty text means the whole."""
    protocol_id: Mapped[Key] = mapped_column(comment="the settings")
    """The settings."""
    is_first_party: Mapped[Flag | None] = mapped_column(comment="whether the reporter is the model's maker")
    """Whether the reporter is the model's maker; NULL where either is unknown."""
    ran_at: Mapped[Instant | None] = mapped_column(comment="when it ran")
    """When it ran."""
    label: Mapped[Words | None] = mapped_column(comment="the source's own identifier of the run")
    """The source's own identifier of the run."""
    model_label: Mapped[Words] = mapped_column(comment="the model's name as written")
    """The model's name as written."""
    benchmark_label: Mapped[Words] = mapped_column(comment="the benchmark's name as written")
    """The benchmark's name as written."""
    raw: Mapped[Words | None] = mapped_column(comment="configuration as the source wrote it, as JSON")
    """Configuration as the source wrote it, as JSON, where it holds more than the columns."""
    ingest_id: Mapped[Key] = mapped_column(comment="the import that brought it first")
    """The import that brought it first."""


class Score(Base):
    """An immutable claim: one value of one metric for one run, as its source prints it."""

    __tablename__ = "score"
    __table_args__ = (
        one_of("unit", [str(unit) for unit in ScoreUnit]),
        one_of("stderr_method", [str(method) for method in StderrMethod]),
        CheckConstraint("stderr >= 0", name="stderr_not_negative"),
        CheckConstraint("n_items > 0", name="n_items_positive"),
        CheckConstraint("samples_per_item > 0", name="samples_per_item_positive"),
        CheckConstraint("interval_level > 0 AND interval_level < 1", name="interval_level_fraction"),
        reference("run_id", "run.run_id"),
        reference("metric_id", "metric.metric_id"),
        reference("ingest_id", "ingest.ingest_id"),
        {"comment": "claims: one value of one metric for one run, as its source prints it"},
    )

    score_id: Mapped[Key] = mapped_column(primary_key=True, comment="key of run, metric and every number below")
    """Key of run, metric and every number below."""
    run_id: Mapped[Key] = mapped_column(comment="the run")
    """The run."""
    metric_id: Mapped[Key] = mapped_column(comment="the metric")
    """The metric."""
    value: Mapped[Number] = mapped_column(comment="the value, in its own unit")
    """The value, in its own unit."""
    unit: Mapped[str | None] = mapped_column(
        Text, comment="unit the value is written in; NULL where the source does not say"
    )
    """Unit the value is written in (`ScoreUnit`); NULL where the source does not say."""
    decimals: Mapped[Count | None] = mapped_column(comment="decimals as printed; NULL for full precision")
    """Decimals as printed; NULL for a number of full precision."""
    is_approximate: Mapped[Flag] = mapped_column(comment="read off a figure or said to be approximate")
    """Read off a figure, or said to be approximate."""
    is_aggregate: Mapped[Flag] = mapped_column(comment="computed by its source from other scores")
    """Computed by its source from other scores; never averaged with its parts."""
    stderr: Mapped[Number | None] = mapped_column(comment="standard error as reported, in the value's unit")
    """Standard error as reported, in the value's unit."""
    stderr_method: Mapped[str | None] = mapped_column(
        Text, comment="how it was computed; NULL where the source does not say"
    )
    """How it was computed (`StderrMethod`); NULL where the source does not say."""
    interval_lower: Mapped[Number | None] = mapped_column(comment="lower end of the reported interval")
    """Lower end of the reported interval."""
    interval_upper: Mapped[Number | None] = mapped_column(comment="upper end of the reported interval")
    """Upper end of the reported interval."""
    interval_level: Mapped[Number | None] = mapped_column(comment="coverage of that interval, as a fraction")
    """Coverage of that interval, as a fraction."""
    n_items: Mapped[Count | None] = mapped_column(comment="items behind the value")
    """Items behind the value."""
    samples_per_item: Mapped[Count | None] = mapped_column(comment="attempts per item behind the value")
    """Attempts per item behind the value."""
    metric_label: Mapped[Words] = mapped_column(comment="the metric's name as written")
    """The metric's name as written."""
    place: Mapped[Words | None] = mapped_column(comment="place in the source: page, table, key path, line")
    """Place in the source: page, table, key path, line."""
    ingest_id: Mapped[Key] = mapped_column(comment="the import that brought it first")
    """The import that brought it first."""


class Sample(Base):
    """One item of a benchmark. Its text key stands here once; outcomes refer to its small number."""

    __tablename__ = "sample"
    __table_args__ = (
        UniqueConstraint("benchmark_id", "subset", "key"),
        reference("benchmark_id", "benchmark.benchmark_id"),
        {"comment": "items of benchmarks"},
    )

    benchmark_id: Mapped[Key] = mapped_column(primary_key=True, comment="the benchmark")
    """The benchmark."""
    sample_number: Mapped[Count] = mapped_column(
        primary_key=True, autoincrement=False, comment="number inside the benchmark, from 0, in order of arrival"
    )
    """Number inside the benchmark, from 0, in order of arrival: local to this database."""
    subset: Mapped[Words] = mapped_column(comment="subset the item belongs to; empty for none")
    """Subset the item belongs to; empty for none."""
    key: Mapped[Words] = mapped_column(comment="stable text id: a content hash, the data set's id, or tool/index")
    """Stable text id: a content hash, the data set's own id, or the tool's name and a row index."""
    dated_on: Mapped[Day | None] = mapped_column(comment="day the item became public")
    """Day the item became public."""
    cluster: Mapped[Words | None] = mapped_column(comment="items of one cluster are not independent")
    """Group of items that are not independent of each other."""


class Outcome(Base):
    """What one run did on one item, under one metric. The big table: it carries no constraint on DuckDB."""

    __tablename__ = "outcome"
    __table_args__ = (
        PrimaryKeyConstraint("run_id", "metric_id", "sample_number").ddl_if(dialect="postgresql"),
        {"comment": "what each run did on each item"},
    )

    run_id: Mapped[Key] = mapped_column(comment="the run")
    """The run."""
    metric_id: Mapped[Key] = mapped_column(comment="the metric")
    """The metric."""
    sample_number: Mapped[Count] = mapped_column(
        autoincrement=False, comment="the item, by its number inside the run's benchmark"
    )
    """The item, by its number inside the run's benchmark."""
    n_attempts: Mapped[Count] = mapped_column(comment="attempts that were scored")
    """Attempts that were scored."""
    n_correct: Mapped[Count | None] = mapped_column(
        comment="attempts that were right; NULL where the metric is not right or wrong"
    )
    """Attempts that were right; NULL where the metric is not right or wrong."""
    value: Mapped[Number | None] = mapped_column(comment="mean over the attempts; NULL where n_correct says it all")
    """Mean over the attempts as a fraction of full marks or in the metric's own unit; NULL where `n_correct` says it all."""


class Answer(Base):
    """How often one run gave one answer to one item, under one metric; kept only where an import is asked for answers.

    It carries no key: the same answer may stand in several rows, which are added up. Like outcomes, it has no constraint on DuckDB.
    """

    __tablename__ = "answer"
    __table_args__ = (
        Index(None, "run_id").ddl_if(dialect="postgresql"),
        {"comment": "how often each run gave each answer to each item"},
    )

    run_id: Mapped[Key] = mapped_column(comment="the run")
    """The run."""
    metric_id: Mapped[Key] = mapped_column(comment="the metric")
    """The metric."""
    sample_number: Mapped[Count] = mapped_column(
        autoincrement=False, comment="the item, by its number inside the run's benchmark"
    )
    """The item, by its number inside the run's benchmark."""
    answer: Mapped[Words] = mapped_column(
        comment="the answer as the tool took it from the output, blanks at its ends apart; empty for none, a hash where it is long"
    )
    """The answer as the tool took it from the output, blanks at its ends apart; empty for none, a hash where it is long."""
    n_attempts: Mapped[Count] = mapped_column(comment="scored attempts that gave it")
    """Scored attempts that gave it."""
    n_correct: Mapped[Count] = mapped_column(comment="those of them that were right")
    """Those of them that were right."""

    __mapper_args__ = {  # noqa: RUF012 — declared so by SQLAlchemy
        "primary_key": [run_id, metric_id, sample_number, answer]
    }
