"""What benchdb reads of lm-eval's, Inspect's and HELM's files equals, number by number, what Every Eval Ever's converters make of them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from benchdb.ingest.formats import helm, inspect, lm_eval
from benchdb.ingest.importer import ReadOptions
from benchdb.schema.vocab import StderrMethod
from tests.tools.logs_of_inspect import DATA, SAMPLES, inspect_logs
from tests.tools.run_every_eval_ever import convert, has_helm, needs_converters
from tests.tools.run_inspect import needs_inspect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.tools, needs_converters]

EVERYTHING = ReadOptions(all_metrics=True, with_samples=False)
METHODS = {"analytic": {StderrMethod.SAMPLE, StderrMethod.CLUSTERED}, "bootstrap": {StderrMethod.BOOTSTRAP}}
"""The converters' words for how an error was computed, and ours; a word of theirs that is missing says nothing."""
AS_JSON = """
import sys
from pathlib import Path
from inspect_ai.log import read_eval_log, write_eval_log
for pair in sys.argv[1:]:
    path, copy = pair.split("=>")
    log = read_eval_log(path)
    if log.eval.model.startswith("mockllm/"):
        log.eval.model = "openai/toy-model"
        if log.stats.model_usage:
            log.stats.model_usage = {"openai/toy-model": usage for usage in log.stats.model_usage.values()}
        for sample in log.samples or []:
            sample.output.model = "openai/toy-model"
    write_eval_log(log, copy)
"""
"""Writes logs as JSON: the converters cannot read Zstandard in Python 3.12, nor a model without a maker."""
DEPLOYMENT = re.compile(r'("model_deployment": *)"[^"]*"')

Number = tuple[str, float, float | None, int | None]
"""Metric, value, standard error, number of items."""


def results(logs: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]:
    """Yield each result of the converters with its log and its uncertainty."""
    for log in logs:
        for result in log["evaluation_results"]:
            yield log, result, result["score_details"].get("uncertainty") or {}


def their_stderr(uncertainty: dict[str, Any]) -> float | None:
    """Return the error that the converters state."""
    return (uncertainty.get("standard_error") or {}).get("value")


def lm_eval_files() -> list[Path]:
    """Return every results file of lm-eval, in order."""
    return sorted([*DATA.glob("lm_eval/**/*.json"), *(SAMPLES / "lm_eval").rglob("*.json")])


def test_lm_eval() -> None:
    """Model, task, filter, metric, value, error and its method are the converters'; so is the number of items where they state one."""
    converted = convert("lm_eval", lm_eval_files())
    n_checked = 0
    for path, logs in converted.items():
        ours = {
            (run.model.name, str(run.protocol.harness_task), run.protocol.extraction, score.metric): score
            for run in lm_eval.read(path, EVERYTHING)
            for score in run.scores
        }
        theirs = {}
        for log, result, uncertainty in results(logs):
            task, _, extraction = result["evaluation_name"].partition("/")
            metric = result["metric_config"]["metric_name"]
            theirs[log["model_info"]["id"], task, extraction or "none", metric] = (result, uncertainty)
        assert ours.keys() == theirs.keys()
        for key, score in ours.items():
            result, uncertainty = theirs[key]
            assert (score.value, score.stderr) == (result["score_details"]["score"], their_stderr(uncertainty))
            n_items, method = uncertainty.get("num_samples"), (uncertainty.get("standard_error") or {}).get("method")
            assert n_items in {None, score.n_items}
            assert method is None or score.stderr_method in METHODS[method]
            n_checked += 1
    assert n_checked >= 15


def in_inspect(copy: Path) -> tuple[Counter[Number], Counter[float]]:
    """Return what benchdb reads of a log: about all items, and the values for subgroups."""
    whole: Counter[Number] = Counter()
    groups: Counter[float] = Counter()
    for run in inspect.read(copy, EVERYTHING):
        for score in run.scores:
            if str(score.place).startswith("stats."):
                continue
            if run.subset:
                groups[score.value] += 1
            else:
                whole[str(score.place).rpartition(".")[2], score.value, score.stderr, score.n_items] += 1
    return whole, groups


