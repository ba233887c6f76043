"""Tables of what is sold for money and given for coins, and of the commission."""

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
    func,
    text,
)

from cnt_grpc.kit.db.tables import MOMENT, metadata, violation
from cnt_grpc.kit.errors import Conflict
from cnt_grpc.pb.cnt.payment.v1.reason import Reason

_TAKEN = violation(Conflict, Reason.OFFER_NAME_TAKEN)

coin_packages = Table(
    "coin_packages",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    Column("name", Text, nullable=False),
    Column("coins", BigInteger, nullable=False),
    Column("bonus_coins", BigInteger, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("is_active", Boolean, nullable=False, server_default=text("true")),
    Column("reward_percent", Integer, nullable=False, comment="of the code that a purchase makes; 0 makes none"),
    Column("reward_days", Integer, nullable=False),
    PrimaryKeyConstraint("id", name="pk_coin_packages"),
    CheckConstraint("coins > 0 AND bonus_coins >= 0 AND amount_minor > 0", name="amounts"),
    CheckConstraint("reward_percent BETWEEN 0 AND 100 AND reward_days > 0", name="reward"),
    Index(
        "uq_coin_packages_name", func.lower(text("name")), unique=True, postgresql_where=text("is_active"), info=_TAKEN
    ),
    Index("ix_coin_packages_position", "position", "id"),
    comment="Coins that are sold together; withdrawn ones stay, because purchases refer to them",
)

gifts = Table(
    "gifts",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    Column("name", Text, nullable=False),
    Column("icon", Text, nullable=False),
    Column("price_coins", BigInteger, nullable=False),
    Column("position", Integer, nullable=False),
    Column("is_active", Boolean, nullable=False, server_default=text("true")),
    PrimaryKeyConstraint("id", name="pk_gifts"),
    CheckConstraint("price_coins > 0", name="price_coins"),
    Index("uq_gifts_name", func.lower(text("name")), unique=True, postgresql_where=text("is_active"), info=_TAKEN),
    Index("ix_gifts_position", "position", "id"),
    comment="What people give each other for coins; withdrawn ones stay",
)

gift_transactions = Table(
    "gift_transactions",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    Column("gift_id", BigInteger, ForeignKey("gifts.id", name="fk_gift_transactions_gift_id"), nullable=False),
    Column("sender_id", BigInteger, ForeignKey("users.id", name="fk_gift_transactions_sender_id"), nullable=False),
    Column(
        "recipient_id", BigInteger, ForeignKey("users.id", name="fk_gift_transactions_recipient_id"), nullable=False
    ),
    Column("quantity", Integer, nullable=False),
    Column("coins", BigInteger, nullable=False, comment="what it cost then"),
    Column("commission_coins", BigInteger, nullable=False, comment="by the rule in force then"),
    Column("message", Text, nullable=False),
    Column("stream_id", BigInteger),
    Column("created_at", MOMENT, nullable=False),
    PrimaryKeyConstraint("id", name="pk_gift_transactions"),
    CheckConstraint("sender_id <> recipient_id", name="two_people"),
    CheckConstraint("quantity > 0 AND coins > 0 AND commission_coins BETWEEN 0 AND coins", name="amounts"),
    Index("ix_gift_transactions_sender_id", "sender_id", "id"),
    Index("ix_gift_transactions_recipient_id", "recipient_id", "id"),
    comment="Gifts that were given; what they moved stands in the ledger under gift:<id>",
)

commission_settings = Table(
    "commission_settings",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    Column("kind", Text, nullable=False),
    Column("basis_points", Integer, nullable=False),
    Column("fixed_minor", BigInteger, nullable=False),
    Column("fixed_coins", BigInteger, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("minor_per_thousand_coins", BigInteger, nullable=False, comment="when a creator has coins paid out"),
    Column("coin_currency", Text, nullable=False),
    Column("since", MOMENT, nullable=False),
    PrimaryKeyConstraint("id", name="pk_commission_settings"),
    CheckConstraint("kind IN ('percentage', 'fixed')", name="kind"),
    CheckConstraint("basis_points BETWEEN 0 AND 10000 AND fixed_minor >= 0 AND fixed_coins >= 0", name="amounts"),
    comment="The rules of the commission, one after the other; the last one is in force, and there always is one",
)
