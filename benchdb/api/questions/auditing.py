"""What cannot be right, and where sources disagree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from benchdb.api.filters import Asked, split_filters
from benchdb.api.questions.asking import Asking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchdb.api.results.conflicts import Conflicts
    from benchdb.api.results.doctor import Diagnosis
    from benchdb.api.results.insights import Insights


class Auditing(Asking):
    """What cannot be right, and where sources disagree."""

    def conflicts(
        self, *, min_sigma: float | None = None, models: Sequence[str] = (), **asked: Unpack[Asked]
    ) -> Conflicts:
        """Return the cells whose claims differ by more than their rounding, with the claims side by side.

        Args:
            min_sigma: Least size of the disagreement in standard errors; cells without a known error are then left out.
            models: Models by name.
            **asked: Filters.

        Raises:
            UnknownNameError: If a name is not in the catalogue.
        """
        from benchdb.api.results.conflicts import Conflicts
        from benchdb.query.conflicts import conflicts

        filters, _policy, _level = split_filters(asked, models)
        with self.engine.connect() as connection:
            return Conflicts(conflicts(connection, filters, min_sigma=min_sigma))

    def doctor(
        self, *, checks: Sequence[str] = (), limit: int = 1000, models: Sequence[str] = (), **asked: Unpack[Asked]
    ) -> Diagnosis:
        """Return what the forensic checks find among the claims; nothing is changed.

        Args:
            checks: Names of checks to run; by default all.
            limit: Most findings shown for each check, at least 1; the others are counted.
            models: Models by name.
            **asked: Filters.

        Raises:
            UnknownNameError: If a name is not in the catalogue.
            ConfigError: If there is no such check, or the limit is below 1.
        """
        from benchdb.api.results.doctor import Diagnosis
        from benchdb.errors import ConfigError
        from benchdb.query.doctor.examine import doctor

        if limit < 1:
            raise ConfigError(f"limit = {limit}: at least one finding can be shown")
        filters, _policy, _level = split_filters(asked, models)
        with self.engine.connect() as connection:
            return Diagnosis(doctor(connection, filters, tuple(checks), limit=limit))

    def insights(self, *, limit: int = 10, models: Sequence[str] = (), **asked: Unpack[Asked]) -> Insights:
        """Return statements that hold of the scores, each with its numbers and whether it stands above the noise.

        Args:
            limit: Most statements of one kind, at least 1; the others are counted.
            models: Models by name.
            **asked: Filters, policy and level.

        Raises:
            UnknownNameError: If a name is not in the catalogue.
            EmptyResultError: If no score fits.
            ConfigError: If the limit is below 1.
        """
        from benchdb.api.results.insights import Insights
        from benchdb.errors import ConfigError
        from benchdb.query.insights.discover import insights

        if limit < 1:
            raise ConfigError(f"limit = {limit}: at least one statement can be shown")
        filters, policy, level = split_filters(asked, models)
        with self.engine.connect() as connection:
            return Insights(insights(connection, filters, policy=policy, level=level, limit=limit))
