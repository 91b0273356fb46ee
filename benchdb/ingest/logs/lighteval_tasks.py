"""Names that lighteval writes: keys of tasks, metrics with parameters, and the details files of a task."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchdb.errors import MalformedFileError
from benchdb.ingest.cells import whole_number
from benchdb.ingest.records import OutcomeBlock
from benchdb.schema.vocab import ScoreUnit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

AVERAGE, ALL = "_average", "all"
"""What the tool calls means over the parts of a task, and over everything."""
BLOCK = 10_000
"""Items in a block."""
_STAMP = re.compile(r"results_(?P<stamp>\d{4}-\d\d-\d\dT\d\d[-:]\d\d[-:]\d\d(?:\.\d+)?)\.json$")
_PARAMETERS = re.compile(r"(?<![a-z])(?P<name>[a-z]++)=(?P<value>\d+)")
_NAMED_K = re.compile(r"(?P<stem>.*(?:pass|maj|cons|recall|mrr|ndcg)@)(?P<k>\d+)(?::(?P<n>\d+))?")
_FRACTION = re.compile(
    r"(?:acc|em|qem|pem|pqem|perfect_em|exact_match|quasi_exact_match|prefix_exact_match|prefix_quasi_exact_match|extractive_match|"
    r"expr_gold_metric|multi_f1|loglikelihood_f1|f1_score|f1|mcc|mrr|recall|rouge(?:1|2|L|Lsum)|(?:truthfulqa_)?mc[12]|"
    r"(?:codegen_)?pass|maj|avg|g-pass|(?:prompt|inst)_level_\w+_acc|simpleqa)(?:$|[@_:].*)",
    re.IGNORECASE,
)
_PERCENT = re.compile(r"(?:bleu|chrf|ter)(?:$|[@_:+].*)", re.IGNORECASE)
_PUNCTUATION = re.compile(r"[|:/]")


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskKey:
    """A key of the results, taken apart."""

    task: str
    """Task, with its subset; for a mean over parts, without."""
    parent: str | None
    """Task that it is a part of."""
    suite: str | None
    """Suite it belongs to."""
    n_shot: int | None
    """Examples in the prompt."""
    is_aggregate: bool
    """Whether it stands for a mean over other keys."""


def parse_key(key: str) -> TaskKey:
    """Return the parts of "task|shots", "suite|task|shots" or "suite|task|shots|truncate".

    Args:
        key: A key of the results.
    """
    parts = key.split("|")
    shots = parts[2] if len(parts) == 4 else parts[-1]
    task = parts[0] if len(parts) < 3 else parts[1]
    parent, colon, part = task.partition(":")
    is_average = part == AVERAGE
    return TaskKey(
        task=parent if is_average else task,
        parent=parent if colon and not is_average else None,
        suite=parts[0] if len(parts) >= 3 else None,
        n_shot=whole_number(shots) if len(parts) > 1 else None,
        is_aggregate=is_average or key == ALL,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricName:
    """A metric's name, taken apart."""

    name: str
    """Name without the number of samples."""
    k: int | None
    """The k of pass@k and its like."""
    n_samples: int | None
    """Samples per item."""


def parse_metric(written: str) -> MetricName:
    """Return what a metric's name says: "pass@k:k=1&n=16" is pass@1 of 16 samples, "codegen_pass@1:16" too.

    Args:
        written: The name.
    """
    stem, _, rest = written.partition(":")
    said = {match["name"]: whole_number(match["value"]) for match in _PARAMETERS.finditer(rest)}
    k, n = said.get("k"), said.get("n")
    if said:
        return MetricName(name=stem.replace("@k", f"@{k}") if k else stem, k=k, n_samples=n)
    of_k = _NAMED_K.fullmatch(written)
    if of_k is None:
        return MetricName(name=written, k=None, n_samples=None)
    return MetricName(
        name=f"{of_k['stem']}{of_k['k']}", k=whole_number(of_k["k"]), n_samples=whole_number(of_k["n"] or "")
    )


def unit_of(metric: str) -> ScoreUnit | None:
    """Return the unit of a metric where its name settles it.

    Args:
        metric: Its name.
    """
    if _PERCENT.fullmatch(metric):
        return ScoreUnit.PERCENT
    if _FRACTION.fullmatch(metric):
        return ScoreUnit.FRACTION
    if metric == "bits_per_byte":
        return ScoreUnit.BITS
    return ScoreUnit.RATIO if metric.endswith(("perplexity", "ppl")) else None


