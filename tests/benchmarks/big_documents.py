"""Documents of any size in the layouts that tools write: a sample of the tests with one of its records again and again, under other ids.

The texts that a record holds are made up in the lengths that such texts have.
"""

from __future__ import annotations

import json
import random
import re
import shutil
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.benchmarks.big_files import chatter

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

DATA = Path(__file__).parents[1] / "data"
_HERE, _NUMBER = "@@here@@", "@@number@@"
_N_TEXTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What is made of a sample."""

    sample: str
    """The sample, below the data of the tests."""
    name: str
    """Where the document is to stand."""
    at: tuple[str, ...] = ()
    """Keys that lead to the list or object of records; of JSON Lines, whose records are lines, none."""
    record: int = 0
    """Which record of the sample is taken."""
    ids: tuple[str, ...] = ()
    """Members that tell records apart, anywhere in them; keys of an object of records do so in any case."""
    texts: Mapping[str, int] = field(default_factory=dict)
    """Member, anywhere in a record → characters of its text."""
    beside: Mapping[str, str] = field(default_factory=dict)
    """Other files → their samples."""
    changes: Mapping[str, Any] = field(default_factory=dict)
    """Members of the document that differ from the sample's."""
    options: tuple[str, ...] = ()
    """Options of the import."""
    n_before: int = 0
    """Lines of JSON Lines that stand before the records."""


_HELM = "helm/0.5/benchmark_output/runs/toy-suite/toy_quiz-subject=rivers,method=multiple_choice_joint,model=example-org_toy-7b"
_SAMPLE = {
    "doc_id": 0,
    "doc": {"question": "", "answer": "yes"},
    "target": "yes",
    "resps": [[""]],
    "filtered_resps": [""],
    "acc": 1.0,
}
DOCUMENTS: Mapping[str, Document] = {
    "lm-eval results with samples inside": Document(
        sample="lm_eval/0.4.13/example-org__toy-1.5b/results_2026-11-24T02-46-04.793643.json", name="results.json", at=("samples", "quiz"),
        ids=("doc_id",), texts={"question": 1_500}, changes={"samples": {"quiz": [_SAMPLE]}},
    ),
    "Every Eval Ever, instances (JSON Lines)": Document(
        sample="every_eval_ever/0.3.0/quiz_samples.jsonl", name="quiz_samples.jsonl", ids=("sample_id", "sample_hash"), texts={"raw": 1_000},
        beside={"quiz.json": "every_eval_ever/0.3.0/quiz.json"},
    ),
    "Every Eval Ever, results": Document(
        sample="every_eval_ever/0.2.0/board.json", name="board.json", at=("evaluation_results",), ids=("evaluation_name", "dataset_name"),
    ),
    "HELM, statistics of items": Document(
        sample=f"{_HELM}/per_instance_stats.json", name="toy/per_instance_stats.json", ids=("instance_id",), at=("",),
        beside={f"toy/{name}": f"{_HELM}/{name}" for name in ("run_spec.json", "stats.json")},
    ),
    "LiveCodeBench, graded problems": Document(
        sample="livecodebench/2025/Toy-7B (High)/Scenario.codegeneration_2_0.2_eval_all.json",
        name="Toy-7B (High)/Scenario.codegeneration_2_0.2_eval_all.json", at=("",), ids=("question_id",),
        texts={"question_content": 2_000, "output_list": 4_000, "code_list": 2_000},
    ),
    "LiveCodeBench, board": Document(
        sample="livecodebench/2025/performances_repair.json", name="performances_repair.json", at=("performances",), ids=("question_id",),
    ),
    "AlpacaEval, annotations": Document(
        sample="alpaca_eval/0.6.6-generated/results/toy_judge/annotations.json", name="annotations.json", at=("",), ids=("instruction",),
        texts={"output_1": 1_500, "output_2": 1_500}, options=("--map", "benchmark==AlpacaEval 2"),
    ),
    "BigCodeBench, attempts": Document(
        sample="bigcodebench/0.2/example-org--toy-7b--main--bigcodebench-instruct--vllm-0.8-2-sanitized_calibrated_eval_results.json",
        name="example-org--toy-7b--main--bigcodebench-instruct--vllm-0.8-2-sanitized_calibrated_eval_results.json", at=("eval",),
        texts={"solution": 1_500},
    ),
    "EvalPlus, attempts": Document(
        sample="evalplus/0.3/example-org--toy-7b_vllm_temp_0.2-sanitized_eval_results.json",
        name="example-org--toy-7b_vllm_temp_0.2-sanitized_eval_results.json", at=("eval",), texts={"solution": 1_000},
    ),
    "OpenCompass, results of a data set": Document(
        sample="opencompass/0.5.4/outputs/default/20260115_101500/results/toy-7b-hf/sums.json", name="results/toy-7b-hf/sums.json",
        at=("details",), texts={"pred": 1_000}, changes={"accuracy": 100.0, "details": {"0": {"pred": "", "answer": "7", "correct": True}}},
    ),
    "simple-evals, whole results": Document(
        sample="simple_evals/ee3b031/drop_toy-7b_allresults.json", name="drop_toy-7b_allresults.json", at=("convos",), texts={"content": 2_000},
        changes={"convos": [[{"role": "user", "content": ""}, {"role": "assistant", "content": ""}]]},
    ),
    "BFCL, failed items (JSON Lines)": Document(
        sample="bfcl/v4/score/example-org_toy-7b-FC/live/BFCL_v4_live_relevance_score.json",
        name="score/example-org_toy-7b-FC/live/BFCL_v4_live_relevance_score.json", ids=("id",), texts={"prompt": 1_000}, n_before=1,
    ),
    "SWE-bench, instances": Document(
        sample="swebench/experiments/evaluation/bash-only/20260115_mini-v1.0.0_toy-5/per_instance_details.json",
        name="evaluation/bash-only/20260115_mini-v1.0.0_toy-5/per_instance_details.json", at=("",),
    ),
    "SWE-bench, instances of several models": Document(
        sample="swebench/2025/info_for_leaderboard.json", name="info_for_leaderboard.json", at=("",),
        changes={
            "": {
                "toy-1": {
                    f"a__b-{n}": {"resolved": n % 2 == 0, "cost": 0.5, "api_calls": n}
                    for n in range(1, 501)
                }
            }
        },
    ),
    "llm-stats, results": Document(
        sample="llm_stats/2025-09/data/organizations/example-org/models/toy-7b/benchmarks.json", name="benchmarks.json", at=("",),
        ids=("model_benchmark_id", "benchmark_id", "benchmark_name"),
    ),
    "Papers with Code, evaluation tables": Document(
        sample="papers_with_code/v01/toy.json", name="evaluation-tables.json", at=("",), ids=("task", "dataset", "model_name"),
    ),
    "MTEB, results of a task": Document(
        sample="mteb/2.18/results/example-org__toy-embed-small/0123456789abcdef0123456789abcdef01234567/ToySTS.json",
        name="example-org__toy-embed-small/0123456789abcdef0123456789abcdef01234567/ToySTS.json", at=("scores", "test"), ids=("hf_subset",),
    ),
    "scores (JSON list)": Document(sample="table/rows.json", name="rows.json", at=("",), ids=("benchmark",), options=("--map", "metric==accuracy")),
    "outcomes (JSON list)": Document(
        sample="table/rows.json", name="rows.json", at=("",), ids=("sample",),
        changes={"": [{"model": "acme/toy", "benchmark": "toy", "metric": "accuracy", "sample": "item", "n_attempts": 1, "n_correct": 1}]},
    ),
}  # fmt: skip
"""What is measured."""


