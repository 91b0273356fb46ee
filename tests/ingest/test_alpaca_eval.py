"""AlpacaEval leaderboards and annotations, with expected values read from the files by eye or computed by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from benchdb.errors import MalformedFileError
from benchdb.ingest.conformance import ImporterConformance
from benchdb.ingest.formats.alpaca_eval import IMPORTER, read
from benchdb.ingest.importer import ReadOptions, recognise
from benchdb.schema.vocab import ScoreUnit, SourceKind, StderrMethod

if TYPE_CHECKING:
    from benchdb.ingest.records import RunRecord

DATA = Path(__file__).parents[1] / "data"
OWN = DATA / "alpaca_eval"
BOARD = OWN / "data_AlpacaEval_2" / "weighted_alpaca_eval_gpt4_turbo_leaderboard.csv"
EXPORT = OWN / "export" / BOARD.name
ANNOTATIONS = OWN / "results" / "annotations.json"

JUDGED = OWN / "0.6.6-generated" / "results" / "toy_judge"
"""What the tool wrote in a run here, with a judge and a baseline of our own."""
TOY = {"benchmark": "=Toy instructions"}


class TestConformance(ImporterConformance):
    """What holds for every importer."""

    importer = IMPORTER
    fixtures: ClassVar = [BOARD, EXPORT, ANNOTATIONS]
    foreign: ClassVar = sorted(path for path in DATA.rglob("*") if path.is_file() and "alpaca_eval" not in path.parts)
    cut_is_error = False
    fills = frozenset({
        "SourceRecord.title", "SourceRecord.harness", "ModelRecord.name", "BenchmarkRecord.name", "RunRecord.raw",
        "ProtocolRecord.harness", "ProtocolRecord.extraction", "ScoreRecord.metric", "ScoreRecord.value", "ScoreRecord.unit",
        "ScoreRecord.stderr", "ScoreRecord.stderr_method", "ScoreRecord.n_items", "ScoreRecord.place", "OutcomeBlock.keys",
        "OutcomeBlock.n_attempts", "OutcomeBlock.values", "OutcomeBlock.clusters",
    })  # fmt: skip


def runs_of(path: Path, **options: Any) -> list[RunRecord]:
    """Return the runs of a file."""
    return list(read(path, ReadOptions(**options)))


def test_a_leaderboard() -> None:
    """Win rates are percentages with their errors; the folder is the version, the file's name the judge; empty cells are missing."""
    null, verbose = runs_of(BOARD)
    assert (null.model.name, null.benchmark.name, null.protocol.extraction) == (
        "ToyNull",
        "AlpacaEval 2",
        "weighted_alpaca_eval_gpt4_turbo",
    )
    plain, controlled = null.scores
    assert (plain.value, plain.unit, plain.n_items) == (76.91979180386511, ScoreUnit.PERCENT, 805)
    assert (plain.stderr, plain.stderr_method) == (0.9090102449662572, StderrMethod.SAMPLE)
    assert (controlled.metric, controlled.value) == ("length_controlled_winrate", 86.45780691307947)
    assert (controlled.stderr, controlled.stderr_method) == (0.14180005113427935, None)
    assert plain.place == "row 2, column win_rate"
    assert (verbose.model.name, [score.metric for score in verbose.scores]) == ("toy-7b_verbose", ["win_rate"])
    assert null.raw == {"mode": "community", "n_wins": "676", "n_wins_base": "129", "n_draws": "0"}


def test_side_columns() -> None:
    """The discrete win rate and the length of answers come with all metrics."""
    found = {score.metric: (score.value, score.unit) for score in runs_of(BOARD, all_metrics=True)[0].scores}
    assert found["discrete_win_rate"] == (83.97, ScoreUnit.PERCENT)
    assert found["avg_length"] == (872.0, None)


def test_the_export_of_the_site() -> None:
    """The export has no errors and adds remarks to names, which stay; its judge tells the version."""
    (run,) = runs_of(EXPORT)
    assert (run.model.name, run.benchmark.name) == ("ToyNull (adversarial)", "AlpacaEval 2")
    assert {score.metric: score.value for score in run.scores}["win_rate"] == 76.91979180386511
    assert [recognise(path).name for path in (BOARD, EXPORT, ANNOTATIONS)] == ["alpaca-eval"] * 3


def test_annotations() -> None:
    """1 is a loss, 2 a win, 0 and 1.5 are draws, between them a share, null is left out; an instruction may occur twice."""
    (run,) = runs_of(ANNOTATIONS)
    assert (run.model.name, run.benchmark.name, run.protocol.extraction) == (
        "toy-7b",
        "AlpacaEval 1",
        "alpaca_eval_gpt4",
    )
    (block,) = run.outcomes
    assert (block.metric, block.values, block.n_attempts) == (
        "win_rate",
        [0.0, 1.0, 0.5, 0.5, 0.25, 1.0],
        [1] * 6,
    )
    assert len(set(block.keys)) == 6
    assert block.keys[5] == f"{block.keys[0]}#2"
    assert set(block.clusters or ()) == {"koala"}
    assert (run.scores, run.raw) == ((), {"baseline": "text_davinci_003", "n_not_judged": 1})
    assert not runs_of(ANNOTATIONS, with_samples=False)[0].outcomes


