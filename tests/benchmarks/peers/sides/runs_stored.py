"""benchdb's side: every metric of every run as a data frame, the best by one metric first."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

RUNS = """
WITH found AS (SELECT model, model_label, benchmark, stated_value AS value FROM claims WHERE source_title = 'runs.csv'),
     wide AS (PIVOT found ON benchmark USING first(value) GROUP BY model, model_label)
SELECT * FROM wide ORDER BY "benchmark-0" DESC
"""


def prepare(database: str) -> Callable[[], pd.DataFrame]:
    """Return the action: open the database and fetch the frame."""
    import pandas as pd  # noqa: F401 — loaded before the clock starts, as on the other side

    import benchdb

    def action() -> pd.DataFrame:
        with benchdb.connect(database, read_only=True) as db:
            return db.sql(RUNS).to_pandas()

    action()
    return action


def answer(frame: pd.DataFrame) -> dict[str, float]:
    """Return every metric by run and name."""
    names = [name for name in frame.columns if name.startswith("benchmark-")]
    return {f"{row['model_label']} {name}": row[name] for row in frame.to_dict("records") for name in names}
