"""Coverage, history, trace and catalogue: everything that is stored can be seen, with the way back to its source."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from benchdb.errors import ConfigError, EmptyResultError, UnknownNameError
from benchdb.query.catalogue import catalogue
from benchdb.query.coverage import coverage
from benchdb.query.filters import Filters
from benchdb.query.history import history
from benchdb.query.policies import Policy
from benchdb.query.trace import trace
from tests.query.facts import START, Facts
from tests.query.seed import AM_72, BENCHMARKS, R1_32, seed

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tests.query.conftest import Ask


def test_coverage_counts_claims_sources_and_items(ask: Ask) -> None:
    """Two claims of two sources, items seen once however many runs saw them, and the missing cell as a row of its own."""
    facts = Facts()
    for title in ("first", "second"):
        run = facts.run("a/one", "arith", source_id=facts.source(title))
        facts.score(run, 50.0)
        facts.outcomes(run, [1, 0, 1], first=0 if title == "first" else 1)
    facts.claim("b/two", "logic", 10.0)
    found = coverage(ask(facts), Filters())
    seen = [(c.model, c.benchmark, c.metric, c.n_claims, c.n_sources, c.n_items_seen) for c in found.cells]
    assert seen == [
        ("a/one", "arith", "accuracy", 2, 2, 4),
        ("a/one", "logic", None, 0, 0, 0),
        ("b/two", "arith", None, 0, 0, 0),
        ("b/two", "logic", "accuracy", 1, 1, 0),
    ]
    assert (found.n_models, found.n_benchmarks, found.n_missing) == (2, 2, 2)
    assert found.notes[0] == "2 of 4 pairs of model and benchmark have a score."
    assert [cell.n_protocols for cell in found.cells] == [1, 0, 0, 1]


def test_coverage_shows_what_was_asked_for_although_it_is_missing(ask: Ask) -> None:
    """A model and a benchmark named by the user are in question even without any claim."""
    facts = Facts()
    facts.claim("a/one", "arith", 1.0)
    facts.model("c/none")
    facts.benchmark("void")
    connection = ask(facts)
    found = coverage(connection, Filters(models=("a/one", "c/none"), benchmarks=("arith", "void")))
    assert (len(found.cells), found.n_missing) == (4, 3)
    with pytest.raises(EmptyResultError, match="no score fits"):
        coverage(connection, Filters(models=("c/none",)))


def test_coverage_keeps_variants_and_metrics_apart(ask: Ask) -> None:
    """A variant is a row of its own, and so is a second metric of one cell."""
    facts = Facts()
    facts.claim("a/one", "arith", 1.0)
    facts.claim("a/one", "arith", 2.0, metric="f1")
    facts.claim("a/one", "arith", 3.0, protocol={"variant": "high"})
    found = coverage(ask(facts), Filters())
    assert [(c.variant, c.metric) for c in found.cells] == [(None, "accuracy"), (None, "f1"), ("high", "accuracy")]
    assert (found.n_models, found.n_missing) == (2, 0)


def test_history_keeps_conflicting_claims_side_by_side(ask: Ask) -> None:
    """All three claims of the seed stand in order of their dates, and the policy's choice is marked."""
    found = history(ask(seed()), R1_32, "AIME 2024")
    assert [(c.value, c.source_title, c.is_chosen) for c in found.claims] == [
        (72.6, "DeepSeek-R1", False),
        (72.6, "1.4 Million", False),
        (72.0, "README", True),
    ]
    assert [c.is_first_party for c in found.claims] == [True, False, False]
    assert found.claims[1].protocol == "samples_per_item=16, temperature=0.6"
    assert (found.model, found.benchmark, found.policy) == (R1_32, "aime-2024", "preferred")


def test_history_shows_retracted_claims_as_such(ask: Ask) -> None:
    """A retracted claim stays in the list, marked, and another one is chosen; earlier it was not retracted."""
    facts = Facts()
    wrong = facts.claim("a/one", "arith", 99.0, source_id=facts.source("log", kind="harness_log"))
    right = facts.claim("a/one", "arith", 50.0)
    facts.correct(wrong, after_days=10)
    connection = ask(facts)
    found = history(connection, "a/one", "arith")
    assert {c.score_id: (c.is_retracted, c.is_chosen) for c in found.claims} == {
        wrong: (True, False),
        right: (False, True),
    }
    assert any(note.startswith("1 of 2 claims are retracted") for note in found.notes)
    earlier = history(connection, "a/one", "arith", Filters(as_of=START + timedelta(days=5)))
    assert {c.score_id: (c.is_retracted, c.is_chosen) for c in earlier.claims} == {
        wrong: (False, True),
        right: (False, False),
    }
    with pytest.raises(EmptyResultError, match="no source says anything"):
        history(connection, "a/one", "arith", Filters(as_of=START - timedelta(days=5)))


