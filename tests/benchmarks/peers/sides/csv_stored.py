"""benchdb's side: the mean of each model over all its benchmarks, best first."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

MEANS = "SELECT model_label, avg(value) AS mean FROM claims WHERE source_title = 'scores.csv' GROUP BY model_label ORDER BY mean DESC"


def prepare(database: str) -> Callable[[], pd.DataFrame]:
    """Return the action: open the database and fetch the frame."""
    import pandas as pd  # noqa: F401 — loaded before the clock starts, as on the other side

    import benchdb

    def action() -> pd.DataFrame:
        with benchdb.connect(database, read_only=True) as db:
            return db.sql(MEANS).to_pandas()

    action()
    return action


def answer(frame: pd.DataFrame) -> dict[str, float]:
    """Return the mean of each model."""
    return dict(zip(frame["model_label"], frame["mean"], strict=True))
