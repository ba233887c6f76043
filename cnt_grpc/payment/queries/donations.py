"""Statements on donations."""

from sqlalchemy import BigInteger, Executable, Select, Text, bindparam, case, extract, insert, or_, select, true

from cnt_grpc import auth
from cnt_grpc.kit.db import statement
from cnt_grpc.kit.paging import beyond
from cnt_grpc.payment.tables import donations, payments

_donation = donations.c
_CALLER = bindparam("caller_id", type_=BigInteger)


@statement
def insert_donation() -> Executable:
    """What a payment is given for."""
    names = (
        *("payment_id", "giver_id", "recipient_id", "commission_minor", "message", "is_anonymous"),
        "recurring_donation_id",
    )
    return insert(donations).values({name: bindparam(name) for name in names}).returning(_donation.id)


def _shown(*, to_caller: bool = True) -> Select[tuple[object, ...]]:
    """Donations with both names; `met`: whether no block is between the caller and the other one of the two."""
    other = case((_donation.giver_id == _CALLER, _donation.recipient_id), else_=_donation.giver_id)
    giver, recipient = auth.people.alias("giver"), auth.people.alias("recipient")
    return select(
        donations,
        *(
            payments.c[name]
            for name in (
                *("provider", "provider_ref", "amount_minor", "currency", "status", "refunded_minor"),
                *("disputed_minor", "reversed_minor", "created_at", "paid_at"),
            )
        ),
        giver.c.name.label("giver_name"),
        recipient.c.name.label("recipient_name"),
        (auth.not_blocked(_CALLER, other) if to_caller else true()).label("met"),
    ).select_from(
        donations.join(payments, payments.c.id == _donation.payment_id)
        .join(giver, giver.c.id == _donation.giver_id)
        .join(recipient, recipient.c.id == _donation.recipient_id)
    )


@statement
def visible_donation() -> Executable:
    """A donation that the caller gave, or got and that is paid. Parameters: caller_id, donation_id."""
    return _shown().where(
        _donation.id == bindparam("donation_id", type_=BigInteger),
        or_(_donation.giver_id == _CALLER, (_donation.recipient_id == _CALLER) & (payments.c.status == "succeeded")),
    )


@statement
def own_donation_of_ref() -> Executable:
    """The donation that the caller gave by this payment. Parameters: caller_id, provider, ref."""
    return _shown().where(
        _donation.giver_id == _CALLER,
        payments.c.provider == bindparam("provider", type_=Text),
        payments.c.provider_ref == bindparam("ref", type_=Text),
    )


@statement
def donations_page(limit: int, *, whose: str, after: bool) -> Executable:
    """A page of donations, newest first: those that the caller `sent` or `received`, or `all`."""
    found = _shown(to_caller=whose != "all")
    if whose == "sent":
        found = found.where(_donation.giver_id == _CALLER)
    if whose == "received":
        found = found.where(_donation.recipient_id == _CALLER, payments.c.status == "succeeded")
    if after:
        found = found.where(beyond(_donation.id))
    return found.order_by(_donation.id.desc()).limit(limit)


@statement
def giving_of_year(limit: int) -> Executable:
    """What the caller gave in a year, oldest first. Parameters: caller_id, year."""
    return (
        _shown()
        .where(
            _donation.giver_id == _CALLER,
            payments.c.status == "succeeded",
            extract("year", payments.c.paid_at.op("AT TIME ZONE")("UTC")) == bindparam("year"),
        )
        .order_by(payments.c.paid_at, _donation.id)
        .limit(limit)
    )
