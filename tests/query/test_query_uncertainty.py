"""The ladder of evidence behind a cell: items, reported error, counts, borrowed counts, nothing."""

from __future__ import annotations

import math
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import optimize, stats
from sqlalchemy import delete

from benchdb.database.connect import open_engine
from benchdb.query.compare import compare
from benchdb.query.filters import Filters
from benchdb.query.leaderboard import leaderboard
from benchdb.query.pass_at_k import pass_at_k
from benchdb.query.tables import SAMPLE
from benchdb.query.uncertainty import tidy, weakest
from benchdb.stats.variance import noise_from_counts
from tests.query.facts import Facts
from tests.query.seed import seed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sqlalchemy import Connection

    from benchdb.rows.leaderboard import Cell
    from tests.query.conftest import Ask


def _cell(connection: Connection, **filters: Any) -> Cell:
    return leaderboard(connection, Filters(**filters)).standings[0].cells[0]


def _items(correct: Sequence[int], *, attempts: int = 1, clusters: Sequence[str] | None = None, **score: Any) -> Facts:
    facts = Facts()
    facts.metric("accuracy", lower_bound=0.0, upper_bound=100.0)
    run = facts.run("a/one", "arith")
    facts.score(run, sum(correct) / len(correct) / attempts, unit="fraction", **score)
    facts.outcomes(run, correct, attempts=attempts, clusters=clusters)
    return facts


def _score_interval(share: float, stderr: float, quantile: float) -> tuple[float, float]:
    """In percent, where the distance from a share is `quantile` errors of as many items as would give its error."""
    n = share * (1 - share) / stderr**2

    def excess(bound: float) -> float:
        return float(abs(share - bound) - quantile * math.sqrt(bound * (1 - bound) / n))

    return 100 * optimize.brentq(excess, 1e-9, share), 100 * optimize.brentq(excess, share, 1 - 1e-12)


def test_items_stand_above_a_reported_error(ask: Ask) -> None:
    """With outcomes stored the error is SciPy's standard error over items; the interval solves the score equation."""
    rates = np.random.default_rng(7).binomial(4, 0.6, 30)
    cell = _cell(ask(_items(rates.tolist(), attempts=4, stderr=0.5, n_items=30)))
    assert cell.stderr == pytest.approx(100 * stats.sem(rates / 4), abs=1e-12)
    interval = _score_interval(rates.mean() / 4, stats.sem(rates / 4), stats.t.ppf(0.975, 29))
    assert (cell.lower, cell.upper) == pytest.approx(interval, abs=1e-6)
    assert (cell.evidence, cell.n_items, cell.samples_per_item) == ("items", 30, 4)
    assert (cell.interval_method, cell.df) == ("effective wilson", 29)


def test_outcomes_of_some_items_are_no_evidence(ask: Ask) -> None:
    """A log that was cut holds 30 of 99 items; the reported error of all 99 stands, although the means agree."""
    rates = np.random.default_rng(7).binomial(4, 0.6, 30)
    cell = _cell(ask(_items(rates.tolist(), attempts=4, stderr=0.5, n_items=99)))
    assert (cell.evidence, cell.n_items) == ("reported", 99)


def test_single_answers_have_wilsons_interval(ask: Ask) -> None:
    """19 of 20 items right, one attempt each, have SciPy's Wilson interval, where Student's would pass 100."""
    cell = _cell(ask(_items([1] * 19 + [0])))
    wilson = stats.binomtest(19, 20).proportion_ci(method="wilson")
    assert (cell.lower, cell.upper) == pytest.approx((100 * wilson.low, 100 * wilson.high), abs=1e-9)
    assert (cell.interval_method, cell.df) == ("wilson", 19)
    assert cell.stderr == pytest.approx(100 * stats.sem([1] * 19 + [0]))


def test_interval_of_another_metric_stays_inside_it(ask: Ask) -> None:
    """Student's interval around a mean that is no share of right answers ends at the metric's bound."""
    facts = Facts()
    facts.metric("accuracy", lower_bound=0.0, upper_bound=100.0, is_proportion=False)
    run = facts.run("a/one", "arith")
    facts.score(run, 0.95, unit="fraction")
    facts.outcomes(run, [1] * 19 + [0])
    cell = _cell(ask(facts))
    assert (cell.upper, cell.interval_method) == (100.0, "t")
    assert cell.lower == pytest.approx(95 - stats.t.ppf(0.975, 19) * 100 * stats.sem([1] * 19 + [0]))


