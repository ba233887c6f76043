"""Where creators' money goes, plans, and subscriptions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plans",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("interval", sa.Text(), nullable=False),
        sa.Column("trial_days", sa.Integer(), nullable=False),
        sa.Column("entitlements", postgresql.ARRAY(sa.Text()), nullable=False, comment="what members may open"),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint("interval IN ('month', 'year')", name=op.f("ck_plans_interval")),
        sa.CheckConstraint("amount_minor > 0 AND trial_days >= 0", name=op.f("ck_plans_amounts")),
        sa.PrimaryKeyConstraint("id", name="pk_plans"),
        comment="What members pay for; withdrawn ones stay, because subscriptions refer to them",
    )
    op.create_index("ix_plans_position", "plans", ["position", "id"], unique=False)
    op.create_index(
        "uq_plans_name", "plans", [sa.literal_column("lower(name)")], unique=True, postgresql_where=sa.text("is_active")
    )
    op.create_table(
        "payment_accounts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False, comment="the provider's name of it"),
        sa.Column("is_active", sa.Boolean(), nullable=False, comment="money can go there, as the provider says"),
        sa.Column("details_submitted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "is_deleted",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="payouts still refer to it",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("provider IN ('stripe', 'paypal')", name=op.f("ck_payment_accounts_provider")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_payment_accounts_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_payment_accounts"),
        comment="Where creators' earnings can go",
    )
    op.create_index("ix_payment_accounts_account_id", "payment_accounts", ["provider", "account_id"], unique=False)
    op.create_index("ix_payment_accounts_user_id", "payment_accounts", ["user_id", "id"], unique=False)
    op.create_index(
        "uq_payment_accounts_user_id",
        "payment_accounts",
        ["user_id", "provider"],
        unique=True,
        postgresql_where=sa.text("NOT is_deleted"),
    )
    op.create_table(
        "provider_customers",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("customer_ref", sa.Text(), nullable=False, comment="Stripe's name of the person"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_provider_customers_user_id"),
        sa.PrimaryKeyConstraint("user_id", name="pk_provider_customers"),
        comment="People as Stripe knows them, once they have subscribed",
    )
    op.create_index("uq_provider_customers_customer_ref", "provider_customers", ["customer_ref"], unique=True)
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False, comment="of the call that began it"),
        sa.Column("checkout_ref", sa.Text(), nullable=True, comment="Stripe's name of the page on which it was begun"),
        sa.Column(
            "provider_ref", sa.Text(), nullable=True, comment="Stripe's name of it, once it is paid or in its trial"
        ),
        sa.Column("status", sa.Text(), server_default=sa.text("'pending'"), nullable=False),
        sa.Column("period_end", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_at_period_end", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True, comment="when Stripe was asked last"),
        sa.CheckConstraint(
            "status IN ('pending', 'trialing', 'active', 'past_due', 'ended')", name=op.f("ck_subscriptions_status")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name="fk_subscriptions_plan_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_subscriptions_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_subscriptions"),
        sa.UniqueConstraint("user_id", "request_id", name="uq_subscriptions_user_id_request_id"),
        comment="Who has subscribed to what, as Stripe says; what it opens are entitlements from subscription:<id>",
    )
    op.create_index(
        "ix_subscriptions_open",
        "subscriptions",
        ["checked_at"],
        unique=False,
        postgresql_where=sa.text("status <> 'ended'"),
    )
    op.create_index("ix_subscriptions_plan_id", "subscriptions", ["plan_id"], unique=False)
    op.create_index("ix_subscriptions_user_id", "subscriptions", ["user_id", "id"], unique=False)
    op.create_index("uq_subscriptions_checkout_ref", "subscriptions", ["checkout_ref"], unique=True)
    op.create_index("uq_subscriptions_provider_ref", "subscriptions", ["provider_ref"], unique=True)
    op.create_table(
        "payouts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("payment_account_id", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("coins", sa.BigInteger(), nullable=False, comment="that were exchanged for it; 0 for money"),
        sa.Column("status", sa.Text(), server_default=sa.text("'requested'"), nullable=False),
        sa.Column("provider_ref", sa.Text(), nullable=True, comment="the provider's name of it"),
        sa.Column("failure", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status IN ('requested', 'paid', 'failed')", name=op.f("ck_payouts_status")),
        sa.CheckConstraint("amount_minor > 0 AND coins >= 0", name=op.f("ck_payouts_amounts")),
        sa.ForeignKeyConstraint(["payment_account_id"], ["payment_accounts.id"], name="fk_payouts_payment_account_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_payouts_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_payouts"),
        comment="Earnings that creators had sent to them; the ledger has each as payout:<id>",
    )
    op.create_index("ix_payouts_payment_account_id", "payouts", ["payment_account_id"], unique=False)
    op.create_index("ix_payouts_user_id", "payouts", ["user_id", "id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
