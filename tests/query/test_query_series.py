"""Series: which runs belong together, their order, and where the level changes."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from benchdb.errors import EmptyResultError, StatisticsInputError
from benchdb.query.filters import Filters
from benchdb.query.series import checkpoint_step, series
from benchdb.stats.changepoint import change_points
from tests.query.facts import Facts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.query.conftest import Ask

NIGHTS = [70.1, 69.8, 70.3, 69.9, 70.2, 70.0, 64.9, 65.2, 65.1, 64.8, 65.0, 65.3]
"""Six nights about 70.05, six about 65.05."""
FIRST = datetime(2025, 5, 1, 3, tzinfo=UTC)


def nightly(values: Sequence[float], *, metric: str = "accuracy", **protocol: Any) -> Facts:
    """One run a night of one model under one protocol."""
    facts = Facts()
    if metric == "loss":
        facts.metric("loss", higher_is_better=False, is_proportion=False)
    if metric == "odd":
        facts.metric("odd", higher_is_better=None, is_proportion=False)
    facts.benchmark("arith", metric=metric)
    log = facts.source("log", kind="harness_log")
    for night, value in enumerate(values):
        moment = FIRST + timedelta(days=night)
        facts.claim(
            "a/one", "arith", value, source_id=log, ran_at=moment, protocol={"n_shot": 0, **protocol}, metric=metric
        )
    return facts


@pytest.mark.parametrize("backwards", [False, True])
def test_a_regression_is_found_where_it_came(ask: Ask, *, backwards: bool) -> None:
    """Twelve nights with a drop of five points at the seventh give two levels, in whatever order they were written."""
    found = series(ask(nightly(NIGHTS), backwards=backwards), "a/one", "arith")
    assert [point.value for point in found.points] == NIGHTS
    (change,) = [point for point in found.points if point.is_change]
    assert (change.position, change.verdict, found.verdict, found.order) == (7, "regression", "regression", "time")
    assert change.change == pytest.approx(65.05 - 70.05)
    assert change.ran_at == FIRST + timedelta(days=6)
    assert (change.earliest, change.latest) == ("2025-05-06 03:00", "2025-05-08 03:00")
    assert found.points[0].level_mean == pytest.approx(70.05)
    expected = change_points(NIGHTS).changes[0]
    assert change.p_value == expected.p_value
    assert change.change_lower == pytest.approx(expected.interval.lower)


@pytest.mark.parametrize(("metric", "word"), [("loss", "improvement"), ("odd", "change")])
def test_the_word_follows_the_direction(ask: Ask, metric: str, word: str) -> None:
    """A drop of a loss is an improvement; where no direction is known it is a change."""
    found = series(ask(nightly(NIGHTS, metric=metric)), "a/one", "arith")
    assert (found.verdict, [point.verdict for point in found.points if point.is_change]) == (word, [word])


def test_noise_is_that_of_the_series(ask: Ask) -> None:
    """Six nights are too few for change points; their noise is the median deviation of the steps by hand."""
    found = series(ask(nightly([70.0, 71.0, 70.0, 73.0, 72.0])), "a/one", "arith")
    assert found.noise == pytest.approx(1 / (0.6744897501960817 * 2**0.5))
    assert (found.verdict, found.visible) == ("too short", None)
    assert "Change points are looked for from 8 runs on; there are 5." in found.notes


def test_a_flat_series_is_stable(ask: Ask) -> None:
    """Ten equal nights have one level and no noise."""
    found = series(ask(nightly([50.0] * 10)), "a/one", "arith")
    assert (found.verdict, found.noise, {point.level_mean for point in found.points}) == ("stable", 0.0, {50.0})


def test_runs_under_another_protocol_are_no_part_of_it(ask: Ask) -> None:
    """Three runs with other shots and two of another variant are counted and left out; --shots chooses them."""
    facts = nightly(NIGHTS)
    for night in range(3):
        facts.claim("a/one", "arith", 90.0, ran_at=FIRST + timedelta(days=night), protocol={"n_shot": 5})
    for night in range(2):
        facts.claim(
            "a/one", "arith", 80.0, ran_at=FIRST + timedelta(days=night), protocol={"n_shot": 0, "variant": "q4"}
        )
    connection = ask(facts)
    found = series(connection, "a/one", "arith")
    assert [point.value for point in found.points] == NIGHTS
    assert any(note.startswith("5 of 17 runs are of another") for note in found.notes)
    assert len(series(connection, "a/one", "arith", Filters(n_shot=5)).points) == 3


def test_checkpoints_are_ordered_by_step_across_variants(ask: Ask) -> None:
    """Checkpoints are variants of one model; 143000 comes after 2000 whatever the text says, a run without one is left out."""
    facts = Facts()
    for step, value in ((143_000, 40.0), (2_000, 20.0), (10_000, 30.0)):
        facts.claim("a/one", "arith", value, protocol={"model_revision": f"step{step}", "variant": f"step{step}"})
    facts.claim("a/one", "arith", 41.0)
    found = series(ask(facts), "a/one", "arith")
    assert [(point.step, point.at, point.value) for point in found.points] == [
        (2_000, "2000", 20.0), (10_000, "10000", 30.0), (143_000, "143000", 40.0),
    ]  # fmt: skip
    assert found.order == "step"
    assert any(note.startswith("1 of 4 runs have no checkpoint") for note in found.notes)


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("step143000", 143_000), ("checkpoint-500", 500), ("global_step_20k", 20_000), ("iter 3", 3), ("main", None),
        ("a4d2f", None), ("stepwise", None), ("step12b", None),
    ],
)  # fmt: skip
def test_steps_are_read_from_names(name: str, step: int | None) -> None:
    """Usual spellings of checkpoints are read; a commit hash or a size is none."""
    assert checkpoint_step(None, name) == step


def test_neighbours_with_outcomes_are_paired(ask: Ask) -> None:
    """Two nights on four items: +1, 0, +1, 0 is half the items, with the error sqrt(1/3) / 2 of the paired differences."""
    facts = nightly([25.0, 75.0])
    first, second = facts.rows["run"]
    facts.outcomes(first, [0, 1, 0, 0])
    facts.outcomes(second, [1, 1, 1, 0])
    found = series(ask(facts), "a/one", "arith").points
    assert (found[0].difference, found[0].n_shared_items) == (None, None)
    assert found[1].difference == pytest.approx(50.0)
    assert found[1].difference_stderr == pytest.approx(100 * (1 / 3) ** 0.5 / 2)
    assert (found[1].n_shared_items, found[1].evidence) == (4, "items")


def test_no_level_begins_between_runs_of_one_checkpoint(ask: Ask) -> None:
    """Three seeds a checkpoint: a new level begins with the first run of a checkpoint only."""
    facts = Facts()
    for step, centre in enumerate((50.0, 50.0, 50.0, 60.0, 60.0, 60.0), start=1):
        for seed, offset in enumerate((-0.2, 0.3, 0.0)):
            facts.claim("a/one", "arith", centre + offset, protocol={"model_revision": f"step{step}", "seed": seed})
    found = series(ask(facts), "a/one", "arith")
    assert [point.position for point in found.points if point.is_change] == [10]
    assert any("staircase" in note for note in found.notes)


def test_a_new_harness_is_named_where_it_came(ask: Ask) -> None:
    """The run whose harness version differs from the one before says so; it is the same series."""
    facts = nightly(NIGHTS[:3], harness_version="1.0")
    later = nightly(NIGHTS[3:5], harness_version="1.1")
    for row in later.rows["run"].values():
        row["ran_at"] += timedelta(days=30)
    for table, rows in later.rows.items():
        facts.rows.setdefault(table, {}).update(rows)
    found = series(ask(facts), "a/one", "arith")
    assert [point.coincides for point in found.points] == [(), (), (), ("harness version 1.0 → 1.1",), ()]


def test_published_days_order_runs_without_a_moment(ask: Ask) -> None:
    """A run without a moment stands on the day its source was published; one without any date is left out."""
    facts = Facts()
    for month in (5, 3, 4):
        source = facts.source(f"report {month}", published_on=date(2025, month, 1))
        facts.claim("a/one", "arith", 50.0 + month, source_id=source)
    facts.claim("a/one", "arith", 99.0, source_id=facts.source("undated"))
    found = series(ask(facts), "a/one", "arith")
    assert [(point.at, point.value) for point in found.points] == [
        ("2025-03-01", 53.0),
        ("2025-04-01", 54.0),
        ("2025-05-01", 55.0),
    ]
    assert any(note.startswith("1 of 4 runs have no date") for note in found.notes)


def test_a_second_claim_about_a_run_is_no_second_run(ask: Ask) -> None:
    """Of two values for one run the one with more decimals is taken."""
    facts = nightly([50.0])
    (run,) = facts.rows["run"]
    facts.score(run, 50.04, decimals=2)
    facts.score(run, 50.1, decimals=1)
    assert [point.value for point in series(ask(facts), "a/one", "arith").points] == [50.0]


def test_questions_without_an_answer_say_why(ask: Ask) -> None:
    """No checkpoint, no date, and a level in percent are errors."""
    facts = Facts()
    facts.claim("a/one", "arith", 1.0)
    connection = ask(facts)
    with pytest.raises(EmptyResultError, match="has a date"):
        series(connection, "a/one", "arith")
    with pytest.raises(EmptyResultError, match="has a checkpoint"):
        series(connection, "a/one", "arith", by="step")
    with pytest.raises(StatisticsInputError, match="level"):
        series(connection, "a/one", "arith", level=95.0)


def test_the_same_seed_gives_the_same_answer(ask: Ask) -> None:
    """The answer, p-values included, is the same twice, and the seed is printed."""
    connection = ask(nightly(NIGHTS))
    first, second = series(connection, "a/one", "arith", seed=7), series(connection, "a/one", "arith", seed=7)
    assert first == second
    assert any("seed 7" in note for note in first.notes)
    assert json.dumps([point.p_value for point in first.points])
