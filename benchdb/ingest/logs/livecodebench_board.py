"""The performances that LiveCodeBench's leaderboard is computed from: one row for each model and problem."""

from __future__ import annotations

import math
from array import array
from collections import Counter
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from benchdb.errors import MalformedFileError
from benchdb.ingest.logs.fields import number, text
from benchdb.ingest.logs.json_files import read_exactly
from benchdb.ingest.logs.json_pieces import Each, Part
from benchdb.ingest.logs.livecodebench_items import (
    HARNESS,
    Problems,
    benchmark_of,
    by_difficulty,
    day_of,
    run_of,
    shift_of,
    take_apart,
    without_effort,
)
from benchdb.ingest.records import OutcomeBlock, SourceRecord
from benchdb.schema.vocab import ScoreUnit, SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import timedelta
    from pathlib import Path

    from benchdb.ingest.importer import ReadOptions
    from benchdb.ingest.logs.json_pieces import Wanted
    from benchdb.ingest.records import RunRecord

METRICS = {"pass@1": None, "Pass@1": None, "Pass@1-COT": "chain of thought"}
"""Columns → how the answer was come by."""
BLOCK = 10_000
"""Problems in a block of outcomes."""
_MISSING = -1.0
_MOST_SHARED = 50_000
_SOURCE = SourceRecord(kind=SourceKind.LEADERBOARD, title="LiveCodeBench leaderboard", harness=HARNESS)
_ROW: Mapping[str, Wanted] = {
    **dict.fromkeys(METRICS, Part.WHOLE),
    **dict.fromkeys(("model", "question_id", "sample_id", "date", "difficulty"), Part.PLAIN),
}


def read_board(path: Path, options: ReadOptions) -> Iterator[RunRecord]:
    """Yield a run for each model and metric.

    Args:
        path: The file; of its rows only columns are in memory.
        options: What the user said.

    Raises:
        MalformedFileError: If a row names no model or problem, or holds text where a number belongs.
    """
    data = read_exactly(path, {"performances": Each(lambda: _Rows(path), _ROW), "models": Part.WHOLE})
    rows = data.get("performances")
    if not isinstance(rows, _Rows) or rows.has_others:
        kind = "list" if isinstance(rows, _Rows) else type(rows).__name__
        raise MalformedFileError.at(str(path), "performances", kind, "a list of objects")
    if rows.fault is not None:
        raise rows.fault
    has_repeats = rows.has_repeats()
    benchmark = benchmark_of(path.stem, is_execution=rows.is_execution, has_repeats=has_repeats)
    models = data.get("models")
    listed_models = models if isinstance(models, list) else []
    facts = {text(each.get("model_repr")): each for each in listed_models if isinstance(each, dict)}
    for metric, extraction in METRICS.items():
        for name, found in rows.by_model(metric, has_repeats=has_repeats):
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
                outcomes=_blocks(found, said.samples_per_item) if options.with_samples else (),
            )
            yield run
            if options.all_metrics:
                yield from by_difficulty(run, found)


