"""Frontiers by group with their lags, and Pareto fronts, by hand and against every pair."""

from __future__ import annotations

import math
from datetime import date
from random import Random
from typing import TYPE_CHECKING

import pytest
from scipy import stats

from benchdb.errors import ConfigError, EmptyResultError, StatisticsInputError
from benchdb.query.filters import Filters
from benchdb.query.frontier import frontier
from benchdb.query.pareto import pareto
from tests.query.facts import Facts
from tests.query.seed import AM_32, AM_72, R1_32, R1_70, seed

if TYPE_CHECKING:
    from tests.query.conftest import Ask

RELEASES = (
    ("x/c1", False, date(2023, 1, 1), 40.0, 1.0),
    ("y/o1", True, date(2023, 4, 1), 30.0, 1.0),
    ("x/c2", False, date(2023, 7, 1), 60.0, 1.0),
    ("y/o2", True, date(2024, 1, 1), 45.0, 1.0),
    ("y/o3", True, date(2024, 7, 1), 60.0, 1.0),
    ("x/c3", False, date(2024, 9, 1), 61.0, 1.0),
    ("x/c4", False, date(2024, 10, 1), 55.0, 1.0),
    ("z/o4", True, date(2025, 1, 1), 60.5, 1.0),
)
"""Model, open weights, release, score, standard error."""


def releases(*, loss: bool = False) -> Facts:
    """The releases above, as scores or turned into losses, and two models that cannot be placed."""
    facts = Facts()
    if loss:
        facts.metric("loss", higher_is_better=False, is_proportion=False)
    metric = "loss" if loss else "accuracy"
    facts.benchmark("arith", metric=metric)
    for slug, is_open, day, value, error in RELEASES:
        facts.model(slug, is_open_weights=is_open, released_on=day, family="F" + slug[0])
        facts.claim(slug, "arith", 100.0 - value if loss else value, stderr=error, metric=metric)
    facts.model("undated", is_open_weights=True)
    facts.claim("undated", "arith", 99.0, metric=metric)
    facts.model("unsaid", released_on=date(2025, 1, 1))
    facts.claim("unsaid", "arith", 98.0, metric=metric)
    return facts


@pytest.mark.parametrize("loss", [False, True])
@pytest.mark.parametrize("backwards", [False, True])
def test_lags_of_open_behind_closed(ask: Ask, *, loss: bool, backwards: bool) -> None:
    """40 is reached after a year, 60 after a year, and 61 is still waited for since 2024-09-01; a loss turns nothing."""
    found = frontier(ask(releases(loss=loss), backwards=backwards), Filters())
    open_lags = [lag for lag in found.lags if lag.group == "open"]
    assert [(lag.record_model, lag.reached_by, lag.is_reached, lag.lead_verdict) for lag in open_lags] == [
        ("x/c1", "y/o2", True, "alone"),
        ("x/c2", "y/o3", True, "established"),
        ("x/c3", None, False, "not established"),
    ]
    days = [
        (date(2024, 1, 1) - date(2023, 1, 1)).days,
        (date(2024, 7, 1) - date(2023, 7, 1)).days,
        (date(2025, 1, 1) - date(2024, 9, 1)).days,
    ]
    assert [lag.months for lag in open_lags] == pytest.approx([each / (365.25 / 12) for each in days])
    assert found.until == date(2025, 1, 1)
    assert [lag.lead for lag in open_lags] == [None, pytest.approx(30.0), pytest.approx(1.0)]
    assert open_lags[1].lead_stderr == pytest.approx(math.sqrt(2))
    assert [lag for lag in found.lags if lag.group == "closed"] == []


def test_groups_say_who_is_behind(ask: Ask) -> None:
    """Closed leads by half a point, which two errors of one do not establish; open waits for its record since September."""
    closed, opened = frontier(ask(releases()), Filters()).groups
    assert (closed.group, closed.best, closed.best_model, closed.n_models, closed.n_records) == (
        "closed",
        61.0,
        "x/c3",
        4,
        3,
    )
    assert (closed.standing, closed.gap, closed.months_behind) == ("ahead, not established", -0.5, 0.0)
    assert (opened.standing, opened.gap, opened.n_lags, opened.n_reached) == ("behind, not established", 0.5, 3, 2)
    assert opened.gap_stderr == pytest.approx(math.sqrt(2))
    assert opened.months_behind == pytest.approx(122 / (365.25 / 12))
    assert opened.median_lag == pytest.approx(365 / (365.25 / 12))
    years = (date(2024, 9, 1) - date(2023, 1, 1)).days / 365.25
    assert closed.pace == pytest.approx((61.0 - 40.0) / years)


def test_records_are_marked_where_they_led_all(ask: Ask) -> None:
    """Only closed records led all groups; the fourth open model improved the open best but not the best of all."""
    found = frontier(ask(releases()), Filters())
    assert [(record.model, record.is_overall) for record in found.records] == [
        ("x/c1", True), ("x/c2", True), ("x/c3", True), ("y/o1", False), ("y/o2", False), ("y/o3", False), ("z/o4", False),
    ]  # fmt: skip


