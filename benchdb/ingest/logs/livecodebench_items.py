"""Problems of LiveCodeBench on their way to runs: their dates, releases, and what the tool puts behind a model's name."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from benchdb.ingest.cells import whole_number
from benchdb.ingest.logs.fields import number
from benchdb.ingest.records import BenchmarkRecord, ModelRecord, ProtocolRecord, RunRecord, ScoreRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchdb.ingest.records import SourceRecord
    from benchdb.schema.vocab import ScoreUnit

HARNESS = "livecodebench"
"""Name of the tool in sources and protocols."""
BENCHMARK = "LiveCodeBench"
"""Code generation, which is what the name means without more words."""
SCENARIOS = {
    "repair": "LiveCodeBench Self-Repair", "testgen": "LiveCodeBench Test Output Prediction",
    "testoutputprediction": "LiveCodeBench Test Output Prediction", "execution": "LiveCodeBench Code Execution",
}  # fmt: skip
"""What a file's name says → benchmark."""
RELEASES = {
    400: "release_v1",
    511: "release_v2",
    612: "release_v3",
    713: "release_v4",
    880: "release_v5",
    1055: "release_v6",
}
"""Number of problems → release of the data set."""
_KNOWN_DAY = ("1873_A", date(2023, 8, 21))
_EFFORTS = {"low": "low", "med": "medium", "medium": "medium", "high": "high", "minimal": "minimal"}
_BEHIND = re.compile(r"(?P<rest>.+?) \((?P<said>[^()]+)\)")
_SAMPLES = re.compile(r"n=(?P<n>\d+)", re.IGNORECASE)


@dataclass(slots=True)
class Problems:
    """Outcomes of a model, problem by problem, as parallel columns."""

    keys: list[str] = field(default_factory=list)
    """The problems."""
    values: list[float] = field(default_factory=list)
    """Share of right attempts at each, as written."""
    dates: list[date | None] = field(default_factory=list)
    """Day of each problem's contest."""
    difficulties: list[str] = field(default_factory=list)
    """Difficulty of each as written, empty where it is not."""

    def add(self, key: str, value: float, dated_on: date | None, difficulty: str) -> None:
        """Add a problem.

        Args:
            key: Its id.
            value: Share of right attempts, as written.
            dated_on: Day of its contest.
            difficulty: How hard it is said to be.
        """
        self.keys.append(key)
        self.values.append(value)
        self.dates.append(dated_on)
        self.difficulties.append(difficulty)

    def mean(self, difficulty: str | None = None) -> tuple[float, int]:
        """Return the mean over the problems, in the unit of the values, and their number.

        Args:
            difficulty: Only problems of this difficulty.
        """
        taken = [
            value
            for value, each in zip(self.values, self.difficulties, strict=True)
            if difficulty is None or each == difficulty
        ]
        return math.fsum(taken) / len(taken), len(taken)


@dataclass(frozen=True, slots=True, kw_only=True)
class DisplayName:
    """A display name, taken apart."""

    model: str
    """Name without what the tool puts behind it."""
    effort: str | None = None
    """Reasoning effort."""
    samples_per_item: int | None = None
    """Attempts at each problem."""


def take_apart(name: str) -> DisplayName:
    """Return a model's name without "(N=1)" and "(High)" behind it; other brackets are part of the name.

    Args:
        name: A display name: "O3-Mini-2025-01-31 (High)".
    """
    effort: str | None = None
    samples: int | None = None
    while (behind := _BEHIND.fullmatch(name)) is not None:
        n = _SAMPLES.fullmatch(behind["said"])
        if n is not None:
            samples = whole_number(n["n"]) or None
        elif behind["said"].casefold() in _EFFORTS:
            effort = _EFFORTS[behind["said"].casefold()]
        else:
            break
        name = behind["rest"]
    return DisplayName(model=name, effort=effort, samples_per_item=samples)


def without_effort(name: str) -> str:
    """Return a model's id without the effort that the tool's own list of models puts behind it, as "o3-mini__high".

    Args:
        name: An id.
    """
    stem, mark, effort = name.rpartition("__")
    return stem if mark and effort.casefold() in _EFFORTS else name


def benchmark_of(stem: str, *, is_execution: bool, has_repeats: bool) -> BenchmarkRecord:
    """Return the benchmark that a file is about.

    Args:
        stem: The file's name.
        is_execution: Whether its rows are about running code.
        has_repeats: Whether a model has several rows for a problem, one for each test.
    """
    folded = stem.casefold()
    said = next((name for mark, name in SCENARIOS.items() if mark in folded), None)
    name = SCENARIOS["execution"] if is_execution else SCENARIOS["testgen"] if has_repeats else said or BENCHMARK
    return BenchmarkRecord(name=name, parent=None if name == BENCHMARK else BENCHMARK)


def release_of(benchmark: BenchmarkRecord, n_problems: int) -> str | None:
    """Return the release that has so many problems, or None.

    Args:
        benchmark: What the problems are from.
        n_problems: How many there are.
    """
    return RELEASES.get(n_problems) if benchmark.name in {BENCHMARK, SCENARIOS["repair"]} else None


def day_of(milliseconds: object) -> date | None:
    """Return the day of a time in milliseconds since 1970, or None.

    Args:
        milliseconds: A JSON value.
    """
    found = number(milliseconds)
    try:
        return None if found is None else datetime.fromtimestamp(found / 1000, UTC).date()
    except (OverflowError, OSError, ValueError):
        return None


def shift_of(key: str, day: date | None) -> timedelta | None:
    """Return by how much a file's dates are later than the contests, None where this row does not tell: a day in later boards.

    Args:
        key: A problem; the day of one is known.
        day: Its date.
    """
    known_key, known = _KNOWN_DAY
    return None if key != known_key or day is None else day - known


def run_of(
    found: Problems, named: DisplayName, benchmark: BenchmarkRecord, source: SourceRecord, unit: ScoreUnit, place: str
) -> RunRecord:
    """Return the run of a model over some problems, with the mean over them and without outcomes.

    Args:
        found: The problems, at least one.
        named: The model.
        benchmark: What the problems are from.
        source: Where they stand.
        unit: Unit of their values.
        place: Place in the file.
    """
    days = [each for each in found.dates if each is not None]
    return RunRecord(
        source=source,
        model=ModelRecord(name=named.model),
        benchmark=benchmark,
        protocol=ProtocolRecord(
            samples_per_item=named.samples_per_item,
            harness=HARNESS,
            task_version=release_of(benchmark, len(found.keys)),
            window_start_on=min(days, default=None),
            window_end_on=max(days, default=None),
            reasoning_effort=named.effort,
        ),
        scores=(_mean(found, unit, place),),
    )


def by_difficulty(run: RunRecord, found: Problems) -> Iterator[RunRecord]:
    """Yield a run for each difficulty, without outcomes.

    Args:
        run: The run over all problems.
        found: The problems.
    """
    whole = run.scores[0]
    for difficulty in sorted({each for each in found.difficulties if each}):
        value, n_items = found.mean(difficulty)
        score = ScoreRecord(metric=whole.metric, value=value, unit=whole.unit, n_items=n_items, place=whole.place)
        yield replace(run, subset=difficulty, scores=(score,), outcomes=())


def _mean(found: Problems, unit: ScoreUnit, place: str) -> ScoreRecord:
    value, n_items = found.mean()
    return ScoreRecord(metric="pass@1", value=value, unit=unit, n_items=n_items, place=place)
