"""Items one by one, flips and agreement: by hand on a database of four models and five items, and against NumPy."""

from __future__ import annotations

import math
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest

from benchdb.errors import AmbiguousQueryError, EmptyResultError, UnknownNameError
from benchdb.query.agreement import agreement, flips
from benchdb.query.filters import Filters
from benchdb.query.item_table import item_values, items
from tests.query.facts import Facts

if TYPE_CHECKING:
    from benchdb.rows.items import Agreement
    from tests.query.conftest import Ask

GRID = {"a": [1, 1, 1, 0, 0], "b": [1, 1, 0, 0, 0], "c": [1, 0, 1, 0, 0], "d": [1, 0, 0, 1, 0]}
"""Model → right (1) or wrong (0) on the items 0 to 4."""


def _add(
    facts: Facts, model: str, correct: list[int], benchmark: str = "quiz", attempts: int = 1, **about: object
) -> int:
    metric = str(about.pop("metric", "accuracy"))
    score = facts.claim(model, benchmark, 50.0, metric=metric, **about)
    run = int(facts.rows["score"][score]["run_id"])
    facts.outcomes(run, correct, attempts=attempts, metric=metric)
    return run


@pytest.fixture
def grid() -> Facts:
    """Four models on five items."""
    facts = Facts()
    for model, correct in GRID.items():
        _add(facts, model, correct)
    return facts


def test_items_stand_hardest_first(ask: Ask, grid: Facts) -> None:
    """Nobody solves item 4, only d item 3, two models items 1 and 2, all item 0; means are in percent."""
    answer = items(ask(grid), "quiz", Filters())
    assert [(row.item, row.mean, row.n_solved, row.solved_by, row.n_models) for row in answer.items] == [
        ("item-4", 0.0, 0, None, 4),
        ("item-3", 25.0, 1, "d", 4),
        ("item-1", 50.0, 2, None, 4),
        ("item-2", 50.0, 2, None, 4),
        ("item-0", 100.0, 4, None, 4),
    ]
    assert answer.n_items == 5


def test_discrimination_is_the_item_rest_correlation(ask: Ask, grid: Facts) -> None:
    """For each item NumPy's correlation with the mean of the other items; without spread there is none."""
    found = {row.item: row.discrimination for row in items(ask(grid), "quiz", Filters()).items}
    table = np.array(list(GRID.values()), dtype=float)
    for number in range(5):
        column = table[:, number]
        rest = np.delete(table, number, axis=1).mean(axis=1)
        expected = None if len(set(column)) == 1 else np.corrcoef(column, rest)[0, 1]
        assert found[f"item-{number}"] == (None if expected is None else pytest.approx(expected, abs=1e-9))
    # Item 3 by hand: d alone has it and has 1/4 of the rest; the others 3/4, 2/4, 2/4. Covariance -1/16, variances 3/16 and 1/32.
    assert found["item-3"] == pytest.approx(-math.sqrt(2 / 3), abs=1e-9)


def test_two_models_give_no_discrimination(ask: Ask, grid: Facts) -> None:
    """With two models a correlation would be 1 or -1 whatever the item, so there is none, and a note says so."""
    answer = items(ask(grid), "quiz", Filters(models=("a", "b")))
    assert {row.discrimination for row in answer.items} == {None}
    assert any("at least 3 models" in note for note in answer.notes)


@pytest.mark.parametrize(("show", "expected"), [("one", ["item-3"]), ("none", ["item-4"])])
def test_items_that_one_or_no_model_solves(ask: Ask, grid: Facts, show: str, expected: list[str]) -> None:
    """`show` keeps those items alone."""
    answer = items(ask(grid), "quiz", Filters(), show=show)  # type: ignore[arg-type]  # a parameter of the test
    assert [row.item for row in answer.items] == expected


def test_fewer_items_are_the_hardest(ask: Ask, grid: Facts) -> None:
    """`most` cuts the list and a note says of how many."""
    answer = items(ask(grid), "quiz", Filters(), most=2)
    assert [row.item for row in answer.items] == ["item-4", "item-3"]
    assert any("2 hardest of 5" in note for note in answer.notes)


def test_missing_outcomes_are_not_wrong(ask: Ask, grid: Facts) -> None:
    """A model that was not tried on an item does not count for it."""
    score = grid.claim("e", "quiz", 100.0)
    grid.outcomes(grid.rows["score"][score]["run_id"], [1], first=3)
    found = {row.item: row for row in items(ask(grid), "quiz", Filters()).items}
    assert (found["item-3"].n_models, found["item-3"].mean, found["item-3"].n_solved) == (5, 40.0, 2)
    assert (found["item-4"].n_models, found["item-4"].mean) == (4, 0.0)


