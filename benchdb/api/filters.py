"""The filters every question takes by keyword, typed, and their way to the query layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from benchdb.errors import ConfigError
from benchdb.query.filters import Filters
from benchdb.query.policies import Policy

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime


class Asked(TypedDict, total=False):
    """What a question is about; a name may be a slug, a display name or an alias."""

    benchmarks: Sequence[str]
    """Benchmarks by name, in the order to show them."""
    subsets: Sequence[str]
    """Subsets of benchmarks; "" is the whole."""
    suite: str | None
    """A suite of benchmarks."""
    metric: str | None
    """The one metric to show."""
    organizations: Sequence[str]
    """Makers of the models."""
    families: Sequence[str]
    """Families of models."""
    open_weights: bool | None
    """Models whose weights can be downloaded, or cannot."""
    min_parameters: int | None
    """Least total parameters, as a count."""
    max_parameters: int | None
    """Most total parameters, as a count."""
    released_since: date | None
    """First release date."""
    released_until: date | None
    """Last release date."""
    n_shot: int | None
    """Worked examples in the prompt."""
    sources: Sequence[str]
    """Sources by URL, title, or a part of the title."""
    source_kinds: Sequence[str]
    """Kinds of sources: harness_log, paper, model_card, leaderboard, figure, manual."""
    harness: str | None
    """Evaluation tool."""
    variants: Sequence[str]
    """Variants of models; "" is the plain model."""
    include_aggregates: bool
    """Whether claims that their source computed from other scores count."""
    as_of: datetime | None
    """Only what the database had learned by then, with the catalogue as it was; aware."""
    published_until: date | None
    """Only claims published by that day, else run by then; a claim without any date is left out."""
    policy: str
    """Which of several claims for one cell is shown: preferred, newest or median."""
    level: float
    """Coverage of intervals, as a fraction."""


_SEQUENCES = ("models", "benchmarks", "sources", "subsets", "organizations", "families", "variants")


def split_filters(asked: Asked, models: Sequence[str] = ()) -> tuple[Filters, Policy, float]:
    """Return the filters, the policy and the level that a question was asked with.

    Args:
        asked: Keywords of the question.
        models: Models by name.

    Raises:
        ConfigError: If a keyword or the policy is unknown, the level is no number, or a text stands where a list belongs.
    """
    given: dict[str, Any] = {**asked, "models": models}
    level = given.pop("level", 0.95)
    if isinstance(level, bool) or not isinstance(level, int | float):
        raise ConfigError(f"level = {level!r}: a coverage is a number between 0 and 1, such as 0.95")
    policy = str(given.pop("policy", Policy.PREFERRED))
    if policy not in {str(known) for known in Policy}:
        raise ConfigError(f'there is no policy "{policy}"; there are: {", ".join(Policy)}')
    if "source_kinds" in given:
        given["kinds"] = given.pop("source_kinds")
    unknown = set(given) - set(Filters.__dataclass_fields__)
    if unknown:
        raise ConfigError(
            f"unknown filter {', '.join(sorted(unknown))}; there are: models, {', '.join(Asked.__annotations__)}"
        )
    for name in (*_SEQUENCES, "kinds"):
        value = given.get(name, ())
        if isinstance(value, str):
            raise ConfigError(f"{name} takes a list of names, found the text {value!r}: write [{value!r}]")
        given[name] = tuple(value or ())
    return Filters(**given), Policy(policy), float(level)
