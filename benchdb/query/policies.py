"""Which of several claims a cell shows: the rules, by name. Every claim stays; a rule only chooses what stands in front."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import case

from benchdb.schema.vocab import SourceKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    from sqlalchemy import ColumnElement
    from sqlalchemy.sql.base import ReadOnlyColumnCollection

    Columns: TypeAlias = Mapping[str, ColumnElement[Any]] | ReadOnlyColumnCollection[str, Any]


class Policy(StrEnum):
    """How one of several claims for the same cell is chosen."""

    PREFERRED = "preferred"
    """Harness logs, then third parties, then the model's maker, then unknown reporters; among those exact values before
    approximate ones, then the newest statement (run, else published), then the newest import, then the smaller key."""
    NEWEST = "newest"
    """The newest statement, whoever made it; an undated one comes last. Ties as in `preferred`."""
    MEDIAN = "median"
    """The claim in the middle of the cell's values; of two middle ones the lower. Equal values as in `preferred`."""

    MEAN_OF_RUNS = "mean-of-runs"
    """The mean over the runs that repeat the run `preferred` chooses: same fingerprint of the protocol (seeds may differ), and
    either logs of the same harness or claims of the same source. Questions about items look at the chosen run alone."""


DESCRIPTIONS = {
    Policy.PREFERRED: "harness logs before third parties before the model's maker, exact before approximate, then newest",
    Policy.NEWEST: "the newest statement, whoever made it",
    Policy.MEDIAN: "the claim in the middle of the cell's values, the lower of two",
    Policy.MEAN_OF_RUNS: "the mean over the runs that repeat the preferred one under its protocol",
}
"""Each policy in one phrase, for notes."""


def reporter_class(kind: ColumnElement[str], is_first_party: ColumnElement[bool]) -> ColumnElement[int]:
    """Return the rank of a claim's reporter: 0 harness log, 1 third party, 2 the model's maker, 3 unknown.

    Args:
        kind: Kind of the source.
        is_first_party: Whether the reporter is the model's maker.
    """
    return case(
        (kind == SourceKind.HARNESS_LOG.value, 0),
        (is_first_party.is_(False), 1),
        (is_first_party.is_(True), 2),
        else_=3,
    )


def ordering(policy: Policy, column: Columns) -> list[ColumnElement[Any]]:
    """Return what claims of one cell are sorted by, the best first; claims that cannot be converted come last.

    Args:
        policy: The rule.
        column: Columns of claims by name, those of `benchdb.query.stated.select_claims` and the converted `value`.
    """
    value, key, is_approximate = column["value"], column["score_id"], column["is_approximate"]
    convertible = value.is_(None)
    newest = [
        column["stated_on"].desc().nulls_last(),
        column["ran_at"].desc().nulls_last(),
        column["ingested_at"].desc(),
    ]
    reporter = reporter_class(column["source_kind"], column["is_first_party"])
    preferred = [reporter, is_approximate, *newest, key]
    match policy:
        case Policy.PREFERRED | Policy.MEAN_OF_RUNS:
            return [convertible, *preferred]
        case Policy.NEWEST:
            return [convertible, *newest, reporter, is_approximate, key]
        case Policy.MEDIAN:
            return [convertible, value, *preferred]
