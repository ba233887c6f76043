"""Whether everyone sees what uses a file: a file is public while anything public uses it."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "media_uses",
        sa.Column(
            "public",
            sa.Boolean(),
            nullable=False,
            server_default=sa.text("false"),
            comment="whether everyone sees what uses it",
        ),
    )
    op.create_table_comment(
        "media_uses",
        "Who uses a file: what nobody uses is swept, and what something public uses is public",
        existing_comment="Who uses a file; what nobody uses is swept",
    )
    # CASE, because only refs of these forms have a number in them.
    op.execute("""
        UPDATE media_uses SET public = true
        WHERE CASE
            WHEN room = 'avatar' OR (room = 'content' AND ref LIKE 'artist:%') THEN true
            WHEN room = 'content' AND ref LIKE 'item:%' THEN
                split_part(ref, ':', 2)::bigint IN (SELECT id FROM content_items WHERE status = 'approved')
            WHEN room = 'community' AND ref LIKE 'event:%' THEN
                split_part(ref, ':', 2)::bigint IN (SELECT id FROM events WHERE status = 'approved')
            WHEN room = 'community' AND (ref LIKE 'post:%' OR ref LIKE 'quote:%') THEN
                split_part(ref, ':', 2)::bigint IN (SELECT id FROM community_posts WHERE status = 'approved')
            ELSE false
        END
    """)


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
