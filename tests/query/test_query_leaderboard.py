"""The leaderboard: means over what all models have, ranks the noise allows, and notes on everything left out."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from scipy import stats
from sqlalchemy import delete

from benchdb.errors import EmptyResultError, StatisticsInputError
from benchdb.query.filters import Filters
from benchdb.query.grids import Missing
from benchdb.query.leaderboard import Ranking, leaderboard
from benchdb.query.policies import Policy
from benchdb.query.uncertainty import scale
from tests.query.facts import START, TABLES, Facts
from tests.query.seed import AM_32, AM_72, AVERAGES, BENCHMARKS, R1_32, R1_70, seed

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from tests.query.conftest import Ask


def _ten_rows() -> Facts:
    facts = Facts()
    facts.benchmark("arith", n_items=100)
    facts.benchmark("logic", n_items=400)
    for model, arith, logic in (("a/one", 90.0, 80.0), ("a/two", 70.0, 60.0), ("b/three", 50.0, 100.0)):
        facts.claim(model, "arith", arith)
        facts.claim(model, "logic", logic)
    facts.benchmark("extra")
    facts.claim("a/one", "extra", 10.0)
    return facts


def test_mean_and_ranks_are_those_computed_by_hand(ask: Ask) -> None:
    """Means are 85, 65 and 75 over the two benchmarks that all have, and the third benchmark is only shown."""
    found = leaderboard(ask(_ten_rows()), Filters())
    assert [(row.rank, row.model, row.value) for row in found.standings] == [
        (1, "a/one", 85.0),
        (2, "b/three", 75.0),
        (3, "a/two", 65.0),
    ]
    assert found.common == ("arith", "logic")
    assert [column.slug for column in found.benchmarks] == ["arith", "extra", "logic"]
    assert [column.n_models for column in found.benchmarks] == [3, 1, 3]
    assert [cell.benchmark for cell in found.standings[0].cells] == ["arith", "extra", "logic"]
    assert found.standings[2].n_benchmarks == 2


def test_error_of_a_mean_is_that_of_independent_parts(ask: Ask) -> None:
    """sqrt(p(1-p)/n) is 3 and 2 points for 90 % of 100 and 80 % of 400, so the mean's error is sqrt(13)/2."""
    best = leaderboard(ask(_ten_rows()), Filters()).standings[0]
    assert [cell.stderr for cell in best.cells if cell.benchmark != "extra"] == pytest.approx([3.0, 2.0], abs=1e-12)
    assert best.stderr == pytest.approx(math.sqrt(13) / 2, abs=1e-12)
    assert best.evidence == "borrowed"
    df = 3.25**2 / (2.25**2 / 99 + 1 / 399)  # Satterthwaite's, from 100 and 400 items
    assert (best.lower, best.upper) == pytest.approx(stats.t.interval(0.95, df, 85, math.sqrt(13) / 2), abs=1e-9)


def test_interval_of_a_mean_is_widened_by_rounding(ask: Ask) -> None:
    """Values printed to whole points and to tenths have a mean that rounding moves by up to (0.5 + 0.05) / 2."""
    facts = Facts()
    for benchmark, decimals in (("arith", 0), ("logic", 1)):
        facts.claim("a/one", benchmark, 80.0, stderr=2.0, n_items=101, decimals=decimals)
    row = leaderboard(ask(facts), Filters()).standings[0]
    lower, upper = stats.t.interval(0.95, 200, 80, math.sqrt(2))
    assert (row.lower, row.upper) == pytest.approx((lower - 0.275, upper + 0.275), abs=1e-9)


def test_rank_bounds_follow_from_pairs_of_means(ask: Ask) -> None:
    """85, 75 and 65 differ by 10, which is beyond 1.96 times the errors of about 2 and 2.5, so every rank is sure."""
    found = leaderboard(ask(_ten_rows()), Filters())
    assert [(row.rank_lower, row.rank_upper) for row in found.standings] == [(1, 1), (2, 2), (3, 3)]


