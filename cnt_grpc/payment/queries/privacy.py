"""Statements on all that the payment room holds of one person."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Executable,
    Select,
    Table,
    Text,
    bindparam,
    case,
    delete,
    exists,
    null,
    select,
    update,
)

from cnt_grpc import auth
from cnt_grpc.kit.db import statement
from cnt_grpc.payment.tables import (
    bank_details,
    coin_purchases,
    discount_codes,
    discount_redemptions,
    donations,
    gift_transactions,
    ledger_accounts,
    ledger_entries,
    payment_accounts,
    payments,
    payouts,
    provider_customers,
    recurring_donations,
    subscriptions,
)

_PERSON: Final = bindparam("user_id", type_=BigInteger)

_AFTER: Final = bindparam("after", type_=BigInteger)

_OF: Final[Mapping[str, tuple[Table, ColumnElement[bool]]]] = {
    "ledger_account": (ledger_accounts, ledger_accounts.c.owner_id == _PERSON),
    "payment": (payments, payments.c.user_id == _PERSON),
    "coin_purchase": (
        coin_purchases,
        coin_purchases.c.payment_id.in_(select(payments.c.id).where(payments.c.user_id == _PERSON)),
    ),
    "payout": (payouts, payouts.c.user_id == _PERSON),
    "payment_account": (payment_accounts, payment_accounts.c.user_id == _PERSON),
    "provider_customer": (provider_customers, provider_customers.c.user_id == _PERSON),
    "subscription": (subscriptions, subscriptions.c.user_id == _PERSON),
    "donation": (donations, donations.c.giver_id == _PERSON),
    "gift": (gift_transactions, gift_transactions.c.sender_id == _PERSON),
    "gift_received": (gift_transactions, gift_transactions.c.recipient_id == _PERSON),
    "recurring_donation": (recurring_donations, recurring_donations.c.giver_id == _PERSON),
    "discount_code": (discount_codes, discount_codes.c.owner_id == _PERSON),
    "discount_redemption": (discount_redemptions, discount_redemptions.c.user_id == _PERSON),
}
KINDS: Final = (*_OF, "donation_received", "ledger_entry")
"""Everything that is about a person."""
ERASED: Final = (
    *("gift", "donation", "recurring_donation", "discount_code", "bank_details", "payment_account"),
    "name_of_payment_account",
)
"""What is changed when a person goes, in this order."""


def key_of(kind: str) -> str:
    """The column by which rows of a kind are in order: one that no two of them share."""
    return "id" if kind not in _OF else _key(_OF[kind][0]).name


def _key(table: Table) -> Column[object]:
    [found] = table.primary_key.columns
    return found


@statement
def rows(kind: str, limit: int) -> Executable:
    """Rows of a kind that are about a person, oldest first, after one. Parameters: user_id, after."""
    if kind == "donation_received":
        return _received().order_by(donations.c.id).limit(limit)
    table, mine = _OF[kind]
    return select(table).where(mine, _key(table) > _AFTER).order_by(_key(table)).limit(limit)


def _received() -> Select[tuple[object, ...]]:
    """As the recipient is shown them: those that are paid, without what tells who gives and wishes not to be known."""
    of_giver = ("giver_id", "payment_id", "recurring_donation_id")
    giver = case((donations.c.is_anonymous, null()), else_=donations.c.giver_id).label("giver_id")
    return (
        select(giver, *(each for each in donations.c if each.name not in of_giver))
        .join_from(donations, payments, payments.c.id == donations.c.payment_id)
        .where(donations.c.recipient_id == _PERSON, payments.c.status == "succeeded", donations.c.id > _AFTER)
    )


@statement
def entries(limit: int) -> Executable:
    """Entries of one account of the ledger, oldest first, after one. Parameters: account_id, currency, after."""
    return (
        select(ledger_entries)
        .where(
            ledger_entries.c.account_id == bindparam("account_id", type_=BigInteger),
            ledger_entries.c.currency == bindparam("currency", type_=Text),
            ledger_entries.c.id > _AFTER,
        )
        .order_by(ledger_entries.c.id)
        .limit(limit)
    )


@statement
def open_subscriptions() -> Executable:
    """Subscriptions of a person that are not over. Parameter: user_id."""
    return select(subscriptions.c.id).where(subscriptions.c.user_id == _PERSON, subscriptions.c.status != "ended")


_AWAITED: Final = exists().where(payouts.c.payment_account_id == payment_accounts.c.id, payouts.c.status == "requested")
"""Whether money is still on its way to an account: then its name is needed."""


@statement
def forget_account() -> Executable:
    """Forget an account of somebody who has left, once nothing goes there any more. Parameter: payment_account_id."""
    return (
        update(payment_accounts)
        .where(
            payment_accounts.c.id == bindparam("payment_account_id", type_=BigInteger),
            payment_accounts.c.is_deleted,
            ~exists().where(auth.standings.c.id == payment_accounts.c.user_id),
            ~_AWAITED,
        )
        .values(account_id="")
    )


@statement
def erase(kind: str) -> Executable:
    """Take a person's words, or what they could still use, out of the rows of a kind. Parameter: user_id."""
    if kind == "gift":
        return update(gift_transactions).where(gift_transactions.c.sender_id == _PERSON).values(message="")
    if kind == "donation":
        return update(donations).where(donations.c.giver_id == _PERSON).values(message="")
    if kind == "recurring_donation":
        return update(recurring_donations).where(recurring_donations.c.giver_id == _PERSON).values(message="")
    if kind == "payment_account":
        return (
            update(payment_accounts)
            .where(payment_accounts.c.user_id == _PERSON)
            .values(is_deleted=True, is_active=False)
        )
    if kind == "name_of_payment_account":
        # A statement of its own: the one before has waited for a payout that ends in this moment, and not seen its end.
        return update(payment_accounts).where(payment_accounts.c.user_id == _PERSON, ~_AWAITED).values(account_id="")
    if kind == "bank_details":
        return delete(bank_details).where(bank_details.c.user_id == _PERSON)
    return update(discount_codes).where(discount_codes.c.owner_id == _PERSON).values(is_active=False)
