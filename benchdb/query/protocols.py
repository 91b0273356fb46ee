"""Whether two claims were measured alike: the settings that differ, and those that forbid a verdict.

Settings that change the task itself (its items, its prompt's examples, how answers are read) forbid; how often and how
randomly a model was asked does not change what is estimated and is only listed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select

from benchdb.query.tables import PROTOCOL, RUN, SCORE

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy import Connection


FORBIDDING = (
    "n_shot",
    "split",
    "dataset_revision",
    "window_start_on",
    "window_end_on",
    "item_limit",
    "extraction",
    "harness_task",
    "task_version",
)
"""Settings that change the task: where both claims state one and it differs, their values are not comparable."""

LISTED = (
    "samples_per_item",
    "temperature",
    "top_p",
    "max_tokens",
    "seed",
    "prompt_hash",
    "harness",
    "harness_version",
    "quantisation",
    "reasoning_effort",
    "scaffold",
    "engine",
)
"""Settings that are listed where they differ. The revision of the weights belongs to the model and is not among them."""

_WORDS = (
    ("n_shot", "{}-shot"),
    ("temperature", "temperature {}"),
    ("top_p", "top-p {}"),
    ("samples_per_item", "{} samples"),
    ("max_tokens", "at most {} tokens"),
    ("split", "split {}"),
    ("window_start_on", "items from {}"),
    ("window_end_on", "items up to {}"),
    ("item_limit", "limited to {}"),
    ("extraction", "extraction {}"),
    ("harness", "by {}"),
    ("harness_task", "task {}"),
    ("task_version", "task version {}"),
    ("dataset_revision", "data revision {}"),
    ("prompt_hash", "prompt {}"),
)
"""The settings that a fingerprint is the key of, in the order in which readers look for them, and how each is said."""

STATED = tuple(name for name, _ in _WORDS)
"""The settings that `in_words` says."""


class Match(NamedTuple):
    """How the protocols of two claims compare."""

    differences: tuple[str, ...]
    """Settings that both state and that differ, as "n_shot: 0, 5"; forbidding ones first."""
    unknown: tuple[str, ...]
    """Settings that only one states."""
    is_comparable: bool
    """Whether no forbidding setting differs."""


def settings_of(connection: Connection, score_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Return the protocol of each score, by score.

    Args:
        connection: An open connection.
        score_ids: The scores.
    """
    statement = (
        select(SCORE.c.score_id, *(PROTOCOL.c[name] for name in (*FORBIDDING, *LISTED)))
        .join(RUN, RUN.c.run_id == SCORE.c.run_id)
        .join(PROTOCOL, PROTOCOL.c.protocol_id == RUN.c.protocol_id)
        .where(SCORE.c.score_id.in_(sorted(score_ids)))
    )
    return {row["score_id"]: dict(row) for row in connection.execute(statement).mappings()}


def match(first: Mapping[str, Any], second: Mapping[str, Any]) -> Match:
    """Return how two protocols compare; swapping them swaps the values in each difference only.

    Args:
        first: Settings of the first claim; None is not stated.
        second: Settings of the second claim.
    """
    differences, unknown, forbidding = [], [], 0
    for name in (*FORBIDDING, *LISTED):
        a, b = first[name], second[name]
        if a is None or b is None:
            unknown += [name] if a is not b else []
        elif a != b:
            differences.append(f"{name}: {spell(a)}, {spell(b)}")
            forbidding += name in FORBIDDING
    return Match(tuple(differences), tuple(unknown), not forbidding)


def spell(value: object) -> str:
    """Return a setting as text: whole numbers without a point, long hashes cut.

    Args:
        value: The setting.
    """
    if isinstance(value, float):
        return f"{value:g}"
    text = str(value)
    return text if len(text) <= 40 else f"{text[:12]}…"


def in_words(settings: Mapping[str, Any]) -> str | None:
    """Return the settings that make scores comparable as a reader says them, such as "5-shot, temperature 0, 16 samples".

    Args:
        settings: Settings by name; None is not stated.

    Returns:
        What is stated; None where nothing is.
    """
    said = [_say(name, words, settings[name]) for name, words in _WORDS if settings[name] is not None]
    return ", ".join(said) or None


def _say(name: str, words: str, value: object) -> str:
    text = spell(value)
    if name == "item_limit" and isinstance(value, (int, float)):
        text = f"{value * 100:g} % of the items" if value < 1 else f"{value:g} item{'' if value == 1 else 's'}"
    said = words.format(text)
    return "1 sample" if said == "1 samples" else said
