"""Aggregates, treatments of missing scores, tiers from shared items, and all rankings side by side, through the database."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import optimize, stats
from sqlalchemy import delete

from benchdb.errors import EmptyResultError, StatisticsInputError, UnknownNameError
from benchdb.query.aggregates import Aggregate
from benchdb.query.filters import Filters
from benchdb.query.grids import Missing
from benchdb.query.leaderboard import Ranking, leaderboard
from benchdb.query.rankings import rankings
from tests.query.facts import TABLES, Facts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection, Engine

    from benchdb.rows.leaderboard import LeaderboardRows
    from tests.query.conftest import Ask

ELO = 400 / math.log(10)


def _board(table: Mapping[str, Sequence[float | None]], **facts: object) -> Facts:
    """Models by benchmarks b1, b2, ..., in percent; None is missing."""
    written = Facts()
    for model, values in table.items():
        for number, value in enumerate(values, start=1):
            if value is not None:
                written.claim(model, f"b{number}", value, **facts)
    return written


def _ranked(connection: Connection, aggregate: Aggregate, **options: object) -> LeaderboardRows:
    return leaderboard(connection, Filters(), ranking=Ranking(aggregate=aggregate, **options))  # type: ignore[arg-type]  # the names are checked at run time


def _values(found: LeaderboardRows) -> dict[str, float | None]:
    return {row.model: row.value for row in found.standings}


HELM = {"a": (1, 3), "b": (2, 1), "c": (3, 2), "d": (4, 5), "e": (5, 4)}


def test_mean_win_rate_is_helms(ask: Ask) -> None:
    """HELM's unit vector of two scenarios: 0.25, 0.125, 0.375, 0.875 and 0.875, the best of which share the rank."""
    found = _ranked(ask(_board(HELM, n_items=100)), Aggregate.WIN_RATE)
    assert _values(found) == {"a": 0.25, "b": 0.125, "c": 0.375, "d": 0.875, "e": 0.875}
    assert [row.rank for row in found.standings] == [1, 1, 3, 4, 5]
    assert found.aggregate == "win-rate"


def test_incomplete_win_rate_is_helms_and_says_so(ask: Ask) -> None:
    """HELM's incomplete vector gives 0.5, 0.125, 0.5, 0.75 and 1 when taken as it is; by default common ones only."""
    table = {"a": (1, 3), "b": (2, 1), "c": (3, None), "d": (4, None), "e": (5, None)}
    connection = ask(_board(table, n_items=100))
    found = _ranked(connection, Aggregate.WIN_RATE, missing=Missing.NATIVE)
    assert _values(found) == {"a": 0.5, "b": 0.125, "c": 0.5, "d": 0.75, "e": 1.0}
    assert {row.stderr for row in found.standings} == {None}
    assert any("scores are missing" in note for note in found.notes)
    assert _values(_ranked(connection, Aggregate.WIN_RATE)) == {"a": 0, "b": 0.25, "c": 0.5, "d": 0.75, "e": 1}


MTEB = {"all-minilm-l6-v2": (0.800422, 0.548670, 0.43281), "baseline-random-encoder": (0.012532, 0.0, 0.00428)}
"""Main scores of MTEB's unit fixture on Banking77, NanoArguAna and NanoSCIDOCS, as far as they could be read in its files.

Those of the first model on the first two were worked out from the two means that MTEB asserts of it, so its means agree by
construction; the means of the second model and the Borda counts are independent of them.
"""


