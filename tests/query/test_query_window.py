"""Windows of dates: by hand on three models and eight dated items, and against LiveCodeBench's own files."""

from __future__ import annotations

import json
import math
from datetime import UTC, date, datetime
from statistics import fmean, stdev
from typing import TYPE_CHECKING

import pytest
from scipy.stats import binomtest, ttest_ind, ttest_rel

from benchdb.api import connect
from benchdb.errors import EmptyResultError, StatisticsInputError
from benchdb.query.filters import Filters
from benchdb.query.window import Bounds, window
from benchdb.query.windows import first_unseen
from benchdb.schema.keys import text_key
from benchdb.stats.effective import effective_interval
from benchdb.stats.intervals import clustered_stderr
from tests.query.facts import Facts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tests.query.conftest import Ask

OLD, NEW = date(2024, 1, 15), date(2024, 7, 15)
RIGHT = {"a": [1, 1, 1, 1, 0, 1, 0, 0], "b": [1, 0, 1, 0, 1, 1, 1, 0], "c": [0, 0, 1, 0, 0, 0, 0, 1]}
"""Model → right or wrong; the first four items are old, the last four new."""


def _facts(
    cutoffs: Mapping[str, date | None] | None = None, days: Sequence[date | None] = (OLD,) * 4 + (NEW,) * 4
) -> Facts:
    facts = Facts()
    for model, correct in RIGHT.items():
        facts.model(model, training_cutoff_on=(cutoffs or {}).get(model))
        score = facts.claim(model, "quiz", 50.0)
        facts.outcomes(facts.rows["score"][score]["run_id"], correct)
    for number, day in enumerate(days):
        facts.rows["sample"][text_key("benchmark", "quiz"), number]["dated_on"] = day
    return facts


def test_scores_inside_and_outside_by_hand(ask: Ask) -> None:
    """Of the new items b has 3 of 4, a and c one: b leads, a and c share rank 2; the rest is the old items."""
    answer = window(ask(_facts()), "quiz", Filters(), Bounds(since=date(2024, 6, 1)))
    assert [(row.rank, row.model, row.n_items, row.value, row.n_rest, row.value_rest) for row in answer.scores] == [
        (1, "b", 4, 75.0, 4, 50.0),
        (2, "a", 4, 25.0, 4, 100.0),
        (2, "c", 4, 25.0, 4, 25.0),
    ]
    (b, a, _) = answer.scores
    assert b.stderr == pytest.approx(100 * stdev([1, 1, 1, 0]) / 2, abs=1e-9)
    interval = effective_interval(0.75, stdev([1, 1, 1, 0]) / 2, 4)
    assert (b.lower, b.upper) == pytest.approx((100 * interval.lower, 100 * interval.upper), abs=1e-9)
    assert (a.difference, b.difference) == (-75.0, 25.0)
    assert answer.pairs == ()


def test_the_difference_is_welchs(ask: Ask) -> None:
    """Window against rest is SciPy's t test with unequal variances."""
    answer = window(ask(_facts()), "quiz", Filters(models=("b",)), Bounds(until=date(2024, 6, 1)))
    (row,) = answer.scores
    test = ttest_ind(RIGHT["b"][:4], RIGHT["b"][4:], equal_var=False)
    interval = test.confidence_interval(0.95)
    assert row.difference == pytest.approx(-25.0)
    assert row.p_value == pytest.approx(test.pvalue, abs=1e-9)
    assert (row.difference_lower, row.difference_upper) == pytest.approx(
        (100 * interval.low, 100 * interval.high), abs=1e-6
    )
    assert row.verdict == "not distinguishable"


def test_a_model_that_falls_after_its_cutoff_is_found(ask: Ask) -> None:
    """Forty old items of which 36 are right and forty new ones of which 8 are: worse in the window."""
    facts = Facts()
    score = facts.claim("m", "quiz", 55.0)
    facts.outcomes(facts.rows["score"][score]["run_id"], [1] * 36 + [0] * 4 + [1] * 8 + [0] * 32)
    for (_, number), sample in facts.rows["sample"].items():
        sample["dated_on"] = OLD if number < 40 else NEW
    (row,) = window(ask(facts), "quiz", Filters(), Bounds(since=NEW, until=NEW)).scores
    assert (row.value, row.value_rest, row.verdict) == (20.0, 90.0, "worse in the window")


