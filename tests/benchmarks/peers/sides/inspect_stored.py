"""benchdb's side: the content of Inspect's data frames out of the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

EVALUATIONS = """
SELECT r.label, r.extraction, r.model, r.model_label, r.benchmark, r.ran_at, r.temperature, r.max_tokens, r.seed, r.samples_per_item,
       c.metric, c.stated_value, c.stated_unit, c.stated_stderr, c.n_items, r.file
FROM claims c JOIN runs r USING (run_id) WHERE r.importer = 'inspect'
"""
SAMPLES = """
SELECT r.label, r.extraction, o.item, o.metric, o.n_attempts, o.n_correct, o.value
FROM outcomes_by_model o JOIN runs r USING (run_id) WHERE r.importer = 'inspect'
"""


def prepare(database: str) -> Callable[[], list[pd.DataFrame]]:
    """Return the action: open the database and fetch two frames."""
    import pandas as pd  # noqa: F401 — loaded before the clock starts, as on the other side

    import benchdb

    def action() -> list[pd.DataFrame]:
        with benchdb.connect(database, read_only=True) as db:
            return [db.sql(statement).to_pandas() for statement in (EVALUATIONS, SAMPLES)]

    action()
    return action


def answer(frames: list[pd.DataFrame]) -> dict[str, Any]:
    """Return scores with their errors by evaluation and scorer, and attempts and marks by evaluation, scorer and item."""
    evaluations, samples = frames
    return {
        "evaluations": {
            f"{row['label']} {row['extraction']}": [row["stated_value"], row["stated_stderr"]]
            for row in evaluations.to_dict("records")
        },
        "samples": {
            f"{row['label']} {row['extraction']} {row['item']}": [row["n_attempts"], row["n_correct"]]
            for row in samples.to_dict("records")
        },
    }
