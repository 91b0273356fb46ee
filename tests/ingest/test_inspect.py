"""Inspect logs, with expected values from the tasks' own tables of right answers or computed by hand."""

from __future__ import annotations

import json
import math
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from benchdb.errors import MalformedFileError
from benchdb.ingest import contents
from benchdb.ingest.conformance import ImporterConformance, spell
from benchdb.ingest.formats.inspect import IMPORTER, read, sniff
from benchdb.ingest.importer import ReadOptions, read_head
from benchdb.ingest.logs import archive, json_text
from benchdb.ingest.logs.inspect_samples import to_float
from benchdb.schema.vocab import ScoreUnit, SourceKind, StderrMethod

if TYPE_CHECKING:
    from benchdb.ingest.records import OutcomeBlock, RunRecord, ScoreRecord

DATA = Path(__file__).parents[1] / "data"
LOGS = sorted(path for path in DATA.glob("inspect/*/*") if path.suffix in {".eval", ".json"})
FOREIGN = sorted(path for path in DATA.rglob("*") if path.is_file() and "inspect" not in path.parts)


class TestConformance(ImporterConformance):
    """What holds for every importer."""

    importer = IMPORTER
    fixtures: ClassVar = LOGS
    foreign: ClassVar = FOREIGN
    fills = frozenset({
        "SourceRecord.kind", "SourceRecord.harness", "SourceRecord.harness_version", "ModelRecord.name",
        "BenchmarkRecord.name", "BenchmarkRecord.n_items",
        *(f"ProtocolRecord.{name}" for name in (
            "temperature", "top_p", "max_tokens", "samples_per_item", "seed", "harness", "harness_version", "harness_task",
            "task_version", "extraction", "item_limit", "engine",
        )),
        *(f"ScoreRecord.{name}" for name in (
            "metric", "value", "unit", "stderr", "stderr_method", "interval_lower", "interval_upper", "interval_level", "n_items",
            "k", "place",
        )),
        "RunRecord.subset", "RunRecord.ran_at", "RunRecord.label", "RunRecord.raw",
        *(f"OutcomeBlock.{name}" for name in ("keys", "n_attempts", "n_correct", "values", "dates", "clusters")),
    })  # fmt: skip


def log(task: str) -> Path:
    """Return the real log of a toy task."""
    (path,) = DATA.glob(f"inspect/0.3.285/*_{task}_*")
    return path


def runs_of(path: Path, *, with_samples: bool = True) -> dict[tuple[str, str], RunRecord]:
    """Return the runs of a log by scorer and subset."""
    return {
        (run.protocol.extraction or "", run.subset): run for run in read(path, ReadOptions(with_samples=with_samples))
    }


def scores_of(run: RunRecord) -> dict[str, ScoreRecord]:
    """Return the scores of a run by metric, each of which occurs once."""
    found = {score.metric: score for score in run.scores}
    assert len(found) == len(run.scores)
    return found


def outcomes_of(run: RunRecord) -> dict[str, OutcomeBlock]:
    """Return the outcomes of a run by metric."""
    return {block.metric: block for block in run.outcomes}


def right_by_item(block: OutcomeBlock) -> dict[str, int | None]:
    """Return the right attempts of each item."""
    assert block.n_correct is not None
    return dict(zip(block.keys, block.n_correct, strict=True))


def header(**changes: Any) -> dict[str, Any]:
    """Return a small log in one JSON object, changed; "eval.model" and the like change a member of `eval`."""
    found: dict[str, Any] = {
        "version": 2,
        "status": "success",
        "eval": {
            "task": "toys/sums",
            "task_id": "t1",
            "run_id": "r1",
            "created": "2025-03-01T10:00:00+01:00",
            "model": "openai/toy-1",
            "dataset": {"name": "sums", "samples": 2, "sample_ids": [1, 2]},
            "config": {"epochs": 1},
            "packages": {"inspect_ai": "0.3.100"},
        },
        "plan": {"steps": [], "config": {}},
        "results": {
            "total_samples": 2,
            "completed_samples": 2,
            "scores": [
                {
                    "name": "match",
                    "scorer": "match",
                    "scored_samples": 2,
                    "unscored_samples": 0,
                    "metrics": metrics(accuracy=0.5),
                }
            ],
        },
        "stats": {"started_at": "2025-03-01T10:00:05+01:00"},
        "samples": [
            {"id": 1, "epoch": 1, "scores": {"match": {"value": "C"}}},
            {"id": 2, "epoch": 1, "scores": {"match": {"value": "I"}}},
        ],
    }
    for name, value in changes.items():
        part, _, member = name.rpartition("__")
        (found[part] if part else found)[member] = value
    return found


