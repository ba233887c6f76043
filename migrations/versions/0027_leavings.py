"""The row of a file goes before its bytes: these are noted meanwhile, and no file has the state `leaving` any more."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "media_leavings",
        sa.Column("key", sa.Text(), nullable=False, comment="in the store"),
        sa.Column(
            "gone_at",
            sa.TIMESTAMP(timezone=True),
            nullable=False,
            comment="when its row went; what was put there since is another file",
        ),
        sa.PrimaryKeyConstraint("key", name="pk_media_leavings"),
        comment="Objects whose row is gone and whose bytes must follow, noted in the transaction that removed the row",
    )
    # Whoever was removing these goes on with them as with files that failed: the sweep takes them.
    op.execute("UPDATE media_objects SET state = 'failed' WHERE state = 'leaving'")
    op.execute(
        "ALTER TABLE media_objects DROP CONSTRAINT ck_media_objects_state, "
        "ADD CONSTRAINT ck_media_objects_state CHECK (state IN ('probing', 'ready', 'failed')) NOT VALID"
    )
    op.execute("ALTER TABLE media_objects VALIDATE CONSTRAINT ck_media_objects_state")


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
