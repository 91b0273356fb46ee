"""Statements found in the data: the seed document's observations, with differences and errors worked out by hand."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from scipy import stats

from benchdb.errors import EmptyResultError, StatisticsInputError, UnknownNameError
from benchdb.query.filters import Filters
from benchdb.query.insights.contract import finders
from benchdb.query.insights.discover import insights
from tests.query.facts import Facts
from tests.query.seed import AM_32, AM_72, BENCHMARKS, R1_32, R1_70, seed

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from benchdb.rows.insights import Insight
    from tests.query.conftest import Ask

REPORT = Filters(benchmarks=BENCHMARKS, sources=("1.4 Million",))


def found(connection: Connection, kind: str, filters: Filters = REPORT) -> list[Insight]:
    """Return the statements of one kind."""
    return [each for each in insights(connection, filters).insights if each.kind == kind]


def binomial(percent: float, n_items: int) -> float:
    """Return the binomial standard error in points."""
    return math.sqrt(percent * (100 - percent) / n_items)


def test_math_500_is_everybodys_highest(ask: Ask) -> None:
    """Observation 1: MATH-500 is the highest score of all four models, all above 94; the next is 20.5 to 24.5 points lower."""
    (row,) = found(ask(seed()), "highest")
    # The next highest is AIME 2024: 94.3 - 72.6 = 21.7, 96.2 - 72.7 = 23.5, 94.5 - 70.0 = 24.5, 97.0 - 76.5 = 20.5.
    assert row.statement.startswith(
        "MATH-500 is the highest score of all 4 models, from 94.3 to 97.0; the second is 20.5 to 24.5 lower"
    )
    assert row.benchmarks == ("math-500",)
    assert set(row.models) == {R1_32, AM_32, R1_70, AM_72}
    # The smallest lead in errors: 21.7, 23.5, 24.5 or 20.5 points over errors of 500 and of 30 items.
    leads = [
        (high - low) / math.hypot(binomial(high, 500), binomial(low, 30))
        for high, low in ((94.3, 72.6), (96.2, 72.7), (94.5, 70.0), (97.0, 76.5))
    ]
    assert row.standard_errors == pytest.approx(min(leads))
    assert row.n_tests == 4
    assert row.evidence == "borrowed"


def test_livecodebench_is_everybodys_lowest(ask: Ask) -> None:
    """Observation 2: LiveCodeBench is the lowest score of all four, all below 60; its number of items is unknown, so nothing is tested."""
    (row,) = found(ask(seed()), "lowest")
    assert row.statement.startswith(
        "LIVECODEBENCH is the lowest score of all 4 models, from 57.2 to 59.7; the next is "
    )
    assert (row.status, row.standard_errors, row.p_value) == ("unknown", None, None)


def test_the_larger_model_is_ahead_everywhere_and_only_nominally(ask: Ask) -> None:
    """Observation 3: 72B is ahead of 32B on all four, by 3.8, 0.8, 1.6 and 0.6 points, each within the noise."""
    rows = found(ask(seed()), "ahead")
    (row,) = [each for each in rows if each.models == (AM_72, AM_32)]
    assert row.statement == (
        "AM-DISTILL-QWEN-72B is ahead of AM-DISTILL-QWEN-32B on all 4 shared benchmarks: "
        "AIME-2024 +3.8, MATH-500 +0.8, GPQA-DIAMOND +1.6 and LIVECODEBENCH +0.6"
    )
    assert row.status == "nominal"
    assert f"compare '{AM_72}' '{AM_32}'" in row.command
    pairs = {each.models for each in rows}
    assert pairs == {(AM_72, AM_32), (AM_72, R1_32), (AM_72, R1_70), (AM_32, R1_32)}
    (close,) = [each for each in rows if each.models == (AM_32, R1_32)]
    assert close.statement.endswith("; 1 of these differences is no more than rounding")


def test_two_models_perform_alike(ask: Ask) -> None:
    """Observation 4: the 70B is behind by 2.6 on AIME 2024 and ahead by 0.2, 3.1 and 0.3 elsewhere; none is established."""
    rows = found(ask(seed()), "alike")
    (row,) = [each for each in rows if set(each.models) == {R1_70, R1_32}]
    assert "ahead on 3 and behind on 1 of 4" in row.statement or "ahead on 1 and behind on 3 of 4" in row.statement
    assert all(size in row.statement for size in ("2.6", "0.2", "3.1", "0.3"))
    assert "no difference is established" in row.statement
    assert row.status == "nominal"
    assert {frozenset(each.models) for each in rows} == {frozenset({R1_70, R1_32}), frozenset({R1_70, AM_32})}


def test_where_models_spread(ask: Ask) -> None:
    """Observation 5: 6.5 points on AIME 2024 against 2.7 on MATH-500 (and 3.8 and 2.5), but AIME's spread is 0.6 standard errors."""
    widest, narrowest = sorted(found(ask(seed()), "spread"), key=lambda each: "closest" in each.statement)
    assert widest.statement.startswith(
        "The models lie furthest apart on AIME-2024: 6.5 from 70.0 to 76.5 (0.6 standard errors"
    )
    assert widest.statement.endswith("spreads are AIME-2024 6.5, GPQA-DIAMOND 3.8, MATH-500 2.7 and LIVECODEBENCH 2.5")
    assert widest.status == "nominal"
    assert widest.standard_errors == pytest.approx(6.5 / math.hypot(binomial(70.0, 30), binomial(76.5, 30)))
    assert narrowest.statement.startswith("The models lie closest together on LIVECODEBENCH: 2.5 from 57.2 to 59.7")
    assert narrowest.status == "unknown"


