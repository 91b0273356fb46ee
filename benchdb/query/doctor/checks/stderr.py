"""Standard errors that are too large or too small to be one, and intervals that do not hold their value.

The variance of values between a and b with mean m is at most (b - m)(m - a) (Bhatia and Davis 2000; at most (b - a)^2 / 4, Popoviciu
1935), so the sample standard error over n items is at most sqrt((b - m)(m - a) / (n - 1)); n is 2 where the source states none or items
may be clustered or the run repeated. Where items are right or wrong and had one attempt each, the error over items is
sqrt(p (1 - p) / n) or, with divisor n - 1, a little more; less than 0.9 times that is no error over items. A tenth is allowed for either
way, for a bootstrap and for errors as printed. Aggregates and the mean of standard errors are not judged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, or_, select

from benchdb.query.doctor.contract import Check
from benchdb.query.doctor.facts import claims_with_facts, finding, printed, subject
from benchdb.rows.doctor import CERTAIN, ERROR, LIKELY, WARNING
from benchdb.schema.vocab import StderrMethod

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Row, Subquery

    from benchdb.query.filters import Scope
    from benchdb.rows.doctor import Finding

_NAME = "stderr"
_SLACK = 1.1
_TOO_SMALL = 0.9
_SPREAD_ELSEWHERE = (StderrMethod.CLUSTERED.value, StderrMethod.REPEATS.value)


def _find(connection: Connection, scope: Scope) -> Iterator[Finding]:
    for row in connection.execute(_select_odd(claims_with_facts(scope))):
        yield _judge(row)


def _select_odd(fact: Subquery) -> Any:
    is_share = fact.c.is_proportion.is_(True)
    least = func.coalesce(fact.c.lower_bound, case((is_share, 0.0)))
    most = func.coalesce(fact.c.upper_bound, case((is_share, fact.c.full * fact.c.factor)))
    mean, stderr = fact.c.value, fact.c.stated_stderr * fact.c.factor
    n = case((fact.c.stderr_method.in_(_SPREAD_ELSEWHERE), 2), (fact.c.n_items >= 2, fact.c.n_items), else_=2)
    room = (most - mean + fact.c.rounding) * (mean - least + fact.c.rounding)
    within = and_(mean >= least, mean <= most)
    greatest = case((within, func.sqrt(func.abs(room) / (n - 1))))
    one_attempt = func.coalesce(fact.c.samples_per_item, 1) == 1
    may_be_small = or_(fact.c.stderr_method.is_(None), fact.c.stderr_method == StderrMethod.SAMPLE.value)
    # The whole lies in the metric's unit; rounding can only make the true share more extreme, and the error smaller.
    inner = (most - mean - fact.c.rounding) * (mean - least - fact.c.rounding)
    smallest = case(
        (
            and_(is_share, within, one_attempt, may_be_small, fact.c.n_items >= 2, inner > 0),
            func.sqrt(func.abs(inner) / fact.c.n_items),
        )
    )
    held = select(
        fact, n.label("n"), stderr.label("error"), greatest.label("greatest"), smallest.label("smallest"),
    ).where(fact.c.is_aggregate.is_(False)).subquery("held")  # fmt: skip
    judged = func.coalesce(held.c.stderr_method, "") != StderrMethod.MEAN_OF_STDERRS.value
    return (
        select(held)
        .where(
            or_(
                and_(judged, held.c.error > _SLACK * held.c.greatest),
                and_(judged, held.c.error < _TOO_SMALL * held.c.smallest),
                held.c.stated_lower > held.c.stated_value,
                held.c.stated_upper < held.c.stated_value,
            )
        )
        .order_by(held.c.source, held.c.score_id)
    )


def _judge(row: Row[Any]) -> Finding:
    value = printed(row.stated_value, row.stated_unit, row.decimals)
    lower, upper = row.stated_lower, row.stated_upper
    outside = (lower is not None and lower > row.stated_value) or (upper is not None and upper < row.stated_value)
    if outside:
        ends = " to ".join("?" if end is None else f"{end:.6g}" for end in (lower, upper))
        return finding(
            _NAME, (ERROR, CERTAIN), row, f"{subject(row)}: the interval {ends} does not hold the value {value}"
        )
    error = printed(row.stated_stderr, row.stated_unit)
    if row.greatest is not None and row.error > _SLACK * row.greatest:
        basis = f"{row.n_items} items" if row.n == row.n_items else "even two items"
        most = printed(row.greatest / row.factor, row.stated_unit)
        statement = (
            f"{subject(row)}: a standard error of {error} is more than {value} of {basis} can have, which is {most}"
        )
        return finding(_NAME, (ERROR, CERTAIN if row.stderr_method else LIKELY), row, statement)
    usual = printed(row.smallest / row.factor, row.stated_unit)
    assumed = "" if row.samples_per_item == 1 else " (if items had one attempt each)"
    statement = (
        f"{subject(row)}: a standard error of {error} is less than {value} of {row.n_items} right or wrong items has, "
        f"which is {usual}{assumed}"
    )
    return finding(_NAME, (WARNING, LIKELY), row, statement)


CHECK = Check(name=_NAME, find=_find)
