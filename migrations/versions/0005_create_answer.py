"""Answers: how often each run gave each answer to each item, for imports that are asked to keep them.

No constraint on DuckDB, where it grows as outcomes do; an index on PostgreSQL, where questions read it run by run.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "answer",
        sa.Column("run_id", sa.BigInteger, nullable=False, comment="the run"),
        sa.Column("metric_id", sa.BigInteger, nullable=False, comment="the metric"),
        sa.Column(
            "sample_number", sa.Integer, nullable=False, comment="the item, by its number inside the run's benchmark"
        ),
        sa.Column(
            "answer",
            sa.Text,
            nullable=False,
            comment="the answer as the tool took it from the output, blanks at its ends apart; empty for none, a hash where it is long",
        ),
        sa.Column("n_attempts", sa.Integer, nullable=False, comment="scored attempts that gave it"),
        sa.Column("n_correct", sa.Integer, nullable=False, comment="those of them that were right"),
        comment="how often each run gave each answer to each item",
    )
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("ix_answer_run_id", "answer", ["run_id"])


def downgrade():
    op.drop_table("answer")