def stamp_of(path: Path) -> str | None:
    """Return the time in a results file's name, as written, or None.

    Args:
        path: The file.
    """
    found = _STAMP.search(path.name)
    return found["stamp"] if found else None


def details_beside(path: Path) -> list[Path]:
    """Return the details files of the same run as a results file, in order of name.

    Args:
        path: The results file; its name ends in the time at which both were written.
    """
    stamp, path = stamp_of(path), path.absolute()
    if stamp is None:
        return []
    folders = [path.parent, path.parent / stamp]
    folders.extend(
        above.parent / "details" / path.parent.relative_to(above) / stamp
        for above in path.parents
        if above.name == "results"
    )
    return sorted({each for folder in folders if folder.is_dir() for each in folder.glob(f"details_*_{stamp}.parquet")})


def details_of(path: Path, key: str) -> Path | None:
    """Return the details file of one key of the results, or None.

    Args:
        path: The results file.
        key: The key; in file names its bars and colons may be other marks.
    """
    wanted = _PUNCTUATION.sub("_", f"details_{key}_{stamp_of(path)}.parquet")
    return next((each for each in details_beside(path) if _PUNCTUATION.sub("_", each.name) == wanted), None)


class Details:
    """A details file: one row for each item."""

    def __init__(self, path: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self.path = path
        try:
            self._file = pq.ParquetFile(path)
        except (pa.ArrowException, OSError) as error:
            raise MalformedFileError.at(str(path), "", str(error), "a Parquet file") from error
        self.n_rows: int = self._file.metadata.num_rows

    def columns(self) -> tuple[list[str], dict[str, list[Any]]]:
        """Return the items' keys and, for each metric, what it says of each item.

        Raises:
            MalformedFileError: If the file has no column of metrics.
        """
        import pyarrow as pa

        names = self._file.schema_arrow.names
        metrics = next((name for name in ("metric", "__metric__", "metrics") if name in names), None)
        if metrics is None:
            raise MalformedFileError.at(str(self.path), "columns", ", ".join(names), "one called metric or metrics")
        doc = next((name for name in ("doc", "__doc__") if name in names), None)
        try:
            rows = self._file.read([metrics] if doc is None else [f"{doc}.id", metrics]).to_pydict()
        except (pa.ArrowException, OSError, ValueError) as error:
            raise MalformedFileError.at(str(self.path), "rows", str(error), "a whole Parquet file") from error
        values: list[Any] = rows[metrics]
        ids = [None] * len(values) if doc is None else [(each or {}).get("id") for each in rows[doc]]
        written = {name for row in values if isinstance(row, dict) for name in row}
        return _distinct(ids), {
            name: [row.get(name) if isinstance(row, dict) else None for row in values] for name in sorted(written)
        }


def blocks(
    metric: MetricName, keys: Sequence[str], column: Sequence[Any], *, value: float, is_mean: bool
) -> Iterator[OutcomeBlock]:
    """Yield the outcomes of a metric whose mean over the items is the score, in blocks.

    Args:
        metric: Its name.
        keys: Keys of the items.
        column: What it says of each.
        value: The score.
        is_mean: Whether the file says that the score is the mean.
    """
    found = [
        (key, float(each))
        for key, each in zip(keys, column, strict=True)
        if isinstance(each, int | float) and math.isfinite(each)
    ]
    if not found:
        return
    mean = math.fsum(each for _, each in found) / len(found)
    if not is_mean and not math.isclose(mean, value, rel_tol=1e-9, abs_tol=1e-12):
        return
    n = metric.n_samples or 1
    scale = n if metric.k in {None, 1} else 1
    is_count = scale == n and all(
        0 <= each <= 1 and math.isclose(each * scale, round(each * scale), abs_tol=1e-9) for _, each in found
    )
    for start in range(0, len(found), BLOCK):
        part = found[start : start + BLOCK]
        yield OutcomeBlock(
            metric=metric.name,
            keys=[key for key, _ in part],
            n_attempts=[n] * len(part),
            n_correct=[round(each * scale) for _, each in part] if is_count else None,
            values=None if is_count else [each for _, each in part],
        )


def _distinct(ids: Sequence[Any]) -> list[str]:
    """Return a key for each row: the id the tool gave, or the row's number where ids are missing or repeated."""
    given = [None if each in (None, "") else str(each) for each in ids]
    is_unique = None not in given and len(set(given)) == len(given)
    return [f"lighteval/{each if is_unique else number}" for number, each in enumerate(given)]