def metrics(**values: object) -> dict[str, Any]:
    """Return metrics as a log writes them."""
    return {name: {"name": name, "value": value, "params": {}} for name, value in values.items()}


def score(**changes: Any) -> dict[str, Any]:
    """Return one entry of `results.scores`, changed."""
    return {"name": "match", "scorer": "match", "scored_samples": 2, "metrics": metrics(accuracy=0.5), **changes}


def write(tmp_path: Path, data: object, name: str = "log.json") -> Path:
    """Return a file with this content."""
    path = tmp_path / name
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def read_changed(tmp_path: Path, **changes: Any) -> RunRecord:
    """Return the only run of the small log, changed."""
    (run,) = read(write(tmp_path, header(**changes)), ReadOptions())
    return run


def test_reducers_are_parts_of_the_metric() -> None:
    """Three scores that are all called match and accuracy are a mean, pass@2 and a share with three right attempts of four."""
    found = scores_of(runs_of(log("toy-quiz"))["match", ""])
    assert list(found) == ["accuracy", "pass@2", "at_least_3 accuracy"]
    right = (4, 3, 1, 0, 2, 1)
    assert found["accuracy"].value == pytest.approx(sum(right) / 24, abs=1e-15)
    two = [1 - math.comb(4 - n, 2) / 6 for n in right]
    assert found["pass@2"].value == pytest.approx(sum(two) / 6, abs=1e-15)
    assert found["at_least_3 accuracy"].value == pytest.approx(2 / 6, abs=1e-15)
    assert [(each.k, each.unit, each.n_items) for each in found.values()] == [
        (None, ScoreUnit.FRACTION, 6), (2, ScoreUnit.FRACTION, 6), (3, ScoreUnit.FRACTION, 6),
    ]  # fmt: skip


def test_standard_errors_are_the_tools_own() -> None:
    """The plain error is the sample standard deviation of the items' means over the square root of their number."""
    accuracy = scores_of(runs_of(log("toy-quiz"))["match", ""])["accuracy"]
    shares = [n / 4 for n in (4, 3, 1, 0, 2, 1)]
    mean = sum(shares) / 6
    by_hand = math.sqrt(sum((share - mean) ** 2 for share in shares) / 5 / 6)
    assert accuracy.stderr == pytest.approx(by_hand, abs=1e-12)
    assert accuracy.stderr_method is StderrMethod.SAMPLE


def test_a_dict_is_several_metrics() -> None:
    """Each key of a scorer's dict is a metric of its own, under the scorer's name as extraction; its clustered error is named so."""
    run = runs_of(log("toy-quiz"))["two_parts", ""]
    found = scores_of(run)
    assert list(found) == [
        "exact/mean", "letters/mean", "exact/pass@2", "letters/pass@2", "exact/at_least_3 mean", "letters/at_least_3 mean",
    ]  # fmt: skip
    assert (found["exact/mean"].stderr_method, found["letters/mean"].stderr_method) == (
        StderrMethod.SAMPLE,
        StderrMethod.CLUSTERED,
    )
    assert (found["letters/mean"].unit, found["exact/pass@2"].unit) == (None, ScoreUnit.FRACTION)
    letters = [5, 5, 7.25, 8, 8, 7.75]
    assert found["letters/mean"].value == pytest.approx(sum(letters) / 6, abs=1e-15)
    blocks = outcomes_of(run)
    assert right_by_item(blocks["exact/mean"])["cap-no"] == 3
    assert list(blocks["letters/mean"].values or ()) == letters


def test_attempts_are_added_up() -> None:
    """Four epochs of an item are one outcome of four attempts; day and cluster of the item come from its metadata."""
    (block,) = runs_of(log("toy-quiz"))["match", ""].outcomes
    assert block.metric == "accuracy"
    assert right_by_item(block) == {"cap-fr": 4, "cap-no": 3, "cap-jp": 1, "cap-pe": 0, "cap-cl": 2, "cap-ke": 1}
    assert set(block.n_attempts) == {4}
    assert block.dates is not None
    assert block.clusters is not None
    assert (block.dates[2], block.clusters[2]) == (date(2025, 2, 20), "asia")


def test_partial_marks_and_unscored_attempts() -> None:
    """P counts half, N nothing, and an unscored epoch is no attempt: Tokyo has P, C and I of the epochs 1, 2 and 4."""
    run = runs_of(log("toy-graded"))["graded", ""]
    (block,) = run.outcomes
    assert block.n_correct is None
    item = list(block.keys).index("cap-jp")
    assert (block.n_attempts[item], (block.values or ())[item]) == (3, 0.5)
    assert scores_of(run)["accuracy"].value == pytest.approx(
        sum(value or 0 for value in block.values or ()) / 6, abs=1e-15
    )


