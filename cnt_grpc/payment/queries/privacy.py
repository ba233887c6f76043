"""Statements on all that the payment room holds of one person."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import BigInteger, ColumnElement, Executable, Table, bindparam, delete, or_, select, update

from cnt_grpc.kit.db import statement
from cnt_grpc.payment.tables import (
    bank_details,
    discount_codes,
    discount_redemptions,
    donations,
    gift_transactions,
    ledger_accounts,
    ledger_entries,
    payment_accounts,
    payments,
    payouts,
    recurring_donations,
    subscriptions,
)

_PERSON: Final = bindparam("user_id", type_=BigInteger)

_OF: Final[Mapping[str, tuple[Table, ColumnElement[bool]]]] = {
    "ledger_account": (ledger_accounts, ledger_accounts.c.owner_id == _PERSON),
    "ledger_entry": (ledger_entries, ledger_entries.c.owner_id == _PERSON),
    "payment": (payments, payments.c.user_id == _PERSON),
    "payout": (payouts, payouts.c.user_id == _PERSON),
    "payment_account": (payment_accounts, payment_accounts.c.user_id == _PERSON),
    "subscription": (subscriptions, subscriptions.c.user_id == _PERSON),
    "donation": (donations, or_(donations.c.giver_id == _PERSON, donations.c.recipient_id == _PERSON)),
    "gift": (
        gift_transactions,
        or_(gift_transactions.c.sender_id == _PERSON, gift_transactions.c.recipient_id == _PERSON),
    ),
    "recurring_donation": (recurring_donations, recurring_donations.c.giver_id == _PERSON),
    "discount_code": (discount_codes, discount_codes.c.owner_id == _PERSON),
    "discount_redemption": (discount_redemptions, discount_redemptions.c.user_id == _PERSON),
}
KINDS: Final = tuple(_OF)
"""Everything that is about a person."""
ERASED: Final = ("gift", "donation", "recurring_donation", "discount_code", "bank_details", "payment_account")
"""What is changed when a person goes."""


@statement
def rows(kind: str) -> Executable:
    """All rows of a kind that are about a person, oldest first. Parameter: user_id."""
    table, mine = _OF[kind]
    return select(table).where(mine).order_by(table.c.id)


@statement
def open_subscriptions() -> Executable:
    """Subscriptions of a person that are not over. Parameter: user_id."""
    return select(subscriptions.c.id).where(subscriptions.c.user_id == _PERSON, subscriptions.c.status != "ended")


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
    if kind == "bank_details":
        return delete(bank_details).where(bank_details.c.user_id == _PERSON)
    return update(discount_codes).where(discount_codes.c.owner_id == _PERSON).values(is_active=False)
