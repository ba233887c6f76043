"""Statements on recurring donations."""

from sqlalchemy import BigInteger, ColumnElement, Executable, Select, Text, Uuid, bindparam, insert, or_, select, update

from cnt_grpc import auth
from cnt_grpc.kit.db import statement
from cnt_grpc.kit.db.tables import MOMENT
from cnt_grpc.kit.paging import beyond
from cnt_grpc.payment.tables import recurring_donations

_one = recurring_donations.c
_ID = bindparam("recurring_donation_id", type_=BigInteger)
_GIVER = bindparam("giver_id", type_=BigInteger)


def _values(*names: str) -> dict[str, ColumnElement[object]]:
    return {name: bindparam(name, type_=_one[name].type) for name in names}


@statement
def insert_recurring() -> Executable:
    """A recurring donation to be."""
    names = (
        *("giver_id", "recipient_id", "request_id", "amount_minor", "currency", "interval", "message"),
        *("is_anonymous", "created_at"),
    )
    return insert(recurring_donations).values(_values(*names)).returning(*_one)


@statement
def begun_by() -> Executable:
    """The recurring donation that a call began. Parameters: giver_id, request_id."""
    return select(recurring_donations).where(
        _one.giver_id == _GIVER, _one.request_id == bindparam("request_id", type_=Uuid)
    )


@statement
def recurring() -> Executable:
    """One recurring donation. Parameter: recurring_donation_id."""
    return select(recurring_donations).where(_one.id == _ID)


@statement
def own_recurring() -> Executable:
    """One that the caller gives. Parameters: giver_id, recurring_donation_id."""
    return select(recurring_donations).where(_one.giver_id == _GIVER, _one.id == _ID)


@statement
def lock_recurring() -> Executable:
    """When Stripe was asked last about a recurring donation, locked. Parameter: recurring_donation_id."""
    return select(_one.checked_at).where(_one.id == _ID).with_for_update(key_share=True)


@statement
def recurring_of_ref() -> Executable:
    """The id of the one that Stripe knows by this name, its subscription's or its page's. Parameter: ref."""
    ref = bindparam("ref", type_=Text)
    return select(_one.id).where(or_(_one.provider_ref == ref, _one.checkout_ref == ref))


@statement
def set_page() -> Executable:
    """The page on which it is begun. Parameters: recurring_donation_id, checkout_ref."""
    return (
        update(recurring_donations)
        .where(_one.id == _ID)
        .values(checkout_ref=bindparam("checkout_ref", type_=Text))
        .returning(_one.status)
    )


@statement
def set_standing() -> Executable:
    """What Stripe has said of it."""
    names = ("provider_ref", "status", "next_at", "checked_at")
    return update(recurring_donations).where(_one.id == _ID).values(_values(*names))


@statement
def set_checked() -> Executable:
    """Stripe was asked about it, and knew nothing new. Parameters: recurring_donation_id, checked_at."""
    return update(recurring_donations).where(_one.id == _ID).values(_values("checked_at"))


@statement
def unchecked(limit: int) -> Executable:
    """Those that are not over and about which Stripe was not asked since `before`."""
    return (
        select(_one.id)
        .where(
            _one.status != "ended",
            _one.checkout_ref.is_not(None),
            (_one.checked_at.is_(None)) | (_one.checked_at < bindparam("before", type_=MOMENT)),
        )
        .order_by(_one.checked_at.asc().nulls_first())
        .limit(limit)
    )


@statement
def open_of_person() -> Executable:
    """Those that a person gives or gets and that are not over. Parameter: user_id."""
    person = bindparam("user_id", type_=BigInteger)
    return select(_one.id).where(or_(_one.giver_id == person, _one.recipient_id == person), _one.status != "ended")


@statement
def recurring_page(limit: int, *, after: bool) -> Executable:
    """A page of those that a person gives, newest first; `met`: no block is between the two. Parameter: giver_id."""
    recipient = auth.people.alias("recipient")
    found: Select[tuple[object, ...]] = (
        select(
            recurring_donations,
            recipient.c.name.label("recipient_name"),
            auth.not_blocked(_GIVER, _one.recipient_id).label("met"),
        )
        .select_from(recurring_donations.join(recipient, recipient.c.id == _one.recipient_id))
        .where(_one.giver_id == _GIVER)
    )
    if after:
        found = found.where(beyond(_one.id))
    return found.order_by(_one.id.desc()).limit(limit)
