"""pandas: a CSV of scores, and the mean of each model, best first."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd


def prepare(path: str) -> Callable[[], pd.Series[float]]:
    """Return the action: read the file and group it."""
    import pandas as pd

    def action(most: int | None = None) -> pd.Series[float]:
        return pd.read_csv(path, nrows=most).groupby("model")["value"].mean().sort_values(ascending=False)

    action(1)
    return action


def answer(means: pd.Series[float]) -> dict[str, float]:
    """Return the mean of each model."""
    return {str(name): float(value) for name, value in means.items()}
