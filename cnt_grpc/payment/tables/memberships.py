"""Tables of plans and of who has subscribed to them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from cnt_grpc.kit.db.tables import MOMENT, metadata, violation
from cnt_grpc.kit.errors import Conflict
from cnt_grpc.pb.cnt.payment.v1.reason import Reason

plans = Table(
    "plans",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("interval", Text, nullable=False),
    Column("trial_days", Integer, nullable=False),
    Column("entitlements", ARRAY(Text), nullable=False, comment="what members may open"),
    Column("position", Integer, nullable=False),
    Column("is_active", Boolean, nullable=False, server_default=text("true")),
    PrimaryKeyConstraint("id", name="pk_plans"),
    CheckConstraint("interval IN ('month', 'year')", name="interval"),
    CheckConstraint("amount_minor > 0 AND trial_days >= 0", name="amounts"),
    Index(
        "uq_plans_name",
        func.lower(text("name")),
        unique=True,
        postgresql_where=text("is_active"),
        info=violation(Conflict, Reason.OFFER_NAME_TAKEN),
    ),
    Index("ix_plans_position", "position", "id"),
    comment="What members pay for; withdrawn ones stay, because subscriptions refer to them",
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    Column("user_id", BigInteger, ForeignKey("users.id", name="fk_subscriptions_user_id"), nullable=False),
    Column("plan_id", BigInteger, ForeignKey("plans.id", name="fk_subscriptions_plan_id"), nullable=False),
    Column("request_id", Uuid, nullable=False, comment="of the call that began it"),
    Column("checkout_ref", Text, comment="Stripe's name of the page on which it was begun"),
    Column("provider_ref", Text, comment="Stripe's name of it, once it is paid or in its trial"),
    Column("status", Text, nullable=False, server_default=text("'pending'")),
    Column("period_end", MOMENT),
    Column("cancel_at_period_end", Boolean, nullable=False, server_default=text("false")),
    Column("created_at", MOMENT, nullable=False),
    Column("checked_at", MOMENT, comment="when Stripe was asked last"),
    PrimaryKeyConstraint("id", name="pk_subscriptions"),
    CheckConstraint("status IN ('pending', 'trialing', 'active', 'past_due', 'ended')", name="status"),
    UniqueConstraint("user_id", "request_id", name="uq_subscriptions_user_id_request_id"),
    Index("uq_subscriptions_checkout_ref", "checkout_ref", unique=True),
    Index("uq_subscriptions_provider_ref", "provider_ref", unique=True),
    Index("ix_subscriptions_user_id", "user_id", "id"),
    Index("ix_subscriptions_plan_id", "plan_id"),
    Index("ix_subscriptions_open", "checked_at", postgresql_where=text("status <> 'ended'")),
    comment="Who has subscribed to what, as Stripe says; what it opens are entitlements from subscription:<id>",
)

provider_customers = Table(
    "provider_customers",
    metadata,
    Column("user_id", BigInteger, ForeignKey("users.id", name="fk_provider_customers_user_id"), autoincrement=False),
    Column("customer_ref", Text, nullable=False, comment="Stripe's name of the person"),
    PrimaryKeyConstraint("user_id", name="pk_provider_customers"),
    Index("uq_provider_customers_customer_ref", "customer_ref", unique=True),
    comment="People as Stripe knows them, once they have subscribed",
)
