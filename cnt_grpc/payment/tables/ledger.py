"""The ledger: accounts of people and of the other side, and the entries that move value between them."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Identity,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from cnt_grpc.kit.db.tables import MOMENT, metadata, violation
from cnt_grpc.kit.errors import Precondition
from cnt_grpc.pb.cnt.payment.v1.reason import Reason

# Triggers, which Core cannot describe and a migration makes: an entry moves its account's balance when it is inserted,
# and nothing else may; entries are never changed or removed; at the commit the entries of each cause must sum to zero.
ledger_accounts = Table(
    "ledger_accounts",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    Column("kind", Text, nullable=False),
    Column("owner_id", BigInteger, nullable=False, comment="a person, also one who has left; 0 for the other side"),
    Column("currency", Text, nullable=False, comment="ISO 4217, or COIN"),
    Column("balance", BigInteger, comment="none on the other side: it would be one row that all movements wait for"),
    PrimaryKeyConstraint("id", name="pk_ledger_accounts"),
    UniqueConstraint("kind", "owner_id", "currency", name="uq_ledger_accounts_kind_owner_currency"),
    UniqueConstraint("id", "currency", name="uq_ledger_accounts_id_currency"),
    CheckConstraint(
        "CASE WHEN owner_id > 0 THEN kind IN ('wallet', 'earnings', 'debt') AND balance IS NOT NULL"
        " ELSE kind NOT IN ('wallet', 'earnings', 'debt') AND balance IS NULL END",
        name="side",
    ),
    CheckConstraint(
        "kind <> 'wallet' OR balance >= 0",
        name="wallet_not_negative",
        info=violation(Precondition, Reason.INSUFFICIENT_COINS),
    ),
    CheckConstraint(
        "kind <> 'earnings' OR balance >= 0",
        name="earnings_not_negative",
        info=violation(Precondition, Reason.INSUFFICIENT_EARNINGS),
    ),
    CheckConstraint("kind <> 'debt' OR balance <= 0", name="debt_not_positive"),
    Index("ix_ledger_accounts_owner_id", "owner_id", postgresql_where=text("owner_id > 0")),
    comment="What people own and owe (kept balances), and the other side of it: providers and the platform",
)

ledger_entries = Table(
    "ledger_entries",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    Column("cause", Text, nullable=False, comment="what moved it, such as gift:12; its entries sum to zero"),
    Column("account_id", BigInteger, nullable=False),
    Column("owner_id", BigInteger, nullable=False, server_default=text("0"), comment="the account's, set by a trigger"),
    Column("currency", Text, nullable=False),
    Column("amount", BigInteger, nullable=False, comment="minor units or coins; above zero is the owner's gain"),
    Column("balance_after", BigInteger, comment="of a person's account, set by a trigger"),
    Column("created_at", MOMENT, nullable=False),
    PrimaryKeyConstraint("id", name="pk_ledger_entries"),
    UniqueConstraint("cause", "account_id", name="uq_ledger_entries_cause_account_id"),
    ForeignKeyConstraint(
        ["account_id", "currency"],
        ["ledger_accounts.id", "ledger_accounts.currency"],
        name="fk_ledger_entries_account_id_currency",
    ),
    CheckConstraint("amount <> 0", name="amount"),
    Index("ix_ledger_entries_account_id", "account_id", "currency", "id"),
    comment="Double entry; rows are only ever added",
)
