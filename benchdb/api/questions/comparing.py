"""Whether one model is better than another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from benchdb.api.filters import Asked, split_filters
from benchdb.api.questions.asking import Asking

if TYPE_CHECKING:
    from benchdb.api.results.comparison import Comparison


class Comparing(Asking):
    """Whether one model is better than another."""

    def compare(self, *models: str, across_protocols: bool = False, **asked: Unpack[Asked]) -> Comparison:
        """Return the differences between two or more models, and whether each is established.

        Args:
            *models: Names of the models; the first is compared with the second, and so on for all pairs.
            across_protocols: Give verdicts across protocols that change the task.
            **asked: Filters, policy and level.

        Raises:
            UnknownNameError: If a name is not in the catalogue.
            EmptyResultError: If the models have no benchmark in common.
        """
        from benchdb.api.results.comparison import Comparison
        from benchdb.query.compare import compare

        filters, policy, level = split_filters(asked)
        with self.engine.connect() as connection:
            return Comparison(
                compare(connection, models, filters, policy=policy, level=level, across_protocols=across_protocols)
            )