def test_trace_leads_back_to_file_and_place(ask: Ask) -> None:
    """A claim's trace shows value as written, protocol, source, place, file, importer and who corrected it."""
    facts = Facts()
    reporter = facts.organization("reporters")
    source = facts.source(
        "A paper", published_on=date(2025, 3, 25), url="https://example.org/paper", organization_id=reporter
    )
    run = facts.run(
        "a/one",
        "arith",
        source_id=source,
        protocol={"n_shot": 5, "temperature": 0.5, "dataset_revision": "a" * 64},
        ran_at=datetime(2025, 3, 1, tzinfo=UTC),
    )
    key = facts.score(run, 0.5, unit="fraction", decimals=1, place="table 2, row 3", stderr=0.1, stderr_method="sample")
    facts.outcomes(run, [1, 0])
    facts.correct(key, "retract", after_days=1)
    facts.correct(key, "restore", after_days=2)
    found = trace(ask(facts), key)
    claim = found.claim
    assert (claim.value, claim.unit, claim.decimals, claim.place) == (0.5, "fraction", 1, "table 2, row 3")
    assert claim.protocol == "n_shot=5, dataset_revision=aaaaaaaaaaaa…, temperature=0.5"
    assert (claim.source_title, claim.source_url, claim.published_on) == (
        "A paper",
        "https://example.org/paper",
        date(2025, 3, 25),
    )
    assert (claim.file, claim.importer, claim.ran_at) == ("file.csv", "test", datetime(2025, 3, 1, tzinfo=UTC))
    assert (found.organization, found.sha256, found.n_outcomes) == ("Reporters", "00", 2)
    assert [(d.action, d.decided_by, d.reason) for d in found.decisions] == [
        ("retract", "a person", "typing error"),
        ("restore", "a person", "typing error"),
    ]
    assert (claim.is_chosen, claim.is_retracted, found.notes) == (True, False, ())


def test_trace_says_when_a_claim_is_not_used(ask: Ask) -> None:
    """A claim that the policy passes over, or that is retracted, says so; an unknown key is an error."""
    facts = Facts()
    wrong = facts.claim("a/one", "arith", 99.0)
    facts.claim("a/one", "arith", 50.0, source_id=facts.source("log", kind="harness_log"))
    gone = facts.claim("a/one", "arith", 1.0, source_id=facts.source("gone"))
    facts.correct(gone)
    connection = ask(facts)
    assert "chooses another claim" in trace(connection, wrong).notes[0]
    assert trace(connection, gone).notes == ("This claim is retracted; no other answer uses it.",)
    assert trace(connection, wrong, policy=Policy.MEDIAN).claim.is_chosen is False
    with pytest.raises(EmptyResultError, match="no claim has the key 7"):
        trace(connection, 7)


def _entries(connection: Connection, kind: str) -> tuple[Any, ...]:
    return catalogue(connection, kind).entries


def test_catalogue_lists_every_kind_with_counts(ask: Ask) -> None:
    """Counts are those of the seed: 20 claims, four models, four benchmarks, three sources."""
    facts = seed()
    facts.suite("core", BENCHMARKS[:3])
    facts.benchmark("part", parent="aime-2024", metric="pass@1", review_state="unreviewed")
    connection = ask(facts)
    models = {entry.slug: entry for entry in _entries(connection, "model")}
    assert (models[R1_32].n_claims, models[R1_32].n_benchmarks, models[AM_72].n_claims) == (12, 4, 4)
    assert (models[AM_72].organization, models[AM_72].parameters_label) == ("A-M-Team", "72B")
    assert next((b.slug, b.n_models, b.n_claims, b.parent, b.metric) for b in _entries(connection, "benchmark")) == (
        "aime-2024",
        4,
        8,
        None,
        "pass@1",
    )
    assert [(b.slug, b.n_claims, b.parent) for b in _entries(connection, "benchmark") if b.slug == "part"] == [
        ("part", 0, "aime-2024")
    ]
    assert catalogue(connection, "benchmark").notes == ("1 of 5 entries were made by imports and not reviewed.",)
    assert [(m.slug, m.n_claims, m.unit) for m in _entries(connection, "metric")] == [("pass@1", 32, "percent")]
    makers = _entries(connection, "organization")
    assert [(o.slug, o.n_models, o.n_sources) for o in makers] == [("a-m-team", 2, 0), ("deepseek-ai", 2, 0)]
    sources = _entries(connection, "source")
    assert [(s.title, s.n_runs, s.n_claims) for s in sources] == [
        ("1.4 Million", 16, 16),
        ("DeepSeek-R1", 8, 8),
        ("README", 8, 8),
    ]
    assert [(s.slug, s.n_benchmarks) for s in _entries(connection, "suite")] == [("core", 3)]
    with pytest.raises(ConfigError, match='"planet" is not a kind'):
        catalogue(connection, "planet")


def test_history_of_unknown_names_is_refused(ask: Ask) -> None:
    """A model nobody knows is an unknown name, not an empty history."""
    with pytest.raises(UnknownNameError):
        history(ask(Facts()), "nobody", "nothing")