def in_converted(
    logs: list[dict[str, Any]], ours: Counter[Number], epochs: int
) -> tuple[Counter[Number], Counter[float]]:
    """Return the same of the converters' results, where four things are theirs alone.

    They repeat the 0 that the tool prints as the error of a single item. They give a subgroup the error and the number of items of the
    whole. The ends of an interval and the mean of all groups are scores. Where a log counts no items for a scorer, attempts are items.

    Args:
        logs: Of one log.
        ours: What benchdb reads about all items.
        epochs: Attempts at each item.
    """
    whole: Counter[Number] = Counter()
    groups: Counter[float] = Counter()
    names = {metric for metric, *_ in ours}
    for _, result, uncertainty in results(logs):
        metric, value = result["metric_config"]["metric_name"], result["score_details"]["score"]
        n_items = uncertainty.get("num_samples")
        stderr = None if n_items == 1 else their_stderr(uncertainty)
        if metric in names:
            if n_items and (metric, value, stderr, n_items) not in ours:
                n_items //= epochs
            whole[metric, value, stderr, n_items] += 1
        elif metric not in {"lower", "upper", "all"}:
            groups[value] += 1
    return whole, groups


@needs_inspect
def test_inspect(tmp_path: Path) -> None:
    """Every value, error and number of items of a scorer's metrics is the converters', as often as they have it."""
    copies = {tmp_path / f"2026-01-01T00-00-{n:02}+00-00_task_{n}.json": path for n, path in enumerate(inspect_logs())}
    pairs = [f"{path}=>{copy}" for copy, path in copies.items()]
    subprocess.run([sys.executable, "-c", AS_JSON, *pairs], capture_output=True, text=True, check=True, timeout=600)
    for copy, logs in convert("inspect", list(copies)).items():
        whole, groups = in_inspect(copy)
        epochs = json.loads(copy.read_text())["eval"]["config"].get("epochs") or 1
        assert in_converted(logs, whole, epochs) == (whole, groups), copies[copy]


def helm_runs() -> list[Path]:
    """Return every run directory of HELM that holds the requests, without which the converters read nothing."""
    found = [*DATA.glob("helm/**/scenario_state.json"), *(SAMPLES / "helm").rglob("scenario_state.json")]
    return sorted(path.parent for path in found if json.loads(path.read_text())["request_states"])


@pytest.mark.skipif(
    not has_helm(), reason="the converters' part for HELM is not installed there: every-eval-ever[helm]"
)
def test_helm(tmp_path: Path) -> None:
    """Every core metric of the converters, plain or perturbed, is here with its model, split, value and number of items."""
    copies = {}
    for number, run_directory in enumerate(helm_runs()):
        copy = tmp_path / f"run-{number}"
        shutil.copytree(run_directory, copy)
        copies[copy] = run_directory
        for file in copy.glob("*.json"):  # a deployment that the tool does not know of is looked up in the net
            file.write_text(DEPLOYMENT.sub(r'\1""', file.read_text()))
    for copy, logs in convert("helm", list(copies)).items():
        ours: dict[str, tuple[str, float, int | None]] = {}
        for run in helm.read(copy / "run_spec.json", EVERYTHING):
            for score in run.scores:
                metric, _, perturbation = score.metric.removesuffix(")").partition(" (")
                name = ":".join(filter(None, (metric, run.protocol.split, perturbation.partition(",")[0])))
                # Of a value under a perturbation, without it and the worse of both, the converters keep the first that the file has.
                ours.setdefault(name, (run.model.name, score.value, score.n_items))
        theirs = {
            result["evaluation_result_id"]: (
                log["model_info"]["id"],
                result["score_details"]["score"],
                uncertainty["num_samples"],
            )
            for log, result, uncertainty in results(logs)
        }
        assert len(theirs) > 1
        assert {name: ours.get(name) for name in theirs} == theirs, copies[copy]
