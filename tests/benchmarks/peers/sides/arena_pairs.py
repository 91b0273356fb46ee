"""eval-arena's own script on outcomes: the table of all pairs. The checkout is read where it lies; nothing of it is kept here."""

from __future__ import annotations

import logging
import sys
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd


def prepare(source: str, path: str) -> Callable[[], pd.DataFrame]:
    """Return the action: from outcomes in memory to the table of pairs; the file is read before, as ours is imported before."""
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    sys.path.insert(0, source)
    import arena
    import pandas as pd
    from utils import check_and_fill_correct, fill_count, load_jsonl_files

    outcomes = check_and_fill_correct(fill_count(pd.DataFrame(load_jsonl_files(path))))

    def action(some: pd.DataFrame = outcomes) -> pd.DataFrame:
        return arena.BattleSummary.battle_summary(arena.BattleSummary.pass1_to_battle(some))

    action(outcomes[outcomes["model"].isin(["model-0", "model-1"])])
    return action


def answer(table: pd.DataFrame) -> dict[str, list[float]]:
    """Return both accuracies and the error of each pair, whose models are in order of name."""
    return {
        f"{row.model_a} {row.model_b}": [row.accA, row.accB, row.error]
        for row in table.rename(columns={"SE(A-B)": "error"}).itertuples()
        if row.model_a < row.model_b
    }