def test_mtebs_fixture_gives_mtebs_means_and_borda(ask: Ask) -> None:
    """Mean(Task) 0.5940 and 0.0056, Mean(TaskType) 0.6456 and 0.0073, as MTEB asserts, and Borda counts of 3 and 0."""
    facts = Facts()
    facts.metric("main_score", unit="fraction", is_proportion=False)
    for slug, category in (
        ("banking77", "classification"),
        ("nano-arguana", "retrieval"),
        ("nano-scidocs", "retrieval"),
    ):
        facts.benchmark(slug, metric="main_score", category=category)
    for model, values in MTEB.items():
        for slug, value in zip(("banking77", "nano-arguana", "nano-scidocs"), values, strict=True):
            facts.claim(model, slug, value, metric="main_score", unit="fraction")
    connection = ask(facts)
    assert list(_values(_ranked(connection, Aggregate.MEAN)).values()) == pytest.approx(
        [0.59396733, 0.005604], abs=1e-6
    )
    by_type = _values(_ranked(connection, Aggregate.CATEGORY_MEAN))
    assert list(by_type.values()) == pytest.approx([0.645581, 0.007336], abs=1e-6)
    found = _ranked(connection, Aggregate.BORDA)
    assert [(row.model, row.rank, row.value) for row in found.standings] == [
        ("all-minilm-l6-v2", 1, 3.0),
        ("baseline-random-encoder", 2, 0.0),
    ]


def test_weighted_mean_by_hand(ask: Ask) -> None:
    """With weights of 3 and 1 the mean of 90 and 50 is 80, and its error sqrt((3 s1)^2 + s2^2) / 4."""
    connection = ask(_board({"a": (90.0, 50.0), "b": (70.0, 70.0)}, n_items=100))
    found = _ranked(connection, Aggregate.WEIGHTED, weights={"B1": 3.0})
    assert _values(found) == pytest.approx({"a": 80.0, "b": 70.0})
    assert found.standings[0].stderr == pytest.approx(math.hypot(3 * 3.0, 5.0) / 4)
    for weights, error, words in (
        ({"b1": 0.0}, StatisticsInputError, "above 0"),
        ({"b9": 1.0}, UnknownNameError, "b9"),
    ):
        with pytest.raises(error, match=words):
            _ranked(connection, Aggregate.WEIGHTED, weights=weights)
    with pytest.raises(StatisticsInputError, match="mean nothing"):
        _ranked(connection, Aggregate.MEAN, weights={"b1": 2.0})


def test_a_weight_of_a_benchmark_that_is_not_shown_is_refused(ask: Ask) -> None:
    """A weight that would do nothing is an error, not silence."""
    facts = _board({"a": (90.0, 50.0)})
    with pytest.raises(StatisticsInputError, match="not in the table"):
        leaderboard(
            ask(facts), Filters(benchmarks=("b1",)), ranking=Ranking(aggregate=Aggregate.WEIGHTED, weights={"b2": 2.0})
        )


def test_category_mean_leaves_out_what_has_no_category(ask: Ask) -> None:
    """Two maths benchmarks count once, code once, and one without a category is named and left out."""
    facts = Facts()
    for slug, category in (("b1", "math"), ("b2", "math"), ("b3", "code"), ("b4", None)):
        facts.benchmark(slug, category=category)
    for model, values in {"a": (80.0, 60.0, 50.0, 0.0), "b": (70.0, 70.0, 40.0, 99.0)}.items():
        for number, value in enumerate(values, start=1):
            facts.claim(model, f"b{number}", value)
    found = _ranked(ask(facts), Aggregate.CATEGORY_MEAN)
    assert _values(found) == {"a": 60.0, "b": 55.0}
    assert "Not in the category mean: b4." in found.notes


def test_rank_sum_and_z_score_against_scipy(ask: Ask) -> None:
    """Rank sums are those of SciPy's minimum ranks, z-scores SciPy's; units may differ and seconds count downwards."""
    facts = _board({"a": (90.0,), "b": (90.0,), "c": (40.0,)}, n_items=100)
    facts.metric("time", unit="seconds", higher_is_better=False, is_proportion=False)
    facts.benchmark("speed", metric="time")
    for model, value in (("a", 3.0), ("b", 5.0), ("c", 1.0)):
        facts.claim(model, "speed", value, metric="time", unit="seconds", stderr=0.1)
    connection = ask(facts)
    assert _values(_ranked(connection, Aggregate.RANK_SUM)) == {"a": 1 + 2, "b": 1 + 3, "c": 3 + 1}
    expected = (stats.zscore([90, 90, 40]) - stats.zscore([3, 5, 1])) / 2
    assert _values(_ranked(connection, Aggregate.Z_SCORE)) == pytest.approx(dict(zip("abc", expected, strict=True)))


