"""What every group of questions stands on."""

from __future__ import annotations

import inspect
from functools import wraps
from typing import TYPE_CHECKING, Any

from benchdb.api.result import Result

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine


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
        result = method(self, *positional, **keywords)
        if isinstance(result, Result):
            from benchdb.api.question import Question, known_until

            defaults = {name: each.default for name, each in signature.parameters.items()}
            given = {name: value for name, value in keywords.items() if name not in defaults or value != defaults[name]}
            with self.engine.connect() as connection:
                moment = known_until(connection)
            result.question = Question(
                method=method.__name__, positional=positional, keywords=given, known_until=moment
            )
        return result

    ask.is_question = True  # type: ignore[attr-defined]  # what may be asked again from a file
    return ask
