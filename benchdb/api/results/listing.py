"""What a listing of the catalogue returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchdb.api import display
from benchdb.api.result import Result
from benchdb.rows.catalogue import BenchmarkEntry, MetricEntry, ModelEntry, OrganizationEntry, SourceEntry, SuiteEntry

if TYPE_CHECKING:
    from benchdb.rows.catalogue import CatalogueRows


class Listing(Result[Any]):
    """Entries of the catalogue, of one kind."""

    def __init__(self, answer: CatalogueRows) -> None:
        super().__init__(answer.entries, _ENTRIES[answer.kind], title=f"{answer.kind}s", notes=answer.notes)

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return one line an entry."""
        names = [name for name in self.row_type.__dataclass_fields__ if name != "n_parameters"]
        headings = [name.removeprefix("n_").replace("_", " ") for name in names]
        return headings, [[display.text(getattr(row, name)) for name in names] for row in self.rows]


_ENTRIES: dict[str, type[Any]] = {
    "model": ModelEntry,
    "benchmark": BenchmarkEntry,
    "metric": MetricEntry,
    "organization": OrganizationEntry,
    "source": SourceEntry,
    "suite": SuiteEntry,
}
