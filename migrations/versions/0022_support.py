"""Questions to the platform's team, and what is said to them."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "support_messages",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column(
            "admin_response", sa.Text(), server_default=sa.text("''"), nullable=False, comment="the team's last answer"
        ),
        sa.Column("replies_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "unread_by_team",
            sa.Integer(),
            server_default=sa.text("1"),
            nullable=False,
            comment="the question itself at first",
        ),
        sa.Column("unread_by_author", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, comment="when something was said last"),
        sa.CheckConstraint(
            "status IN ('open', 'in_progress', 'resolved', 'closed')", name=op.f("ck_support_messages_status")
        ),
        sa.CheckConstraint(
            "replies_count >= 0 AND unread_by_team >= 0 AND unread_by_author >= 0",
            name=op.f("ck_support_messages_counts"),
        ),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name="fk_support_messages_author_id"),
        sa.PrimaryKeyConstraint("id", name="pk_support_messages"),
        comment="Questions to the platform's team",
    )
    op.create_index("ix_support_messages_all", "support_messages", ["created_at", "id"], unique=False)
    op.create_index("ix_support_messages_author", "support_messages", ["author_id", "created_at", "id"], unique=False)
    op.create_index("ix_support_messages_status", "support_messages", ["status", "created_at", "id"], unique=False)
    op.create_index(
        "ix_support_messages_team",
        "support_messages",
        ["unread_by_team"],
        unique=False,
        postgresql_where=sa.text("unread_by_team > 0"),
    )
    op.create_index(
        "ix_support_messages_unread",
        "support_messages",
        ["author_id", "unread_by_author"],
        unique=False,
        postgresql_where=sa.text("unread_by_author > 0"),
    )
    op.create_table(
        "support_replies",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=True, comment="none for someone of the team who has gone"),
        sa.Column("is_from_team", sa.Boolean(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name="fk_support_replies_author_id"),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["support_messages.id"], name=op.f("fk_support_replies_ticket_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_support_replies"),
        comment="What is said to questions, by who asked and by the team",
    )
    op.create_index("ix_support_replies_author_id", "support_replies", ["author_id"], unique=False)
    op.create_index("ix_support_replies_oldest", "support_replies", ["ticket_id", "created_at", "id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
