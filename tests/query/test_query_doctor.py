"""Forensic checks: databases with exactly one fault each, a clean one, the seeds, and aider's boards.

Expected findings are worked out by hand; the arithmetic stands beside them.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from random import Random
from typing import TYPE_CHECKING

import pytest

from benchdb.api.database import Database
from benchdb.errors import ConfigError, UnknownNameError
from benchdb.query.doctor.contract import checks
from benchdb.query.doctor.examine import doctor
from benchdb.query.filters import Filters
from benchdb.schema.keys import text_key
from tests.query.facts import Facts
from tests.query.seed import AM_32, R1_32, seed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import Connection, Engine

    from benchdb.rows.doctor import Finding
    from tests.query.conftest import Ask

PUBLISHED = date(2025, 3, 1)
RAN = datetime(2025, 2, 20, 12, tzinfo=UTC)


def findings(connection: Connection) -> list[Finding]:
    """Return everything that all checks find."""
    return list(doctor(connection, Filters()).findings)


def sound() -> Facts:
    """Return facts without a fault: two sources that agree, a whole with its parts, items that average to their claims."""
    facts = Facts()
    facts.metric("accuracy", lower_bound=0.0, upper_bound=100.0)
    facts.benchmark("arith", n_items=20)
    facts.benchmark("exam")
    for part, n_items in (("exam/law", 10), ("exam/art", 30)):
        facts.benchmark(part, parent="exam", n_items=n_items)
    facts.model("a/one", released_on=date(2025, 1, 1))
    facts.model("b/two", released_on=date(2025, 1, 1))
    paper = facts.source("paper", published_on=PUBLISHED)
    for model, n_correct in (("a/one", 11), ("b/two", 14)):
        log = facts.source(f"log of {model}", kind="harness_log")
        run = facts.run(model, "arith", source_id=log, ran_at=RAN, protocol={"samples_per_item": 1})
        share = n_correct / 20
        # The sample standard error over 20 right or wrong items: sqrt(p (1 - p) / 19).
        facts.score(
            run, share, unit="fraction", n_items=20, stderr=(share * (1 - share) / 19) ** 0.5, stderr_method="sample"
        )
        facts.outcomes(run, [1] * n_correct + [0] * (20 - n_correct))
        facts.claim(
            model, "arith", 100 * share, decimals=1, source_id=paper, n_items=20, protocol={"samples_per_item": 1}
        )
        # 10 and 30 items: (10 * 50 + 30 * 70) / 40 = 65.
        facts.claim(model, "exam/law", 50.0, decimals=1, source_id=paper, n_items=10)
        facts.claim(model, "exam/art", 70.0, decimals=1, source_id=paper, n_items=30)
        facts.claim(model, "exam", 65.0, decimals=1, source_id=paper, is_aggregate=True)
    return facts  # fmt: skip


def test_a_sound_database_has_no_finding(ask: Ask) -> None:
    """Nothing is found where nothing is wrong, and every check has run."""
    found = doctor(ask(sound()), Filters())
    assert found.findings == ()
    assert [each.name for each in found.checks] == [each.name for each in checks()]
    assert found.notes == ("No check found anything.",)


def _impossible(facts: Facts) -> None:
    facts.claim("a/one", "sums", 72.6, decimals=1, n_items=30, protocol={"samples_per_item": 16})


def _percent_as_fraction(facts: Facts) -> None:
    log = facts.source("odd")
    for number, value in enumerate((41.0, 52.5, 63.0)):
        facts.claim(f"a/m{number}", "sums", value, unit="fraction", source_id=log)


def _fraction_as_percent(facts: Facts) -> None:
    odd, other = facts.source("odd"), facts.source("other")
    for number, value in enumerate((41.0, 52.5, 63.0)):
        facts.claim(f"a/m{number}", "sums", value / 100, source_id=odd)
        facts.claim(f"a/m{number}", "sums", value, source_id=other)


def _average_outside(facts: Facts) -> None:
    facts.claim("a/one", "exam", 71.0, decimals=1, source_id=_with_parts(facts), is_aggregate=True)


def _average_inside(facts: Facts) -> None:
    facts.claim("a/one", "exam", 61.0, decimals=1, source_id=_with_parts(facts), is_aggregate=True)


def _with_parts(facts: Facts) -> int:
    """Add parts of 50 and 70; the plain mean is 60, the one weighted by 10 and 30 items 65."""
    source = facts.source("table")
    facts.claim("a/one", "exam/law", 50.0, decimals=1, source_id=source)
    facts.claim("a/one", "exam/art", 70.0, decimals=1, source_id=source)
    return source


def _printed_average(facts: Facts) -> None:
    facts.suite("trio", ["x1", "x2", "x3"])
    source = facts.source("table")
    for benchmark, value in (("x1", 10.0), ("x2", 20.0), ("x3", 60.1)):
        facts.claim("a/one", benchmark, value, decimals=1, source_id=source)
    facts.claim("a/one", "trio", 30.2, decimals=1, source_id=source, is_aggregate=True)


def _subset_average(facts: Facts) -> None:
    source = facts.source("table")
    for subset, value in (("en", 10.0), ("fr", 20.0)):
        facts.claim("a/one", "tongues", value, decimals=1, source_id=source, subset=subset)
    facts.claim("a/one", "tongues", 9.8, decimals=1, source_id=source, is_aggregate=True)


def _contradiction(facts: Facts) -> None:
    run = facts.run("a/one", "sums", source_id=facts.source("table"))
    facts.score(run, 40.0, place="row 1")
    facts.score(run, 45.0, place="row 9")


def _duplicate(facts: Facts) -> None:
    run = facts.run("a/one", "sums", source_id=facts.source("table"))
    facts.score(run, 40.0)
    facts.score(run, 40.0, decimals=0)


def _large_error(facts: Facts) -> None:
    # At most sqrt(50 * 50 / 99) = 5.03 for 100 items.
    facts.claim("a/one", "sums", 50.0, n_items=100, stderr=6.0, stderr_method="sample")


def _small_error(facts: Facts) -> None:
    # At least about sqrt(50 * 50 / 100) = 5 for 100 right or wrong items.
    facts.claim("a/one", "sums", 50.0, n_items=100, stderr=0.5, stderr_method="sample")


def _interval_elsewhere(facts: Facts) -> None:
    facts.claim("a/one", "sums", 50.0, interval_lower=51.0, interval_upper=60.0, interval_level=0.95)


def _outside(facts: Facts) -> None:
    facts.claim("a/one", "sums", 101.0)


def _spelling(facts: Facts) -> None:
    facts.model("one-7b-chat", review_state="unreviewed")
    facts.model("a/One-7B_chat")
    for model in ("one-7b-chat", "a/One-7B_chat"):
        facts.claim(model, "sums", 40.0, source_id=facts.source(model))


def _no_common_item(facts: Facts) -> None:
    for number, first in enumerate((0, 0, 10)):
        run = facts.run(f"a/m{number}", "sums", source_id=facts.source(f"log {number}"))
        facts.score(run, 50.0)
        facts.outcomes(run, [1, 0], first=first)


def _surplus(facts: Facts) -> None:
    run = facts.run("a/one", "sums")
    facts.score(run, 50.0, n_items=2)
    facts.outcomes(run, [1, 0, 1, 0])


def _other_mean(facts: Facts) -> None:
    run = facts.run("a/one", "sums")
    facts.score(run, 75.0, n_items=4)
    facts.outcomes(run, [1, 0, 1, 0])


def _future(facts: Facts) -> None:
    facts.claim("a/one", "sums", 50.0, source_id=facts.source("tomorrow", published_on=date(2026, 1, 1)))


def _before_the_model(facts: Facts) -> None:
    facts.claim("a/one", "sums", 50.0, ran_at=datetime(2024, 12, 1, tzinfo=UTC))


def _published_before_the_run(facts: Facts) -> None:
    facts.claim("a/one", "sums", 50.0, source_id=facts.source("early", published_on=date(2025, 2, 1)), ran_at=RAN)


def _window(facts: Facts) -> None:
    facts.claim(
        "a/one", "sums", 50.0, protocol={"window_start_on": date(2025, 2, 1), "window_end_on": date(2025, 1, 1)}
    )


def _late_item(facts: Facts) -> None:
    run = facts.run("a/one", "sums", ran_at=RAN)
    facts.score(run, 50.0)
    facts.outcomes(run, [1, 0])
    for key, row in facts.rows["sample"].items():
        if key[0] == facts.rows["run"][run]["benchmark_id"]:
            row["dated_on"] = date(2025, 3, 20)


@pytest.mark.parametrize(
    ("fault", "check", "grade", "words"),
    [
        (_impossible, "granularity", ("error", "certain"), "no count of 30 items with 16 attempts each gives 72.6 %"),
        (_percent_as_fraction, "unit", ("error", "certain"), "all 3 values of accuracy on sums are given as fraction"),
        (_fraction_as_percent, "unit", ("error", "likely"), "values 100 times as large"),
        (_average_outside, "averages", ("error", "certain"), "lie between 50 and 70"),
        (_average_inside, "averages", ("warning", "likely"), "the mean 60, and 65 when weighted by items"),
        (_printed_average, "averages", ("warning", "likely"), "given as 30.2 %, but its 3 parts in the same source have the mean 30.0333"),
        (_subset_average, "averages", ("error", "certain"), "lie between 10 and 20"),
        (_contradiction, "repeated", ("error", "likely"), "from 40 % to 45 %, with nothing to tell them apart but their places: row 1; row 9"),
        (_duplicate, "repeated", ("warning", "certain"), "the same accuracy more than once, 2 rows"),
        (_large_error, "stderr", ("error", "certain"), "6 % is more than 50 % of 100 items can have, which is 5.02519 %"),
        (_small_error, "stderr", ("warning", "likely"), "which is 5 % (if items had one attempt each)"),
        (_interval_elsewhere, "stderr", ("error", "certain"), "the interval 51 to 60 does not hold the value 50 %"),
        (_outside, "bounds", ("error", "certain"), "101 is above 100 percent"),
        (_spelling, "spelling", ("warning", "likely"), "one-7b-chat (1 score) and a/One-7B_chat (1 score)"),
        (_no_common_item, "items", ("warning", "likely"), "of 3 runs with outcomes (2 items each), 1 have no item in common"),
        (_surplus, "items", ("warning", "certain"), "4 items have outcomes, but the claim counts 2"),
        (_other_mean, "outcomes", ("error", "likely"), "given as 75 %, but its 4 items average to 50 %"),
        (_future, "dates", ("error", "certain"), "published on 2026-01-01, but imported on 2025-04-01 already"),
        (_before_the_model, "dates", ("warning", "possible"), "released on 2025-01-01, but ran on 2024-12-01"),
        (_published_before_the_run, "dates", ("error", "likely"), "run on 2025-02-20, but published on 2025-02-01"),
        (_window, "dates", ("error", "certain"), "a window of items from 2025-02-01 to 2025-01-01"),
        (_late_item, "dates", ("error", "likely"), "2 outcomes on items dated as late as 2025-03-20, but run on 2025-02-20"),
    ],
)  # fmt: skip
def test_one_fault_is_one_finding(
    ask: Ask, fault: Callable[[Facts], None], check: str, grade: tuple[str, str], words: str
) -> None:
    """A fault added to a sound database is found by one check, once, with its numbers in the words."""
    facts = sound()
    fault(facts)
    (found,) = findings(ask(facts))
    assert (found.check, found.severity, found.certainty) == (check, *grade)
    assert words in found.statement
    assert found.n_rows >= 1


def test_outcomes_of_no_item_are_found(ask: Ask) -> None:
    """An outcome whose number is no item of the run's benchmark cannot be joined to anything."""
    facts = sound()
    run = facts.run("a/one", "sums")
    facts.score(run, 50.0)
    facts.outcomes(run, [1, 0])
    facts.rows["sample"] = {
        key: row
        for key, row in facts.rows["sample"].items()
        if key[1] != 1 or row["benchmark_id"] != facts.rows["run"][run]["benchmark_id"]
    }
    (found,) = findings(ask(facts))
    assert (found.check, found.severity) == ("items", "error")
    assert "1 of 2 outcomes belong to no item" in found.statement  # fmt: skip


