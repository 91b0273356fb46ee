"""Where errors come from, against the noise of counts computed apart."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from benchdb.errors import EmptyResultError
from benchdb.query.filters import Filters
from benchdb.query.noise import noise
from benchdb.stats.intervals import clustered_stderr
from benchdb.stats.variance import noise_from_counts
from tests.query.facts import Facts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.query.conftest import Ask

HARD_OR_EASY = [8, 8, 0, 8, 0, 0, 8, 7, 1, 8]
LIKE_COINS = [4, 5, 3, 4, 6, 4, 2, 4, 3, 5]


def _run(
    facts: Facts, model: str, correct: Sequence[int], *, attempts: int, clusters: Sequence[str] | None = None
) -> None:
    run = facts.run(model, "arith")
    facts.score(run, sum(correct) / len(correct) / attempts, unit="fraction")
    facts.outcomes(run, correct, attempts=attempts, clusters=clusters)


def test_parts_are_those_of_the_counts(ask: Ask) -> None:
    """Total, data, prediction and single-attempt errors equal those of per-item counts, in the metric's unit."""
    facts = Facts()
    _run(facts, "a/one", HARD_OR_EASY, attempts=8)
    row = noise(ask(facts), Filters()).rows[0]
    expected = noise_from_counts([8] * 10, HARD_OR_EASY)
    assert row.stderr == pytest.approx(100 * expected.stderr)
    assert row.data_stderr == pytest.approx(100 * expected.data_stderr)
    assert row.prediction_stderr == pytest.approx(100 * expected.prediction_stderr / math.sqrt(8))
    assert row.single_stderr == pytest.approx(100 * expected.total_stderr)
    assert (row.n_items, row.fewest_attempts, row.most_attempts) == (10, 8, 8)
    assert row.value == pytest.approx(60)


def test_what_would_help(ask: Ask) -> None:
    """Items that are always or never solved need more items; items like coins gain from more attempts as well."""
    facts = Facts()
    _run(facts, "a/sure", HARD_OR_EASY, attempts=8)
    _run(facts, "b/coins", LIKE_COINS, attempts=8)
    _run(facts, "c/single", [1, 0] * 5, attempts=1)
    found = noise(ask(facts), Filters())
    assert [row.helps for row in found.rows] == ["items", "items or attempts", "unknown"]
    assert (found.rows[2].data_stderr, found.rows[2].single_stderr) == (None, None)
    assert (
        "In 1 of 3 rows the noise cannot be split: some item had one attempt only, or the attempts are not counted as right or wrong."
        in found.notes
    )


def test_noise_below_zero_is_shown_as_zero(ask: Ask) -> None:
    """Rates that differ less than their own attempts explain leave no data noise; the note says so."""
    facts = Facts()
    _run(facts, "b/coins", LIKE_COINS, attempts=8)
    found = noise(ask(facts), Filters())
    assert noise_from_counts([8] * 10, LIKE_COINS).data_variance < 0
    assert found.rows[0].data_stderr == 0
    assert "In 1 of 1 rows the answers alone explain the error: the data noise came out at 0." in found.notes


def test_clusters_belong_to_the_data(ask: Ask) -> None:
    """Clusters widen the error over items; the prediction noise stays, and the data noise is the rest."""
    clusters = ["c", "c", "d", "c", "d", "d", "c", "e", "d", "e"]
    facts = Facts()
    _run(facts, "a/one", HARD_OR_EASY, attempts=8, clusters=clusters)
    row = noise(ask(facts), Filters()).rows[0]
    total = clustered_stderr([c / 8 for c in HARD_OR_EASY], clusters)
    prediction = noise_from_counts([8] * 10, HARD_OR_EASY).prediction_stderr / math.sqrt(8)
    assert row.stderr == pytest.approx(100 * total)
    assert row.prediction_stderr == pytest.approx(100 * prediction)
    assert row.data_stderr == pytest.approx(100 * math.sqrt(total**2 - prediction**2))
    assert row.n_units == 3


def test_without_outcomes_there_is_no_answer(ask: Ask) -> None:
    """Claims alone say nothing about where their error comes from."""
    facts = Facts()
    facts.claim("a/one", "arith", 50.0, stderr=5.0)
    with pytest.raises(EmptyResultError, match="outcomes of two items or more; import logs with their samples"):
        noise(ask(facts), Filters())


def test_scores_that_are_not_the_mean_of_their_items_are_left_out(ask: Ask) -> None:
    """A claim of 90 with items that average 60 is counted in a note, not shown."""
    facts = Facts()
    _run(facts, "a/one", HARD_OR_EASY, attempts=8)
    run = facts.run("b/two", "arith")
    facts.score(run, 90.0)
    facts.outcomes(run, HARD_OR_EASY, attempts=8)
    found = noise(ask(facts), Filters())
    assert [row.model for row in found.rows] == ["a/one"]
    assert "Left out: 1 scores that are not the mean of their items." in found.notes
