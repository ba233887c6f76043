"""Refresh tokens: each is used once, a lost reply is no theft, and a stolen one is worth nothing."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from grpc import StatusCode
from sqlalchemy import Executable, bindparam, select, update

from cnt_grpc.auth import Tokens, tokens
from cnt_grpc.auth.rules import sessions as rules
from cnt_grpc.auth.rules.sessions import GRACE, Device
from cnt_grpc.auth.tables import refresh_tokens, security_events, sessions, users
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, statement
from cnt_grpc.kit.db.tables import jobs
from tests.auth import makers
from tests.auth.makers import PASSWORD
from tests.harness.api import Api
from tests.harness.world import World


@statement
def _session() -> Executable:
    return select(sessions).where(sessions.c.id == bindparam("session_id"))


@statement
def _tokens() -> Executable:
    return select(refresh_tokens).where(refresh_tokens.c.session_id == bindparam("session_id"))


@statement
def _events() -> Executable:
    return select(security_events).where(security_events.c.user_id == bindparam("user_id"))


@statement
def _jobs() -> Executable:
    return select(jobs).where(jobs.c.kind == "auth.tell_security_event", jobs.c.owner_id == bindparam("user_id"))


@statement
def _ban() -> Executable:
    return update(users).where(users.c.id == bindparam("user_id")).values(banned_at=bindparam("now"))


async def signed_in(world: World, api: Api) -> Any:
    """What a login answered."""
    async with world.db.transaction() as tx:
        person = await makers.user(tx, password_hash=makers.password_hash())
    return await api.auth.Login(username_or_email=person["email"], password=PASSWORD)


async def rows(world: World, statement: Any, **params: object) -> list[Row]:
    async with world.db.reading() as tx:
        return await tx.all(statement, **params)


def session_of(reply: Any) -> int:
    return tokens.verify(reply.access_token).session_id


async def refused(api: Api, token: str) -> tuple[str, str, bytes]:
    """How the token is refused, to the byte."""
    return (
        await api.auth.RefreshToken(refresh_token=token).fails(StatusCode.UNAUTHENTICATED, "REFRESH_TOKEN_INVALID")
    ).wire


async def test_each_use_gives_a_new_pair_of_the_same_session(world: World, api: Api) -> None:
    first = await signed_in(world, api)
    second = await api.auth.RefreshToken(refresh_token=first.refresh_token)
    third = await api.auth.RefreshToken(refresh_token=second.refresh_token)
    assert len({each.refresh_token for each in (first, second, third)}) == 3
    assert session_of(first) == session_of(second) == session_of(third)
    assert (third.user_id, third.username, third.email, third.name) == (
        first.user_id, first.username, first.email, first.name,
    )  # fmt: skip
    assert (await api.with_(authorization=f"Bearer {third.access_token}").user.GetMe()).user.user_id == first.user_id


async def test_a_lost_reply_asked_for_again_gets_the_same_successor(world: World, api: Api) -> None:
    first = await signed_in(world, api)
    second = await api.auth.RefreshToken(refresh_token=first.refresh_token)
    clock.move(GRACE - timedelta(seconds=1))
    again = await api.auth.RefreshToken(refresh_token=first.refresh_token)
    assert again.refresh_token == second.refresh_token
    assert len(await rows(world, _tokens(), session_id=session_of(first))) == 2
    assert await api.auth.RefreshToken(refresh_token=again.refresh_token)


async def test_twenty_tabs_that_wake_up_together_share_one_successor(world: World, api: Api) -> None:
    first = await signed_in(world, api)
    replies = await asyncio.gather(
        *(api.auth.RefreshToken(refresh_token=first.refresh_token)._one() for _ in range(20))
    )
    assert len({reply.refresh_token for reply in replies}) == 1
    assert len(await rows(world, _tokens(), session_id=session_of(first))) == 2


@pytest.mark.parametrize("stolen", [0, 1, 2])
async def test_a_used_token_presented_later_ends_the_whole_family(world: World, api: Api, stolen: int) -> None:
    first = await signed_in(world, api)
    family = [first]
    for _ in range(3):
        clock.move(timedelta(minutes=1))
        family.append(await api.auth.RefreshToken(refresh_token=family[-1].refresh_token))
    clock.move(timedelta(minutes=1))
    bytes_of_theft = await refused(api, family[stolen].refresh_token)
    for each in family:
        assert await refused(api, each.refresh_token) == bytes_of_theft
    assert await refused(api, tokens.new_refresh_token()) == bytes_of_theft
    await asyncio.sleep(1.1)  # what the server remembers of a session
    for each in family:
        await (
            api.with_(authorization=f"Bearer {each.access_token}")
            .user.GetMe()
            .fails(StatusCode.UNAUTHENTICATED, "NOT_SIGNED_IN")
        )
    ended = (await rows(world, _session(), session_id=session_of(first)))[0]
    assert ended["end_reason"] == "token_reused"
    events = await rows(world, _events(), user_id=first.user_id)
    assert [(event["kind"], event["session_id"]) for event in events] == [("refresh_token_reused", ended["id"])]
    assert len(await rows(world, _jobs(), user_id=first.user_id)) == 1


async def test_a_theft_ends_one_session_and_no_other(world: World, api: Api) -> None:
    first = await signed_in(world, api)
    other = await api.auth.Login(username_or_email=first.email, password=PASSWORD)
    await api.auth.RefreshToken(refresh_token=first.refresh_token)
    clock.move(GRACE + timedelta(seconds=1))
    await refused(api, first.refresh_token)
    assert (await api.auth.RefreshToken(refresh_token=other.refresh_token)).user_id == first.user_id


async def test_thieves_who_come_together_make_one_event(world: World, api: Api) -> None:
    first = await signed_in(world, api)
    await api.auth.RefreshToken(refresh_token=first.refresh_token)
    clock.move(GRACE + timedelta(seconds=1))
    await asyncio.gather(*(refused(api, first.refresh_token) for _ in range(10)))
    assert len(await rows(world, _events(), user_id=first.user_id)) == 1


async def test_an_unused_token_expires_after_thirty_days_and_using_it_is_no_theft(world: World, api: Api) -> None:
    first = await signed_in(world, api)
    clock.move(timedelta(days=29))
    second = await api.auth.RefreshToken(refresh_token=first.refresh_token)
    clock.move(timedelta(days=29))
    third = await api.auth.RefreshToken(refresh_token=second.refresh_token)
    clock.move(timedelta(days=31))
    await refused(api, third.refresh_token)
    await refused(api, first.refresh_token)
    assert await rows(world, _events(), user_id=first.user_id) == []


async def test_a_banned_person_gets_no_new_tokens(world: World, api: Api) -> None:
    first = await signed_in(world, api)
    async with world.db.transaction() as tx:
        await tx.run(_ban(), user_id=first.user_id, now=clock.now())
    await api.auth.RefreshToken(refresh_token=first.refresh_token).fails(StatusCode.PERMISSION_DENIED, "ACCOUNT_BANNED")


async def test_without_rotation_a_token_stays(world: World, api: Api) -> None:
    first = await signed_in(world, api)
    life = Tokens(rotates=False)
    for _ in range(3):
        clock.move(timedelta(minutes=1))
        async with world.db.transaction() as tx:
            again = await rules.refresh(tx, life, first.refresh_token, Device("203.0.113.5", "a telephone"))
        assert again.refresh_token == first.refresh_token
    kept = (await rows(world, _session(), session_id=session_of(first)))[0]
    assert (kept["address"], kept["user_agent"]) == ("203.0.113.5", "a telephone")


async def test_logging_out_ends_the_session_at_once(world: World, api: Api) -> None:
    first = await signed_in(world, api)
    second = await api.auth.RefreshToken(refresh_token=first.refresh_token)
    await api.with_(authorization="Bearer expired").auth.Logout(refresh_token=second.refresh_token)
    await refused(api, second.refresh_token)
    await refused(api, first.refresh_token)
    await asyncio.sleep(1.1)
    await (
        api.with_(authorization=f"Bearer {second.access_token}")
        .user.GetMe()
        .fails(StatusCode.UNAUTHENTICATED, "NOT_SIGNED_IN")
    )
    assert await rows(world, _events(), user_id=first.user_id) == []


async def test_logging_out_tells_nothing_about_a_token(world: World, api: Api) -> None:
    first = await signed_in(world, api)
    for token in (first.refresh_token, first.refresh_token, tokens.new_refresh_token(), "x"):
        assert (await api.auth.Logout(refresh_token=token)).SerializeToString() == b""
