"""How models are ranked: options that a leaderboard and its charts share."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from benchdb.cli.options import option

if TYPE_CHECKING:
    from collections.abc import Callable

AGGREGATES = (
    "mean", "weighted", "category-mean", "win-rate", "borda", "rank-sum", "z-score", "bradley-terry", "ability",
)  # fmt: skip
"""What models can be ranked by, as in `benchdb.query.aggregates.Aggregate`."""
MISSING = ("common", "listwise", "impute", "native", "show")
"""What can be done about missing scores, as in `benchdb.query.grids.Missing`."""
_RANKING = "Ranking"


class Weight(click.ParamType[tuple[str, float]]):
    """BENCHMARK=NUMBER as the name and the number."""

    name = "weight"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, float]:
        """Return the name of a benchmark and its weight.

        Args:
            value: What was typed.
            param: The option.
            ctx: The command's context.
        """
        name, equals, number = str(value).rpartition("=")
        try:
            weight = float(number)
        except ValueError:
            weight = 0.0
        if not equals or not name or not 0 < weight < float("inf"):
            self.fail(f"{value!r}: expected a benchmark and a number above 0, such as 'AIME 2024=2'", param, ctx)
        return name, weight


_AGGREGATE = option(
    "--aggregate",
    section=_RANKING,
    type=click.Choice(AGGREGATES),
    default="mean",
    show_default=True,
    help="What to rank by.",
)
_MISSING = option(
    "--missing",
    section=_RANKING,
    type=click.Choice(MISSING),
    help="What to do about missing scores: take the benchmarks all models have, the models that have all benchmarks,"
    " impute, take them as they are, or show all and rank nobody.  [default: native for bradley-terry and ability, else"
    " common]",
)
_WEIGHT = option(
    "--weight",
    "weights",
    section=_RANKING,
    type=Weight(),
    multiple=True,
    metavar="NAME=NUMBER",
    help="Weight of a benchmark in the weighted mean, 1 for the others; may be repeated.",
)
_SEED = option(
    "--seed",
    section=_RANKING,
    type=click.IntRange(min=0),
    default=20250325,
    show_default=True,
    help="Seed of what is simulated.",
)


def ranking_options(*, one: bool = True) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator that adds --aggregate, --missing, --weight and --seed; the command gets `ranking`, for `benchdb.api`.

    Args:
        one: Whether one aggregate is chosen; without, there is no --aggregate.
    """

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def with_ranking(
            *args: object, missing: str | None, weights: tuple[tuple[str, float], ...], seed: int, **others: Any
        ) -> object:
            ranking: dict[str, Any] = {"missing": missing, "weights": dict(weights), "seed": seed}
            if one:
                aggregate = others.pop("aggregate")
                ranking["aggregate"] = "weighted" if weights and aggregate == "mean" else aggregate
            return command(*args, ranking=ranking, **others)

        decorated: Any = _MISSING(_WEIGHT(_SEED(with_ranking)))
        return _AGGREGATE(decorated) if one else decorated  # type: ignore[no-any-return]  # a decorator of click keeps the function

    return decorate
