"""Results of EvalPlus, with expected values counted by hand from the statuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from benchdb.errors import MalformedFileError
from benchdb.ingest.conformance import ImporterConformance
from benchdb.ingest.formats.evalplus import IMPORTER, read, sniff
from benchdb.ingest.importer import ReadOptions, recognise
from benchdb.ingest.logs.code_boards import billions, decimals_of, maker_of, without_slash
from benchdb.ingest.logs.pass_at_k import Attempts
from benchdb.schema.vocab import ScoreUnit, SourceKind

if TYPE_CHECKING:
    from benchdb.ingest.records import RunRecord

DATA = Path(__file__).parents[1] / "data"
HERE = DATA / "evalplus"
TWO = HERE / "0.3" / "example-org--toy-7b_vllm_temp_0.2-sanitized_eval_results.json"
BASE_ONLY = HERE / "0.3" / "example-org--toy-7b_hf_temp_0.0.eval_results.json"
BOARD = HERE / "0.3" / "results.json"
OLD = HERE / "0.1" / "humaneval" / "toy-7b_temp_0.8" / "eval_results.json"
RUN = HERE / "0.3.1-generated"
"""What the tool wrote in a run here."""
NAMED = ReadOptions(columns={"model": "=toy"})


class TestConformance(ImporterConformance):
    """What holds for every importer."""

    importer = IMPORTER
    fixtures: ClassVar = sorted(HERE.rglob("*.json"))
    foreign: ClassVar = sorted(path for path in DATA.rglob("*.*") if path.is_file() and "evalplus" not in path.parts)
    fills = frozenset({
        "SourceRecord.kind", "SourceRecord.title", "SourceRecord.harness", "ModelRecord.name", "ModelRecord.organization",
        "BenchmarkRecord.name", "RunRecord.label", "RunRecord.raw",
        *(f"ProtocolRecord.{name}" for name in (
            "temperature", "samples_per_item", "harness", "harness_task", "dataset_revision", "extraction", "engine",
        )),
        *(f"ScoreRecord.{name}" for name in ("metric", "value", "unit", "decimals", "n_items", "samples_per_item", "place")),
        "OutcomeBlock.keys", "OutcomeBlock.n_attempts", "OutcomeBlock.n_correct",
    })  # fmt: skip


def runs(path: Path, options: ReadOptions | None = None) -> dict[str, RunRecord]:
    """Return the runs of a file by benchmark."""
    return {run.benchmark.name: run for run in read(path, options or ReadOptions())}


def write(path: Path, tasks: dict[str, Any]) -> Path:
    """Return the path of a run file with these problems."""
    path.write_text(json.dumps({"date": "2026-01-01 00:00", "hash": "x", "eval": tasks}))
    return path


def test_plus_needs_both_sets_of_tests() -> None:
    """Base: 2, 0, 2 and 1 of 2 attempts right; HumanEval/1 passes only the added tests, which does not count."""
    found = runs(TWO)
    assert set(found) == {"HumanEval", "HumanEval+"}
    (base,), (plus,) = (list(found[name].outcomes) for name in ("HumanEval", "HumanEval+"))
    assert (base.keys, base.n_attempts) == ([f"HumanEval/{n}" for n in range(4)], [2, 2, 2, 2])
    assert (base.n_correct, plus.n_correct) == ([2, 0, 2, 1], [1, 0, 2, 1])
    (score,) = found["HumanEval"].scores
    assert (score.metric, score.value, score.unit, score.n_items, score.samples_per_item) == (
        "pass@1", 0.625, ScoreUnit.FRACTION, 4, 2,
    )  # fmt: skip
    assert found["HumanEval+"].scores[0].value == 0.5


def test_settings_stand_in_the_name() -> None:
    """Model, backend, temperature and post-processing come from the name that the tool gives."""
    run = runs(TWO)["HumanEval"]
    protocol = run.protocol
    assert (run.model.name, run.label, run.ran_at) == ("example-org/toy-7b", "2026-01-15 10:15", None)
    assert (protocol.engine, protocol.temperature, protocol.extraction) == ("vllm", 0.2, "sanitized")
    assert (protocol.samples_per_item, protocol.dataset_revision) == (2, "0123456789abcdef0123456789abcdef")
    assert runs(BASE_ONLY)["MBPP (EvalPlus base)"].protocol.extraction is None


def test_a_base_only_run_has_no_plus_run() -> None:
    """A null plus status is not a failure; a problem without attempts is left out; what the file states is taken."""
    found = runs(BASE_ONLY)
    assert set(found) == {"MBPP (EvalPlus base)"}
    run = found["MBPP (EvalPlus base)"]
    assert [(score.metric, score.value, score.place) for score in run.scores] == [
        ("pass@1", 0.5, 'pass_at_k.base["pass@1"]')
    ]
    assert [list(block.keys) for block in run.outcomes] == [["Mbpp/2", "Mbpp/3"]]


def test_old_files_hold_lists_of_statuses() -> None:
    """Version 0.1 writes "success" and names model and temperature in the folder."""
    found = runs(OLD)
    assert (found["HumanEval"].scores[0].value, found["HumanEval+"].scores[0].value) == (0.75, 0.5)
    assert (found["HumanEval"].model.name, found["HumanEval"].protocol.temperature) == ("toy-7b", 0.8)


def test_samples_can_be_left_out() -> None:
    """Without samples the scores stay."""
    run = runs(TWO, ReadOptions(with_samples=False))["HumanEval"]
    assert (run.outcomes, run.scores[0].value) == ((), 0.625)


def test_the_leaderboard_is_in_percent() -> None:
    """Each benchmark is a run; null is no score, size is not taken for a total, a display name stays whole."""
    found = [(run.model.name, run.benchmark.name, run.scores[0].value) for run in read(BOARD, ReadOptions())]
    assert found == [
        ("toy-7b", "HumanEval", 61.6),
        ("toy-7b", "HumanEval+", 53.0),
        ("toy-7b", "MBPP (EvalPlus base)", 76.9),
        ("toy-7b", "MBPP+", 62.9),
        ("Toy MoE (Nov 2024)", "HumanEval", 91.5),
        ("Toy MoE (Nov 2024)", "HumanEval+", 86.6),
    ]
    first, *_, last = read(BOARD, ReadOptions())
    assert (first.model.organization, last.model.organization) == ("example-org", None)
    assert (last.model.n_parameters, last.raw and last.raw["size"]) == (None, 37)
    assert (first.source.kind, first.scores[0].unit) == (SourceKind.LEADERBOARD, ScoreUnit.PERCENT)
    assert first.scores[0].decimals == 1
    assert first.scores[0].place == '["toy-7b"]["pass@1"]["humaneval"]'


def test_pass_at_k_is_the_unbiased_estimate() -> None:
    """With 2 of 4 right, pass@2 is 1 - C(2,2)/C(4,2) = 5/6; more attempts than there are give nothing."""
    attempts = Attempts()
    attempts.add("a", [True, True, False, False])
    assert attempts.pass_at(2) == pytest.approx(5 / 6)
    assert (attempts.pass_at(1), attempts.pass_at(5), Attempts().pass_at(1)) == (0.5, None, None)


def test_a_maker_is_taken_only_from_a_link_to_the_same_name() -> None:
    """A link to another model, a page or nothing names no maker."""
    assert maker_of("Toy-7B", "https://huggingface.co/example-org/toy-7b") == "example-org"
    assert maker_of("Toy-7B", "https://huggingface.co/other/toy-7b-hf") is None
    assert (maker_of("Toy", "https://example.org/news/toy"), maker_of("Toy", None)) == (None, None)
    assert (without_slash("Agent A/B one"), without_slash("org/toy")) == ("Agent A-B one", "org/toy")
    assert (decimals_of(82.0, 2), decimals_of(0.1234567890123456, 1)) == (2, None)
    assert [billions(value) for value in (6.7, 0, None, "x")] == [6_700_000_000, None, None, None]


def test_a_run_of_the_tool_itself() -> None:
    """Base: 2, 3 and 4 of 4 attempts right, so 9/12; both sets of tests: 2, 2 and 3, so 7/12; MBPP: 2 of 2, and 1 of 2."""
    found = runs(RUN / "example-org--toy-coder_openai_temp_0.8_eval_results.json")
    (base,), (plus,) = (list(found[name].outcomes) for name in ("HumanEval", "HumanEval+"))
    assert (base.n_attempts, base.n_correct, plus.n_correct) == ([4, 4, 4], [2, 3, 4], [2, 2, 3])
    assert [found[name].scores[0].value for name in found] == [0.75, pytest.approx(7 / 12)]
    protocol = found["HumanEval"].protocol
    assert (found["HumanEval"].model.name, protocol.engine, protocol.temperature) == (
        "example-org/toy-coder",
        "openai",
        0.8,
    )
    assert protocol.dataset_revision == "113fc707f20be1a153c6e81738659241"
    greedy = runs(RUN / "example-org--toy-coder_openai_temp_0.0_eval_results.json")
    assert {name: run.scores[0].value for name, run in greedy.items()} == {"MBPP (EvalPlus base)": 1.0, "MBPP+": 0.5}


def test_raw_answers_are_another_run() -> None:
    """The answers before cleaning hold prose and a fence, so that none runs; the name's ".raw" says which they are."""
    found = runs(RUN / "example-org--toy-coder_openai_temp_0.8.raw_eval_results.json")
    assert [(run.scores[0].value, run.protocol.extraction) for run in found.values()] == [(0.0, "raw")] * 2
    assert found["HumanEval"].model.name == "example-org/toy-coder"
    assert (
        runs(RUN / "example-org--toy-coder_openai_temp_0.8_eval_results.json")["HumanEval"].protocol.extraction is None
    )