def test_clusters_intervals_and_subgroups() -> None:
    """A clustered error and an interval stand with the accuracy; each region is a subset; all regions together are no second claim."""
    runs = runs_of(log("toy-clusters"))
    assert list(runs) == [("match", ""), ("match", "north"), ("match", "south")]
    whole = scores_of(runs["match", ""])["accuracy"]
    shares = {"europe": (1.0, 1.0), "asia": (0.5,), "america": (0.0, 0.5), "africa": (0.0,)}
    by_hand = math.sqrt(sum((sum(each) - 0.5 * len(each)) ** 2 for each in shares.values()) * 4 / 3) / 6
    assert whole.stderr == pytest.approx(by_hand, abs=1e-12)
    assert whole.stderr_method is StderrMethod.CLUSTERED
    assert whole.interval_lower is not None
    assert whole.interval_upper is not None
    assert (0 < whole.interval_lower < 0.5 < whole.interval_upper < 1, whole.interval_level) == (True, 0.95)
    north = scores_of(runs["match", "north"])["accuracy"]
    assert north.value == pytest.approx(5 / 6)
    assert (north.n_items, north.stderr, north.is_aggregate) == (3, None, False)


def test_errors_of_samples_are_no_attempts() -> None:
    """One of six samples ended in an error: five are scored, and the error is counted."""
    run = runs_of(log("toy-flaky"))["match", ""]
    assert (scores_of(run)["accuracy"].n_items, scores_of(run)["accuracy"].value) == (5, 0.6)
    (block,) = run.outcomes
    assert "cap-jp" not in block.keys
    assert run.raw is not None
    assert run.raw["samples_with_error"] == 1
    assert run.protocol.item_limit is None


def test_logs_that_did_not_succeed_are_limited() -> None:
    """A cancelled log keeps its accuracy over three items and a failed one its outcomes; both say how many items they rest on."""
    cancelled = runs_of(log("toy-cancelled"))["match", ""]
    assert scores_of(cancelled)["accuracy"].value == pytest.approx(2 / 3)
    assert cancelled.protocol.item_limit == 3.0
    broken = runs_of(log("toy-broken"))["match", ""]
    assert (broken.scores, broken.protocol.item_limit) == ((), 2.0)
    assert right_by_item(outcomes_of(broken)["accuracy"]) == {"cap-fr": 1, "cap-no": 1}
    assert broken.raw is not None
    assert broken.raw["error"] == "RuntimeError('the toy solver stumbles here')"


def test_protocol_and_source() -> None:
    """Settings of generation, version, arguments of the task and identifiers are the log's."""
    run = runs_of(log("toy-quiz"))["match", ""]
    protocol = run.protocol
    assert (protocol.temperature, protocol.top_p, protocol.max_tokens, protocol.seed) == (0.5, 0.9, 64, 11)
    assert (protocol.harness, protocol.harness_version, protocol.task_version) == ("inspect", "0.3.285", "1.2.0")
    assert (protocol.harness_task, protocol.samples_per_item, protocol.engine) == (
        "toy_quiz(hints=false)",
        4,
        "mockllm",
    )
    assert (run.benchmark.name, run.benchmark.n_items, run.model.name) == ("toy_quiz", 6, "mockllm/model")
    assert (run.ran_at, run.source.kind) == (datetime(2026, 11, 24, 2, 46, 7, tzinfo=UTC), SourceKind.HARNESS_LOG)
    clusters = log("toy-clusters")
    assert runs_of(clusters)["match", ""].label == json.loads(clusters.read_text())["eval"]["eval_id"]


def test_logs_of_january_2025() -> None:
    """Deflated zips without counts, with `options` and with a limit are read; .eval and .json hold the same."""
    zipped, plain = sorted(DATA.glob("inspect/0.3.58/*_toy-old_*"), key=lambda path: path.suffix)
    runs = runs_of(zipped)
    assert [(name, scores_of(run)["accuracy"].value, scores_of(run)["accuracy"].n_items) for (name, _), run in runs.items()] == [
        ("match", 0.75, 2), ("includes", 1.0, 2),
    ]  # fmt: skip
    match = runs["match", ""]
    assert (scores_of(match)["accuracy"].stderr, match.protocol.item_limit, match.benchmark.n_items) == (0.25, 2.0, 3)
    assert right_by_item(outcomes_of(match)["accuracy"]) == {"inspect/1": 2, "inspect/2": 1}
    for scorer, run in runs_of(plain).items():
        assert outcomes_of(run)["accuracy"] == outcomes_of(runs[scorer])["accuracy"]


