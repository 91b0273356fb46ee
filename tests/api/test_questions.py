"""Every question on the seeds, on both engines, with numbers copied from the printed tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchdb.errors import ConfigError, EmptyResultError, UnknownNameError
from benchdb.rows.comparison import Difference
from benchdb.rows.leaderboard import Cell, Standing
from benchdb.rows.records import Claim
from benchdb.rows.trend import TrendPoint

if TYPE_CHECKING:
    from benchdb import Database

LARGE, SMALL = "AM-Distill-Qwen-72B", "DeepSeek-R1-Distill-Qwen-32B"
PRINTED = {"AIME 2024": 76.5, "MATH-500": 97.0, "GPQA Diamond": 65.9, "LiveCodeBench": 59.7}
"""Table 2 of the report, row AM-Distill-Qwen-72B."""


def test_the_leaderboard_shows_the_printed_numbers(seeds: Database) -> None:
    """The row of a model holds the four printed values and their mean, in the suite's order."""
    board = seeds.leaderboard(models=[LARGE], suite="am-distill")
    (row,) = board
    assert isinstance(row, Standing)
    assert [(cell.benchmark_name, cell.value) for cell in row.cells] == list(PRINTED.items())
    assert row.value == pytest.approx(sum(PRINTED.values()) / 4, abs=1e-12)
    assert row.unit == "percent"
    assert len(board) == 1
    assert board[0] is row
    assert all(isinstance(cell, Cell) for cell in board.cells)


def test_the_leaderboard_names_its_policy(seeds: Database) -> None:
    """How one of several claims was chosen, and that there are others, stands among the notes and in the print."""
    board = seeds.leaderboard(models=[LARGE, SMALL], suite="am-distill")
    assert any(note.startswith("Policy preferred") for note in board.notes)
    assert any("several claims" in note for note in board.notes)
    assert all(note in str(board) for note in board.notes)


def test_comparing_says_what_is_not_established(seeds: Database) -> None:
    """Thirty items cannot tell 76.5 from 72.0 apart, and the sentence says so."""
    comparison = seeds.compare(LARGE, SMALL, benchmarks=["AIME 2024"])
    row = next(row for row in comparison if row.benchmark == "aime-2024")
    assert isinstance(row, Difference)
    assert row.difference == pytest.approx(76.5 - 72.0, abs=1e-12)
    assert row.verdict == "not distinguishable"
    assert row.lower is not None
    assert row.upper is not None
    assert row.lower < 0 < row.upper
    assert "not distinguishable" in comparison.sentences()[0]


def test_comparing_mirrors(seeds: Database) -> None:
    """A beside B is B beside A with the sign turned."""
    ahead = {row.benchmark: row for row in seeds.compare(LARGE, SMALL, suite="am-distill")}
    back = {row.benchmark: row for row in seeds.compare(SMALL, LARGE, suite="am-distill")}
    assert ahead.keys() == back.keys()
    for benchmark, row in ahead.items():
        assert row.difference == pytest.approx(-back[benchmark].difference, abs=1e-12)
        assert row.stderr == pytest.approx(back[benchmark].stderr)


def test_the_trend_has_points_and_fits(seeds: Database) -> None:
    """Points lie along the axis, records never fall, and every benchmark has a line with a verdict."""
    trend = seeds.trend(by="parameters", suite="am-distill", metric="pass@1", open_weights=True)
    assert all(isinstance(point, TrendPoint) for point in trend)
    for fit in trend.fits:
        points = [point for point in trend if point.benchmark == fit.benchmark]
        assert len(points) == fit.n_models
        sizes = [point.n_parameters or 0 for point in points]
        assert sizes == sorted(sizes)
        best = [point.best_so_far for point in points]
        assert best == sorted(best)
    assert {fit.verdict for fit in trend.fits} <= {"rising", "falling", "not established", "too few models"}


def test_the_trend_over_dates(seeds: Database) -> None:
    """By date the points follow the release dates."""
    trend = seeds.trend(by="date", benchmarks=["AIME 2024"], metric="pass@1")
    days = [point.released_on for point in trend]
    assert None not in days
    assert days == sorted(days)  # type: ignore[type-var]  # None is excluded above


