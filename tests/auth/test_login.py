"""Signing in by password: what is told, what is slowed down, and what is not."""

import asyncio
import secrets
import time
from collections.abc import Callable
from datetime import timedelta

import bcrypt
import pytest
from grpc import StatusCode
from sqlalchemy import Executable, bindparam, select, update

from cnt_grpc.auth.rules import slow_down
from cnt_grpc.auth.rules.sign_in import REFUSED_AFTER
from cnt_grpc.auth.tables import users
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, statement
from cnt_grpc.kit.errors import Exhausted
from tests.auth import makers
from tests.auth.makers import PASSWORD
from tests.harness.api import Api, ApiError
from tests.harness.world import World

OLD = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()


@statement
def _set(columns: tuple[str, ...]) -> Executable:
    return update(users).where(users.c.id == bindparam("user_id")).values({name: bindparam(name) for name in columns})


@statement
def _get() -> Executable:
    return select(users).where(users.c.id == bindparam("user_id"))


async def person(world: World, **columns: object) -> Row:
    """Somebody with a password."""
    async with world.db.transaction() as tx:
        made = await makers.user(tx, password_hash=makers.password_hash())
        if columns:
            await tx.run(_set(tuple(sorted(columns))), user_id=made["id"], **columns)
    return made


async def now_in_database(world: World, user_id: int) -> Row:
    async with world.db.reading() as tx:
        row = await tx.one(_get(), user_id=user_id)
    assert row is not None
    return row


async def test_by_username_or_email_in_any_case(world: World, api: Api) -> None:
    ann = await person(world)
    for typed in (ann["username"], ann["username"].upper(), ann["email"], f" {ann['email'].upper()} "):
        reply = await api.auth.Login(username_or_email=typed, password=PASSWORD)
        assert (reply.user_id, reply.username, reply.email) == (ann["id"], ann["username"], ann["email"])
        assert (reply.token_type, reply.is_admin) == ("bearer", False)
        me = await api.with_(authorization=f"Bearer {reply.access_token}").user.GetMe()
        assert me.user.user_id == ann["id"]


ROUNDS = 4
NEAR = 0.3
"""Seconds by which refusals differ at the most where the machine has the time."""


async def test_unknown_name_and_wrong_password_are_told_apart_neither_by_bytes_nor_by_time(
    world: World, api: Api
) -> None:
    # A busy machine makes some wait longer, but not the same ones each time.
    for _ in range(ROUNDS):
        seen, took = await refused(world, api)
        assert len(seen) == 1
        assert min(took) >= REFUSED_AFTER
        if max(took) < REFUSED_AFTER + NEAR:
            return
    pytest.fail("some refusals take longer")


async def refused(world: World, api: Api) -> tuple[set[tuple[str, str, bytes]], list[float]]:
    """The refusals of tries with a wrong name or password, and how many seconds each took."""
    plain, old = await person(world), await person(world, password_hash=OLD)
    without, banned = await person(world, password_hash=None), await person(world, banned_at=clock.now())
    seen: set[tuple[str, str, bytes]] = set()
    took = []
    for name in (
        f"nobody.at.all.{plain['id']}",
        f"nobody.{plain['id']}@example.com",
        f"@{plain['id']}",
        plain["email"],
        old["email"],
        without["email"],
        banned["email"],
    ):
        started = time.perf_counter()
        answer = (
            await api.elsewhere()
            .auth.Login(username_or_email=name, password="wrong")
            .fails(StatusCode.UNAUTHENTICATED, "WRONG_CREDENTIALS")
        )
        took.append(time.perf_counter() - started)
        seen.add(answer.wire)
    return seen, took


async def test_a_ban_is_told_to_who_knows_the_password(world: World, api: Api) -> None:
    ann = await person(world, banned_at=clock.now())
    await api.auth.Login(username_or_email=ann["email"], password=PASSWORD).fails(
        StatusCode.PERMISSION_DENIED, "ACCOUNT_BANNED"
    )


async def test_an_old_hash_is_upgraded_by_signing_in(world: World, api: Api) -> None:
    ann = await person(world, password_hash=OLD)
    await api.auth.Login(username_or_email=ann["email"], password=PASSWORD)
    assert (await now_in_database(world, ann["id"]))["password_hash"].startswith("$argon2id$")
    await api.auth.Login(username_or_email=ann["email"], password=PASSWORD)


async def test_signing_in_takes_a_pending_deletion_back(world: World, api: Api) -> None:
    ann = await person(world, delete_after=clock.now() + timedelta(days=30))
    await api.auth.Login(username_or_email=ann["email"], password=PASSWORD)
    assert (await now_in_database(world, ann["id"]))["delete_after"] is None


async def test_an_expired_or_broken_token_does_not_stand_in_the_way(world: World, api: Api) -> None:
    ann = await person(world)
    broken = api.with_(authorization="Bearer nonsense")
    assert (await broken.auth.Login(username_or_email=ann["email"], password=PASSWORD)).user_id == ann["id"]


