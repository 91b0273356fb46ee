"""Which model is best."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Unpack

from benchdb.api.filters import Asked, split_filters
from benchdb.api.questions.asking import Asking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchdb.api.results.leaderboard import Leaderboard


class Ranking(Asking):
    """Which model is best."""

    def leaderboard(
        self,
        *,
        models: Sequence[str] = (),
        on: Literal["common", "any"] = "common",
        most: int | None = None,
        **asked: Unpack[Asked],
    ) -> Leaderboard:
        """Return models by benchmarks, with a mean over the benchmarks all of them have.

        Args:
            models: Models by name; a name may be a slug, a display name or an alias.
            on: "common" takes the mean over the common benchmarks; "any" shows all scores and takes no mean.
            most: Benchmarks to show at most, those with the most models; None shows all.
            **asked: Filters, policy and level.

        Raises:
            UnknownNameError: If a name is not in the catalogue.
            EmptyResultError: If no claim fits the filters.
        """
        from benchdb.api.results.leaderboard import Leaderboard
        from benchdb.query.leaderboard import leaderboard

        filters, policy, level = split_filters(asked, models)
        with self.engine.connect() as connection:
            return Leaderboard(leaderboard(connection, filters, policy=policy, level=level, on=on, most=most))