def test_samples_instead_of_summaries(tmp_path: Path) -> None:
    """A zip whose summaries miss a sample is completed from the sample itself; one with a name twice counts it once."""
    source = next(DATA.glob("inspect/0.3.58/*.eval"))
    changed = tmp_path / "log.eval"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, json.dumps(json.loads(data)[1:]) if name == "summaries.json" else data)
    assert right_by_item(outcomes_of(runs_of(changed)["match", ""])["accuracy"]) == {"inspect/1": 2, "inspect/2": 1}
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(changed, "w") as new:
        new.writestr("samples/1_epoch_1.json", json.dumps({"id": 1, "epoch": 1, "scores": {"match": {"value": "I"}}}))
        for name in old.namelist():
            if name == "samples/1_epoch_1.json":
                with pytest.warns(UserWarning, match="Duplicate name"):
                    new.writestr(name, old.read(name))
            elif name != "summaries.json":
                new.writestr(name, old.read(name))
    assert right_by_item(outcomes_of(runs_of(changed)["match", ""])["accuracy"]) == {"inspect/1": 2, "inspect/2": 1}


def test_samples_can_be_left_unread() -> None:
    """Without samples scores are the same and no outcome is read."""
    runs = runs_of(log("toy-quiz"), with_samples=False)
    assert not [block for run in runs.values() for block in run.outcomes]
    assert runs["match", ""].scores == runs_of(log("toy-quiz"))["match", ""].scores


