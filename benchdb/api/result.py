"""What every question returns: typed rows that print, show in notebooks, and hand themselves to other libraries."""

from __future__ import annotations

import html
import types
import typing
from dataclasses import fields
from datetime import date, datetime
from functools import partial, wraps
from itertools import islice
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import altair as alt
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from benchdb.api.question import Question

RowT = TypeVar("RowT")
_BATCH = 65_536


class Result(Generic[RowT]):
    """Rows of one question with the notes a reader must know.

    Iterating yields the rows; `str()` prints a table; a notebook shows HTML. Through the Arrow PyCapsule interface
    (`__arrow_c_stream__`) pandas, polars, pyarrow and DuckDB take the rows without a copy in between. A chart of a result
    carries the question, the policy and the claims behind it in its `usermeta`.
    """

    question: Question | None = None
    """The question as it was asked; None for a result that no database gave."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "chart" in vars(cls):
            cls.chart = _noted(cls.chart)  # type: ignore[method-assign]  # every chart of a result carries its origin

    def __init__(self, rows: tuple[RowT, ...], row_type: type[Any], *, title: str, notes: tuple[str, ...] = ()) -> None:
        self.rows = rows
        self.row_type = row_type
        self.title = title
        self.notes = notes

    def __iter__(self) -> typing.Iterator[RowT]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, position: int) -> RowT:
        return self.rows[position]

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return headings and lines for people to read, every value as text."""
        message = f"{type(self).__name__} has no table"
        raise TypeError(message)

    def chart(self, **_options: Any) -> alt.TopLevelMixin:
        """Return an Altair chart of the rows.

        Every chart takes `size`: "screen", or "single-column", "double-column" or "slide" for a picture of that width.

        Raises:
            ChartError: If this question has no chart of its own.
        """
        from benchdb.errors import ChartError

        raise ChartError(f"{self.title}: this question has no chart of its own; benchdb chart --help lists the charts")

    def origin(self, options: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return where the numbers come from, as a chart carries it: question, policy, revision, keys of the claims.

        Args:
            options: Options that the chart is drawn with.
        """
        from benchdb.api.origin import origin

        return origin(self, options or {})

    def records(self) -> list[dict[str, Any]]:
        """Return the rows as flat dictionaries of plain values, one per row of `row_type`."""
        names = [field.name for field in fields(self.row_type)]
        return [{name: getattr(row, name) for name in names} for row in self._flat_rows()]

    def to_arrow(self) -> pa.Table:
        """Return the rows as an Arrow table, with a column for each field of `row_type`."""
        import pyarrow as pa

        schema = arrow_schema(self.row_type)
        rows = iter(self._flat_rows())
        batches = []
        while part := list(islice(rows, _BATCH)):
            columns = [pa.array([getattr(row, field.name) for row in part], field.type) for field in schema]
            batches.append(pa.record_batch(columns, schema=schema))
        return pa.Table.from_batches(batches, schema)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.to_arrow().__arrow_c_stream__(requested_schema)

    def to_pandas(self) -> pd.DataFrame:
        """Return the rows as a pandas frame; pandas must be installed."""
        frame: pd.DataFrame = self.to_arrow().to_pandas()
        return frame

    def to_polars(self) -> pl.DataFrame:
        """Return the rows as a polars frame; polars must be installed."""
        import polars as pl

        return pl.DataFrame(self)

    def __str__(self) -> str:
        from tabulate import tabulate

        headings, lines = self.table()
        body = tabulate(lines, headings, tablefmt="simple", disable_numparse=True)
        return "\n".join([self.title, "", body, *([""] if self.notes else []), *self.notes])

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.title}, {len(self)} rows>"

    def _repr_html_(self) -> str:
        headings, lines = self.table()
        head = "".join(f"<th>{html.escape(heading)}</th>" for heading in headings)
        body = "".join(f"<tr>{''.join(f'<td>{html.escape(value)}</td>' for value in line)}</tr>" for line in lines)
        notes = "".join(f"<li>{html.escape(note)}</li>" for note in self.notes)
        caption = f"<caption>{html.escape(self.title)}</caption>"
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><ul>{notes}</ul>"

    def _flat_rows(self) -> typing.Iterable[Any]:
        return self.rows


def require_kind(kind: str, kinds: Sequence[str], title: str) -> None:
    """Refuse a kind of chart that a result does not have.

    Args:
        kind: The kind asked for.
        kinds: Those that there are.
        title: What the result is called.

    Raises:
        ChartError: If the kind is none of them.
    """
    if kind not in kinds:
        from benchdb.errors import ChartError

        raise ChartError(f'{title}: there is no chart of the kind "{kind}". Choose one of: {", ".join(kinds)}')


def arrow_schema(row_type: type[Any]) -> pa.Schema:
    """Return the Arrow schema of a row class.

    Args:
        row_type: A dataclass of `benchdb.rows` whose fields are simple types, optional ones, or tuples of text.

    Raises:
        TypeError: If a field has another type.
    """
    import pyarrow as pa

    kinds: dict[Any, pa.DataType] = {
        bool: pa.bool_(),
        int: pa.int64(),
        float: pa.float64(),
        str: pa.string(),
        date: pa.date32(),
        datetime: pa.timestamp("us", tz="UTC"),
        tuple[str, ...]: pa.list_(pa.string()),
    }
    columns = []
    for name, hint in typing.get_type_hints(row_type, vars(_namespace())).items():
        bare = (
            [part for part in typing.get_args(hint) if part is not types.NoneType]
            if isinstance(hint, types.UnionType)
            else [hint]
        )
        if len(bare) != 1 or bare[0] not in kinds:
            message = f"{row_type.__name__}.{name}: no Arrow type is known for {hint}"
            raise TypeError(message)
        columns.append(pa.field(name, kinds[bare[0]]))
    return pa.schema(columns)


def _namespace() -> types.SimpleNamespace:
    """Return the names that the row classes import for type checking only."""
    return types.SimpleNamespace(date=date, datetime=datetime)


def _noted(draw: Callable[..., Any]) -> Callable[..., Any]:
    """Return a `chart` method whose charts carry their origin."""

    @wraps(draw)
    def chart(self: Result[Any], *positional: Any, **options: Any) -> Any:
        drawn, options = _for_sheet(partial(draw, self, *positional), options)
        if self.question is not None:
            named = {"kind": positional[0]} if positional else {}
            kept = drawn.usermeta if isinstance(drawn.usermeta, dict) else {}
            drawn.usermeta = {**kept, "benchdb": self.origin({**named, **options})}
        return drawn

    return chart


def _for_sheet(draw: Callable[..., Any], options: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Draw a chart for the sheet that `size` names; return it with the options that draw it again without measuring."""
    size = options.pop("size", None)
    if size is None or size == "screen":
        return draw(**options), options
    from benchdb.charts.sizes import fit_chart

    width = options.pop("width", None)
    fitted = fit_chart(lambda plot, room: draw(**options, width=plot, room=room), size, width)
    return fitted.chart, {**options, "size": size, "width": fitted.width}
