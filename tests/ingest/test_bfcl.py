"""Tables and score files of BFCL, with expected values read from the files by eye."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from benchdb.errors import MalformedFileError
from benchdb.ingest.conformance import ImporterConformance
from benchdb.ingest.formats.bfcl import IMPORTER, read
from benchdb.ingest.importer import ReadOptions, recognise
from benchdb.schema.vocab import ScoreUnit

if TYPE_CHECKING:
    from benchdb.ingest.records import RunRecord, ScoreRecord

DATA = Path(__file__).parents[1] / "data"
OWN = DATA / "bfcl"
FIRST, SCORES = OWN / "v1" / "data.csv", OWN / "v4" / "score"
OVERALL, LIVE, FORMATS = (SCORES / f"data_{name}.csv" for name in ("overall", "live", "format_sensitivity"))
RELEVANCE = SCORES / "example-org_toy-7b-FC" / "live" / "BFCL_v4_live_relevance_score.json"
PARALLEL = RELEVANCE.with_name("BFCL_v4_live_parallel_score.json")

RUN = OWN / "v4-generated" / "score"
"""What the tool wrote in a run here: two categories, all others not run."""


class TestConformance(ImporterConformance):
    """What holds for every importer."""

    importer = IMPORTER
    fixtures: ClassVar = [
        FIRST,
        OVERALL,
        LIVE,
        FORMATS,
        RELEVANCE,
        PARALLEL,
        RUN / "data_non_live.csv",
        *sorted(RUN.rglob("*_score.json")),
    ]
    foreign: ClassVar = sorted(path for path in DATA.rglob("*") if path.is_file() and "bfcl" not in path.parts)
    options = ReadOptions(all_metrics=True)
    cut_is_error = False
    fills = frozenset({
        "SourceRecord.harness", "ModelRecord.name", "ModelRecord.organization", "ModelRecord.licence", "BenchmarkRecord.name",
        "RunRecord.subset", "RunRecord.raw", "ProtocolRecord.harness", "ProtocolRecord.scaffold", "ProtocolRecord.engine",
        "ProtocolRecord.prompt_hash", "ScoreRecord.metric", "ScoreRecord.value", "ScoreRecord.unit", "ScoreRecord.decimals",
        "ScoreRecord.is_aggregate", "ScoreRecord.n_items", "ScoreRecord.place",
    })  # fmt: skip


def test_groups_of_which_nothing_was_run_have_no_score() -> None:
    """The tool writes 0.00% for live, multi turn and agentic items, of which it ran none; half of two categories is right."""
    assert {name: runs_of(RUN / f"data_{name}.csv") for name in ("live", "multi_turn", "agentic")} == {
        "live": [], "multi_turn": [], "agentic": [],
    }  # fmt: skip
    (overall,) = runs_of(RUN / "data_overall.csv")
    assert (overall.subset, overall.scores[0].value, overall.model.name) == ("", 2.92, "Toy 7B")
    found = {run.subset: run.scores[0].value for run in runs_of(RUN / "data_non_live.csv")}
    assert found == {"Non-Live": 4.17, "Non-Live Python Simple AST": 50.0, "Non-Live Irrelevance Detection": 50.0}
    for path in RUN.rglob("*_score.json"):
        (run,) = runs_of(path)
        assert (run.scores[0].value, run.scores[0].n_items) == (0.5, 2)
        assert (run.raw or {})["failed"] in (["simple_python_1"], ["irrelevance_1"])


def test_a_zero_that_was_measured_stays(tmp_path: Path) -> None:
    """0 % of a group of which something was run is a score."""
    path = tmp_path / "data_live.csv"
    text = (RUN / "data_live.csv").read_text()
    assert text.endswith("0.00%,N/A,N/A,N/A,N/A,N/A,N/A,N/A")
    path.write_text(text.removesuffix("N/A") + "0.00%")
    assert {run.subset: run.scores[0].value for run in runs_of(path)} == {"Live": 0.0, "Live Relevance Detection": 0.0}


def runs_of(path: Path, **options: Any) -> list[RunRecord]:
    """Return the runs of a file."""
    return list(read(path, ReadOptions(**options)))


def scores_of(path: Path, model: str, **options: Any) -> dict[tuple[str, str], ScoreRecord]:
    """Return a model's scores by subset and metric."""
    return {
        (run.subset, score.metric): score
        for run in runs_of(path, **options)
        if run.model.name == model
        for score in run.scores
    }