def test_history_shows_every_claim(seeds: Database) -> None:
    """The four sources of one cell all stand there with the value each prints, and one is chosen."""
    history = seeds.history(SMALL, "AIME 2024")
    assert all(isinstance(claim, Claim) for claim in history)
    printed = {
        (claim.source_kind, claim.value) for claim in history if claim.metric == "pass@1" and claim.variant is None
    }
    assert {("figure", 72.6), ("model_card", 72.6), ("paper", 72.6), ("paper", 72.0)} <= printed


def test_a_claim_is_traced_to_its_place(seeds: Database) -> None:
    """From a number on the leaderboard the way leads to source, file and line."""
    cell = seeds.leaderboard(models=[LARGE], benchmarks=["MATH-500"], source_kinds=["paper"]).cells[0]
    trace = seeds.trace(cell.score_id)
    assert (trace[0].value, trace[0].source_kind) == (97.0, "paper")
    assert trace[0].place is not None
    assert "Table 2" in trace[0].place
    assert trace.answer.claim.file == "claims/am-distill-report.yaml"


def test_coverage_counts_claims_and_holes(seeds: Database) -> None:
    """Every pair of model and benchmark stands there, those without a claim with none."""
    coverage = seeds.coverage(models=[LARGE], benchmarks=["AIME 2024", "MMLU"])
    assert {cell.benchmark for cell in coverage if cell.n_claims} == {"aime-2024"}
    assert {cell.benchmark for cell in coverage if not cell.n_claims} == {"mmlu"}
    assert (coverage.answer.n_models, coverage.answer.n_benchmarks, coverage.answer.n_missing) == (1, 2, 1)


@pytest.mark.parametrize("kind", ["models", "benchmarks", "metrics", "organizations", "suites", "sources"])
def test_the_catalogue_is_listed(seeds: Database, kind: str) -> None:
    """Each list has rows that print and that become an Arrow table with a column for each field."""
    listing = seeds.list(kind)
    assert len(listing) > 0
    assert str(listing)
    assert listing.to_arrow().num_rows == len(listing)


def test_the_seeds_are_sound(seeds: Database) -> None:
    """The shipped data break no rule, and the status counts them."""
    assert seeds.check() == ()
    status = seeds.status()
    assert status.n_models >= 60
    assert status.n_benchmarks >= 40
    assert status.n_scores > 0
    assert status.revision == status.head


UNKNOWN = [
    (lambda db: db.leaderboard(models=["AM-Distil-Qwen-72B"]), UnknownNameError, "Did you mean"),
    (lambda db: db.leaderboard(benchmarks=["AIMEE"]), UnknownNameError, "AIMEE"),
    (lambda db: db.leaderboard(suite="nothing"), UnknownNameError, "nothing"),
    (lambda db: db.leaderboard(suite="am-distill", min_parameters=10**15), EmptyResultError, "no score"),
    (lambda db: db.leaderboard(models=LARGE), ConfigError, r"write \['AM-Distill-Qwen-72B'\]"),
    (lambda db: db.leaderboard(source_kinds="paper"), ConfigError, "list"),
    (lambda db: db.leaderboard(model=[LARGE]), ConfigError, "unknown filter model"),
    (lambda db: db.leaderboard(policy="best"), ConfigError, 'no policy "best"'),
    (lambda db: db.list("cheeses"), ConfigError, "cheese"),
    (lambda db: db.trace(1), EmptyResultError, "1"),
    (lambda db: db.history(LARGE, "SWE-bench"), (EmptyResultError, UnknownNameError), "SWE-bench|swe-bench"),
]


@pytest.mark.parametrize(("ask", "error", "message"), UNKNOWN)
def test_a_question_that_cannot_be_answered_says_why(
    seeds_file: Database, ask: object, error: type, message: str
) -> None:
    """Unknown names, filters and policies, and questions without an answer, have errors of their own kind."""
    with pytest.raises(error, match=message):
        ask(seeds_file)  # type: ignore[operator]  # a list of lambdas has no common type


@pytest.mark.parametrize("level", [0.0, 1.0, 95, -0.1, "high"])
def test_a_level_is_a_fraction(seeds_file: Database, level: object) -> None:
    """A coverage outside (0, 1) is refused as an error of ours."""
    from benchdb.errors import BenchdbError

    with pytest.raises(BenchdbError, match="level"):
        seeds_file.leaderboard(suite="am-distill", level=level)  # type: ignore[arg-type]  # the mistake is what is tested