@pytest.mark.parametrize("with_samples", [True, False])
def test_small_logs_are_read_like_large_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, with_samples: bool
) -> None:
    """A log gives the same records, or the same error, whether a member is parsed only where it is wanted or all piece by piece."""
    originals = [path.read_bytes() for path in sorted(DATA.rglob("*.json"))]
    originals += [b'{"samples": [{}], "status": "success"}', b'{"samples": {}}', b'{"samples": [1, {}]}', b"[]"]
    changed = [data.replace(b"[", b"[NaN, ", 1) for data in originals]
    cut = [data[: len(data) // 2] for data in originals]
    twice = [data.rstrip()[:-1] + b', "status": "started"}' for data in originals]
    for number, data in enumerate([*originals, *changed, *cut, *twice]):
        path = tmp_path / f"{number}.json"
        path.write_bytes(data)
        found: list[object] = []
        for at_once in (contents.AT_ONCE, 0):
            with monkeypatch.context() as patch:
                patch.setattr(contents, "AT_ONCE", at_once)
                try:
                    found.append(list(read(path, ReadOptions(with_samples=with_samples))))
                except MalformedFileError as error:
                    found.append(str(error))
        assert found[0] == found[1]


@pytest.mark.parametrize("content", [None, b"[1]", b'{"id": 1}'])
def test_large_members_are_read_like_small_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    """Samples of a zip without summaries give the same, or the same error, as a whole and piece by piece; beyond a limit one error."""
    path = tmp_path / "log.eval"
    old = archive.Archive(log("toy-quiz"))
    with zipfile.ZipFile(path, "w") as new:
        for name in old.names():
            if name != "summaries.json":
                is_changed = content is not None and name.startswith("samples/")
                new.writestr(name, (content if is_changed else old.read(name)) or b"")
    found: list[object] = []
    for at_once in (contents.AT_ONCE, 0):
        with monkeypatch.context() as patch:
            patch.setattr(archive, "AT_ONCE", at_once)
            try:
                found.append(spell(read(path, ReadOptions())))
            except MalformedFileError as error:
                found.append(str(error))
    assert found[0] == found[1]
    monkeypatch.setattr(archive, "AT_ONCE", 0)
    monkeypatch.setattr(json_text, "LONGEST", 100)
    with pytest.raises(MalformedFileError, match=r"header\.json: expected at most 100 bytes"):
        list(read(path, ReadOptions()))


def test_one_item_has_no_error(tmp_path: Path) -> None:
    """For one item the tool prints 0 as standard error, which says nothing, and so it does for one cluster."""
    one = header(results__scores=[score(scored_samples=1, metrics=metrics(accuracy=1.0, stderr=0.0))])
    (run,) = read(write(tmp_path, one), ReadOptions())
    assert (run.scores[0].stderr, run.scores[0].n_items) == (None, 1)
    clustered = metrics(accuracy=0.5, stderr=0.0)
    clustered["stderr"]["params"] = {"cluster": "doc"}
    samples = [{**sample, "metadata": {"doc": 7}} for sample in header()["samples"]]
    run = read_changed(tmp_path, results__scores=[score(metrics=clustered)], samples=samples)
    assert (run.scores[0].stderr, outcomes_of(run)["accuracy"].clusters) == (None, ["7", "7"])


def test_spread_is_no_score(tmp_path: Path) -> None:
    """Deviations and variances are left out; a bootstrap error stands in where there is no other; it is never that of another metric."""
    values = metrics(accuracy=0.5, bootstrap_stderr=0.25, std=0.5, var=0.25, refusals=3.0)
    run = read_changed(tmp_path, results__scores=[score(metrics=values)])
    found = scores_of(run)
    assert list(found) == ["accuracy", "refusals"]
    assert (found["accuracy"].stderr, found["accuracy"].stderr_method) == (0.25, StderrMethod.BOOTSTRAP)
    assert (found["refusals"].stderr, found["refusals"].unit) == (None, None)


def test_values_that_are_no_numbers(tmp_path: Path) -> None:
    """NaN, which marks a score over no sample, is left out, and an accuracy above 1 has no unit: its marks were no fractions."""
    path = tmp_path / "log.json"
    path.write_text(
        json.dumps(header(results__scores=[score(metrics=metrics(accuracy=math.nan, mean=7.5))], samples=None))
    )
    (run,) = read(path, ReadOptions())
    assert [(each.metric, each.value, each.unit) for each in run.scores] == [("mean", 7.5, None)]
    assert (
        read_changed(tmp_path, results__scores=[score(metrics=metrics(accuracy=7.5))], samples=None).scores[0].unit
        is None
    )


def test_reported_means_that_disagree_drop_the_outcomes(tmp_path: Path) -> None:
    """Where the reported mean of all items is not that of their scores, those were turned into numbers in another way."""
    assert list(read_changed(tmp_path, results__scores=[score(metrics=metrics(accuracy=0.9))]).outcomes) == []
    cut = header()["samples"][:1]
    run = read_changed(tmp_path, results__scores=[score(metrics=metrics(accuracy=0.9))], samples=cut)
    assert right_by_item(outcomes_of(run)["accuracy"]) == {"inspect/1": 1}, "a log cut short cannot be checked"


@pytest.mark.parametrize(
    ("written", "name", "engine"),
    [
        ("openai/gpt-4o", "openai/gpt-4o", "openai"),
        ("openai/azure/gpt-4o", "openai/gpt-4o", "openai/azure"),
        ("anthropic/bedrock/claude-3", "anthropic/claude-3", "anthropic/bedrock"),
        ("hf/meta-llama/Llama-3-8B", "meta-llama/Llama-3-8B", "hf"),
        ("ollama/llama3.1", "llama3.1", "ollama"),
        ("openai-api/deepinfra/Qwen/Qwen3-8B", "Qwen/Qwen3-8B", "openai-api/deepinfra"),
        ("plain", "plain", None),
    ],
)
def test_hosts_are_no_part_of_a_name(tmp_path: Path, written: str, name: str, engine: str | None) -> None:
    """Who serves a model is the engine; who made it stays in the name; the name as written stays in raw."""
    run = read_changed(tmp_path, eval__model=written)
    assert (run.model.name, run.protocol.engine) == (name, engine)
    assert run.raw is not None
    assert run.raw["model"] == written


def test_models_called_by_role(tmp_path: Path) -> None:
    """A log without a model has that of its only role, and is refused where it has several."""
    roles = {"solver": {"model": "openai/toy-2"}}
    assert read_changed(tmp_path, eval__model="none/none", eval__model_roles=roles).model.name == "openai/toy-2"
    two = {**roles, "grader": {"model": "openai/toy-3"}}
    with pytest.raises(MalformedFileError, match="expected one model, not openai/toy-2, openai/toy-3"):
        read_changed(tmp_path, eval__model="none/none", eval__model_roles=two)


def test_graders_are_parts_of_the_extraction(tmp_path: Path) -> None:
    """The same scorer with another grader measures something else."""
    named = score(scorer="model_graded_fact", name="model_graded_fact", params={"model": "openai/toy-3"})
    assert (
        read_changed(tmp_path, results__scores=[named], samples=None).protocol.extraction
        == "model_graded_fact by openai/toy-3"
    )
    by_role = {**named, "params": {}}
    roles = {"grader": {"model": "openai/toy-4"}}
    run = read_changed(tmp_path, results__scores=[by_role], samples=None, eval__model_roles=roles)
    assert run.protocol.extraction == "model_graded_fact by openai/toy-4"


def test_arguments_and_agents(tmp_path: Path) -> None:
    """Arguments of the task stand with it, but for folders, keys and what is not set; an agent is the scaffold."""
    args = {"fewshot": 5, "cot": True, "folder": "/data/x", "none": None, "api_key": "sk-1", "long": "x" * 200}
    run = read_changed(tmp_path, eval__task_args=args, eval__solver="react", eval__solver_args={"tools": "bash"})
    task = run.protocol.harness_task
    assert task is not None
    assert task.startswith("toys/sums(cot=true, fewshot=5, long=#")
    assert (run.benchmark.name, run.protocol.scaffold) == ("sums", "react(tools=bash)")
    assert "sk-1" not in f"{task}{run.raw}"


@pytest.mark.parametrize(
    ("config", "effort"),
    [({"reasoning_effort": "high"}, "high"), ({"reasoning_tokens": 4096}, "4096 tokens"), ({"temperature": 1}, None)],
)
def test_reasoning_effort(tmp_path: Path, config: dict[str, Any], effort: str | None) -> None:
    """An effort or a budget of thinking is stated; the task's settings go before the model's."""
    run = read_changed(
        tmp_path, plan__config=config, eval__model_generate_config={"temperature": 0.25, "reasoning_effort": None}
    )
    assert (run.protocol.reasoning_effort, run.protocol.temperature) == (effort, config.get("temperature", 0.25))


def test_times_need_a_zone(tmp_path: Path) -> None:
    """A time without a zone would be a guess; the start of the evaluation goes before the log's creation."""
    assert read_changed(tmp_path).ran_at == datetime(2025, 3, 1, 9, 0, 5, tzinfo=UTC)
    assert read_changed(tmp_path, stats={}).ran_at == datetime(2025, 3, 1, 9, 0, tzinfo=UTC)
    assert read_changed(tmp_path, stats={}, eval__created="2025-03-01T10:00:00").ran_at is None


def test_the_first_shape_of_results(tmp_path: Path) -> None:
    """Logs of 2024 have one scorer, its metrics beside it, and one score a sample."""
    old = {
        "total_samples": 2,
        "completed_samples": 2,
        "scorer": {"name": "match"},
        "metrics": metrics(accuracy=0.5, stderr=0.5),
    }
    samples = [{"id": i, "epoch": 1, "score": {"value": value}} for i, value in ((1, "C"), (2, "I"))]
    run = read_changed(tmp_path, results=old, samples=samples)
    assert (run.protocol.extraction, run.scores[0].value, run.scores[0].stderr, run.scores[0].n_items) == (
        "match",
        0.5,
        0.5,
        2,
    )
    assert right_by_item(outcomes_of(run)["accuracy"]) == {"inspect/1": 1, "inspect/2": 0}


def test_logs_that_are_not_scored_yield_nothing(tmp_path: Path) -> None:
    """Samples without scores are no results."""
    assert (
        list(
            read(
                write(tmp_path, header(results__scores=[], samples=[{"id": 1, "epoch": 1, "scores": {}}])),
                ReadOptions(),
            )
        )
        == []
    )


def test_subgroups_of_groups_are_aggregates(tmp_path: Path) -> None:
    """The mean over groups is an aggregate; a subgroup's error stands with its accuracy."""
    params = {"metric": {"name": "accuracy", "params": {}}, "group_key": "g", "all": "groups"}
    errors = {"metric": {"name": "stderr", "params": {}}, "group_key": "g"}
    entries = {
        "a": {"name": "a", "group": "grouped", "value": 1.0, "params": params},
        "all": {"name": "all", "group": "grouped", "value": 0.75, "params": params},
        "a2": {"name": "a", "group": "grouped", "value": 0.125, "params": errors},
    }
    runs = runs_of(write(tmp_path, header(results__scores=[score(metrics=entries)], samples=None)))
    (whole,) = runs["match", ""].scores
    (part,) = runs["match", "a"].scores
    assert (whole.metric, whole.value, whole.is_aggregate) == ("accuracy", 0.75, True)
    assert (part.metric, part.value, part.stderr, part.is_aggregate) == ("accuracy", 1.0, 0.125, False)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"status": "started"}, "status: expected the log of a finished evaluation"),
        ({"eval__task": None}, "eval.task: expected the name of a task, found None"),
        ({"eval__model": "none/none"}, "eval.model: expected the model evaluated, found 'none/none'"),
        ({"results__scores": {}}, "results.scores: expected a list, found dict"),
        ({"results__scores": [{}]}, "results.scores[0]: expected the name of a scorer, found no name"),
        ({"results__scores": [score(metrics={"accuracy": 1})]}, "metrics.accuracy: expected a JSON object, found int"),
        (
            {"results__scores": [score(metrics=metrics(accuracy="x"))]},
            'metrics.accuracy.value: expected a number, found "x"',
        ),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    """The message names the place, what was found and what was expected."""
    with pytest.raises(MalformedFileError) as caught:
        read_changed(tmp_path, **changes)
    assert said in str(caught.value)


