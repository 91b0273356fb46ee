"""Means over repeated runs: which runs go together, and an error that does not take answers for items."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import stats

from benchdb.query.compare import compare
from benchdb.query.filters import Filters
from benchdb.query.history import history
from benchdb.query.leaderboard import leaderboard
from benchdb.query.noise import noise
from benchdb.query.policies import Policy
from benchdb.stats.intervals import clustered_stderr
from tests.query.facts import Facts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from benchdb.rows.leaderboard import Cell
    from tests.query.conftest import Ask

VALUES = (70.0, 74.0, 72.0, 80.0)


def _cell(connection: Connection, model: str = "a/one") -> Cell:
    return leaderboard(connection, Filters(models=(model,)), policy=Policy.MEAN_OF_RUNS).standings[0].cells[0]


def _log(facts: Facts, number: int, **facts_of_source: Any) -> int:
    return facts.source(f"log {number}", kind="harness_log", harness="lm-eval", **facts_of_source)


def _runs(values: Sequence[float] = VALUES, **score: Any) -> Facts:
    """One model with one log for each value; the seeds differ, so the protocols do and their fingerprint does not."""
    facts = Facts()
    for seed, value in enumerate(values):
        facts.claim("a/one", "arith", value, source_id=_log(facts, seed), protocol={"n_shot": 5, "seed": seed}, **score)
    return facts


def _with_outcomes(outcomes: np.ndarray[Any, Any], clusters: Sequence[str] | None = None) -> Facts:
    facts = Facts()
    for seed, correct in enumerate(outcomes.tolist()):
        run = facts.run("a/one", "arith", source_id=_log(facts, seed), protocol={"seed": seed})
        facts.score(run, 100 * sum(correct) / len(correct))
        facts.outcomes(run, correct, clusters=clusters)
    return facts


def test_mean_and_spread_of_runs(ask: Ask) -> None:
    """Four seeds of one protocol are shown as their mean; without any number of items the error between runs is partial."""
    cell = _cell(ask(_runs()))
    assert (cell.value, cell.n_runs, cell.decimals) == (74.0, 4, None)
    assert cell.run_stderr == pytest.approx(stats.sem(VALUES))
    assert (cell.stderr, cell.evidence, cell.df) == (cell.run_stderr, "partial", 3)
    assert (cell.lower, cell.upper) == pytest.approx(stats.t.interval(0.95, 3, 74.0, stats.sem(VALUES)))
    assert (cell.evidence_note or "").endswith("the noise of the items is missing")


def test_other_policies_show_one_run(ask: Ask) -> None:
    """Nothing is averaged unless the policy asks for it by name."""
    cell = leaderboard(ask(_runs()), Filters()).standings[0].cells[0]
    assert cell.value in VALUES
    assert (cell.n_runs, cell.run_stderr) == (1, None)


@pytest.mark.parametrize("other", ["protocol", "source", "harness"])
def test_other_protocols_and_sources_stay_apart(ask: Ask, other: str) -> None:
    """A run with other shots, a paper's claim, and a log of another harness are not averaged with the preferred run's."""
    facts = _runs(VALUES[:2])
    shots = {"n_shot": 0 if other == "protocol" else 5}
    source = _log(facts, 9)
    if other == "source":
        source = facts.source("paper")
    if other == "harness":
        source = facts.source("log of another", kind="harness_log", harness="another")
    facts.claim("a/one", "arith", 10.0, source_id=source, protocol=shots)
    cell = _cell(ask(facts))
    assert (cell.value, cell.n_runs) in {(72.0, 2), (10.0, 1)}


def test_a_source_may_repeat_its_own_claims(ask: Ask) -> None:
    """Two runs that one paper reports under one protocol are averaged; those of two papers are not."""
    facts = Facts()
    paper = facts.source("paper")
    for seed, value in enumerate((50.0, 60.0)):
        facts.claim("a/one", "arith", value, source_id=paper, protocol={"seed": seed})
        facts.claim("b/two", "arith", value, source_id=facts.source(f"paper {seed}"), protocol={"seed": seed})
    connection = ask(facts)
    assert (_cell(connection).value, _cell(connection).n_runs) == (55.0, 2)
    assert _cell(connection, "b/two").n_runs == 1


def test_a_run_counts_once(ask: Ask) -> None:
    """A run that states its score twice, rounded and not, is one run of the mean."""
    facts = _runs((70.0, 74.0))
    run = next(key for key, row in facts.rows["run"].items() if row["source_id"] == _log(facts, 0))
    facts.score(run, 70.4, decimals=1)
    cell = _cell(ask(facts))
    assert cell.n_runs == 2
    assert cell.value in {72.0, 72.2}


def test_outcomes_give_the_error_over_items(ask: Ask) -> None:
    """With outcomes in every run the error is SciPy's over each item's mean, split into both kinds of noise."""
    outcomes = np.random.default_rng(3).binomial(1, np.linspace(0.2, 0.95, 20), (5, 20))
    cell = _cell(ask(_with_outcomes(outcomes)))
    means = outcomes.mean(axis=0)
    assert cell.value == pytest.approx(100 * means.mean())
    assert cell.stderr == pytest.approx(100 * stats.sem(means))
    assert (cell.evidence, cell.n_items, cell.df, cell.n_runs) == ("repeats", 20, 19, 5)
    prediction = 100 * math.sqrt(outcomes.var(axis=0, ddof=1).mean() / 5 / 20)
    assert cell.prediction_stderr == pytest.approx(prediction)
    assert cell.data_stderr == pytest.approx(math.sqrt((cell.stderr or 0) ** 2 - prediction**2))


def test_many_runs_are_read_in_batches(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Scores read in several statements have the errors that one statement gives."""
    facts = _with_outcomes(np.array([[1, 0, 1, 1, 0], [0, 1, 1, 1, 1]]))
    for seed, correct in enumerate(([1, 0, 0, 0, 0], [0, 1, 0, 1, 0])):
        run = facts.run("b/two", "arith", source_id=_log(facts, 20 + seed), protocol={"seed": seed})
        facts.score(run, 100 * sum(correct) / len(correct))
        facts.outcomes(run, correct)
    connection = ask(facts)
    whole = [_cell(connection, model) for model in ("a/one", "b/two")]
    both = leaderboard(connection, Filters(), policy=Policy.MEAN_OF_RUNS).standings
    monkeypatch.setattr("benchdb.query.repeats._MOST_RUNS", 1)
    batched = leaderboard(connection, Filters(), policy=Policy.MEAN_OF_RUNS).standings
    together = [row.cells[0].stderr for row in both]
    assert [row.cells[0].stderr for row in batched] == pytest.approx(together, rel=1e-12)
    assert sorted(cell.stderr or 0.0 for cell in whole) == pytest.approx(
        sorted(map(float, filter(None, together))), rel=1e-12
    )
    assert {row.evidence for row in batched} == {"repeats"}


