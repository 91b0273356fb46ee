"""Decisions about the catalogue through the door: aliases, duplicates, merges; each with who, when and why."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from benchdb.api.display import text
from benchdb.api.result import Result
from benchdb.errors import ConfigError
from benchdb.rows.catalogue import AliasEntry, DuplicateEntry

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Engine

    from benchdb.ingest.decisions import Decision
    from benchdb.schema.vocab import EntityKind

KINDS = ("model", "benchmark", "metric", "organization")
"""What names can be the names of."""


class Aliases(Result[AliasEntry]):
    """Spellings that mean entries of the catalogue."""

    def __init__(self, rows: tuple[AliasEntry, ...]) -> None:
        super().__init__(rows, AliasEntry, title="Aliases")

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return one line an alias."""
        headings = ["kind", "name", "means", "state", "by", "on", "reason"]
        return headings, [
            [row.kind, row.name, text(row.target), row.review_state, row.decided_by, text(row.decided_at.date()), text(row.reason)]
            for row in self.rows
        ]  # fmt: skip


class Duplicates(Result[DuplicateEntry]):
    """Unreviewed entries that may be another one."""

    def __init__(self, rows: tuple[DuplicateEntry, ...]) -> None:
        super().__init__(rows, DuplicateEntry, title="Likely duplicates")

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return one line a pair."""
        headings = ["pair", "kind", "entry", "may be", "alike", "evidence"]
        return headings, [
            [row.pair, row.kind, row.entry, row.like, f"{row.similarity:.0f}", "; ".join(row.evidence)]
            for row in self.rows
        ]


class Curation:
    """What people decide about the catalogue of an open database. Made by `Database.curation`.

    Args:
        engine: The database.
        clock: Current time, aware; tests pass their own.
    """

    def __init__(self, engine: Engine, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine = engine
        self._clock = clock

    def aliases(self, kind: str | None = None) -> Aliases:
        """Return the aliases, rejected ones included.

        Args:
            kind: model, benchmark, metric or organization; None for all.

        Raises:
            ConfigError: If there is no such kind.
        """
        from benchdb.query.duplicates import aliases

        with self._engine.connect() as connection:
            return Aliases(aliases(connection, _kinds(kind)))

    def duplicates(self, kind: str | None = None) -> Duplicates:
        """Return unreviewed entries that may be another one, the most alike first.

        Args:
            kind: model, benchmark, metric or organization; None for all.

        Raises:
            ConfigError: If there is no such kind.
        """
        from benchdb.query.duplicates import duplicates

        with self._engine.connect() as connection:
            return Duplicates(duplicates(connection, _kinds(kind)))

    def add_alias(
        self, name: str, target: str, *, by: str, kind: str = "model", reason: str = "a person says so"
    ) -> None:
        """Let a spelling mean an entry.

        Args:
            name: The spelling.
            target: Name of the entry.
            by: Who decides.
            kind: model, benchmark, metric or organization.
            reason: Why.

        Raises:
            ConfigError: If the spelling is an entry of its own, or means the entry already.
            UnknownNameError: If there is no such entry.
        """
        from benchdb.ingest.aliases import add_alias

        (key,) = self._keys(kind, [target])
        add_alias(self._engine, _entity(kind), name, target=key, decision=self._decision(by, reason))

    def remove_alias(self, name: str, *, by: str, kind: str = "model", reason: str = "a person says so") -> None:
        """Let a spelling no longer mean an entry.

        Args:
            name: The spelling.
            by: Who decides.
            kind: model, benchmark, metric or organization.
            reason: Why.

        Raises:
            ConfigError: If there is no such alias.
        """
        from benchdb.ingest.aliases import remove_alias

        remove_alias(self._engine, _entity(kind), name, decision=self._decision(by, reason))

    def merge(
        self, keep: str, drop: str, *, by: str, kind: str = "model", reason: str = "the same under two names"
    ) -> int:
        """Return how many rows count for the entry kept from now on.

        Args:
            keep: Name of the entry kept.
            drop: Name of the entry given up.
            by: Who decides.
            kind: model, benchmark, metric or organization.
            reason: Why.

        Raises:
            ConfigError: If the two are one already, or have outcomes that would have to be renumbered.
            UnknownNameError: If there is no such entry.
        """
        from benchdb.ingest.merge import merge

        kept, dropped = self._keys(kind, [keep, drop])
        return merge(self._engine, _entity(kind), keep=kept, drop=dropped, decision=self._decision(by, reason))

    def unmerge(self, drop: str, *, by: str, kind: str = "model", reason: str = "two after all") -> int:
        """Return how many rows count for an entry again after its merge is undone.

        Args:
            drop: Name of the entry that was given up.
            by: Who decides.
            kind: model, benchmark, metric or organization.
            reason: Why.

        Raises:
            ConfigError: If it is not merged, or outcomes came since that would have to be renumbered.
            UnknownNameError: If there is no such entry.
        """
        from benchdb.ingest.merge import unmerge

        (key,) = self._keys(kind, [drop])
        return unmerge(self._engine, _entity(kind), drop=key, decision=self._decision(by, reason))

    def accept(self, pairs: Sequence[str], *, by: str, reason: str = "the same under two names") -> int:
        """Return how many rows count for other entries from now on, after merging pairs of `duplicates`.

        Args:
            pairs: Names of pairs.
            by: Who decides.
            reason: Why.

        Raises:
            ConfigError: If there is no such pair.
        """
        return sum(
            self.merge(pair.like, pair.entry, by=by, kind=pair.kind, reason=f"{reason} ({_because(pair)})")
            for pair in self._pairs(pairs)
        )

    def reject(self, pairs: Sequence[str], *, by: str, reason: str = "two different things") -> None:
        """Keep pairs of `duplicates` apart, so that they are not proposed again.

        Args:
            pairs: Names of pairs.
            by: Who decides.
            reason: Why.

        Raises:
            ConfigError: If there is no such pair.
        """
        from benchdb.ingest.merge import keep_apart

        for pair in self._pairs(pairs):
            entry, like = self._keys(pair.kind, [pair.entry, pair.like])
            decision = self._decision(by, reason)
            keep_apart(self._engine, _entity(pair.kind), entry=entry, other=like, decision=decision)

    def _pairs(self, names: Sequence[str]) -> list[DuplicateEntry]:
        known = {pair.pair: pair for pair in self.duplicates()}
        for name in names:
            if name not in known:
                raise ConfigError(f'there is no pair "{name}" of likely duplicates; list them: benchdb alias review')
        return [known[name] for name in names]

    def _keys(self, kind: str, names: Sequence[str]) -> tuple[int, ...]:
        from benchdb.query.names import resolve_names

        with self._engine.connect() as connection:
            return resolve_names(connection, {str(_entity(kind)): names}, through_merges=False)[kind]

    def _decision(self, by: str, reason: str) -> Decision:
        from benchdb.ingest.decisions import Decision

        if not by.strip() or not reason.strip():
            raise ConfigError("a decision needs who took it and why; say it: --by NAME --reason TEXT")
        return Decision(by=by.strip(), reason=reason.strip(), at=self._clock())


def _because(pair: DuplicateEntry) -> str:
    return "; ".join((f"names {pair.similarity:g} % alike", *pair.evidence))


def _kinds(kind: str | None) -> tuple[str, ...]:
    return KINDS if kind is None else (str(_entity(kind)),)


def _entity(kind: str) -> EntityKind:
    from benchdb.schema.vocab import EntityKind

    if kind not in KINDS:
        raise ConfigError(f'there is no kind "{kind}"; there are: {", ".join(KINDS)}')
    return EntityKind(kind)
