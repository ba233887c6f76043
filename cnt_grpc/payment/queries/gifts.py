"""Statements on gifts: what there is to give, giving it, and what was given."""

from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Executable,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    case,
    exists,
    func,
    insert,
    literal_column,
    select,
    union_all,
    update,
)

from cnt_grpc import auth
from cnt_grpc.kit.db import statement
from cnt_grpc.kit.db.tables import MOMENT
from cnt_grpc.kit.paging import beyond
from cnt_grpc.payment.tables import commission_settings, gift_transactions, gifts, ledger_accounts, ledger_entries

_gift = gifts.c
_given = gift_transactions.c
_account = ledger_accounts.c
_SHOWN = (_gift.id, _gift.name, _gift.icon, _gift.price_coins, _gift.position, _gift.is_active)
_ID = bindparam("gift_id", type_=BigInteger)


def _values(*names: str) -> dict[str, ColumnElement[object]]:
    return {name: bindparam(name, type_=gifts.c[name].type) for name in names}


@statement
def any_gift() -> Executable:
    """A row if there is any gift."""
    return select(_gift.id).limit(1)


@statement
def insert_gift() -> Executable:
    """A new gift."""
    return insert(gifts).values(_values("name", "icon", "price_coins", "position")).returning(*_SHOWN)


@statement
def gift_to_change() -> Executable:
    """One gift, locked. Parameter: gift_id."""
    return select(*_SHOWN).where(_gift.id == _ID).with_for_update()


@statement
def update_gift() -> Executable:
    """Set all that is changeable of a gift."""
    changed = _values("name", "icon", "price_coins", "position", "is_active")
    return update(gifts).where(_gift.id == _ID).values(changed).returning(*_SHOWN)


@statement
def gifts_page(limit: int, *, every: bool, after: bool) -> Executable:
    """A page of gifts in the order of menus; `every`: also those that are not given any more."""
    found = select(*_SHOWN)
    if not every:
        found = found.where(_gift.is_active)
    if after:
        found = found.where(beyond(_gift.position, _gift.id, ascending=True))
    return found.order_by(_gift.position, _gift.id).limit(limit)


@statement
def active_gift() -> Executable:
    """One gift that can be given. Parameter: gift_id."""
    return select(_gift.id, _gift.name, _gift.icon).where(_gift.id == _ID, _gift.is_active)


