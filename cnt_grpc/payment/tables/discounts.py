"""Tables of discount codes and of who used them."""

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
    text,
)

from cnt_grpc.kit.db.tables import MOMENT, metadata, violation
from cnt_grpc.kit.errors import Conflict
from cnt_grpc.pb.cnt.payment.v1.reason import Reason

discount_codes = Table(
    "discount_codes",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    Column("code", Text, nullable=False, comment="in capitals"),
    Column("kind", Text, nullable=False),
    Column("value", BigInteger, nullable=False, comment="percent, minor units or coins"),
    Column("currency", Text, nullable=False, comment="of a fixed amount and of min_amount_minor; empty for any"),
    Column("min_amount_minor", BigInteger, nullable=False),
    Column("max_uses", Integer, nullable=False, comment="0 is without limit; so is max_uses_per_person"),
    Column("max_uses_per_person", Integer, nullable=False),
    Column("uses", Integer, nullable=False, server_default=text("0"), comment="purchases that have begun included"),
    Column("starts_at", MOMENT),
    Column("ends_at", MOMENT),
    Column("package_id", BigInteger, ForeignKey("coin_packages.id", name="fk_discount_codes_package_id")),
    Column("owner_id", BigInteger, ForeignKey("users.id", name="fk_discount_codes_owner_id"), comment="of a reward"),
    Column("stackable", Boolean, nullable=False),
    Column("is_active", Boolean, nullable=False, server_default=text("true")),
    Column("earned_by", BigInteger, comment="the payment that made this reward"),
    PrimaryKeyConstraint("id", name="pk_discount_codes"),
    CheckConstraint("kind IN ('percent', 'fixed', 'bonus_coins')", name="kind"),
    CheckConstraint("value > 0 AND (kind <> 'percent' OR value <= 100)", name="value"),
    CheckConstraint("kind <> 'fixed' OR currency <> ''", name="fixed_has_currency"),
    CheckConstraint("max_uses = 0 OR uses <= max_uses", name="uses"),
    Index("uq_discount_codes_code", "code", unique=True, info=violation(Conflict, Reason.DISCOUNT_CODE_TAKEN)),
    Index("uq_discount_codes_earned_by", "earned_by", unique=True, postgresql_where=text("earned_by IS NOT NULL")),
    Index("ix_discount_codes_owner_id", "owner_id", "id", postgresql_where=text("owner_id IS NOT NULL")),
    Index("ix_discount_codes_package_id", "package_id", postgresql_where=text("package_id IS NOT NULL")),
    comment="Codes that make a purchase cheaper or more; promotions have no owner, rewards have one",
)

discount_redemptions = Table(
    "discount_redemptions",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    Column(
        "code_id", BigInteger, ForeignKey("discount_codes.id", name="fk_discount_redemptions_code_id"), nullable=False
    ),
    Column("user_id", BigInteger, ForeignKey("users.id", name="fk_discount_redemptions_user_id"), nullable=False),
    Column("payment_id", BigInteger, nullable=False, comment="the purchase that it made cheaper"),
    Column(
        "is_released", Boolean, nullable=False, server_default=text("false"), comment="the purchase came to nothing"
    ),
    Column("created_at", MOMENT, nullable=False),
    PrimaryKeyConstraint("id", name="pk_discount_redemptions"),
    Index("uq_discount_redemptions_payment_id", "payment_id", "code_id", unique=True),
    Index("ix_discount_redemptions_code_id", "code_id", "user_id"),
    Index("ix_discount_redemptions_user_id", "user_id"),
    comment="Who used which code for what; a purchase that comes to nothing gives its use back",
)
