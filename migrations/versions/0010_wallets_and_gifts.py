"""The ledger with its guards, packages of coins, gifts, discount codes and the commission."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "coin_packages",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("coins", sa.BigInteger(), nullable=False),
        sa.Column("bonus_coins", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "reward_percent", sa.Integer(), nullable=False, comment="of the code that a purchase makes; 0 makes none"
        ),
        sa.Column("reward_days", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "coins > 0 AND bonus_coins >= 0 AND amount_minor > 0", name=op.f("ck_coin_packages_amounts")
        ),
        sa.CheckConstraint(
            "reward_percent BETWEEN 0 AND 100 AND reward_days > 0", name=op.f("ck_coin_packages_reward")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_coin_packages"),
        comment="Coins that are sold together; withdrawn ones stay, because purchases refer to them",
    )
    op.create_index("ix_coin_packages_position", "coin_packages", ["position", "id"], unique=False)
    op.create_index(
        "uq_coin_packages_name",
        "coin_packages",
        [sa.literal_column("lower(name)")],
        unique=True,
        postgresql_where=sa.text("is_active"),
    )
    op.create_table(
        "commission_settings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("basis_points", sa.Integer(), nullable=False),
        sa.Column("fixed_minor", sa.BigInteger(), nullable=False),
        sa.Column("fixed_coins", sa.BigInteger(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column(
            "minor_per_thousand_coins", sa.BigInteger(), nullable=False, comment="when a creator has coins paid out"
        ),
        sa.Column("coin_currency", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('percentage', 'fixed')", name=op.f("ck_commission_settings_kind")),
        sa.CheckConstraint(
            "basis_points BETWEEN 0 AND 10000 AND fixed_minor >= 0 AND fixed_coins >= 0",
            name=op.f("ck_commission_settings_amounts"),
        ),
        sa.PrimaryKeyConstraint("id", name="pk_commission_settings"),
        comment="The rules of the commission, one after the other; the last one is in force, and there always is one",
    )
    op.create_table(
        "gifts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("icon", sa.Text(), nullable=False),
        sa.Column("price_coins", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint("price_coins > 0", name=op.f("ck_gifts_price_coins")),
        sa.PrimaryKeyConstraint("id", name="pk_gifts"),
        comment="What people give each other for coins; withdrawn ones stay",
    )
    op.create_index("ix_gifts_position", "gifts", ["position", "id"], unique=False)
    op.create_index(
        "uq_gifts_name", "gifts", [sa.literal_column("lower(name)")], unique=True, postgresql_where=sa.text("is_active")
    )
    op.create_table(
        "ledger_accounts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "owner_id", sa.BigInteger(), nullable=False, comment="a person, also one who has left; 0 for the other side"
        ),
        sa.Column("currency", sa.Text(), nullable=False, comment="ISO 4217, or COIN"),
        sa.Column(
            "balance",
            sa.BigInteger(),
            nullable=True,
            comment="none on the other side: it would be one row that all movements wait for",
        ),
        sa.CheckConstraint(
            "CASE WHEN owner_id > 0 THEN kind IN ('wallet', 'earnings', 'debt') AND balance IS NOT NULL"
            " ELSE kind NOT IN ('wallet', 'earnings', 'debt') AND balance IS NULL END",
            name=op.f("ck_ledger_accounts_side"),
        ),
        sa.CheckConstraint("kind <> 'debt' OR balance <= 0", name=op.f("ck_ledger_accounts_debt_not_positive")),
        sa.CheckConstraint("kind <> 'earnings' OR balance >= 0", name=op.f("ck_ledger_accounts_earnings_not_negative")),
        sa.CheckConstraint("kind <> 'wallet' OR balance >= 0", name=op.f("ck_ledger_accounts_wallet_not_negative")),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_accounts"),
        sa.UniqueConstraint("id", "currency", name="uq_ledger_accounts_id_currency"),
        sa.UniqueConstraint("kind", "owner_id", "currency", name="uq_ledger_accounts_kind_owner_currency"),
        comment="What people own and owe (kept balances), and the other side of it: providers and the platform",
    )
    op.create_index(
        "ix_ledger_accounts_owner_id",
        "ledger_accounts",
        ["owner_id"],
        unique=False,
        postgresql_where=sa.text("owner_id > 0"),
    )
    op.create_table(
        "discount_codes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("code", sa.Text(), nullable=False, comment="in capitals"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False, comment="percent, minor units or coins"),
        sa.Column(
            "currency", sa.Text(), nullable=False, comment="of a fixed amount and of min_amount_minor; empty for any"
        ),
        sa.Column("min_amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("max_uses", sa.Integer(), nullable=False, comment="0 is without limit; so is max_uses_per_person"),
        sa.Column("max_uses_per_person", sa.Integer(), nullable=False),
        sa.Column(
            "uses",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="purchases that have begun included",
        ),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("package_id", sa.BigInteger(), nullable=True),
        sa.Column("owner_id", sa.BigInteger(), nullable=True, comment="of a reward"),
        sa.Column("stackable", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("earned_by", sa.BigInteger(), nullable=True, comment="the payment that made this reward"),
        sa.CheckConstraint("kind <> 'fixed' OR currency <> ''", name=op.f("ck_discount_codes_fixed_has_currency")),
        sa.CheckConstraint("kind IN ('percent', 'fixed', 'bonus_coins')", name=op.f("ck_discount_codes_kind")),
        sa.CheckConstraint("value > 0 AND (kind <> 'percent' OR value <= 100)", name=op.f("ck_discount_codes_value")),
        sa.CheckConstraint("max_uses = 0 OR uses <= max_uses", name=op.f("ck_discount_codes_uses")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="fk_discount_codes_owner_id"),
        sa.ForeignKeyConstraint(["package_id"], ["coin_packages.id"], name="fk_discount_codes_package_id"),
        sa.PrimaryKeyConstraint("id", name="pk_discount_codes"),
        comment="Codes that make a purchase cheaper or more; promotions have no owner, rewards have one",
    )
    op.create_index(
        "ix_discount_codes_owner_id",
        "discount_codes",
        ["owner_id", "id"],
        unique=False,
        postgresql_where=sa.text("owner_id IS NOT NULL"),
    )
    op.create_index("uq_discount_codes_code", "discount_codes", ["code"], unique=True)
    op.create_index(
        "uq_discount_codes_earned_by",
        "discount_codes",
        ["earned_by"],
        unique=True,
        postgresql_where=sa.text("earned_by IS NOT NULL"),
    )
    op.create_table(
        "gift_transactions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("gift_id", sa.BigInteger(), nullable=False),
        sa.Column("sender_id", sa.BigInteger(), nullable=False),
        sa.Column("recipient_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("coins", sa.BigInteger(), nullable=False, comment="what it cost then"),
        sa.Column("commission_coins", sa.BigInteger(), nullable=False, comment="by the rule in force then"),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("stream_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "quantity > 0 AND coins > 0 AND commission_coins BETWEEN 0 AND coins",
            name=op.f("ck_gift_transactions_amounts"),
        ),
        sa.CheckConstraint("sender_id <> recipient_id", name=op.f("ck_gift_transactions_two_people")),
        sa.ForeignKeyConstraint(["gift_id"], ["gifts.id"], name="fk_gift_transactions_gift_id"),
        sa.ForeignKeyConstraint(["recipient_id"], ["users.id"], name="fk_gift_transactions_recipient_id"),
        sa.ForeignKeyConstraint(["sender_id"], ["users.id"], name="fk_gift_transactions_sender_id"),
        sa.PrimaryKeyConstraint("id", name="pk_gift_transactions"),
        comment="Gifts that were given; what they moved stands in the ledger under gift:<id>",
    )
    op.create_index("ix_gift_transactions_recipient_id", "gift_transactions", ["recipient_id", "id"], unique=False)
    op.create_index("ix_gift_transactions_sender_id", "gift_transactions", ["sender_id", "id"], unique=False)
    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "cause", sa.Text(), nullable=False, comment="what moved it, such as gift:12; its entries sum to zero"
        ),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "owner_id",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="the account's, set by a trigger",
        ),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column(
            "amount", sa.BigInteger(), nullable=False, comment="minor units or coins; above zero is the owner's gain"
        ),
        sa.Column("balance_after", sa.BigInteger(), nullable=True, comment="of a person's account, set by a trigger"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_ledger_entries_amount")),
        sa.ForeignKeyConstraint(
            ["account_id", "currency"],
            ["ledger_accounts.id", "ledger_accounts.currency"],
            name="fk_ledger_entries_account_id_currency",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_entries"),
        sa.UniqueConstraint("cause", "account_id", name="uq_ledger_entries_cause_account_id"),
        comment="Double entry; rows are only ever added",
    )
    op.create_index("ix_ledger_entries_account_id", "ledger_entries", ["account_id", "currency", "id"], unique=False)
    op.create_table(
        "discount_redemptions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("code_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("payment_id", sa.BigInteger(), nullable=False, comment="the purchase that it made cheaper"),
        sa.Column(
            "is_released",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="the purchase came to nothing",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["code_id"], ["discount_codes.id"], name="fk_discount_redemptions_code_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_discount_redemptions_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_discount_redemptions"),
        comment="Who used which code for what; a purchase that comes to nothing gives its use back",
    )
    op.create_index("ix_discount_redemptions_code_id", "discount_redemptions", ["code_id", "user_id"], unique=False)
    op.create_index("ix_discount_redemptions_user_id", "discount_redemptions", ["user_id"], unique=False)
    op.create_index(
        "uq_discount_redemptions_payment_id", "discount_redemptions", ["payment_id", "code_id"], unique=True
    )
    op.create_index(
        "ix_discount_codes_package_id",
        "discount_codes",
        ["package_id"],
        unique=False,
        postgresql_where=sa.text("package_id IS NOT NULL"),
    )
    _guards()
    # There always is a rule in force.
    op.execute(
        "INSERT INTO commission_settings (kind, basis_points, fixed_minor, fixed_coins, is_active,"
        " minor_per_thousand_coins, coin_currency, since) VALUES ('percentage', 2000, 0, 0, true, 1000, 'USD', now())"
    )
    op.execute("INSERT INTO ledger_accounts (kind, owner_id, currency) VALUES ('commission', 0, 'COIN')")


def _guards() -> None:
    """What Core cannot describe: balances follow entries, entries stay, and each cause sums to zero at the commit."""
    op.execute(
        """
        CREATE FUNCTION ledger_entry_moves_balance() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.owner_id := 0;
            NEW.balance_after := NULL;
            UPDATE ledger_accounts SET balance = balance + NEW.amount
            WHERE id = NEW.account_id AND balance IS NOT NULL
            RETURNING owner_id, balance INTO NEW.owner_id, NEW.balance_after;
            NEW.owner_id := coalesce(NEW.owner_id, 0);
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER ledger_entries_move_balances BEFORE INSERT ON ledger_entries"
        " FOR EACH ROW EXECUTE FUNCTION ledger_entry_moves_balance()"
    )
    op.execute(
        """
        CREATE FUNCTION ledger_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'the ledger is only ever added to';
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER ledger_entries_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entries"
        " FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuses()"
    )
    op.execute(
        """
        CREATE FUNCTION ledger_account_follows_entries() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'INSERT' AND coalesce(NEW.balance, 0) = 0 THEN
                RETURN NEW;
            END IF;
            -- One level is this trigger; the second is that of an entry.
            IF TG_OP = 'UPDATE' AND pg_trigger_depth() > 1 THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'a balance moves by entries alone';
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER ledger_accounts_follow_entries BEFORE INSERT OR UPDATE ON ledger_accounts"
        " FOR EACH ROW EXECUTE FUNCTION ledger_account_follows_entries()"
    )
    op.execute(
        """
        CREATE FUNCTION ledger_is_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (
                SELECT FROM ledger_entries WHERE cause = NEW.cause GROUP BY currency HAVING sum(amount) <> 0
            ) THEN
                RAISE EXCEPTION 'the entries of % do not sum to zero', NEW.cause;
            END IF;
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        "CREATE CONSTRAINT TRIGGER ledger_entries_balance AFTER INSERT ON ledger_entries"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_is_balanced()"
    )


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
