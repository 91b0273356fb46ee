"""The first of some rows in an order, found as each engine finds it soonest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.sql.compiler import SQLCompiler


class FirstInOrder(FunctionElement[Any]):
    """An aggregate: the value in the first row of its group.

    DuckDB keeps the least row so far, where an array of all rows would be sorted to take its first element.

    Args:
        value: What is returned; it is not NULL.
        *order: What rows are sorted by, without ties.
    """

    name = "first_in_order"
    inherit_cache = True

    def __init__(self, value: ColumnElement[Any], *order: ColumnElement[Any]) -> None:
        super().__init__(aggregate_order_by(value, *order))
        self.type = value.type


@compiles(FirstInOrder, "duckdb")
def _on_duckdb(element: FirstInOrder, compiler: SQLCompiler, **options: Any) -> str:
    return f"first({compiler.process(element.clauses, **options)})"


@compiles(FirstInOrder)
def _on_postgresql(element: FirstInOrder, compiler: SQLCompiler, **options: Any) -> str:
    return f"(array_agg({compiler.process(element.clauses, **options)}))[1]"