def test_clusters_of_pooled_items(ask: Ask) -> None:
    """Clusters among the items widen the pooled error too."""
    outcomes = np.random.default_rng(3).binomial(1, np.linspace(0.2, 0.95, 20), (5, 20))
    clusters = [f"c{i // 4}" for i in range(20)]
    cell = _cell(ask(_with_outcomes(outcomes, clusters)))
    assert cell.stderr == pytest.approx(100 * clustered_stderr(outcomes.mean(axis=0).tolist(), clusters))
    assert cell.df == 4


def test_a_run_without_an_item_is_no_evidence_of_items(ask: Ask) -> None:
    """Where one run lacks outcomes that another has, the items are not averaged: the spread between runs is left."""
    facts = _with_outcomes(np.array([[1, 0, 1, 1], [0, 0, 1, 1]]))
    del facts.rows["outcome"][next(reversed(facts.rows["outcome"]))]
    assert _cell(ask(facts)).evidence == "partial"


def test_number_of_items_gives_the_noise_of_items(ask: Ask) -> None:
    """The binomial variance less two thirds of the runs' variance, which three runs estimate with divisor 4, not 2."""
    cell = _cell(ask(_runs((70.0, 72.0, 74.0), n_items=100, samples_per_item=1)))
    assert cell.stderr == pytest.approx(math.sqrt(72 * 28 / 100 - 2 / 3 * 2.0))
    assert (cell.evidence, cell.n_items, cell.df) == ("repeats", 100, 99)
    assert cell.run_stderr == pytest.approx(math.sqrt(4 / 3))
    assert cell.evidence_note == "3 runs on the same items, ± 1.2 between them; with the noise of 100 items"


def test_rounding_of_runs_is_that_of_the_coarsest(ask: Ask) -> None:
    """Runs printed as 0.70 and as 74.5 % are rounded to half a point, the coarser of both."""
    facts = Facts()
    facts.claim("a/one", "arith", 0.70, unit="fraction", decimals=2, source_id=_log(facts, 0), protocol={"seed": 0})
    facts.claim("a/one", "arith", 74.5, decimals=1, source_id=_log(facts, 1), protocol={"seed": 1})
    cell = _cell(ask(facts))
    assert cell.value == pytest.approx(72.25)
    assert cell.rounding == 0.5


def test_questions_about_means_of_runs(ask: Ask) -> None:
    """Differences of means of runs are partial where the items' noise is unknown; history and noise look at the chosen run."""
    facts = _with_outcomes(np.array([[1, 0, 1, 1, 0], [0, 1, 1, 1, 1]]))
    for seed, value in enumerate((20.0, 22.0)):
        facts.claim("b/two", "arith", value, source_id=_log(facts, 10 + seed), protocol={"seed": seed})
    connection = ask(facts)
    rows = compare(connection, ("a/one", "b/two"), Filters(), policy=Policy.MEAN_OF_RUNS).differences
    assert rows[0].value_a == pytest.approx(70.0)
    assert (rows[0].evidence, rows[0].verdict) == ("partial", "unknown")
    assert sum(c.is_chosen for c in history(connection, "a/one", "arith", policy=Policy.MEAN_OF_RUNS).claims) == 1
    assert noise(connection, Filters(), policy=Policy.MEAN_OF_RUNS).rows[0].n_items == 5


def test_notes_say_how_many_runs(ask: Ask) -> None:
    """The answer says how many values are means, over how many runs, and what their spread is."""
    found = leaderboard(ask(_runs()), Filters(), policy=Policy.MEAN_OF_RUNS)
    expected = "1 of 1 values are means over 4 runs; the spread between runs is that of answers, not of items."
    assert expected in found.notes
