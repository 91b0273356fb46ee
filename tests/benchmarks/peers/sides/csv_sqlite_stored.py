"""pandas: the mean of each model over all its benchmarks from the SQLite file, best first."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

MEANS = """
SELECT m.name, avg(s.value) AS mean FROM score s JOIN model m USING (model_id) JOIN source o USING (source_id)
WHERE o.name = 'scores.csv' GROUP BY m.name ORDER BY mean DESC
"""


def prepare(database: str) -> Callable[[], pd.DataFrame]:
    """Return the action: open the database and fetch the frame."""
    import pandas as pd

    def action() -> pd.DataFrame:
        with closing(sqlite3.connect(database)) as connection:
            return pd.read_sql(MEANS, connection)

    action()
    return action


def answer(frame: pd.DataFrame) -> dict[str, float]:
    """Return the mean of each model."""
    return dict(zip(frame["name"], frame["mean"], strict=True))
