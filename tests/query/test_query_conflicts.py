"""Where sources disagree: expected cells are read from the tables by hand, standard errors computed beside them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from benchdb.api.database import Database
from benchdb.errors import UnknownNameError
from benchdb.query.conflicts import conflicts
from benchdb.query.filters import Filters
from tests.query.facts import Facts
from tests.query.seed import AM_32, R1_32, seed

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from benchdb.rows.conflicts import Conflict
    from tests.query.conftest import Ask

TABLES = {
    (AM_32, "aime-2024"): ("72.7", "72.8"),
    (AM_32, "gpqa-diamond"): ("62.3", "64.3"),
    (AM_32, "livecodebench"): ("58.3", "59.1"),
    (R1_32, "aime-2024"): ("72.0", "72.6"),
    (R1_32, "gpqa-diamond"): ("60.1", "62.1"),
    (R1_32, "livecodebench"): ("57.0", "57.2"),
    (R1_32, "math-500"): ("94.3", "96.0"),
}
"""Where Table 2 of arXiv 2503.19633 and round 1 of Table 1 of arXiv 2503.19855 differ; MATH-500 of AM-Distill-Qwen-32B is 96.2 in both."""
OTHERS = {
    # DeepSeek-R1's own README against round 1 of Think Twice (79.8 and 79.7 on AIME 2024; 49.1 and 49.2 on GPQA of the 7B).
    ("deepseek-ai/deepseek-r1", "aime-2024"): ("79.7", "79.8"),
    ("deepseek-ai/deepseek-r1", "gpqa-diamond"): ("71.5", "74.0"),
    ("deepseek-ai/deepseek-r1", "livecodebench"): ("65.3", "65.9"),
    ("deepseek-ai/deepseek-r1", "math-500"): ("97.3", "97.6"),
    ("deepseek-ai/deepseek-r1-distill-qwen-7b", "aime-2024"): ("55.5", "56.9"),
    ("deepseek-ai/deepseek-r1-distill-qwen-7b", "gpqa-diamond"): ("49.1", "49.2"),
    ("deepseek-ai/deepseek-r1-distill-qwen-7b", "livecodebench"): ("35.0", "37.6"),
    ("deepseek-ai/deepseek-r1-distill-qwen-7b", "math-500"): ("92.8", "93.4"),
    # Two tables of DeepSeek-R1's README.
    ("anthropic/claude-3-5-sonnet-20241022", "livecodebench"): ("33.8", "38.9"),
    ("openai/gpt-4o-2024-05-13", "livecodebench"): ("32.9", "34.2"),
    # DeepSeek-R1's README, Qwen3's report and simple-evals.
    ("deepseek-ai/deepseek-r1-distill-qwen-14b", "codeforces"): ("1481", "1574"),
    ("openai/gpt-4o-2024-05-13", "simpleqa"): ("38.2", "39.0"),
    ("openai/o1-2024-12-17", "codeforces"): ("1891", "2061"),
    ("openai/o1-2024-12-17", "gpqa-diamond"): ("75.7", "78.0"),
    ("openai/o1-2024-12-17", "simpleqa"): ("42.6", "47.0"),
    ("openai/o1-mini-2024-09-12", "simpleqa"): ("7.0", "7.6"),
    ("openai/o3-mini-2025-01-31", "gpqa-diamond"): ("74.9", "76.8"),
    ("openai/o3-mini-2025-01-31", "math-500"): ("97.3", "98.0"),
    # The model card of Llama 3.1 prints MMLU of its instruction-tuned models twice, with 5 shots and with chain of thought.
    ("meta-llama/llama-3.1-405b-instruct", "mmlu"): ("87.3", "88.6"),
    ("meta-llama/llama-3.1-70b-instruct", "mmlu"): ("83.6", "86.0"),
    ("meta-llama/llama-3.1-8b-instruct", "mmlu"): ("69.4", "73.0"),
    ("meta-llama/meta-llama-3-70b-instruct", "mmlu"): ("80.9", "82.0"),
    ("meta-llama/meta-llama-3-8b-instruct", "mmlu"): ("65.3", "68.5"),
}
"""The other cells of the seeds on which two tables differ."""


@pytest.fixture
def seeds(db: Engine) -> Database:
    """A database with everything that ships with benchdb."""
    database = Database(db)
    assert database.seed().n_failed == 0
    return database


def ends(row: Conflict) -> tuple[str, str]:
    """Return the least and the greatest value as printed."""
    return row.values[0].lstrip("~"), row.values[-1].lstrip("~")


def test_the_seeds_hold_the_disagreements_of_the_tables_and_no_other(seeds: Database) -> None:
    """Exactly the cells where the printed tables differ are listed, each with both ends."""
    found = {(row.model, row.benchmark): ends(row) for row in seeds.conflicts()}
    assert found == TABLES | OTHERS


def test_the_two_tables_of_the_same_authors(seeds: Database) -> None:
    """Asked for the two reports, seven cells differ; attempts per item differ everywhere but on MATH-500, which stays unexplained."""
    found = seeds.conflicts(sources=["1.4 Million", "Think Twice"], variants=[""])
    assert {(row.model, row.benchmark): ends(row) for row in found} == TABLES
    by_cell = {(row.model, row.benchmark): row for row in found}
    assert by_cell[R1_32, "aime-2024"].settings == ("samples_per_item: 32, 16",)
    assert by_cell[AM_32, "livecodebench"].settings == ("samples_per_item: 8, 4",)
    assert by_cell[AM_32, "livecodebench"].settings_unknown == ("window_start_on", "window_end_on")
    assert by_cell[R1_32, "math-500"].explanation == "not explained"
    # MATH-500 has 500 items: the binomial errors of 94.3 and 96.0 are 1.037 and 0.876 points.
    error = math.hypot(math.sqrt(94.3 * 5.7 / 500), math.sqrt(96.0 * 4.0 / 500))
    assert by_cell[R1_32, "math-500"].sigmas == pytest.approx(1.7 / error)
    assert by_cell[R1_32, "math-500"].evidence == "borrowed"
    assert by_cell[R1_32, "livecodebench"].sigmas is None
    assert by_cell[R1_32, "livecodebench"].evidence == "unknown"


def test_what_rests_on_what(ask: Ask) -> None:
    """Reported errors stand before counts; the weaker of both ends is named; all claims stand side by side with their sources."""
    facts = Facts()
    facts.metric("accuracy", lower_bound=0.0, upper_bound=100.0)
    facts.claim("a/one", "arith", 50.0, decimals=1, stderr=3.0, source_id=facts.source("log", kind="harness_log"))
    facts.claim("a/one", "arith", 53.0, decimals=1, n_items=400, source_id=facts.source("paper"))
    facts.claim("a/one", "arith", 60.0, decimals=1, n_items=100, source_id=facts.source("card"))
    found = conflicts(ask(facts), Filters())
    (row,) = found.conflicts
    # sqrt(60 * 40 / 100) = 4.899 points.
    assert row.stderr == pytest.approx(math.hypot(3.0, math.sqrt(24.0)))
    assert row.sigmas == pytest.approx(10.0 / math.hypot(3.0, math.sqrt(24.0)))
    assert (row.evidence, row.difference) == ("counts", 10.0)
    assert row.rounding == pytest.approx(0.1)
    assert (row.values, row.sources) == (("50.0", "53.0", "60.0"), ("log", "paper", "card"))
    assert row.explanation == "protocol unknown"


@pytest.mark.parametrize(
    ("first", "second", "explanation", "settings", "unknown"),
    [
        ({"n_shot": 0}, {"n_shot": 5}, "explained by", ("n_shot: 0, 5",), ()),
        ({"n_shot": 5}, {"n_shot": 5}, "not explained", (), ()),
        ({"n_shot": 5, "harness": "h"}, {"n_shot": 5}, "protocol unknown", (), ("harness",)),
        ({}, {}, "protocol unknown", (), ()),
        ({"extraction": "strict", "temperature": 0.0}, {"extraction": "flexible", "temperature": 0.6}, "explained by",
         ("extraction: strict, flexible", "temperature: 0, 0.6"), ()),
    ],
)  # fmt: skip
def test_what_the_protocols_explain(
    ask: Ask,
    first: dict[str, object],
    second: dict[str, object],
    explanation: str,
    settings: tuple[str, ...],
    unknown: tuple[str, ...],
) -> None:
    """Settings that both state and that differ are listed; what only one states explains nothing."""
    facts = Facts()
    facts.claim("a/one", "arith", 40.0, protocol=first, source_id=facts.source("x"))
    facts.claim("a/one", "arith", 50.0, protocol=second, source_id=facts.source("y"))
    (row,) = conflicts(ask(facts), Filters()).conflicts
    assert (row.explanation, row.settings, row.settings_unknown) == (explanation, settings, unknown)


@pytest.mark.parametrize(
    ("first", "second", "differ"),
    [
        ((72.7, {"decimals": 1}), (72.8, {"decimals": 1}), True),
        ((72.7, {"decimals": 1}), (72.66, {"decimals": 2}), False),
        ((72.7, {"decimals": 1}), (73.0, {"decimals": 0}), False),
        ((72.7, {"decimals": 1}), (0.727, {"decimals": 3, "unit": "fraction"}), False),
        ((72.7, {"decimals": 1}), (72.8, {"decimals": 1, "is_approximate": True}), False),
        ((72.7, {"decimals": 1}), (73.6, {"is_approximate": True}), False),
        ((72.7, {"decimals": 1}), (74.0, {"is_approximate": True}), True),
        ((72.6666666, {}), (72.6666667, {}), True),
        ((0.57, {"unit": "fraction"}), (57.0, {}), False),
    ],
)
def test_when_values_differ(
    ask: Ask, first: tuple[float, dict[str, object]], second: tuple[float, dict[str, object]], *, differ: bool
) -> None:
    """72.7 and 72.8 are no one number's print; 72.7, 72.66 and 73 may be, and so may a bar read off at 72.8."""
    facts = Facts()
    facts.claim("a/one", "arith", first[0], source_id=facts.source("x"), **first[1])
    facts.claim("a/one", "arith", second[0], source_id=facts.source("y"), **second[1])
    assert len(conflicts(ask(facts), Filters()).conflicts) == differ


