"""maj@k against the enumeration of every draw, and its simulation against the exact value."""

from __future__ import annotations

from itertools import combinations
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchdb.errors import StatisticsInputError
from benchdb.stats import majority
from benchdb.stats.majority import majority_at_k


def _enumerated(answers: list[tuple[int, int]], n_without: int, k: int) -> float:
    """Draw every set of k attempts, count votes, and toss the coin."""
    attempts = [number for number, (n, _) in enumerate(answers) for _ in range(n)] + [None] * n_without
    shares = [right / n for n, right in answers]
    values = []
    for drawn in combinations(range(len(attempts)), k):
        votes = [attempts[place] for place in drawn if attempts[place] is not None]
        most = max((votes.count(answer) for answer in votes), default=0)
        leaders = {answer for answer in votes if votes.count(answer) == most}
        values.append(fmean(shares[answer] for answer in leaders if answer is not None) if leaders else 0.0)
    return fmean(values)


def test_two_against_one() -> None:
    """Of a right answer given twice and a wrong one given once, three attempts agree on the right one, two do so in 1/3 + 2/3 · 1/2."""
    assert majority_at_k([(2, 2), (1, 0)], 0, 3) == pytest.approx(1.0)
    assert majority_at_k([(2, 2), (1, 0)], 0, 2) == pytest.approx(2 / 3)
    assert majority_at_k([(2, 2), (1, 0)], 0, 1) == pytest.approx(2 / 3)


def test_attempts_without_an_answer_have_no_vote() -> None:
    """One right answer among three silent attempts: two attempts hold it half of the time, and none is wrong."""
    assert majority_at_k([(1, 1)], 3, 2) == pytest.approx(0.5)
    assert majority_at_k([], 3, 2) == 0.0


@given(
    st.lists(st.integers(1, 4).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))), min_size=1, max_size=4),
    st.integers(0, 2),
    st.data(),
)
def test_every_draw_is_counted(answers: list[tuple[int, int]], n_without: int, data: st.DataObject) -> None:
    """The expectation is that of all subsets, whatever the answers, ties and silent attempts."""
    n = sum(each for each, _ in answers) + n_without
    k = data.draw(st.integers(1, min(n, 5)))
    if n <= 11:
        assert majority_at_k(answers, n_without, k) == pytest.approx(_enumerated(answers, n_without, k), abs=1e-12)


def test_the_simulation_is_near_the_exact_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten thousand draws are within four standard errors, the same for the same seed, and used only beyond the bound."""
    answers = [(6, 6), (5, 0), (3, 1), (2, 0)]
    exact = majority_at_k(answers, 4, 8)
    monkeypatch.setattr(majority, "MOST_EXACT", 0)
    simulated = majority_at_k(answers, 4, 8)
    assert simulated != exact
    assert simulated == pytest.approx(exact, abs=0.02)
    assert simulated == majority_at_k(answers, 4, 8)
    assert majority_at_k([], 9, 2) == 0.0


def test_large_numbers_keep_their_digits() -> None:
    """Sixty of a hundred attempts right, forty wrong and all drawn: the right answer wins; of equally many, half the time."""
    assert majority_at_k([(60, 60), (40, 0)], 0, 100) == pytest.approx(1.0, abs=1e-12)
    assert majority_at_k([(50, 50), (50, 0)], 0, 100) == pytest.approx(0.5, abs=1e-12)
    assert majority_at_k([(50, 50), (50, 0)], 0, 37) == pytest.approx(0.5, abs=1e-12)


@pytest.mark.parametrize(
    ("answers", "n_without", "k"),
    [([(2, 3)], 0, 1), ([(0, 0)], 0, 1), ([(1, 1)], -1, 1), ([(2, 1)], 0, 3), ([(2, 1)], 0, 0)],
)
def test_what_cannot_be_is_refused(answers: list[tuple[int, int]], n_without: int, k: int) -> None:
    """Counts out of range and a k that nobody can draw are errors."""
    with pytest.raises(StatisticsInputError):
        majority_at_k(answers, n_without, k)
