"""Data beside a specification hold what stood inside it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import polars as pl
import pytest

from benchdb.charts.data_files import with_data_beside, with_data_inside
from benchdb.charts.grouped_bars import plot_grouped_bars
from benchdb.charts.save import draw_svg, to_vega_lite, write_chart
from benchdb.errors import ChartError
from tests.charts.specification import layer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.parametrize("form", ["csv", "arrow"])
@pytest.mark.parametrize("name", ["error_bars", "trend_date", "series", "differences"])
def test_nothing_is_lost(
    name: str, form: Literal["csv", "arrow"], example: Callable[[str], Any], tmp_path: Path
) -> None:
    """Written beside the specification and read again, every row has the values and the kinds it had."""
    figure = to_vega_lite(example(name))
    write_chart(example(name), tmp_path / "c.vl.json", data=form)
    written = json.loads((tmp_path / "c.vl.json").read_text(encoding="utf-8"))
    named = {part["name"]: part for part in written["layer"] if "url" in part["data"] and "name" in part}
    assert named
    assert all((tmp_path / part["data"]["url"]).is_file() for part in named.values())
    again = with_data_inside(written, tmp_path)
    for title in named:
        before, after = layer(figure, title)["rows"], layer(again, title)["rows"]
        keys = {key for row in before for key in row}
        assert [{key: row.get(key) for key in keys} for row in after] == [
            {key: row.get(key) for key in keys} for row in before
        ]


def test_the_csv_is_read_as_text_and_numbers(seed: Any, tmp_path: Path) -> None:
    """Another reader finds the values, and the specification tells Vega which columns are numbers and which are text."""
    write_chart(
        plot_grouped_bars(seed.seed_cells()), tmp_path / "bars.vl.json", data="csv", data_url="https://example.org/"
    )
    table = pl.read_csv(tmp_path / "bars.bars.csv", infer_schema=False)
    assert table["value"].cast(float).to_list()[:4] == [72.7, 72.6, 76.5, 70.0]
    data = json.loads((tmp_path / "bars.vl.json").read_text(encoding="utf-8"))["layer"][0]["data"]
    assert data["url"] == "https://example.org/bars.bars.csv"
    assert data["format"]["parse"]["value"] == "number"
    assert data["format"]["parse"]["score_id"] == "string"


@pytest.mark.parametrize("name", ["grouped_bars", "trend_date", "differences"])
def test_vega_draws_the_same(name: str, example: Callable[[str], Any]) -> None:
    """With the CSV in place of the rows the renderer draws the same picture."""
    figure = to_vega_lite(example(name))
    outside, files = with_data_beside(figure, "c", "csv")
    for part in outside["layer"]:
        if url := part["data"].get("url"):
            part["data"] = {"values": files[url].decode(), "format": part["data"]["format"]}
    assert draw_svg(outside) == draw_svg(figure)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A specification whose data are gone says which file it misses; an address is never fetched."""
    with pytest.raises(ChartError, match=r"bars\.csv: the chart's data cannot be read: No such file"):
        with_data_inside({"layer": [{"data": {"url": "https://example.org/x/bars.csv"}}]}, tmp_path)


def test_no_formula_in_a_csv(seed: Any) -> None:
    """A name that a spreadsheet would run is refused as CSV and kept in Arrow."""
    cells = [replace(seed.seed_cells()[0], model_name='=HYPERLINK("http://example.org")')]
    figure = to_vega_lite(plot_grouped_bars(cells))
    with pytest.raises(ChartError, match="a spreadsheet would take"):
        with_data_beside(figure, "c", "csv")
    assert with_data_beside(figure, "c", "arrow")[1]


@pytest.mark.parametrize("target", ["chart.png", "-"])
def test_only_json_has_data_beside_it(target: str, seed: Any) -> None:
    """A picture, or standard output, cannot have its data elsewhere."""
    with pytest.raises(ChartError, match="only a file of Vega-Lite JSON"):
        write_chart(
            plot_grouped_bars(seed.seed_cells()), target, output_format=None if target != "-" else "json", data="csv"
        )