def test_zips_that_are_not_whole(tmp_path: Path) -> None:
    """A log without a header is of an evaluation that runs or crashed; a byte that was changed is found."""
    path = tmp_path / "log.eval"
    with zipfile.ZipFile(path, "w") as new:
        new.writestr("_journal/start.json", "{}")
    with pytest.raises(MalformedFileError, match="inspect eval-retry"):
        list(read(path, ReadOptions()))
    data = bytearray(log("toy-quiz").read_bytes())
    with zipfile.ZipFile(log("toy-quiz")) as whole:
        info = whole.getinfo("header.json")
    data[info.header_offset + 30 + len("header.json") + info.compress_size // 2] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(MalformedFileError, match=r"header\.json: expected a whole one"):
        list(read(path, ReadOptions()))


def test_sniffing() -> None:
    """Other zips and other JSON with an `eval` are left alone; an .eval log is known by its members whatever it is called."""
    assert sniff(read_head(log("toy-quiz")), "renamed.zip")
    assert not sniff(b"PK\x03\x04" + bytes(26) + b"[Content_Types].xml", "a.xlsx")
    assert not sniff(b'{"eval": {"HumanEval/0": []}, "date": "x"}', "a.json")
    assert not sniff(b'[{"eval": {"task": "a", "model": "b", "run_id": "c"}, "status": "success"}]', "a.json")


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("C", 1.0), ("I", 0.0), ("P", 0.5), ("N", 0.0), ("yes", 1.0), ("True", 1.0), ("no", 0.0), ("FALSE", 0.0), (True, 1.0), (False, 0.0),
        (3, 3.0), (0.25, 0.25), ("0.75", 0.75), ("A", None), ("nan", None), (math.nan, None), ([1], None), (None, None),
    ],
)  # fmt: skip
def test_values_become_the_tools_numbers(value: object, number: float | None) -> None:
    """Marks, words and numbers count as in the tool; what it cannot count is no attempt."""
    assert to_float(value) == number