def test_half_of_the_attempts_is_not_solved(ask: Ask) -> None:
    """More than half of the marks solve an item: 2 of 4 do not, 3 of 4 do."""
    facts = Facts()
    _add(facts, "a", [2, 3], attempts=4)
    found = {row.item: (row.mean, row.n_solved, row.solved_by) for row in items(ask(facts), "quiz", Filters()).items}
    assert found == {"item-0": (50.0, 0, None), "item-1": (75.0, 1, "a")}


def test_a_metric_without_marks_solves_nothing(ask: Ask) -> None:
    """Seconds have a mean an item, worst (longest) first, and no solved items; flips have values, agreement is an error."""
    facts = Facts()
    facts.metric("latency", unit="seconds", higher_is_better=False, is_proportion=False)
    facts.benchmark("speed", metric="latency")
    for model, seconds in (("a", (2.0, 8.0)), ("b", (4.0, 8.0))):
        score = facts.claim(model, "speed", 5.0, metric="latency", unit="seconds")
        run = facts.rows["score"][score]["run_id"]
        facts.outcomes(run, [0, 0], metric="latency")
        for (run_id, _, number), row in facts.rows["outcome"].items():
            if run_id == run:
                row.update(n_correct=None, value=seconds[number])
    connection = ask(facts)
    answer = items(connection, "speed", Filters())
    assert [(row.item, row.mean, row.n_solved) for row in answer.items] == [
        ("item-1", 8.0, None),
        ("item-0", 3.0, None),
    ]
    assert items(connection, "speed", Filters(), show="none").items == ()
    found = flips(connection, ["a", "b"], "speed", Filters())
    assert [(row.item, row.difference, row.is_flip) for row in found.flips] == [("item-0", -2.0, None)]
    assert found.agreement is None
    with pytest.raises(EmptyResultError, match="no share of marks"):
        agreement(connection, "speed", Filters())


def test_a_rate_where_lower_is_better_keeps_its_unit(ask: Ask) -> None:
    """Refusals in percent stay in percent, the item with most of them first, and nothing is solved by them."""
    facts = Facts()
    facts.metric("refusals", higher_is_better=False)
    facts.benchmark("polite", metric="refusals")
    _add(facts, "a", [1, 0, 0], "polite", metric="refusals")
    answer = items(ask(facts), "polite", Filters())
    assert next((row.item, row.mean, row.n_solved) for row in answer.items) == ("item-0", 100.0, None)


def test_flips_by_hand(ask: Ask, grid: Facts) -> None:
    """A and d differ on items 1, 2 (only a) and 3 (only d); they agree on 2 of 5, kappa -3/13 from the rates 3/5 and 2/5."""
    answer = flips(ask(grid), ["a", "d"], "quiz", Filters())
    assert [(row.item, row.value_a, row.value_b, row.difference, row.is_flip) for row in answer.flips] == [
        ("item-1", 100.0, 0.0, 100.0, True),
        ("item-2", 100.0, 0.0, 100.0, True),
        ("item-3", 0.0, 100.0, -100.0, True),
    ]
    found = answer.agreement
    assert found is not None
    assert (found.n_items, found.n_both, found.n_only_a, found.n_only_b, found.n_neither) == (5, 1, 2, 1, 1)
    assert found.agreement == pytest.approx(2 / 5)
    by_chance = 3 / 5 * 2 / 5 + 2 / 5 * 3 / 5
    assert found.kappa == pytest.approx((2 / 5 - by_chance) / (1 - by_chance), abs=1e-12)


def test_flips_mirror(ask: Ask, grid: Facts) -> None:
    """Second against first is first against second with the sign turned."""
    connection = ask(grid)
    ahead, back = (flips(connection, pair, "quiz", Filters()) for pair in (["a", "d"], ["d", "a"]))
    assert {row.item: row.difference for row in ahead.flips} == {row.item: -row.difference for row in back.flips}
    assert (ahead.model_a, ahead.model_b) == ("A", "D") == (back.model_b, back.model_a)
    assert ahead.agreement is not None
    assert back.agreement is not None
    assert (ahead.agreement.n_only_a, ahead.agreement.kappa) == (back.agreement.n_only_b, back.agreement.kappa)


def test_fewer_flips_say_so(ask: Ask, grid: Facts) -> None:
    """`most` cuts the list, not the agreement."""
    answer = flips(ask(grid), ["a", "d"], "quiz", Filters(), most=1)
    assert len(answer.flips) == 1
    assert any("largest difference" in note for note in answer.notes)
    assert any("3 of 5 shared items differ" in note for note in answer.notes)


