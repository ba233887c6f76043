"""Statements on discount codes and their uses."""

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Executable,
    Text,
    bindparam,
    cast,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from cnt_grpc.kit.db import among, statement
from cnt_grpc.kit.paging import beyond
from cnt_grpc.payment.tables import discount_codes, discount_redemptions

_code = discount_codes.c
_use = discount_redemptions.c
_ID = bindparam("discount_code_id", type_=BigInteger)
_NAMES = (
    *("code", "kind", "value", "currency", "min_amount_minor", "max_uses", "max_uses_per_person"),
    *("starts_at", "ends_at", "package_id", "owner_id", "stackable", "earned_by"),
)


def _values(*names: str) -> dict[str, ColumnElement[object]]:
    return {name: bindparam(name, type_=discount_codes.c[name].type) for name in names}


@statement
def insert_code() -> Executable:
    """A new code."""
    return insert(discount_codes).values(_values(*_NAMES)).returning(*discount_codes.c)


@statement
def code_to_change() -> Executable:
    """One code, locked. Parameter: discount_code_id."""
    return select(discount_codes).where(_code.id == _ID).with_for_update()


@statement
def update_code() -> Executable:
    """Set all that is changeable of a code."""
    changed = _values("max_uses", "max_uses_per_person", "ends_at", "is_active")
    return update(discount_codes).where(_code.id == _ID).values(changed).returning(*discount_codes.c)


@statement
def lock_codes() -> Executable:
    """Have nobody else use these codes until the transaction ends. Parameter: codes."""
    return select(_code.id).where(among(_code.code, "codes")).order_by(_code.id).with_for_update()


@statement
def codes_for() -> Executable:
    """The codes that a payment uses or used, as an array. Parameter: payment_id."""
    used = select(_use.code_id).where(_use.payment_id == bindparam("payment_id", type_=BigInteger))
    return select(func.coalesce(func.array_agg(_code.code), cast([], ARRAY(Text)))).where(_code.id.in_(used))


@statement
def codes_of() -> Executable:
    """These codes, as far as they are for this person, and how often that person has used each.

    Parameters: codes, user_id.
    """
    used = (
        select(func.count())
        .where(_use.code_id == _code.id, _use.user_id == bindparam("user_id", type_=BigInteger), ~_use.is_released)
        .scalar_subquery()
    )
    return (
        select(discount_codes, used.label("used_by_person"))
        .where(among(_code.code, "codes"), _code.is_active)
        .where(or_(_code.owner_id.is_(None), _code.owner_id == bindparam("user_id", type_=BigInteger)))
        .order_by(_code.id)
    )


@statement
def count_use() -> Executable:
    """One more use of a code, unless it is used up. Parameter: discount_code_id."""
    return (
        update(discount_codes)
        .where(_code.id == _ID, or_(_code.max_uses == 0, _code.uses < _code.max_uses))
        .values(uses=_code.uses + 1)
        .returning(_code.id)
    )


@statement
def insert_use() -> Executable:
    """Note who uses a code for what."""
    names = ("code_id", "user_id", "payment_id", "created_at")
    values = {name: bindparam(name, type_=discount_redemptions.c[name].type) for name in names}
    return insert(discount_redemptions).values(values)


@statement
def release_uses() -> Executable:
    """Give the uses of a purchase back. Parameter: payment_id."""
    freed = (
        update(discount_redemptions)
        .where(_use.payment_id == bindparam("payment_id", type_=BigInteger), ~_use.is_released)
        .values(is_released=True)
        .returning(_use.code_id)
        .cte("freed")
    )
    return update(discount_codes).where(_code.id == freed.c.code_id).values(uses=_code.uses - 1)


@statement
def codes_page(limit: int, *, own: bool, after: bool) -> Executable:
    """A page of codes, newest first; `own`: those made for one person (parameter: owner_id)."""
    found = select(discount_codes)
    if own:
        found = found.where(_code.owner_id == bindparam("owner_id", type_=BigInteger))
    if after:
        found = found.where(beyond(_code.id))
    return found.order_by(_code.id.desc()).limit(limit)
