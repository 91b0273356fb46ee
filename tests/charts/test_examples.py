"""Each file of the gallery is a chart that every renderer can draw."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import altair as alt
import jsonschema
import pytest

from benchdb.charts.save import render_chart, to_vega_lite
from docs import gallery

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = sorted(
    path.stem
    for path in (Path(__file__).parents[2] / "examples" / "charts").glob("*.py")
    if not path.stem.endswith("_rows")
)


@pytest.fixture(scope="module")
def validator() -> Any:
    """A validator for the Vega-Lite schema that ships with Altair."""
    path = Path(alt.__file__).parent / "vegalite" / "v6" / "schema" / "vega-lite-schema.json"
    return jsonschema.Draft7Validator(json.loads(path.read_text(encoding="utf-8")))


def test_gallery_is_complete() -> None:
    """The gallery shows every chart there is."""
    assert EXAMPLES == [
        "claims",
        "conflicts",
        "coverage_map",
        "differences",
        "dumbbell",
        "error_bars",
        "frontier",
        "grouped_bars",
        "heat_map",
        "item_difficulty",
        "items",
        "leaderboard",
        "matrix",
        "noise",
        "pareto_active",
        "pareto_total",
        "pass_at_k",
        "ranks",
        "series",
        "trend_band",
        "trend_date",
        "trend_size",
    ]


def test_contact_sheet_shows_each_example(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sheet in the documentation draws the examples tested here, in rows of four."""
    monkeypatch.setattr(gallery, "example_names", lambda: EXAMPLES[:5])
    sheet = gallery.contact_sheet()
    assert struct.unpack(">II", sheet[16:24]) == (4 * 318 + 18, 2 * 260 + 18)
    monkeypatch.undo()
    assert gallery.example_names() == EXAMPLES


@pytest.mark.parametrize("name", EXAMPLES)
def test_specification(name: str, example: Callable[[str], alt.LayerChart], validator: Any) -> None:
    """It is valid against the Vega-Lite schema, holds plain JSON values and its own data, and reads back as the same chart."""
    specification = to_vega_lite(example(name))
    written = json.dumps(specification, allow_nan=False)
    assert json.loads(written) == specification
    assert not list(validator.iter_errors(specification))
    for part in specification["layer"]:
        assert "url" not in part["data"]
        assert "values" in part["data"] or part["data"]["name"] in specification["datasets"]
    assert alt.Chart.from_json(written).to_dict() == specification


@pytest.mark.parametrize("name", EXAMPLES)
def test_pictures(name: str, example: Callable[[str], alt.LayerChart]) -> None:
    """The PNG is as large as the scale says and keeps well below 200 kB; the SVG is well-formed and bears the chart's title."""
    chart = example(name)
    large, small = render_chart(chart, "png", scale=2), render_chart(chart, "png", scale=1)
    (wide, high), (width, height) = struct.unpack(">II", large[16:24]), struct.unpack(">II", small[16:24])
    assert abs(wide - 2 * width) <= 2
    assert abs(high - 2 * height) <= 2
    assert len(large) < 200_000
    root = ElementTree.fromstring(render_chart(chart, "svg"))  # noqa: S314 - our own output
    title = " ".join(to_vega_lite(chart)["title"]["text"])
    assert title in ["".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")]