def test_noise_is_split_by_origin(ask: Ask) -> None:
    """Where every item has several attempts, data and prediction noise are those of the counts, computed apart."""
    n_attempts, n_correct = [2, 4, 8] * 4, [1, 3, 2, 2, 0, 8, 0, 1, 5, 1, 4, 3]
    facts = Facts()
    run = facts.run("a/one", "arith")
    facts.score(run, sum(c / n for c, n in zip(n_correct, n_attempts, strict=True)) / 12, unit="fraction")
    facts.outcomes(run, n_correct)
    for row, attempts in zip(facts.rows["outcome"].values(), n_attempts, strict=True):
        row["n_attempts"] = attempts
    cell = _cell(ask(facts))
    noise = noise_from_counts(n_attempts, n_correct)
    assert cell.stderr == pytest.approx(100 * noise.stderr)
    assert cell.data_stderr == pytest.approx(100 * noise.data_stderr)
    assert cell.prediction_stderr == pytest.approx(100 * math.sqrt(noise.averaged_prediction_variance / 12))


def test_one_attempt_cannot_be_split(ask: Ask) -> None:
    """With one attempt at some item, nobody can tell the two noises apart: both are unknown, not zero."""
    cell = _cell(ask(_items([1, 0, 1, 1])))
    assert (cell.data_stderr, cell.prediction_stderr) == (None, None)


def test_clusters_give_the_clustered_error(ask: Ask) -> None:
    """Five clusters of four equal items are five values: the error is that of five, not of twenty."""
    correct = [1] * 4 + [0] * 4 + [1] * 4 + [1] * 4 + [0] * 4
    cell = _cell(ask(_items(correct, clusters=[f"c{i // 4}" for i in range(20)])))
    assert cell.stderr == pytest.approx(100 * stats.sem([1, 0, 1, 1, 0]), abs=1e-10)
    interval = _score_interval(0.6, float(stats.sem([1, 0, 1, 1, 0])), stats.t.ppf(0.975, 4))
    assert (cell.lower, cell.upper) == pytest.approx(interval, abs=1e-6)
    assert (cell.interval_method, cell.df) == ("clustered effective wilson", 4)


@pytest.mark.parametrize("clusters", [None, ["c"] * 5 + ["d"] * 5 + ["e"] * 10])
def test_many_runs_are_asked_for_by_benchmark(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, clusters: list[str] | None
) -> None:
    """With more runs than a statement should name, the same errors come out of a statement about their benchmarks."""
    facts = _items([1, 0, 1, 1] * 5, clusters=clusters)
    other = facts.run("b/two", "arith")
    facts.score(other, 25.0)
    facts.outcomes(other, [0, 0, 1, 0] * 5, clusters=clusters)
    connection = ask(facts)
    named = leaderboard(connection, Filters()).standings
    monkeypatch.setattr("benchdb.query.items._MOST_RUNS", 1)
    whole = leaderboard(connection, Filters()).standings
    assert [row.stderr for row in whole] == pytest.approx([row.stderr for row in named], rel=1e-12)
    assert [(row.model, row.evidence) for row in whole] == [("a/one", "items"), ("b/two", "items")]


def test_an_item_that_is_not_held_is_a_cluster_of_its_own(ask: Ask) -> None:
    """Where the database lacks the last item of all, which `doctor` reports, errors are those of an item without a cluster."""
    clusters = [f"c{number // 4}" for number in range(20)]
    facts = _items([1, 0, 1, 1] * 5, clusters=clusters)
    other = facts.run("b/two", "arith")
    facts.score(other, 25.0)
    facts.outcomes(other, [0, 0, 1, 0] * 5, clusters=clusters)
    key = max(facts.rows["sample"], key=lambda each: int(each[1]))
    facts.rows["sample"][key]["cluster"] = None
    connection = ask(facts)

    def answers() -> tuple[object, ...]:
        compared = compare(connection, ["a/one", "b/two"], Filters()).differences
        return leaderboard(connection, Filters()).standings, compared, pass_at_k(connection, Filters()).rates

    alone = answers()
    connection.execute(delete(SAMPLE).where(SAMPLE.c.sample_number == key[1]))
    assert answers() == alone


