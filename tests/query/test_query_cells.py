"""Cells that share what their printed numbers imply are those that are worked out one by one."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import product, repeat
from typing import Any

import pytest

from benchdb.query.chosen import Chosen
from benchdb.query.uncertainty import Stated, to_cell
from benchdb.rows.filling import make_rows, row_maker
from benchdb.rows.leaderboard import BenchmarkColumn, Cell

PLAIN: dict[str, Any] = {
    **dict.fromkeys(Chosen._fields),
    "model_id": 1, "benchmark_id": 2, "metric_id": 3, "run_id": 4, "score_id": 5, "subset": "", "fingerprint": 6, "unit": "percent",
    "factor": 1.0, "value": 72.6, "decimals": 1, "is_approximate": False, "is_part": False, "source_kind": "paper", "n_claims": 1,
    "n_unconvertible": 0, "least": 72.6, "greatest": 72.6, "is_mixed": False, "n_runs": 1, "model": "m", "model_name": "M",
    "benchmark": "b", "benchmark_name": "B", "metric": "accuracy", "metric_name": "accuracy", "higher_is_better": True,
    "is_proportion": True,
}  # fmt: skip
"""A claim in percent that states nothing but its value."""
CHANGES: tuple[tuple[tuple[str, Any], ...], ...] = (
    (("value", 72.6), ("value", 0.0), ("value", 100.0)),
    (("n_items", None), ("n_items", 30), ("n_items", 500)),
    (("stated_stderr", None), ("stated_stderr", 1.5), ("stated_stderr", 0.01)),
    (("stderr_method", None), ("stderr_method", "repeats")),
    (("benchmark_items", None), ("benchmark_items", 198)),
    (("is_part", False), ("is_part", True)),
    (("is_proportion", True), ("is_proportion", None)),
    (("samples_per_item", None), ("samples_per_item", 4)),
    (("unit", "percent"), ("unit", "points")),
    (("decimals", 1), ("decimals", None)),
    (("factor", 1.0), ("factor", 100.0)),
    (("greatest", 72.6), ("greatest", 75.0)),
)
"""What claims may state, field by field."""


def _claims() -> list[Chosen]:
    """Every combination, each twice, of two models."""
    claims = [Chosen(**{**PLAIN, **dict(changes)}) for changes in product(*CHANGES)]
    return [claim._replace(model=model, score_id=number) for number, claim in enumerate(claims) for model in "ab"]


def test_shared_numbers_change_no_cell() -> None:
    """For every combination of what a claim may state, the cell is the same to the last digit, whatever was asked before."""
    stated: Stated = {}
    claims = _claims()
    assert len(claims) == 2 * 3**3 * 2**9
    for claim in claims:
        assert to_cell(claim, None, 0.95, stated=stated) == to_cell(claim, None, 0.95)
    assert 1_000 < len(stated) == len(claims) // 2


def test_a_cell_is_what_its_constructor_makes() -> None:
    """A cell made quickly has every field, is equal to one of the constructor, and keeps being frozen."""
    cell = to_cell(Chosen(**{**PLAIN, "n_items": 500}), None, 0.95)
    assert cell == Cell(**{field.name: getattr(cell, field.name) for field in fields(Cell)})
    assert replace(cell, value=1.0).value == 1.0
    assert (cell.model, cell.value, cell.level, cell.n_items, cell.evidence) == ("m", 72.6, 0.95, 500, "counts")
    with pytest.raises(AttributeError):
        cell.value = 1.0  # type: ignore[misc]  # what the test is about


def test_a_maker_needs_every_field_once_and_a_value_for_each() -> None:
    """A name too few or too many is refused when the maker is made, a value too few when it is used."""
    names = [field.name for field in fields(BenchmarkColumn)]
    for wrong in (names[1:], [*names, "another"], [*names[1:], names[1]]):
        with pytest.raises(TypeError, match="BenchmarkColumn"):
            row_maker(BenchmarkColumn, wrong)
    with pytest.raises(ValueError, match="shorter"):
        row_maker(BenchmarkColumn, names)(range(3))


def test_rows_made_from_columns_are_what_their_constructor_makes() -> None:
    """Each field comes from its column, a repeated value stands in every row, and a name too few is refused."""
    names = [field.name for field in fields(BenchmarkColumn)]
    columns = {name: [f"{name} {number}" for number in range(3)] for name in names[1:]}
    rows = make_rows(BenchmarkColumn, 3, {names[0]: repeat("same"), **columns})
    expected = [{names[0]: "same", **{name: columns[name][number] for name in names[1:]}} for number in range(3)]
    assert rows == [BenchmarkColumn(**row) for row in expected]  # type: ignore[arg-type]  # texts for every field
    with pytest.raises(TypeError, match="BenchmarkColumn"):
        make_rows(BenchmarkColumn, 3, columns)
