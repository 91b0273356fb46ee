"""Scores out of the results of lm-evaluation-harness: values, standard errors and how the tool computed them."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from benchdb.errors import MalformedFileError
from benchdb.ingest.logs.fields import object_at, positive, text
from benchdb.ingest.records import ScoreRecord
from benchdb.schema.vocab import ScoreUnit, StderrMethod

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

STDERR = "_stderr"
"""What the name of a metric's standard error ends in."""
BOOTSTRAPPED = frozenset({
    "median", "matthews_corrcoef", "f1", "perplexity", "bleu", "chrf", "chrf++", "ter", "nanmean",
})  # fmt: skip
"""Aggregations whose standard error the tool gets by resampling; that of a mean has a closed form, others have none."""
AGGREGATIONS = {
    "acc": "mean", "acc_norm": "mean", "acc_bytes": "mean", "acc_mutual_info": "mean", "exact_match": "mean",
    "perplexity": "perplexity", "word_perplexity": "weighted_perplexity", "byte_perplexity": "weighted_perplexity",
    "bits_per_byte": "bits_per_byte", "mcc": "matthews_corrcoef", "f1": "f1", "bleu": "bleu", "chrf": "chrf",
    "chrf++": "chrf++", "ter": "ter", "brier_score": "brier_score",
}  # fmt: skip
"""Metric → aggregation where a task names none."""
BYPASSED = "bypass"
"""Metric that stands for "predictions only"; its value is made up."""
_FRACTION = re.compile(r"(?:^|_)acc(?:_|$)|^exact_match$|^pass@\d+$")
_PERCENT = frozenset({"bleu", "chrf", "chrf++", "ter"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One "metric,filter" of a row of results, taken apart."""

    metric: str
    extraction: str
    key: str
    value: float
    stderr: float | None


def cells(where: str, place: str, row: Mapping[str, Any]) -> list[Cell]:
    """Return the values of a row of results; "N/A", null, NaN and infinities are no values.

    Args:
        where: The file.
        place: Key path of the row.
        row: The row.

    Raises:
        MalformedFileError: If text stands where a number belongs.
    """
    found = []
    for key in row:
        metric, comma, extraction = key.rpartition(",")
        if not comma or metric.endswith(STDERR) or metric == BYPASSED:
            continue
        value = _number(where, f'{place}["{key}"]', row[key])
        if value is None:
            continue
        stderr_key = f"{metric}{STDERR},{extraction}"
        stderr = _number(where, f'{place}["{stderr_key}"]', row.get(stderr_key))
        found.append(Cell(metric=metric, extraction=extraction, key=key, value=value, stderr=stderr))
    return found


def aggregation_of(config: Mapping[str, Any], metric: str) -> str | None:
    """Return how a task sums a metric up over its documents, or None where that is not certain.

    Args:
        config: The task's configuration.
        metric: The metric.
    """
    listed = config.get("metric_list")
    entries = [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
    for entry in entries:
        if entry.get("metric") == metric:
            stated = entry.get("aggregation")
            return text(stated) if stated else AGGREGATIONS.get(metric)
    # A metric that is a function is printed as its source and may return several values, each under a name of its own.
    of_functions = {str(entry.get("aggregation")) for entry in entries if "def " in str(entry.get("metric"))}
    return of_functions.pop() if len(of_functions) == 1 else None


def score_of(
    cell: Cell, place: str, config: Mapping[str, Any], *, n_items: int | None, is_better: object
) -> ScoreRecord:
    """Return the score of a task.

    Args:
        cell: The value.
        place: Key path of its row.
        config: The task's configuration.
        n_items: Documents behind it.
        is_better: Whether higher is better, as the file says.
    """
    aggregation = aggregation_of(config, cell.metric)
    method = StderrMethod.SAMPLE if aggregation == "mean" else None
    method = StderrMethod.BOOTSTRAP if aggregation in BOOTSTRAPPED else method
    return ScoreRecord(
        metric=cell.metric,
        value=cell.value,
        unit=unit_of(cell.metric, aggregation),
        stderr=cell.stderr,
        stderr_method=method if cell.stderr is not None else None,
        n_items=n_items,
        higher_is_better=is_better if isinstance(is_better, bool) else _direction(config, cell.metric),
        place=f'{place}["{cell.key}"]',
    )


def group_score_of(
    cell: Cell, place: str, parts: Sequence[Mapping[str, Any]], sizes: Sequence[int | None], is_better: object
) -> ScoreRecord:
    """Return the score of a group, marked as an aggregate.

    The tool pools the standard errors of the parts; from some version on it does so only where they are weighted by size, and
    a file does not say. So the method is named only where the pooled formula gives the printed number.

    Args:
        cell: The value.
        place: Key path of its row.
        parts: Rows of the group's tasks.
        sizes: Documents of each.
        is_better: Whether higher is better, as the file says.
    """
    used = [(row, size) for row, size in zip(parts, sizes, strict=True) if _is_number(row.get(cell.key))]
    known = [size for _, size in used if size is not None]
    errors = [row.get(f"{cell.metric}{STDERR},{cell.extraction}") for row, _ in used]
    pooled = pooled_stderr(errors, known) if len(known) == len(used) else None
    is_pooled = (
        pooled is not None
        and cell.stderr is not None
        and math.isclose(pooled, cell.stderr, rel_tol=1e-9, abs_tol=1e-15)
    )
    return ScoreRecord(
        metric=cell.metric,
        value=cell.value,
        unit=unit_of(cell.metric, None),
        is_aggregate=True,
        stderr=cell.stderr,
        stderr_method=StderrMethod.POOLED if is_pooled else None,
        n_items=sum(known) if known and len(known) == len(used) else None,
        higher_is_better=is_better if isinstance(is_better, bool) else None,
        place=f'{place}["{cell.key}"]',
    )


def group_n_items(row: Mapping[str, Any], key: str) -> int | None:
    """Return the number of documents that a group states for a value, or None.

    Args:
        row: The group's row of results.
        key: The value's key in it.
    """
    counts = object_at(row, "sample_count")
    return positive(counts.get(key)) or positive(counts.get(key.rpartition(",")[0]))


def pooled_stderr(errors: Sequence[object], sizes: Sequence[int]) -> float | None:
    """Return the standard error of a mean weighted by size, from the sample variances of the parts.

    Args:
        errors: Standard errors of the parts.
        sizes: Documents of each part.

    Returns:
        None if one is missing, or too large to be squared.

    References:
        EleutherAI/lm-evaluation-harness, lm_eval/api/metrics.py, `pooled_sample_stderr`.
    """
    total = sum(sizes)
    try:
        numbers = [float(error) for error in errors if isinstance(error, int | float) and not isinstance(error, bool)]
        if len(numbers) != len(sizes) or total <= len(sizes):
            return None
        squares = sum((size - 1) * size * error**2 for error, size in zip(numbers, sizes, strict=True))
        return math.sqrt(squares / (total - len(sizes)) / total)
    except OverflowError:
        return None


@lru_cache(maxsize=4096)
def unit_of(metric: str, aggregation: str | None) -> ScoreUnit | None:
    """Return the unit of a metric where its name or its aggregation settles it.

    Args:
        metric: Its name.
        aggregation: How it is summed up.
    """
    if _FRACTION.search(metric) or aggregation in {"f1", "matthews_corrcoef"}:
        return ScoreUnit.FRACTION
    if aggregation in _PERCENT:
        return ScoreUnit.PERCENT
    if metric == "bits_per_byte":
        return ScoreUnit.BITS
    return ScoreUnit.RATIO if metric.endswith("perplexity") else None


def _direction(config: Mapping[str, Any], metric: str) -> bool | None:
    listed = config.get("metric_list")
    for entry in listed if isinstance(listed, list) else ():
        if (
            isinstance(entry, dict)
            and entry.get("metric") == metric
            and isinstance(entry.get("higher_is_better"), bool)
        ):
            return bool(entry["higher_is_better"])
    return None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(where: str, place: str, value: object) -> float | None:
    if value is None or value == "N/A":
        return None
    if isinstance(value, str | bool):
        raise MalformedFileError.at(
            where, place, f'"{value}"' if isinstance(value, str) else str(value).lower(), "a number"
        )
    if not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None