def test_items_without_spread_leave_an_error(ask: Ask) -> None:
    """All four old items of a are right: the error is half of the interval in quantiles, not zero."""
    (row,) = window(ask(_facts()), "quiz", Filters(models=("a",)), Bounds(until=OLD)).scores
    assert row.value == 100.0
    q = 3.182446305284263  # Student's, 3 degrees of freedom
    assert row.stderr == pytest.approx(100 * q / (2 * (4 + q * q)), abs=1e-6)


def test_undated_items_are_on_neither_side(ask: Ask) -> None:
    """Two items without a date are counted and left out."""
    days = (OLD, OLD, OLD, None, None, NEW, NEW, NEW)
    answer = window(ask(_facts(days=days)), "quiz", Filters(models=("b",)), Bounds(since=NEW))
    (row,) = answer.scores
    assert (row.n_items, row.n_rest, row.n_undated) == (3, 3, 2)
    assert row.value == pytest.approx(100 * 2 / 3)
    assert any("without a date are on neither side: up to 2" in note for note in answer.notes)


@pytest.mark.parametrize(
    ("cutoff", "first"),
    [
        (date(2024, 6, 1), date(2024, 7, 1)),
        (date(2024, 12, 1), date(2025, 1, 1)),
        (date(2024, 3, 5), date(2024, 3, 6)),
        (date(2024, 2, 29), date(2024, 3, 1)),
    ],
)
def test_the_month_of_a_cutoff_may_have_been_seen(cutoff: date, first: date) -> None:
    """The first of a month stands for the month; any other day is that day."""
    assert first_unseen(cutoff) == first


def test_each_model_after_its_own_cutoff(ask: Ask) -> None:
    """B's cut-off is before all items, a's in January, so that its old items may be seen; c's is unknown: left out and named. No rank."""
    cutoffs = {"a": date(2024, 1, 1), "b": date(2023, 6, 30), "c": None}
    answer = window(ask(_facts(cutoffs)), "quiz", Filters(), Bounds(after_cutoff="each"))
    assert [(row.model, row.rank, row.first_on, row.n_items, row.value) for row in answer.scores] == [
        ("a", None, date(2024, 2, 1), 4, 25.0),
        ("b", None, date(2023, 7, 1), 8, 62.5),
    ]
    assert any("cut-off is unknown: c" in note for note in answer.notes)
    assert any("no rank" in note for note in answer.notes)


def test_all_models_after_the_latest_cutoff(ask: Ask) -> None:
    """One window for all, after the latest cut-off, gives ranks; `since` can only make it later."""
    cutoffs = {"a": date(2024, 1, 1), "b": date(2023, 6, 30), "c": date(2023, 1, 1)}
    connection = ask(_facts(cutoffs))
    answer = window(connection, "quiz", Filters(), Bounds(after_cutoff="all"))
    assert [(row.rank, row.model, row.first_on) for row in answer.scores] == [
        (1, "b", date(2024, 2, 1)), (2, "a", date(2024, 2, 1)), (2, "c", date(2024, 2, 1)),
    ]  # fmt: skip
    later = window(connection, "quiz", Filters(), Bounds(since=date(2024, 8, 1), after_cutoff="all"))
    assert {(row.rank, row.n_items, row.value, row.verdict) for row in later.scores} == {(None, 0, None, "unknown")}


