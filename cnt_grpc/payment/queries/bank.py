"""Statements on bank details; what they hold is sealed before it comes here."""

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Executable,
    LargeBinary,
    Text,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from cnt_grpc.kit.db import statement
from cnt_grpc.payment.tables import bank_details

_bank = bank_details.c
_OWNER = bindparam("owner_id", type_=BigInteger)
SEALED = ("account_number", "ifsc_code", "swift_code", "bank_name", "account_holder_name", "branch_name")
"""The columns that hold what nobody shall read."""


def _values(*names: str) -> dict[str, ColumnElement[object]]:
    return {name: bindparam(name, type_=bank_details.c[name].type) for name in names}


@statement
def own_details(*, locked: bool) -> Executable:
    """A person's bank details. Parameter: owner_id."""
    found = select(bank_details).where(_bank.user_id == _OWNER)
    return found.with_for_update() if locked else found


@statement
def insert_details() -> Executable:
    """Bank details to keep."""
    return insert(bank_details).values(_values("user_id", *SEALED, "key_id", "updated_at")).returning(*bank_details.c)


@statement
def update_details() -> Executable:
    """Other bank details instead, which nobody has verified."""
    values = _values(*SEALED, "key_id", "updated_at")
    return (
        update(bank_details)
        .where(_bank.user_id == _OWNER)
        .values(is_verified=False, **values)
        .returning(*bank_details.c)
    )


@statement
def delete_details() -> Executable:
    """Forget a person's bank details. Parameter: owner_id."""
    return delete(bank_details).where(_bank.user_id == _OWNER)


@statement
def verify_details() -> Executable:
    """Say that a person's bank details are right. Parameter: owner_id."""
    return update(bank_details).where(_bank.user_id == _OWNER).values(is_verified=True).returning(_bank.user_id)


@statement
def sealed_otherwise(limit: int) -> Executable:
    """Bank details that are sealed with another key than this one, locked. Parameters: key_id, after."""
    return (
        select(bank_details)
        .where(_bank.key_id != bindparam("key_id", type_=Text), _bank.user_id > bindparam("after", type_=BigInteger))
        .order_by(_bank.user_id)
        .limit(limit)
        .with_for_update()
    )


@statement
def seal_anew() -> Executable:
    """The same details under another key."""
    values = {name: bindparam(name, type_=LargeBinary) for name in SEALED}
    return update(bank_details).where(_bank.user_id == _OWNER).values(key_id=bindparam("key_id", type_=Text), **values)
