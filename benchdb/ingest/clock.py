"""Times of imports, which never go back: questions as of a moment would otherwise be answered anew by later imports."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from benchdb.schema.curation import Ingest

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection


def latest_import(connection: Connection) -> datetime | None:
    """Return the time of the newest import, or None where there is none.

    Args:
        connection: A connection to the database.
    """
    return connection.execute(select(func.max(Ingest.ingested_at))).scalar()


def never_before(clock: Callable[[], datetime], latest: datetime | None) -> Callable[[], datetime]:
    """Return a clock that shows no time before a moment, but one just after it instead.

    Args:
        clock: Current time, aware.
        latest: The moment; None for no limit.
    """
    if latest is None:
        return clock
    return lambda: moment if (moment := clock()) >= latest else latest + timedelta(microseconds=1)
