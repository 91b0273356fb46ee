"""The performances that LiveCodeBench's leaderboard is computed from: one row for each model and problem."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from benchdb.errors import MalformedFileError
from benchdb.ingest.logs.fields import number, text
from benchdb.ingest.logs.livecodebench_items import (
    HARNESS,
    Problems,
    benchmark_of,
    by_difficulty,
    day_of,
    repeats,
    run_of,
    shift_of,
    take_apart,
    without_effort,
)
from benchdb.ingest.records import OutcomeBlock, SourceRecord
from benchdb.schema.vocab import ScoreUnit, SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import timedelta
    from pathlib import Path

    from benchdb.ingest.importer import ReadOptions
    from benchdb.ingest.records import RunRecord

METRICS = {"pass@1": None, "Pass@1": None, "Pass@1-COT": "chain of thought"}
"""Columns → how the answer was come by."""
_MISSING = -1.0
_SOURCE = SourceRecord(kind=SourceKind.LEADERBOARD, title="LiveCodeBench leaderboard", harness=HARNESS)
_Row = tuple[str, str, dict[str, Any]]


def read_board(path: Path, data: dict[str, Any], options: ReadOptions) -> Iterator[RunRecord]:
    """Yield a run for each model and metric.

    Args:
        path: The file.
        data: What it holds.
        options: What the user said.

    Raises:
        MalformedFileError: If a row names no model or problem, or holds text where a number belongs.
    """
    listed = data.get("performances")
    if not isinstance(listed, list) or not all(isinstance(row, dict) for row in listed):
        raise MalformedFileError.at(str(path), "performances", type(listed).__name__, "a list of objects")
    rows = [(_named(row, "model", path, index), _key(row, path, index), row) for index, row in enumerate(listed)]
    has_repeats = repeats((model, key) for model, key, _ in rows)
    is_execution = any("sample_id" in row for row in listed)
    benchmark = benchmark_of(path.stem, is_execution=is_execution, has_repeats=has_repeats)
    shift = shift_of((key, day_of(row.get("date"))) for _, key, row in rows)
    models = data.get("models")
    listed_models = models if isinstance(models, list) else []
    facts = {text(each.get("model_repr")): each for each in listed_models if isinstance(each, dict)}
    for metric, extraction in METRICS.items():
        for name, found in _by_model(path, rows, metric, shift, has_repeats=has_repeats).items():
            said, known = take_apart(name), facts.get(name, {})
            named = replace(said, model=without_effort(text(known.get("model_name")) or said.model))
            run = run_of(
                found, named, benchmark, _SOURCE, ScoreUnit.PERCENT, f'performances[model="{name}"]["{metric}"]'
            )
            run = replace(
                run,
                label=name,
                protocol=replace(run.protocol, extraction=extraction),
                raw={key: value for key, value in known.items() if key != "model_repr"},
                outcomes=(_block(found, said.samples_per_item),) if options.with_samples else (),
            )
            yield run
            if options.all_metrics:
                yield from by_difficulty(run, found)


def _named(row: dict[str, Any], name: str, path: Path, index: int) -> str:
    found = text(row.get(name))
    if found is None:
        raise MalformedFileError.at(str(path), f"performances[{index}].{name}", "nothing", "a name")
    return found


def _key(row: dict[str, Any], path: Path, index: int) -> str:
    return text(row.get("sample_id")) or _named(row, "question_id", path, index)


def _by_model(
    path: Path, rows: Sequence[_Row], metric: str, shift: timedelta, *, has_repeats: bool
) -> dict[str, Problems]:
    """Return the problems of each model under one metric, tests of a problem numbered in their order."""
    found: dict[str, Problems] = {}
    seen: dict[tuple[str, str], int] = {}
    for index, (model, key, row) in enumerate(rows):
        position = seen[model, key] = seen.get((model, key), -1) + 1
        written = row.get(metric)
        if isinstance(written, str | bool | list | dict):
            raise MalformedFileError.at(str(path), f'performances[{index}]["{metric}"]', repr(written), "a number")
        value, dated_on = number(written), day_of(row.get("date"))
        if value is not None and value != _MISSING:
            found.setdefault(model, Problems()).add(
                f"{key}/{position}" if has_repeats else key,
                value,
                None if dated_on is None else dated_on - shift,
                text(row.get("difficulty")) or "",
            )
    return found


def _block(found: Problems, samples_per_item: int | None) -> OutcomeBlock:
    is_one = samples_per_item == 1 and set(found.values) <= {0.0, 100.0}
    return OutcomeBlock(
        metric="pass@1",
        keys=found.keys,
        n_attempts=[1] * len(found.keys),
        n_correct=[int(value == 100) for value in found.values] if is_one else None,
        values=None if is_one else [value / 100 for value in found.values],
        dates=found.dates,
    )