def test_the_overall_table() -> None:
    """Accuracies are percentages by subset, summaries are aggregates, what was not run is missing and said to be."""
    scores = scores_of(OVERALL, "example-org/toy-7b")
    assert {subset: (score.value, score.is_aggregate) for (subset, _), score in scores.items()} == {
        "": (33.06, True), "Non-Live AST": (37.56, True), "Non-Live Simple AST": (64.25, False), "Live": (73.72, True),
        "Multi Turn": (45.0, True), "Multi Turn Base": (50.0, False), "Relevance Detection": (75.0, False),
    }  # fmt: skip
    assert {(metric, score.unit, score.decimals) for (_, metric), score in scores.items()} == {
        ("accuracy", ScoreUnit.PERCENT, 2)
    }
    assert scores["", "accuracy"].place == "row 2, column Overall Acc"
    raw = runs_of(OVERALL)[0].raw
    assert raw is not None
    assert raw["not_run"] == ["Web Search Acc", "Memory Acc", "Format Sensitivity Max Delta"]


def test_modes_and_engines_are_no_part_of_a_name() -> None:
    """The mode with what follows is the scaffold, a known engine the engine; other brackets stay in the name."""
    run = runs_of(OVERALL)[0]
    assert (run.model.name, run.protocol.scaffold, run.protocol.engine) == ("example-org/toy-7b", "FC", "vLLM")
    assert (run.model.organization, run.model.licence) == ("Example Org", "apache-2.0")
    first = {run.model.name: run.protocol.scaffold for run in runs_of(FIRST)}
    assert first == {"Toy-3.5": "Prompt, Optimized", "Toy (beta)": None}


def test_versions() -> None:
    """The columns of an overall table show the version, and tell it to the tables beside; the user may say it."""
    assert [runs_of(path, all_metrics=True)[0].benchmark.name for path in (FIRST, OVERALL, LIVE, FORMATS, RELEVANCE)] == [
        "BFCL v1", "BFCL v4", "BFCL v4", "BFCL v4", "BFCL v4",
    ]  # fmt: skip
    assert IMPORTER.companions(LIVE) == [OVERALL]
    assert not IMPORTER.companions(OVERALL)
    assert runs_of(FIRST, columns={"benchmark": "=BFCL"})[0].benchmark.name == "BFCL"
    assert {recognise(path).name for path in TestConformance.fixtures} == {"bfcl"}


def test_a_table_alone(tmp_path: Path) -> None:
    """Without the overall table beside it, a table of live categories shows no version."""
    path = tmp_path / "data_live.csv"
    path.write_text(LIVE.read_text(), encoding="utf-8")
    assert {run.benchmark.name for run in runs_of(path)} == {"BFCL"}


def test_parts_of_a_table_are_named_as_in_the_overall_one() -> None:
    """In the table of live categories every subset is one of live data; columns of several languages make an aggregate."""
    scores = scores_of(LIVE, "example-org/toy-7b")
    assert {subset: score.is_aggregate for (subset, _), score in scores.items()} == {
        "Live": True, "Live AST": True, "Live Python Simple AST": False, "Live Relevance Detection": False,
    }  # fmt: skip
    assert scores_of(FIRST, "Toy-3.5")["Simple Function AST", "accuracy"].is_aggregate