@pytest.mark.parametrize(
    ("tasks", "complaint"),
    [
        ({"HumanEval/0": [{"plus_status": "pass"}]}, r'eval\["HumanEval/0"\]\[0\]\.base_status'),
        ({"HumanEval/0": ["pass"]}, "base_status"),
        ({"HumanEval/0": 1}, "a list of attempts"),
        ({"HumanEval/0": {"nfiles": 1, "base": [[]]}}, r"base\[0\]"),
        ({"HumanEval/0": {"nfiles": 1, "base": [["success", []]], "plus": [["success", []]] * 2}}, "2 attempts"),
        ({"HumanEval/0": []}, "no attempt"),
        ({"Other/0": [{"base_status": "pass", "plus_status": None}]}, "HumanEval or MBPP"),
    ],
)
def test_broken_parts_are_named(tmp_path: Path, tasks: dict[str, Any], complaint: str) -> None:
    """The message names the place."""
    path = write(tmp_path / "toy_temp_0.0.json", tasks)
    with pytest.raises(MalformedFileError, match=complaint):
        list(read(path, ReadOptions()))


def test_a_file_without_a_model_asks_for_it(tmp_path: Path) -> None:
    """No name is made up from another file name; the user can say it."""
    path = write(tmp_path / "generated_eval_results.json", {"Mbpp/2": [{"base_status": "pass", "plus_status": "fail"}]})
    with pytest.raises(MalformedFileError, match="--map model==NAME"):
        list(read(path, ReadOptions()))
    found = runs(path, NAMED)
    assert (found["MBPP+"].scores[0].value, found["MBPP+"].model.name) == (0.0, "toy")


