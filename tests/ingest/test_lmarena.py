"""LMArena's files, with expected values read from them by eye."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pytest

from benchdb.errors import MalformedFileError
from benchdb.ingest.conformance import ImporterConformance
from benchdb.ingest.formats.lmarena import IMPORTER, read
from benchdb.ingest.importer import ReadOptions, recognise
from benchdb.schema.vocab import ScoreUnit, SourceKind

if TYPE_CHECKING:
    from benchdb.ingest.records import RunRecord

DATA = Path(__file__).parents[1] / "data"
HERE = DATA / "lmarena" / "2025"
TEXT = HERE / "leaderboard-text.json"
VISION = HERE / "leaderboard-vision-style-control.json"
HARD = HERE / "arena_hard_leaderboard_20240731.csv"
FIRST = HERE / "leaderboard_table_20230619.csv"
OLD = HERE / "leaderboard_table_20240326.csv"
EVERYTHING = ReadOptions(all_metrics=True)


class TestConformance(ImporterConformance):
    """What holds for every importer, on the boards of ratings."""

    importer = IMPORTER
    fixtures: ClassVar = [TEXT, VISION]
    foreign: ClassVar = sorted(path for path in DATA.rglob("*.*") if path.is_file() and "lmarena" not in path.parts)
    fills = frozenset({
        "SourceRecord.kind", "SourceRecord.organization", "ModelRecord.name", "BenchmarkRecord.name",
        "ProtocolRecord.extraction", "RunRecord.subset",
        *(f"ScoreRecord.{name}" for name in ("metric", "value", "unit", "interval_lower", "interval_upper", "interval_level", "place")),
    })  # fmt: skip


class TestTables(ImporterConformance):
    """What holds for every importer, on the tables; a table cut behind a row is a shorter table."""

    importer = IMPORTER
    fixtures: ClassVar = [HARD, FIRST, OLD]
    foreign: ClassVar = TestConformance.foreign
    options: ClassVar = EVERYTHING
    cut_is_error = False
    fills = frozenset({
        "SourceRecord.kind", "SourceRecord.organization", "SourceRecord.published_on", "ModelRecord.name",
        "ModelRecord.organization", "ModelRecord.licence", "BenchmarkRecord.name", "RunRecord.label",
        *(f"ScoreRecord.{name}" for name in (
            "metric", "value", "unit", "decimals", "interval_lower", "interval_upper", "interval_level", "place",
        )),
    })  # fmt: skip


def runs(path: Path, options: ReadOptions | None = None) -> list[RunRecord]:
    """Return the runs of a file."""
    return list(read(path, options or ReadOptions()))


def test_categories_are_subsets_of_a_board() -> None:
    """Each model has a rating with its interval in each category; "full" is the whole, null is none."""
    found = {(run.model.name, run.subset): run for run in runs(TEXT)}
    assert set(found) == {(name, subset) for name in ("toy-chat-large", "toy-chat-small") for subset in ("chinese", "")}
    run = found["toy-chat-large", "chinese"]
    (score,) = run.scores
    assert (run.benchmark.name, score.metric, score.value, score.unit) == (
        "Chatbot Arena",
        "rating",
        1412.5,
        ScoreUnit.ELO,
    )
    assert (score.interval_lower, score.interval_upper, score.interval_level) == (1399.75, 1425.25, 0.95)
    assert (score.place, score.stderr) == ('["chinese"]["toy-chat-large"].rating', None)
    assert (run.source.kind, run.source.published_on) == (SourceKind.LEADERBOARD, None)


def test_boards_and_style_control() -> None:
    """The board of images is a benchmark of its own; control for style is another way to the rating."""
    (run,) = runs(VISION)
    assert (run.benchmark.name, run.protocol.extraction) == ("LMArena Vision", "style control")
    assert {each.protocol.extraction for each in runs(TEXT)} == {None}


def test_another_name_needs_the_board(tmp_path: Path) -> None:
    """A file called otherwise is refused with the option that names its board."""
    path = tmp_path / "ratings.json"
    path.write_bytes(TEXT.read_bytes())
    with pytest.raises(MalformedFileError, match="--map benchmark==NAME"):
        runs(path)
    assert {run.benchmark.name for run in runs(path, ReadOptions(columns={"benchmark": "=My Arena"}))} == {"My Arena"}


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ({"full": {"a": {"rating": 1000.0}, "b": {"rating": "high"}}}, '["full"]["b"].rating'),
        ({"full": {"a": {"rating": 1000.0}, "b": 3}}, '["full"]["b"]'),
        ({"full": {"a": {"rating": 1000.0}}, "math": []}, '["math"]'),
    ],
)
def test_what_is_no_rating_is_refused(tmp_path: Path, content: object, place: str) -> None:
    """A text, a bare number and a list are named by their place."""
    path = tmp_path / "leaderboard-text.json"
    path.write_text(json.dumps(content))
    assert recognise(path) is not None
    with pytest.raises(MalformedFileError) as caught:
        runs(path)
    assert place in str(caught.value)


def test_arena_hard() -> None:
    """The score is the win rate in percent with its interval; the name's date is the day of publication; tokens are a side metric."""
    first, baseline = runs(HARD, EVERYTHING)
    score, tokens = first.scores
    assert (first.benchmark.name, score.metric, score.value, score.unit) == (
        "Arena-Hard-Auto",
        "win_rate",
        62.35,
        ScoreUnit.PERCENT,
    )
    assert (score.interval_lower, score.interval_upper, score.decimals) == (60.1, 64.78, 2)
    assert (tokens.metric, tokens.value, tokens.unit) == ("avg_tokens", 612.0, None)
    assert first.source.published_on == date(2024, 7, 31)
    assert [len(run.scores) for run in runs(HARD)] == [1, 1]
    assert baseline.scores[0].value == 50.0


def test_first_tables() -> None:
    """Tables of 2023 hold ratings beside MT-Bench and MMLU; dashes are missing."""
    found = {run.benchmark.name: (run.scores[0].value, run.scores[0].unit) for run in runs(FIRST)}
    assert found == {
        "Chatbot Arena": (1054.0, ScoreUnit.ELO),
        "MT-Bench": (6.57, ScoreUnit.POINTS),
        "MMLU": (0.471, ScoreUnit.FRACTION),
    }
    assert {run.model.name for run in runs(FIRST)} == {"Toy-Chat-7B"}


def test_later_tables() -> None:
    """The key names the model, the display name is the label, a dash is no maker."""
    found = runs(OLD)
    assert [(run.model.name, run.benchmark.name, run.label) for run in found] == [
        ("toy-chat-large", "MT-Bench", "Toy Chat (large)"),
        ("toy-chat-large", "MMLU", "Toy Chat (large)"),
        ("toy-chat-small", "MMLU", "Toy-Chat-Small"),
    ]
    assert [(run.model.organization, run.model.licence) for run in found[1:]] == [
        ("Toy Lab", "Proprietary"),
        (None, "Apache 2.0"),
    ]
