"""What the items of a window of dates say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Unpack

from benchdb.api.filters import Asked, split_filters
from benchdb.api.questions.asking import Asking

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from benchdb.api.results.window import WindowBoard, WindowPairs


class Windowing(Asking):
    """What the items of a window of dates say."""

    def window(
        self,
        benchmark: str,
        *,
        models: Sequence[str] = (),
        since: date | None = None,
        until: date | None = None,
        after_cutoff: Literal["each", "all"] | None = None,
        **asked: Unpack[Asked],
    ) -> WindowBoard:
        """Return models ranked on the items of a window of dates, beside their scores on the rest.

        Args:
            benchmark: Name of the benchmark.
            models: Models by name.
            since: First day of the window.
            until: Last day of the window.
            after_cutoff: "each" takes the items after each model's own training cut-off, "all" those after the latest one.
            **asked: Filters, policy and level.

        Raises:
            UnknownNameError: If a name is not in the catalogue.
            EmptyResultError: If nothing that fits has outcomes of dated items, or no cut-off is known.
            StatisticsInputError: If the window has no bound or ends before it starts.
        """
        from benchdb.api.results.window import WindowBoard
        from benchdb.query.window import Bounds, window

        filters, policy, level = split_filters(asked, models)
        bounds = Bounds(since, until, after_cutoff)
        with self.engine.connect() as connection:
            return WindowBoard(window(connection, benchmark, filters, bounds, policy=policy, level=level))

    def window_pairs(
        self,
        benchmark: str,
        *,
        models: Sequence[str] = (),
        since: date | None = None,
        until: date | None = None,
        after_cutoff: Literal["each", "all"] | None = None,
        **asked: Unpack[Asked],
    ) -> WindowPairs:
        """Return every pair of models compared on the items inside both their windows, paired item by item.

        Args:
            benchmark: Name of the benchmark.
            models: Models by name.
            since: First day of the window.
            until: Last day of the window.
            after_cutoff: "each" takes the items after both models' training cut-offs, "all" those after the latest one of all.
            **asked: Filters, policy and level.

        Raises:
            UnknownNameError: If a name is not in the catalogue.
            EmptyResultError: If nothing that fits has outcomes of dated items, or no cut-off is known.
            StatisticsInputError: If the window has no bound or ends before it starts.
        """
        from benchdb.api.results.window import WindowPairs
        from benchdb.query.window import Bounds, window

        filters, policy, level = split_filters(asked, models)
        bounds = Bounds(since, until, after_cutoff)
        with self.engine.connect() as connection:
            found = window(connection, benchmark, filters, bounds, with_pairs=True, policy=policy, level=level)
            return WindowPairs(found)