def _random_runs(facts: Facts, random: Random, name: str) -> dict[str, list[set[int]]]:
    """Add runs on a benchmark that hold all items, all but the last, some, or one of their own; return the items of each by model and metric."""
    facts.benchmark(name)
    n_items = random.choice([5, 8])
    held: dict[str, list[set[int]]] = {}
    for number in range(random.choice([2, 3, 4])):
        run = facts.run(f"a/m{number}", name, source_id=facts.source(f"log {number}"))
        items = random.choice([range(n_items), range(n_items - 1), random.sample(range(n_items), 3), [100 + number]])
        for metric in random.choice([("accuracy",), ("accuracy", "f1")]):
            facts.score(run, 50.0, metric)
            for item in sorted(items):
                facts.outcomes(run, [1], metric=metric, first=item)
            held.setdefault(f"a/m{number}", []).append(set(items))
    return held


def _unknown_items(name: str, held: dict[str, list[set[int]]], gone: int | None) -> set[tuple[str, str]]:
    return {
        (name, f"{model} on {name}: 1 of {len(items)} outcomes belong to no item of the benchmark")
        for model, metrics in held.items()
        for items in metrics
        if gone in items
    }


def _apart(name: str, held: dict[str, list[set[int]]]) -> set[tuple[str, str]]:
    runs = [set().union(*metrics) for metrics in held.values()]
    shared = [len(own & set().union(*runs[:at], *runs[at + 1 :])) for at, own in enumerate(runs)]
    n_alone, n_partly = shared.count(0), sum(0 < n < len(own) for n, own in zip(shared, runs, strict=True))
    told = [f"{n_alone} have no item in common with any other run"] * (n_alone > 0)
    told += [f"{n_partly} have items that no other run has"] * (n_partly > 0)
    sizes = sorted({len(own) for own in runs})
    size = f"{sizes[0]}" if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]}"
    text = f"{name}: of {len(runs)} runs with outcomes ({size} items each), {' and '.join(told)}"
    return {(name, f"{text}, so they cannot be paired item by item")} if told else set()


