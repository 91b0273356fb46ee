"""What the database holds: claims, catalogue, coverage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from benchdb.api.filters import Asked, split_filters
from benchdb.api.questions.asking import Asking
from benchdb.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from benchdb.api.results.coverage import CoverageTable, NextCells
    from benchdb.api.results.listing import Listing
    from benchdb.api.results.records import Claims, History, Trace


class Records(Asking):
    """What the database holds: claims, catalogue, coverage."""

    def coverage(self, *, models: Sequence[str] = (), **asked: Unpack[Asked]) -> CoverageTable:
        """Return which models have claims on which benchmarks, missing ones included.

        Args:
            models: Models by name.
            **asked: Filters.

        Raises:
            UnknownNameError: If a name is not in the catalogue.
        """
        from benchdb.api.results.coverage import CoverageTable
        from benchdb.query.coverage import coverage

        filters, _policy, _level = split_filters(asked, models)
        with self.engine.connect() as connection:
            return CoverageTable(coverage(connection, filters))

    def next_cells(self, n: int = 10, *, models: Sequence[str] = (), **asked: Unpack[Asked]) -> NextCells:
        """Return the missing scores that would tell most about the ranking, each with its gain and the reason in words.

        Args:
            n: Rows to return.
            models: Models by name.
            **asked: Filters, policy and level.

        Raises:
            UnknownNameError: If a name is not in the catalogue.
            EmptyResultError: If fewer than two models have a score.
        """
        from benchdb.api.results.coverage import NextCells
        from benchdb.query.informative import next_cells

        filters, policy, level = split_filters(asked, models)
        with self.engine.connect() as connection:
            return NextCells(next_cells(connection, filters, most=n, policy=policy, level=level))

    def claims(
        self,
        *,
        models: Sequence[str] = (),
        limit: int | None = None,
        offset: int = 0,
        after: int | None = None,
        count: bool = True,
        **asked: Unpack[Asked],
    ) -> Claims:
        """Return every claim that fits, retracted ones included, with its protocol, source, file and place.

        With `limit` it is a page of them, for which no more than the page is read; `answer.n_claims` counts all.

        Args:
            models: Models by name.
            limit: Claims to return at most; None returns all, 0 only counts.
            offset: Claims to pass over, for a page.
            after: Key of the last claim of the page before, which finds the next one at the same cost however far on it is;
                nothing else is passed over then.
            count: Whether a page says how many claims there are, and what is to be known of them all; of many claims the
                counting takes longer than the page.
            **asked: Filters and policy.

        Raises:
            ConfigError: If a limit or offset is below zero, or an offset is given without a limit.
            UnknownNameError: If a name is not in the catalogue.
            EmptyResultError: If there is no claim `after`.
        """
        from benchdb.api.results.records import Claims
        from benchdb.query.claim_pages import Place, claims_page
        from benchdb.query.every_claim import every_claim

        filters, policy, _level = split_filters(asked, models)
        if min(limit or 0, offset) < 0 or (limit is None and (offset or after is not None)):
            raise ConfigError(
                f"limit={limit}, offset={offset}, after={after}: a page has a limit of 0 or more, and an offset or a claim before it"
            )
        with self.engine.connect() as connection:
            if limit is None:
                return Claims(every_claim(connection, filters, policy=policy))
            return Claims(claims_page(connection, filters, Place(limit, offset, after, count), policy=policy))

    def history(self, model: str, benchmark: str, **asked: Unpack[Asked]) -> History:
        """Return every claim about one model on one benchmark, retracted ones included.

        Args:
            model: Name of the model.
            benchmark: Name of the benchmark.
            **asked: Filters and policy.

        Raises:
            UnknownNameError: If a name is not in the catalogue.
            EmptyResultError: If there is no claim.
        """
        from benchdb.api.results.records import History
        from benchdb.query.history import history

        filters, policy, _level = split_filters(asked)
        with self.engine.connect() as connection:
            return History(history(connection, model, benchmark, filters, policy=policy))

    def trace(self, score_id: int) -> Trace:
        """Return one claim and the way back to its source: run, protocol, place, file, importer.

        Args:
            score_id: Key of the claim, as every result shows it.

        Raises:
            EmptyResultError: If there is no such claim.
        """
        from benchdb.api.results.records import Trace
        from benchdb.query.trace import trace

        with self.engine.connect() as connection:
            return Trace(trace(connection, score_id))

    def list(self, kind: str, *, as_of: datetime | None = None) -> Listing:
        """Return the entries of the catalogue of one kind.

        Args:
            kind: models, benchmarks, metrics, organizations, suites or sources.
            as_of: Only what the database had learned by then; aware.

        Raises:
            ConfigError: If there is no such kind.
        """
        from benchdb.api.results.listing import Listing
        from benchdb.query.catalogue import catalogue

        with self.engine.connect() as connection:
            return Listing(catalogue(connection, kind.removesuffix("s"), as_of))
