"""What the database holds after an import, to compare with the numbers of the tool that wrote the files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from benchdb.schema.results import Outcome, Protocol, Run, Sample, Score

if TYPE_CHECKING:
    from sqlalchemy import Engine, Row


def claims(db: Engine) -> list[Row[Any]]:
    """Return every score with what its run and its protocol say.

    Args:
        db: The database.
    """
    wanted = (
        select(
            *Score.__table__.columns,
            Run.benchmark_label, Run.model_label, Run.subset, Run.benchmark_id, Protocol.split, Protocol.extraction, Protocol.harness_task,
            Protocol.n_shot, Protocol.temperature, Protocol.scaffold,
        )
        .join(Run, Run.run_id == Score.run_id)
        .join(Protocol, Protocol.protocol_id == Run.protocol_id)
    )  # fmt: skip
    with db.connect() as connection:
        return list(connection.execute(wanted))


def outcomes(
    db: Engine, run_id: Any, metric_id: Any
) -> dict[tuple[str, str], tuple[int | None, int | None, float | None]]:
    """Return attempts, right ones and the value of each item of a run, by subset and key.

    Args:
        db: The database.
        run_id: The run.
        metric_id: The metric.
    """
    wanted = (
        select(Sample.subset, Sample.key, Outcome.n_attempts, Outcome.n_correct, Outcome.value)
        .join(Run, Run.run_id == Outcome.run_id)
        .join(Sample, (Sample.benchmark_id == Run.benchmark_id) & (Sample.sample_number == Outcome.sample_number))
        .where(Outcome.run_id == run_id, Outcome.metric_id == metric_id)
    )
    with db.connect() as connection:
        return {(row.subset, row.key): (row.n_attempts, row.n_correct, row.value) for row in connection.execute(wanted)}
