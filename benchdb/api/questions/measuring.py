"""How well scores are measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from benchdb.api.filters import Asked, split_filters
from benchdb.api.questions.asking import Asking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchdb.api.results.noise import NoiseTable


class Measuring(Asking):
    """How well scores are measured."""

    def noise(self, *, models: Sequence[str] = (), **asked: Unpack[Asked]) -> NoiseTable:
        """Return the error of scores split by origin, and whether more items or more attempts would lower it.

        Args:
            models: Models by name.
            **asked: Filters and policy.

        Raises:
            UnknownNameError: If a name is not in the catalogue.
            EmptyResultError: If nothing that fits has outcomes of two items or more.
        """
        from benchdb.api.results.noise import NoiseTable
        from benchdb.query.noise import noise

        filters, policy, _level = split_filters(asked, models)
        with self.engine.connect() as connection:
            return NoiseTable(noise(connection, filters, policy=policy))
