"""MTEB's own loader: a folder of results as `BenchmarkResults`."""

from __future__ import annotations

import logging
import math
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def prepare(folder: str, warm_up: str, *, only_main_score: bool) -> Callable[[], Any]:
    """Return the action: load everything below a folder; one task is loaded before."""
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    import mteb

    cache = mteb.ResultCache(folder)

    def action(tasks: list[str] | None = None) -> Any:
        return cache.load_results(
            tasks=tasks, include_remote=False, require_model_meta=False, only_main_score=only_main_score
        )

    action([warm_up])
    return action


def answer(results: Any) -> dict[str, Any]:
    """Return main scores by model, revision, task, split and subset, and how many files and numbers there are."""
    scores: dict[str, float] = {}
    n_files = n_numbers = 0
    for model in results.model_results:
        for task in model.task_results:
            n_files += 1
            for split, rows in task.scores.items():
                for row in rows:
                    found = row.get("main_score")
                    subset = "" if row["hf_subset"] == "default" else row["hf_subset"]
                    n_numbers += sum(isinstance(each, int | float) and math.isfinite(each) for each in row.values())
                    if found is not None and math.isfinite(found):
                        key = " | ".join((model.model_name, str(model.model_revision), task.task_name, split, subset))
                        scores[key] = found
    return {"scores": scores, "n_files": n_files, "n_numbers": n_numbers}
