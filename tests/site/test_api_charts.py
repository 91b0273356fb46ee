"""The server draws every chart that `benchdb chart` draws, with its options, and as the Python API draws it."""

from __future__ import annotations

import importlib
import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

import benchdb
from benchdb.cli.chart import KINDS
from benchdb.site.server.charts import CHARTS
from tests.site.browser.conftest import written
from tests.site.drawable import drawable_facts
from tests.site.served import Served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import altair as alt

    from benchdb import Database

API = "/api/v1/charts"
ONE, TWO, THREE = "red/m0", "red/m1", "blue/m2"
QUIZ = {"benchmarks": "quiz"}
CASES: dict[str, tuple[dict[str, Any], Callable[[Database], alt.TopLevelMixin]]] = {
    "grouped-bars": (
        {"models": [TWO, ONE], "domain": [0, 90], "step": 30, "y_title": "Right", "colour": "model", "hatch": "true", "hatch_by": "evidence", "error_bars": "true", "legend": "top", "values": "false"},
        lambda db: db.leaderboard(models=[TWO, ONE], benchmarks=["quiz", "maze"]).chart(
            order=[TWO, ONE], domain=(0.0, 90.0), step=30.0, y_title="Right", colour="model", hatch=True, hatch_by="evidence", error_bars=True, legend="top", values=False, theme="dark"
        ),
    ),
    "heat-map": ({"models": [TWO, ONE], "shade": "value"}, lambda db: db.leaderboard(models=[TWO, ONE], benchmarks=["quiz", "maze"]).chart("heat-map", order=[TWO, ONE], shade="value", theme="dark")),
    "leaderboard": ({"scores": "false", "aggregate": "win-rate"}, lambda db: db.leaderboard(benchmarks=["quiz", "maze"], aggregate="win-rate").chart("leaderboard", scores=False, theme="dark")),
    "ranks": ({"highlight": TWO, "intervals": "false"}, lambda db: db.rankings(benchmarks=["quiz", "maze"]).chart(highlight=(TWO,), intervals=False, theme="dark")),
    "differences": ({"models": [ONE, TWO, THREE], "correction": "bh"}, lambda db: db.compare(ONE, TWO, THREE, correction="bh", benchmarks=["quiz", "maze"]).chart(theme="dark")),
    "dumbbell": ({"models": [ONE, TWO], "values": "false"}, lambda db: db.compare(ONE, TWO, benchmarks=["quiz", "maze"]).chart("dumbbell", values=False, theme="dark")),
    "matrix": ({"models": [ONE, TWO, THREE]}, lambda db: db.compare(ONE, TWO, THREE, all_pairs=True, benchmarks=["quiz", "maze"]).chart("matrix", theme="dark")),
    "trend": ({**QUIZ, "by": "date", "intervals": "true", "frontier": "false", "bands": "false"}, lambda db: db.trend(benchmarks=["quiz"], by="date").chart(intervals=True, frontier=False, bands=False, theme="dark")),
    "pareto": ({**QUIZ, "parameters": "total", "intervals": "true", "bands": "true", "size": "slide"}, lambda db: db.pareto(benchmarks=["quiz"], size="total").chart(intervals=True, bands=True, size="slide", theme="dark")),
    "frontier": ({**QUIZ, "by": "maker", "intervals": "true"}, lambda db: db.frontier(benchmarks=["quiz"], by="maker").chart(intervals=True, theme="dark")),
    "series": ({"model": ONE, "benchmark": "nightly", "intervals": "true"}, lambda db: db.series(ONE, "nightly").chart(intervals=True, theme="dark")),
    "items": ({"benchmark": "code", "page": 1}, lambda db: db.item_values("code").chart(page=1, theme="dark")),
    "item-difficulty": ({"benchmark": "code"}, lambda db: db.items("code").chart(theme="dark")),
    "pass-at-k": ({"benchmarks": "code", "k": [1, 5], "measures": ["pass@k", "pass^k"]}, lambda db: db.pass_at_k(benchmarks=["code"], k=[1, 5]).chart(measures=("pass@k", "pass^k"), theme="dark")),
    "claims": ({"model": TWO, "benchmark": "quiz", "variant": "", "subset": ""}, lambda db: db.history(TWO, "quiz").chart(variant="", subset="", theme="dark")),
    "conflicts": ({**QUIZ, "values": "false"}, lambda db: db.conflicts(benchmarks=["quiz"]).chart(values=False, theme="dark")),
    "noise": ({"benchmarks": "code"}, lambda db: db.noise(benchmarks=["code"]).chart(theme="dark")),
    "coverage": ({**QUIZ, "title": "What there is", "width": 300, "footnotes": "false"}, lambda db: db.coverage(benchmarks=["quiz"]).chart(title="What there is", width=300, footnotes=False, theme="dark")),
}  # fmt: skip
"""Of each kind parameters of an address, and the same in Python. Where no benchmark is named, both are asked for."""


