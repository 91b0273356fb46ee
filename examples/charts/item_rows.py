"""Rows about items and attempts for the examples, invented and written out by rule."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from statistics import correlation, mean, stdev

from benchdb.rows.items import Item, ItemValue
from benchdb.rows.noise import Noise
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
        source="samples.jsonl",
        protocol="0-shot, temperature 0.8, 32 samples",
    )


N_MODELS, N_ITEMS = 12, 60


def is_right(model: int, item: int) -> bool | None:
    """Whether a model answers an item rightly: the better and the easier, the likelier; None where it was not asked.

    Item 41 has a wrong answer in its key: the four poorest models alone are counted as right.
    """
    if model % 5 == 4 and item % 3 == 0 and item > 40:
        return None
    if item == 41:
        return model >= N_MODELS - 4
    luck = ((7 * model + 13 * item) * (item + 3) % 23) / 23
    return (N_MODELS - model) / N_MODELS + item / N_ITEMS + 0.7 * luck > 1.35


def item_values() -> list[ItemValue]:
    """Twelve models on sixty items, the best model and the hardest item first."""
    models, items = _places()
    found = [
        ItemValue(
            model=f"example/model-{model}",
            model_name=f"Model {chr(ord('A') + model)}",
            variant=None,
            benchmark="toy-quiz",
            subset="",
            item=f"question {item + 1}",
            item_place=items[item],
            model_place=models[model],
            value=100.0 if is_right(model, item) else 0.0,
            unit="percent",
            n_attempts=1,
            source=f"model-{model}.json",
            protocol="0-shot, temperature 0",
        )
        for model in range(N_MODELS)
        for item in range(N_ITEMS)
        if is_right(model, item) is not None
    ]
    return sorted(found, key=lambda value: (value.model_place, value.item_place))


def _places() -> tuple[dict[int, int], dict[int, int]]:
    """Place of each model from the best, and of each item from the hardest."""
    of_models = {model: mean(_known(model, item) for item in _asked(model)) for model in range(N_MODELS)}
    models = sorted(of_models, key=lambda model: (-of_models[model], model))
    items = sorted(range(N_ITEMS), key=lambda item: (_mean_of_item(item), item))
    numbered = [{key: place for place, key in enumerate(keys, start=1)} for keys in (models, items)]
    return numbered[0], numbered[1]


def _asked(model: int) -> list[int]:
    return [item for item in range(N_ITEMS) if is_right(model, item) is not None]


def _known(model: int, item: int) -> float:
    return float(is_right(model, item) or False)


def _mean_of_item(item: int) -> float:
    return mean(_known(model, item) for model in _answering(item))


def _answering(item: int) -> list[int]:
    return [model for model in range(N_MODELS) if is_right(model, item) is not None]


def items() -> list[Item]:
    """The same items, the hardest first, with the correlation of each with the mean of the others."""
    return sorted((item_row(item) for item in range(N_ITEMS)), key=lambda row: row.mean)


def item_row(item: int) -> Item:
    """One item over the models that were asked."""
    models = _answering(item)
    values = [_known(model, item) for model in models]
    rest = [mean(_known(model, other) for other in _asked(model) if other != item) for model in models]
    alone = [model for model in models if is_right(model, item)]
    return Item(
        benchmark="toy-quiz",
        subset="",
        item=f"question {item + 1}",
        dated_on=None,
        cluster=None,
        n_models=len(models),
        mean=100 * mean(values),
        unit="percent",
        n_solved=len(alone),
        solved_by=f"example/model-{alone[0]}" if len(alone) == 1 else None,
        discrimination=correlation(values, rest) if len(set(values)) > 1 else None,
    )


def noise_rows() -> list[Noise]:
    """The errors of the two samplers' scores, and of a model with one attempt at each item."""
    return [*(noise_row(name) for name in RIGHT), single_row()]


def noise_row(name: str) -> Noise:
    """The error of a mean over items, split by the unbiased variance of one attempt within an item."""
    shares = [100 * hits / ATTEMPTS for hits in RIGHT[name].elements()]
    n_items, error = len(shares), stdev(shares) / math.sqrt(len(shares))
    within = mean(share * (100 - share) / (ATTEMPTS - 1) for share in shares)
    answers = math.sqrt(within / n_items)
    items_part = math.sqrt(error**2 - answers**2)
    return Noise(
        model=f"example/{name.lower()}",
        model_name=name,
        variant=None,
        benchmark="humaneval",
        benchmark_name="HumanEval",
        subset="",
        metric="pass@1",
        value=mean(shares),
        unit="percent",
        n_items=n_items,
        n_units=n_items,
        fewest_attempts=ATTEMPTS,
        most_attempts=ATTEMPTS,
        stderr=error,
        data_stderr=items_part,
        prediction_stderr=answers,
        single_stderr=math.hypot(items_part, answers * math.sqrt(ATTEMPTS)),
        doubled_attempts_stderr=math.hypot(items_part, answers / math.sqrt(2)),
        doubled_items_stderr=error / math.sqrt(2),
        helps="items",
        score_id=4_611_686_018_427_399_000 + len(name),
        source="samples.jsonl",
        protocol="0-shot, temperature 0.8, 32 samples",
    )


def single_row() -> Noise:
    """A model with 82 of 164 items right in one attempt each."""
    error = math.sqrt(50 * 50 / 163)
    return replace(
        noise_row("Sampler-7B"),
        model="example/single",
        model_name="Single-13B",
        value=50.0,
        fewest_attempts=1,
        most_attempts=1,
        stderr=error,
        data_stderr=None,
        prediction_stderr=None,
        single_stderr=None,
        doubled_attempts_stderr=None,
        doubled_items_stderr=error / math.sqrt(2),
        helps="unknown",
        score_id=4_611_686_018_427_399_100,
        protocol="0-shot, temperature 0, 1 sample",
    )
