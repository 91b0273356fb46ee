"""Files made bad by their structure: trees and tables of real files, in which parts are replaced, removed, doubled, moved or nested.

One way of doing it, driven by whoever chooses: a `random.Random` in the long run, Hypothesis in the property test.
"""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")
TWICE = "@@TWICE@@"
"""Before a key that is to stand there a second time."""
_DEEP = (3, 70, 600)
_LARGEST_COPY = 2_000
"""Containers of more parts are not copied to another place."""


class Choices(Protocol):
    """Whoever chooses."""

    def pick(self, options: Sequence[T], /) -> T:
        """Return one of the options."""

    def value(self) -> object:
        """Return a value as JSON has it, of any kind."""


def reshape(choices: Choices, tree: Any) -> Any:
    """Return a tree of JSON after some changes to it.

    Args:
        choices: Whoever chooses.
        tree: The tree; it is changed.
    """
    holder = [tree]
    for _ in range(choices.pick((1, 1, 2, 3, 8))):
        parent, key = _place(choices, holder)
        choices.pick(_WAYS)(choices, parent, key, holder)
    return holder[0]


def reshape_rows(choices: Choices, rows: list[list[str]]) -> list[list[str]]:
    """Return a table after some changes to its cells, rows and columns.

    Args:
        choices: Whoever chooses.
        rows: The rows, the header first; they are changed.
    """
    for _ in range(choices.pick((1, 1, 2, 3, 8))):
        if rows:
            choices.pick(_ROW_WAYS)(choices, rows, choices.pick(rows))
    return rows


def _change_cell(choices: Choices, _rows: list[list[str]], row: list[str]) -> None:
    if row:
        row[choices.pick(range(len(row)))] = _as_cell(choices.value())


def _change_heading(choices: Choices, rows: list[list[str]], _row: list[str]) -> None:
    if rows[0]:
        rows[0][choices.pick(range(len(rows[0])))] = choices.pick((*rows[0], _as_cell(choices.value())))


def _drop_row(_choices: Choices, rows: list[list[str]], row: list[str]) -> None:
    rows.remove(row)


def _double_row(choices: Choices, rows: list[list[str]], row: list[str]) -> None:
    rows[1:1] = [list(row) for _ in range(choices.pick((1, 2, 40)))]


def _swap_rows(choices: Choices, rows: list[list[str]], row: list[str]) -> None:
    other = choices.pick(rows)
    row[:], other[:] = other[:], row[:]


def _break_row(choices: Choices, _rows: list[list[str]], row: list[str]) -> None:
    row[:] = choices.pick((row[:-1], [*row, ""], [*row, *row], []))


def _change_column(choices: Choices, rows: list[list[str]], row: list[str]) -> None:
    """Drop a column, fill it with one value, double it or put it first."""
    at = choices.pick(range(max(len(row), 1)))
    value = _as_cell(choices.value())
    way = choices.pick(("drop", "fill", "double", "first", "first"))
    for number, each in enumerate(rows):
        if at >= len(each):
            continue
        if way == "fill":
            each[at] = each[at] if number == 0 else value
        elif way == "double":
            each.insert(at, each[at])
        else:
            cell = each.pop(at)
            each[:] = [cell, *each] if way == "first" else each


def _as_cell(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str)


def _place(choices: Choices, holder: list[Any]) -> tuple[Any, Any]:
    """Return a container of the tree and a key of it, reached by a walk from the root."""
    parent: Any = holder
    key: Any = 0
    while isinstance(parent[key], dict | list) and parent[key] and choices.pick((True,) * 6 + (False,)):
        parent = parent[key]
        key = choices.pick(list(parent)) if isinstance(parent, dict) else choices.pick(range(len(parent)))
    return parent, key


def _replace(choices: Choices, parent: Any, key: Any, _holder: list[Any]) -> None:
    parent[key] = choices.value()


def _change_kind(choices: Choices, parent: Any, key: Any, _holder: list[Any]) -> None:
    """Say the same in another kind of value."""
    old = parent[key]
    ways: list[Callable[[], object]] = [
        lambda: [old],
        lambda: {str(key): old},
        lambda: str(old),
        lambda: old is not None,
    ]
    if isinstance(old, dict):
        ways += [lambda: list(old.values()), lambda: list(old.items())]
    if isinstance(old, list):
        ways += [lambda: dict(enumerate(old)), lambda: old[0] if old else None]
    if isinstance(old, int | float) and not isinstance(old, bool):
        ways += [lambda: -old, lambda: old * 10**12, lambda: float(old), lambda: f"{old}%", lambda: old + 0.5]
    parent[key] = choices.pick(ways)()


def _remove(_choices: Choices, parent: Any, key: Any, holder: list[Any]) -> None:
    if parent is not holder:
        del parent[key]


def _empty(_choices: Choices, parent: Any, key: Any, _holder: list[Any]) -> None:
    parent[key] = type(parent[key])() if parent[key] is not None else {}


def _double(choices: Choices, parent: Any, key: Any, _holder: list[Any]) -> None:
    """Let an element of a list stand there several times, or a key twice."""
    if isinstance(parent, list):
        parent[key:key] = (
            [copy.deepcopy(parent[key]) for _ in range(choices.pick((1, 2, 30)))] if _is_small(parent[key]) else []
        )
    else:
        parent[f"{TWICE}{key}"] = choices.pick((parent[key], choices.value()))


def _move(choices: Choices, parent: Any, key: Any, holder: list[Any]) -> None:
    """Put a copy of another part of the tree here."""
    other, name = _place(choices, holder)
    if _is_small(other[name]):
        parent[key] = copy.deepcopy(other[name])


def _swap(choices: Choices, parent: Any, key: Any, _holder: list[Any]) -> None:
    other = choices.pick(list(parent)) if isinstance(parent, dict) else choices.pick(range(len(parent)))
    parent[key], parent[other] = parent[other], parent[key]


def _rename(choices: Choices, parent: Any, key: Any, _holder: list[Any]) -> None:
    if isinstance(parent, dict):
        parent[
            str(
                choices.pick(
                    (f"{key} ", f"{key}_2", str(key).upper(), "", *map(str, parent), _as_cell(choices.value()))
                )
            )
        ] = parent.pop(key)


def _nest(choices: Choices, parent: Any, key: Any, _holder: list[Any]) -> None:
    is_list = choices.pick((True, False))
    for _ in range(choices.pick(_DEEP)):
        parent[key] = [parent[key]] if is_list else {"a": parent[key]}


def _is_small(part: Any) -> bool:
    return not isinstance(part, dict | list) or (len(part) <= _LARGEST_COPY and len(repr(part)) <= 50 * _LARGEST_COPY)


_WAYS: tuple[Callable[[Choices, Any, Any, list[Any]], None], ...] = (
    _replace, _replace, _replace, _change_kind, _change_kind, _change_kind, _remove, _remove, _empty, _double, _double, _move, _move, _swap, _rename, _rename, _nest,
)  # fmt: skip
_ROW_WAYS: tuple[Callable[[Choices, list[list[str]], list[str]], None], ...] = (
    _change_cell, _change_cell, _change_cell, _change_heading, _drop_row, _double_row, _swap_rows, _break_row, _change_column, _change_column,
)  # fmt: skip