@pytest.mark.parametrize("draw", range(6))
def test_items_are_found_as_sets_of_them_say(ask: Ask, draw: int) -> None:
    """What is said of unknown items and of runs that share too few follows from the sets of their items, whatever their numbers are."""
    random = Random(draw)  # noqa: S311 — made-up runs
    facts = sound()
    expected: set[tuple[str, str]] = set()
    for name, gone in (("sums", None), ("logic", 1), ("sorts", 4)):
        held = _random_runs(facts, random, name)
        expected |= _unknown_items(name, held, gone) | _apart(name, held)
        facts.rows["sample"].pop((text_key("benchmark", name), gone), None)
    found = doctor(ask(facts), Filters(), ["items"]).findings
    assert {(each.benchmark, each.statement) for each in found} == expected
    assert expected


def test_what_may_well_be_is_not_found(ask: Ask) -> None:
    """Approximate values, aggregates, several attempts that nobody states, one odd value and named reruns are no faults."""
    facts = sound()
    facts.claim("a/one", "sums", 72.6, decimals=1, n_items=30, is_approximate=True)
    facts.claim("a/one", "logic", 72.6, decimals=1, n_items=30, is_aggregate=True)
    facts.benchmark("thirty", n_items=30)
    facts.claim("a/one", "thirty", 72.6, decimals=1)
    facts.claim("a/one", "hard", 0.4, decimals=1)
    facts.claim("a/one", "pooled", 50.0, n_items=100, stderr=30.0, stderr_method="clustered")
    assert findings(ask(facts)) == []


