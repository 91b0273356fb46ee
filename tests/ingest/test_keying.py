"""Keys that are computed for many files by column are those that single values give."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from benchdb.ingest.load import ingest
from benchdb.schema.keys import MISSING, combine, float_bits, text_key
from benchdb.schema.results import Run, Score

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

RESULTS = """{"results": {"t1": {"acc,none": 0.25, "acc_stderr,none": 0.05}, "t2": {"acc,none": 1, "other,none": -0.0}},
"configs": {"t1": {"doc_to_text": "x", "metric_list": [{"metric": "acc", "aggregation": "mean"}]}, "t2": {"doc_to_text": "y"}},
"n-samples": {"t1": {"original": 80, "effective": 80}},
"config": {"model": "hf", "model_args": "pretrained=maker/name"}, "date": %d}"""


def test_keys_by_column_are_those_of_single_values(db: Engine, tmp_path: Path) -> None:
    """Of two files in one transaction every run and score has the key that its own columns say, missing values included."""
    for number in (1_700_000_000, 1_700_000_001):
        (tmp_path / f"results_{number}.json").write_text(RESULTS % number)
    ingest(db, [tmp_path])
    with db.connect() as connection:
        runs = {row.run_id: row for row in connection.execute(select(Run.__table__))}
        scores = connection.execute(select(Score.__table__)).all()
    assert len(runs) == 4
    moments = {row.ran_at.astimezone(UTC) for row in runs.values()}
    assert moments == {datetime.fromtimestamp(number, UTC) for number in (1_700_000_000, 1_700_000_001)}
    for key, row in runs.items():
        moment = round(row.ran_at.timestamp()) * 1_000_000
        subset = text_key("subset", "")
        assert key == combine(row.source_id, row.model_id, row.benchmark_id, subset, row.protocol_id, moment, MISSING)
    assert len(scores) == 6
    for row in scores:
        assert row.score_id == combine(
            row.run_id, row.metric_id, float_bits(row.value), text_key("unit", row.unit), MISSING, 0,
            MISSING if row.stderr is None else float_bits(0.05), MISSING, MISSING, MISSING,
            MISSING if row.stderr is None else 80, MISSING,
        )  # fmt: skip