def test_no_spread_is_not_certainty(ask: Ask) -> None:
    """Ten of ten items right have Wilson's interval of ten of ten, not an error of zero."""
    cell = _cell(ask(_items([1] * 10)))
    wilson = stats.binomtest(10, 10).proportion_ci(method="wilson")
    assert cell.lower == pytest.approx(100 * wilson.low, abs=1e-9)
    assert cell.upper == 100.0
    assert cell.stderr == pytest.approx(100 * (1 - wilson.low) / 2 / stats.norm.ppf(0.975), abs=1e-9)
    assert cell.evidence == "items"


def test_one_item_says_nothing_about_spread(ask: Ask) -> None:
    """A single outcome gives no error over items; the stated number of items does."""
    cell = _cell(ask(_items([1], n_items=50)))
    assert (cell.evidence, cell.n_items) == ("counts", 50)


def test_values_of_items_are_used_as_they_are(ask: Ask) -> None:
    """Outcomes with a value instead of counts, in seconds, give the error of those values."""
    facts = Facts()
    facts.metric("time", unit="seconds", higher_is_better=False, is_proportion=False)
    facts.benchmark("speed", metric="time")
    run = facts.run("a/one", "speed")
    times = [1.0, 2.0, 4.0, 9.0]
    facts.score(run, 4.0, metric="time", unit="seconds")
    facts.outcomes(run, [0] * 4, metric="time")
    for row, seconds in zip(facts.rows["outcome"].values(), times, strict=True):
        row.update(n_correct=None, value=seconds)
    cell = _cell(ask(facts))
    assert cell.stderr == pytest.approx(stats.sem(times), abs=1e-12)


def test_reported_error_stands_above_counts(ask: Ask) -> None:
    """A reported error is used although the number of items is stated too, which gives the degrees of freedom."""
    facts = Facts()
    facts.claim("a/one", "arith", 0.8, unit="fraction", stderr=0.02, n_items=100)
    cell = _cell(ask(facts))
    assert (cell.stderr, cell.evidence, cell.n_items) == (2.0, "reported", 100)
    interval = _score_interval(0.8, 0.02, stats.t.ppf(0.975, 99))
    assert (cell.lower, cell.upper) == pytest.approx(interval, abs=1e-6)
    assert (cell.interval_method, cell.df) == ("effective wilson", 99)


def test_reported_error_without_items_is_normal(ask: Ask) -> None:
    """A rating with an error and nothing else has the normal interval, and says so."""
    facts = Facts()
    facts.metric("elo", unit="elo", is_proportion=False)
    facts.benchmark("arena", metric="elo")
    facts.claim("a/one", "arena", 1200.0, metric="elo", unit="elo", stderr=6.0)
    cell = _cell(ask(facts))
    assert (cell.lower, cell.upper) == pytest.approx(stats.norm.interval(0.95, 1200, 6))
    assert (cell.evidence, cell.interval_method, cell.df) == ("reported", "normal", None)


def test_catalogued_items_give_degrees_of_freedom(ask: Ask) -> None:
    """An error reported without its items takes Student's quantile of the benchmark's items, and names where from."""
    facts = Facts()
    facts.benchmark("arith", n_items=10)
    facts.claim("a/one", "arith", 50.0, stderr=10.0)
    cell = _cell(ask(facts))
    interval = _score_interval(0.5, 0.1, stats.t.ppf(0.975, 9))
    assert (cell.lower, cell.upper) == pytest.approx(interval, abs=1e-6)
    assert (cell.evidence, cell.df, cell.n_items) == ("reported", 9, None)
    assert cell.evidence_note == "10 items, from the benchmark's catalogue entry, for the degrees of freedom"


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ({"stderr": 0.3, "samples_per_item": 4}, "counts"),  # the least 100 items with 4 attempts allow is 2.0
        ({"stderr": 1.1, "samples_per_item": 4}, "reported"),
        ({"stderr": 0.3}, "reported"),  # nobody says how many attempts
        ({"stderr": 3.0, "samples_per_item": 4, "stderr_method": "repeats"}, "counts"),
        ({"stderr": 3.0, "stderr_method": "mean_of_stderrs"}, "counts"),
        ({"stderr": 3.0, "samples_per_item": 4, "stderr_method": "bootstrap"}, "reported"),
    ],
)
def test_reported_errors_of_something_else_stand_below_counts(ask: Ask, claim: dict[str, Any], evidence: str) -> None:
    """Spread over repeats, means of errors, and errors that items and attempts cannot have give way to the counts."""
    facts = Facts()
    facts.claim("a/one", "arith", 80.0, n_items=100, **claim)
    assert _cell(ask(facts)).evidence == evidence


