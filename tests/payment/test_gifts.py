"""Gifts through the wire: what they cost, who earns them, and who may not give or get."""

import asyncio
import uuid
from typing import Any

import pytest
from grpc import StatusCode

from tests.harness.api import Api, ApiError
from tests.harness.world import Person, World
from tests.live import makers as live_makers
from tests.payment import books, makers


def request_id() -> str:
    return str(uuid.uuid4())


async def rich(world: World, coins: int = 100) -> Person:
    """Somebody with coins."""
    who = await world.user()
    async with world.db.transaction() as tx:
        await makers.coins(tx, who.id, coins)
    return who


async def a_gift(world: World, price: int = 10) -> int:
    async with world.db.transaction() as tx:
        return await makers.gift(tx, price=price)


async def test_a_gift_leaves_the_wallet_and_is_earned_without_the_commission(world: World, api: Api) -> None:
    ann, bob = await rich(world), await world.user(roles={"creator"})
    gift_id = await a_gift(world, 15)
    reply = await api.as_(ann).wallet.SendGift(
        gift_id=gift_id, recipient_id=bob.id, quantity=3, message="Thanks", request_id=request_id()
    )
    assert (reply.gift.coins, reply.gift.earned_coins, reply.balance_coins) == (45, 36, 55)
    assert (reply.gift.sender_name, reply.gift.recipient_name) == (ann.name, bob.name)
    assert (await api.as_(ann).wallet.GetWallet()).balance_coins == 55
    assert await books.balance(world.db, bob.id, "earnings") == 36
    [sent] = (await api.as_(ann).wallet.ListGiftsSent()).gifts
    [received] = (await api.as_(bob).wallet.ListGiftsReceived()).gifts
    assert sent == received == reply.gift
    assert await books.wrong(world.db) == {}
    [notice] = (await api.as_(bob).notification.ListNotifications()).notifications
    assert notice.data["user_id"] == str(ann.id)


async def test_a_wallet_never_goes_below_zero(world: World, api: Api) -> None:
    ann, bob = await rich(world, 19), await world.user()
    gift_id = await a_gift(world)
    wanted: dict[str, Any] = {"gift_id": gift_id, "recipient_id": bob.id}
    await api.as_(ann).wallet.SendGift(**wanted, request_id=request_id())
    same = request_id()
    for _ in range(2):
        short = api.as_(ann).wallet.SendGift(**wanted, request_id=same)
        await short.fails(StatusCode.FAILED_PRECONDITION, "INSUFFICIENT_COINS")
    async with world.db.transaction() as tx:
        await makers.coins(tx, ann.id, 100)
    # A failed id stays failed, also once there are coins.
    await (
        api.as_(ann)
        .wallet.SendGift(**wanted, request_id=same)
        .fails(StatusCode.FAILED_PRECONDITION, "INSUFFICIENT_COINS")
    )
    assert (await api.as_(ann).wallet.GetWallet()).balance_coins == 109


async def test_whom_nobody_gives_to(world: World, api: Api) -> None:
    ann, bob, gone, guest = await rich(world), await world.user(), await world.user(), await world.user(is_guest=True)
    gift_id = await a_gift(world)
    wallet = api.as_(ann).wallet
    await wallet.SendGift(gift_id=gift_id, recipient_id=ann.id, request_id=request_id()).fails(
        StatusCode.FAILED_PRECONDITION, "GIFT_TO_ONESELF"
    )
    await api.as_(bob).user.BlockUser(user_id=ann.id)
    await world.ban(gone)
    for nobody in (bob.id, gone.id, guest.id, 2**62):
        await wallet.SendGift(gift_id=gift_id, recipient_id=nobody, request_id=request_id()).fails(
            StatusCode.NOT_FOUND, "USER_NOT_FOUND"
        )
    assert (await wallet.GetWallet()).balance_coins == 100


@pytest.mark.parametrize("change", [{"quantity": -1}, {"quantity": 1001}, {"gift_id": 0}, {"stream_id": -1}])
async def test_amounts_that_are_none(world: World, api: Api, change: dict[str, int]) -> None:
    ann, bob = await rich(world), await world.user()
    wanted: dict[str, Any] = {
        "gift_id": await a_gift(world),
        "recipient_id": bob.id,
        "quantity": 1,
        "request_id": request_id(),
    }
    await api.as_(ann).wallet.SendGift(**wanted | change).fails(StatusCode.INVALID_ARGUMENT, "INVALID")


async def test_withdrawn_gifts(world: World, api: Api) -> None:
    ann, bob, admin = await rich(world), await world.user(), await world.user(roles={"admin"})
    wanted: dict[str, Any] = {"gift_id": await a_gift(world), "recipient_id": bob.id}
    await api.as_(admin).wallet.DeleteGift(gift_id=wanted["gift_id"])
    await api.as_(ann).wallet.SendGift(**wanted, request_id=request_id()).fails(StatusCode.NOT_FOUND, "GIFT_NOT_FOUND")