def test_seed_leaderboard_ranks_but_establishes_little(ask: Ask) -> None:
    """The report's averages come out, and no rank is established between the four models."""
    found = leaderboard(ask(seed(disagreeing=False)), Filters())
    assert {row.model: row.value for row in found.standings} == pytest.approx(AVERAGES, abs=0.0501)
    assert [row.model for row in found.standings] == [AM_72, AM_32, R1_70, R1_32]
    assert {(row.rank_lower, row.rank_upper) for row in found.standings} == {(1, 4)}
    assert {row.evidence for row in found.standings} == {"partial"}
    assert all(row.lower is None for row in found.standings)


def test_seed_observations_hold_in_the_cells(ask: Ask) -> None:
    """MATH-500 is each model's highest and LiveCodeBench its lowest; spreads are 6.5 and 2.7 points."""
    found = leaderboard(ask(seed(disagreeing=False)), Filters(benchmarks=BENCHMARKS))
    values = {row.model: {cell.benchmark: cell.value for cell in row.cells} for row in found.standings}
    for scores in values.values():
        assert max(scores, key=scores.__getitem__) == "math-500"
        assert min(scores, key=scores.__getitem__) == "livecodebench"
    spread = {
        name: max(v[name] for v in values.values()) - min(v[name] for v in values.values()) for name in BENCHMARKS
    }
    assert spread["aime-2024"] == pytest.approx(6.5)
    assert spread["math-500"] == pytest.approx(2.7)
    assert all(values[AM_72][name] > values[AM_32][name] for name in BENCHMARKS)
    assert [column.slug for column in found.benchmarks] == list(BENCHMARKS)


def test_error_of_aime_is_about_eight_points(ask: Ask) -> None:
    """With 30 problems the binomial error of 72.7 % is sqrt(.727*.273/30), and Wilson's interval is SciPy's."""
    found = leaderboard(ask(seed(disagreeing=False)), Filters(models=(AM_32,), benchmarks=("aime-2024",)))
    cell = found.standings[0].cells[0]
    assert cell.stderr == pytest.approx(100 * math.sqrt(0.727 * 0.273 / 30))
    assert (cell.evidence, cell.n_items, cell.samples_per_item) == ("borrowed", 30, 16)
    around = [stats.binomtest(k, 30).proportion_ci(method="wilson") for k in (21, 22)]
    assert 100 * around[0].low < (cell.lower or 0) < 100 * around[1].low
    assert 100 * around[0].high < (cell.upper or 0) < 100 * around[1].high


def test_disagreeing_sources_stay_visible(ask: Ask) -> None:
    """A cell with three claims shows one, says how many there are and how far they spread."""
    found = leaderboard(ask(seed()), Filters(models=(R1_32,), benchmarks=("aime-2024",)))
    cell = found.standings[0].cells[0]
    assert (cell.n_claims, cell.least, cell.greatest) == (3, 72.0, 72.6)
    assert any("have several claims" in note for note in found.notes)


@pytest.mark.parametrize(
    ("policy", "expected"), [(Policy.PREFERRED, 72.0), (Policy.NEWEST, 72.0), (Policy.MEDIAN, 72.6)]
)
def test_policy_chooses_among_the_seed_sources(ask: Ask, policy: Policy, expected: float) -> None:
    """The newest third-party source says 72.0; the middle of 72.0, 72.6 and 72.6 is 72.6."""
    found = leaderboard(ask(seed()), Filters(models=(R1_32,), benchmarks=("aime-2024",)), policy=policy)
    assert found.standings[0].cells[0].value == expected
    assert found.policy == policy.value
    assert found.notes[0].startswith(f"Policy {policy.value}")


def _rival_claims() -> Facts:
    facts = Facts()
    rivals = [
        ("log", "harness_log", None, 10.0, date(2020, 1, 1)),
        ("third", "paper", False, 20.0, date(2021, 1, 1)),
        ("maker", "model_card", True, 40.0, date(2022, 1, 1)),
        ("nobody", "manual", None, 30.0, None),
    ]
    for title, kind, first_party, value, published in rivals:
        source = facts.source(title, kind=kind, published_on=published)
        facts.claim("a/one", "arith", value, source_id=source, is_first_party=first_party)
    return facts


