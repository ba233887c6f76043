"""Table of what people give every week or every month."""

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
    UniqueConstraint,
    Uuid,
    text,
)

from cnt_grpc.kit.db.tables import MOMENT, metadata

recurring_donations = Table(
    "recurring_donations",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    Column("giver_id", BigInteger, ForeignKey("users.id", name="fk_recurring_donations_giver_id"), nullable=False),
    Column(
        "recipient_id", BigInteger, ForeignKey("users.id", name="fk_recurring_donations_recipient_id"), nullable=False
    ),
    Column("request_id", Uuid, nullable=False, comment="of the call that began it"),
    Column("amount_minor", BigInteger, nullable=False, comment="each time"),
    Column("currency", Text, nullable=False),
    Column("interval", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("is_anonymous", Boolean, nullable=False),
    Column("checkout_ref", Text, comment="Stripe's name of the page on which it was begun"),
    Column("provider_ref", Text, comment="Stripe's name of the subscription, once the first is paid"),
    Column("status", Text, nullable=False, server_default=text("'pending'")),
    Column("next_at", MOMENT, comment="when the next one is due"),
    Column("created_at", MOMENT, nullable=False),
    Column("checked_at", MOMENT, comment="when Stripe was asked last"),
    PrimaryKeyConstraint("id", name="pk_recurring_donations"),
    CheckConstraint("interval IN ('week', 'month')", name="interval"),
    CheckConstraint("status IN ('pending', 'active', 'past_due', 'ended')", name="status"),
    CheckConstraint("amount_minor > 0", name="amount"),
    CheckConstraint("giver_id <> recipient_id", name="two_people"),
    UniqueConstraint("giver_id", "request_id", name="uq_recurring_donations_giver_id_request_id"),
    Index("uq_recurring_donations_checkout_ref", "checkout_ref", unique=True),
    Index("uq_recurring_donations_provider_ref", "provider_ref", unique=True),
    Index("ix_recurring_donations_giver_id", "giver_id", "id"),
    Index("ix_recurring_donations_recipient_id", "recipient_id"),
    Index("ix_recurring_donations_open", "checked_at", postgresql_where=text("status <> 'ended'")),
    comment="What people give again and again, as Stripe says; each time is a payment and a donation of its own",
)