def test_the_range_is_the_studentized_one(ask: Ask) -> None:
    """For two models the test of the range is the two-sided normal test of their difference."""
    facts = Facts()
    facts.metric("accuracy", lower_bound=0.0, upper_bound=100.0)
    for benchmark, values in (("wide", (40.0, 60.0)), ("narrow", (50.0, 52.0))):
        for number, value in enumerate(values):
            facts.claim(f"a/m{number}", benchmark, value, stderr=5.0)
    (wide,) = [each for each in found(ask(facts), "spread", Filters()) if "furthest" in each.statement]
    unadjusted = 2 * stats.norm.sf(20.0 / math.hypot(5.0, 5.0))
    assert wide.p_value is not None
    assert wide.p_value >= unadjusted
    assert wide.p_value / unadjusted == pytest.approx(round(wide.p_value / unadjusted), rel=1e-4)


def test_size_within_a_family(ask: Ask) -> None:
    """The larger model of the family is ahead by 1.7 points in the mean: (3.8 + 0.8 + 1.6 + 0.6) / 4."""
    facts = seed()
    for slug in (AM_32, AM_72):
        facts.model(slug)
        next(row for row in facts.rows["model"].values() if row["slug"] == slug)["family"] = "AM-Distill"
    (row,) = found(ask(facts), "size")
    assert row.statement.startswith(
        "In the family AM-Distill the largest model, AM-DISTILL-QWEN-72B, is ahead of the smallest, AM-DISTILL-QWEN-32B, on 4 of 4 benchmarks"
    )
    assert row.statement.endswith("; +1.7 in the mean")
    assert row.status == "nominal"


def test_saturation(ask: Ask) -> None:
    """MATH-500 is near its ceiling: 97.0 is 3.0 below full marks, and all four models lie within ten points."""
    (row,) = found(ask(seed()), "ceiling")
    assert "MATH-500 is near its ceiling: the best of 4 models, AM-DISTILL-QWEN-72B, has 97.0" in row.statement
    assert "3.0 below full marks, and 4 lie within 10.0" in row.statement
    assert row.status == "descriptive"


def test_ranks_that_depend_on_one_benchmark(ask: Ask) -> None:
    """Means are 71.8 and 71.55; without GPQA Diamond 74.0 and 74.7: no other benchmark changes the order of two models."""
    (row,) = found(ask(seed()), "dependence")
    assert row.benchmarks == ("gpqa-diamond",)
    assert row.statement.startswith(
        "GPQA-DIAMOND alone puts DEEPSEEK-R1-DISTILL-LLAMA-70B above DEEPSEEK-R1-DISTILL-QWEN-32B"
    )
    assert "without it 74.0 and 74.7" in row.statement


def test_what_was_tried_is_counted(ask: Ask) -> None:
    """Tried are 8 extremes, 6 pairs, 2 spreads, 4 ceilings and 4 omissions: 24; every test with a known error counts."""
    answer = insights(ask(seed()), REPORT)
    assert answer.n_tried == 24
    # Extremes: on each of four benchmarks two tests of four models, the nearest benchmark being LiveCodeBench for some.
    assert answer.n_tests > sum(each.n_tests for each in answer.insights if each.p_value is not None)
    assert answer.notes[0].startswith(
        f"24 statements were tried and {len(answer.insights)} hold of the printed numbers; {answer.n_tests} tests"
    )


def test_established_is_possible(ask: Ask) -> None:
    """Twenty points on each of two benchmarks with errors of one point are beyond the noise, and said first."""
    facts = Facts()
    facts.metric("accuracy", lower_bound=0.0, upper_bound=100.0)
    for benchmark in ("x1", "x2"):
        facts.claim("a/one", benchmark, 40.0 if benchmark == "x1" else 41.0, stderr=1.0)
        facts.claim("b/two", benchmark, 60.0 if benchmark == "x1" else 61.0, stderr=1.0)
    first = insights(ask(facts), Filters()).insights[0]
    assert (first.kind, first.status, first.models) == ("ahead", "established", ("b/two", "a/one"))
    assert first.evidence == "reported"
    assert first.standard_errors == pytest.approx(20.0 / math.sqrt(2.0))


def test_noise_is_rarely_called_established(ask: Ask) -> None:
    """Ten equal models on six benchmarks, with the noise their errors state: nothing is established (seeded draw)."""
    import numpy as np

    draw = np.random.default_rng(20250325)
    facts = Facts()
    facts.metric("accuracy", lower_bound=0.0, upper_bound=100.0)
    for model in range(10):
        for benchmark in range(6):
            facts.claim(f"a/m{model}", f"x{benchmark}", float(draw.normal(50.0, 3.0)), stderr=3.0)
    answer = insights(ask(facts), Filters())
    assert [each.statement for each in answer.insights if each.status == "established"] == []
    assert answer.n_tests > 100


def test_insertion_order_and_limits(ask: Ask) -> None:
    """Rows written backwards give the same statements, and a limit holds for each kind."""
    connection = ask(seed(), backwards=True)
    whole = insights(connection, REPORT)
    assert len([each for each in whole.insights if each.kind == "ahead"]) == 4
    short = insights(connection, REPORT, limit=1)
    assert len({each.kind for each in short.insights}) == len(short.insights)
    assert any("more are not shown" in note for note in short.notes)


def test_refusals(ask: Ask) -> None:
    """Unknown names, no score, and a level out of range are errors."""
    connection = ask(seed())
    with pytest.raises(UnknownNameError):
        insights(connection, Filters(models=("nobody",)))
    with pytest.raises(EmptyResultError):
        insights(connection, Filters(sources=("no such source",)))
    with pytest.raises(StatisticsInputError):
        insights(connection, REPORT, level=1.5)
    assert len(finders()) == 6
