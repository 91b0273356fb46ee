"""Which model is best."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

from benchdb.api.filters import Asked, split_filters
from benchdb.api.questions.asking import Asking
from benchdb.errors import ConfigError
from benchdb.stats.inputs import DEFAULT_SEED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from enum import StrEnum

    from benchdb.api.results.leaderboard import Leaderboard
    from benchdb.api.results.rankings import Rankings
    from benchdb.query.grids import Missing


class Ranking(Asking):
    """Which model is best."""

    def leaderboard(
        self,
        *,
        models: Sequence[str] = (),
        aggregate: str = "mean",
        missing: str | None = None,
        weights: Mapping[str, float] | None = None,
        seed: int = DEFAULT_SEED,
        most: int | None = None,
        **asked: Unpack[Asked],
    ) -> Leaderboard:
        """Return models by benchmarks, ranked by an aggregate, with rank bounds, tiers and the chance of being best.

        Args:
            models: Models by name; a name may be a slug, a display name or an alias.
            aggregate: mean, weighted, category-mean, win-rate, borda, rank-sum, z-score, bradley-terry or ability.
            missing: What is done about missing scores: common, listwise, impute, native, or show, which ranks nobody.
                By default native for bradley-terry and ability, else common.
            weights: Weight of a benchmark by name, for aggregate="weighted"; a benchmark without one counts 1.
            seed: Seed of what is simulated.
            most: Benchmarks to show at most, those with the most models; None shows all.
            **asked: Filters, policy and level.

        Raises:
            ConfigError: If the aggregate or the treatment of missing scores is unknown.
            UnknownNameError: If a name is not in the catalogue.
            EmptyResultError: If no claim fits the filters.
        """
        from benchdb.api.results.leaderboard import Leaderboard
        from benchdb.query import leaderboard as query
        from benchdb.query.aggregates import Aggregate

        filters, policy, level = split_filters(asked, models)
        ranking = query.Ranking(
            aggregate=Aggregate(_word(Aggregate, aggregate, "aggregate")),
            missing=_missing(missing),
            weights=weights or {},
            seed=seed,
        )
        with self.engine.connect() as connection:
            found = query.leaderboard(connection, filters, ranking=ranking, policy=policy, level=level, most=most)
        return Leaderboard(found)

    def rankings(
        self,
        *,
        models: Sequence[str] = (),
        missing: str | None = None,
        weights: Mapping[str, float] | None = None,
        seed: int = DEFAULT_SEED,
        most: int | None = None,
        **asked: Unpack[Asked],
    ) -> Rankings:
        """Return the models ranked by every aggregate, how far the rankings agree, and what they hang on.

        Args:
            models: Models by name.
            missing: As of `leaderboard`, for every aggregate.
            weights: Weight of a benchmark by name; without any the weighted mean is left out.
            seed: Seed of what is simulated.
            most: Benchmarks at most, those with the most models; None is all.
            **asked: Filters, policy and level.

        Raises:
            ConfigError: If the treatment of missing scores is unknown.
            UnknownNameError: If a name is not in the catalogue.
            EmptyResultError: If no claim fits the filters.
        """
        from benchdb.api.results.rankings import Rankings
        from benchdb.query.rankings import rankings

        filters, policy, level = split_filters(asked, models)
        options: dict[str, Any] = {"missing": _missing(missing), "weights": weights, "seed": seed, "most": most}
        with self.engine.connect() as connection:
            return Rankings(rankings(connection, filters, policy=policy, level=level, **options))


def _missing(word: str | None) -> Missing | None:
    from benchdb.query.grids import Missing

    return None if word is None else Missing(_word(Missing, word, "missing"))


def _word(vocabulary: type[StrEnum], word: str, name: str) -> str:
    if word not in set(vocabulary):
        raise ConfigError(f'{name} = "{word}" is unknown; there are: {", ".join(vocabulary)}')
    return word