def test_bradley_terry_is_a_logistic_regression(ask: Ask) -> None:
    """From wins per benchmark the strengths minimise SciPy's logistic loss; missing benchmarks are no game."""
    table = {
        "a": (5.0, 1.0, 4.0, None, 2.0),
        "b": (4.0, 2.0, 1.0, 3.0, 3.0),
        "c": (3.0, 3.0, None, 1.0, 1.0),
        "d": (1.0, 4.0, 2.0, 2.0, 4.0),
    }
    found = _ranked(ask(_board(table)), Aggregate.BRADLEY_TERRY)
    rows = list(table.values())
    games = [
        (i, j)
        for k in range(5)
        for i in range(4)
        for j in range(4)
        if (x := rows[i][k]) is not None and (y := rows[j][k]) is not None and x > y
    ]

    def loss(free: np.ndarray) -> float:
        strengths = np.append(free, 0.0)
        return float(sum(np.logaddexp(0, strengths[j] - strengths[i]) for i, j in games))

    best = np.append(optimize.minimize(loss, np.zeros(3), method="BFGS", options={"gtol": 1e-9}).x, 0.0)
    expected = 1000 + ELO * (best - best.mean())
    assert _values(found) == pytest.approx(dict(zip("abcd", expected, strict=True)), abs=1e-3)
    assert {(row.unit, row.evidence) for row in found.standings} == {("elo", "benchmarks")}
    assert any("models have 4 to 5 of 5 benchmarks" in note for note in found.notes)


def test_bradley_terry_with_a_model_that_wins_everything(ask: Ask) -> None:
    """No finite strength exists; half a game each way is added, the note says so, and 2.5 wins to 0.5 are ln 5 apart."""
    found = _ranked(ask(_board({"a": (5.0, 5.0), "b": (1.0, 1.0)})), Aggregate.BRADLEY_TERRY)
    first, second = (row.value for row in found.standings)
    assert (first or 0) - (second or 0) == pytest.approx(ELO * math.log(2.5 / 0.5))
    assert any("half a game each way" in note for note in found.notes)


def test_bradley_terry_from_one_benchmark_has_no_error(ask: Ask) -> None:
    """One benchmark says nothing about others: strengths without errors, and no tiers."""
    found = _ranked(ask(_board({"a": (5.0,), "b": (1.0,)})), Aggregate.BRADLEY_TERRY)
    assert [(row.rank, row.stderr, row.tier) for row in found.standings] == [(1, None, None), (2, None, None)]


def test_ability_recovers_a_latent_order_from_a_table_with_gaps(ask: Ask) -> None:
    """Scores made from ability less difficulty give the abilities back, though each model lacks half the benchmarks."""
    abilities = dict(zip("abcdef", (1.5, 1.0, 0.4, -0.3, -1.0, -1.6), strict=True))
    facts = Facts()
    for k, difficulty in enumerate((-1.0, 0.0, 1.0, 0.5, -0.5, 2.0)):
        for i, (model, ability) in enumerate(abilities.items()):
            if (i + k) % 2 or k == 0:
                share = 100 / (1 + math.exp(difficulty - ability))
                facts.claim(model, f"b{k}", share, n_items=5000)
    found = _ranked(ask(facts), Aggregate.ABILITY)
    assert _values(found) == pytest.approx(abilities, abs=1e-3)
    assert [row.rank for row in found.standings] == [1, 2, 3, 4, 5, 6]
    assert any("taken as it is: models have 3 to 4 of 6" in note for note in found.notes)


def test_ability_takes_proportions_only(ask: Ask) -> None:
    """Elo points are left out of the ability and named; a model without a proportion is not ranked."""
    facts = _board({"a": (90.0, 80.0), "b": (70.0, 50.0)}, n_items=100)
    facts.metric("elo", unit="elo", is_proportion=False)
    facts.benchmark("arena", metric="elo")
    for model in ("a", "b", "c"):
        facts.claim(model, "arena", 1200.0, metric="elo", unit="elo")
    found = _ranked(ask(facts), Aggregate.ABILITY)
    assert [(row.model, row.rank) for row in found.standings] == [("a", 1), ("b", 2), ("c", None)]
    assert "Not in the ability fit: arena." in found.notes


