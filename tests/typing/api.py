"""Uses of the public API whose types must stay what users rely on; checked by mypy, never run."""

from __future__ import annotations

from typing import assert_type

import pandas as pd
import polars as pl

import benchdb
from benchdb.api import (
    Comparison,
    CoverageTable,
    DemoReport,
    History,
    IngestReport,
    Leaderboard,
    Listing,
    Rankings,
    Status,
    Trace,
    Trend,
    demo,
)
from benchdb.rows.comparison import Difference
from benchdb.rows.coverage import Coverage
from benchdb.rows.gate import GateCheck
from benchdb.rows.leaderboard import Cell, Standing
from benchdb.rows.power import PowerRow
from benchdb.rows.rankings import Agreement, RankingRow, Sensitivity
from benchdb.rows.records import Claim
from benchdb.rows.trend import TrendPoint

with benchdb.connect("results.duckdb", read_only=True, wait_s=1.0) as db:
    assert_type(db, benchdb.Database)
    assert_type(db.place, str)
    assert_type(db.status(), Status)
    assert_type(db.ingest("a.csv", score_unit="percent", dry_run=True), IngestReport)

    board = db.leaderboard(models=["a", "b"], benchmarks=["AIME 2024"], n_shot=5, level=0.9, policy="newest")
    assert_type(board, Leaderboard)
    assert_type(board.rows, tuple[Standing, ...])
    assert_type(board[0], Standing)
    assert_type(board.cells, tuple[Cell, ...])
    assert_type([row.value for row in board], list[float | None])
    assert_type(board.to_pandas(), pd.DataFrame)
    assert_type(board.to_polars(), pl.DataFrame)

    assert_type(db.leaderboard(aggregate="weighted", weights={"a": 2.0}, missing="impute", seed=1), Leaderboard)
    assert_type(db.rankings(missing="common", most=4), Rankings)
    assert_type(db.rankings().rows, tuple[RankingRow, ...])
    assert_type(db.rankings().agreement().rows, tuple[Agreement, ...])
    assert_type(db.rankings().sensitivity().rows, tuple[Sensitivity, ...])

    assert_type(db.compare("a", "b", suite="s"), Comparison)
    assert_type(db.compare("a", "b").rows, tuple[Difference, ...])
    assert_type(db.compare(all_pairs=True, test="permutation", seed=1, correction="bh", suite="s"), Comparison)
    assert_type(db.gate("a@1", "a@2", max_regression=1.0).rows, tuple[GateCheck, ...])
    assert_type(db.gate("a", "b").decision, str)
    assert_type(db.power("x", models=("a", "b"), difference=0.1).rows, tuple[PowerRow, ...])
    assert_type(db.trend(by="date"), Trend)
    assert_type(db.trend().rows, tuple[TrendPoint, ...])
    assert_type(db.coverage(), CoverageTable)
    assert_type(db.coverage().rows, tuple[Coverage, ...])
    assert_type(db.history("a", "b"), History)
    assert_type(db.history("a", "b")[0], Claim)
    assert_type(db.trace(1), Trace)
    assert_type(db.list("models"), Listing)

assert_type(demo(), DemoReport)
