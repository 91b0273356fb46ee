"""Restatements: which other imports state what one import brought, so that undoing that one hides nothing others say.

No constraint on DuckDB, where a large file that is imported again by a newer importer restates every score.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade():
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    late = {"deferrable": True, "initially": "DEFERRED"}
    constraints = [
        sa.ForeignKeyConstraint(["ingest_id"], ["ingest.ingest_id"], name="fk_restatement_ingest_id", **late)
    ]
    op.create_table(
        "restatement",
        sa.Column("target_table", sa.Text, nullable=False, comment="source, run or score"),
        sa.Column("target_id", sa.BigInteger, nullable=False, comment="key of the row"),
        sa.Column("ingest_id", sa.BigInteger, nullable=False, comment="another import that states the row"),
        sa.Column(
            "is_first",
            sa.Boolean,
            nullable=False,
            comment="whether this import brought the row first and was undone, so that another one holds it",
        ),
        sa.CheckConstraint("target_table IN ('source', 'run', 'score')", name="target_table_known"),
        *(constraints if is_postgresql else []),
        comment="imports that state a source, run or score which another import holds",
    )
    if is_postgresql:
        op.create_primary_key("pk_restatement", "restatement", ["target_table", "target_id", "ingest_id"])


def downgrade():
    op.drop_table("restatement")
