"""The examples' rows and charts, loaded from their files."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.charts.kinds import Rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    import altair as alt

EXAMPLES = Path(__file__).parents[2] / "examples" / "charts"


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def seed(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module of rows that the examples import."""
    module = _load("seed_rows")
    monkeypatch.setitem(sys.modules, "seed_rows", module)
    return module


@pytest.fixture
def item_rows(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module of rows about items that the examples import."""
    module = _load("item_rows")
    monkeypatch.setitem(sys.modules, "item_rows", module)
    return module


@pytest.fixture
def size_rows(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module of rows over size that the examples import."""
    module = _load("size_rows")
    monkeypatch.setitem(sys.modules, "size_rows", module)
    return module


@pytest.fixture
def example(seed: Any, item_rows: Any, size_rows: Any) -> Callable[[str], alt.LayerChart]:
    """A function that runs an example and returns the chart it ends in."""

    def run(name: str) -> alt.LayerChart:
        chart: alt.LayerChart = _load(name).chart
        return chart

    return run


@pytest.fixture
def rows(seed: Any, item_rows: Any, size_rows: Any) -> Rows:
    """The modules of rows that the examples import."""
    return Rows(seed, item_rows, size_rows)
