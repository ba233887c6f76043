"""Statements on the ledger: accounts are opened, entries are added, balances are read."""

from sqlalchemy import BigInteger, Executable, TableValuedAlias, Text, bindparam, case, column, func, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, insert

from cnt_grpc.kit.db import statement
from cnt_grpc.kit.db.tables import MOMENT
from cnt_grpc.payment.tables import ledger_accounts, ledger_entries

_account = ledger_accounts.c
_OF_PEOPLE = ("wallet", "earnings", "debt")


@statement
def open_accounts() -> Executable:
    """Open those of these accounts that are not there. Parameters: kinds, owners, currencies, alike in length."""
    wanted = _wanted()
    return (
        insert(ledger_accounts)
        .from_select(
            ["kind", "owner_id", "currency", "balance"],
            select(
                wanted.c.kind,
                wanted.c.owner_id,
                wanted.c.currency,
                case((wanted.c.kind.in_(_OF_PEOPLE), 0), else_=None),
            ).order_by(wanted.c.kind, wanted.c.owner_id, wanted.c.currency),
        )
        .on_conflict_do_nothing()
    )


@statement
def lock_accounts() -> Executable:
    """These accounts, in one order for everyone: those of people locked by it. Parameters as of open_accounts."""
    wanted = _wanted()
    return (
        select(_account.id, _account.kind, _account.owner_id, _account.currency, _account.balance)
        .where(
            tuple_(_account.kind, _account.owner_id, _account.currency).in_(
                select(wanted.c.kind, wanted.c.owner_id, wanted.c.currency)
            ),
            _account.owner_id > 0,
        )
        .order_by(_account.id)
        .with_for_update(key_share=True)
    )


@statement
def add_entries() -> Executable:
    """Entries of one cause, in the order of accounts. Parameters: kinds, owners, currencies, amounts, cause, now."""
    wanted = (
        func.unnest(
            bindparam("kinds", type_=ARRAY(Text)),
            bindparam("owners", type_=ARRAY(BigInteger)),
            bindparam("currencies", type_=ARRAY(Text)),
            bindparam("amounts", type_=ARRAY(BigInteger)),
        )
        .table_valued(
            column("kind", Text), column("owner_id", BigInteger), column("currency", Text), column("amount", BigInteger)
        )
        .render_derived(name="wanted")
    )
    found = (
        select(
            bindparam("cause", type_=Text),
            _account.id,
            _account.currency,
            wanted.c.amount,
            bindparam("now", type_=MOMENT),
        )
        .join_from(
            wanted,
            ledger_accounts,
            (_account.kind == wanted.c.kind)
            & (_account.owner_id == wanted.c.owner_id)
            & (_account.currency == wanted.c.currency),
        )
        .order_by(_account.id)
    )
    return (
        insert(ledger_entries)
        .from_select(["cause", "account_id", "currency", "amount", "created_at"], found)
        .returning(ledger_entries.c.account_id, ledger_entries.c.balance_after)
    )


@statement
def balances() -> Executable:
    """What a person owns and owes, by kind and currency. Parameter: owner_id."""
    return (
        select(_account.kind, _account.currency, _account.balance)
        .where(_account.owner_id == bindparam("owner_id"), _account.owner_id > 0)
        .order_by(_account.kind, _account.currency)
    )


def _wanted() -> TableValuedAlias:
    return (
        func.unnest(
            bindparam("kinds", type_=ARRAY(Text)),
            bindparam("owners", type_=ARRAY(BigInteger)),
            bindparam("currencies", type_=ARRAY(Text)),
        )
        .table_valued(column("kind", Text), column("owner_id", BigInteger), column("currency", Text))
        .render_derived(name="wanted")
    )