GAPS = {"a": (90.0, 80.0, None), "b": (80.0, 70.0, 60.0), "c": (70.0, None, 50.0), "d": (60.0, 50.0, 40.0)}


def test_common_benchmarks_are_the_default(ask: Ask) -> None:
    """Of three benchmarks one is common to all, and the mean is over it."""
    found = _ranked(ask(_board(GAPS, n_items=100)), Aggregate.MEAN)
    assert (found.common, found.missing) == (("b1",), "common")
    assert _values(found) == {"a": 90.0, "b": 80.0, "c": 70.0, "d": 60.0}


def test_listwise_ranks_those_that_have_everything(ask: Ask) -> None:
    """Two models have all three benchmarks; the others are shown, not ranked, and named."""
    found = _ranked(ask(_board(GAPS, n_items=100)), Aggregate.MEAN, missing=Missing.LISTWISE)
    assert [(row.model, row.rank, row.value) for row in found.standings] == [
        ("b", 1, 70.0),
        ("d", 2, 50.0),
        ("a", None, None),
        ("c", None, None),
    ]
    assert "Not ranked, because a score is missing (listwise): a, c." in found.notes


def test_imputed_scores_carry_the_error_of_their_fit(ask: Ask) -> None:
    """An additive table is completed exactly; imputed means are marked, counted, and have the wider error."""
    table = {"a": (90.0, 80.0, None), "b": (80.0, 70.0, 60.0), "c": (70.0, 60.0, 50.0), "d": (60.0, 50.0, 40.0)}
    found = _ranked(ask(_board(table, n_items=100)), Aggregate.MEAN, missing=Missing.IMPUTE)
    assert _values(found) == pytest.approx({"a": 80.0, "b": 70.0, "c": 60.0, "d": 50.0}, abs=1e-9)
    first = found.standings[0]
    assert (first.n_imputed, first.evidence, first.n_benchmarks) == (1, "imputed", 2)
    assert [row.n_imputed for row in found.standings[1:]] == [0, 0, 0]
    own = math.hypot(*[cell.stderr or 0 for cell in first.cells]) / 3
    assert (first.stderr or 0) > own
    assert any(note.startswith("1 missing scores are imputed") for note in found.notes)


def test_imputed_means_with_an_unknown_error_are_partial(ask: Ask) -> None:
    """Where a reported score has no error, that of the imputed one is a part only: a lower bound, without an interval."""
    facts = Facts()
    facts.metric("score", unit="points", is_proportion=False)
    for number in (1, 2, 3):
        facts.benchmark(f"b{number}", metric="score")
    for model, values in GAPS.items():
        for number, value in enumerate(values, start=1):
            if value is not None:
                facts.claim(model, f"b{number}", value, metric="score", unit="points")
    found = _ranked(ask(facts), Aggregate.MEAN, missing=Missing.IMPUTE)
    assert {(row.model, row.evidence, row.lower) for row in found.standings if row.n_imputed} == {
        ("a", "partial", None),
        ("c", "partial", None),
    }


def test_imputed_intervals_cover(ask: Ask) -> None:
    """Of 24 scores held back from an additive table with scatter, at least 20 lie in the 95 % interval of the imputed."""
    rng = np.random.default_rng(4)
    truth = rng.normal(60, 8, (24, 1)) + rng.normal(0, 8, (1, 6)) + rng.normal(0, 2, (24, 6))
    table = {f"m{i:02}": [None if k == i % 6 else float(truth[i, k]) for k in range(6)] for i in range(24)}
    found = _ranked(ask(_board(table, stderr=0.5)), Aggregate.MEAN, missing=Missing.IMPUTE)
    held = 0
    for row in found.standings:
        i = int(row.model[1:])
        guessed = 6 * (row.value or 0) - sum(cell.value for cell in row.cells)
        spread = math.sqrt((6 * (row.stderr or 0)) ** 2 - sum((cell.stderr or 0) ** 2 for cell in row.cells))
        held += abs(guessed - truth[i, i % 6]) <= 1.96 * spread
    assert 20 <= held <= 24