def test_side_metrics() -> None:
    """Costs, latencies and format sensitivity come with all metrics, each configuration of formats as a prompt of its own."""
    every = scores_of(OVERALL, "example-org/toy-7b", all_metrics=True)
    assert (every["", "Total Cost ($)"].value, every["", "Total Cost ($)"].unit) == (2.07, ScoreUnit.USD)
    assert every["", "Latency Mean (s)"].unit is ScoreUnit.SECONDS
    assert runs_of(FORMATS) == []
    formats = runs_of(FORMATS, all_metrics=True)
    assert [(run.subset, run.scores[0].metric, run.scores[0].value, run.scores[0].unit) for run in formats] == [
        ("Format Sensitivity", "Format Sensitivity Max Delta", 12.5, ScoreUnit.PERCENT), ("Format Sensitivity", "Format Sensitivity Standard Deviation", 3.1, None),
        ("Format Sensitivity", "accuracy", 70.0, ScoreUnit.PERCENT),
    ]  # fmt: skip
    assert formats[2].protocol.prompt_hash == "ret_fmt=python&tool_call_tag=True"


def test_score_files() -> None:
    """Accuracy and count stand in the first line; failed items alone make no outcomes; a model's folder names it where no line does."""
    (relevance,), (parallel,) = runs_of(RELEVANCE), runs_of(PARALLEL)
    assert (relevance.model.name, relevance.protocol.scaffold, relevance.subset) == (
        "example-org/toy-7b",
        "FC",
        "live_relevance",
    )
    score = relevance.scores[0]
    assert (score.value, score.unit, score.n_items, score.place) == (0.875, ScoreUnit.FRACTION, 16, "line 1, accuracy")
    assert (relevance.outcomes, relevance.raw) == (
        (), {"model": "example-org_toy-7b-FC", "correct_count": 14, "failed": ["live_relevance_10-10-0", "35"]},
    )  # fmt: skip
    assert (parallel.model.name, parallel.subset, parallel.scores[0].value) == (
        "example-org/toy-7b",
        "live_parallel",
        1.0,
    )


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "data.csv",
            "Rank,Overall Acc,Model\n1,good,M\n",
            'row 2, column Overall Acc: expected a number, found "good"',
        ),
        ("data.csv", "Rank,Overall Acc,Model\n1,1%,\n", "row 2: expected a text in column Model"),
        ("data.csv", "Rank,Overall Acc,Model\n", "rows below the header"),
        ("other.json", '{"accuracy": 1.0, "correct_count": 1, "total_count": 1}\n', "a score of nothing"),
        ("a_score.json", '{"accuracy": 1.0, "correct_count": 0, "total_count": 0}\n', "line 1"),
    ],
)
def test_errors_name_the_place(tmp_path: Path, name: str, text: str, message: str) -> None:
    """What is no number or belongs to no model is an error with its place."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MalformedFileError, match=message):
        runs_of(path)


def test_shared_samples(shared_samples: Path) -> None:
    """Numbers of real tables and score files of three ages."""
    folder = shared_samples / "bfcl"
    scores = scores_of(folder / "v4" / "score" / "data_overall.csv", "openai/gpt-oss-120b", all_metrics=True)
    assert (scores["", "accuracy"].value, scores["Live", "accuracy"].value, scores["", "Total Cost ($)"].value) == (
        33.06,
        73.72,
        2.07,
    )
    assert ("Memory", "accuracy") not in scores
    (relevance,) = runs_of(
        folder / "v4" / "score" / "openai_gpt-oss-20b" / "live" / "BFCL_v4_live_relevance_score.json"
    )
    assert (relevance.model.name, relevance.scores[0].value, relevance.scores[0].n_items) == (
        "openai/gpt-oss-20b",
        0.875,
        16,
    )
    (old,) = (folder / "2024-08" / "score").rglob("*_score.json")
    (simple,) = runs_of(old)
    assert (simple.model.name, simple.scores[0].value, simple.scores[0].n_items) == ("gpt-4o-2024-05-13", 0.96, 100)
    assert simple.raw is not None
    assert len(simple.raw["failed"]) == 4  # type: ignore[arg-type]  # JSON
    first = [run for run in runs_of(folder / "2024-07" / "data.csv") if not run.subset]
    assert (len(first), first[0].model.name, first[0].scores[0].value) == (49, "Claude-3.5-Sonnet-20240620", 90.18)
    assert (first[0].benchmark.name, first[0].protocol.scaffold) == ("BFCL v1", "Prompt")