def test_makers_are_held_against_all_others(ask: Ask) -> None:
    """Maker Y is held against X and Z together, and a family is another way to make the same groups."""
    connection = ask(releases())
    found = frontier(connection, Filters(), by="maker")
    assert {group.group for group in found.groups} == {"X", "Y", "Z"}
    waiting = [(lag.group, lag.record_model) for lag in found.lags if not lag.is_reached]
    assert waiting == [("Y", "x/c3"), ("Z", "x/c3")]
    families = frontier(connection, Filters(), by="family")
    assert [(lag.group, lag.record_model, lag.months) for lag in families.lags] == [
        ("F" + lag.group.lower(), lag.record_model, lag.months) for lag in found.lags
    ]


def test_a_model_of_the_same_day_is_no_lag(ask: Ask) -> None:
    """Both groups reach 50 on one day: neither lags, both stand level."""
    facts = Facts()
    for slug, is_open in (("a/one", True), ("b/two", False)):
        facts.model(slug, is_open_weights=is_open, released_on=date(2025, 1, 1))
        facts.claim(slug, "arith", 50.0)
    found = frontier(ask(facts), Filters())
    assert (found.lags, [group.standing for group in found.groups]) == ((), ["level", "level"])
    assert [group.pace for group in found.groups] == [None, None]


def test_one_group_alone_has_no_gap(ask: Ask) -> None:
    """Without others there is neither a gap nor a lag."""
    facts = Facts()
    facts.model("a/one", is_open_weights=True, released_on=date(2025, 1, 1))
    facts.claim("a/one", "arith", 50.0)
    (group,) = frontier(ask(facts), Filters()).groups
    assert (group.gap, group.standing, group.months_behind, group.median_lag) == (None, None, None, None)


def test_a_lead_without_errors_is_unknown(ask: Ask) -> None:
    """Where no error is known a lead is not established, and says so."""
    facts = Facts()
    for slug, is_open, day, value in (("a/o", True, 1, 40.0), ("b/c", False, 2, 50.0)):
        facts.model(slug, is_open_weights=is_open, released_on=date(2025, 1, day))
        facts.claim(slug, "arith", value)
    found = frontier(ask(facts), Filters())
    assert [(lag.group, lag.lead_stderr, lag.lead_verdict) for lag in found.lags] == [
        ("closed", None, "alone"), ("open", None, "unknown"),
    ]  # fmt: skip
    assert [group.standing for group in found.groups] == ["ahead, not established", "behind, not established"]


def test_what_cannot_be_placed_is_named(ask: Ask) -> None:
    """A model without a date, one without a group, and a metric without a direction stand in the notes."""
    facts = releases()
    facts.metric("odd", higher_is_better=None)
    facts.benchmark("riddle", metric="odd")
    facts.claim("x/c1", "riddle", 1.0, metric="odd")
    notes = " ".join(frontier(ask(facts), Filters()).notes)
    assert "release date is not known: UNDATED" in notes
    assert "kind of weights is not known: UNSAID" in notes
    assert "no known direction: riddle" in notes


def test_frontiers_without_an_answer_say_why(ask: Ask) -> None:
    """Nothing placed, an unknown grouping and a level in percent are errors."""
    facts = Facts()
    facts.claim("a/one", "arith", 1.0)
    connection = ask(facts)
    with pytest.raises(EmptyResultError, match="known kind of weights"):
        frontier(connection, Filters())
    with pytest.raises(ConfigError, match="weights, maker, family"):
        frontier(connection, Filters(), by="colour")  # type: ignore[arg-type]  # what a caller may get wrong
    with pytest.raises(StatisticsInputError, match="level"):
        frontier(connection, Filters(), level=95.0)


@pytest.mark.parametrize("backwards", [False, True])
def test_front_of_the_seed(ask: Ask, *, backwards: bool) -> None:
    """On GPQA Diamond the 70B model beats nothing smaller and is beaten by none; the 32B of DeepSeek is, within the noise."""
    found = pareto(ask(seed(disagreeing=False), backwards=backwards), Filters(benchmarks=("gpqa-diamond",)))
    assert [(point.model, point.is_on_front, point.beaten_by, point.verdict) for point in found.points] == [
        (AM_32, True, None, None),
        (R1_32, False, AM_32, "not established"),
        (R1_70, True, None, None),
        (AM_72, True, None, None),
    ]


