"""Models that differ only in how they are spelled, so that their scores stand in two rows.

Of the likely duplicates that `benchdb alias review` shows, these have the same letters and digits, apart from case, separators and
the order of words, and no fact that tells them apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchdb.query.doctor.contract import Check
from benchdb.query.duplicates import duplicates
from benchdb.query.spellings import similarity, without_maker, words
from benchdb.query.tables import MODEL, RUN, SCORE
from benchdb.rows.doctor import LIKELY, WARNING, Finding
from benchdb.schema.vocab import EntityKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from benchdb.query.filters import Scope

from sqlalchemy import func, select

_SAME_LETTERS = 100.0


def _find(connection: Connection, scope: Scope) -> Iterator[Finding]:
    if not _may_be_alike(connection):
        return
    pairs = [
        pair
        for pair in duplicates(connection, (EntityKind.MODEL.value,))
        if similarity(without_maker(pair.entry), without_maker(pair.like)) >= _SAME_LETTERS
    ]
    slugs = {slug for pair in pairs for slug in (pair.entry, pair.like)}
    counted = (
        select(MODEL.c.slug, func.count())
        .select_from(SCORE)
        .join(RUN, RUN.c.run_id == SCORE.c.run_id)
        .join(MODEL, MODEL.c.model_id == RUN.c.model_id)
        .where(MODEL.c.slug.in_(sorted(slugs)))
        .group_by(MODEL.c.slug)
    )
    if scope.model_ids:
        counted = counted.where(MODEL.c.model_id.in_(scope.model_ids))
    n_scores: dict[str, int] = {row[0]: row[1] for row in connection.execute(counted)}
    for pair in pairs:
        if pair.entry not in n_scores or pair.like not in n_scores:
            continue
        both = [
            f"{slug} ({n_scores[slug]} score{'' if n_scores[slug] == 1 else 's'})" for slug in (pair.entry, pair.like)
        ]
        because = f"; {', '.join(pair.evidence)}" if pair.evidence else ""
        yield Finding(
            check="spelling",
            severity=WARNING,
            certainty=LIKELY,
            statement=f"{both[0]} and {both[1]} are spelled alike but for case, separators or the order of words{because}",
            model=pair.entry,
            benchmark=None,
            metric=None,
            sources=(),
            score_ids=(),
            n_rows=2,
            see="benchdb alias review --kind model",
        )


def _may_be_alike(connection: Connection) -> bool:
    """Return whether two slugs have the same words at all, before the evidence for any pair is read."""
    seen: set[str] = set()
    for slug in connection.execute(select(MODEL.c.slug)).scalars():
        parts = words(without_maker(slug))
        spellings = {"".join(parts), "".join(sorted(parts))}
        if seen & spellings:
            return True
        seen |= spellings
    return False


CHECK = Check(name="spelling", find=_find)
