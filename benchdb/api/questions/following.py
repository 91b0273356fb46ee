"""How scores change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Unpack

from benchdb.api.filters import Asked, split_filters
from benchdb.api.questions.asking import Asking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchdb.api.results.trend import Trend


class Following(Asking):
    """How scores change."""

    def trend(
        self, *, models: Sequence[str] = (), by: Literal["parameters", "date"] = "parameters", **asked: Unpack[Asked]
    ) -> Trend:
        """Return scores along model size or release date, with the best so far and a line per benchmark.

        Args:
            models: Models by name.
            by: "parameters" or "date".
            **asked: Filters, policy and level.

        Raises:
            UnknownNameError: If a name is not in the catalogue.
            EmptyResultError: If no model has both a score and a place on the axis.
        """
        from benchdb.api.results.trend import Trend
        from benchdb.query.trend import Axis, trend

        filters, policy, level = split_filters(asked, models)
        with self.engine.connect() as connection:
            return Trend(trend(connection, filters, by=Axis(by), policy=policy, level=level))