def write_document(folder: Path, document: Document, n_bytes: int) -> int:
    """Write a document of about so many bytes, and what stands beside it; return the number of records.

    Args:
        folder: A folder that does not exist yet.
        document: Which.
        n_bytes: Its size.
    """
    for name, sample in document.beside.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(DATA / sample, folder / name)
    path = folder / document.name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        return _write_document(file, document, n_bytes) if document.at else _write_lines(file, document, n_bytes)


def _write_document(file: TextIO, document: Document, n_bytes: int) -> int:
    root: dict[str, Any] = {"": json.loads((DATA / document.sample).read_text(encoding="utf-8"))}
    if "" in document.changes:
        root = dict(document.changes)
    elif document.changes:
        root[""].update(document.changes)
    *above, last = document.at if document.at[0] == "" else ("", *document.at)
    inner: Any = root
    for key in above:
        inner = inner[key]
    records, inner[last] = inner[last], _HERE
    is_object = isinstance(records, dict)
    key, record = list(records.items() if is_object else ((str(at), each) for at, each in enumerate(records)))[
        document.record
    ]
    texts = _texts(record, document)
    if is_object:
        named = json.dumps(re.sub(r"\d*$", _NUMBER, key, count=1))
        texts = [f"{named}: {each}" for each in texts]
    before, after = json.dumps(root[""]).split(json.dumps(_HERE))
    file.write(before + "[{"[is_object])
    n = _repeat(file, texts, n_bytes, ", ")
    file.write("]}"[is_object] + after)
    return n


def _write_lines(file: TextIO, document: Document, n_bytes: int) -> int:
    lines = (DATA / document.sample).read_text(encoding="utf-8").splitlines()
    file.writelines(f"{line}\n" for line in lines[: document.n_before])
    record = json.loads(lines[document.n_before + document.record])
    n = _repeat(file, _texts(record, document), n_bytes, "\n")
    file.write("\n")
    return n


def _texts(record: object, document: Document) -> list[str]:
    """Return a record as JSON with texts of their length, several times with different ones, where the number of the record is to stand."""
    generator = random.Random(5)  # noqa: S311 — made-up texts
    return [json.dumps(_filled(record, document, generator)) for _ in range(_N_TEXTS)]


def _filled(value: Any, document: Document, generator: random.Random) -> Any:
    if isinstance(value, list):
        return [_filled(each, document, generator) for each in value]
    if not isinstance(value, dict):
        return value
    filled = {}
    for name, each in value.items():
        filled[name] = _filled(each, document, generator)
        if name in document.texts:
            text = chatter(generator, document.texts[name])
            filled[name] = [text for _ in each] if isinstance(each, list) else text
        elif name in document.ids and each is not None:
            filled[name] = f"{each} {_NUMBER}"
    return filled


def _repeat(file: TextIO, texts: list[str], n_bytes: int, between: str) -> int:
    written = 0
    for n in count():
        text = texts[n % len(texts)].replace(_NUMBER, str(n))
        written += file.write(f"{between}{text}" if n else text)
        if written >= n_bytes:
            return n + 1
    return 0