def test_line_of_a_front_is_scipys_over_the_size_that_counts(ask: Ask) -> None:
    """Each front has a line over log10 of its own size, with the errors that a band needs; the claim stands with the point."""
    models = {"a/a": (10, 2, 30.0), "a/b": (100, 20, 45.0), "a/c": (400, 30, 50.0), "a/d": (1000, None, 70.0)}
    facts = Facts()
    claims = {}
    for slug, (total, active, value) in models.items():
        facts.model(slug, n_parameters=total, n_active_parameters=active)
        claims[slug] = facts.claim(slug, "arith", value, stderr=2.0)
    connection = ask(facts)
    for size, place in (("total", 0), ("active", 1)):
        found = pareto(connection, Filters(), size=size)  # type: ignore[arg-type]  # both are sizes
        known = [model for model in models.values() if model[place] is not None]
        x, y = [math.log10(model[place] or 1) for model in known], [model[2] for model in known]
        expected = stats.linregress(x, y)
        (fit,) = found.fits
        assert (fit.slope, fit.slope_stderr) == pytest.approx((expected.slope, expected.stderr))
        scatter = math.sqrt(
            sum((b - expected.intercept - expected.slope * a) ** 2 for a, b in zip(x, y, strict=True)) / (len(x) - 2)
        )
        assert (fit.centre, fit.centre_stderr) == pytest.approx((sum(x) / len(x), scatter / math.sqrt(len(x))))
        assert {point.model: point.score_id for point in found.points} == {
            slug: claims[slug] for slug, model in models.items() if model[place] is not None
        }
        assert all(point.lower is not None and point.metric == "accuracy" for point in found.points)
    assert pareto(connection, Filters(), size="active").unsized == ("D",)
    assert pareto(connection, Filters(), size="both").fits == ()
    assert pareto(connection, Filters(), jointly=True).fits == ()


def test_joint_front_needs_every_benchmark(ask: Ask) -> None:
    """Better on one and worse on the other keeps a model on the joint front; one with a missing score is named."""
    facts = Facts()
    for slug, size, arith, logic in (
        ("a/s", 1, 50.0, 40.0),
        ("a/m", 2, 40.0, 50.0),
        ("a/l", 3, 45.0, 45.0),
        ("a/x", 4, 30.0, 30.0),
    ):
        facts.model(slug, n_parameters=size * 10**9)
        facts.claim(slug, "arith", arith)
        facts.claim(slug, "logic", logic)
    facts.model("a/half", n_parameters=10**9)
    facts.claim("a/half", "arith", 99.0)
    found = pareto(ask(facts), Filters(), jointly=True)
    assert [(point.model, point.is_on_front, point.beaten_by) for point in found.points] == [
        ("a/s", True, None), ("a/m", True, None), ("a/l", True, None), ("a/x", False, "a/s"),
    ]  # fmt: skip
    assert {(point.value, point.evidence) for point in found.points} == {(None, None)}
    assert any("a score on one of the 2 benchmarks is missing: HALF" in note for note in found.notes)


def test_active_size_is_never_taken_from_the_total(ask: Ask) -> None:
    """A model without stated active parameters is left out of a front over them, not taken for a dense one."""
    facts = Facts()
    facts.model("a/moe", n_parameters=100, n_active_parameters=10)
    facts.model("a/dense", n_parameters=20, n_active_parameters=20)
    facts.model("a/unsaid", n_parameters=5)
    for slug, value in (("a/moe", 50.0), ("a/dense", 40.0), ("a/unsaid", 60.0)):
        facts.claim(slug, "arith", value)
    connection = ask(facts)
    active = pareto(connection, Filters(), size="active")
    assert [(point.model, point.is_on_front) for point in active.points] == [("a/moe", True), ("a/dense", False)]
    assert any("active parameters is not known: UNSAID" in note for note in active.notes)
    both = pareto(connection, Filters(), size="both")
    assert [(point.model, point.is_on_front) for point in both.points] == [("a/dense", True), ("a/moe", True)]
    total = pareto(connection, Filters())
    assert [point.model for point in total.points if point.is_on_front] == ["a/unsaid"]


def test_fronts_without_an_answer_say_why(ask: Ask) -> None:
    """No size, no model with all scores, and another size are errors."""
    facts = Facts()
    facts.model("a/one", n_parameters=5)
    facts.claim("a/one", "arith", 1.0)
    facts.model("a/two")
    facts.claim("a/two", "logic", 1.0)
    connection = ask(facts)
    with pytest.raises(EmptyResultError, match="unknown for: ONE"):
        pareto(connection, Filters(models=("a/one",)), size="active")
    with pytest.raises(EmptyResultError, match="on all 2 benchmarks"):
        pareto(connection, Filters(), jointly=True)
    with pytest.raises(ConfigError, match="total, active, both"):
        pareto(connection, Filters(), size="huge")  # type: ignore[arg-type]  # what a caller may get wrong
    with pytest.raises(StatisticsInputError, match="level"):
        pareto(connection, Filters(), level=95.0)


def test_front_is_what_no_pair_beats(ask: Ask) -> None:
    """Of forty models with coarse scores and sizes a model is on the front if no other beats it, all pairs tried."""
    drawn = Random(3)  # noqa: S311 — a test's numbers, not a secret
    models = {
        f"a/m{number}": (drawn.randint(1, 6), drawn.randint(1, 6), float(drawn.randint(0, 6))) for number in range(40)
    }
    facts = Facts()
    for slug, (total, active, value) in models.items():
        facts.model(slug, n_parameters=total, n_active_parameters=active)
        facts.claim(slug, "arith", value)
    found = pareto(ask(facts), Filters(), size="both")
    for point in found.points:
        total, active, value = models[point.model]
        beaten = any(
            t <= total and a <= active and v >= value and (t, a, v) != (total, active, value)
            for t, a, v in models.values()
        )
        assert point.is_on_front is not beaten
    assert len(found.points) == 40