@statement
def give() -> Executable:
    """Give a gift: the row and its entries in one statement, because most of a gift's time are its round trips.

    No row: the gift is not given any more, the two shall not meet, or one of the accounts is not open yet. Entries are
    added in the order of accounts, so that two people who give to each other at once wait and do not deadlock.
    Parameters: sender_id, recipient_id, gift_id, quantity, message, stream_id, now.
    """
    sender = bindparam("sender_id", type_=BigInteger)
    recipient = bindparam("recipient_id", type_=BigInteger)
    now = bindparam("now", type_=MOMENT)
    rule = select(commission_settings).order_by(commission_settings.c.id.desc()).limit(1).cte("rule")
    coins = _gift.price_coins * bindparam("quantity", type_=Integer)
    share = case(
        (~rule.c.is_active, 0),
        (rule.c.kind == "fixed", func.least(rule.c.fixed_coins, coins)),
        else_=coins * rule.c.basis_points / literal_column("10000"),
    )
    # Integers: the division rounds down, in the creator's favour.
    priced = (
        select(
            _gift.id.label("gift_id"),
            _gift.name,
            _gift.icon,
            coins.label("coins"),
            func.div(func.coalesce(share, 0), 1).cast(BigInteger).label("commission"),
            _open("wallet", sender).label("payer"),
            _open("earnings", recipient).label("payee"),
            _open("commission", literal_column("0")).label("platform"),
            _name_of(sender).label("sender_name"),
            _name_of(recipient).label("recipient_name"),
        )
        .select_from(gifts.join(rule, literal_column("true")))
        .where(_gift.id == _ID, _gift.is_active, _can_meet(sender, recipient))
        .cte("priced")
    )
    row = select(
        priced.c.gift_id,
        sender,
        recipient,
        bindparam("quantity", type_=Integer),
        priced.c.coins,
        priced.c.commission,
        bindparam("message", type_=Text),
        bindparam("stream_id", type_=BigInteger),
        now,
    ).where(priced.c.payer.is_not(None), priced.c.payee.is_not(None), priced.c.platform.is_not(None))
    columns = (
        *("gift_id", "sender_id", "recipient_id", "quantity", "coins", "commission_coins"),
        *("message", "stream_id", "created_at"),
    )
    given = (
        insert(gift_transactions)
        .from_select(columns, row)
        .returning(_given.id, _given.coins, _given.commission_coins, _given.created_at)
        .cte("given")
    )
    legs = union_all(
        _leg(priced.c.payer, -given.c.coins, priced, given),
        _leg(priced.c.payee, given.c.coins - given.c.commission_coins, priced, given),
        _leg(priced.c.platform, given.c.commission_coins, priced, given),
    ).subquery("legs")
    entries = (
        insert(ledger_entries)
        .from_select(
            ["cause", "account_id", "currency", "amount", "created_at"],
            select(
                func.concat("gift:", legs.c.gift, type_=Text),
                legs.c.account,
                literal_column("'COIN'"),
                legs.c.amount,
                now,
            )
            .where(legs.c.amount != 0)
            .order_by(legs.c.account),
        )
        .returning(ledger_entries.c.account_id, ledger_entries.c.balance_after)
        .cte("entries")
    )
    return select(
        given.c.id,
        given.c.coins,
        given.c.commission_coins,
        given.c.created_at,
        priced.c.gift_id,
        priced.c.name,
        priced.c.icon,
        priced.c.sender_name,
        priced.c.recipient_name,
        entries.c.balance_after,
    ).select_from(given.join(priced, literal_column("true")).join(entries, entries.c.account_id == priced.c.payer))


def _can_meet(sender: ColumnElement[int], recipient: ColumnElement[int]) -> ColumnElement[bool]:
    return and_(
        exists().where(auth.public_people.c.id == recipient),
        auth.not_blocked(sender, recipient),
    )


def _open(kind: str, owner: ColumnElement[int]) -> ColumnElement[int]:
    found = select(_account.id).where(
        _account.kind == literal_column(f"'{kind}'"),
        _account.owner_id == owner,
        _account.currency == literal_column("'COIN'"),
    )
    return found.scalar_subquery()


def _name_of(person: ColumnElement[int]) -> ColumnElement[str]:
    return select(auth.people.c.name).where(auth.people.c.id == person).scalar_subquery()


def _leg(account: ColumnElement[int], amount: ColumnElement[int], priced: CTE, given: CTE) -> Select[Any]:
    leg = select(account.label("account"), amount.label("amount"), given.c.id.label("gift"))
    return leg.select_from(priced.join(given, literal_column("true")))


@statement
def given_page(limit: int, *, by_sender: bool, after: bool) -> Executable:
    """A page of the gifts that a person gave or got, newest first; `met`: no block is between the two.

    Parameter: caller_id.
    """
    sender, recipient = auth.people.alias("sender"), auth.people.alias("recipient")
    mine, other = _given.sender_id, _given.recipient_id
    if not by_sender:
        mine, other = other, mine
    caller = bindparam("caller_id", type_=BigInteger)
    found = (
        select(
            gift_transactions,
            _gift.name.label("gift_name"),
            _gift.icon.label("gift_icon"),
            sender.c.name.label("sender_name"),
            recipient.c.name.label("recipient_name"),
            auth.not_blocked(caller, other).label("met"),
        )
        .select_from(
            gift_transactions.join(gifts, _gift.id == _given.gift_id)
            .join(sender, sender.c.id == _given.sender_id)
            .join(recipient, recipient.c.id == _given.recipient_id)
        )
        .where(mine == caller)
    )
    if after:
        found = found.where(beyond(_given.id))
    return found.order_by(_given.id.desc()).limit(limit)
