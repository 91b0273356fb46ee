"""What every group of questions stands on."""

from __future__ import annotations

import inspect
from functools import partial, wraps
from typing import TYPE_CHECKING, Any, TypeVar

from benchdb.api.result import Result

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Engine


T = TypeVar("T")
_MOST_TIMES = 5
"""Times that a question is asked again before its answer is taken as it is: somebody imports without a pause."""


class Asking:
    """Something with an open engine to ask.

    Every public method of a direct subclass is a question: its result remembers the call (`Result.question`), so that a chart of it
    can say what it answers and be derived again.
    """

    engine: Engine
    """The database."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if Asking not in cls.__bases__:
            return
        for name, method in list(vars(cls).items()):
            if inspect.isfunction(method) and not name.startswith("_"):
                setattr(cls, name, _remembered(method))


def _remembered(method: Callable[..., Any]) -> Callable[..., Any]:
    signature = inspect.signature(method)

    @wraps(method)
    def ask(self: Asking, *positional: Any, **keywords: Any) -> Any:
        result, moment = ask_twice(self.engine, partial(_answer, self, partial(method, self, *positional, **keywords)))
        if isinstance(result, Result):
            from benchdb.api.question import Question

            defaults = {name: each.default for name, each in signature.parameters.items()}
            given = {name: value for name, value in keywords.items() if name not in defaults or value != defaults[name]}
            result.question = Question(
                method=method.__name__, positional=positional, keywords=given, known_until=moment
            )
        return result

    ask.is_question = True  # type: ignore[attr-defined]  # what may be asked again from a file
    return ask


def ask_twice(engine: Engine, ask: Callable[[], T]) -> T:
    """Return the answer to what changes nothing, asked once more where the server ends its session.

    Args:
        engine: The database.
        ask: Asks it.

    Raises:
        DatabaseLostError: If that happens again.
    """
    from benchdb.database.revision import place_of
    from benchdb.database.trouble import losses_named
    from benchdb.errors import DatabaseLostError

    asked = losses_named(place_of(engine))(ask)
    try:
        return asked()
    except DatabaseLostError:
        return asked()


def _answer(asking: Asking, method: Callable[[], Any]) -> tuple[Any, datetime | None]:
    """Return what a question gives and the last moment that the database knew of then.

    Nobody else writes to a DuckDB file that is open here. On PostgreSQL somebody may import between the two: then the question is
    asked again, so that a chart never claims to know what its numbers do not.
    """
    is_alone = asking.engine.dialect.name == "duckdb"
    before = None if is_alone else _moment(asking)
    result = method()
    if not isinstance(result, Result):
        return result, None
    after = _moment(asking)
    n_left = 0 if is_alone else _MOST_TIMES
    while before != after and n_left:
        before, result, after, n_left = after, method(), _moment(asking), n_left - 1
    return result, after


def _moment(asking: Asking) -> datetime | None:
    from benchdb.api.question import known_until

    with asking.engine.connect() as connection:
        return known_until(connection)
