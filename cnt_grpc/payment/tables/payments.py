"""Tables of money that providers take for us: payments, and what each of them was for."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from cnt_grpc.kit.db.tables import MOMENT, metadata, violation
from cnt_grpc.kit.errors import Conflict
from cnt_grpc.pb.cnt.payment.v1.reason import Reason

payments = Table(
    "payments",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    Column("user_id", BigInteger, ForeignKey("users.id", name="fk_payments_user_id"), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("provider", Text, nullable=False, comment="none: codes left nothing to pay"),
    Column("request_id", Uuid, comment="of the call that began it; none when the provider did, as for renewals"),
    Column("provider_ref", Text, comment="the provider's name of it, once there is one"),
    Column("checkout_ref", Text, comment="the provider's name of the page on which it is paid"),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("status", Text, nullable=False, server_default=text("'created'")),
    Column("refunded_minor", BigInteger, nullable=False, server_default=text("0"), comment="as the provider says"),
    Column("disputed_minor", BigInteger, nullable=False, server_default=text("0"), comment="taken back by banks"),
    Column("reversed_minor", BigInteger, nullable=False, server_default=text("0"), comment="as booked"),
    Column(
        "reversed_share", BigInteger, nullable=False, server_default=text("0"), comment="coins or earnings, as booked"
    ),
    Column("fee_minor", BigInteger, nullable=False, server_default=text("0"), comment="the provider's, as booked"),
    Column(
        "movements", Integer, nullable=False, server_default=text("0"), comment="names the next cause in the ledger"
    ),
    Column("failure", Text, nullable=False, server_default=text("''"), comment="a word of the provider's"),
    Column("alert", Text, nullable=False, server_default=text("''"), comment="why nothing was credited"),
    Column("created_at", MOMENT, nullable=False),
    Column("paid_at", MOMENT),
    Column("checked_at", MOMENT, comment="when the provider was asked last"),
    PrimaryKeyConstraint("id", name="pk_payments"),
    CheckConstraint("purpose IN ('coins', 'donation', 'subscription')", name="purpose"),
    CheckConstraint("status IN ('created', 'pending', 'succeeded', 'failed', 'canceled')", name="status"),
    CheckConstraint("amount_minor >= 0 AND reversed_minor BETWEEN 0 AND amount_minor", name="amounts"),
    UniqueConstraint("user_id", "request_id", name="uq_payments_user_id_request_id"),
    Index("uq_payments_provider_ref", "provider", "provider_ref", unique=True),
    Index("uq_payments_checkout_ref", "provider", "checkout_ref", unique=True),
    Index("ix_payments_user_id", "user_id", "id"),
    Index("ix_payments_open", "created_at", postgresql_where=text("status IN ('created', 'pending')")),
    comment="Money that a provider takes for us; only what the provider says moves a payment on",
)

coin_purchases = Table(
    "coin_purchases",
    metadata,
    Column(
        "payment_id", BigInteger, ForeignKey("payments.id", name="fk_coin_purchases_payment_id"), autoincrement=False
    ),
    Column(
        "package_id", BigInteger, ForeignKey("coin_packages.id", name="fk_coin_purchases_package_id"), nullable=False
    ),
    Column("package_name", Text, nullable=False),
    Column("coins", BigInteger, nullable=False, comment="all bonuses included"),
    Column("full_amount_minor", BigInteger, nullable=False, comment="before any discount"),
    PrimaryKeyConstraint("payment_id", name="pk_coin_purchases"),
    Index("ix_coin_purchases_package_id", "package_id"),
    comment="What a purchase of coins gives, as it was offered when it began",
)

donations = Table(
    "donations",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    Column("payment_id", BigInteger, ForeignKey("payments.id", name="fk_donations_payment_id"), nullable=False),
    Column("giver_id", BigInteger, ForeignKey("users.id", name="fk_donations_giver_id"), nullable=False),
    Column("recipient_id", BigInteger, ForeignKey("users.id", name="fk_donations_recipient_id"), nullable=False),
    Column("commission_minor", BigInteger, nullable=False, comment="by the rule in force when it was given"),
    Column("message", Text, nullable=False),
    Column("is_anonymous", Boolean, nullable=False),
    Column(
        "recurring_donation_id",
        BigInteger,
        ForeignKey("recurring_donations.id", name="fk_donations_recurring_donation_id"),
        comment="that it is one of",
    ),
    PrimaryKeyConstraint("id", name="pk_donations"),
    UniqueConstraint("payment_id", name="uq_donations_payment_id"),
    CheckConstraint("giver_id <> recipient_id", name="two_people"),
    Index("ix_donations_giver_id", "giver_id", "id"),
    Index("ix_donations_recipient_id", "recipient_id", "id"),
    Index(
        "ix_donations_recurring_donation_id",
        "recurring_donation_id",
        postgresql_where=text("recurring_donation_id IS NOT NULL"),
    ),
    comment="What people give creators in money; amount and state are the payment's",
)

refunds = Table(
    "refunds",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    Column("payment_id", BigInteger, ForeignKey("payments.id", name="fk_refunds_payment_id"), nullable=False),
    Column("request_id", Uuid, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("requested_by", BigInteger, nullable=False, comment="the administrator; outlives the account"),
    Column("provider_ref", Text, comment="the provider's name of it, once it took it"),
    Column("created_at", MOMENT, nullable=False),
    PrimaryKeyConstraint("id", name="pk_refunds"),
    UniqueConstraint("requested_by", "request_id", name="uq_refunds_requested_by_request_id"),
    CheckConstraint("amount_minor > 0", name="amount"),
    Index("ix_refunds_payment_id", "payment_id"),
    comment="Refunds that administrators asked for; what went back is what the provider says of the payment",
)

_SEALED = "sealed with AES-256-GCM, bound to the person and the column"

bank_details = Table(
    "bank_details",
    metadata,
    Column("user_id", BigInteger, ForeignKey("users.id", name="fk_bank_details_user_id"), autoincrement=False),
    Column("account_number", LargeBinary, nullable=False, comment=_SEALED),
    Column("ifsc_code", LargeBinary, nullable=False, comment=_SEALED),
    Column("swift_code", LargeBinary, nullable=False, comment=_SEALED),
    Column("bank_name", LargeBinary, nullable=False, comment=_SEALED),
    Column("account_holder_name", LargeBinary, nullable=False, comment=_SEALED),
    Column("branch_name", LargeBinary, nullable=False, comment=_SEALED),
    Column("key_id", Text, nullable=False, comment="of BANK_KEYS, with which all six are sealed"),
    Column("is_verified", Boolean, nullable=False, server_default=text("false")),
    Column("updated_at", MOMENT, nullable=False),
    PrimaryKeyConstraint("user_id", name="pk_bank_details", info=violation(Conflict, Reason.BANK_DETAILS_EXIST)),
    Index("ix_bank_details_key_id", "key_id"),
    comment="Where a creator's money could go by hand; unreadable without BANK_KEYS",
)
