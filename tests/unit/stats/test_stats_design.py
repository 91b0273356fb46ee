"""The gain of a measurement against a fit of the whole model, and the variances against hand and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest

from benchdb.errors import StatisticsInputError
from benchdb.stats.design import MOST_MODELS, Design, measurement_gains

TABLE: list[list[float | None]] = [
    [70.0, 60.0, None, 50.0],
    [72.0, None, 41.0, 55.0],
    [None, 66.0, 43.0, None],
    [60.0, 52.0, None, None],
    [None, None, 39.0, 48.0],
]
ERRORS: list[list[float | None]] = [
    [2.0, 3.0, None, 1.0],
    [2.5, None, 4.0, 1.5],
    [None, 3.5, None, None],
    [2.0, 3.0, None, None],
    [None, None, 4.0, 1.0],
]


def variances(cells: dict[tuple[int, int], float], spread: float, shape: tuple[int, int]) -> np.ndarray:
    """Covariance of abilities from the joint normal equations of levels (free) and abilities, by brute force."""
    n, m = shape
    precision = np.zeros((n + m, n + m))
    precision[:n, :n] = np.eye(n) / spread
    precision[n:, n:] = np.eye(m) * 1e-10
    for (row, column), noise in cells.items():
        at = np.zeros(n + m)
        at[row] = at[n + column] = 1.0
        precision += np.outer(at, at) / noise
    return np.asarray(np.linalg.inv(precision)[:n, :n])


def mean_variance(covariance: np.ndarray) -> float:
    """Mean variance of a difference over all pairs, one by one."""
    n = len(covariance)
    pairs = [(i, j) for i in range(n) for j in range(i)]
    return sum(float(covariance[i, i] + covariance[j, j] - 2 * covariance[i, j]) for i, j in pairs) / len(pairs)


def test_gains_are_those_of_fitting_the_whole_again() -> None:
    """For each missing cell the share is what the mean variance over pairs falls by when the model is fitted with it."""
    found = measurement_gains(TABLE, ERRORS)
    squares = np.array([[math.nan if cell is None else cell**2 for cell in row] for row in ERRORS])
    columns = np.nanmean(squares, axis=0)
    noise = {
        (i, j): (float(columns[j]) if ERRORS[i][j] is None else float(squares[i, j])) + found.interaction**2
        for i in range(5)
        for j in range(4)
    }
    known = {place: noise[place] for place in noise if TABLE[place[0]][place[1]] is not None}
    before = variances(known, found.spread**2, (5, 4))
    assert found.mean_stderr == pytest.approx(math.sqrt(mean_variance(before)), rel=1e-6)
    assert len(found.gains) == 20 - len(known)
    centring = np.eye(5) - 0.2
    for gain in found.gains:
        place = (gain.row, gain.column)
        after = variances(known | {place: noise[place]}, found.spread**2, (5, 4))
        assert gain.share == pytest.approx(1 - mean_variance(after) / mean_variance(before), rel=1e-4)
        assert gain.noise == pytest.approx(math.sqrt(noise[place]))
        assert gain.stderr == pytest.approx(math.sqrt((centring @ before @ centring)[gain.row, gain.row]), rel=1e-5)
        assert gain.stderr_after == pytest.approx(
            math.sqrt((centring @ after @ centring)[gain.row, gain.row]), rel=1e-5
        )
    assert [gain.share for gain in found.gains] == sorted((gain.share for gain in found.gains), reverse=True)


def test_variances_of_an_additive_table_by_hand() -> None:
    """Levels 50 and 70, abilities -1, 0, 1, no residue: no interaction, and abilities vary by 1 less the noise of 0.25."""
    found = measurement_gains([[49.0, 69.0], [50.0, 70.0], [51.0, 71.0]], [[0.5, 0.5]] * 3)
    assert (found.interaction, found.gains) == (0.0, ())
    assert found.spread == pytest.approx(math.sqrt(1 - 0.25))


def test_interaction_is_what_errors_do_not_explain() -> None:
    """A residue of +-1 on each of four cells has one degree of freedom: 4 less the stated variance of 1."""
    found = measurement_gains([[51.0, 49.0], [49.0, 51.0]], [[1.0, 1.0], [1.0, 1.0]])
    assert found.interaction == pytest.approx(math.sqrt(4 - 1))


def test_what_links_two_islands_comes_first() -> None:
    """Of two groups of models without a common benchmark, a cell that links them tells more than one inside."""
    table: list[list[float | None]] = [
        [50.0, 60.0, None, None], [55.0, None, None, None], [None, None, 40.0, 70.0], [None, None, 45.0, None],
    ]  # fmt: skip
    found = measurement_gains(table, [[1.0] * 4] * 4)
    inside = [gain for gain in found.gains if (gain.row < 2) == (gain.column < 2)]
    linking = [gain for gain in found.gains if (gain.row < 2) != (gain.column < 2)]
    assert min(gain.share for gain in linking) > max(gain.share for gain in inside)


def test_a_noisy_benchmark_tells_less() -> None:
    """Of two benchmarks alike but for their error the surer one comes first, and unknown errors of all weigh alike."""
    table: list[list[float | None]] = [[50.0, 50.0, 50.0], [60.0, 60.0, 60.0], [55.0, None, None]]
    found = measurement_gains(table, [[1.0, 1.0, 6.0], [1.0, 1.0, 6.0], [1.0, None, None]])
    assert [gain.column for gain in found.gains] == [1, 2]
    alike = measurement_gains(table, [[None] * 3] * 3)
    assert alike.gains[0].share == pytest.approx(alike.gains[1].share)


def test_the_answer_does_not_depend_on_the_order_of_models() -> None:
    """Turned upside down, the table gives each cell the same gain."""

    def by_cell(found: Design, *, turned: bool) -> dict[tuple[int, int], float]:
        return {(4 - gain.row if turned else gain.row, gain.column): gain.share for gain in found.gains}

    straight, turned = measurement_gains(TABLE, ERRORS), measurement_gains(TABLE[::-1], ERRORS[::-1])
    assert by_cell(straight, turned=False) == pytest.approx(by_cell(turned, turned=True))
    assert straight.n_undecided == turned.n_undecided


def test_pairs_are_told_apart_where_the_gap_is_wide() -> None:
    """Two models thirty points apart are told apart, two half a point apart are not."""
    table: list[list[float | None]] = [[80.0, 80.0], [50.0, 50.0], [50.5, None]]
    found = measurement_gains(table, [[1.0, 1.0]] * 3)
    assert found.n_undecided == 1
    assert [(gain.row, gain.n_undecided) for gain in found.gains] == [(2, 1)]


def test_a_benchmark_that_nobody_has_tells_nothing() -> None:
    """A column without any score has no gain."""
    assert {
        gain.column for gain in measurement_gains([[1.0, None, None], [None, 2.0, None]], [[0.1] * 3] * 2).gains
    } == {0, 1}


@pytest.mark.parametrize(
    ("values", "stderrs", "message"),
    [
        ([[1.0]], [[1.0]], "2 to"),
        ([[1.0]] * (MOST_MODELS + 1), [[1.0]] * (MOST_MODELS + 1), "2 to"),
        ([[1.0], [1.0]], [[1.0]], "stderrs"),
        ([[1.0], [1.0, 2.0]], [[1.0], [1.0]], "values"),
        ([[None], [None]], [[None], [None]], "at least one score"),
        ([[math.nan], [1.0]], [[1.0], [1.0]], "values"),
    ],
)
def test_odd_input_is_refused(
    values: list[list[float | None]], stderrs: list[list[float | None]], message: str
) -> None:
    """One model, too many, unequal shapes, no score and a number that is not finite are errors."""
    with pytest.raises(StatisticsInputError, match=message):
        measurement_gains(values, stderrs)
