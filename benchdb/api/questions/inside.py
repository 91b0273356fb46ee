"""What the items inside runs say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Unpack

from benchdb.api.filters import Asked, split_filters
from benchdb.api.questions.asking import Asking

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from benchdb.api.results.items import AgreementTable, Flips, Items, ItemValues
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

    def items(
        self,
        benchmark: str,
        *,
        models: Sequence[str] = (),
        show: Literal["all", "one", "none"] = "all",
        most: int | None = None,
        **asked: Unpack[Asked],
    ) -> Items:
        """Return the items of a benchmark, the hardest first: mean over models, who solves each, how well it discriminates.

        Args:
            benchmark: Name of the benchmark.
            models: Models by name.
            show: "all", "one" (items that one model alone solves) or "none" (items that no model solves).
            most: Items to show at most; None shows all.
            **asked: Filters and policy.

        Raises:
            UnknownNameError: If a name is not in the catalogue.
            EmptyResultError: If nothing that fits has outcomes of items.
            AmbiguousQueryError: If only subsets of the benchmark have outcomes, and several.
        """
        from benchdb.api.results.items import Items
        from benchdb.query.item_table import items

        filters, policy, _level = split_filters(asked, models)
        with self.engine.connect() as connection:
            return Items(items(connection, benchmark, filters, show=show, most=most, policy=policy))

    def item_values(self, benchmark: str, *, models: Sequence[str] = (), **asked: Unpack[Asked]) -> ItemValues:
        """Return what every model made of every item, with the places that order both by difficulty: a picture's rows.

        Args:
            benchmark: Name of the benchmark.
            models: Models by name.
            **asked: Filters and policy.

        Raises:
            UnknownNameError: If a name is not in the catalogue.
            EmptyResultError: If nothing that fits has outcomes of items.
            AmbiguousQueryError: If only subsets of the benchmark have outcomes, and several.
        """
        from benchdb.api.results.items import ItemValues
        from benchdb.query.item_table import item_values

        filters, policy, _level = split_filters(asked, models)
        with self.engine.connect() as connection:
            return ItemValues(item_values(connection, benchmark, filters, policy=policy))

    def flips(
        self, model_a: str, model_b: str, benchmark: str, *, most: int | None = None, **asked: Unpack[Asked]
    ) -> Flips:
        """Return the items of a benchmark on which two models differ, and how far they agree.

        Args:
            model_a: First model.
            model_b: Second model.
            benchmark: Name of the benchmark.
            most: Items to show at most; None shows all.
            **asked: Filters and policy.

        Raises:
            UnknownNameError: If a name is not in the catalogue.
            EmptyResultError: If the two share no item.
            AmbiguousQueryError: If the names mean one model, or a model has several variants.
        """
        from benchdb.api.results.items import Flips
        from benchdb.query.agreement import flips

        filters, policy, _level = split_filters(asked)
        with self.engine.connect() as connection:
            return Flips(flips(connection, (model_a, model_b), benchmark, filters, most=most, policy=policy))

    def agreement(self, benchmark: str, *, models: Sequence[str] = (), **asked: Unpack[Asked]) -> AgreementTable:
        """Return for each pair of models how far they agree on which items they solve, with Cohen's kappa.

        Args:
            benchmark: Name of the benchmark.
            models: Models by name.
            **asked: Filters and policy.

        Raises:
            UnknownNameError: If a name is not in the catalogue.
            EmptyResultError: If no two models share an item, or the metric is no share of marks.
            AmbiguousQueryError: If only subsets of the benchmark have outcomes, and several.
        """
        from benchdb.api.results.items import AgreementTable
        from benchdb.query.agreement import agreement

        filters, policy, _level = split_filters(asked, models)
        with self.engine.connect() as connection:
            return AgreementTable(agreement(connection, benchmark, filters, policy=policy))