async def wrong(api: Api, name: str, password: str = "wrong") -> str:
    try:
        await api.auth.Login(username_or_email=name, password=password)
    except ApiError as refused:
        return refused.reason
    return "OK"


@pytest.mark.parametrize("is_known", [True, False])
async def test_after_five_wrong_tries_the_next_waits(world: World, api: Api, is_known: bool) -> None:
    ann = await person(world)
    name = ann["email"] if is_known else "unknown@example.com"
    answers = await asyncio.gather(*(wrong(api, name) for _ in range(9)))
    assert sorted(answers) == ["SIGN_IN_SLOWED_DOWN"] * 3 + ["WRONG_CREDENTIALS"] * 6
    refused = await api.auth.Login(username_or_email=name, password=PASSWORD).fails(
        StatusCode.RESOURCE_EXHAUSTED, "SIGN_IN_SLOWED_DOWN"
    )
    assert 0 < refused.retry_after <= 2
    clock.move(timedelta(seconds=3))
    assert await wrong(api, name) == "WRONG_CREDENTIALS"
    refused = await api.auth.Login(username_or_email=name, password=PASSWORD).fails(
        StatusCode.RESOURCE_EXHAUSTED, "SIGN_IN_SLOWED_DOWN"
    )
    assert 2 < refused.retry_after <= 4


async def test_a_live_session_goes_on_and_the_right_password_starts_afresh(world: World, api: Api) -> None:
    ann = await person(world)
    live = await api.auth.Login(username_or_email=ann["email"], password=PASSWORD)
    await asyncio.gather(*(wrong(api, ann["email"]) for _ in range(7)))
    assert await wrong(api, ann["email"], PASSWORD) == "SIGN_IN_SLOWED_DOWN"
    assert (await api.with_(authorization=f"Bearer {live.access_token}").user.GetMe()).user.user_id == ann["id"]
    assert (await api.auth.RefreshToken(refresh_token=live.refresh_token)).user_id == ann["id"]
    clock.move(timedelta(seconds=3))
    assert await wrong(api, ann["email"], PASSWORD) == "OK"
    answers = await asyncio.gather(*(wrong(api, ann["email"]) for _ in range(6)))
    assert set(answers) == {"WRONG_CREDENTIALS"}


async def test_an_address_has_more_tries_and_is_forgiven_only_its_own_success(world: World) -> None:
    targets = slow_down.address("2001:db8:7:7::1")
    for _ in range(51):
        async with world.db.transaction() as tx:
            await slow_down.count(tx, targets)
    async with world.db.transaction() as tx:
        with pytest.raises(Exhausted) as refused:
            await slow_down.count(tx, slow_down.address("2001:db8:7:7:ffff::2"))
        assert 0 < refused.value.retry_after <= 2
        await slow_down.count(tx, slow_down.address("2001:db8:7:8::1"))
        await slow_down.forgive(tx, targets)
        await slow_down.count(tx, targets)
        with pytest.raises(Exhausted):
            await slow_down.count(tx, targets)


async def test_wrong_tries_are_forgotten_and_delays_end(world: World) -> None:
    target = [slow_down.account("forgotten")]
    for _ in range(40):
        async with world.db.transaction() as tx:
            await slow_down.count(tx, target)
        clock.move(slow_down.LONGEST_DELAY)
    clock.move(timedelta(days=2))
    for _ in range(6):
        async with world.db.transaction() as tx:
            await slow_down.count(tx, target)
    with pytest.raises(Exhausted):
        async with world.db.transaction() as tx:
            await slow_down.count(tx, target)


@pytest.mark.parametrize("targets", [slow_down.address, slow_down.mails_for])
async def test_a_network_that_is_always_in_use_is_never_slowed_down_for_long(
    world: World, targets: Callable[[str], list[slow_down.Target]]
) -> None:
    """A school: a wrong try, or a mail, every ten minutes of a day; and a bad hour is over after it."""
    school = targets(f"2001:db8:{secrets.token_hex(2)}::1")
    async with world.db.transaction() as tx:
        for _ in range(24 * 6):
            await slow_down.count(tx, school)
            clock.move(timedelta(minutes=10))
        with pytest.raises(Exhausted):
            for _ in range(60):
                await slow_down.count(tx, school)
        clock.move(timedelta(hours=1))
        for _ in range(50):
            await slow_down.count(tx, school)


async def test_what_was_typed_is_not_stored(world: World) -> None:
    async with world.db.transaction() as tx:
        await slow_down.count(tx, [slow_down.account("my password by mistake")])
        rows = await tx.raw("SELECT key FROM wrong_tries")
    assert all(len(row["key"]) == 16 and b"mistake" not in row["key"] for row in rows)
