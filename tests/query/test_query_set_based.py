"""What is computed for all items at once is what an item after the other gives: joint errors, majorities, and the items that are shown."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from sqlalchemy import insert

from benchdb.query import item_errors
from benchdb.query.agreement import flips
from benchdb.query.filters import Filters
from benchdb.query.item_table import items
from benchdb.query.pass_at_k import pass_at_k
from benchdb.query.policies import Policy
from benchdb.query.scores import read_scores
from benchdb.query.tables import ANSWER
from benchdb.stats.intervals import mean_stderr
from benchdb.stats.majority import majority_at_k
from tests.query.facts import Facts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Engine

    from tests.query.conftest import Ask

N_ITEMS, N_ATTEMPTS = 60, 4


def _drawn(n_models: int, seed: int = 7) -> dict[str, list[int]]:
    generator = np.random.default_rng(seed)
    difficulty = generator.uniform(0.2, 0.9, N_ITEMS)
    return {f"m{i}": generator.binomial(N_ATTEMPTS, difficulty).tolist() for i in range(n_models)}


def _facts(right: dict[str, list[int]], clusters: Sequence[str] | None) -> Facts:
    """Models on one benchmark; each but the first was given fewer items than the one before."""
    facts = Facts()
    for place, (model, correct) in enumerate(right.items()):
        kept = correct[: N_ITEMS - 3 * place]
        score = facts.claim(model, "quiz", 100 * sum(kept) / len(kept) / N_ATTEMPTS, decimals=None)
        run = int(facts.rows["score"][score]["run_id"])
        facts.outcomes(run, kept, attempts=N_ATTEMPTS, clusters=clusters[: len(kept)] if clusters else None)
    return facts


def _covariance(one: Sequence[int], other: Sequence[int], units: Sequence[object]) -> float:
    """Covariance of two means over items in percent, item after item: sums of deviations by unit, multiplied and added up."""
    sums: list[dict[object, float]] = []
    for correct in (one, other):
        mean = math.fsum(correct) / len(correct)
        found: dict[object, float] = {}
        for unit, count in zip(units, correct, strict=False):
            found[unit] = found.get(unit, 0.0) + (count - mean)
        scale = 100 / N_ATTEMPTS * math.sqrt(len(found) / (len(found) - 1)) / len(correct)
        sums.append({unit: total * scale for unit, total in found.items()})
    return math.fsum(sums[0][unit] * sums[1][unit] for unit in sums[0].keys() & sums[1].keys())


@pytest.mark.parametrize("clusters", [None, [f"text {i // 4}" if i < 40 else "" for i in range(N_ITEMS)]])
@pytest.mark.parametrize("limits", [(200_000, 20_000_000), (0, 20_000_000), (0, 50)])
def test_joint_errors_are_those_of_one_item_after_the_other(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, limits: tuple[int, int], clusters: list[str] | None
) -> None:
    """However many deviations are kept or read at once, the covariance of each pair is that of a loop over its items."""
    monkeypatch.setattr(item_errors, "_MOST_KEPT", limits[0])
    monkeypatch.setattr(item_errors, "_MOST_AT_ONCE", limits[1])
    right = _drawn(5)
    names = None if clusters is None else [name or None for name in clusters]
    connection = ask(_facts(right, names))  # type: ignore[arg-type]  # an item without a cluster is None
    joint = read_scores(connection, Filters(), Policy.PREFERRED, 0.95).joint["quiz", ""]
    products = joint.factor.T @ joint.factor
    units = [name or number for number, name in enumerate(clusters or [""] * N_ITEMS)]
    given = {model: correct[: N_ITEMS - 3 * place] for place, (model, correct) in enumerate(right.items())}
    for i, (one, _) in enumerate(joint.models):
        assert joint.n_units[i] == len(set(units[: len(given[one])]))
        for j, (other, _) in enumerate(joint.models):
            assert products[i, j] == pytest.approx(_covariance(given[one], given[other], units), rel=1e-9)


def test_majorities_are_those_of_one_item_after_the_other(db: Engine) -> None:
    """Counting items that were voted on alike gives the mean and the error of a loop over items, to the last digit."""
    generator = np.random.default_rng(11)
    facts, rows, votes = Facts(), [], []
    score = facts.claim("m", "quiz", 50.0)
    run = int(facts.rows["score"][score]["run_id"])
    correct = generator.integers(0, 9, 150).tolist()
    facts.outcomes(run, correct, attempts=8)
    for number, n_right in enumerate(correct):
        wrong = generator.multinomial(8 - n_right, [0.5, 0.3, 0.2]).tolist()
        given = [("right", n_right, n_right), ("b", wrong[0], 0), ("a", wrong[1], 0), ("", wrong[2], 0)]
        metric = int(facts.rows["score"][score]["metric_id"])
        rows += [(run, metric, number, answer, n, right) for answer, n, right in given if n]
        votes.append((sorted((n, right) for answer, n, right in given if n and answer), wrong[2]))
    facts.write(db)
    with db.begin() as connection:
        names = ("run_id", "metric_id", "sample_number", "answer", "n_attempts", "n_correct")
        connection.execute(insert(ANSWER), [dict(zip(names, row, strict=True)) for row in rows])
        found = {row.k: row for row in pass_at_k(connection, Filters()).rates if row.measure == "maj@k"}
    assert sorted(found) == [1, 2, 4, 8]
    for k, rate in found.items():
        values = [majority_at_k(given, without, k) for given, without in votes]
        assert rate.value == 100 * (math.fsum(values) / len(values))
        assert rate.stderr == 100 * mean_stderr(values)


def test_the_first_items_are_the_first_of_all(ask: Ask) -> None:
    """With a limit the same items come first, and the notes count those that are left out."""
    connection = ask(_facts(_drawn(4), None))
    _first_of(connection)
    every, few = items(connection, "quiz", Filters()), items(connection, "quiz", Filters(), most=7)
    assert (every.n_items, few.n_items) == (N_ITEMS, N_ITEMS)
    assert few.items == every.items[:7]
    assert f"Shown are the 7 hardest of {N_ITEMS} items." in few.notes
    none = items(connection, "quiz", Filters(), show="none")
    assert none.items == tuple(row for row in every.items if row.n_solved == 0)
    one = items(connection, "quiz", Filters(), show="one", most=1)
    alone = [row for row in every.items if row.n_solved == 1]
    assert list(one.items) == alone[:1]
    assert (f"Shown are the 1 hardest of {len(alone)} items." in one.notes) is (len(alone) > 1)
    assert one.n_items == N_ITEMS


def _first_of(connection: Connection) -> None:
    every = flips(connection, ["m0", "m1"], "quiz", Filters())
    few = flips(connection, ["m0", "m1"], "quiz", Filters(), most=5)
    assert few.flips == every.flips[:5]
    assert len(every.flips) > 5
    sizes = [abs(flip.difference) for flip in every.flips]
    assert sizes == sorted(sizes, reverse=True)
    assert f"{len(every.flips)} of {N_ITEMS - 3} shared items differ." in few.notes
    assert "Shown are the 5 with the largest difference." in few.notes