def test_real_logs_of_many_versions(shared_samples: Path) -> None:
    """Numbers of published logs: counts, an old log of two epochs, a cut one, one without samples that used a grader."""
    folder = shared_samples / "inspect"
    popularity = runs_of(next(folder.glob("2025-09-23*popularity*.eval")))["match", ""]
    assert (popularity.scores[0].value, popularity.scores[0].stderr) == (0.63, 0.048523658709390974)
    (block,) = popularity.outcomes
    assert (len(block.keys), sum(count or 0 for count in block.n_correct or ())) == (100, 63)
    streaming = runs_of(folder / "log_streaming.eval")["match", ""]
    assert (streaming.scores[0].value, streaming.scores[0].stderr) == (0.75, 0.25)
    assert right_by_item(outcomes_of(streaming)["accuracy"]) == {"inspect/1": 1, "inspect/2": 2}
    cut = runs_of(folder / "data_cyse2_vuln_exploit_challenges.json")["vul_exploit_scorer", ""]
    assert (scores_of(cut)["accuracy"].n_items, cut.benchmark.n_items, cut.protocol.samples_per_item) == (585, None, 4)
    assert list(outcomes_of(cut)["accuracy"].values or ()) == [0.65]
    (graded,) = read(folder / "data_with_llm_scoring.json", ReadOptions())
    assert graded.protocol.extraction == "simpleqa_scorer by google/gemini-2.0-flash-001"
    assert (graded.scores[0].value, graded.scores[0].stderr, graded.scores[0].n_items) == (
        0.431,
        0.01566794448817344,
        1000,
    )
    epochs = scores_of(runs_of(next(folder.glob("generated/*toy-epochs*.eval")))["match", ""])
    assert [epochs[name].value for name in ("accuracy", "pass@2", "at_least_3 accuracy")] == [
        1 / 6,
        0.3055555555555555,
        0.0,
    ]