@pytest.mark.parametrize(
    ("kinds", "policy", "expected"),
    [
        ((), Policy.PREFERRED, 10.0),
        (("paper", "model_card", "manual"), Policy.PREFERRED, 20.0),
        (("model_card", "manual"), Policy.PREFERRED, 40.0),
        ((), Policy.NEWEST, 40.0),
        ((), Policy.MEDIAN, 20.0),
        (("paper", "model_card", "manual"), Policy.MEDIAN, 30.0),
    ],
)
def test_policies_rank_reporters_dates_and_values(
    ask: Ask, kinds: tuple[str, ...], policy: Policy, expected: float
) -> None:
    """Logs come before third parties, makers and unknown reporters; of 10, 20, 30, 40 the lower middle is 20."""
    found = leaderboard(ask(_rival_claims()), Filters(kinds=kinds), policy=policy)
    assert found.standings[0].cells[0].value == expected


def test_exact_values_stand_before_approximate_ones(ask: Ask) -> None:
    """A value read off a figure gives way to the printed one of a reporter of the same class."""
    facts = Facts()
    facts.claim("a/one", "arith", 70.0, source_id=facts.source("figure", kind="figure"), is_approximate=True)
    facts.claim("a/one", "arith", 71.0, source_id=facts.source("table"))
    connection = ask(facts)
    assert leaderboard(connection, Filters()).standings[0].cells[0].value == 71.0
    assert "1 of 1 values are approximate." in leaderboard(connection, Filters(kinds=("figure",))).notes


def test_time_of_the_run_counts_before_the_day_of_publication(ask: Ask) -> None:
    """Of two claims the one that ran last is the newest, although its source was published first."""
    facts = Facts()
    early, late = (
        facts.source("early", published_on=date(2024, 1, 1)),
        facts.source("late", published_on=date(2024, 6, 1)),
    )
    facts.claim("a/one", "arith", 1.0, source_id=early, ran_at=datetime(2024, 12, 31, 23, 30, tzinfo=UTC))
    facts.claim("a/one", "arith", 2.0, source_id=late)
    cell = leaderboard(ask(facts), Filters(), policy=Policy.NEWEST).standings[0].cells[0]
    assert (cell.value, cell.stated_on) == (1.0, date(2024, 12, 31))


def test_missing_is_never_zero(ask: Ask) -> None:
    """A model without a score on a benchmark narrows the mean to what both have; it does not lose points."""
    facts = Facts()
    facts.claim("a/one", "arith", 50.0)
    facts.claim("a/one", "logic", 10.0)
    facts.claim("b/two", "arith", 49.0)
    found = leaderboard(ask(facts), Filters())
    assert [(row.model, row.value) for row in found.standings] == [("a/one", 50.0), ("b/two", 49.0)]
    assert found.common == ("arith",)
    assert len(found.standings[1].cells) == 1


def test_no_common_benchmark_means_no_mean_and_says_whom_to_leave_out(ask: Ask) -> None:
    """Without a benchmark that all have there is no rank, and the note names the widest one and who lacks it."""
    facts = Facts()
    facts.claim("a/one", "arith", 50.0)
    facts.claim("b/two", "arith", 40.0)
    facts.claim("c/three", "logic", 90.0)
    found = leaderboard(ask(facts), Filters())
    assert {(row.rank, row.value, row.rank_lower) for row in found.standings} == {(None, None, None)}
    assert found.common == ()
    assert any("arith has most (2)" in note and "c/three" in note for note in found.notes)


def test_any_shows_cells_without_a_mean(ask: Ask) -> None:
    """ranking=Ranking(missing=Missing.SHOW) takes no mean, ranks nobody and says so; models with more scores come first."""
    found = leaderboard(ask(_ten_rows()), Filters(), ranking=Ranking(missing=Missing.SHOW))
    assert [(row.rank, row.value, row.model) for row in found.standings] == [
        (None, None, "a/one"),
        (None, None, "b/three"),
        (None, None, "a/two"),
    ]
    assert any(note.startswith("No mean is taken") for note in found.notes)


