"""What people give every week or every month; each time is a donation of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recurring_donations",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("giver_id", sa.BigInteger(), nullable=False),
        sa.Column("recipient_id", sa.BigInteger(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False, comment="of the call that began it"),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False, comment="each time"),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("interval", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("is_anonymous", sa.Boolean(), nullable=False),
        sa.Column("checkout_ref", sa.Text(), comment="Stripe's name of the page on which it was begun"),
        sa.Column("provider_ref", sa.Text(), comment="Stripe's name of the subscription, once the first is paid"),
        sa.Column("status", sa.Text(), server_default=sa.text("'pending'"), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), comment="when the next one is due"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), comment="when Stripe was asked last"),
        sa.CheckConstraint("interval IN ('week', 'month')", name=op.f("ck_recurring_donations_interval")),
        sa.CheckConstraint(
            "status IN ('pending', 'active', 'past_due', 'ended')", name=op.f("ck_recurring_donations_status")
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_recurring_donations_amount")),
        sa.CheckConstraint("giver_id <> recipient_id", name=op.f("ck_recurring_donations_two_people")),
        sa.ForeignKeyConstraint(["giver_id"], ["users.id"], name="fk_recurring_donations_giver_id"),
        sa.ForeignKeyConstraint(["recipient_id"], ["users.id"], name="fk_recurring_donations_recipient_id"),
        sa.PrimaryKeyConstraint("id", name="pk_recurring_donations"),
        sa.UniqueConstraint("giver_id", "request_id", name="uq_recurring_donations_giver_id_request_id"),
        comment="What people give again and again, as Stripe says; each time is a payment and a donation of its own",
    )
    op.create_index("uq_recurring_donations_checkout_ref", "recurring_donations", ["checkout_ref"], unique=True)
    op.create_index("uq_recurring_donations_provider_ref", "recurring_donations", ["provider_ref"], unique=True)
    op.create_index("ix_recurring_donations_giver_id", "recurring_donations", ["giver_id", "id"], unique=False)
    op.create_index("ix_recurring_donations_recipient_id", "recurring_donations", ["recipient_id"], unique=False)
    op.create_index(
        "ix_recurring_donations_open",
        "recurring_donations",
        ["checked_at"],
        unique=False,
        postgresql_where=sa.text("status <> 'ended'"),
    )
    op.add_column("donations", sa.Column("recurring_donation_id", sa.BigInteger(), comment="that it is one of"))
    op.create_foreign_key(
        "fk_donations_recurring_donation_id", "donations", "recurring_donations", ["recurring_donation_id"], ["id"]
    )
    op.create_index(
        "ix_donations_recurring_donation_id",
        "donations",
        ["recurring_donation_id"],
        unique=False,
        postgresql_where=sa.text("recurring_donation_id IS NOT NULL"),
    )


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
