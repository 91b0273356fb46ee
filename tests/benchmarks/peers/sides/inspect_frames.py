"""Inspect's own loaders: the data frames that `inspect_ai.analysis` makes of a folder of logs."""

from __future__ import annotations

import json
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

SPREADS = {"stderr", "std", "var"}


def prepare(folder: str, warm_up: list[str], *, with_samples: bool) -> Callable[[], list[pd.DataFrame]]:
    """Return the action: one frame of evaluations, and one of samples where they are asked for."""
    warnings.filterwarnings("ignore", "The inplace keyword")  # pandas 3 says so of Inspect's own code
    from inspect_ai.analysis import evals_df, samples_df

    def action(logs: str | list[str] = folder) -> list[pd.DataFrame]:
        frames = [evals_df(logs, quiet=True)]
        return [*frames, samples_df(logs, quiet=True)] if with_samples else frames

    action(warm_up)
    return action


def answer(frames: list[pd.DataFrame]) -> dict[str, Any]:
    """Return scores with their errors by evaluation and scorer, and the sum of each sample's marks by evaluation and item."""
    from inspect_ai.scorer import value_to_float

    to_float = value_to_float()
    evaluations: dict[str, list[float]] = {}
    samples: dict[str, tuple[int, float]] = {}
    for key, name, value, row in each_score(frames[0], "eval_id"):
        scorer, _, metric = name.rpartition("_")
        if scorer != "headline" and metric not in SPREADS:  # the headline repeats the first scorer
            evaluations[f"{key} {scorer}"] = [value, row[f"score_{scorer}_stderr"]]
    for frame in frames[1:]:
        for key, name, value, row in each_score(frame, "eval_id"):
            n, total = samples.get(f"{key} {name} {row['id']}", (0, 0.0))
            samples[f"{key} {name} {row['id']}"] = (n + 1, total + to_float(value))
    return {"evaluations": evaluations, "samples": json.loads(json.dumps(samples))}


def each_score(frame: pd.DataFrame, key: str) -> Iterator[tuple[str, str, Any, dict[str, Any]]]:
    """Yield the key of a row, the name of each of its scores, the score and the row."""
    import pandas as pd

    names = [name for name in frame.columns if name.startswith("score_")]
    for row in frame.to_dict("records"):
        for name in names:
            if not pd.isna(row[name]):
                yield row[key], name.removeprefix("score_"), row[name], row