def test_retracted_claims_and_other_cells_are_no_conflict(ask: Ask) -> None:
    """A retracted claim, another variant, subset or metric does not contradict."""
    facts = Facts()
    facts.claim("a/one", "arith", 50.0)
    facts.correct(facts.claim("a/one", "arith", 60.0, source_id=facts.source("wrong")))
    facts.claim("a/one", "arith", 70.0, protocol={"variant": "high"})
    facts.claim("a/one", "arith", 80.0, subset="hard")
    facts.claim("a/one", "arith", 90.0, metric="f1")
    found = conflicts(ask(facts), Filters())
    assert found.conflicts == ()
    assert found.notes == ("No two claims for one cell disagree by more than their rounding.",)


def test_a_least_size_leaves_out_what_is_unknown(ask: Ask) -> None:
    """Of three conflicts of 10, of 0.1 and of unknown standard errors one is left, and the notes count the others."""
    facts = Facts()
    facts.metric("accuracy", lower_bound=0.0, upper_bound=100.0)
    for benchmark, size, n_items in (("near", 0.5, 100), ("far", 50.0, 100), ("dim", 50.0, None)):
        facts.claim("a/one", benchmark, 40.0, n_items=n_items, source_id=facts.source("x"))
        facts.claim("a/one", benchmark, 40.0 + size, n_items=n_items, source_id=facts.source("y"))
    connection = ask(facts)
    found = conflicts(connection, Filters(), min_sigma=2.0)
    assert [row.benchmark for row in found.conflicts] == ["far"]
    assert found.notes[-1] == "1 cells are less than 2 standard errors apart; 1 have no known error."
    assert [row.benchmark for row in conflicts(connection, Filters()).conflicts] == ["far", "near", "dim"]
    with pytest.raises(UnknownNameError):
        conflicts(connection, Filters(benchmarks=("nothing",)))


def test_insertion_order_does_not_matter(ask: Ask) -> None:
    """Rows written backwards give the same answer, from the least value to the greatest."""
    found = conflicts(ask(seed(), backwards=True), Filters()).conflicts
    assert {(row.model, row.benchmark): ends(row) for row in found} == TABLES
    assert all(float(row.values[0]) < float(row.values[-1]) for row in found)