def test_the_seed_is_possible_with_64_attempts_and_not_with_16(ask: Ask) -> None:
    """No k of 480 prints as 72.6 % (348 is 72.50, 349 is 72.71), but 1393 of 1920 does; the other values of the table are possible."""
    (found,) = [each for each in findings(ask(seed())) if each.check == "granularity"]
    assert found.model == R1_32
    assert found.benchmark == "aime-2024"
    assert found.sources == ("1.4 Million",)
    assert "348 is 72.50 %" in found.statement
    assert "349 is 72.71 %" in found.statement
    assert found.statement.endswith("possible with 32, 64 attempts an item")


def test_filters_and_names_restrict_the_question(ask: Ask) -> None:
    """Only the claims asked for are checked, by the checks asked for."""
    connection = ask(seed())
    assert doctor(connection, Filters(models=(AM_32,)), ("granularity",)).findings == ()
    found = doctor(connection, Filters(models=(R1_32,)), ("granularity", "dates"))
    assert [each.check for each in found.findings] == ["granularity"]
    assert [each.name for each in found.checks] == ["dates", "granularity"]
    with pytest.raises(ConfigError, match='no check is called "x"; there are: averages, bounds'):
        doctor(connection, Filters(), ("x",))
    with pytest.raises(UnknownNameError):
        doctor(connection, Filters(models=("nobody",)))


