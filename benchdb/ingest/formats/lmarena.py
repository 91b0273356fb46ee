"""LMArena: ratings JSON of its boards, the tables of its old leaderboard, and the leaderboard CSV of Arena-Hard-Auto.

Checked with lmarena/arena-catalog (commit 1d32ad7), data/leaderboard-*.json; lmarena/arena-hard-auto (commit 301741f), leaderboard/;
and the three headers of `leaderboard_table_YYYYMMDD.csv` since 2023. The ratings of the old leaderboard stand in pickles, which are
programs and are not read.

A rating is on the Elo scale, with the ends of its 95 % interval; how an error was computed is not stated. The board is the file's name:
"leaderboard-text" is Chatbot Arena, "-vision" and "-image" are boards of their own, "-style-control" is an adjustment of the rating
and stands in `extraction`; another name needs `--map benchmark==NAME`. The category is the subset, "full" is the whole. Arena-Hard's
score is the win rate against its baseline in percent; the mean number of tokens comes with `--metrics all`. An old table holds ratings
until 2023, MT-Bench on its scale of 1 to 10, and MMLU as a fraction; its model is the `key`, which the display name beside it labels.
The date in a name is the day of publication. "-" and empty cells are missing, null is no rating. Makers and licences are the old tables'.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from benchdb.errors import MalformedFileError
from benchdb.ingest.importer import Importer, ReadOptions
from benchdb.ingest.logs.csv_rows import csv_rows, header, require
from benchdb.ingest.logs.fields import number
from benchdb.ingest.logs.json_files import read_object
from benchdb.ingest.records import BenchmarkRecord, ModelRecord, ProtocolRecord, RunRecord, ScoreRecord, SourceRecord
from benchdb.schema.vocab import ScoreUnit, SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from benchdb.ingest.tables.claims import Stated

LEVEL = 0.95
"""Coverage between the quantiles 0.025 and 0.975."""
BOARDS = {
    "text": "Chatbot Arena",
    "data": "Chatbot Arena",
    "vision": "LMArena Vision",
    "image": "LMArena Text-to-Image",
}
"""Board in a file's name → benchmark."""
OLD = {
    "Arena Elo rating": ("Chatbot Arena", "rating", ScoreUnit.ELO),
    "MT-bench (score)": ("MT-Bench", "score", ScoreUnit.POINTS),
    "MMLU": ("MMLU", "accuracy", ScoreUnit.FRACTION),
}
"""Column of an old table → benchmark, metric and unit."""
_RATINGS = re.compile(rb'\s*\{\s*"[^"]*"\s*:\s*\{\s*"[^"]*"\s*:\s*\{\s*"rating(?:_q975|_q025)?"\s*:')
_BOARD = re.compile(r"leaderboard-(?P<board>[a-z]+?)(?P<style>-style-control)?(?:[-_]\d{8})?\.json")
_DAY = re.compile(r"(?<!\d)(20\d{6})(?!\d)")
_HARD = {"model", "score", "rating_q025", "rating_q975"}
_SOURCE = SourceRecord(kind=SourceKind.LEADERBOARD, organization="LMArena")


def sniff(head: bytes, name: str) -> bool:
    """Return whether a file is one of LMArena's.

    Args:
        head: Its first bytes.
        name: Its name, which decides nothing.
    """
    del name
    columns = set(header(head))
    return _RATINGS.match(head) is not None or columns >= _HARD or (columns >= {"Model", "MT-bench (score)", "License"})


def read(path: Path, options: ReadOptions) -> Iterator[RunRecord]:
    """Yield one run for each model and category, or each model and column.

    Args:
        path: The file.
        options: What the user said.

    Raises:
        MalformedFileError: If nobody names the board, or a cell is no number.
    """
    from benchdb.ingest.tables.claims import stated

    said = stated(str(path), options)
    found = _DAY.search(path.name)
    source = replace(_SOURCE, published_on=_day(found[1]) if found else None)
    with path.open("rb") as file:
        head = file.read(1 << 16).removeprefix(b"\xef\xbb\xbf")
    if head.lstrip().startswith(b"{"):
        yield from _ratings(path, said, source)
    elif set(header(head)) >= _HARD:
        yield from _hard(path, said, source)
    else:
        yield from _old(path, said, source)