def test_two_standard_errors(tmp_path: Path) -> None:
    """Of a plain and a clustered standard error the clustered one is kept, in whatever order they stand."""
    values = metrics(accuracy=0.5, stderr=0.5)
    values["stderr2"] = {"name": "stderr", "value": 0.25, "params": {"cluster": "doc"}}
    for entries in (values, dict(reversed(values.items()))):
        found = read_changed(tmp_path, results__scores=[score(metrics=entries)]).scores[0]
        assert (found.stderr, found.stderr_method) == (0.25, StderrMethod.CLUSTERED)


def test_scores_over_attempts(tmp_path: Path) -> None:
    """Where the tool did not reduce epochs it counts attempts; the items are fewer by the number of epochs."""
    results = {"total_samples": 4, "completed_samples": 4, "scores": [score(scored_samples=4)]}
    run = read_changed(tmp_path, results=results, eval__config={"epochs": 2}, samples=None)
    assert (run.scores[0].n_items, run.protocol.samples_per_item) == (2, 2)


def test_parts_that_nobody_reports(tmp_path: Path) -> None:
    """Keys of a scorer's dict without a metric, and samples that hold something else than scores, are passed over."""
    samples = [
        {"id": 1, "epoch": 1, "scores": {"match": {"value": {"good": 1, "note": 0.5}}, "other": "text"}},
        {"id": 2, "epoch": 1, "scores": {"match": {"value": {"good": 0, "note": 0.5}}}},
    ]
    run = read_changed(tmp_path, results__scores=[score(name="good", metrics=metrics(mean=0.5))], samples=samples)
    assert [block.metric for block in run.outcomes] == ["good/mean"]
    empty = header(results__scores=[score(metrics={"accuracy": {"name": "accuracy", "value": None}})], samples=None)
    assert list(read(write(tmp_path, empty), ReadOptions())) == []


def test_weights_in_four_bits(tmp_path: Path) -> None:
    """Weights loaded in four bits are quantised."""
    assert read_changed(tmp_path, eval__model_args={"load_in_4bit": True}).protocol.quantisation == "4bit"
    assert read_changed(tmp_path, eval__model_args={"load_in_4bit": False}).protocol.quantisation is None


def test_odd_members(tmp_path: Path) -> None:
    """A summary that is none is passed over, and a sample that a summary covers under another name is not counted again."""
    path = tmp_path / "log.eval"
    whole = header()
    samples = whole.pop("samples")
    with zipfile.ZipFile(path, "w") as new:
        new.writestr("samples/renamed.json", json.dumps(samples[0]))
        new.writestr("summaries.json", json.dumps([None, *samples]))
        new.writestr("header.json", json.dumps(whole))
    assert right_by_item(outcomes_of(runs_of(path)["match", ""])["accuracy"]) == {"inspect/1": 1, "inspect/2": 0}


def test_a_frame_that_is_none(tmp_path: Path) -> None:
    """A Zstandard member that does not begin as one is an error with the member's name."""
    path = tmp_path / "log.eval"
    data = bytearray(log("toy-quiz").read_bytes())
    with zipfile.ZipFile(log("toy-quiz")) as whole:
        info = whole.getinfo("header.json")
    start = info.header_offset + 30 + len("header.json")
    data[start : start + 4] = b"nope"
    path.write_bytes(data)
    with pytest.raises(MalformedFileError, match=r"header\.json: expected a whole one"):
        list(read(path, ReadOptions()))


def test_tokens_cost_and_time_are_side_metrics(tmp_path: Path) -> None:
    """The evaluated model's tokens and cost and the seconds from start to end come on request; a grader's do not."""
    usage = {
        "openai/toy-1": {"input_tokens": 40, "output_tokens": 8, "total_tokens": 48, "total_cost": 0.25},
        "openai/grader": {"input_tokens": 7, "output_tokens": 1, "total_tokens": 8},
    }
    stats = {
        "started_at": "2025-03-01T10:00:05+01:00",
        "completed_at": "2025-03-01T10:01:10+01:00",
        "model_usage": usage,
    }
    path = tmp_path / "log.json"
    path.write_text(json.dumps(header(stats=stats)))
    (run,) = read(path, ReadOptions(all_metrics=True))
    assert {score.metric: (score.value, score.unit, score.n_items) for score in run.scores} == {
        "accuracy": (0.5, ScoreUnit.FRACTION, 2),
        "input_tokens": (40.0, None, 2),
        "output_tokens": (8.0, None, 2),
        "total_tokens": (48.0, None, 2),
        "total_cost": (0.25, ScoreUnit.USD, 2),
        "evaluation_time": (65.0, ScoreUnit.SECONDS, 2),
    }
    (plain,) = read(path, ReadOptions())
    assert [score.metric for score in plain.scores] == ["accuracy"]
