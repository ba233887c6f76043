"""Statements on payments: what was begun, what a provider has said of it, and what was booked."""

from sqlalchemy import BigInteger, ColumnElement, Executable, Text, Uuid, bindparam, insert, or_, select, update

from cnt_grpc import auth
from cnt_grpc.kit.db import statement
from cnt_grpc.kit.db.tables import MOMENT
from cnt_grpc.kit.paging import beyond
from cnt_grpc.payment.tables import coin_purchases, donations, payments, refunds

_payment = payments.c
_ID = bindparam("payment_id", type_=BigInteger)


def _values(*names: str) -> dict[str, ColumnElement[object]]:
    return {name: bindparam(name, type_=payments.c[name].type) for name in names}


@statement
def insert_payment() -> Executable:
    """A payment to be."""
    names = (
        *("user_id", "purpose", "provider", "request_id", "checkout_ref", "amount_minor", "currency"),
        "created_at",
    )
    return insert(payments).values(_values(*names)).returning(*payments.c)


@statement
def begun_by() -> Executable:
    """The payment that a call began. Parameters: user_id, request_id."""
    return select(payments).where(
        _payment.user_id == bindparam("user_id", type_=BigInteger),
        _payment.request_id == bindparam("request_id", type_=Uuid),
    )


@statement
def payment(*, locked: bool) -> Executable:
    """One payment. Parameter: payment_id."""
    found = select(payments).where(_payment.id == _ID)
    return found.with_for_update(key_share=True) if locked else found


@statement
def payment_of_ref() -> Executable:
    """The payment that a provider knows by this name, its own or its page's. Parameters: provider, ref."""
    ref = bindparam("ref", type_=Text)
    return select(payments).where(
        _payment.provider == bindparam("provider", type_=Text),
        or_(_payment.provider_ref == ref, _payment.checkout_ref == ref),
    )


@statement
def payment_of_bill() -> Executable:
    """The payment of a bill of Stripe, by the bill's name or its own. Parameters: bill, ref."""
    bill = bindparam("bill", type_=Text)
    return select(payments).where(
        _payment.provider == "stripe",
        or_(
            _payment.checkout_ref == bill,
            _payment.provider_ref == bill,
            _payment.provider_ref == bindparam("ref", type_=Text),
        ),
    )


@statement
def set_ref() -> Executable:
    """The provider's name of it shows. Parameters: payment_id, provider_ref."""
    return update(payments).where(_payment.id == _ID).values(_values("provider_ref"))


@statement
def set_checked() -> Executable:
    """The provider was asked about it, and knew nothing. Parameters: payment_id, checked_at."""
    return update(payments).where(_payment.id == _ID).values(_values("checked_at"))


@statement
def set_begun() -> Executable:
    """The provider has begun it. Parameters: payment_id, provider_ref, checkout_ref."""
    return (
        update(payments)
        .where(_payment.id == _ID, _payment.status == "created")
        .values(status="pending", **_values("provider_ref", "checkout_ref"))
    )


@statement
def set_settled() -> Executable:
    """What a provider has said, and what was booked for it."""
    names = (
        *("provider_ref", "status", "refunded_minor", "disputed_minor", "reversed_minor", "reversed_share"),
        *("fee_minor", "movements", "failure", "alert", "paid_at", "checked_at"),
    )
    return update(payments).where(_payment.id == _ID).values(_values(*names)).returning(*payments.c)


@statement
def open_payments(limit: int) -> Executable:
    """Payments that wait for their provider, begun before `before` and after `after`, the longest unasked first."""
    return (
        select(_payment.id)
        .where(
            _payment.status.in_(("created", "pending")),
            or_(_payment.provider_ref.is_not(None), _payment.checkout_ref.is_not(None)),
            _payment.created_at < bindparam("before", type_=MOMENT),
            _payment.created_at > bindparam("after", type_=MOMENT),
        )
        .order_by(_payment.checked_at.asc().nulls_first(), _payment.id)
        .limit(limit)
    )


@statement
def never_begun(limit: int) -> Executable:
    """Payments of before `before` of which no provider was ever told, by id. Parameters: after, before."""
    return (
        select(_payment.id)
        .where(
            _payment.status == "created",
            _payment.provider_ref.is_(None),
            _payment.checkout_ref.is_(None),
            _payment.created_at < bindparam("before", type_=MOMENT),
            _payment.id > bindparam("after", type_=BigInteger),
        )
        .order_by(_payment.id)
        .limit(limit)
    )


@statement
def payments_after(limit: int) -> Executable:
    """Payments with a provider, by id. Parameters: after, since."""
    return (
        select(_payment.id)
        .where(
            _payment.id > bindparam("after", type_=BigInteger),
            _payment.created_at >= bindparam("since", type_=MOMENT),
            _payment.provider != "none",
        )
        .order_by(_payment.id)
        .limit(limit)
    )


@statement
def insert_purchase() -> Executable:
    """What a purchase gives."""
    return insert(coin_purchases).values({name: bindparam(name) for name in coin_purchases.c.keys()})  # noqa: SIM118


@statement
def purchase() -> Executable:
    """What a purchase gives. Parameter: payment_id."""
    return select(coin_purchases).where(coin_purchases.c.payment_id == _ID)


@statement
def purchases_page(limit: int, *, after: bool) -> Executable:
    """A page of a person's purchases, newest first. Parameter: caller_id."""
    found = (
        select(payments, *(each for each in coin_purchases.c if each.name != "payment_id"))
        .join_from(payments, coin_purchases, coin_purchases.c.payment_id == _payment.id)
        .where(_payment.user_id == bindparam("caller_id", type_=BigInteger))
    )
    if after:
        found = found.where(beyond(_payment.id))
    return found.order_by(_payment.id.desc()).limit(limit)


@statement
def insert_refund() -> Executable:
    """A refund that an administrator asks for."""
    names = ("payment_id", "request_id", "amount_minor", "reason", "requested_by", "created_at")
    return (
        insert(refunds)
        .values({name: bindparam(name, type_=refunds.c[name].type) for name in names})
        .returning(*refunds.c)
    )


@statement
def refund_asked_by() -> Executable:
    """The refund that a call asked for. Parameters: requested_by, request_id."""
    return select(refunds).where(
        refunds.c.requested_by == bindparam("requested_by", type_=BigInteger),
        refunds.c.request_id == bindparam("request_id", type_=Uuid),
    )


@statement
def set_refunded() -> Executable:
    """The provider took a refund. Parameters: refund_id, provider_ref."""
    return (
        update(refunds)
        .where(refunds.c.id == bindparam("refund_id", type_=BigInteger))
        .values(provider_ref=bindparam("provider_ref", type_=Text))
    )


@statement
def donation_of() -> Executable:
    """The donation that a payment is. Parameter: payment_id."""
    return select(donations).where(donations.c.payment_id == _ID)


@statement
def name_of() -> Executable:
    """A person's name. Parameter: user_id."""
    return select(auth.people.c.name).where(auth.people.c.id == bindparam("user_id", type_=BigInteger))
