"""Names that would do harm, break a layout or be taken for another where they are not treated as plain text."""

from __future__ import annotations

from datetime import date

from tests.query.facts import Facts

NAMES = (
    "<script>alert(1)</script>",
    '"><img src=x onerror="alert(2)">',
    "' onmouseover='alert(3)' x='",
    "</script><svg onload=alert(4)>",
    "\u202egnp.live\u202c",
    "🧨 نموذج 模型",
    "n" * 300,
    "{{7*7}} ${7*7} <%= 7*7 %>",
    "=1+1",
    "\x1b]8;;http://outside.example\x07link\x1b]8;;\x07",
    "javascript:alert(5)",
    "../../etc/passwd",
    "Camel",
    "camel",
    "a|b,c;d\te%2Fe?f=g&h#i",
)
"""One model, benchmark, metric, maker and source is called each of them."""
ADDRESSES = (
    "javascript:alert(6)",
    "data:text/html,<script>alert(7)</script>",
    "//outside.example/",
    'http://outside.example/"><b>',
)
"""Addresses of the sources, in turn."""


def hostile_facts() -> Facts:
    """Return fifteen models on fifteen benchmarks and on a common one, every text of which attacks."""
    facts = Facts()
    facts.benchmark("common", name="Common <b>bold</b>")
    for number, name in enumerate(NAMES):
        facts.model(
            name,
            name=name,
            family=name,
            parameters_label=name,
            n_parameters=(number + 1) * 10**9,
            organization_id=facts.organization(name),
            released_on=date(2024, 1 + number % 12, 1),
            is_open_weights=bool(number % 2),
        )
        maker, metric = facts.organization(name), facts.metric(f"m{name}")
        facts.rows["organization"][maker]["name"] = facts.rows["metric"][metric]["name"] = name
        facts.benchmark(f"b{name}", name=name, category=name, metric=f"m{name}")
        source = facts.source(name, url=ADDRESSES[number % len(ADDRESSES)], published_on=date(2025, 1, 1 + number))
        facts.claim(name, "common", 40.0 + number, source_id=source, place=name, n_items=100, decimals=1)
        facts.claim(
            name,
            f"b{name}",
            50.0 + number,
            metric=f"m{name}",
            source_id=source,
            subset=name,
            protocol={"variant": name},
        )
        facts.claim(name, f"b{name}", 30.0 + number, metric=f"m{name}", source_id=source, place=name)
    return facts
