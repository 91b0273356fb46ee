"""How scores change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Unpack

from benchdb.api.filters import Asked, split_filters
from benchdb.api.questions.asking import Asking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchdb.api.results.series import Series
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

    def series(
        self,
        model: str,
        benchmark: str,
        *,
        by: Literal["auto", "time", "step"] = "auto",
        seed: int = 0,
        **asked: Unpack[Asked],
    ) -> Series:
        """Return the runs of one model on one benchmark in order, with the places where their level changes.

        Args:
            model: Name of the model.
            benchmark: Name of the benchmark.
            by: Order of the runs: "time", "step" (checkpoints), or "auto".
            seed: Seed of the simulated null.
            **asked: Filters and level.

        Raises:
            UnknownNameError: If a name is not in the catalogue.
            EmptyResultError: If no run of the pair has a place in that order.
        """
        from benchdb.api.results.series import Series
        from benchdb.query.series import series

        filters, _policy, level = split_filters(asked)
        with self.engine.connect() as connection:
            return Series(series(connection, model, benchmark, filters, by=by, level=level, seed=seed))