def test_pairs_are_compared_on_items_after_both_cutoffs(ask: Ask) -> None:
    """A and b share the four new items: SciPy's paired t interval, McNemar's exact p; b and c share all eight."""
    cutoffs = {"a": date(2024, 1, 1), "b": date(2023, 6, 30), "c": date(2023, 1, 1)}
    answer = window(ask(_facts(cutoffs)), "quiz", Filters(), Bounds(after_cutoff="each"), with_pairs=True)
    found = {(pair.model_a, pair.model_b): pair for pair in answer.pairs}
    assert {key: (pair.n_items, pair.first_on) for key, pair in found.items()} == {
        ("a", "b"): (4, date(2024, 2, 1)), ("a", "c"): (4, date(2024, 2, 1)), ("b", "c"): (8, date(2023, 7, 1)),
    }  # fmt: skip
    pair = found["a", "b"]
    first, second = RIGHT["a"][4:], RIGHT["b"][4:]
    interval = ttest_rel(first, second).confidence_interval(0.95)
    assert (pair.value_a, pair.value_b, pair.difference) == (25.0, 75.0, -50.0)
    assert (pair.lower, pair.upper) == pytest.approx((100 * interval.low, 100 * interval.high), abs=1e-6)
    assert pair.p_value == pytest.approx(binomtest(0, 2).pvalue)
    assert pair.verdict == "not distinguishable"


def test_pairs_stand_in_the_order_asked_for(ask: Ask) -> None:
    """B against a is a against b with the sign turned."""
    connection = ask(_facts())
    bounds = Bounds(since=NEW)
    (ahead,) = window(connection, "quiz", Filters(models=("a", "b")), bounds, with_pairs=True).pairs
    (back,) = window(connection, "quiz", Filters(models=("b", "a")), bounds, with_pairs=True).pairs
    assert (ahead.model_a, back.model_a) == ("a", "b")
    assert ahead.difference == -back.difference
    assert (ahead.lower, ahead.p_value) == (None if back.upper is None else -back.upper, back.p_value)


def test_clusters_widen_the_errors(ask: Ask) -> None:
    """Inside the window and in pairs the errors are the clustered ones."""
    facts = _facts()
    clusters = ["p", "p", "q", "q"]
    for number in range(8):
        facts.rows["sample"][text_key("benchmark", "quiz"), number]["cluster"] = clusters[number % 4]
    answer = window(ask(facts), "quiz", Filters(models=("a", "b")), Bounds(since=NEW), with_pairs=True)
    found = {row.model: row.stderr for row in answer.scores}
    for model, stderr in found.items():
        expected = clustered_stderr(RIGHT[model][4:], clusters)
        assert stderr == pytest.approx(100 * expected, abs=1e-6)
    (pair,) = answer.pairs
    differences = [x - y for x, y in zip(RIGHT["a"][4:], RIGHT["b"][4:], strict=True)]
    assert pair.stderr == pytest.approx(100 * clustered_stderr(differences, clusters), abs=1e-6)


def test_one_item_gives_no_error(ask: Ask) -> None:
    """A single item inside has a value and neither error nor verdict; as a pair, too."""
    days = (OLD,) * 7 + (NEW,)
    answer = window(ask(_facts(days=days)), "quiz", Filters(models=("a", "c")), Bounds(since=NEW), with_pairs=True)
    assert [(row.rank, row.model, row.value, row.stderr, row.verdict) for row in answer.scores] == [
        (1, "c", 100.0, None, "unknown"), (2, "a", 0.0, None, "unknown"),
    ]  # fmt: skip
    (pair,) = answer.pairs
    assert (pair.difference, pair.stderr, pair.verdict) == (-100.0, None, "unknown")


def test_seconds_have_students_interval_and_the_lowest_leads(ask: Ask) -> None:
    """A metric that is no share of marks is ranked by its direction and has Student's interval."""
    facts = Facts()
    facts.metric("latency", unit="seconds", higher_is_better=False, is_proportion=False)
    facts.benchmark("speed", metric="latency")
    times = {"slow": (3.0, 5.0, 7.0), "quick": (1.0, 2.0, 3.0)}
    for model, seconds in times.items():
        score = facts.claim(model, "speed", 5.0, metric="latency", unit="seconds")
        run = facts.rows["score"][score]["run_id"]
        facts.outcomes(run, [0, 0, 0], metric="latency")
        for (run_id, _, number), row in facts.rows["outcome"].items():
            if run_id == run:
                row.update(n_correct=None, value=seconds[number])
    for sample in facts.rows["sample"].values():
        sample["dated_on"] = NEW
    answer = window(ask(facts), "speed", Filters(), Bounds(since=NEW))
    assert [(row.rank, row.model, row.value) for row in answer.scores] == [(1, "quick", 2.0), (2, "slow", 5.0)]
    assert answer.scores[0].lower == pytest.approx(2 - 4.302652729911275 / math.sqrt(3), abs=1e-6)


