"""benchdb's side: main scores of MTEB out of the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

SCORES = """
SELECT r.model_label, coalesce(r.model_revision, 'no_revision_available') AS revision, r.harness_task, r.split, r.subset, c.stated_value
FROM claims c JOIN runs r USING (run_id) WHERE r.importer = 'mteb' AND c.metric = 'main_score'
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


def answer(frame: pd.DataFrame) -> dict[str, float]:
    """Return main scores by model, revision, task, split and subset."""
    return {
        " | ".join((row.model_label, row.revision, row.harness_task, row.split, row.subset)): row.stated_value
        for row in frame.itertuples()
    }
