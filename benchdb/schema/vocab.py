"""Closed vocabularies: the words a column may hold, each with its meaning."""

from __future__ import annotations

from enum import StrEnum


class SourceKind(StrEnum):
    """Where a number was read."""

    HARNESS_LOG = "harness_log"
    """A file that an evaluation tool wrote."""
    PAPER = "paper"
    """A paper or technical report."""
    MODEL_CARD = "model_card"
    """The card or README of a model."""
    LEADERBOARD = "leaderboard"
    """A leaderboard, as a page or a data file."""
    FIGURE = "figure"
    """A chart, read off by a person or a program; its values are approximate."""
    MANUAL = "manual"
    """Numbers that a person collected into a table."""


class ScoreUnit(StrEnum):
    """The unit a value is written in."""

    FRACTION = "fraction"
    """A share of one: 0.726."""
    PERCENT = "percent"
    """A share of a hundred: 72.6."""
    POINTS = "points"
    """Points on a scale of the benchmark's own."""
    ELO = "elo"
    """Rating points on a logistic scale."""
    SECONDS = "seconds"
    """Seconds."""
    USD = "usd"
    """United States dollars."""
    RATIO = "ratio"
    """A quotient of two like quantities, not bounded by one."""
    NATS = "nats"
    """Information, natural logarithm."""
    BITS = "bits"
    """Information, logarithm to base two."""


class StderrMethod(StrEnum):
    """How a reported standard error was computed."""

    SAMPLE = "sample"
    """Sample standard deviation over items divided by the square root of their number."""
    CLUSTERED = "clustered"
    """Allows for items that belong together."""
    BOOTSTRAP = "bootstrap"
    """Standard deviation over resampled item sets."""
    POOLED = "pooled"
    """Pooled over the parts of an aggregate, weighted by their sizes."""
    MEAN_OF_STDERRS = "mean_of_stderrs"
    """The plain mean of the standard errors of the parts; not an error of their mean."""
    REPEATS = "repeats"
    """Spread over whole repeated evaluations."""


class ReviewState(StrEnum):
    """What a person has said of a catalogue entry or an alias."""

    REVIEWED = "reviewed"
    """Checked against its source."""
    UNREVIEWED = "unreviewed"
    """Made by an import; nobody has looked at it."""
    REJECTED = "rejected"
    """Looked at and refused; kept so that it is not proposed again."""


class EntityKind(StrEnum):
    """What a name can be the name of."""

    MODEL = "model"
    """A model."""
    BENCHMARK = "benchmark"
    """A benchmark."""
    METRIC = "metric"
    """A metric."""
    ORGANIZATION = "organization"
    """An organization."""


class CorrectionAction(StrEnum):
    """What a correction does to the row it names."""

    RETRACT = "retract"
    """The claim no longer counts; it stays visible as retracted."""
    RESTORE = "restore"
    """An earlier retraction is taken back."""
    AMEND = "amend"
    """A fact of a catalogue entry was replaced; the old value is kept here."""


class Evidence(StrEnum):
    """What the uncertainty of a shown number rests on, strongest first."""

    ITEMS = "items"
    """Outcomes of the items themselves are in the database."""
    REPORTED = "reported"
    """The source states a standard error of a mean over items."""
    REPEATS = "repeats"
    """A mean over several runs: their spread, with the noise of the items from outcomes or from the number of items."""
    COUNTS = "counts"
    """The source states the number of items; the binomial error follows, an upper bound when items have several attempts."""
    BORROWED = "borrowed"
    """As `counts`, with the number of items of the benchmark's catalogue entry, or the effective number that other claims on
    the same part of the benchmark imply."""
    IMPUTED = "imputed"
    """An aggregate that holds imputed scores: the error of their fit is part of it."""
    BENCHMARKS = "benchmarks"
    """The scatter over benchmarks, each of which counts as one observation; the noise of the scores is part of it."""
    PARTIAL = "partial"
    """A part of the error is known: of some benchmarks of a mean, or of the answers and not the items. A lower bound."""
    UNKNOWN = "unknown"
    """Nothing in the database says how uncertain the number is."""


NOT_COMPARED = frozenset({
    "seed", "harness_version", "engine", "model_revision", "quantisation", "reasoning_effort", "scaffold",
})  # fmt: skip
"""Settings that a fingerprint leaves out: they should not change what is measured, or say which variant of a model it was."""
