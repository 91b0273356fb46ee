"""How scores change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Unpack

from benchdb.api.filters import Asked, split_filters
from benchdb.api.questions.asking import Asking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchdb.api.results.frontier import Frontier, Pareto
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

    def frontier(
        self,
        *,
        models: Sequence[str] = (),
        by: Literal["weights", "maker", "family"] = "weights",
        **asked: Unpack[Asked],
    ) -> Frontier:
        """Return the best so far of each group of models on each benchmark, and the lags between groups.

        Args:
            models: Models by name.
            by: What groups are made by: "weights" (open or closed), "maker" or "family".
            **asked: Filters, policy and level.

        Raises:
            UnknownNameError: If a name is not in the catalogue.
            EmptyResultError: If no model has a score, a release date and a group.
        """
        from benchdb.api.results.frontier import Frontier
        from benchdb.query.frontier import frontier

        filters, policy, level = split_filters(asked, models)
        with self.engine.connect() as connection:
            return Frontier(frontier(connection, filters, by=by, policy=policy, level=level))

    def pareto(
        self,
        *,
        models: Sequence[str] = (),
        size: Literal["total", "active", "both"] = "total",
        jointly: bool = False,
        **asked: Unpack[Asked],
    ) -> Pareto:
        """Return each model with whether any other beats it in score and size.

        Args:
            models: Models by name.
            size: Which number of parameters counts: "total", "active", or "both".
            jointly: One front over all benchmarks at once instead of one for each.
            **asked: Filters, policy and level.

        Raises:
            UnknownNameError: If a name is not in the catalogue.
            EmptyResultError: If no model has the scores and a known size.
        """
        from benchdb.api.results.frontier import Pareto
        from benchdb.query.pareto import pareto

        filters, policy, level = split_filters(asked, models)
        with self.engine.connect() as connection:
            return Pareto(pareto(connection, filters, size=size, jointly=jointly, policy=policy, level=level))
