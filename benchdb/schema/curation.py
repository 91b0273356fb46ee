"""Curation: what was imported, which names mean the same, and what proved wrong. Each row says who, when and why."""

from __future__ import annotations

from sqlalchemy import PrimaryKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from benchdb.schema.base import Base, BigCount, Day, Flag, Instant, Key, Words, one_of, reference
from benchdb.schema.vocab import CorrectionAction, EntityKind, ReviewState


class Ingest(Base):
    """One file read by one importer: when the database learned what it holds."""

    __tablename__ = "ingest"
    __table_args__ = (one_of("state", ["complete", "undone"]), {"comment": "files read, by which importer, when"})

    ingest_id: Mapped[Key] = mapped_column(primary_key=True, comment="key of sha256, importer, its version and options")
    """Key of sha256, importer, its version and options."""
    name: Mapped[Words] = mapped_column(comment="the file's path as given, without the user's home")
    """The file's path as given."""
    sha256: Mapped[Words] = mapped_column(comment="hash of the bytes read")
    """Hash of the bytes read."""
    n_bytes: Mapped[BigCount] = mapped_column(comment="size of the file")
    """Size of the file."""
    importer: Mapped[Words] = mapped_column(comment="name of the importer")
    """Name of the importer."""
    importer_version: Mapped[Words] = mapped_column(comment="version of the importer's mapping")
    """Version of the importer's mapping."""
    options: Mapped[Words] = mapped_column(comment="options given, as canonical JSON")
    """Options given, as canonical JSON."""
    ingested_at: Mapped[Instant] = mapped_column(comment="when the database learned it")
    """When the database learned it."""
    state: Mapped[Words] = mapped_column(comment="complete or undone")
    """`complete`, or `undone` when its claims were taken back."""
    n_runs: Mapped[BigCount] = mapped_column(comment="runs it added")
    """Runs it added."""
    n_scores: Mapped[BigCount] = mapped_column(comment="scores it added")
    """Scores it added."""
    n_outcomes: Mapped[BigCount] = mapped_column(comment="outcomes it added")
    """Outcomes it added."""
    n_repeated: Mapped[BigCount] = mapped_column(comment="claims it held that were already known or stood in it twice")
    """Claims it held that were already known, or that stood in it more than once."""


class Restatement(Base):
    """An import that states a row which another import holds: were that one undone, the row would still count.

    A row's `ingest_id` and its restatements are together every import that states it. Where the import that brought a row
    first is undone, another one that states it holds the row, and the first one stands here, marked.
    """

    __tablename__ = "restatement"
    __table_args__ = (
        one_of("target_table", ["source", "run", "score"]),
        PrimaryKeyConstraint("target_table", "target_id", "ingest_id").ddl_if(dialect="postgresql"),
        reference("ingest_id", "ingest.ingest_id"),
        {"comment": "imports that state a source, run or score which another import holds"},
    )

    target_table: Mapped[Words] = mapped_column(comment="source, run or score")
    """Table of the row."""
    target_id: Mapped[Key] = mapped_column(comment="key of the row")
    """Key of the row."""
    ingest_id: Mapped[Key] = mapped_column(comment="another import that states the row")
    """Another import that states the row."""
    is_first: Mapped[Flag] = mapped_column(
        comment="whether this import brought the row first and was undone, so that another one holds it"
    )
    """Whether this import brought the row first and was undone, so that another one holds it."""


class Alias(Base):
    """A spelling that means a catalogue entry."""

    __tablename__ = "alias"
    __table_args__ = (
        one_of("kind", [str(kind) for kind in EntityKind]),
        one_of("review_state", [str(state) for state in ReviewState]),
        {"comment": "spellings that mean a catalogue entry"},
    )

    alias_id: Mapped[Key] = mapped_column(primary_key=True, comment="key of kind and normalised spelling")
    """Key of kind and normalised spelling."""
    kind: Mapped[Words] = mapped_column(comment="model, benchmark, metric or organization")
    """What it is the name of (`EntityKind`)."""
    name: Mapped[Words] = mapped_column(comment="the spelling as seen")
    """The spelling as seen."""
    normalized_name: Mapped[Words] = mapped_column(comment="the spelling without case and separators")
    """The spelling without case and separators."""
    target_id: Mapped[Key] = mapped_column(comment="key of the catalogue entry meant")
    """Key of the catalogue entry meant."""
    review_state: Mapped[Words] = mapped_column(comment="reviewed, unreviewed or rejected")
    """What a person has said of it (`ReviewState`); only a rejected one is not used."""
    decided_by: Mapped[Words] = mapped_column(comment="who decided")
    """Who decided: a person, or `seeds`."""
    decided_at: Mapped[Instant] = mapped_column(comment="when")
    """When."""
    reason: Mapped[Words | None] = mapped_column(comment="why")
    """Why."""
    source_url: Mapped[Words | None] = mapped_column(comment="where the spelling was seen")
    """Where the spelling was seen."""
    retrieved_on: Mapped[Day | None] = mapped_column(comment="day it was seen there")
    """Day it was seen there."""


class Correction(Base):
    """A decision about a row, appended; the row itself stays."""

    __tablename__ = "correction"
    __table_args__ = (
        one_of("action", [str(action) for action in CorrectionAction]),
        {"comment": "decisions about rows: who, when, why"},
    )

    correction_id: Mapped[Key] = mapped_column(primary_key=True, comment="key of all columns below")
    """Key of all columns below."""
    target_table: Mapped[Words] = mapped_column(comment="table of the row")
    """Table of the row."""
    target_id: Mapped[Key] = mapped_column(comment="key of the row")
    """Key of the row."""
    action: Mapped[Words] = mapped_column(comment="retract, restore or amend")
    """What the correction does (`CorrectionAction`)."""
    field: Mapped[Words | None] = mapped_column(comment="column amended")
    """Column amended."""
    old_value: Mapped[Words | None] = mapped_column(comment="its value before, as text")
    """Its value before, as text."""
    new_value: Mapped[Words | None] = mapped_column(comment="its value after, as text")
    """Its value after, as text."""
    decided_by: Mapped[Words] = mapped_column(comment="who decided")
    """Who decided."""
    decided_at: Mapped[Instant] = mapped_column(comment="when")
    """When."""
    reason: Mapped[Words] = mapped_column(comment="why")
    """Why."""