def test_what_cannot_be_ranked_is_an_error(ask: Ask) -> None:
    """A mean is not defined on incomplete tables, and a table in parts cannot be imputed."""
    connection = ask(_board({"a": (90.0, None), "b": (None, 50.0), "c": (None, 40.0)}))
    with pytest.raises(StatisticsInputError, match="not defined on incomplete tables"):
        _ranked(connection, Aggregate.MEAN, missing=Missing.NATIVE)
    with pytest.raises(StatisticsInputError, match="falls into parts"):
        _ranked(connection, Aggregate.MEAN, missing=Missing.IMPUTE)


def test_nothing_to_impute_from_is_an_error(ask: Ask) -> None:
    """A model with scores in another unit only is named."""
    facts = _board({"a": (90.0, 50.0), "b": (80.0, None)})
    facts.metric("elo", unit="elo", is_proportion=False)
    facts.benchmark("arena", metric="elo")
    facts.claim("c", "arena", 1200.0, metric="elo", unit="elo")
    with pytest.raises(EmptyResultError, match="nothing to impute from: c"):
        _ranked(ask(facts), Aggregate.MEAN, missing=Missing.IMPUTE)


def _with_items(outcomes: Mapping[str, Sequence[int]], clusters: Sequence[str] | None = None) -> Facts:
    facts = Facts()
    for model, correct in outcomes.items():
        run = facts.run(model, "b1")
        facts.score(run, 100 * sum(correct) / len(correct))
        facts.outcomes(run, correct, clusters=clusters)
    return facts


PAIRED = {"a": [1] * 30 + [0] * 10, "b": [1] * 24 + [0] * 16, "c": [0] * 10 + [1] * 20 + [0] * 10}


def test_models_that_share_items_are_compared_on_them(ask: Ask) -> None:
    """Model b fails 6 items of a's and wins none: p is that of the paired t test, and a leads alone although intervals overlap."""
    found = leaderboard(ask(_with_items(PAIRED)), Filters())
    a, b, c = (np.array(PAIRED[name]) for name in "abc")
    pairs = sorted(float(stats.ttest_rel(x, y).pvalue) for x, y in ((a, b), (a, c), (b, c)))
    assert pairs[0] < 0.05 / 3
    expected = {"a": 1, "b": 2, "c": 2}
    assert {row.model: row.tier for row in found.standings} == expected
    assert "Pairs are compared on the items they share on 1 of 1 benchmarks (paired errors)." in found.notes
    assert any("simulated" in note and "seed 20250325" in note for note in found.notes)
    assert found.seed == 20250325


def test_paired_errors_are_those_of_the_paired_t_test(ask: Ask) -> None:
    """At a level just beyond SciPy's p of the paired t test two models are told apart, just within it they are not."""
    two = {name: PAIRED[name] for name in "ab"}
    p_value = float(stats.ttest_rel(two["a"], two["b"]).pvalue)
    connection = ask(_with_items(two))
    for level, tiers in ((1 - p_value * 1.0001, [1, 2]), (1 - p_value * 0.9999, [1, 1])):
        assert [row.tier for row in leaderboard(connection, Filters(), level=level).standings] == tiers


def test_clustered_items_are_compared_by_cluster(ask: Ask) -> None:
    """With items in ten clusters of four p is that of the clustered error with nine degrees of freedom."""
    clusters = [f"text {number // 4}" for number in range(40)]
    two = {name: PAIRED[name] for name in "ab"}
    sums = (np.array(two["a"]) - np.array(two["b"]) - 6 / 40).reshape(10, 4).sum(axis=1)
    error = math.sqrt(10 / 9 * (sums**2).sum()) / 40
    p_value = 2 * float(stats.t.sf(6 / 40 / error, 9))
    connection = ask(_with_items(two, clusters))
    for level, tiers in ((1 - p_value * 1.0001, [1, 2]), (1 - p_value * 0.9999, [1, 1])):
        assert [row.tier for row in leaderboard(connection, Filters(), level=level).standings] == tiers


