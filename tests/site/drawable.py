"""A database small enough to read of which every kind of chart can be drawn."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from tests.query.facts import Facts


def drawable_facts() -> Facts:
    """Return six models with sizes and dates on two benchmarks, one with ten attempts at twelve items, and nine nightly runs of one."""
    facts = Facts()
    for number in range(6):
        slug = f"{'blue' if number % 4 > 1 else 'red'}/m{number}"
        facts.model(
            slug,
            n_parameters=(number + 1) * 10**9,
            parameters_label=f"{number + 1}B",
            released_on=date(2024, 1 + number, 1),
            is_open_weights=bool(number % 2),
            family=slug.partition("/")[0],
        )
        for benchmark, value in (("quiz", 40.0 + 5 * number), ("maze", 70.0 - 3 * number)):
            facts.claim(slug, benchmark, value, n_items=400, decimals=1)
        for place, title in enumerate(("report", "blog", "card", "post", "rerun"), start=1):
            source = facts.source(title, published_on=date(2025, place, 1))
            facts.claim(slug, "quiz", 40.0 + 5 * number + place, n_items=400, decimals=1, source_id=source)
        run = facts.run(slug, "code")
        correct = [(item * 3 + number * 2) % 11 for item in range(12)]
        facts.score(run, sum(correct) / 120, unit="fraction")
        facts.outcomes(run, correct, attempts=10)
    for night in range(9):
        at = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=night)
        facts.claim(
            "red/m0", "nightly", 60.0 + (4.0 if night > 4 else 0.0) + night % 2, ran_at=at, n_items=400, decimals=1
        )
    return facts