@pytest.fixture(scope="session")
def drawable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of which every kind of chart can be drawn."""
    path = tmp_path_factory.mktemp("drawable") / "drawable.duckdb"
    written(drawable_facts(), path)
    return path


@pytest.fixture(scope="session")
def drawer(drawable: Path) -> Iterator[Served]:
    """A server of it."""
    with Served(str(drawable)) as found:
        yield found


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.kind)
def test_a_chart_is_the_one_of_python(chart: Any, drawer: Served, drawable: Path) -> None:
    """An address gives the specification that the result draws with the same options, and the database confirms it."""
    parameters, draw = CASES[chart.kind]
    named = {"benchmarks", "benchmark"} & set(parameters)
    asked = {**parameters, "theme": "dark", **({} if named else {"benchmarks": ["quiz", "maze"]})}
    answer = drawer.get(str(httpx.URL(f"{API}/{chart.kind}", params=asked)))
    assert answer.status_code == 200, answer.text
    with benchdb.connect(drawable, read_only=True) as database:
        expected = draw(database).to_dict()
        assert database.verify(answer.json()).rows == ()
    found = answer.json()
    for specification in (found, expected):
        del specification["usermeta"]
    assert found == json.loads(json.dumps(expected))


def test_every_kind_of_the_command_line_has_an_address() -> None:
    """No kind of `benchdb chart` is missing, none is made up, and the order is the same."""
    kinds = [entry.name for entries in KINDS.values() for entry in entries]
    assert [chart.kind for chart in CHARTS] == kinds


@pytest.mark.parametrize(
    "entry", [entry for entries in KINDS.values() for entry in entries], ids=lambda entry: entry.name
)
def test_every_option_of_a_drawing_is_served(entry: Any) -> None:
    """What the command line lets people say about a drawing, an address does too; `scale` is about the pixels of a PNG."""
    command = importlib.import_module(entry.module).command
    said = {option.name for option in command.params if getattr(option, "section", None) == "Drawing"}
    (chart,) = (chart for chart in CHARTS if chart.kind == entry.name)
    assert said - {"scale"} == set(chart.draws.drawn) - {"variant", "subset"}
    assert said >= {"title", "theme", "size", "width", "footnotes"}


def test_the_kinds_of_charts_are_those_benchdb_draws(drawer: Served) -> None:
    """The list names every kind with its own words."""
    assert drawer.get(API).json() == benchdb.api.chart_types()


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("grouped-bars?domain=3", 422, "domain"),
        ("grouped-bars?benchmarks=quiz&domain=30&domain=10", 409, "domain"),
        ("grouped-bars?benchmarks=quiz&hatch_by=nothing", 409, "nothing"),
        ("grouped-bars?benchmarks=quiz&highlight=nobody", 409, "nobody"),
        ("dumbbell?models=red/m0", 422, "models"),
        ("dumbbell?models=red/m0&models=red/m1&models=blue/m2", 422, "models"),
        ("matrix", 422, "models"),
        ("heat-map?size=poster", 422, "size"),
        ("heat-map?page=2", 422, "page"),
        ("items?benchmark=code&page=7", 409, "page=7"),
        ("items?benchmark=quiz", 404, "quiz"),
    ],
)
def test_an_option_that_cannot_be_used_is_a_problem(path: str, status: int, said: str, drawer: Served) -> None:
    """Each mistake has its status and names what was wrong."""
    answer = drawer.get(f"{API}/{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert said in answer.json()["detail"]
