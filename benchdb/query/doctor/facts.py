"""What every check reads: the claims that count, with all that is stated about them, and the words for a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, case, cast, func, literal, select

from benchdb.query.stated import select_claims, unit_factor
from benchdb.query.tables import BENCHMARK, METRIC, MODEL, PROTOCOL, RUN, SCORE, SOURCE
from benchdb.rows.doctor import Finding
from benchdb.schema.vocab import ScoreUnit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Row, Subquery

    from benchdb.query.filters import Scope

MOST_KEYS = 20
"""Most claims that a finding names."""
NOISE = 1e-9
"""Share of a value that is arithmetic, not data."""
_FRACTION, _PERCENT = ScoreUnit.FRACTION.value, ScoreUnit.PERCENT.value


def claims_with_facts(scope: Scope) -> Subquery:
    """Return every claim in scope that counts, with the facts of its run, source, model, benchmark and metric.

    Grain: one row per score. `value` and `rounding` are in the metric's unit; `full` is what a whole is in the stated one.

    Args:
        scope: What the question is about.
    """
    stated = (
        select_claims(scope)
        .add_columns(
            RUN.c.source_id, RUN.c.protocol_id, RUN.c.label, RUN.c.raw, PROTOCOL.c.extraction, PROTOCOL.c.item_limit,
            PROTOCOL.c.window_start_on, PROTOCOL.c.window_end_on, SCORE.c.is_aggregate, SCORE.c.stderr_method, SCORE.c.metric_label,
            SCORE.c.place, SCORE.c.ingest_id,
            func.coalesce(SOURCE.c.title, SOURCE.c.url, literal("a source without a title")).label("source"),
            SOURCE.c.published_on, MODEL.c.slug.label("model"), MODEL.c.released_on, BENCHMARK.c.slug.label("benchmark"),
            BENCHMARK.c.n_items.label("benchmark_items"), BENCHMARK.c.parent_id, METRIC.c.slug.label("metric"),
            METRIC.c.is_proportion, METRIC.c.lower_bound, METRIC.c.upper_bound, METRIC.c.k,
        )
        .join(MODEL, MODEL.c.model_id == RUN.c.model_id)
        .join(BENCHMARK, BENCHMARK.c.benchmark_id == RUN.c.benchmark_id)
        .subquery("stated")
    )  # fmt: skip
    factor = unit_factor(stated)
    full = case((stated.c.stated_unit == _PERCENT, 100.0), (stated.c.stated_unit == _FRACTION, 1.0))
    half = case((stated.c.decimals.is_(None), 0.0), else_=0.5 * func.power(10.0, -stated.c.decimals))
    return select(
        stated,
        factor.label("factor"),
        full.label("full"),
        (stated.c.stated_value * factor).label("value"),
        (half * factor).label("rounding"),
    ).subquery("fact")


def keys_of(fact: Subquery) -> ColumnElement[str]:
    """Return the keys of grouped claims as one text, separated by commas.

    Args:
        fact: Claims.
    """
    return func.aggregate_strings(cast(fact.c.score_id, Text), ",")


def split_keys(text: str) -> list[str]:
    """Return the keys in such a text, in order.

    Args:
        text: Keys separated by commas.
    """
    return sorted(text.split(","), key=int)


def printed(value: float, unit: str | None, decimals: int | None = None) -> str:
    """Return a value as its source prints it.

    Args:
        value: The value in its stated unit.
        unit: That unit.
        decimals: Decimals as printed.
    """
    text = f"{value:.6g}" if decimals is None else f"{value:.{decimals}f}"
    return f"{text} %" if unit == _PERCENT else text


def finding(  # noqa: PLR0913 - each says one thing about a finding
    check: str,
    grade: tuple[str, str],
    row: Row[Any],
    statement: str,
    *,
    keys: Sequence[str] | None = None,
    n_rows: int | None = None,
    many_models: bool = False,
    see: str | None = None,
) -> Finding:
    """Return a finding about the claim, or the group of claims, of a row.

    Args:
        check: Name of the check.
        grade: Severity and certainty.
        row: A row with what `claims_with_facts` calls `benchmark`, `subset`, `metric` and `source`, and for a single model `model`
            and `variant`.
        statement: What is wrong.
        keys: Claims concerned; by default the row's own.
        n_rows: Rows concerned; by default as many as keys.
        many_models: Whether several models are concerned.
        see: A command that shows them; by default one that traces the first claim.
    """
    held = row._mapping
    found = list(keys) if keys is not None else [str(row.score_id)]
    variant = held.get("variant")
    model = None if many_models else f"{row.model}[{variant}]" if variant else row.model
    return Finding(
        check=check,
        severity=grade[0],
        certainty=grade[1],
        statement=statement,
        model=model,
        benchmark=f"{row.benchmark}[{held['subset']}]" if held.get("subset") else row.benchmark,
        metric=held.get("metric"),
        sources=(row.source,),
        score_ids=tuple(found[:MOST_KEYS]),
        n_rows=len(found) if n_rows is None else n_rows,
        see=see or f"benchdb trace {found[0]}",
    )


def subject(row: Row[Any]) -> str:
    """Return what a claim is about, in words.

    Args:
        row: A claim with its facts.
    """
    variant = f"[{row.variant}]" if row.variant else ""
    subset = f"[{row.subset}]" if row.subset else ""
    return f"{row.model}{variant} on {row.benchmark}{subset}"