def test_equal_means_share_a_rank(ask: Ask) -> None:
    """Two models with equal means are both first and the next is third."""
    facts = Facts()
    for model, arith, logic in (("a/one", 0.1, 0.7), ("b/two", 0.7, 0.1), ("c/three", 0.2, 0.2)):
        facts.claim(model, "arith", arith, unit="fraction")
        facts.claim(model, "logic", logic, unit="fraction")
    assert [row.rank for row in leaderboard(ask(facts), Filters()).standings] == [1, 1, 3]


def test_percent_and_fraction_mix_in_one_column(ask: Ask) -> None:
    """0.57 and 56.9 stand in one column as 57 and 56.9 percent, without last-digit noise and with rounding converted."""
    facts = Facts()
    facts.claim("a/one", "arith", 0.57, unit="fraction", decimals=2, stderr=0.01)
    facts.claim("b/two", "arith", 56.9, decimals=1)
    cells = [row.cells[0] for row in leaderboard(ask(facts), Filters()).standings]
    assert [(cell.value, cell.decimals, cell.rounding, cell.unit) for cell in cells] == [
        (57.0, 0, 0.5, "percent"),
        (56.9, 1, 0.05, "percent"),
    ]
    assert (cells[0].stderr, cells[0].least, cells[0].evidence) == (1.0, 57.0, "reported")


def test_other_units_do_not_convert_and_are_counted(ask: Ask) -> None:
    """A claim in points on a percent metric is left out and the note counts it; alone it leaves nothing to show."""
    facts = Facts()
    facts.claim("a/one", "arith", 0.5, unit="fraction")
    facts.claim("a/one", "arith", 800.0, unit="points")
    facts.claim("b/two", "arith", 900.0, unit="points")
    found = leaderboard(ask(facts), Filters())
    assert [row.model for row in found.standings] == ["a/one"]
    assert found.standings[0].cells[0].n_claims == 1
    assert any(note.startswith("2 claims were left out") for note in found.notes)


def test_metric_without_unit_keeps_the_claims_unit(ask: Ask) -> None:
    """Seconds of a metric without a unit are shown as seconds; fractions become percent."""
    facts = Facts()
    facts.metric("time", unit=None, higher_is_better=False, is_proportion=False)
    facts.benchmark("speed", metric="time")
    for model, value, unit in (("a/one", 2.5, "seconds"), ("b/two", 3.5, "seconds")):
        facts.claim(model, "speed", value, metric="time", unit=unit)
    facts.claim("b/two", "speed", 0.5, metric="time", unit="fraction")
    facts.claim("b/two", "speed", 3.6, metric="time", unit="seconds")
    found = leaderboard(ask(facts), Filters())
    assert [(row.model, row.unit, row.cells[0].n_claims) for row in found.standings] == [
        ("a/one", "seconds", 1),
        ("b/two", "seconds", 2),
    ]
    assert any("its claims use several" in note for note in found.notes)


def test_lower_is_better_turns_the_ranks(ask: Ask) -> None:
    """For a metric where less is better the smallest mean is first."""
    facts = Facts()
    facts.metric("loss", unit="nats", higher_is_better=False, is_proportion=False)
    facts.benchmark("lm", metric="loss")
    for model, value in (("a/one", 2.0), ("b/two", 1.0)):
        facts.claim(model, "lm", value, metric="loss", unit="nats", stderr=0.1)
    found = leaderboard(ask(facts), Filters())
    assert [(row.rank, row.model, row.rank_upper) for row in found.standings] == [(1, "b/two", 1), (2, "a/one", 2)]


def test_unknown_direction_ranks_nothing(ask: Ask) -> None:
    """A metric of unknown direction is shown, not ranked, and named in the notes."""
    facts = Facts()
    facts.metric("oddity", higher_is_better=None)
    facts.benchmark("odd", metric="oddity")
    facts.claim("a/one", "odd", 1.0, metric="oddity")
    found = leaderboard(ask(facts), Filters())
    assert found.standings[0].rank is None
    assert any("no known direction: odd" in note for note in found.notes)