class _Model:
    """Rows of a model, as columns."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.days = array("l")
        """Days since the year 1, 0 where the row has none."""
        self.difficulties: list[str] = []
        self.values = {metric: array("d") for metric in METRICS}
        """Metric → values, NaN where the row has none."""


class _Rows:
    """The rows of a board, model by model.

    Args:
        path: The file, for messages.
    """

    def __init__(self, path: Path) -> None:
        self._where = str(path)
        self._n = 0
        self._models: dict[str, _Model] = {}
        self._valued: dict[str, dict[str, None]] = {metric: {} for metric in METRICS}
        """Metric → models that have a value, in the order of their first ones."""
        self._shared: dict[str, str] = {}
        self._faults: dict[str, MalformedFileError] = {}
        """Metric → what is wrong with the first value that is no number."""
        self._shift: timedelta | None = None
        self.fault: MalformedFileError | None = None
        """What the first row lacks that names no model or problem."""
        self.has_others = False
        """Whether anything among them is no object."""
        self.is_execution = False
        """Whether they are about running code."""

    def add(self, element: object) -> None:
        """Take the next row.

        Args:
            element: The row.
        """
        index, self._n = self._n, self._n + 1
        if not isinstance(element, dict):
            self.has_others = True
            return
        self.is_execution = self.is_execution or "sample_id" in element
        try:
            name, key = self._named(element, "model", index), self._key(element, index)
        except MalformedFileError as error:
            self.fault = self.fault or error
            return
        model, day = self._models.setdefault(name, _Model()), day_of(element.get("date"))
        if self._shift is None:
            self._shift = shift_of(key, day)
        model.keys.append(self._once(key))
        model.days.append(0 if day is None else day.toordinal())
        model.difficulties.append(self._once(text(element.get("difficulty")) or ""))
        for metric, values in model.values.items():
            value = self._value(element.get(metric), metric, index)
            values.append(math.nan if value is None else value)
            if value is not None:
                self._valued[metric].setdefault(name)

    def has_repeats(self) -> bool:
        """Return whether a model has several rows for a problem."""
        return any(len(set(model.keys)) < len(model.keys) for model in self._models.values())

    def by_model(self, metric: str, *, has_repeats: bool) -> Iterator[tuple[str, Problems]]:
        """Yield the problems of each model under one metric, tests of a problem numbered in their order.

        Args:
            metric: The column.
            has_repeats: Whether there are such.

        Raises:
            MalformedFileError: If a value of it is no number.
        """
        if metric in self._faults:
            raise self._faults[metric]
        for name in self._valued[metric]:
            yield name, self._problems(self._models[name], metric, has_repeats=has_repeats)

    def _problems(self, model: _Model, metric: str, *, has_repeats: bool) -> Problems:
        found, seen = Problems(), Counter[str]()
        days: dict[int, date | None] = {0: None}
        for key, value, day, difficulty in zip(
            model.keys, model.values[metric], model.days, model.difficulties, strict=True
        ):
            named = key
            if has_repeats:
                named = f"{key}/{seen[key]}"
                seen[key] += 1
            if not math.isnan(value):
                if day not in days:
                    shifted = date.fromordinal(day)
                    days[day] = shifted if self._shift is None else shifted - self._shift
                found.add(named, value, days[day], difficulty)
        return found

    def _value(self, written: object, metric: str, index: int) -> float | None:
        if isinstance(written, str | bool | list | dict):
            place = f'performances[{index}]["{metric}"]'
            self._faults.setdefault(metric, MalformedFileError.at(self._where, place, repr(written), "a number"))
            return None
        value = number(written)
        return None if value == _MISSING else value

    def _named(self, row: dict[str, Any], name: str, index: int) -> str:
        found = text(row.get(name))
        if found is None:
            raise MalformedFileError.at(self._where, f"performances[{index}].{name}", "nothing", "a name")
        return found

    def _key(self, row: dict[str, Any], index: int) -> str:
        return text(row.get("sample_id")) or self._named(row, "question_id", index)

    def _once(self, name: str) -> str:
        """Return a name that many rows share as one object."""
        if len(self._shared) < _MOST_SHARED:
            return self._shared.setdefault(name, name)
        return self._shared.get(name, name)


def _blocks(found: Problems, samples_per_item: int | None) -> Iterator[OutcomeBlock]:
    is_one = samples_per_item == 1 and set(found.values) <= {0.0, 100.0}
    for start in range(0, len(found.keys), BLOCK):
        part = slice(start, start + BLOCK)
        values = found.values[part]
        yield OutcomeBlock(
            metric="pass@1",
            keys=found.keys[part],
            n_attempts=[1] * len(values),
            n_correct=[int(value == 100) for value in values] if is_one else None,
            values=None if is_one else [value / 100 for value in values],
            dates=found.dates[part],
        )
