"""What stands beside a report of EvalScope: the configuration of the task and reviews of the items."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from benchdb.errors import MalformedFileError
from benchdb.ingest.logs.fields import number, object_at, text
from benchdb.ingest.logs.json_text import lines
from benchdb.ingest.logs.yaml_text import read_yaml
from benchdb.ingest.plain_text import has_file
from benchdb.ingest.records import OutcomeBlock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

BLOCK = 10_000
"""Items in a block."""
ROUNDED = 0.000051
"""How far a score of four decimals can be from the mean of its items."""


def work_folder(path: Path) -> Path | None:
    """Return the folder of the run that a report belongs to, or None where it stands alone.

    Args:
        path: A report; the tool puts it into "reports/<model>/<dataset>.json".
    """
    above = path.absolute().parents
    return above[2] if len(above) > 2 and above[1].name == "reports" else None


def files_beside(path: Path) -> list[Path]:
    """Return the configuration and the reviews that belong to a report, in order of name.

    Args:
        path: The report.
    """
    work = work_folder(path)
    if work is None:
        return []
    reviews = work / "reviews" / path.absolute().parent.name
    return [
        *_configurations(work),
        *sorted(each for each in reviews.glob("*.jsonl") if each.name.startswith(f"{path.stem}_")),
    ]


def task_config(path: Path) -> dict[str, Any]:
    """Return the configuration of the task that a report belongs to; an empty one where there is none.

    Args:
        path: The report.

    Raises:
        MalformedFileError: If it is not YAML.
    """
    work = work_folder(path)
    for each in reversed(_configurations(work) if work else []):
        found = read_yaml(each)
        if isinstance(found, dict) and path.stem in (object_at(found, "dataset_args") or {path.stem: None}):
            return found
    return {}


@dataclass(slots=True)
class Review:
    """Items of one subset under one metric: attempts are added up."""

    attempts: dict[str, list[float]] = field(default_factory=dict)
    """Item → value of each attempt."""


def reviews_of(path: Path, dataset: str, subset: str) -> dict[str, Review]:
    """Return the reviews of a subset by metric; none where the file is not there.

    Args:
        path: The report.
        dataset: Name of the data set.
        subset: Name of the subset.

    Raises:
        MalformedFileError: If a row names no item.
    """
    work = work_folder(path)
    if work is None or "/" in subset or "/" in dataset:
        return {}
    folder, name = work / "reviews" / path.absolute().parent.name, f"{dataset}_{subset}.jsonl"
    found: dict[str, Review] = {}
    for line, row in lines(folder / name) if has_file(folder, name) else ():
        sample = object_at(row, "sample_score")
        item = next((each for name in ("group_id", "sample_id") if (each := text(sample.get(name))) is not None), None)
        if item is None:
            raise MalformedFileError.at(
                str(folder / name), f"line {line}", "no sample_score.sample_id", "the id of an item"
            )
        for metric, value in object_at(sample, "score.value").items():
            score = float(value) if isinstance(value, bool) else None if isinstance(value, str) else number(value)
            if score is not None:
                found.setdefault(metric, Review()).attempts.setdefault(f"evalscope/{item}", []).append(score)
    return found


def blocks(metric: str, parts: Sequence[tuple[str, Review]], score: float) -> Iterator[OutcomeBlock]:
    """Yield the outcomes of one metric over its subsets, if their mean is the score.

    Args:
        metric: Name of the metric.
        parts: Subset and its reviews.
        score: The score.
    """
    rows = [(subset, key, values) for subset, review in parts for key, values in review.attempts.items()]
    every = [value for _, _, values in rows for value in values]
    if not every or abs(math.fsum(every) / len(every) - score) > ROUNDED:
        return
    is_mark = all(value in {0.0, 1.0} for value in every)
    for start in range(0, len(rows), BLOCK):
        part = rows[start : start + BLOCK]
        yield OutcomeBlock(
            metric=metric,
            keys=[key for _, key, _ in part],
            n_attempts=[len(values) for _, _, values in part],
            n_correct=[int(sum(values)) for _, _, values in part] if is_mark else None,
            values=None if is_mark else [math.fsum(values) / len(values) for _, _, values in part],
            item_subsets=[subset for subset, _, _ in part] if len(parts) > 1 else None,
        )


def review_named(reviews: Mapping[str, Review], metric: str, *, is_only: bool) -> Review | None:
    """Return the reviews under a metric; the only one of both goes together under any name.

    Args:
        reviews: Reviews by metric.
        metric: Name of a metric of the report.
        is_only: Whether the report has no other metric.
    """
    if metric in reviews:
        return reviews[metric]
    return next(iter(reviews.values())) if is_only and len(reviews) == 1 else None


def _configurations(work: Path) -> list[Path]:
    return sorted((work / "configs").glob("task_config*.yaml"))
