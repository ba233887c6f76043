"""Gifts: what there is to give, giving it, and what administrators make of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cnt_grpc import auth, live, notification
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import NotFound, Precondition
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.payment import ledger
from cnt_grpc.payment.audited import write_down
from cnt_grpc.payment.queries import gifts as queries
from cnt_grpc.payment.queries import ledger as ledger_queries
from cnt_grpc.pb.cnt.payment.v1.reason import Reason

FIRST: Final = (
    ("Candle", "🕯️", 5),
    ("Rose", "🌹", 10),
    ("Dove", "🕊️", 50),
    ("Bread", "🍞", 100),
    ("Harp", "🎶", 250),
    ("Lamp", "🪔", 500),
    ("Crown", "👑", 1000),
)
"""Name, icon and price in coins of the gifts that every installation begins with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants to give."""

    gift_id: int
    recipient_id: int
    quantity: int
    message: str
    stream_id: int
    """0 for none."""


async def seed(tx: Tx) -> None:
    """Make the first gifts, unless there are any."""
    if await tx.value(queries.any_gift()) is None:
        rows = [
            {"name": name, "icon": icon, "price_coins": price, "position": position}
            for position, (name, icon, price) in enumerate(FIRST, start=1)
        ]
        await tx.many(queries.insert_gift(), rows)


async def listed(tx: Tx, page: Page, *, every: bool = False) -> tuple[list[Row], str]:
    """A page of the gifts, and the token of the next page; `every`: also those that are not given any more."""
    rows = await tx.all(queries.gifts_page(page.limit, every=every, after=not page.is_first), **page.params)
    return page.cut(rows, key=lambda row: (row["position"], row["id"]))


async def give(tx: Tx, caller: Caller, wish: Wish) -> Row:
    """Give a gift. Raises NotFound and Precondition."""
    if wish.recipient_id == caller.user_id:
        raise Precondition(Reason.GIFT_TO_ONESELF, "nobody gives to themselves")
    if wish.stream_id and await live.host_of(tx, caller, wish.stream_id) != wish.recipient_id:
        raise Precondition(Reason.GIFT_NOT_TO_HOST, "in a live stream gifts go to who gives it")
    row = await _given(tx, caller.user_id, wish)
    if row is None:
        await _open_or_refuse(tx, caller, wish)
        row = await _given(tx, caller.user_id, wish)
    if row is None:
        # Withdrawn, blocked or left between the two statements.
        raise NotFound(Reason.GIFT_NOT_FOUND)
    if wish.stream_id:
        await live.gift_given(tx, wish.stream_id, caller.user_id, name=row["name"], coins=row["coins"])
    await notification.tell(
        tx,
        [wish.recipient_id],
        notification.Gift(user_id=caller.user_id, name=row["sender_name"], gift_id=wish.gift_id, gift_name=row["name"]),
    )
    return row


async def _given(tx: Tx, sender_id: int, wish: Wish) -> Row | None:
    return await tx.one(
        queries.give(),
        sender_id=sender_id,
        recipient_id=wish.recipient_id,
        gift_id=wish.gift_id,
        quantity=wish.quantity,
        message=wish.message,
        stream_id=wish.stream_id or None,
        now=clock.now(),
    )


async def _open_or_refuse(tx: Tx, caller: Caller, wish: Wish) -> None:
    """Find out why nothing was given: for want of an account, which is opened, or for a reason that is told."""
    if await tx.one(queries.active_gift(), gift_id=wish.gift_id) is None:
        raise NotFound(Reason.GIFT_NOT_FOUND)
    await auth.visible_person(tx, caller.user_id, wish.recipient_id)
    accounts = (
        ledger.wallet(caller.user_id),
        ledger.earnings(wish.recipient_id, ledger.COIN),
        ledger.other("commission", ledger.COIN),
    )
    await tx.run(
        ledger_queries.open_accounts(),
        kinds=[account.kind for account in accounts],
        owners=[account.owner_id for account in accounts],
        currencies=[account.currency for account in accounts],
    )


async def sent(tx: Tx, caller: Caller, page: Page) -> tuple[list[Row], str]:
    """A page of the gifts that the caller gave."""
    return await _page(tx, caller, page, by_sender=True)


async def received(tx: Tx, caller: Caller, page: Page) -> tuple[list[Row], str]:
    """A page of the gifts that the caller got."""
    return await _page(tx, caller, page, by_sender=False)


async def _page(tx: Tx, caller: Caller, page: Page, *, by_sender: bool) -> tuple[list[Row], str]:
    stmt = queries.given_page(page.limit, by_sender=by_sender, after=not page.is_first)
    rows = await tx.all(stmt, caller_id=caller.user_id, **page.params)
    return page.cut(rows, key=lambda row: (row["id"],))


async def create(tx: Tx, caller: Caller, wanted: Mapping[str, object]) -> Row:
    """Make a gift. Raises Conflict when another one has its name."""
    row = await tx.one(queries.insert_gift(), **wanted)
    assert row is not None
    write_down(tx, caller, "create", "gift", row["id"], before={}, after=dict(row))
    return row


async def update(tx: Tx, caller: Caller, gift_id: int, changes: Mapping[str, object]) -> Row:
    """Change a gift. Raises NotFound, and Conflict when another one has its name."""
    old = await tx.one(queries.gift_to_change(), gift_id=gift_id)
    if old is None:
        raise NotFound(Reason.GIFT_NOT_FOUND)
    names = ("name", "icon", "price_coins", "position", "is_active")
    row = await tx.one(queries.update_gift(), gift_id=gift_id, **{name: old[name] for name in names} | dict(changes))
    assert row is not None  # it is locked
    write_down(tx, caller, "update", "gift", gift_id, before=dict(old), after=dict(row))
    return row


async def withdraw(tx: Tx, caller: Caller, gift_id: int) -> None:
    """Give a gift no more; what was given stays given. Raises NotFound."""
    await update(tx, caller, gift_id, {"is_active": False})