@pytest.mark.parametrize("value", ["61.6", True])
def test_a_board_with_text_for_a_number_is_an_error(tmp_path: Path, value: object) -> None:
    """The place names model and column."""
    path = tmp_path / "results.json"
    path.write_text(json.dumps({"toy": {"pass@1": {"humaneval+": value}}}))
    with pytest.raises(MalformedFileError, match=r'"humaneval\+"'):
        list(read(path, ReadOptions()))
    path.write_text('{"toy": {"pass@1": 1.0}}')
    with pytest.raises(MalformedFileError, match="scores by benchmark"):
        list(read(path, ReadOptions()))


def test_other_results_are_not_claimed() -> None:
    """Files of EvalPerf and of BigCodeBench are of another shape."""
    assert not sniff(b'{"eval": {"HumanEval/0": {"dps": 80.0}}}', "x_evalperf_results.brief.json")
    assert not sniff(b'{"eval": {"BigCodeBench/0": [{"status": "pass"}]}}', "x_eval_results.json")
    assert not sniff(b"[]", "x.json")


class TestSharedSamples:
    """Facts of real files, checked against the files by hand."""

    def test_leaderboard(self, shared_samples: Path) -> None:
        """125 models, of which 36 have no MBPP+."""
        path = shared_samples / "evalplus" / "results.json"
        assert recognise(path).name == "evalplus"
        found = list(read(path, ReadOptions()))
        assert len({run.model.name for run in found}) == 125
        assert sum(run.benchmark.name == "MBPP+" for run in found) == 125 - 36
        values = {(run.model.name, run.benchmark.name): run.scores[0].value for run in found}
        assert [values["OpenCoder-8B-Instruct", name] for name in ("HumanEval", "HumanEval+", "MBPP+")] == [
            81.7,
            77.4,
            71.4,
        ]
        assert values["DeepSeek-V3 (Nov 2024)", "HumanEval+"] == 86.6

    def test_run(self, shared_samples: Path) -> None:
        """101 of 164 problems pass the base tests, 87 both; two pass only the added ones."""
        path = next((shared_samples / "evalplus").rglob("generated_eval_results.json"))
        assert recognise(path).name == "evalplus"
        found = runs(path, NAMED)
        assert found["HumanEval"].scores[0].value == 0.6158536585365854
        assert found["HumanEval+"].scores[0].value == 0.5304878048780488
        assert (found["HumanEval"].scores[0].n_items, found["HumanEval"].label) == (164, "2024-09-24 21:14")
        marks = [
            dict(zip(block.keys, block.n_correct or (), strict=True))
            for run in (found["HumanEval"], found["HumanEval+"])
            for block in run.outcomes
        ]
        assert [
            (sum(value or 0 for value in each.values()), each["HumanEval/0"], each["HumanEval/32"]) for each in marks
        ] == [
            (101, 1, 0),
            (87, 1, 0),
        ]