def test_the_chance_of_being_best_is_the_closed_form(ask: Ask) -> None:
    """Of two models 10 points apart with errors of 3 and 4 it is the normal distribution function of 2."""
    found = leaderboard(ask(_two_apart()), Filters())
    assert [row.p_best for row in found.standings] == pytest.approx([stats.norm.cdf(2), stats.norm.cdf(-2)], abs=1e-8)
    assert found.seed is None


def _two_apart() -> Facts:
    facts = Facts()
    facts.claim("a", "b1", 60.0, stderr=3.0)
    facts.claim("b", "b1", 50.0, stderr=4.0)
    return facts


def test_unknown_errors_tell_nobody_apart(ask: Ask) -> None:
    """A model without an error has no tier and the widest ranks, and nobody's chance is known; the note counts it."""
    facts = Facts()
    facts.metric("score", unit="points", is_proportion=False)
    facts.benchmark("b1", metric="score")
    for model, value, stderr in (("a", 60.0, 1.0), ("b", 50.0, 1.0), ("c", 99.0, None)):
        facts.claim(model, "b1", value, metric="score", unit="points", stderr=stderr)
    found = leaderboard(ask(facts), Filters())
    assert [(row.model, row.rank, row.rank_lower, row.rank_upper, row.tier) for row in found.standings] == [
        ("c", 1, 1, 3, None),
        ("a", 2, 1, 2, 1),
        ("b", 3, 2, 3, 2),
    ]
    assert {row.p_best for row in found.standings} == {None}
    assert any("errors of 1 model is unknown" in note for note in found.notes)


def test_null_boards_have_one_tier_by_every_aggregate(ask: Ask) -> None:
    """Models of one strength are one tier by each of the aggregates that give errors."""
    rng = np.random.default_rng(6)
    shares = rng.binomial(400, 0.6, (6, 5)) / 4
    table = {f"m{i}": shares[i].tolist() for i in range(6)}
    found = rankings(ask(_board(table, n_items=400)), Filters())
    assert {row.tier for row in found.rows} == {1}
    assert {row.aggregate for row in found.rows} == {str(kind) for kind in Aggregate} - {"weighted", "category-mean"}


@pytest.mark.parametrize("copies", [1, 2])
def test_duplicating_a_dominated_model_changes_no_mean(ask: Ask, copies: int) -> None:
    """A copy of the worst model leaves all means; win rates, Borda counts and z-scores move, as SciPy and hand say."""
    table = {"a": (90.0, 60.0), "b": (70.0, 80.0), **{f"c{number}": (50.0, 40.0) for number in range(copies)}}
    found = rankings(ask(_board(table, n_items=100)), Filters())
    value = {(row.aggregate, row.model): row.value or 0.0 for row in found.rows}
    assert (value["mean", "a"], value["mean", "b"], value["mean", "c0"]) == (75.0, 75.0, 45.0)
    assert value["borda", "a"] == {1: 2 + 1, 2: 3 + 2}[copies]
    assert value["win-rate", "a"] == pytest.approx({1: 3 / 4, 2: 5 / 6}[copies])
    z = stats.zscore([list(row) for row in table.values()]).mean(axis=1)
    assert value["z-score", "a"] == pytest.approx(z[0])


def test_rankings_agree_as_kendall_says(ask: Ask) -> None:
    """The tau between two rankings is SciPy's tau-b of their ranks."""
    table = {"a": (99.0, 10.0, 30.0), "b": (50.0, 40.0, 40.0), "c": (40.0, 50.0, 20.0), "d": (30.0, 30.0, 70.0)}
    found = rankings(ask(_board(table, n_items=100)), Filters())
    ranks: dict[str, dict[str, int | None]] = {}
    for row in found.rows:
        ranks.setdefault(row.aggregate, {})[row.model] = row.rank
    pairs = {(row.aggregate_a, row.aggregate_b): row.tau for row in found.agreements}
    assert len(pairs) == len(found.aggregates) * (len(found.aggregates) - 1) / 2
    for (first, second), tau in pairs.items():
        x, y = ([ranks[name][model] or 0 for model in "abcd"] for name in (first, second))
        expected = stats.kendalltau(x, y).statistic
        assert tau == pytest.approx(expected) if math.isfinite(expected) else tau is None