def test_other_units_stay_out_of_the_mean(ask: Ask) -> None:
    """Elo points are shown beside percent and never averaged with them."""
    facts = Facts()
    facts.metric("elo", unit="elo", is_proportion=False)
    facts.benchmark("arena", metric="elo")
    for model in ("a/one", "b/two"):
        facts.claim(model, "arith", 50.0)
        facts.claim(model, "arena", 1200.0, metric="elo", unit="elo")
    found = leaderboard(ask(facts), Filters())
    assert (found.common, found.standings[0].value) == (("arith",), 50.0)
    assert any("unit or direction is another one: arena" in note for note in found.notes)


def _with_parts() -> Facts:
    facts = Facts()
    facts.benchmark("mmlu")
    facts.benchmark("mmlu/stem", parent="mmlu")
    facts.benchmark("mmlu/stem/algebra", parent="mmlu/stem")
    for benchmark, value in (("mmlu", 60.0), ("mmlu/stem/algebra", 30.0)):
        facts.claim("a/one", benchmark, value, is_aggregate=benchmark == "mmlu")
    return facts


def test_parts_are_left_out_beside_their_whole(ask: Ask) -> None:
    """A subject two levels below a shown benchmark is left out of table and mean, and a note says so."""
    found = leaderboard(ask(_with_parts()), Filters())
    assert ([column.slug for column in found.benchmarks], found.standings[0].value) == (["mmlu"], 60.0)
    assert any("mmlu/stem/algebra" in note for note in found.notes)


def test_parts_are_shown_when_named_or_alone(ask: Ask) -> None:
    """Naming a part shows it; without aggregates the part is all there is."""
    connection = ask(_with_parts())
    named = leaderboard(connection, Filters(benchmarks=("mmlu/stem/algebra", "mmlu")))
    assert [column.slug for column in named.benchmarks] == ["mmlu/stem/algebra", "mmlu"]
    alone = leaderboard(connection, Filters(include_aggregates=False))
    assert [column.slug for column in alone.benchmarks] == ["mmlu/stem/algebra"]


def test_subsets_are_left_out_beside_the_whole(ask: Ask) -> None:
    """A subset of a shown benchmark is no column of its own unless it is asked for."""
    facts = Facts()
    facts.claim("a/one", "arith", 60.0)
    facts.claim("a/one", "arith", 40.0, subset="hard")
    facts.claim("a/one", "logic", 30.0, subset="easy")
    connection = ask(facts)
    found = leaderboard(connection, Filters())
    assert [column.label for column in found.benchmarks] == ["arith", "logic[easy]"]
    asked = leaderboard(connection, Filters(subsets=("hard", "")))
    assert [column.label for column in asked.benchmarks] == ["arith", "arith[hard]"]


def test_main_metric_stands_before_others(ask: Ask) -> None:
    """Of two metrics the benchmark's own is shown; without one, the metric that most models have."""
    facts = Facts()
    facts.metric("f1")
    facts.metric("em")
    facts.benchmark("qa", metric="em")
    facts.benchmark("open", metric=None)
    for model in ("a/one", "b/two"):
        facts.claim(model, "qa", 80.0, metric="f1")
        facts.claim(model, "open", 30.0, metric="f1")
    facts.claim("a/one", "qa", 70.0, metric="em")
    facts.claim("a/one", "open", 20.0, metric="em")
    connection = ask(facts)
    found = leaderboard(connection, Filters())
    assert [(column.slug, column.metric, column.n_models) for column in found.benchmarks] == [
        ("open", "f1", 2),
        ("qa", "em", 1),
    ]
    assert any("Several metrics are known" in note for note in found.notes)
    asked = leaderboard(connection, Filters(metric="f1"))
    assert [(column.slug, column.metric) for column in asked.benchmarks] == [("open", "f1"), ("qa", "f1")]


def test_models_with_another_metric_are_named(ask: Ask) -> None:
    """A model that only has another metric than the one shown is not in the table, and a note names it."""
    facts = Facts()
    facts.metric("f1")
    facts.benchmark("qa", metric="accuracy")
    facts.claim("a/one", "qa", 80.0)
    facts.claim("b/two", "qa", 70.0, metric="f1")
    found = leaderboard(ask(facts), Filters())
    assert [row.model for row in found.standings] == ["a/one"]
    assert any("Models with other metrics only are not shown: b/two" in note for note in found.notes)


