"""Files of any size in the layouts that evaluation tools write, made up but complete: what the measurements of memory import."""

from __future__ import annotations

import hashlib
import json
import random
import zipfile
from itertools import count
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STAMP = "2025-01-02T03-04-05.678901"
"""Time in the names of lm-eval's files."""
_WORDS = [
    "the",
    "quick",
    "brown",
    "fox",
    "jumps",
    "over",
    "a",
    "lazy",
    "dog",
    "while",
    "seven",
    "wizards",
    "box",
    "with",
    "amber",
    "quartz",
    "and",
    "vex",
    "the",
    "judge",
]
_PER_SAMPLE = 4_000


def chatter(generator: random.Random, n_characters: int) -> str:
    """Return words that fill so many characters, about."""
    return " ".join(generator.choices(_WORDS, k=n_characters // 5))


def lm_eval_samples(folder: Path, n_bytes: int) -> int:
    """Write a results file of one task and its samples of about so many bytes; return the number of documents.

    Args:
        folder: An existing folder.
        n_bytes: Size of the samples file.
    """
    generator = random.Random(1)  # noqa: S311 — made-up numbers
    rows = [_fixed(chatter(generator, _PER_SAMPLE // 4)) for _ in range(50)]
    written, n, right = 0, 0, 0
    with (folder / f"samples_essay_{STAMP}.jsonl").open("w", encoding="utf-8") as file:
        while written < n_bytes:
            is_right = generator.random() < 0.6
            fixed = rows[n % len(rows)]
            doc_hash = hashlib.sha256(str(n).encode()).hexdigest()
            written += file.write(
                f'{{"doc_id": {n}, {fixed}, "doc_hash": "{doc_hash}", "exact_match": {float(is_right)}}}\n'
            )
            n, right = n + 1, right + is_right
    results = {
        "results": {"essay": {"alias": "essay", "exact_match,none": right / n, "exact_match_stderr,none": 0.001}},
        "configs": {"essay": {"task": "essay", "dataset_path": "made/up", "output_type": "generate_until", "num_fewshot": 0,
                              "metric_list": [{"metric": "exact_match", "aggregation": "mean", "higher_is_better": True}]}},
        "versions": {"essay": 1.0}, "n-shot": {"essay": 0}, "n-samples": {"essay": {"original": n, "effective": n}},
        "higher_is_better": {"essay": {"exact_match": True}},
        "config": {"model": "hf", "model_args": "pretrained=acme/made-up-7b"}, "date": 1735787045.0,
    }  # fmt: skip
    (folder / f"results_{STAMP}.json").write_text(json.dumps(results))
    return n


def _fixed(text: str) -> str:
    """Return what is the same in many rows of an lm-eval samples file, without its braces."""
    row = {
        "doc": {"question": text, "answer": "yes"}, "target": "yes", "arguments": {"gen_args_0": {"arg_0": text, "arg_1": {"until": ["\n"]}}},
        "resps": [[text]], "filtered_resps": [text], "filter": "none", "metrics": ["exact_match"], "prompt_hash": "0" * 64,
        "target_hash": "1" * 64,
    }  # fmt: skip
    return json.dumps(row)[1:-1]


def inspect_header(n: int, task: str = "essay", model: str = "acme/made-up-7b") -> dict[str, Any]:
    """Return everything of an Inspect log but its samples.

    Args:
        n: Samples.
        task: Name of the task.
        model: Name of the model.
    """
    metrics = {
        name: {"name": name, "value": value, "options": {}} for name, value in (("accuracy", 0.5), ("stderr", 0.01))
    }
    scores = [{"name": "match", "scorer": "match", "params": {}, "metrics": metrics, "scored_samples": n}]
    return {
        "version": 2, "status": "success",
        "eval": {
            "run_id": f"run-{task}-{model}", "created": "2025-01-02T03:04:05+00:00", "task": task, "task_id": f"{task}-id",
            "task_version": 0, "task_args": {}, "dataset": {"name": task, "samples": n, "shuffled": False}, "model": f"openai/{model}",
            "model_args": {}, "config": {"epochs": 1}, "packages": {"inspect_ai": "0.3.285"},
            "scorers": [{"name": "match", "options": {}, "metrics": [{"name": "inspect_ai/accuracy", "options": {}}], "metadata": {}}],
        },
        "plan": {"name": "plan", "steps": [{"solver": "generate", "params": {}}], "config": {}},
        "results": {"total_samples": n, "completed_samples": n, "scores": scores},
        "stats": {"started_at": "2025-01-02T03:04:05+00:00", "completed_at": "2025-01-02T03:05:05+00:00", "model_usage": {}},
    }  # fmt: skip


def _inspect_samples(n: int, n_characters: int, *, as_summary: bool) -> Iterator[str]:
    generator = random.Random(2)  # noqa: S311 — made-up numbers
    texts = [chatter(generator, n_characters) for _ in range(20)]
    for number in range(1, n + 1):
        score = {"value": "C" if number % 2 else "I", "answer": "yes", "explanation": None}
        sample: dict[str, Any] = {
            "id": f"item-{number}", "epoch": 1, "input": f"Question {number}?", "target": "yes", "scores": {"match": score},
            "metadata": {"level": number % 5},
        }  # fmt: skip
        if not as_summary:
            messages = [
                {"role": role, "content": texts[(number + turn) % 20]}
                for turn, role in enumerate(("user", "assistant"))
            ]
            sample |= {
                "messages": messages,
                "output": {"choices": [{"message": messages[1]}]},
                "events": [],
                "store": {},
            }
        yield json.dumps(sample)


def inspect_zip(path: Path, n_bytes: int, *, header: dict[str, Any] | None = None) -> int:
    """Write a `.eval` of about so many bytes, its samples stored without compression; return the number of samples.

    Args:
        path: Where to.
        n_bytes: Size of the file.
        header: Its header; by default one for a made-up task.
    """
    per_sample = min(_PER_SAMPLE * 10, max(400, n_bytes // 10))
    n = 2 * max(1, n_bytes // (per_sample * 3))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("_journal/start.json", json.dumps({"version": 2}))
        for number, sample in enumerate(_inspect_samples(n, per_sample // 2, as_summary=False), start=1):
            archive.writestr(f"samples/item-{number}_epoch_1.json", sample)
        with archive.open("summaries.json", "w") as file:
            for number, summary in enumerate(_inspect_samples(n, 0, as_summary=True)):
                file.write(f"{',' if number else '['}{summary}".encode())
            file.write(b"]")
        archive.writestr("header.json", json.dumps(header or inspect_header(n)))
    return n


def inspect_json(path: Path, n_bytes: int) -> int:
    """Write an Inspect log as one JSON document of about so many bytes; return the number of samples.

    Args:
        path: Where to.
        n_bytes: Size of the file.
    """
    n = 2 * max(1, n_bytes // (_PER_SAMPLE * 3))
    with path.open("w", encoding="utf-8") as file:
        file.write(json.dumps(inspect_header(n))[:-1] + ', "samples": [')
        for number, sample in enumerate(_inspect_samples(n, _PER_SAMPLE // 2, as_summary=False)):
            file.write(f"{',' if number else ''}{sample}")
        file.write("]}")
    return n


def scores_csv(path: Path, n_bytes: int) -> int:
    """Write a long table of scores of about so many bytes; return the number of scores.

    Args:
        path: Where to.
        n_bytes: Size of the file.
    """
    generator = random.Random(3)  # noqa: S311 — made-up numbers
    n_models = 1_000
    written = n = 0
    with path.open("w", encoding="utf-8") as file:
        file.write("model,benchmark,metric,value,unit\n")
        for benchmark in count():
            for model in range(n_models):
                written += file.write(
                    f"maker-{model % 50}/model-{model},benchmark-{benchmark},accuracy,{generator.uniform(0, 100):.3f},percent\n"
                )
            n += n_models
            if written >= n_bytes:
                return n
    return n


def outcomes_csv(path: Path, n_bytes: int) -> int:
    """Write a table of outcomes of about so many bytes, 5,000 items a benchmark; return the number of outcomes.

    Args:
        path: Where to.
        n_bytes: Size of the file.
    """
    generator = random.Random(4)  # noqa: S311 — made-up numbers
    written = n = 0
    with path.open("w", encoding="utf-8") as file:
        file.write("model,benchmark,metric,sample,n_attempts,n_correct\n")
        for run in count():
            model, benchmark = run % 40, run // 40
            marks = generator.choices(range(5), k=5_000)
            written += sum(
                file.write(f"model-{model},benchmark-{benchmark},accuracy,item-{item},4,{mark}\n")
                for item, mark in enumerate(marks)
            )
            n += len(marks)
            if written >= n_bytes:
                return n
    return n


def small_files(folder: Path, n: int) -> int:
    """Write a folder of so many small logs, each of one model on one of a hundred tasks; return their number.

    Args:
        folder: An existing folder.
        n: Files.
    """
    for number in range(n):
        place = folder / f"part-{number // 1_000:04d}"
        place.mkdir(exist_ok=True)
        header = inspect_header(100, task=f"task-{number % 100}", model=f"acme/model-{number // 100}")
        header["results"]["scores"][0]["metrics"]["accuracy"]["value"] = (number % 97) / 100
        header["eval"]["run_id"] = f"run-{number}"
        (place / f"2025-01-02T03-04-05+00-00_task_{number:07d}.json").write_text(json.dumps(header))
    return n