def test_spread_over_repeats_is_a_lower_bound(ask: Ask) -> None:
    """With no number of items anywhere, the spread over repeated runs is partial: the noise of the items is missing."""
    facts = Facts()
    facts.claim("a/one", "arith", 80.0, stderr=0.5, stderr_method="repeats")
    cell = _cell(ask(facts))
    assert (cell.stderr, cell.evidence, cell.lower, cell.upper) == (0.5, "partial", None, None)
    assert cell.evidence_note == "spread over repeated runs on the same items"


@pytest.mark.parametrize(("attempts", "least"), [(None, None), (1, None), (16, 100 * math.sqrt(0.7 * 0.3 / 480))])
def test_counts_with_attempts_have_two_bounds(ask: Ask, attempts: int | None, least: float | None) -> None:
    """30 items with 16 attempts each: the error lies between that of 480 answers and that of 30."""
    facts = Facts()
    facts.claim("a/one", "arith", 70.0, n_items=30, samples_per_item=attempts)
    cell = _cell(ask(facts))
    assert cell.stderr == pytest.approx(100 * math.sqrt(0.7 * 0.3 / 30))
    assert cell.stderr_least == (None if least is None else pytest.approx(least))
    note = None if least is None else "between ± 2.1 and ± 8.4: 16 attempts at each item"
    assert cell.evidence_note == note


def _lending() -> Facts:
    """Three models whose claims imply 100, 400 and 50 items, and one that states nothing."""
    facts = Facts()
    facts.claim("a/lender", "arith", 50.0, stderr=5.0)
    facts.claim("b/lender", "arith", 80.0, stderr=2.0)
    facts.claim("c/lender", "arith", 90.0, n_items=50)
    return facts


def test_items_are_borrowed_from_other_claims(ask: Ask) -> None:
    """Errors of 5 at 50 and 2 at 80 and a stated 50 items imply 100, 400 and 50 items; their median is lent."""
    facts = _lending()
    facts.claim("z/wanting", "arith", 60.0)
    cell = _cell(ask(facts), models=("z/wanting",))
    assert cell.stderr == pytest.approx(100 * math.sqrt(0.6 * 0.4 / 100))
    interval = _score_interval(0.6, math.sqrt(0.6 * 0.4 / 100), stats.t.ppf(0.975, 99))
    assert (cell.lower, cell.upper) == pytest.approx(interval, abs=1e-6)
    assert (cell.evidence, cell.n_items) == ("borrowed", None)
    assert cell.df == pytest.approx(99)
    assert (cell.evidence_note or "").startswith("100 effective items, the median of 3 claims on it (scores ")


