"""Inspect logs that Inspect wrote: `python inspect_write.py FOLDER N_LOGS N_SAMPLES`.

Ten evaluations of two tasks are really run with its mock model, whose answers are drawn, and each of their logs is written by
Inspect's own writer as often as needed, under other models and with identifiers of its own, half of them as JSON.
"""

from __future__ import annotations

import random
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import inspect_ai
from inspect_ai import Epochs, Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.log import read_eval_log, write_eval_log
from inspect_ai.model import GenerateConfig, ModelOutput, ModelUsage, get_model
from inspect_ai.scorer import includes, match
from inspect_ai.solver import generate

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog

N_EVALUATIONS = 10
"""Evaluations that are really run."""


def questions(n_samples: int, seed: int) -> MemoryDataset:
    """Return sums to work out, each with a topic and a source."""
    numbers = random.Random(seed)  # noqa: S311 — made-up questions
    samples = []
    for position in range(n_samples):
        first, second = numbers.randint(10, 99), numbers.randint(10, 99)
        samples.append(
            Sample(
                id=f"sum-{position:04}",
                input=f"What is {first} + {second}? Think step by step, then give the number on the last line.",
                target=str(first + second),
                metadata={"topic": ("small", "large")[first > 50], "source": f"book {position % 7}", "digits": 2},
            )
        )
    return MemoryDataset(samples, name="sums")


@task
def one_try(n_samples: int) -> Task:
    """One attempt at each sum."""
    return Task(dataset=questions(n_samples, 1), solver=[generate()], scorer=match())


@task
def two_tries(n_samples: int) -> Task:
    """Two attempts at each sum, judged by two scorers."""
    return Task(
        dataset=questions(n_samples, 2), solver=[generate()], scorer=[match(), includes()], epochs=Epochs(2, "mean")
    )


def run(folder: Path, n_samples: int, number: int) -> EvalLog:
    """Return the log of an evaluation that was really run."""
    dice = random.Random(number)  # noqa: S311 — made-up answers
    skill = dice.uniform(0.2, 0.9)

    def answer(messages: Any, *_asked: object) -> ModelOutput:
        words = messages[-1].text.split()
        right = int(words[2]) + int(words[4].rstrip("?"))
        given = right if dice.random() < skill else right + dice.randint(1, 9)
        steps = f"The tens give {right // 10 * 10}, the ones {right % 10}; together that is\n{given}"
        output = ModelOutput.from_content("mockllm/model", steps)
        output.usage = ModelUsage(input_tokens=24, output_tokens=19, total_tokens=43)
        return output

    config = GenerateConfig(temperature=0.7, max_tokens=256, seed=number)
    model = get_model("mockllm/model", config=config, custom_outputs=answer)
    (log,) = inspect_ai.eval(
        (one_try if number % 2 else two_tries)(n_samples), model=model, log_dir=str(folder), display="none"
    )
    return read_eval_log(log.location)


def copy_to(folder: Path, log: EvalLog, number: int, kind: Literal["eval", "json"]) -> None:
    """Write a log under another model, with identifiers and times of its own, as `kind` "eval" or "json"."""
    day = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
    model = f"maker-{number % 17}/model-{number}"
    usage = next(iter(log.stats.model_usage.values()))
    log.eval.eval_id, log.eval.run_id, log.eval.task_id = f"eval{number:06}", f"run{number:06}", f"task{number:06}"
    log.eval.model = model
    log.eval.created = log.stats.started_at = day.isoformat()
    log.stats.completed_at = (day + timedelta(seconds=42)).isoformat()
    log.stats.model_usage = {model: usage}
    for sample in log.samples or []:
        sample.model_usage = {model: next(iter(sample.model_usage.values()))}
        sample.uuid = f"{number:06}-{sample.id}-{sample.epoch}"
    name = f"{day:%Y-%m-%dT%H-%M-%S}+00-00_{log.eval.task.replace('_', '-')}_{number:06}.{kind}"
    write_eval_log(log, folder / name, format=kind)


def main(folder: Path, n_logs: int, n_samples: int) -> None:
    """Write logs into a folder.

    Args:
        folder: An existing folder.
        n_logs: How many.
        n_samples: Items of each.
    """
    n_run = min(N_EVALUATIONS, n_logs // 2)
    for evaluation in range(n_run):
        log = run(folder / "run", n_samples, evaluation)
        for number in range(evaluation, n_logs, n_run):
            copy_to(folder / "logs", log, number, "json" if number // n_run % 2 else "eval")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