def _ratings(path: Path, said: Stated, source: SourceRecord) -> Iterator[RunRecord]:
    named = _BOARD.fullmatch(path.name)
    board = said.constant("benchmark") or (BOARDS.get(named["board"]) if named else None)
    if board is None:
        boards = "|".join(BOARDS)
        expected = f"a file leaderboard-({boards})[-style-control].json, or --map benchmark==NAME"
        raise MalformedFileError.at(said.where, "", f'a file called "{path.name}"', expected)
    protocol = ProtocolRecord(extraction="style control" if named and named["style"] else None)
    for category, models in read_object(path).items():
        if not isinstance(models, dict):
            raise MalformedFileError.at(
                said.where, f'["{category}"]', type(models).__name__, "models with their ratings"
            )
        for model, entry in models.items():
            score = _rating(said, f'["{category}"]["{model}"]', entry)
            if score is not None:
                yield RunRecord(
                    source=source,
                    model=ModelRecord(name=model),
                    benchmark=BenchmarkRecord(name=board),
                    protocol=protocol,
                    subset="" if category == "full" else category,
                    scores=(score,),
                )


def _rating(said: Stated, place: str, entry: object) -> ScoreRecord | None:
    if not isinstance(entry, dict) or "rating" not in entry:
        raise MalformedFileError.at(said.where, place, type(entry).__name__, "an object with a rating")
    values: dict[str, Any] = {name: entry.get(name) for name in ("rating", "rating_q025", "rating_q975")}
    for name, value in values.items():
        if isinstance(value, str | bool | list | dict):
            raise MalformedFileError.at(said.where, f"{place}.{name}", repr(value), "a number")
    rating, lower, upper = (number(value) for value in values.values())
    if rating is None:
        return None
    score = ScoreRecord(metric="rating", value=rating, unit=ScoreUnit.ELO, place=f"{place}.rating")
    return _with_interval(score, lower, upper)


def _hard(path: Path, said: Stated, source: SourceRecord) -> Iterator[RunRecord]:
    benchmark = BenchmarkRecord(name=said.constant("benchmark") or "Arena-Hard-Auto")
    for position, row in csv_rows(path):
        cells = {
            name: said.number(row.get(name, ""), f"row {position}, column {name}")
            for name in (*_HARD, "avg_tokens")
            if name != "model"
        }
        model, value = require(said.where, position, row, ["model"]), cells["score"]
        scores = []
        if value is not None:
            ends = [cell.value if cell else None for cell in (cells["rating_q025"], cells["rating_q975"])]
            place = f"row {position}, column score"
            score = ScoreRecord(
                metric="win_rate", value=value.value, unit=ScoreUnit.PERCENT, decimals=value.decimals, place=place
            )
            scores.append(_with_interval(score, *ends))
        tokens = cells["avg_tokens"]
        if tokens is not None and said.all_metrics:
            scores.append(
                ScoreRecord(
                    metric="avg_tokens",
                    value=tokens.value,
                    decimals=tokens.decimals,
                    place=f"row {position}, column avg_tokens",
                )
            )
        if scores:
            yield RunRecord(source=source, model=ModelRecord(name=model), benchmark=benchmark, scores=tuple(scores))


def _old(path: Path, said: Stated, source: SourceRecord) -> Iterator[RunRecord]:
    for position, row in csv_rows(path):
        name = require(said.where, position, row, ["key", "Model"])
        model = ModelRecord(name=name, organization=_known(row.get("Organization")), licence=_known(row.get("License")))
        for column, (benchmark, metric, unit) in OLD.items():
            place = f"row {position}, column {column}"
            cell = said.number(row.get(column, ""), place)
            if cell is None:
                continue
            score = ScoreRecord(
                metric=metric, value=cell.value, unit=cell.unit or unit, decimals=cell.decimals, place=place
            )
            label = _known(row.get("Model"))
            yield RunRecord(
                source=source,
                model=model,
                benchmark=BenchmarkRecord(name=benchmark),
                label=label if label != name else None,
                scores=(score,),
            )


def _with_interval(score: ScoreRecord, lower: float | None, upper: float | None) -> ScoreRecord:
    if lower is None or upper is None:
        return score
    return replace(score, interval_lower=lower, interval_upper=upper, interval_level=LEVEL)


def _known(cell: str | None) -> str | None:
    return None if cell in {None, "", "-"} else cell


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 — a day, of no zone
    except ValueError:
        return None


IMPORTER = Importer(name="lmarena", version="1", sniff=sniff, read=read, priority=25, path_parts=1)