def test_many_borrowers_are_asked_for_by_benchmark(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """With more claims than a statement should name, the same number is lent."""
    facts = _lending()
    facts.claim("z/wanting", "arith", 60.0)
    connection = ask(facts)
    named = _cell(connection, models=("z/wanting",))
    monkeypatch.setattr("benchdb.query.lending._MOST_SCORES", 0)
    assert _cell(connection, models=("z/wanting",)) == named
    assert named.evidence == "borrowed"


def test_outcomes_lend_too(ask: Ask) -> None:
    """Items of two models imply what they are worth: clusters of equal items count once."""
    facts = Facts()
    for model in ("a/lender", "b/lender"):
        run = facts.run(model, "arith")
        facts.score(run, 50.0)
        facts.outcomes(run, [1, 0] * 10)
    facts.claim("z/wanting", "arith", 60.0)
    cell = _cell(ask(facts), models=("z/wanting",))
    assert cell.stderr == pytest.approx(100 * math.sqrt(0.6 * 0.4 / 19))  # 0.25 over the squared sample error


@pytest.mark.parametrize(
    "wanting",
    [
        {"subset": "hard"},
        {"protocol": {"window_start_on": date(2024, 8, 1)}},
        {"protocol": {"item_limit": 10.0}},
        {"metric": "other"},
    ],
)
def test_nothing_is_borrowed_from_another_part(ask: Ask, wanting: dict[str, Any]) -> None:
    """Claims on the whole do not lend to a subset, a window, a limited run or another metric."""
    facts = _lending()
    facts.claim("z/wanting", "arith", 60.0, **wanting)
    assert _cell(ask(facts), models=("z/wanting",)).evidence == "unknown"


def test_claims_of_one_window_lend_to_each_other(ask: Ask) -> None:
    """Inside one window of dates claims lend; to one without a window they do not, for it may be of any."""
    facts = Facts()
    window = {"window_start_on": date(2024, 8, 1), "window_end_on": date(2025, 2, 1)}
    for model, protocol in (("a/lender", window), ("b/lender", window)):
        facts.claim(model, "arith", 50.0, stderr=5.0, protocol=protocol)
    facts.claim("y/wanting", "arith", 60.0, protocol=window)
    facts.claim("z/wanting", "arith", 60.0)
    connection = ask(facts)
    assert _cell(connection, models=("y/wanting",)).evidence == "borrowed"
    assert _cell(connection, models=("z/wanting",)).evidence == "unknown"


@pytest.mark.parametrize("reason", ["one model", "retracted", "later", "another split"])
def test_lenders_are_two_models_and_count_themselves(ask: Ask, reason: str) -> None:
    """One model's claims, retracted ones, ones not known yet, and ones on another split lend nothing."""
    facts = Facts()
    facts.claim("a/lender", "arith", 50.0, stderr=5.0, protocol={"split": "test"})
    other: dict[str, Any] = {}
    if reason == "later":
        other["ingest_id"] = facts.ingest("later", at=datetime(2025, 6, 1, tzinfo=UTC))
    if reason == "another split":
        other["protocol"] = {"split": "dev"}
    score_id = facts.claim("a/lender" if reason == "one model" else "b/lender", "arith", 51.0, stderr=5.0, **other)
    if reason == "retracted":
        facts.correct(score_id)
    facts.claim("z/wanting", "arith", 60.0, protocol={"split": "test"})
    as_of = datetime(2025, 5, 1, tzinfo=UTC) if reason == "later" else None
    assert _cell(ask(facts), models=("z/wanting",), as_of=as_of).evidence == "unknown"


def test_what_was_published_later_lends_nothing(ask: Ask) -> None:
    """Of claims published by a day, one of a later day lends nothing, as it would not have then; without the day it does."""
    facts = Facts()
    early, late = (facts.source(f"in {day:%B}", published_on=day) for day in (date(2025, 1, 1), date(2025, 3, 1)))
    facts.claim("a/lender", "arith", 50.0, stderr=5.0, source_id=early)
    facts.claim("b/lender", "arith", 50.0, stderr=5.0, source_id=late)
    facts.claim("z/wanting", "arith", 60.0, source_id=early)
    connection = ask(facts)
    assert _cell(connection, models=("z/wanting",)).evidence == "borrowed"
    assert _cell(connection, models=("z/wanting",), published_until=date(2025, 2, 1)).evidence == "unknown"
    assert _cell(connection, models=("z/wanting",), published_until=date(2025, 3, 1)).evidence == "borrowed"


def test_reported_interval_is_kept_and_gives_an_error(ask: Ask) -> None:
    """An interval at the level asked for is shown as it is; at another level the error it implies is used."""
    facts = Facts()
    facts.metric("elo", unit="elo", is_proportion=False)
    facts.benchmark("arena", metric="elo")
    bounds = {"interval_lower": 1190.0, "interval_upper": 1215.0, "interval_level": 0.95}
    facts.claim("a/one", "arena", 1200.0, metric="elo", unit="elo", **bounds)
    connection = ask(facts)
    z = stats.norm.ppf(0.975)
    cell = _cell(connection)
    assert (cell.lower, cell.upper, cell.evidence) == (1190.0, 1215.0, "reported")
    assert cell.stderr == pytest.approx(25 / 2 / z)
    narrow = leaderboard(connection, Filters(), level=0.5).standings[0].cells[0]
    assert narrow.upper == pytest.approx(1200 + stats.norm.ppf(0.75) * 12.5 / z)


def test_counts_give_wilsons_interval(ask: Ask) -> None:
    """43 of 50 with the number of items stated is SciPy's Wilson interval and the binomial error."""
    facts = Facts()
    facts.claim("a/one", "arith", 86.0, n_items=50, samples_per_item=1)
    cell = _cell(ask(facts))
    wilson = stats.binomtest(43, 50).proportion_ci(method="wilson")
    assert (cell.lower, cell.upper) == pytest.approx((100 * wilson.low, 100 * wilson.high), abs=1e-9)
    assert cell.stderr == pytest.approx(100 * math.sqrt(0.86 * 0.14 / 50))
    assert cell.evidence == "counts"


@pytest.mark.parametrize(
    ("facts_of_claim", "evidence"),
    [
        ({}, "borrowed"),
        ({"subset": "hard"}, "unknown"),
        ({"protocol": {"item_limit": 10.0}}, "unknown"),
        ({"n_items": 10, "protocol": {"item_limit": 10.0}}, "counts"),
    ],
)
def test_items_are_borrowed_for_the_whole_benchmark_only(
    ask: Ask, facts_of_claim: dict[str, Any], evidence: str
) -> None:
    """The catalogue's number of items does not speak for a subset or a limited run."""
    facts = Facts()
    facts.benchmark("arith", n_items=1000)
    facts.claim("a/one", "arith", 50.0, **facts_of_claim)
    assert _cell(ask(facts)).evidence == evidence


@pytest.mark.parametrize(
    ("metric", "value"),
    [({"is_proportion": False}, 50.0), ({"is_proportion": None}, 50.0), ({"unit": "elo"}, 50.0), ({}, 120.0)],
)
def test_counts_speak_for_proportions_only(ask: Ask, metric: dict[str, Any], value: float) -> None:
    """A mean that is no proportion, a rating, or a value beyond 100 % gets no binomial error."""
    facts = Facts()
    facts.metric("accuracy", **metric)
    facts.claim("a/one", "arith", value, n_items=100, unit=metric.get("unit", "percent"))
    cell = _cell(ask(facts))
    assert (cell.evidence, cell.stderr, cell.lower, cell.upper) == ("unknown", None, None, None)


def test_notes_count_the_evidence(ask: Ask) -> None:
    """A leaderboard says how many of its errors rest on what, the strongest evidence first."""
    facts = Facts()
    facts.claim("a/one", "arith", 50.0, n_items=40)
    facts.claim("b/two", "arith", 50.0, stderr=5.0)
    facts.claim("c/three", "logic", 50.0)
    notes = leaderboard(ask(facts), Filters()).notes
    assert "What the errors of the 3 scores rest on: reported 1, counts 1, unknown 1." in notes


def test_weakest_evidence_of_a_mean() -> None:
    """The mean is as sure as its weakest part, and partial where some parts are unknown."""
    assert weakest(["items", "reported"]) == "reported"
    assert weakest(["counts", "borrowed", "items"]) == "borrowed"
    assert weakest(["unknown", "items"]) == "partial"
    assert weakest(["unknown", "unknown"]) == "unknown"


@pytest.mark.parametrize("percent", [0.1, 5.7, 28.999, 55.1, 56.7, 57.0, 72.6, 97.35])
def test_conversion_leaves_no_noise(percent: float) -> None:
    """A printed fraction times 100 is the double that prints as the percentage."""
    assert tidy(float(f"{percent / 100:.10g}") * 100, 100.0) == percent


def test_plain_leaderboard_needs_no_numpy(duckdb_template: Path, tmp_path: Path) -> None:
    """A leaderboard without outcomes of items is answered without NumPy, SciPy or Arrow."""
    path = tmp_path / "seed.duckdb"
    shutil.copy(duckdb_template, path)
    engine = open_engine(f"duckdb:///{path}")
    seed().write(engine)
    engine.dispose()
    code = f"""
import sys, duckdb
duckdb.connect().execute("SELECT ?", [1]).fetchall()
own = set(sys.modules)  # DuckDB 1.5 brings some of them itself
from benchdb.database.connect import open_engine
from benchdb.query.filters import Filters
from benchdb.query.leaderboard import leaderboard
with open_engine({f"duckdb:///{path}"!r}, read_only=True).connect() as connection:
    assert len(leaderboard(connection, Filters()).standings) == 4
sys.exit(", ".join({{"numpy", "scipy", "pyarrow"}} & set(sys.modules) - own) or 0)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
