"""Results of BigCodeBench, with expected values counted by hand from the statuses."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from benchdb.errors import MalformedFileError
from benchdb.ingest.conformance import ImporterConformance
from benchdb.ingest.formats.bigcodebench import IMPORTER, read, sniff
from benchdb.ingest.importer import ReadOptions, recognise
from benchdb.schema.vocab import ScoreUnit, SourceKind

if TYPE_CHECKING:
    from benchdb.ingest.records import RunRecord

DATA = Path(__file__).parents[1] / "data"
HERE = DATA / "bigcodebench" / "0.2"
RUN = next(HERE.glob("*_eval_results.json"))
RATES = next(HERE.glob("example*_pass_at_k.json"))
ALONE = HERE / "alone_pass_at_k.json"
BOARD = HERE / "results-hard.json"
GENERATED = {path.name.split("--")[3]: path for path in (HERE.parent / "0.2.5-generated").glob("*_eval_results.json")}
"""What the tool wrote in runs here, by set and prompt."""
INSTRUCT, COMPLETE = GENERATED["bigcodebench-instruct"], GENERATED["bigcodebench-hard-complete"]
NAMED = ReadOptions(columns={"model": "=toy", "subset": "=complete"})


class TestConformance(ImporterConformance):
    """What holds for every importer."""

    importer = IMPORTER
    fixtures: ClassVar = [RUN, ALONE, BOARD, INSTRUCT, COMPLETE]
    foreign: ClassVar = sorted(
        path for path in DATA.rglob("*.*") if path.is_file() and "bigcodebench" not in path.parts
    )
    fills = frozenset({
        "SourceRecord.kind", "SourceRecord.title", "SourceRecord.harness", "ModelRecord.name", "ModelRecord.organization",
        "ModelRecord.n_parameters", "ModelRecord.n_active_parameters", "BenchmarkRecord.name", "RunRecord.label",
        "RunRecord.raw", "RunRecord.subset",
        *(f"ProtocolRecord.{name}" for name in (
            "temperature", "samples_per_item", "harness", "extraction", "engine", "model_revision", "max_tokens",
            "reasoning_effort",
        )),
        *(f"ScoreRecord.{name}" for name in ("metric", "value", "unit", "n_items", "place")),
        "OutcomeBlock.keys", "OutcomeBlock.n_attempts", "OutcomeBlock.n_correct",
    })  # fmt: skip


def only(path: Path, options: ReadOptions | None = None) -> RunRecord:
    """Return the only run of a file."""
    (run,) = read(path, options or ReadOptions())
    return run


def write(path: Path, data: dict[str, Any]) -> Path:
    """Return the path of a file that holds this."""
    path.write_text(json.dumps(data))
    return path


def test_problems_are_counted() -> None:
    """1, 2 and 0 of 2 attempts are right; a timeout is not."""
    run = only(RUN)
    (block,) = run.outcomes
    assert (block.metric, block.keys) == ("pass@1", [f"BigCodeBench/{n}" for n in (13, 15, 17)])
    assert (block.n_attempts, block.n_correct) == ([2, 2, 2], [1, 2, 0])
    assert only(RUN, ReadOptions(with_samples=False)).outcomes == ()


def test_runs_of_the_tool_itself() -> None:
    """Three of four attempts are right, and one at each problem; settings stand in the names, pass@k in the files beside."""
    run = only(INSTRUCT)
    assert {score.metric: (score.value, score.n_items) for score in run.scores} == {
        "pass@1": (0.75, 2),
        "pass@2": (1.0, 2),
    }
    (block,) = run.outcomes
    assert dict(zip(block.keys, block.n_correct or (), strict=True)) == {"BigCodeBench/0": 1, "BigCodeBench/1": 2}
    assert (run.model.name, run.benchmark.name, run.subset) == ("example-org/toy-coder", "BigCodeBench", "instruct")
    protocol = run.protocol
    assert (protocol.engine, protocol.temperature, protocol.samples_per_item, protocol.extraction, protocol.model_revision) == (
        "openai", 0.5, 2, "sanitized-calibrated", "main",
    )  # fmt: skip
    hard = only(COMPLETE)
    assert (hard.benchmark.name, hard.subset, [score.value for score in hard.scores]) == (
        "BigCodeBench-Hard",
        "complete",
        [1.0],
    )


def test_the_pass_at_k_file_is_read_along() -> None:
    """Set, prompt and pass@k come from it, the settings from the name; on its own it then yields nothing."""
    run = only(RUN)
    assert (run.model.name, run.benchmark.name, run.subset) == ("example-org/toy-7b", "BigCodeBench-Hard", "instruct")
    protocol = run.protocol
    assert (protocol.model_revision, protocol.engine, protocol.temperature) == ("main", "vllm", 0.8)
    assert (protocol.extraction, protocol.samples_per_item) == ("sanitized-calibrated", 2)
    assert run.raw == {"gt_pass_rate": 0.99, "failed_tasks": ["BigCodeBench/99"]}
    (score,) = run.scores
    assert (score.value, score.unit, score.n_items, score.place) == (
        0.5, ScoreUnit.FRACTION, 3, 'pass_at_k.json["pass@1"]',
    )  # fmt: skip
    assert (IMPORTER.companions(RUN), IMPORTER.companions(BOARD)) == ([RATES], [])
    assert list(read(RATES, ReadOptions())) == []


def test_without_it_the_name_and_the_problems_tell(tmp_path: Path) -> None:
    """The prompt stands in the name, pass@1 is computed, and 148 problems are the hard set."""
    shutil.copy(RUN, tmp_path)
    run = only(tmp_path / RUN.name)
    assert (run.benchmark.name, run.subset) == ("BigCodeBench", "instruct")
    assert [(score.metric, score.value, score.place) for score in run.scores] == [("pass@1", 0.5, "eval")]
    hard = {f"BigCodeBench/{n}": [{"status": "pass"}] for n in range(148)}
    run = only(write(tmp_path / "x_eval_results.json", {"eval": hard}), NAMED)
    assert (run.benchmark.name, run.subset, run.protocol.extraction) == ("BigCodeBench-Hard", "complete", None)


def test_pass_at_k_alone() -> None:
    """A pass@k file without its run is a run without problems."""
    run = only(ALONE)
    assert {score.metric: score.value for score in run.scores} == {"pass@1": 0.25, "pass@5": 0.75}
    assert (run.model.name, run.benchmark.name, run.subset, run.outcomes) == ("toy-api", "BigCodeBench", "complete", ())


@pytest.mark.parametrize(("value", "unit"), [(16.2, ScoreUnit.PERCENT), (0.9, None)])
def test_another_project_may_write_percent(tmp_path: Path, value: float, unit: ScoreUnit | None) -> None:
    """What exceeds 1 is percent; a smaller value could be either."""
    path = write(tmp_path / "results.json", {"pass@1": value, "model": "x.jsonl", "calibrated": True, "subset": "hard"})
    assert only(path, NAMED).scores[0].unit == unit
    assert only(path, NAMED).protocol.extraction == "calibrated"
    with pytest.raises(MalformedFileError, match="--map model==NAME"):
        list(read(path, ReadOptions()))


@pytest.mark.parametrize(
    ("written", "model", "revision"),
    [
        ("toy", "toy", None),
        ("org--toy", "org/toy", None),
        ("toy--main", "toy", "main"),
        ("org--toy--v1", "org/toy", "v1"),
    ],
)
def test_names_of_models(tmp_path: Path, written: str, model: str, revision: str | None) -> None:
    """A revision is the third part, or a second one that can only be a revision."""
    data = {"pass@1": 0.5, "model": written, "calibrated": False, "subset": "full"}
    run = only(write(tmp_path / "x.json", data))
    assert (run.model.name, run.protocol.model_revision) == (model, revision)


def test_the_leaderboard() -> None:
    """Each prompt is a run in percent; null is no score; sizes are billions; settings are split off a name."""
    found = list(read(BOARD, ReadOptions()))
    assert [(run.model.name, run.subset, run.scores[0].value) for run in found] == [
        ("Toy-7B", "instruct", 36.2),
        ("Toy-7B", "complete", 47.6),
        ("Toy-MoE", "complete", 45.3),
        ("toy-o", "instruct", 28.4),
        ("toy-o", "complete", 31.8),
    ]
    assert {run.benchmark.name for run in found} == {"BigCodeBench-Hard"}
    dense, mixture, thinker = found[0].model, found[2].model, found[3]
    assert (dense.organization, dense.n_parameters, dense.n_active_parameters) == ("example-org", 6_700_000_000, None)
    assert (mixture.n_parameters, mixture.n_active_parameters) == (176 * 10**9, 44 * 10**9)
    assert (thinker.model.n_active_parameters, thinker.label) == (
        None,
        "toy-o (temperature=1, length=12800, reasoning=high)",
    )
    protocol = thinker.protocol
    assert (protocol.temperature, protocol.max_tokens, protocol.reasoning_effort) == (1.0, 12800, "high")
    assert (found[0].source.kind, found[0].scores[0].unit) == (SourceKind.LEADERBOARD, ScoreUnit.PERCENT)
    assert found[0].scores[0].place == '["Toy-7B"]["pass@1"].instruct'


def test_which_board_it_is(tmp_path: Path) -> None:
    """The name says "hard" or the user does; a bracket that is no setting stays in the name."""
    data = {"Toy (seed=1)": {"pass@1": {"complete": 1.0}}}
    path = write(tmp_path / "results.json", data)
    assert (only(path).benchmark.name, only(path).model.name) == ("BigCodeBench", "Toy (seed=1)")
    said = ReadOptions(columns={"benchmark": "=BigCodeBench-Hard"})
    assert only(path, said).benchmark.name == "BigCodeBench-Hard"


@pytest.mark.parametrize(
    ("name", "model", "effort", "temperature"),
    [
        ("QwQ (w/ Reasoning)", "QwQ", "reasoning", None),
        ("QwQ (w/o Reasoning)", "QwQ", "none", None),
        ("Deep (w/ Reasoning, 64k tokens, temperature=0.6)", "Deep", "reasoning, 64k tokens", 0.6),
        ("Deep (w/ Search)", "Deep (w- Search)", None, None),
    ],
)
def test_brackets_behind_a_name(
    tmp_path: Path, name: str, model: str, effort: str | None, temperature: float | None
) -> None:
    """Settings are split off; a slash in another remark does not make the beginning a maker."""
    run = only(write(tmp_path / "results.json", {name: {"pass@1": {"complete": 1.0}}}))
    assert (run.model.name, run.protocol.reasoning_effort, run.protocol.temperature) == (model, effort, temperature)


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        ({"eval": {"BigCodeBench/0": [{}]}}, r'eval\["BigCodeBench/0"\]\[0\]\.status'),
        ({"eval": {"BigCodeBench/0": ["pass"]}}, "status"),
        ({"eval": {"BigCodeBench/0": "pass"}}, "a list of attempts"),
        ({"eval": {"BigCodeBench/0": []}}, "no attempt"),
        ({"toy": {"pass@1": 3}}, "scores by prompt"),
        ({"toy": {"pass@1": {"complete": "1"}}}, r"\.complete"),
    ],
)
def test_broken_parts_are_named(tmp_path: Path, data: dict[str, Any], complaint: str) -> None:
    """The message names the place."""
    with pytest.raises(MalformedFileError, match=complaint):
        list(read(write(tmp_path / "x.json", data), NAMED))


def test_other_results_are_not_claimed() -> None:
    """Neither lists nor runs of EvalPlus."""
    assert not sniff(b"[]", "results.json")
    assert not sniff(b'{"eval": {"HumanEval/0": [{"base_status": "pass"}]}}', "x_eval_results.json")


class TestSharedSamples:
    """Facts of real files, checked against the files by hand."""

    def test_leaderboards(self, shared_samples: Path) -> None:
        """202 models in each file, some without scores in the full one."""
        folder = shared_samples / "bigcodebench"
        values = {
            (run.benchmark.name, run.model.name, run.subset): (run.scores[0].value, run.model)
            for name in ("results.json", "results-hard.json")
            for run in read(folder / name, ReadOptions())
        }
        assert recognise(folder / "results.json").name == "bigcodebench"
        magic = [values[name, "Magicoder-S-DS-6.7B", split][0] for name in ("BigCodeBench", "BigCodeBench-Hard")
                 for split in ("instruct", "complete")]  # fmt: skip
        assert magic == [36.2, 47.6, 13.5, 12.8]
        score, model = values["BigCodeBench", "Mixtral-8x22B-Base", "complete"]
        assert (score, model.n_parameters, model.n_active_parameters) == (45.3, 176 * 10**9, 44 * 10**9)
        assert ("BigCodeBench", "Mixtral-8x22B-Base", "instruct") not in values
        assert ("BigCodeBench", "GPT-4.1-Nano-2025-04-14", "complete") not in values
        nano = [values["BigCodeBench-Hard", "GPT-4.1-Nano-2025-04-14", split][0] for split in ("instruct", "complete")]
        assert nano == [28.4, 31.8]

    def test_run(self, shared_samples: Path) -> None:
        """24 of 148 problems pass; the project's own file says the same in percent."""
        folder = shared_samples / "bigcodebench" / "qwen2.5-coder-7b-base"
        path = next(folder.rglob("*_eval_results.json"))
        assert recognise(path).name == "bigcodebench"
        run = only(path, NAMED)
        assert (run.benchmark.name, run.scores[0].value, run.scores[0].n_items) == (
            "BigCodeBench-Hard", 0.16216216216216217, 148,
        )  # fmt: skip
        assert (run.protocol.extraction, run.label) == ("sanitized-calibrated", "2024-09-24 20:28")
        own = {name: only(folder / name / "results.json", NAMED) for name in ("full", "hard")}
        assert recognise(folder / "full" / "results.json").name == "bigcodebench"
        assert [(each.scores[0].value, each.benchmark.name) for each in own.values()] == [
            (45.87719298245614, "BigCodeBench"),
            (16.216216216216218, "BigCodeBench-Hard"),
        ]
