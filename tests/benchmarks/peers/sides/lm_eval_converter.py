"""Every Eval Ever's converter for lm-eval: each file of a folder becomes a document in the common format, as JSON."""

from __future__ import annotations

import json
import logging
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def prepare(folder: str, warm_up: str) -> Callable[[], list[str]]:
    """Return the action: convert every file below a folder; one is converted before."""
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    from every_eval_ever.converters.lm_eval.adapter import LMEvalAdapter

    def convert(path: Path) -> list[str]:
        found = LMEvalAdapter().transform_from_file(str(path), {})
        logs = found if isinstance(found, list) else [found]
        return [(log[0] if isinstance(log, tuple) else log).model_dump_json() for log in logs]

    def action(paths: Sequence[Path] = ()) -> list[str]:
        return [document for path in paths or sorted(Path(folder).rglob("*.json")) for document in convert(path)]

    action([Path(warm_up)])
    return action


def answer(documents: list[str]) -> dict[str, list[float | None]]:
    """Return value and standard error by model, task, filter and metric."""
    scores: dict[str, list[float | None]] = {}
    for document in documents:
        log = json.loads(document)
        for result in log["evaluation_results"]:
            task, _, extraction = result["evaluation_name"].partition("/")
            uncertainty = result["score_details"].get("uncertainty") or {}
            stderr = (uncertainty.get("standard_error") or {}).get("value")
            name = (log["model_info"]["id"], task, extraction or "none", result["metric_config"]["metric_name"])
            scores[" | ".join(name)] = [result["score_details"]["score"], stderr]
    return scores
