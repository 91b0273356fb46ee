"""Merging keeps its promise for any files: two databases that share them out are, merged, the one that read them all."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchdb.database.check import check
from benchdb.database.connect import open_engine
from benchdb.ingest import load
from benchdb.ingest.decisions import Decision
from benchdb.ingest.records import OutcomeBlock
from benchdb.ingest.undo import undo
from benchdb.ingest.union.joining import merge_file
from tests.ingest.own import LOG, NOW, PAPER, Files, make_files, run
from tests.ingest.whole import whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Engine

    from benchdb.ingest.records import RunRecord

KEYED = frozenset(
    {"organization", "model", "benchmark", "metric", "alias", "source", "protocol", "run", "score", "ingest"}
)
"""Tables whose rows begin with a key of their own."""
HERE, THERE, BOTH = "here", "there", "both"
MINUTE = timedelta(minutes=1)
OUTCOMES = st.dictionaries(st.sampled_from("pqrs"), st.integers(0, 2), max_size=3)
RUNS = st.lists(
    st.tuples(
        st.sampled_from(["acme/m", "umbra/n"]),
        st.sampled_from(["b", "c"]),
        st.booleans(),  # whether the file itself is the source, or a paper that others cite as well
        st.sampled_from([(), (50.0,), (60.0, 61.0)]),
        OUTCOMES,
        st.booleans(),  # whether answers are kept
    ),
    min_size=1,
    max_size=3,
)


OF_PAPER = {"b": {"p": 1, "q": 2}, "c": {"q": 0, "r": 2, "s": 1}}
"""Outcomes of any run that a paper describes, by benchmark."""


@dataclass(frozen=True)
class Plan:
    """One file: what it says, where it is read, how much later the other side reads it, and where it is undone."""

    runs: list[tuple[str, str, bool, tuple[float, ...], dict[str, int], bool]]
    side: str
    delay: int
    is_undone: bool


PLANS = st.lists(
    st.builds(
        Plan, runs=RUNS, side=st.sampled_from([HERE, THERE, BOTH]), delay=st.integers(-9, 9), is_undone=st.booleans()
    ),
    min_size=1,
    max_size=5,
)
SLOW = settings(
    max_examples=2,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    """An empty folder of files, read by an importer of the test's own."""
    return make_files(tmp_path / "files", monkeypatch)


@pytest.fixture
def places(duckdb_template: Path) -> Iterator[Places]:
    """Makes migrated, empty databases."""
    maker = Places(duckdb_template)
    yield maker
    shutil.rmtree(maker.folder)


class Places:
    """Migrated, empty DuckDB files, as many as are asked for."""

    def __init__(self, template: Path) -> None:
        self.template = template
        self.folder = Path(tempfile.mkdtemp())
        self.n = 0

    def __call__(self, copy: Path | None = None) -> Path:
        """Return a new one, or a copy of one."""
        self.n += 1
        return Path(shutil.copy(copy or self.template, self.folder / f"{self.n}.duckdb"))


def _records(plan: Plan) -> list[RunRecord]:
    records = []
    once = {drawn_run[:3]: drawn_run for drawn_run in plan.runs}
    for model, benchmark, is_own, values, drawn, has_answers in once.values():
        # An outcome does not say which import brought it: what several files say of one run is the same here. Two files that
        # say different things of it are a test of their own in tests/ingest/test_union.py.
        outcomes = drawn if is_own or not drawn else OF_PAPER[benchmark]
        blocks = [
            OutcomeBlock(
                metric="accuracy",
                keys=list(outcomes),
                n_attempts=[2] * len(outcomes),
                n_correct=list(outcomes.values()),
                answers=[{"yes": (2, n)} for n in outcomes.values()] if has_answers else None,
            )
        ]
        facts = {"outcomes": blocks} if outcomes else {}
        records.append(run(model, benchmark, *values, source=LOG if is_own else PAPER, **facts))
    return records


def _read(path: Path, times: Sequence[tuple[int, Path, bool]]) -> None:
    """Read files at their minutes, then undo some, each a day later."""
    engine = open_engine(f"duckdb:///{path}")
    for minute, file, _is_undone in sorted(times):
        report = load.ingest(engine, [file], clock=partial(NOW.__add__, minute * MINUTE))
        assert not report.n_failed, report
    for minute, file, is_undone in sorted(times):
        if is_undone:
            decision = Decision(by="ann", reason="wrong", at=NOW + timedelta(days=1) + minute * MINUTE)
            undo(engine, str(file), decision)
    engine.dispose()


def _merged(into: Path, other: Path) -> dict[str, list[str]]:
    engine: Engine = open_engine(f"duckdb:///{into}")
    merge_file(engine, other)
    with engine.connect() as connection:
        assert check(connection) == ()
    held = whole(engine)
    again = merge_file(engine, other)
    assert (again.n_added, again.n_changed, again.n_superseded) == (0, 0, 0)
    assert whole(engine) == held
    engine.dispose()
    return held


def _held(path: Path) -> dict[str, list[str]]:
    engine = open_engine(f"duckdb:///{path}")
    held = whole(engine)
    engine.dispose()
    return held


@SLOW
@given(plans=PLANS)
def test_files_shared_out_and_merged_are_one_database(files: Files, places: Places, plans: list[Plan]) -> None:
    """Whichever side read which files, when, and took which back: merged either way, all tables are those of one database."""
    here, there, all_in_one = places(), places(), places()
    times: dict[str, list[tuple[int, Path, bool]]] = {HERE: [], THERE: [], "all": []}
    for number, plan in enumerate(plans):
        path = files.add(f"f{number}", *_records(plan), content=f"{number} {plan}")
        minute = 100 + 10 * number
        seen = {HERE: minute, THERE: minute + plan.delay * 10 + (1 if plan.delay else 0)}
        if plan.side != BOTH:
            seen = {plan.side: seen[plan.side]}
        for side, at in seen.items():
            times[side].append((at, path, plan.is_undone and side == min(seen)))
        times["all"].append((min(seen.values()), path, False))
    for side, place in ((HERE, here), (THERE, there)):
        _read(place, times[side])
    expected_undone = {path: at for side in (HERE, THERE) for at, path, is_undone in times[side] if is_undone}
    _read(all_in_one, [(at, path, False) for at, path, _ in times["all"]])
    engine = open_engine(f"duckdb:///{all_in_one}")
    for path, at in sorted(expected_undone.items(), key=lambda item: (item[1], item[0])):
        undo(engine, str(path), Decision(by="ann", reason="wrong", at=NOW + timedelta(days=1) + at * MINUTE))
    engine.dispose()
    one_way = _merged(places(here), there)
    other_way = _merged(places(there), here)
    assert one_way == other_way
    alone = _held(all_in_one)
    if (
        expected_undone
    ):  # which import holds a row then hangs on when each side undid what; docs/design.md names the limit
        assert _keys(one_way) == _keys(alone)
    else:
        assert one_way == alone


def _keys(held: dict[str, list[str]]) -> dict[str, set[str]]:
    """Return the key of every row of every table that has one, as its first column."""
    return {table: {row.partition(",")[0] for row in rows} for table, rows in held.items() if table in KEYED}