def test_sensitivity_names_the_benchmark_that_a_ranking_hangs_on(ask: Ask) -> None:
    """Means are 50, 45, 40; without b1 a falls from first to last and b leads; models never change a mean's order."""
    table = {"a": (99.0, 1.0), "b": (50.0, 40.0), "c": (44.0, 36.0)}
    found = rankings(ask(_board(table, n_items=100)), Filters())
    of_mean = {(row.kind, row.left_out): row for row in found.sensitivities if row.aggregate == "mean"}
    assert set(of_mean) == {("benchmark", "b1"), ("benchmark", "b2")}
    without = of_mean["benchmark", "b1"]
    assert (without.n_changed, without.largest_change, without.most_moved) == (3, 2, "A")
    assert (without.leader, without.is_new_leader) == ("B", True)
    kept = of_mean["benchmark", "b2"]
    assert (kept.n_changed, kept.largest_change, kept.most_moved, kept.is_new_leader) == (0, 0, None, False)
    assert {row.kind for row in found.sensitivities if row.aggregate == "borda"} == {"benchmark", "model"}


def test_an_irrelevant_model_can_turn_a_borda_ranking(ask: Ask) -> None:
    """Model a beats b once by a lot of places that only c fills: without c the two are level."""
    table = {"a": (3.0, 1.0), "b": (1.0, 2.0), "c": (2.0, 0.0)}
    found = rankings(ask(_board(table, n_items=100)), Filters())
    (without,) = [row for row in found.sensitivities if (row.aggregate, row.left_out) == ("borda", "C")]
    assert (without.n_changed, without.leader) == (1, "A, B")
    assert without.is_new_leader


def test_rankings_say_why_one_is_left_out(ask: Ask) -> None:
    """Where models share no benchmark the means are left out with the reason, and so is a fit that falls into parts."""
    found = rankings(ask(_board({"a": (90.0, None), "b": (None, 50.0)})), Filters())
    assert found.aggregates == ()
    assert any("is left out" in note and "falls into parts" in note for note in found.notes)
    assert any("is left out" in note and "No benchmark has scores of all 2 models" in note for note in found.notes)


def test_large_tables_are_not_taken_apart(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the limit no benchmark or model is left out, and the note says so."""
    monkeypatch.setattr("benchdb.query.rankings.MOST_LEFT_OUT", 10)
    found = rankings(ask(_board(HELM, n_items=100)), Filters())
    assert found.sensitivities == ()
    assert any(note.startswith("Too many scores to leave out") for note in found.notes)


@pytest.mark.parametrize("with_items", [False, True])
def test_order_of_insertion_does_not_matter(db: Engine, *, with_items: bool) -> None:
    """The same facts written backwards into an emptied database give the same rankings, draws included."""
    facts = (
        _with_items(PAIRED)
        if with_items
        else _board({"a": (91.0, 60.0), "b": (70.0, 80.0), "c": (50.0, 40.0)}, n_items=100)
    )
    with facts.write(db).connect() as connection:
        forwards = rankings(connection, Filters())
    with db.begin() as connection:
        for table in reversed(TABLES):
            connection.execute(delete(table))
    with facts.write(db, backwards=True).connect() as connection:
        backwards = rankings(connection, Filters())
    numbers = ("value", "stderr", "lower", "upper")
    for one, other in zip(forwards.rows, backwards.rows, strict=True):
        # Engines add up in any order, so the last digit may differ; ranks, tiers and drawn chances may not.
        assert [getattr(one, name) for name in numbers] == pytest.approx(
            [getattr(other, name) for name in numbers], abs=1e-9
        )
        assert [one.aggregate, one.model, one.rank, one.rank_lower, one.rank_upper, one.tier, one.p_best] == [
            other.aggregate,
            other.model,
            other.rank,
            other.rank_lower,
            other.rank_upper,
            other.tier,
            other.p_best,
        ]
    assert (forwards.agreements, forwards.sensitivities) == (backwards.agreements, backwards.sensitivities)


def test_level_must_be_a_fraction(ask: Ask) -> None:
    """95 instead of 0.95 is refused before anything is read."""
    with pytest.raises(StatisticsInputError, match="level"):
        rankings(ask(Facts()), Filters(), level=95)
