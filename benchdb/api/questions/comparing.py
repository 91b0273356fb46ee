"""Whether one model is better than another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from benchdb.api.filters import Asked, split_filters
from benchdb.api.questions.asking import Asking
from benchdb.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from enum import StrEnum

    from benchdb.api.results.comparison import Comparison
    from benchdb.api.results.gate import Gate
    from benchdb.api.results.power import Power


class Comparing(Asking):
    """Whether one model is better than another."""

    def compare(
        self,
        *models: str,
        all_pairs: bool = False,
        across_protocols: bool = False,
        test: str = "auto",
        correction: str = "holm",
        seed: int | None = None,
        **asked: Unpack[Asked],
    ) -> Comparison:
        """Return the differences between two or more models, and whether each is established.

        Args:
            *models: Names of the models; the first is compared with the second, and so on for all pairs. With `all_pairs`
                none means all that fit the filters.
            all_pairs: Show the answer as a matrix.
            across_protocols: Give verdicts across protocols that change the task.
            test: How p is computed, as far as the evidence allows: auto, t, sign, mcnemar or permutation.
            correction: How p is adjusted for the number of comparisons: holm, bh or none.
            seed: Seed of the permutation test; None is the fixed default.
            **asked: Filters, policy and level.

        Raises:
            ConfigError: If there is no test or correction of that name.
            UnknownNameError: If a name is not in the catalogue.
            EmptyResultError: If the models have no benchmark in common.
        """
        from benchdb.api.results.comparison import Comparison
        from benchdb.query.compare import Rules, compare
        from benchdb.query.compare_family import Correction
        from benchdb.query.contrasts import ChosenTest
        from benchdb.stats.inputs import DEFAULT_SEED

        filters, policy, level = split_filters(asked)
        rules = Rules(
            level=level,
            test=ChosenTest(_known(test, "test", ChosenTest)),
            correction=Correction(_known(correction, "correction", Correction)),
            seed=DEFAULT_SEED if seed is None else seed,
            across_protocols=across_protocols,
        )
        with self.engine.connect() as connection:
            return Comparison(compare(connection, models, filters, policy=policy, rules=rules, all_pairs=all_pairs))

    def gate(  # noqa: PLR0913 - each rule of judging is a keyword of its own
        self,
        baseline: str,
        candidate: str,
        *,
        baseline_source: str | None = None,
        candidate_source: str | None = None,
        max_regression: float | None = None,
        min_power: float | None = None,
        correction: str = "holm",
        across_protocols: bool = False,
        **asked: Unpack[Asked],
    ) -> Gate:
        """Return whether a candidate is worse than a baseline: a regression, none, or not enough evidence.

        Args:
            baseline: What is replaced: MODEL, MODEL[variant], MODEL@RUN or MODEL[variant]@RUN, where RUN is the key or
                label of a run, the URL, title or file of its source, or its day.
            candidate: What replaces it, likewise.
            baseline_source: Only runs of this source for the baseline: its URL, title, or a part of the title.
            candidate_source: Likewise for the candidate.
            max_regression: Drop that is allowed, in points of percent, or in the metric's unit where that is another one.
            min_power: Least power to find such a drop.
            correction: How p is adjusted for the number of comparisons: holm, bh or none.
            across_protocols: Judge across protocols that change the task.
            **asked: Filters, policy and level.

        Raises:
            ConfigError: If there is no correction of that name.
            UnknownNameError: If a name is not in the catalogue.
            AmbiguousQueryError: If both sides are the same claims.
            EmptyResultError: If they have no benchmark in common.
        """
        from benchdb.api.results.gate import Gate
        from benchdb.query.compare import Rules
        from benchdb.query.compare_family import Correction
        from benchdb.query.gate import Limits, gate
        from benchdb.query.gate_sides import SideName

        filters, policy, level = split_filters(asked)
        rules = Rules(
            level=level,
            correction=Correction(_known(correction, "correction", Correction)),
            across_protocols=across_protocols,
        )
        with self.engine.connect() as connection:
            return Gate(
                gate(
                    connection,
                    SideName(name=baseline, source=baseline_source),
                    SideName(name=candidate, source=candidate_source),
                    filters,
                    policy=policy,
                    limits=Limits(max_regression=max_regression, min_power=min_power, rules=rules),
                )
            )

    def power(
        self,
        *on: str,
        models: Sequence[str] | None = None,
        difference: float | None = None,
        power: float = 0.8,
        **asked: Unpack[Asked],
    ) -> Power:
        """Return what benchmarks can show between two models: the smallest detectable difference, and what a wanted one takes.

        Args:
            *on: Benchmarks by name; none means those that the filters leave.
            models: The two models in question; None is any two.
            difference: Wanted difference, in points of percent, or in the metric's unit where that is another one; None is
                that of the two models' values.
            power: Wanted chance to find it.
            **asked: Filters, policy and level.

        Raises:
            UnknownNameError: If a name is not in the catalogue.
            EmptyResultError: If no score fits, or the models share none of the benchmarks.
        """
        from benchdb.api.results.power import Power
        from benchdb.query.power import Plan
        from benchdb.query.power import power as ask_power

        if on:
            asked["benchmarks"] = on
        filters, policy, level = split_filters(asked)
        plan = Plan(models=tuple(models or ()), difference=difference, power=power, level=level)
        with self.engine.connect() as connection:
            return Power(ask_power(connection, filters, policy=policy, plan=plan))


def _known(word: str, what: str, words: type[StrEnum]) -> str:
    if word not in {str(known) for known in words}:
        raise ConfigError(f'there is no {what} "{word}"; there are: {", ".join(words)}')
    return word
