"""benchdb's side: scores of lm-eval out of the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

SCORES = """
SELECT r.model_label, r.harness_task, r.extraction, c.metric_label, c.stated_value, c.stated_stderr, c.stderr_method, c.n_items
FROM claims c JOIN runs r USING (run_id) WHERE r.importer = 'lm-eval'
"""


def prepare(database: str) -> Callable[[], pd.DataFrame]:
    """Return the action: open the database and fetch the frame."""
    import pandas as pd  # noqa: F401 — loaded before the clock starts, as on the other side

    import benchdb

    def action() -> pd.DataFrame:
        with benchdb.connect(database, read_only=True) as db:
            return db.sql(SCORES).to_pandas()

    action()
    return action


def answer(frame: pd.DataFrame) -> dict[str, list[float | None]]:
    """Return value and standard error by model, task, filter and metric."""
    return {
        f"{row.model_label} | {row.harness_task} | {row.extraction} | {row.metric_label}": [
            row.stated_value,
            None if row.stated_stderr != row.stated_stderr else row.stated_stderr,
        ]
        for row in frame.itertuples()
    }