def test_flips_need_two_models_with_shared_items(ask: Ask, grid: Facts) -> None:
    """One model twice, a model with variants, one without outcomes, and one without shared items are errors that say so."""
    _add(grid, "v", [1, 0, 0, 0, 0], protocol={"variant": "high"})
    _add(grid, "v", [1, 1, 0, 0, 0], protocol={"variant": "low"})
    grid.claim("bare", "quiz", 10.0)
    score = grid.claim("elsewhere", "quiz", 10.0)
    grid.outcomes(grid.rows["score"][score]["run_id"], [1], first=9)
    connection = ask(grid)
    with pytest.raises(AmbiguousQueryError, match="two different models"):
        flips(connection, ["a", "a"], "quiz", Filters())
    with pytest.raises(AmbiguousQueryError, match="--variant"):
        flips(connection, ["a", "v"], "quiz", Filters())
    with pytest.raises(AmbiguousQueryError, match="two different models"):
        flips(connection, ["v", "v"], "quiz", Filters())
    with pytest.raises(EmptyResultError, match="only a has outcomes"):
        flips(connection, ["a", "bare"], "quiz", Filters())
    with pytest.raises(EmptyResultError, match="no common item"):
        flips(connection, ["a", "elsewhere"], "quiz", Filters())
    with pytest.raises(UnknownNameError):
        flips(connection, ["a", "nobody"], "quiz", Filters())
    with pytest.raises(EmptyResultError, match="outcomes of items"):
        items(connection, "quiz", Filters(models=("bare",)))
    with pytest.raises(EmptyResultError, match="common item"):
        agreement(connection, "quiz", Filters(models=("a", "elsewhere")))


def _kappa(first: list[int], second: list[int]) -> float | None:
    n = len(first)
    observed = sum(x == y for x, y in zip(first, second, strict=True)) / n
    rate_a, rate_b = sum(first) / n, sum(second) / n
    chance = rate_a * rate_b + (1 - rate_a) * (1 - rate_b)
    return None if chance == 1 else (observed - chance) / (1 - chance)


def test_agreement_of_all_pairs(ask: Ask, grid: Facts) -> None:
    """Each pair once, in the order of names, with the kappa of its two lists."""
    answer = agreement(ask(grid), "quiz", Filters())
    found: dict[tuple[str, str], Agreement] = {(row.model_a, row.model_b): row for row in answer.pairs}
    assert list(found) == list(combinations("abcd", 2))
    for (a, b), row in found.items():
        assert row.kappa == pytest.approx(_kappa(GRID[a], GRID[b]), abs=1e-12)
        assert row.n_both + row.n_only_a + row.n_only_b + row.n_neither == row.n_items == 5


def test_two_models_that_solve_everything_have_no_kappa(ask: Ask) -> None:
    """They agree on all items, and the rates alone would have it so."""
    facts = Facts()
    for model in "ab":
        _add(facts, model, [1, 1, 1])
    (row,) = agreement(ask(facts), "quiz", Filters()).pairs
    assert (row.agreement, row.kappa) == (1.0, None)


def test_models_stand_in_the_order_asked_for(ask: Ask, grid: Facts) -> None:
    """The pair of d and a has d first when d was named first."""
    (row,) = agreement(ask(grid, backwards=True), "quiz", Filters(models=("d", "a"))).pairs
    assert (row.model_a, row.model_b, row.n_only_a, row.n_only_b) == ("d", "a", 1, 2)


def test_values_stand_in_order_of_difficulty(ask: Ask, grid: Facts) -> None:
    """The best model comes first, ties by name, and each has its items with the hardest first."""
    answer = item_values(ask(grid), "quiz", Filters())
    assert [(row.model, row.model_place) for row in answer.values if row.item_place == 1] == [
        ("a", 1), ("b", 2), ("c", 3), ("d", 4),
    ]  # fmt: skip
    assert [(row.item, row.value) for row in answer.values if row.model == "d"] == [
        ("item-4", 0.0), ("item-3", 100.0), ("item-1", 0.0), ("item-2", 0.0), ("item-0", 100.0),
    ]  # fmt: skip


def test_subsets_must_be_named(ask: Ask) -> None:
    """Where only subsets have outcomes, and several, the question is which one."""
    facts = Facts()
    for subset in ("easy", "hard"):
        _add(facts, "a", [1, 0], subset=subset)
    connection = ask(facts)
    with pytest.raises(AmbiguousQueryError, match=r"easy, hard.*--subset"):
        items(connection, "quiz", Filters())
    assert len(items(connection, "quiz", Filters(subsets=("easy",))).items) == 2


def test_a_claim_of_more_items_is_noted(ask: Ask) -> None:
    """A log that holds some of the claim's items only is shown with a note."""
    facts = Facts()
    _add(facts, "a", [1, 0], n_items=100)
    assert any("more items than the database holds: a" in note for note in items(ask(facts), "quiz", Filters()).notes)