def test_a_limit_counts_what_it_hides(ask: Ask) -> None:
    """Of three findings one is shown, and the note says how many are not."""
    facts = Facts()
    facts.metric("accuracy", lower_bound=0.0, upper_bound=100.0)
    for benchmark in ("x1", "x2", "x3"):
        facts.claim("a/one", benchmark, 101.0)
    found = doctor(ask(facts), Filters(), limit=1)
    assert (len(found.findings), found.notes[-1]) == (
        1, "bounds: 2 findings beyond the limit of 1 are not shown; --limit shows more.",
    )  # fmt: skip


def test_the_order_of_rows_does_not_matter(db: Engine, ask: Ask) -> None:
    """Rows written backwards give the same findings in the same order."""
    facts = seed()
    _spelling(facts)
    _contradiction(facts)
    found = findings(ask(facts, backwards=True))
    assert [each.check for each in found] == ["granularity", "repeated", "spelling"]
    assert found[1].score_ids == tuple(sorted(found[1].score_ids, key=int))
    assert db.dialect.name in {"duckdb", "postgresql"}


def aider_findings(db: Engine, path: Path) -> list[tuple[str, str | None, str | None]]:
    """Return check, model and metric of what doctor finds in an imported board beside the seeds' catalogue."""
    database = Database(db)
    database.seed()
    assert database.ingest(path).n_failed == 0
    found = database.doctor(sources=[path.name])
    assert all(path.name in each.sources for each in found if each.sources)
    return [(each.check, each.model, each.metric) for each in found]


def test_a_board_whose_rate_does_not_match_its_count(db: Engine, data: Path) -> None:
    """138 of 225 is 61.33 %, not 61.8 %, although 139 would be; the other five rates match."""
    board = data / "aider" / "0.82" / "counted_leaderboard.yml"
    assert aider_findings(db, board) == [("granularity", "toy-b", "pass_rate_2")]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # 61.7 % of 224: 138 is 61.61 and prints as 61.6, the stated count 139 is 62.05.
        ("o1_polyglot_leaderboard.yml", [("granularity", "openai/o1-2024-12-17[high]", "pass_rate_2")]),
        ("r1_architect.yml", [("granularity", "openai/o1-2024-12-17", "pass_rate_2")]),
        ("qwen3_leaderboard.yml", []),
    ],
)
def test_the_polyglot_boards(db: Engine, shared_samples: Path, name: str, expected: list[tuple[str, str, str]]) -> None:
    """The one row of aider's polyglot boards whose rate does not match its counts is found, and no other row."""
    found = aider_findings(db, shared_samples / "aider" / name)
    assert [each for each in found if each[0] != "repeated"] == expected
