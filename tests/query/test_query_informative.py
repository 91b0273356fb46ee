"""The next score to measure: which cells are in question, their gains, and the reasons in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchdb.errors import EmptyResultError, StatisticsInputError
from benchdb.query.coverage import coverage
from benchdb.query.filters import Filters
from benchdb.query.informative import next_cells
from benchdb.stats.design import measurement_gains
from tests.query.facts import Facts

if TYPE_CHECKING:
    from tests.query.conftest import Ask

SCORES = {
    "a/one": {"arith": 70.0, "logic": 60.0, "words": 50.0},
    "a/two": {"arith": 72.0, "words": 55.0},
    "b/four": {"arith": 40.0},
    "b/three": {"arith": 66.0, "logic": 52.0},
}


def scored(*, loss: bool = False) -> Facts:
    """Four models on three benchmarks with errors of 1, 2 and 3 points, four scores missing."""
    facts = Facts()
    metric = "loss" if loss else "accuracy"
    facts.metric(metric, higher_is_better=not loss, is_proportion=False)
    for name in ("arith", "logic", "words"):
        facts.benchmark(name, metric=metric)
    for model, row in SCORES.items():
        for benchmark, value in row.items():
            error = {"arith": 1.0, "logic": 2.0, "words": 3.0}[benchmark]
            facts.claim(model, benchmark, 100.0 - value if loss else value, stderr=error, metric=metric)
    return facts


@pytest.mark.parametrize("loss", [False, True])
@pytest.mark.parametrize("backwards", [False, True])
def test_gains_are_those_of_the_table(ask: Ask, *, loss: bool, backwards: bool) -> None:
    """The cells come in order of their gains in the additive fit, whatever the order of rows and the direction."""
    names = ("arith", "logic", "words")
    errors = {"arith": 1.0, "logic": 2.0, "words": 3.0}
    design = measurement_gains(
        [[row.get(name) for name in names] for row in SCORES.values()],
        [[errors[name] if name in row else None for name in names] for row in SCORES.values()],
    )
    found = next_cells(ask(scored(loss=loss), backwards=backwards), Filters())
    assert [(cell.model, cell.benchmark) for cell in found.cells] == [
        (list(SCORES)[gain.row], names[gain.column]) for gain in design.gains
    ]
    assert [cell.gain for cell in found.cells] == pytest.approx([gain.share for gain in design.gains])
    assert (found.n_missing, found.n_models, found.n_benchmarks, found.unit) == (4, 4, 3, "percent")
    assert found.cells[0].model == "b/four"


def test_reasons_say_why(ask: Ask) -> None:
    """The row counts who is there, and says that a benchmark would be common to all."""
    facts = scored()
    facts.claim("b/four", "logic", 30.0, stderr=2.0)
    found = next_cells(ask(facts), Filters(benchmarks=("arith", "logic")), most=5)
    (cell,) = found.cells
    assert (cell.model, cell.benchmark, cell.n_models, cell.n_benchmarks, cell.completes) == (
        "a/two",
        "logic",
        3,
        1,
        True,
    )
    assert "meets 3 other models there" in cell.reason
    assert cell.reason.endswith("all models would then have this benchmark")
    assert 0 < cell.gain < 1
    assert cell.stderr_after < cell.stderr_before


def test_another_unit_and_no_direction_are_left_out(ask: Ask) -> None:
    """Elo beside percent is no matter of points, and a metric without direction ranks nothing; both are named."""
    facts = scored()
    facts.metric("elo", unit="elo", is_proportion=False)
    facts.metric("odd", higher_is_better=None)
    facts.benchmark("arena", metric="elo")
    facts.benchmark("riddle", metric="odd")
    facts.claim("a/one", "arena", 1200.0, metric="elo", unit="elo")
    facts.claim("a/one", "riddle", 5.0, metric="odd")
    found = next_cells(ask(facts), Filters(), most=2)
    assert (found.n_benchmarks, len(found.cells)) == (3, 2)
    assert any("another one than percent: arena" in note for note in found.notes)
    assert any("no known direction: riddle" in note for note in found.notes)


def test_without_any_error_a_note_says_so(ask: Ask) -> None:
    """Where no error is known all measurements weigh alike, and the notes say it."""
    facts = Facts()
    for model, benchmark, value in (("a/one", "arith", 1.0), ("a/two", "arith", 2.0), ("a/two", "logic", 3.0)):
        facts.claim(model, benchmark, value)
    found = next_cells(ask(facts), Filters())
    assert [(cell.model, cell.benchmark) for cell in found.cells] == [("a/one", "logic")]
    assert any(note.startswith("No score has a known error") for note in found.notes)


def test_questions_without_an_answer_say_why(ask: Ask) -> None:
    """One model alone and a level in percent are errors."""
    facts = Facts()
    facts.claim("a/one", "arith", 1.0)
    connection = ask(facts)
    with pytest.raises(EmptyResultError, match="fewer than two"):
        next_cells(connection, Filters())
    with pytest.raises(StatisticsInputError, match="level"):
        next_cells(connection, Filters(), level=95.0)


def test_coverage_says_what_errors_rest_on(ask: Ask) -> None:
    """Two cells with items counted and one without make 67 % and 33 %; two protocols of one cell are counted."""
    facts = Facts()
    facts.benchmark("bare")
    facts.claim("a/one", "arith", 50.0, n_items=100)
    facts.claim("a/one", "arith", 51.0, n_items=100, protocol={"n_shot": 5})
    facts.claim("a/two", "arith", 50.0, n_items=100)
    facts.claim("a/two", "bare", 50.0)
    found = coverage(ask(facts), Filters())
    assert "What the errors of the 3 cells rest on: counts 2 (67%), unknown 1 (33%)." in found.notes
    assert {(cell.model, cell.benchmark): cell.n_protocols for cell in found.cells if cell.n_claims} == {
        ("a/one", "arith"): 2, ("a/two", "arith"): 1, ("a/two", "bare"): 1,
    }  # fmt: skip
