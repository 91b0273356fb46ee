"""Outcomes out of the samples of an Inspect log: attempts at the same item are added up, for each scorer and part of a scorer."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from benchdb.ingest.logs.fields import at, day, object_at, positive
from benchdb.ingest.records import OutcomeBlock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date

BLOCK = 10_000
"""Items in a block."""
DATES = ("dated_on", "release_date", "publication_date", "published_on", "contest_date", "date")
"""Names of metadata that say when an item became public, the first that is there counts."""
OF_SAMPLE = frozenset({"id", "scores", "score", "error", "metadata"})
"""Members of a sample that `Tally.add` looks at."""
_MARKS = {"C": 1.0, "I": 0.0, "P": 0.5, "N": 0.0}
_WORDS = {"yes": 1.0, "true": 1.0, "no": 0.0, "false": 0.0}


@dataclass(slots=True)
class Attempts:
    """Scores of the attempts at each item under one scorer, or one part of it."""

    n: dict[str, int] = field(default_factory=dict)
    """Item → attempts scored."""
    total: dict[str, float] = field(default_factory=dict)
    """Item → sum of the scores."""
    answers: dict[str, dict[str, tuple[int, int]]] | None = None
    """Item → answer → attempts that gave it and right ones; None where answers are not read."""
    is_right_or_wrong: bool = True
    """Whether every score was 0 or 1."""
    is_marked: bool = False
    """Whether scores were marks or truth values, not numbers."""

    def add(self, item: str, value: float, answer: object = None) -> None:
        """Add one attempt.

        Args:
            item: The item's key.
            value: Its score.
            answer: What the scorer took for the answer, if it says so.
        """
        if self.answers is not None:
            given = self.answers.setdefault(item, {})
            text = answer if isinstance(answer, str) else ""
            n, right = given.get(text, (0, 0))
            given[text] = (n + 1, right + round(value))
        self.n[item] = self.n.get(item, 0) + 1
        self.total[item] = self.total.get(item, 0.0) + value
        self.is_right_or_wrong = self.is_right_or_wrong and value in {0.0, 1.0}

    def agrees_with(self, value: float, n_items: int | None) -> bool:
        """Return whether a reported mean is the mean of these scores; True where that cannot be told, as items are missing.

        Args:
            value: The reported mean.
            n_items: Items behind it.
        """
        if not self.n or n_items != len(self.n):
            return True
        of_items = math.fsum(self.total[item] / n for item, n in self.n.items()) / len(self.n)
        of_attempts = math.fsum(self.total.values()) / sum(self.n.values())
        return any(math.isclose(value, mean, rel_tol=1e-9, abs_tol=1e-9) for mean in (of_items, of_attempts))


class Tally:
    """What the samples of a log say: `begin` with its header, then `add` each."""

    def __init__(self, *, with_answers: bool = False) -> None:
        self._with_answers = with_answers
        self.attempts: dict[tuple[str, str], Attempts] = {}
        """(scorer, part of its dict or "") → attempts."""
        self.n_errors = 0
        """Samples that an error ended before they were scored."""
        self.sizes: Counter[tuple[str, str]] = Counter()
        """(metadata key, its value) → items."""
        self._n_items: int | None = None
        self._cluster_key: str | None = None
        self._clusters: dict[str, str | None] = {}
        self._dates: dict[str, date | None] = {}

    def begin(self, header: Mapping[str, Any]) -> Callable[[Mapping[str, Any]], None]:
        """Return `add`, which then knows the size of the data set and which metadata makes clusters.

        Args:
            header: The log's header.
        """
        self._n_items = positive(at(header, "eval.dataset.samples"))
        places = (at(header, "results.scores"), at(header, "eval.scorers"), at(header, "eval.metrics"))
        self._cluster_key = next((found for place in places if (found := _cluster_key(place))), None)
        return self.add

    def add(self, sample: Mapping[str, Any]) -> None:
        """Add one sample, or a summary of one.

        Args:
            sample: As in the log.
        """
        item = self._key(sample.get("id"))
        scores = object_at(sample, "scores")
        if not scores and isinstance(sample.get("score"), dict):
            scores = {"": sample["score"]}
        if not scores and sample.get("error"):
            self.n_errors += 1
        is_new = item not in self._dates
        metadata = object_at(sample, "metadata")
        if is_new:
            self._dates[item] = next(
                (found for name in DATES if name in metadata and (found := day(metadata[name]))), None
            )
            cluster = metadata.get(self._cluster_key) if self._cluster_key else None
            self._clusters[item] = None if cluster is None else str(cluster)
            self.sizes.update(
                (name, str(value)) for name, value in metadata.items() if isinstance(value, str | int | float)
            )
        for scorer, score in scores.items():
            if isinstance(score, dict):
                self._add_score(item, scorer, score)

    @property
    def n_clusters(self) -> int | None:
        """Clusters among the items, or None where there are none."""
        found = {cluster for cluster in self._clusters.values() if cluster is not None}
        return len(found) if found else None

    def blocks(self, scorer: str, part: str, metric: str) -> Iterator[OutcomeBlock]:
        """Yield the outcomes under one scorer, in blocks.

        Args:
            scorer: The scorer.
            part: The key of its dict; empty for a plain score.
            metric: What the mean of the scores is called.
        """
        attempts = self.attempts.get((scorer, part), Attempts())
        items = list(attempts.n)
        has_answers = any(answer for given in (attempts.answers or {}).values() for answer in given)
        has_dates, has_clusters = any(self._dates.values()), self.n_clusters is not None
        for start in range(0, len(items), BLOCK):
            keys = items[start : start + BLOCK]
            is_count = attempts.is_right_or_wrong
            yield OutcomeBlock(
                metric=metric,
                keys=keys,
                n_attempts=[attempts.n[key] for key in keys],
                n_correct=[round(attempts.total[key]) for key in keys] if is_count else None,
                values=None if is_count else [attempts.total[key] / attempts.n[key] for key in keys],
                dates=[self._dates[key] for key in keys] if has_dates else None,
                clusters=[self._clusters[key] for key in keys] if has_clusters else None,
                answers=[attempts.answers[key] for key in keys]
                if is_count and attempts.answers and has_answers
                else None,
            )

    def _new_attempts(self) -> Attempts:
        return Attempts(answers={} if self._with_answers else None)

    def _key(self, name: object) -> str:
        """Return an item's key: the data set's own id, or the row where the tool counted the items from 1 itself."""
        if isinstance(name, int) and (self._n_items is None or name <= self._n_items):
            return f"inspect/{name}"
        return str(name)

    def _add_score(self, item: str, scorer: str, score: Mapping[str, Any]) -> None:
        value = score.get("value")
        parts = value if isinstance(value, dict) else {"": value}
        for part, each in parts.items():
            found = to_float(each)
            if found is not None:
                attempts = self.attempts.get((scorer, str(part)))
                if attempts is None:
                    attempts = self.attempts[scorer, str(part)] = self._new_attempts()
                attempts.is_marked = attempts.is_marked or isinstance(each, str | bool)
                attempts.add(item, found, score.get("answer"))


def _cluster_key(tree: object) -> str | None:
    """Return the metadata key that a clustered standard error names, anywhere in a tree."""
    if isinstance(tree, dict):
        stated = tree.get("cluster")
        if isinstance(stated, str):
            return stated
        tree = list(tree.values())
    each = tree if isinstance(tree, list) else []
    return next((found for branch in each if (found := _cluster_key(branch))), None)


def to_float(value: object) -> float | None:
    """Return the number that the tool makes of a score: C 1, P 0.5, I and N 0, yes and true 1, no and false 0, numbers themselves.

    NaN marks an unscored attempt and gives None, and so does any other text, which the tool would count as 0 with a warning.

    Args:
        value: The score's value.

    References:
        UKGovernmentBEIS/inspect_ai, src/inspect_ai/scorer/_metric.py, `value_to_float`.
    """
    if isinstance(value, int | float):
        return float(value) if math.isfinite(value) else None
    if not isinstance(value, str):
        return None
    if value in _MARKS:
        return _MARKS[value]
    folded = value.lower()
    if folded in _WORDS:
        return _WORDS[folded]
    try:
        found = float(folded)
    except ValueError:
        return None
    return found if math.isfinite(found) else None