async def test_the_commission_is_that_of_the_gifts_time(world: World, api: Api) -> None:
    ann, bob, admin = await rich(world), await world.user(roles={"creator"}), await world.user(roles={"admin"})
    gift_id = await a_gift(world)

    async def give() -> int:
        wanted: dict[str, Any] = {"gift_id": gift_id, "recipient_id": bob.id, "request_id": request_id()}
        return int((await api.as_(ann).wallet.SendGift(**wanted)).gift.earned_coins)

    rules: tuple[tuple[dict[str, Any], int], ...] = (
        ({"kind": "COMMISSION_KIND_PERCENTAGE", "basis_points": 3333, "is_active": True}, 7),
        ({"kind": "COMMISSION_KIND_FIXED", "fixed_coins": 4, "is_active": True}, 6),
        ({"kind": "COMMISSION_KIND_FIXED", "fixed_coins": 400, "is_active": True}, 0),
        ({"kind": "COMMISSION_KIND_PERCENTAGE", "basis_points": 10000, "is_active": False}, 10),
        ({"kind": "COMMISSION_KIND_PERCENTAGE", "basis_points": 2000, "is_active": True}, 8),
    )
    for rule, earned in rules:
        await api.as_(admin).payment.UpdateCommission(**rule)
        assert await give() == earned
    received = (await api.as_(bob).wallet.ListGiftsReceived()).gifts
    assert [gift.earned_coins for gift in received] == [earned for _, earned in reversed(rules)]
    assert await books.balance(world.db, bob.id, "earnings") == 31
    assert await books.wrong(world.db) == {}


async def test_two_who_give_to_each_other_at_once_do_not_stand_in_each_others_way(world: World, api: Api) -> None:
    ann, bob = await rich(world, 1000), await rich(world, 1000)
    gift_id = await a_gift(world)

    async def give(sender: Person, recipient: Person) -> None:
        wanted: dict[str, Any] = {"gift_id": gift_id, "recipient_id": recipient.id, "request_id": request_id()}
        await api.as_(sender).wallet.SendGift(**wanted)

    await asyncio.gather(*(give(*pair) for _ in range(40) for pair in ((ann, bob), (bob, ann))))
    for who in (ann, bob):
        assert await books.balance(world.db, who.id) == 600
        assert await books.balance(world.db, who.id, "earnings") == 320
    assert await books.wrong(world.db) == {}


async def test_many_at_once_spend_a_balance_exactly_once(world: World, api: Api) -> None:
    ann, bob = await rich(world, 125), await world.user()
    gift_id = await a_gift(world)
    ended = []

    async def give() -> None:
        try:
            await api.as_(ann).wallet.SendGift(gift_id=gift_id, recipient_id=bob.id, request_id=request_id())
        except ApiError as error:
            ended.append(error.reason)
        else:
            ended.append("OK")

    await asyncio.gather(*(give() for _ in range(50)))
    assert (ended.count("OK"), ended.count("INSUFFICIENT_COINS")) == (12, 38)
    assert await books.balance(world.db, ann.id) == 5
    assert await books.wrong(world.db) == {}


async def test_a_gift_is_two_statements_of_ours(world: World) -> None:
    """And the second one, the notice, is not even ours: what a gift costs are its round trips."""
    from cnt_grpc.kit.rpc.call import Caller  # noqa: PLC0415
    from cnt_grpc.payment.rules import gifts  # noqa: PLC0415

    ann, bob = await rich(world), await world.user()
    wish = gifts.Wish(gift_id=await a_gift(world), recipient_id=bob.id, quantity=1, message="", stream_id=0)
    async with world.db.transaction() as tx:
        await gifts.give(tx, Caller(ann.id), wish)
    async with world.db.transaction() as tx:
        await gifts.give(tx, Caller(ann.id), wish)
        assert tx.statements == 1


async def test_a_gift_in_a_live_stream_shows_in_it_and_goes_to_its_host(world: World, api: Api) -> None:
    ann, bob, eve = await rich(world), await world.user(roles={"creator"}), await world.user()
    stream = (await live_makers.on_air(world, bob))["id"]
    wanted: dict[str, Any] = {"gift_id": await a_gift(world), "stream_id": stream}
    wallet = api.as_(ann).wallet
    await wallet.SendGift(**wanted, recipient_id=eve.id, request_id=request_id()).fails(
        StatusCode.FAILED_PRECONDITION, "GIFT_NOT_TO_HOST"
    )
    await wallet.SendGift(**wanted | {"stream_id": 2**62}, recipient_id=bob.id, request_id=request_id()).fails(
        StatusCode.NOT_FOUND, "STREAM_NOT_FOUND"
    )
    given = (await wallet.SendGift(**wanted, recipient_id=bob.id, request_id=request_id())).gift
    assert given.stream_id == stream
    async with world.db.transaction() as tx:
        rows = await tx.raw("SELECT user_id FROM stream_messages WHERE stream_id = $1 AND kind = 'gift'", stream)
    assert [row["user_id"] for row in rows] == [ann.id]
