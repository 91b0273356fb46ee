"""Statistics that HELM writes: which of them are results, in which unit, and what the items contributed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from benchdb.errors import MalformedFileError
from benchdb.ingest.cells import whole_number
from benchdb.ingest.logs.fields import count, number, object_at, text
from benchdb.ingest.records import OutcomeBlock
from benchdb.schema.vocab import ScoreUnit

if TYPE_CHECKING:
    from collections.abc import Iterable

BLOCK = 10_000
"""Items in a block."""
MAIN = frozenset({
    "exact_match", "quasi_exact_match", "prefix_exact_match", "quasi_prefix_exact_match", "exact_match_indicator",
    "final_number_exact_match", "exact_set_match", "iou_set_match", "f1_score", "f1_set_match", "classification_macro_f1",
    "classification_micro_f1", "rouge_1", "rouge_2", "rouge_l", "bleu_1", "bleu_4", "math_equiv", "math_equiv_chain_of_thought",
    "code_eval_acc", "pass", "test_avg", "strict_acc", "chain_of_thought_correctness", "ifeval_strict_accuracy", "wildbench_score",
    "wildbench_score_rescaled", "omni_math_accuracy", "NDCG@10", "RR@10", "BERTScore-F", "summac", "edit_similarity",
})  # fmt: skip
"""Metrics that are the main one of some scenario."""
OF_TEXT = frozenset({"perplexity", "bits_per_byte", "logprob_per_byte"})
"""Main metrics of language modelling; for multiple choice they say nothing."""
_SIDE = re.compile(
    r"num_|inference_|finish_reason_|batch_size|estimated_|training_|max_prob|logprob|prompt_truncated|perplexity$|bits_per_byte$|.*@\d+$"
)
_FRACTIONS = MAIN - {"wildbench_score"}
_UNITS = {
    "perplexity": ScoreUnit.RATIO, "bits_per_byte": ScoreUnit.BITS, "logprob": ScoreUnit.NATS, "logprob_per_byte": ScoreUnit.NATS,
    "inference_runtime": ScoreUnit.SECONDS, "wildbench_score": ScoreUnit.POINTS,
}  # fmt: skip
_AT_K = re.compile(r"(?P<stem>.+)@(?P<k>\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stat:
    """One statistic, over all items or over the trials of one."""

    name: str
    """Its name."""
    split: str | None
    """Split of the data, with a part of it after a slash."""
    perturbation: str | None
    """What was done to the items, and over which of the versions it was computed."""
    n_trials: int
    """Trials behind it."""
    mean: float
    """Its mean over the trials."""


def stat_of(value: object, where: str, place: str) -> Stat | None:
    """Return a statistic, or None where it has no finite mean.

    Args:
        value: What the file holds.
        where: The file.
        place: Key path in it.

    Raises:
        MalformedFileError: If it is no statistic.
    """
    name = text(object_at(value, "name").get("name")) if isinstance(value, Mapping) else None
    if name is None or not isinstance(value, Mapping):
        raise MalformedFileError.at(where, place, "no name.name", "a statistic")
    mean, n_trials = value.get("mean"), count(value.get("count"))
    if isinstance(mean, str | bool):
        raise MalformedFileError.at(where, f"{place}.mean", repr(mean), "a number")
    found = number(mean)
    if found is None or not n_trials:
        return None
    labels = object_at(value, "name")
    split = "/".join(part for part in (text(labels.get("split")), text(labels.get("sub_split"))) if part)
    return Stat(
        name=name,
        split=split or None,
        perturbation=_perturbation(labels.get("perturbation")),
        n_trials=n_trials,
        mean=found,
    )


def is_main(name: str, names: Iterable[str], method: str | None) -> bool:
    """Return whether a statistic is a result of its scenario rather than a side metric.

    Args:
        name: Its name.
        names: Names of all statistics of the run.
        method: The adapter's method.
    """
    if method == "language_modeling":
        return name in OF_TEXT or name in MAIN
    if any(each in MAIN for each in names):
        return name in MAIN
    return _SIDE.match(name) is None


def unit_of(name: str) -> ScoreUnit | None:
    """Return the unit of a statistic where its name settles it.

    Args:
        name: Its name.
    """
    of_k = _AT_K.fullmatch(name)
    if name in _FRACTIONS or (of_k is not None and of_k["stem"] in _FRACTIONS):
        return ScoreUnit.FRACTION
    return _UNITS.get(name)


def k_of(name: str) -> int | None:
    """Return the k of a best of k, as "exact_match@5", or None.

    Args:
        name: Name of a statistic.
    """
    of_k = _AT_K.fullmatch(name)
    return whole_number(of_k["k"]) if of_k is not None and of_k["stem"] in MAIN else None


@dataclass(slots=True)
class Tally:
    """Outcomes of the items of one split under one metric: trials are added up."""

    trials: dict[str, list[float]] = field(default_factory=dict)
    """Item → value of each trial."""

    def blocks(self, metric: str) -> Iterator[OutcomeBlock]:
        """Yield the outcomes, in blocks; values that are all 0 or 1 are right or wrong.

        Args:
            metric: Name of the metric.
        """
        is_mark = all(value in {0.0, 1.0} for values in self.trials.values() for value in values)
        items = iter(self.trials.items())
        while part := list(islice(items, BLOCK)):
            yield OutcomeBlock(
                metric=metric,
                keys=[key for key, _ in part],
                n_attempts=[len(values) for _, values in part],
                n_correct=[int(sum(values)) for _, values in part] if is_mark else None,
                values=None if is_mark else [sum(values) / len(values) for _, values in part],
            )


def tallies(rows: Iterable[object], where: str, wanted: frozenset[str]) -> dict[tuple[str | None, str], Tally]:
    """Return the outcomes of unperturbed items by split and metric.

    Args:
        rows: Rows of `per_instance_stats.json`.
        where: The file.
        wanted: Metrics to take.

    Raises:
        MalformedFileError: If a row names no item or holds no statistics.
    """
    found: dict[tuple[str | None, str], Tally] = {}
    for index, row in enumerate(rows):
        item = text(row.get("instance_id")) if isinstance(row, Mapping) else None
        if item is None or not isinstance(row, Mapping):
            raise MalformedFileError.at(where, f"[{index}].instance_id", "nothing", "the id of an item")
        if row.get("perturbation"):
            continue
        stats = row.get("stats")
        if not isinstance(stats, list):
            raise MalformedFileError.at(where, f"[{index}].stats", type(stats).__name__, "a list of statistics")
        for value in stats:
            if text(object_at(value, "name").get("name")) not in wanted:
                continue
            stat = stat_of(value, where, f"[{index}].stats")
            if stat is not None and stat.perturbation is None:
                tally = found.setdefault((stat.split, stat.name), Tally())
                tally.trials.setdefault(f"helm/{item}", []).append(stat.mean)
    return found


def _perturbation(value: Any) -> str | None:
    if not value:
        return None
    labels = value if isinstance(value, Mapping) else {"name": value}
    name = text(labels.get("name")) or "perturbed"
    computed_on = text(labels.get("computed_on"))
    return name if computed_on is None else f"{name}, {computed_on}"