class TestConformanceOfARun(ImporterConformance):
    """What holds for every importer, on files of a run with another judge and baseline, whose benchmark the user names."""

    importer = IMPORTER
    fixtures: ClassVar = [JUDGED / "leaderboard.csv", JUDGED / "annotations.json"]
    options = ReadOptions(columns=TOY)
    cut_is_error = False
    fills = frozenset({"ProtocolRecord.harness_version"})


def test_a_run_of_the_tool_itself() -> None:
    """Three wins, a draw and a loss: 70 % with an error of 20; the folder names the judge, and the file is the source."""
    (run,) = runs_of(JUDGED / "leaderboard.csv", columns=TOY)
    (score,) = run.scores
    assert (run.model.name, run.benchmark.name, run.protocol.extraction) == (
        "toy-model",
        "Toy instructions",
        "toy_judge",
    )
    assert (run.source.kind, run.source.is_file) == (SourceKind.HARNESS_LOG, True)
    assert (score.metric, score.value, score.n_items) == ("win_rate", 70.0, 5)
    assert score.stderr == pytest.approx(20.0)
    (annotated,) = runs_of(JUDGED / "annotations.json", columns=TOY)
    (block,) = annotated.outcomes
    assert (block.values, block.clusters) == ([1.0, 0.0, 1.0, 0.5, 1.0], ["koala"] * 2 + ["vicuna"] * 3)
    assert (annotated.protocol.extraction, annotated.protocol.harness_version) == ("toy_judge", "0.6.6")


def test_the_folder_of_a_run_can_tell_the_version(tmp_path: Path) -> None:
    """A run with the judge of version 2 is of that version; it is not the public leaderboard."""
    folder = tmp_path / "weighted_alpaca_eval_gpt4_turbo"
    folder.mkdir()
    (folder / "leaderboard.csv").write_text((JUDGED / "leaderboard.csv").read_text())
    (run,) = runs_of(folder / "leaderboard.csv")
    assert (run.benchmark.name, run.source.title) == ("AlpacaEval 2", None)


def test_someone_has_to_name_the_version(tmp_path: Path) -> None:
    """A leaderboard of another judge in another folder, or a baseline nobody knows, needs the user's word."""
    board = tmp_path / "my_judge_leaderboard.csv"
    board.write_text(BOARD.read_text(), encoding="utf-8")
    with pytest.raises(MalformedFileError, match='--map "benchmark==AlpacaEval 2"'):
        runs_of(board)
    assert runs_of(board, columns={"benchmark": "=Own"})[0].benchmark.name == "Own"
    rows = [row | {"generator_1": "my-baseline"} for row in json.loads(ANNOTATIONS.read_text())]
    path = tmp_path / "annotations.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    with pytest.raises(MalformedFileError, match='found "my-baseline"'):
        runs_of(path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"preference": "2"}, r"\[0\].preference: expected a number from 1 to 2"),
        ({"preference": 3}, r"\[0\].preference: expected a number from 1 to 2.*found 3"),
        ({"generator_2": None}, r"\[0\].generator_2: expected a text, found nothing"),
        ({"instruction": ""}, r"\[0\].instruction: expected a text, found nothing"),
    ],
)
def test_broken_annotations(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    """An annotation that cannot be one is an error with its place."""
    path = tmp_path / "annotations.json"
    path.write_text(json.dumps([json.loads(ANNOTATIONS.read_text())[0] | change]), encoding="utf-8")
    with pytest.raises(MalformedFileError, match=message):
        runs_of(path)


def test_broken_leaderboards(tmp_path: Path) -> None:
    """A cell that is no number, a row without a name and a table without rows are errors."""
    path = tmp_path / "alpaca_eval_gpt4_leaderboard.csv"
    for rows, message in (
        ("m,high,805\n", 'row 2, column win_rate.*"high"'),
        (",1,805\n", "row 2"),
        ("", "rows below the header"),
    ):
        path.write_text(f",win_rate,n_total\n{rows}", encoding="utf-8")
        with pytest.raises(MalformedFileError, match=message):
            runs_of(path)
    path.write_text("[7]", encoding="utf-8")
    with pytest.raises(MalformedFileError, match=r"\[0\]: expected a JSON object"):
        runs_of(path)


def test_shared_samples(shared_samples: Path) -> None:
    """Counts and numbers of real leaderboards; the mean of the real annotations is the win rate on the leaderboard."""
    folder = shared_samples / "alpaca_eval"
    second = runs_of(folder / "data_AlpacaEval_2" / BOARD.name)
    assert (len(second), second[0].model.name, second[0].scores[0].value) == (223, "NullModel", 76.91979180386511)
    errors = [score.stderr for run in second for score in run.scores if score.metric == "length_controlled_winrate"]
    assert errors.count(None) == 175
    first = {run.model.name: run for run in runs_of(folder / "data_AlpacaEval" / "alpaca_eval_gpt4_leaderboard.csv")}
    assert (len(first), first["gpt4_1106_preview"].scores[0].value) == (102, 97.69900497512438)
    assert first["gpt4_1106_preview"].benchmark.name == "AlpacaEval 1"
    (annotated,) = runs_of(folder / "results" / "text_davinci_001" / "alpaca_eval_gpt4" / "annotations.json")
    (block,) = annotated.outcomes
    mean = sum(value or 0.0 for value in block.values or ()) / len(block.keys)
    assert len(block.keys) == 804
    assert 100 * mean == pytest.approx(15.17412935323383, abs=1e-12)
    assert first["text_davinci_001"].scores[0].value == pytest.approx(100 * mean, abs=1e-12)