def test_a_rate_where_lower_is_better_keeps_its_unit(ask: Ask) -> None:
    """Refusals in percent stay in percent and inside 0 and 100, and the model with fewest leads."""
    facts = Facts()
    facts.metric("refusals", higher_is_better=False)
    facts.benchmark("polite", metric="refusals")
    for model, refused in (("often", [1, 1, 1, 0]), ("seldom", [0, 0, 0, 1])):
        score = facts.claim(model, "polite", 50.0, metric="refusals")
        facts.outcomes(facts.rows["score"][score]["run_id"], refused, metric="refusals")
    for sample in facts.rows["sample"].values():
        sample["dated_on"] = NEW
    answer = window(ask(facts), "polite", Filters(), Bounds(since=NEW))
    assert [(row.rank, row.model, row.value) for row in answer.scores] == [(1, "seldom", 25.0), (2, "often", 75.0)]
    assert all(row.lower is not None and row.upper is not None for row in answer.scores)
    assert all(0 < (row.lower or 0) < (row.upper or 0) < 100 for row in answer.scores)


@pytest.mark.parametrize(
    ("bounds", "fault"),
    [
        (Bounds(), "needs a bound"),
        (Bounds(since=NEW, until=OLD), "before it starts"),
    ],
)
def test_windows_without_sense_are_refused(ask: Ask, bounds: Bounds, fault: str) -> None:
    """A window has a bound and does not end before it starts."""
    with pytest.raises(StatisticsInputError, match=fault):
        window(ask(_facts()), "quiz", Filters(), bounds)


def test_without_dates_or_cutoffs_there_is_no_answer(ask: Ask) -> None:
    """Undated items, and models of unknown cut-off, are errors that say what is missing."""
    connection = ask(_facts(days=(None,) * 8))
    with pytest.raises(EmptyResultError, match="no item has a date"):
        window(connection, "quiz", Filters(), Bounds(since=OLD))
    with pytest.raises(EmptyResultError, match="no training cut-off of a, b, c"):
        window(connection, "quiz", Filters(), Bounds(after_cutoff="all"))


@pytest.mark.parametrize("first", [date(2023, 9, 1), date(2023, 11, 1)])
def test_the_board_of_livecodebench(shared_samples: Path, tmp_path: Path, first: date) -> None:
    """The board's means over a window, computed from its own file, and its finding that DeepSeek-Coder-33B falls from September 2023."""
    file = shared_samples / "livecodebench" / "performances_2024_02_26.json"
    if not file.exists():
        pytest.skip("the board's file is not beside this checkout")
    wanted: dict[str, list[float]] = {}
    names = {entry["model_repr"]: entry["model_name"] for entry in json.loads(file.read_text())["models"]}
    for row in json.loads(file.read_text())["performances"]:
        if datetime.fromtimestamp(row["date"] / 1000, tz=UTC).date() >= first:
            wanted.setdefault(names[row["model"]], []).append(row["pass@1"])
    with connect(tmp_path / "board.duckdb", create=True) as database:
        database.seed()
        assert database.ingest(file).n_failed == 0
        board = database.window("LiveCodeBench", since=first)
    labels = {row.model_name: row for row in board}
    assert len(labels) == len(wanted) == 16
    assert sorted(round(row.value or 0.0, 9) for row in board) == sorted(
        round(fmean(rows), 9) for rows in wanted.values()
    )
    coder = next(row for name, row in labels.items() if "33b" in name.lower())
    assert coder.value == pytest.approx(fmean(wanted["deepseek-ai/deepseek-coder-33b-instruct"]), abs=1e-9)
    assert coder.n_items == len(wanted["deepseek-ai/deepseek-coder-33b-instruct"])
    assert coder.verdict == "worse in the window"
