"""OpenCompass: summaries as CSV, text or Markdown, and results of one data set (`results/<model>/<dataset>.json`).

Checked with 0.5.4 and with tables in the tool's documentation of 2024 and 2025. Upstream: open-compass/opencompass,
opencompass/summarizers/default.py, opencompass/tasks/openicl_eval.py, opencompass/utils/abbr.py.

One run for each data set and column of a model. The column's suffix "-hf", "-vllm", "-turbomind", "-lmdeploy" or "-sglang" is the
engine, "--judged-by--NAME" the judge; the rest is the model's name, and the whole column stands in `raw`. The version, six
characters of the prompt's hash, is the prompt's hash; the mode (gen, ppl, ll, mixed) is the way of extraction. A row without a version
is a group, hence an aggregate, and may stand there twice under two metrics. Accuracies, pass@k, EM, F1, BLEU and ROUGE are percent;
an average is percent where all other rows of the table are; "score" says no unit (`--score-unit`). "-", "xx.xx", NaN and empty cells
are no scores. The tool writes a summary three times and the results of its data sets beside it: where the CSV file is there, the
others add nothing but outcomes, and only where the items' marks add up to the score. Results of a data set alone take the
model and the data set from their path. Times in names have no zone, so that they are labels; shots, splits and errors are not there.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from benchdb.errors import MalformedFileError
from benchdb.ingest.cells import BadCell, ParsedCell, parse_cell
from benchdb.ingest.importer import Importer, ReadOptions, read_head
from benchdb.ingest.logs.json_files import read_object
from benchdb.ingest.logs.opencompass_files import (
    HEADER,
    NOT_METRICS,
    WANTED,
    Row,
    is_told_by_other,
    label_of,
    metrics_of,
    outcomes_of,
    results_beside,
    rows_of,
)
from benchdb.ingest.plain_text import has_file, read_text
from benchdb.ingest.records import BenchmarkRecord, ModelRecord, ProtocolRecord, RunRecord, ScoreRecord, SourceRecord
from benchdb.schema.vocab import ScoreUnit, SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchdb.ingest.records import OutcomeBlock

HARNESS = "opencompass"
"""Name of the tool in sources and protocols."""
_ENGINE = re.compile(r"(?P<model>.+)-(?P<engine>hf|vllm|turbomind|lmdeploy|sglang)")
_JUDGED = re.compile(r"(?P<model>.*?[^-_])[-_]*+judged-by--(?P<judge>.+)")
_AVERAGES = frozenset({"naive_average", "weighted_average", "harmonic_mean", "standard_deviation"})
_PERCENT = re.compile(
    r"(?:.*[-_ ])?(?:accuracy|acc|pass@\d+|em|exact_match|f1|bleu|rouge(?:[12lL]|Lsum)?)|G-Pass@\d+_[\d.]+|pass",
    re.IGNORECASE,
)
_BARE_K = re.compile(r"pass@\d+")
_OF_OTHERS = re.compile(r".*(?::std|_stderr)|total_count|correct_count")
_CUT_OFF = re.compile(
    rb'\{\s*"(?P<name>[^"\\]+)"\s*:\s*[\d.eE+-]+\s*,\s*(?:"[^"\\]+"\s*:\s*[\d.eE+-]+\s*,\s*)*"details"\s*:\s*[{\[]'
)


def sniff(head: bytes, name: str) -> bool:
    """Return whether a file is a summary or holds the results of one data set.

    Args:
        head: Its first bytes.
        name: Its name.
    """
    if not head.lstrip().startswith(b"{"):
        return HEADER.search(head) is not None and b"\0" not in head
    if name.endswith(".jsonl"):
        return False
    try:
        value = json.loads(head)
    except (ValueError, RecursionError):
        found = _CUT_OFF.match(head.lstrip())
        return found is not None and _PERCENT.fullmatch(found["name"].decode("utf-8", "replace")) is not None
    metrics = {key: each for key, each in value.items() if key not in NOT_METRICS}
    return (
        bool(metrics)
        and all(isinstance(each, int | float) and not isinstance(each, bool) for each in metrics.values())
        and any(key == "score" or _PERCENT.fullmatch(key) for key in metrics)
        and not all(_BARE_K.fullmatch(key) for key in metrics)
        and not any(_OF_OTHERS.fullmatch(key) for key in metrics)
    )


def read(path: Path, options: ReadOptions) -> Iterator[RunRecord]:
    """Yield a run for each data set and model.

    Args:
        path: The file.
        options: What the user said.

    Raises:
        MalformedFileError: If a row or cell cannot be read, or nothing says what the numbers are of.
    """
    if read_head(path).lstrip().startswith(b"{"):
        yield from _dataset_run(path, options)
        return
    rows = rows_of(read_text(path), str(path))
    if not rows:
        raise MalformedFileError.at(
            str(path), "", "none", "a table with the columns dataset, version, metric, mode and models"
        )
    if not is_told_by_other(path):
        yield from _summary_runs(path, rows, options)


def _summary_runs(path: Path, rows: list[Row], options: ReadOptions) -> Iterator[RunRecord]:
    found: dict[tuple[str, str], list[tuple[Row, ParsedCell]]] = {}
    for row in rows:
        for column, cell in row.cells.items():
            parsed = parse_cell(cell)
            if isinstance(parsed, BadCell):
                raise MalformedFileError.at(
                    str(path), f"line {row.line}, column {column}", parsed.found, parsed.expected
                )
            if parsed is not None:
                found.setdefault((row.dataset, column), []).append((row, parsed))
    if not found:
        raise MalformedFileError.at(str(path), "", "a table without a single number", "scores")
    leaves = {row.metric for pairs in found.values() for row, _ in pairs if row.metric not in _AVERAGES}
    is_percent = bool(leaves) and all(_PERCENT.fullmatch(metric) for metric in leaves)
    for (dataset, column), pairs in found.items():
        scores = tuple(
            ScoreRecord(
                metric=row.metric,
                value=cell.value,
                unit=cell.unit or _unit(row.metric, is_percent=is_percent),
                decimals=cell.decimals,
                is_aggregate=row.version == "-",
                place=f"line {row.line}, column {column}",
            )
            for row, cell in pairs
        )
        results, name = path.absolute().parent.parent / "results", f"{column}/{dataset}.json"
        with_items = (
            options.with_samples
            and path.suffix == ".csv"
            and path.absolute().parent.name == "summary"
            and has_file(results, name)
        )
        outcomes = _outcomes(results / name, scores) if with_items else ()
        yield _run(path, column, pairs[0][0], scores, outcomes)


def _dataset_run(path: Path, options: ReadOptions) -> Iterator[RunRecord]:
    """Yield the run of one data set, unless a summary beside it tells it."""
    data = read_object(path, WANTED)
    if path.absolute().parent.parent.name != "results":
        raise MalformedFileError.at(
            str(path), "", "no names of model and data set", "its place in results/<model>/<dataset>.json"
        )
    scores = tuple(
        ScoreRecord(metric=name, value=value, unit=_unit(name, is_percent=False), place=name)
        for name, value in metrics_of(path, data).items()
    )
    if not scores:
        raise MalformedFileError.at(str(path), "", str(data.get("error") or "no metric"), "metrics")
    if not is_told_by_other(path.absolute()):
        outcomes = _outcomes(path, scores) if options.with_samples else ()
        nameless = Row(line=0, dataset=path.stem, version="-", metric="-", mode="-", cells={})
        yield _run(path, path.absolute().parent.name, nameless, scores, outcomes)


def _run(
    path: Path,
    column: str,
    row: Row,
    scores: tuple[ScoreRecord, ...],
    outcomes: Iterator[OutcomeBlock] | tuple[()],
) -> RunRecord:
    judged = _JUDGED.fullmatch(column)
    name = judged["model"] if judged else column
    engine = _ENGINE.fullmatch(name)
    way = (None if row.mode in {"-", "", "unknown"} else row.mode, f"by {judged['judge']}" if judged else None)
    return RunRecord(
        source=SourceRecord(kind=SourceKind.HARNESS_LOG, harness=HARNESS),
        model=ModelRecord(name=engine["model"] if engine else name),
        benchmark=BenchmarkRecord(name=row.dataset),
        protocol=ProtocolRecord(
            prompt_hash=None if row.version in {"-", ""} else row.version,
            harness=HARNESS,
            harness_task=row.dataset,
            extraction=" ".join(part for part in way if part) or None,
            engine=engine["engine"] if engine else None,
        ),
        label=label_of(path),
        raw={"model": column},
        scores=scores,
        outcomes=outcomes,
    )


def _outcomes(path: Path, scores: tuple[ScoreRecord, ...]) -> Iterator[OutcomeBlock]:
    """Yield the outcomes under the first metric that they add up to."""
    for score in scores:
        blocks = list(outcomes_of(path, score.metric, score.value))
        if blocks:
            yield from blocks
            return


def _unit(metric: str, *, is_percent: bool) -> ScoreUnit | None:
    return ScoreUnit.PERCENT if _PERCENT.fullmatch(metric) or (metric in _AVERAGES and is_percent) else None


IMPORTER = Importer(
    name="opencompass", version="1", sniff=sniff, read=read, priority=40, path_parts=4, companions=results_beside
)
