"""The JSON behind SWE-bench's site: every board with its rows, and the instances of some systems."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchdb.errors import MalformedFileError
from benchdb.ingest.logs.code_boards import decimals_of
from benchdb.ingest.logs.fields import number, text
from benchdb.ingest.logs.swebench_items import (
    BOARDS,
    HARNESS,
    METRIC,
    MINI,
    SIZES,
    block_of,
    named,
    parent_of,
    plain,
    resolved_in,
    share,
    system_of,
    tags_of,
)
from benchdb.ingest.logs.swebench_maps import instances_of
from benchdb.ingest.records import BenchmarkRecord, ModelRecord, ProtocolRecord, RunRecord, ScoreRecord, SourceRecord
from benchdb.schema.vocab import ScoreUnit, SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from benchdb.ingest.importer import ReadOptions
    from benchdb.ingest.logs.swebench_items import System

BASH_ONLY = "bash-only"
"""Board whose rows are repeated on the one of Verified."""
SIDE = {"instance_cost": ScoreUnit.USD, "instance_calls": None}
"""Columns that say what it took."""
_SOURCE = SourceRecord(kind=SourceKind.LEADERBOARD, title="SWE-bench leaderboard", harness=HARNESS)
_DETAILS = "per_instance_details"
_ROUNDED = 0.0051


def read_site(path: Path, data: dict[str, Any], options: ReadOptions) -> Iterator[RunRecord]:
    """Yield a run for each row of each board.

    Args:
        path: The file.
        data: What it holds.
        options: What the user said.

    Raises:
        MalformedFileError: If a board has no rows, a row no name, or a percentage is no number.
    """
    boards = data.get("leaderboards")
    if not isinstance(boards, list):
        raise MalformedFileError.at(str(path), "leaderboards", type(boards).__name__, "a list of boards")
    rows = [(index, board, _rows(board, str(path), f"leaderboards[{index}]")) for index, board in enumerate(boards)]
    shell = {text(row.get("folder")) for _, board, each in rows if board.get("name") == BASH_ONLY for row in each} - {
        None
    }
    for index, board, each in rows:
        name = str(board.get("name"))
        for position, row in enumerate(each):
            if name == BASH_ONLY or text(row.get("folder")) not in shell:
                yield from _row(path, name, row, f"leaderboards[{index}].results[{position}]", options)


def _rows(board: object, where: str, place: str) -> list[dict[str, Any]]:
    found = board.get("results") if isinstance(board, dict) else None
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise MalformedFileError.at(where, f"{place}.results", type(found).__name__, "a list of rows")
    return found


def _row(path: Path, board: str, row: dict[str, Any], place: str, options: ReadOptions) -> Iterator[RunRecord]:
    where = str(path)
    name = named(row, where, place)
    benchmark = BOARDS.get(board.casefold(), f"SWE-bench {board}")
    written = row.get("resolved")
    if isinstance(written, str | bool | list | dict):
        raise MalformedFileError.at(where, f"{place}.resolved", repr(written), "a percentage")
    value = number(written)
    details = row.get(_DETAILS) if isinstance(row.get(_DETAILS), dict) else {}
    marks = resolved_in(details or {}, where, f"{place}.{_DETAILS}")
    scores = () if value is None else (_published(value, f"{place}.resolved"),)
    size = SIZES.get(benchmark)
    is_whole = bool(marks) and len(marks) == size
    if is_whole and (value is None or abs(100 * sum(marks.values()) / len(marks) - value) > _ROUNDED):
        scores = (*scores, share(sum(marks.values()), len(marks), f"{place}.{_DETAILS}"))
    if not scores:
        return
    system = system_of(name, tags_of(row.get("tags")), is_bash_only=board == BASH_ONLY)
    yield RunRecord(
        source=_SOURCE,
        model=ModelRecord(name=system.model),
        benchmark=BenchmarkRecord(name=benchmark, parent=parent_of(benchmark)),
        protocol=protocol_of(system),
        label=text(row.get("folder")),
        raw={
            "name": name,
            "board": board,
            **plain(row, (*SIDE, "name", "resolved", "folder", "logo", "org_logo", _DETAILS)),
        },
        scores=(*scores, *(_side(row, place) if options.all_metrics else ())),
        outcomes=(block_of(marks),) if options.with_samples and is_whole else (),
    )


def protocol_of(system: System) -> ProtocolRecord:
    """Return the settings of a system.

    Args:
        system: The system.
    """
    return ProtocolRecord(
        harness=HARNESS, samples_per_item=system.attempts, reasoning_effort=system.effort, scaffold=system.scaffold
    )


def _published(value: float, place: str) -> ScoreRecord:
    return ScoreRecord(
        metric=METRIC,
        value=value,
        unit=ScoreUnit.PERCENT,
        decimals=decimals_of(value, 2),
        place=place,
    )


def _side(row: dict[str, Any], place: str) -> Iterator[ScoreRecord]:
    for name, unit in SIDE.items():
        value = number(row.get(name))
        if value:
            yield ScoreRecord(metric=name, value=value, unit=unit, place=f"{place}.{name}")


def read_instances(path: Path, models: Iterable[tuple[str, object]], options: ReadOptions) -> Iterator[RunRecord]:
    """Yield a run for each model of a file that holds model → instance → result.

    Args:
        path: The file.
        models: Model → its instances.
        options: What the user said.

    Raises:
        MalformedFileError: If an instance does not say whether it was resolved.
    """
    for model, details in models:
        if not isinstance(details, dict) or not details:
            raise MalformedFileError.at(str(path), model, type(details).__name__, "results by instance")
        instances = instances_of(path, details, place=model, with_side=options.all_metrics)
        yield RunRecord(
            source=_SOURCE,
            model=ModelRecord(name=model),
            benchmark=BenchmarkRecord(name=BOARDS[BASH_ONLY], parent=parent_of(BOARDS[BASH_ONLY])),
            protocol=ProtocolRecord(harness=HARNESS, scaffold=MINI),
            scores=tuple(instances.scores()),
            outcomes=tuple(instances.outcomes()) if options.with_samples else (),
        )