def test_a_column_has_one_unit(ask: Ask) -> None:
    """Where a metric has no unit of its own, values in another unit than most are left out and noted, never compared."""
    facts = Facts()
    facts.metric("thing", unit=None, is_proportion=False)
    facts.benchmark("odd", metric="thing")
    for model, value, unit in (("a/one", 1.0, "seconds"), ("b/two", 200.0, "points"), ("c/three", 3.0, "seconds")):
        facts.claim(model, "odd", value, metric="thing", unit=unit)
    found = leaderboard(ask(facts), Filters())
    assert [(row.model, row.unit) for row in found.standings] == [("c/three", "seconds"), ("a/one", "seconds")]
    assert any("in another unit than most" in note for note in found.notes)


def test_long_lists_in_notes_are_cut(ask: Ask) -> None:
    """A note names five benchmarks and counts the rest."""
    facts = Facts()
    for number in range(7):
        facts.claim("a/one", f"b{number}", 50.0)
    found = leaderboard(ask(facts), Filters())
    assert "The mean is over all: b0, b1, b2, b3, b4 and 2 more." in found.notes


def test_variants_have_rows_of_their_own(ask: Ask) -> None:
    """Two efforts of one model are two rows and never averaged."""
    facts = Facts()
    facts.claim("a/one", "arith", 50.0, protocol={"variant": "low"})
    facts.claim("a/one", "arith", 70.0, protocol={"variant": "high"})
    facts.claim("a/one", "arith", 60.0)
    connection = ask(facts)
    found = leaderboard(connection, Filters())
    assert [(row.variant, row.value) for row in found.standings] == [("high", 70.0), (None, 60.0), ("low", 50.0)]
    assert [row.variant for row in leaderboard(connection, Filters(variants=("", "low"))).standings] == [None, "low"]


def test_retracted_claims_do_not_count_and_restored_ones_do(ask: Ask) -> None:
    """A retraction hides a claim, a later restoration brings it back, and as-of sees the state of the day."""
    facts = Facts()
    wrong = facts.claim("a/one", "arith", 99.0, source_id=facts.source("log", kind="harness_log"))
    facts.claim("a/one", "arith", 50.0)
    facts.correct(wrong, "retract", after_days=10)
    facts.correct(wrong, "restore", after_days=20)
    connection = ask(facts)
    for days, expected in ((5, 99.0), (15, 50.0), (25, 99.0)):
        cell = leaderboard(connection, Filters(as_of=START + timedelta(days=days))).standings[0].cells[0]
        assert cell.value == expected, days
    assert leaderboard(connection, Filters()).standings[0].cells[0].value == 99.0


def test_as_of_sees_only_what_was_known(ask: Ask) -> None:
    """A claim imported later is not there on an earlier day, and before everything there is nothing."""
    facts = Facts()
    facts.claim("a/one", "arith", 50.0)
    later = facts.ingest("later", at=START + timedelta(days=30))
    facts.claim("b/two", "arith", 60.0, ingest_id=later)
    connection = ask(facts)
    assert len(leaderboard(connection, Filters()).standings) == 2
    assert [row.model for row in leaderboard(connection, Filters(as_of=START)).standings] == ["a/one"]
    with pytest.raises(EmptyResultError, match="no score fits"):
        leaderboard(connection, Filters(as_of=START - timedelta(days=1)))


def test_undone_imports_do_not_count(ask: Ask) -> None:
    """Claims of an import that was taken back are not shown."""
    facts = Facts()
    facts.claim("a/one", "arith", 50.0)
    facts.claim("b/two", "arith", 60.0, ingest_id=facts.ingest("bad", state="undone"))
    assert [row.model for row in leaderboard(ask(facts), Filters()).standings] == ["a/one"]


@pytest.mark.parametrize("policy", list(Policy))
def test_insertion_order_does_not_matter(db: Engine, policy: Policy) -> None:
    """The same facts written backwards into an emptied database give the same answer, field by field."""
    facts = seed()
    for name in ("a/tie", "b/tie"):
        facts.claim(name, "aime-2024", 50.0, metric="pass@1")
    with facts.write(db).connect() as connection:
        forwards = leaderboard(connection, Filters(), ranking=Ranking(missing=Missing.SHOW), policy=policy)
    with db.begin() as connection:
        for table in reversed(TABLES):
            connection.execute(delete(table))
    with facts.write(db, backwards=True).connect() as connection:
        assert leaderboard(connection, Filters(), ranking=Ranking(missing=Missing.SHOW), policy=policy) == forwards


