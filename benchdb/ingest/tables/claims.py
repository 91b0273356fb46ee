"""Single claims read from text, their settings from options, and the runs they make up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from benchdb.errors import MalformedFileError
from benchdb.ingest.cells import BadCell, ParsedCell, parse_cell
from benchdb.ingest.records import (
    PROTOCOL_FIELDS,
    BenchmarkRecord,
    ModelRecord,
    ProtocolRecord,
    RunRecord,
    ScoreRecord,
    SourceRecord,
)
from benchdb.ingest.tables.headings import unit_by_definition
from benchdb.schema.vocab import ScoreUnit, SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from benchdb.ingest.importer import ReadOptions


_NO_SETTINGS = ProtocolRecord()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One value that a text claims for a model on a benchmark."""

    model: str
    """Name of the model."""
    benchmark: str
    """Name of the benchmark."""
    score: ScoreRecord
    """The value."""
    subset: str = ""
    """Part of the benchmark."""
    protocol: ProtocolRecord = field(default_factory=ProtocolRecord)
    """Settings that the text states."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What the user states for a whole file."""

    where: str
    """The file, for messages."""
    mapped: Mapping[str, str]
    """`ReadOptions.columns`."""
    score_unit: ScoreUnit | None
    """Unit of values without one."""
    all_metrics: bool = False
    """Whether averages over a table's own columns are read."""

    def constant(self, name: str) -> str | None:
        """Return the text of `--map name==text`, or None.

        Args:
            name: A field, or "metric.COLUMN" and its like.
        """
        text = self.mapped.get(name, "")
        return text[1:] if text.startswith("=") else None

    def metric(self, said: str | None, column: str) -> str | None:
        """Return the metric of a column or row: as its heading says, as stated for it, or as stated for all.

        Args:
            said: What the heading says.
            column: The heading.
        """
        return said or self.constant(f"metric.{column}") or self.constant("metric")

    def unit(self, cell: ParsedCell, said: ScoreUnit | None, metric: str, column: str, place: str) -> ScoreUnit:
        """Return the unit of a value.

        Args:
            cell: The value.
            said: What the heading says.
            metric: Metric of the value.
            column: The heading.
            place: Where the value stands.

        Raises:
            MalformedFileError: If nobody states it.
        """
        word = self.constant(f"unit.{column}") or self.constant("unit")
        if word is not None and word not in {str(unit) for unit in ScoreUnit}:
            raise MalformedFileError.at(self.where, "--map unit", f'"{word}"', f"one of {', '.join(ScoreUnit)}")
        unit = cell.unit or said or unit_by_definition(metric) or (ScoreUnit(word) if word else self.score_unit)
        if unit is None:
            expected = f'a unit: "%" in the heading or the cell, --score-unit percent for all or --map "unit.{column}==percent" for this one'
            raise MalformedFileError.at(self.where, place, f"{cell.value:g}", expected)
        return unit

    def number(self, text: str, place: str) -> ParsedCell | None:
        """Return the number in a cell, or None where it is missing.

        Args:
            text: The cell.
            place: Where it stands.

        Raises:
            MalformedFileError: If it is something else.
        """
        cell = parse_cell(text)
        if isinstance(cell, BadCell):
            raise MalformedFileError.at(self.where, place, cell.found, cell.expected)
        return cell

    def protocol(self) -> ProtocolRecord:
        """Return the settings that the user states for every row.

        Raises:
            MalformedFileError: If one is not what it should be.
        """
        from benchdb.ingest.tables.columns import Spot, check_bounds, constant
        from benchdb.ingest.tables.fields import KINDS

        if self.mapped.keys().isdisjoint(PROTOCOL_FIELDS):
            return _NO_SETTINGS
        settings = {}
        for name in PROTOCOL_FIELDS:
            text = self.constant(name)
            if text is not None:
                spot = Spot(where=self.where, column=f"--map {name}", first_row=0)
                column = constant(text, KINDS[name], 1, spot)
                check_bounds(column, name, spot)
                settings[name] = column[0].as_py()
        return ProtocolRecord(**settings)

    def source(self, kind: SourceKind, title: str | None = None) -> SourceRecord:
        """Return the source of the file's numbers: the file itself, with what the user states of it.

        Args:
            kind: What sort of source it is unless the user states it.
            title: Title that the file has.

        Raises:
            MalformedFileError: If the user states a kind that does not exist.
        """
        word = self.constant("source_kind") or str(kind)
        if word not in {str(each) for each in SourceKind}:
            raise MalformedFileError.at(self.where, "--map source_kind", f'"{word}"', f"one of {', '.join(SourceKind)}")
        return SourceRecord(
            kind=SourceKind(word),
            title=self.constant("source_title") or title,
            url=self.constant("source_url"),
            organization=self.constant("source_organization"),
        )


def stated(where: str, options: ReadOptions) -> Stated:
    """Return what the user states for a file.

    Args:
        where: The file.
        options: The options.

    Raises:
        ConfigError: If `--map` names a field that does not exist.
    """
    from benchdb.ingest.tables.fields import check_fields

    check_fields(options.columns)
    return Stated(where=where, mapped=options.columns, score_unit=options.score_unit, all_metrics=options.all_metrics)


def score_of(cell: ParsedCell, metric: str, unit: ScoreUnit, place: str, *, is_aggregate: bool = False) -> ScoreRecord:
    """Return the score that a cell prints.

    Args:
        cell: The cell.
        metric: Its metric.
        unit: Its unit.
        place: Where it stands.
        is_aggregate: Whether it is an average over others.
    """
    return ScoreRecord(
        metric=metric,
        value=cell.value,
        unit=unit,
        decimals=cell.decimals,
        is_approximate=cell.is_approximate,
        stderr=cell.stderr,
        place=place,
        is_aggregate=is_aggregate,
    )


def runs_of(claims: Iterable[Claim], source: SourceRecord) -> Iterator[RunRecord]:
    """Yield one run for each model, benchmark, subset and protocol, in the order in which they first occur.

    Args:
        claims: The claims.
        source: Where they come from.
    """
    runs: dict[tuple[str, str, str, ProtocolRecord], list[ScoreRecord]] = {}
    for claim in claims:
        runs.setdefault((claim.model, claim.benchmark, claim.subset, claim.protocol), []).append(claim.score)
    for (model, benchmark, subset, protocol), scores in runs.items():
        yield RunRecord(
            source=source,
            model=ModelRecord(name=model),
            benchmark=BenchmarkRecord(name=benchmark),
            protocol=protocol,
            subset=subset,
            scores=tuple(scores),
        )
