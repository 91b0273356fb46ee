"""What the items inside runs say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from benchdb.api.filters import Asked, split_filters
from benchdb.api.questions.asking import Asking

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from benchdb.api.results.pass_rate import PassRates


class Inside(Asking):
    """What the items inside runs say."""

    def pass_at_k(
        self, *, k: int | Collection[int] = (), models: Sequence[str] = (), **asked: Unpack[Asked]
    ) -> PassRates:
        """Return how often at least one of k attempts at an item is right (pass@k), and how often all are (pass^k).

        Args:
            k: Attempts allowed, one number or several; by default 1, 2, 4 and so on up to the fewest attempts at an item.
            models: Models by name.
            **asked: Filters, policy and level.

        Raises:
            UnknownNameError: If a name is not in the catalogue.
            EmptyResultError: If nothing that fits has outcomes of items that are right or wrong.
            StatisticsInputError: If an item has fewer than k attempts.
        """
        from benchdb.api.results.pass_rate import PassRates
        from benchdb.query.pass_at_k import pass_at_k

        filters, policy, level = split_filters(asked, models)
        ks = (k,) if isinstance(k, int) else tuple(k)
        with self.engine.connect() as connection:
            return PassRates(pass_at_k(connection, filters, ks=ks, policy=policy, level=level))
