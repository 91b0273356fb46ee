"""Loading keeps its promises for any claims: twice is once, and neither order nor grouping into files matters."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchdb.database.connect import open_engine
from tests.ingest.own import Files, export, make_files, n_rows, run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from benchdb.ingest.records import RunRecord

CLAIMS = st.lists(
    st.tuples(
        st.sampled_from(["acme/m-7b", "umbra/m-7b", "m-7b", "o3 (high)", "模型"]),
        st.sampled_from(["b", "c"]),
        st.floats(-1e6, 1e6, allow_nan=False),
        st.sampled_from([None, 0, 5]),
    ),
    min_size=1,
    max_size=8,
)
SLOW = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    """An empty folder of files, read by an importer of the test's own."""
    return make_files(tmp_path / "files", monkeypatch)


@pytest.fixture
def fresh(duckdb_template: Path) -> Iterator[Fresh]:
    """Makes migrated, empty databases."""
    maker = Fresh(duckdb_template)
    yield maker
    maker.close()


class Fresh:
    """Migrated, empty DuckDB databases, as many as are asked for."""

    def __init__(self, template: Path) -> None:
        self.template = template
        self.folder = Path(tempfile.mkdtemp())
        self.engines: list[Engine] = []

    def __call__(self) -> Engine:
        """Return an engine on a new one."""
        path = self.folder / f"{len(self.engines)}.duckdb"
        shutil.copy(self.template, path)
        self.engines.append(open_engine(f"duckdb:///{path}"))
        return self.engines[-1]

    def close(self) -> None:
        """Close all and remove them."""
        for engine in self.engines:
            engine.dispose()
        shutil.rmtree(self.folder)


def _records(claims: list[tuple[str, str, float, int | None]]) -> list[RunRecord]:
    return [
        run(model, benchmark, value, metric="points", unit=None, protocol={"n_shot": n_shot})
        for model, benchmark, value, n_shot in claims
    ]


@SLOW
@given(claims=CLAIMS)
def test_loading_twice_is_loading_once(
    files: Files, fresh: Fresh, claims: list[tuple[str, str, float, int | None]]
) -> None:
    """The same claims again, in another file, add no row to any table but the list of files and what several of them state."""
    engine = fresh()
    files.load(engine, files.add("a", *_records(claims)))
    before = n_rows(engine)
    report = files.load(engine, files.add("b", *_records(claims)))
    after = n_rows(engine)
    assert after.pop("restatement") > 0
    assert after == {name: n for name, n in before.items() if name != "restatement"} | {"ingest": 2}
    assert report.total("n_repeated") == len(claims)


@SLOW
@given(claims=CLAIMS, data=st.data())
def test_neither_order_nor_grouping_matters(
    files: Files, fresh: Fresh, claims: list[tuple[str, str, float, int | None]], data: st.DataObject
) -> None:
    """Claims in one file and the same claims shuffled over several give the same database."""
    one, other = fresh(), fresh()
    records = _records(claims)
    files.load(one, files.add("whole", *records))
    shuffled = data.draw(st.permutations(records))
    cut = data.draw(st.integers(0, len(shuffled)))
    for name, part in (("first", shuffled[:cut]), ("second", shuffled[cut:])):
        files.load(other, files.add(name, *part))
    assert export(one) == export(other)
