"""Statements on accounts of creators at providers, and on payouts."""

from sqlalchemy import BigInteger, Boolean, ColumnElement, Executable, Text, bindparam, insert, select, update

from cnt_grpc import auth
from cnt_grpc.kit.db import statement
from cnt_grpc.kit.paging import beyond
from cnt_grpc.payment.tables import payment_accounts, payouts

_account = payment_accounts.c
_payout = payouts.c
_OWNER = bindparam("owner_id", type_=BigInteger)
_ID = bindparam("payment_account_id", type_=BigInteger)
_PAYOUT = bindparam("payout_id", type_=BigInteger)


@statement
def insert_account() -> Executable:
    """Another account."""
    names = ("user_id", "provider", "account_id", "is_active", "details_submitted", "created_at")
    values = {name: bindparam(name, type_=payment_accounts.c[name].type) for name in names}
    return insert(payment_accounts).values(values).returning(*payment_accounts.c)


def _own() -> ColumnElement[bool]:
    return (_account.user_id == _OWNER) & ~_account.is_deleted


@statement
def own_account() -> Executable:
    """One of a person's accounts. Parameters: owner_id, payment_account_id."""
    return select(payment_accounts).where(_own(), _account.id == _ID)


@statement
def own_account_with() -> Executable:
    """A person's account with a provider. Parameters: owner_id, provider."""
    return select(payment_accounts).where(_own(), _account.provider == bindparam("provider", type_=Text))


@statement
def member_since() -> Executable:
    """When a person came. Parameter: owner_id."""
    return select(auth.standings.c.created_at).where(auth.standings.c.id == _OWNER)


@statement
def own_accounts() -> Executable:
    """A person's accounts, newest first: one of each provider at most. Parameter: owner_id."""
    return select(payment_accounts).where(_own()).order_by(_account.id.desc())


@statement
def account() -> Executable:
    """An account, whoever owns it and even when it is used no longer: where a payout goes. For jobs."""
    return select(payment_accounts).where(_account.id == _ID)


@statement
def lock_account() -> Executable:
    """An account, locked: its owner may leave in this moment. Parameter: payment_account_id."""
    return select(_account.id).where(_account.id == _ID).with_for_update(key_share=True)


@statement
def set_standing() -> Executable:
    """What a provider has said of an account. Parameters: provider, account_id, is_active, details_submitted."""
    return (
        update(payment_accounts)
        .where(
            _account.provider == bindparam("provider", type_=Text),
            _account.account_id == bindparam("account_id", type_=Text),
        )
        .values(
            is_active=bindparam("is_active", type_=Boolean),
            details_submitted=bindparam("details_submitted", type_=Boolean),
        )
    )


@statement
def delete_account() -> Executable:
    """Use an account no longer. Parameters: owner_id, payment_account_id."""
    return update(payment_accounts).where(_own(), _account.id == _ID).values(is_deleted=True).returning(_account.id)


@statement
def insert_payout() -> Executable:
    """A payout to be."""
    names = ("user_id", "payment_account_id", "amount_minor", "currency", "coins", "created_at")
    values = {name: bindparam(name, type_=payouts.c[name].type) for name in names}
    return insert(payouts).values(values).returning(*payouts.c)


@statement
def payout() -> Executable:
    """One payout. Parameter: payout_id."""
    return select(payouts).where(_payout.id == _PAYOUT)


@statement
def set_payout() -> Executable:
    """A payout is over. Parameters: payout_id, status, provider_ref, failure."""
    values = {name: bindparam(name, type_=payouts.c[name].type) for name in ("status", "provider_ref", "failure")}
    return (
        update(payouts).where(_payout.id == _PAYOUT, _payout.status == "requested").values(values).returning(*payouts.c)
    )


@statement
def set_payout_ref() -> Executable:
    """The provider has a payout, and says later what became of it. Parameters: payout_id, provider_ref."""
    return (
        update(payouts)
        .where(_payout.id == _PAYOUT, _payout.status == "requested")
        .values(provider_ref=bindparam("provider_ref", type_=Text))
    )


@statement
def open_payouts(limit: int) -> Executable:
    """Payouts that are not over, by id. Parameter: after."""
    return (
        select(_payout.id)
        .where(_payout.status == "requested", _payout.id > bindparam("after", type_=BigInteger))
        .order_by(_payout.id)
        .limit(limit)
    )


@statement
def payouts_page(limit: int, *, after: bool) -> Executable:
    """A page of a person's payouts, newest first. Parameter: owner_id."""
    found = select(payouts).where(_payout.user_id == _OWNER)
    if after:
        found = found.where(beyond(_payout.id))
    return found.order_by(_payout.id.desc()).limit(limit)


@statement
def account_of_ref() -> Executable:
    """The provider's name of an account, if it is one of ours. Parameters: provider, account_id."""
    return (
        select(_account.account_id)
        .where(
            _account.provider == bindparam("provider", type_=Text),
            _account.account_id == bindparam("account_id", type_=Text),
        )
        .limit(1)
    )