def test_level_must_be_a_fraction(ask: Ask) -> None:
    """95 instead of 0.95 is refused before anything is read."""
    with pytest.raises(StatisticsInputError, match="level"):
        leaderboard(ask(Facts()), Filters(), level=95)


def test_model_filters_restrict_the_rows(ask: Ask) -> None:
    """Size, date, weights, family and maker each leave exactly the models that are known to fit."""
    facts = Facts()
    facts.model("a/small", n_parameters=7, released_on=date(2024, 1, 1), is_open_weights=True, family="Alpha")
    facts.model("a/large", n_parameters=70, released_on=date(2025, 1, 1), is_open_weights=False, family="Beta")
    facts.model("b/unknown")
    for slug in ("a/small", "a/large", "b/unknown"):
        facts.claim(slug, "arith", 50.0)
    connection = ask(facts)
    expected = {
        Filters(min_parameters=8): ["a/large"],
        Filters(max_parameters=70): ["a/large", "a/small"],
        Filters(released_since=date(2024, 6, 1)): ["a/large"],
        Filters(released_until=date(2024, 6, 1)): ["a/small"],
        Filters(open_weights=True): ["a/small"],
        Filters(open_weights=False): ["a/large"],
        Filters(families=("alpha", "gamma")): ["a/small"],
        Filters(organizations=("B",)): ["b/unknown"],
        Filters(organizations=("a",), min_parameters=8): ["a/large"],
    }
    for filters, models in expected.items():
        assert [row.model for row in leaderboard(connection, filters).standings] == models, filters


def test_protocol_filters_restrict_the_claims(ask: Ask) -> None:
    """Shots, harness and kinds of sources choose among claims."""
    facts = Facts()
    log = facts.source("Log", kind="harness_log", harness="LM-Eval", url="https://example.org/log")
    facts.claim("a/one", "arith", 10.0, source_id=log, protocol={"n_shot": 0})
    facts.claim("a/one", "arith", 20.0, protocol={"n_shot": 5, "harness": "inspect"})
    connection = ask(facts)
    for filters, value in (
        (Filters(n_shot=0), 10.0),
        (Filters(n_shot=5), 20.0),
        (Filters(harness="lm-eval"), 10.0),
        (Filters(harness="Inspect"), 20.0),
        (Filters(kinds=("paper",)), 20.0),
        (Filters(sources=("LO",)), 10.0),
        (Filters(sources=("https://example.org/log", "nothing")), 10.0),
    ):
        assert leaderboard(connection, filters).standings[0].value == value, filters


def test_suite_gives_benchmarks_in_its_order(ask: Ask) -> None:
    """A suite shows its own benchmarks in its own order; naming some of them narrows it."""
    facts = Facts()
    for name in ("arith", "logic", "extra"):
        facts.claim("a/one", name, 50.0)
    facts.suite("pair", ["logic", "arith"])
    connection = ask(facts)
    assert [column.slug for column in leaderboard(connection, Filters(suite="Pair")).benchmarks] == ["logic", "arith"]
    narrowed = leaderboard(connection, Filters(suite="pair", benchmarks=("arith", "extra")))
    assert [column.slug for column in narrowed.benchmarks] == ["arith"]


def test_scale_is_that_of_the_unit() -> None:
    """A share of one is 100 percent and 1 in every other unit."""
    assert (scale("percent"), scale("fraction"), scale("seconds"), scale(None)) == (100.0, 1.0, 1.0, 1.0)


def test_seed_models_are_shown_with_size_and_maker(ask: Ask) -> None:
    """Rows carry the label of the size and the maker's name."""
    found = leaderboard(ask(seed()), Filters(models=(R1_70,)))
    row = found.standings[0]
    assert (row.parameters_label, row.n_parameters, row.organization) == ("70B", 70 * 10**9, "Deepseek-Ai")
