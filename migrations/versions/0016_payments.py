"""Payments, what they are for, refunds, and bank details."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bank_details",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "account_number",
            sa.LargeBinary(),
            nullable=False,
            comment="sealed with AES-256-GCM, bound to the person and the column",
        ),
        sa.Column(
            "ifsc_code",
            sa.LargeBinary(),
            nullable=False,
            comment="sealed with AES-256-GCM, bound to the person and the column",
        ),
        sa.Column(
            "swift_code",
            sa.LargeBinary(),
            nullable=False,
            comment="sealed with AES-256-GCM, bound to the person and the column",
        ),
        sa.Column(
            "bank_name",
            sa.LargeBinary(),
            nullable=False,
            comment="sealed with AES-256-GCM, bound to the person and the column",
        ),
        sa.Column(
            "account_holder_name",
            sa.LargeBinary(),
            nullable=False,
            comment="sealed with AES-256-GCM, bound to the person and the column",
        ),
        sa.Column(
            "branch_name",
            sa.LargeBinary(),
            nullable=False,
            comment="sealed with AES-256-GCM, bound to the person and the column",
        ),
        sa.Column("key_id", sa.Text(), nullable=False, comment="of BANK_KEYS, with which all six are sealed"),
        sa.Column("is_verified", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_bank_details_user_id"),
        sa.PrimaryKeyConstraint("user_id", name="pk_bank_details"),
        comment="Where a creator's money could go by hand; unreadable without BANK_KEYS",
    )
    op.create_index("ix_bank_details_key_id", "bank_details", ["key_id"], unique=False)
    op.create_table(
        "payments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False, comment="none: codes left nothing to pay"),
        sa.Column(
            "request_id",
            sa.Uuid(),
            nullable=True,
            comment="of the call that began it; none when the provider did, as for renewals",
        ),
        sa.Column("provider_ref", sa.Text(), nullable=True, comment="the provider's name of it, once there is one"),
        sa.Column(
            "checkout_ref", sa.Text(), nullable=True, comment="the provider's name of the page on which it is paid"
        ),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'created'"), nullable=False),
        sa.Column(
            "refunded_minor",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="as the provider says",
        ),
        sa.Column(
            "disputed_minor",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="taken back by banks",
        ),
        sa.Column("reversed_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False, comment="as booked"),
        sa.Column(
            "reversed_share",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="coins or earnings, as booked",
        ),
        sa.Column(
            "fee_minor",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="the provider's, as booked",
        ),
        sa.Column(
            "movements",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="names the next cause in the ledger",
        ),
        sa.Column(
            "failure", sa.Text(), server_default=sa.text("''"), nullable=False, comment="a word of the provider's"
        ),
        sa.Column("alert", sa.Text(), server_default=sa.text("''"), nullable=False, comment="why nothing was credited"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True, comment="when the provider was asked last"),
        sa.CheckConstraint("purpose IN ('coins', 'donation', 'subscription')", name=op.f("ck_payments_purpose")),
        sa.CheckConstraint(
            "status IN ('created', 'pending', 'succeeded', 'failed', 'canceled')", name=op.f("ck_payments_status")
        ),
        sa.CheckConstraint(
            "amount_minor >= 0 AND reversed_minor BETWEEN 0 AND amount_minor", name=op.f("ck_payments_amounts")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_payments_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_payments"),
        sa.UniqueConstraint("user_id", "request_id", name="uq_payments_user_id_request_id"),
        comment="Money that a provider takes for us; only what the provider says moves a payment on",
    )
    op.create_index(
        "ix_payments_open",
        "payments",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("status IN ('created', 'pending')"),
    )
    op.create_index("ix_payments_user_id", "payments", ["user_id", "id"], unique=False)
    op.create_index("uq_payments_checkout_ref", "payments", ["provider", "checkout_ref"], unique=True)
    op.create_index("uq_payments_provider_ref", "payments", ["provider", "provider_ref"], unique=True)
    op.create_table(
        "coin_purchases",
        sa.Column("payment_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("package_id", sa.BigInteger(), nullable=False),
        sa.Column("package_name", sa.Text(), nullable=False),
        sa.Column("coins", sa.BigInteger(), nullable=False, comment="all bonuses included"),
        sa.Column("full_amount_minor", sa.BigInteger(), nullable=False, comment="before any discount"),
        sa.ForeignKeyConstraint(["package_id"], ["coin_packages.id"], name="fk_coin_purchases_package_id"),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name="fk_coin_purchases_payment_id"),
        sa.PrimaryKeyConstraint("payment_id", name="pk_coin_purchases"),
        comment="What a purchase of coins gives, as it was offered when it began",
    )
    op.create_index("ix_coin_purchases_package_id", "coin_purchases", ["package_id"], unique=False)
    op.create_table(
        "donations",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("payment_id", sa.BigInteger(), nullable=False),
        sa.Column("giver_id", sa.BigInteger(), nullable=False),
        sa.Column("recipient_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "commission_minor", sa.BigInteger(), nullable=False, comment="by the rule in force when it was given"
        ),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("is_anonymous", sa.Boolean(), nullable=False),
        sa.CheckConstraint("giver_id <> recipient_id", name=op.f("ck_donations_two_people")),
        sa.ForeignKeyConstraint(["giver_id"], ["users.id"], name="fk_donations_giver_id"),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name="fk_donations_payment_id"),
        sa.ForeignKeyConstraint(["recipient_id"], ["users.id"], name="fk_donations_recipient_id"),
        sa.PrimaryKeyConstraint("id", name="pk_donations"),
        sa.UniqueConstraint("payment_id", name="uq_donations_payment_id"),
        comment="What people give creators in money; amount and state are the payment's",
    )
    op.create_index("ix_donations_giver_id", "donations", ["giver_id", "id"], unique=False)
    op.create_index("ix_donations_recipient_id", "donations", ["recipient_id", "id"], unique=False)
    op.create_table(
        "refunds",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("payment_id", sa.BigInteger(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.BigInteger(), nullable=False, comment="the administrator; outlives the account"),
        sa.Column("provider_ref", sa.Text(), nullable=True, comment="the provider's name of it, once it took it"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_refunds_amount")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name="fk_refunds_payment_id"),
        sa.PrimaryKeyConstraint("id", name="pk_refunds"),
        sa.UniqueConstraint("requested_by", "request_id", name="uq_refunds_requested_by_request_id"),
        comment="Refunds that administrators asked for; what went back is what the provider says of the payment",
    )
    op.create_index("ix_refunds_payment_id", "refunds", ["payment_id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
