"""Checking over HTTP a chart that somebody has: a specification in, what differs out."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from benchdb.api.origin import noted_origin
from benchdb.api.question import Question, known_until
from benchdb.errors import ChartError, ConfigError
from benchdb.site.server.answers import answer_of
from benchdb.site.server.charts import CHARTS
from benchdb.site.server.limits import LARGEST_PAGE, MOST_PAIRED, NAME_LENGTH, NAMES
from benchdb.site.server.problems import ProblemError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchdb.api import Database

METHODS = frozenset(chart.method for chart in CHARTS)
"""Questions whose charts are checked."""


def verified(database: Database, specification: Any) -> dict[str, Any]:
    """Return in what a specification departs from the database; no rows are a chart that is derived again exactly.

    The question is asked that the specification notes, within the limits that a question by address has.

    Args:
        database: An open database.
        specification: A Vega-Lite specification, or anything else that somebody sent.

    Raises:
        ProblemError: If it carries no question of ours, one beyond the limits, or one that cannot be drawn.
    """
    try:
        asked = Question.from_json(noted_origin(specification)["question"])
        refuse(asked)
        found = answer_of(database.verify(specification))
    except (ChartError, ConfigError) as error:
        raise ProblemError(400, "bad-chart", str(error)) from error
    except RecursionError as error:
        raise ProblemError(400, "bad-chart", "the specification is nested too deeply") from error
    kinds = Counter(row["kind"] for row in found.records)
    said = ", ".join(f"{n} {kind}" for kind, n in kinds.items()) or "derived again exactly"
    with database.engine.connect() as connection:
        moment = known_until(connection)
    head = {"notes": [f"{asked.method}: {said}."], "known_until": moment, "n_rows": len(found), "offset": 0}
    return {**found.head, **head, "rows": found.records[:LARGEST_PAGE]}


def refuse(asked: Question) -> None:
    """Refuse a question that goes beyond what an address may ask.

    Args:
        asked: The question that a specification notes.

    Raises:
        ChartError: If it does.
    """
    if asked.method not in METHODS:
        raise ChartError(f'the chart asks "{asked.method}"; the server checks charts of {", ".join(sorted(METHODS))}')
    if asked.keywords.get("all_pairs") and not 2 <= len(asked.positional) <= MOST_PAIRED:
        raise ChartError(
            f"the chart compares all pairs of {len(asked.positional) or 'all'} models; the server checks at most {MOST_PAIRED}"
            " that are named. Check it with benchdb verify."
        )
    for value in (asked.positional, *asked.keywords.values()):
        if isinstance(value, list | tuple | dict) and len(value) > NAMES:
            raise ChartError(f"the chart names {len(value)} things; the server checks at most {NAMES}. Check it with benchdb verify.")  # fmt: skip
        if any(len(text) > NAME_LENGTH for text in _texts(value)):
            raise ChartError(f"the chart holds a name of more than {NAME_LENGTH} characters")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple | dict):
        for each in value:
            yield from _texts(each)
