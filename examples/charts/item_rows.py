"""Rows about items and attempts for the examples, invented and written out by rule."""

from __future__ import annotations

import math
from collections import Counter
from statistics import mean, stdev

from benchdb.rows.pass_rate import PassRate

QUANTILE = 1.959964
ATTEMPTS = 32
RIGHT = {
    "Sampler-7B": Counter({0: 30, 1: 24, 3: 20, 6: 24, 12: 22, 20: 18, 28: 14, 32: 12}),
    "Sampler-70B": Counter({0: 12, 1: 8, 3: 10, 8: 18, 16: 22, 26: 30, 31: 28, 32: 36}),
}
"""Items by how many of 32 attempts are right, for each model; 164 items each."""


def pass_rates() -> list[PassRate]:
    """pass@k and pass^k of the two models for k = 1, 2, 4 … 32."""
    return [
        pass_rate(name, measure, k) for name in RIGHT for k in (1, 2, 4, 8, 16, 32) for measure in ("pass@k", "pass^k")
    ]


def pass_rate(name: str, measure: str, k: int) -> PassRate:
    """The mean over the items of C(c, k) / C(n, k), or of 1 less that of the wrong attempts, with a normal interval."""
    hits = list(RIGHT[name].elements())
    every = math.comb(ATTEMPTS, k)
    found = [1 - math.comb(ATTEMPTS - c, k) / every if measure == "pass@k" else math.comb(c, k) / every for c in hits]
    value, error = 100 * mean(found), 100 * stdev(found) / math.sqrt(len(found))
    return PassRate(
        model=f"example/{name.lower()}",
        model_name=name,
        variant=None,
        benchmark="humaneval",
        benchmark_name="HumanEval",
        subset="",
        metric="pass@1",
        measure=measure,
        k=k,
        value=value,
        unit="percent",
        stderr=error,
        lower=max(0.0, value - QUANTILE * error),
        upper=min(100.0, value + QUANTILE * error),
        level=0.95,
        method="normal",
        evidence="items",
        n_items=len(hits),
        n_units=len(hits),
        least_attempts=ATTEMPTS,
        most_attempts=ATTEMPTS,
        score_id=4_611_686_018_427_396_000 + len(name),
    )
