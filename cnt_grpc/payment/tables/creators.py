"""Tables of where creators' money goes, and what was sent there."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)

from cnt_grpc.kit.db.tables import MOMENT, metadata, violation
from cnt_grpc.kit.errors import Conflict
from cnt_grpc.pb.cnt.payment.v1.reason import Reason

payment_accounts = Table(
    "payment_accounts",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    Column("user_id", BigInteger, ForeignKey("users.id", name="fk_payment_accounts_user_id"), nullable=False),
    Column("provider", Text, nullable=False),
    Column("account_id", Text, nullable=False, comment="the provider's name of it"),
    Column("is_active", Boolean, nullable=False, comment="money can go there, as the provider says"),
    Column("details_submitted", Boolean, nullable=False, server_default=text("false")),
    Column("is_deleted", Boolean, nullable=False, server_default=text("false"), comment="payouts still refer to it"),
    Column("created_at", MOMENT, nullable=False),
    PrimaryKeyConstraint("id", name="pk_payment_accounts"),
    CheckConstraint("provider IN ('stripe', 'paypal')", name="provider"),
    Index(
        "uq_payment_accounts_user_id",
        "user_id",
        "provider",
        unique=True,
        postgresql_where=text("NOT is_deleted"),
        info=violation(Conflict, Reason.PAYMENT_ACCOUNT_EXISTS),
    ),
    Index("ix_payment_accounts_user_id", "user_id", "id"),
    Index("ix_payment_accounts_account_id", "provider", "account_id"),
    comment="Where creators' earnings can go",
)

payouts = Table(
    "payouts",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    Column("user_id", BigInteger, ForeignKey("users.id", name="fk_payouts_user_id"), nullable=False),
    Column(
        "payment_account_id",
        BigInteger,
        ForeignKey("payment_accounts.id", name="fk_payouts_payment_account_id"),
        nullable=False,
    ),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("coins", BigInteger, nullable=False, comment="that were exchanged for it; 0 for money"),
    Column("status", Text, nullable=False, server_default=text("'requested'")),
    Column("provider_ref", Text, comment="the provider's name of it"),
    Column("failure", Text, nullable=False, server_default=text("''")),
    Column("created_at", MOMENT, nullable=False),
    PrimaryKeyConstraint("id", name="pk_payouts"),
    CheckConstraint("status IN ('requested', 'paid', 'failed')", name="status"),
    CheckConstraint("amount_minor > 0 AND coins >= 0", name="amounts"),
    Index("ix_payouts_user_id", "user_id", "id"),
    Index("ix_payouts_payment_account_id", "payment_account_id"),
    comment="Earnings that creators had sent to them; the ledger has each as payout:<id>",
)
