"""Where one is signed in, how that ends, and that it ends in every process: unary calls in 1 s, streams in 5."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import grpc
import pytest
from grpc import StatusCode

from cnt_grpc import auth
from cnt_grpc.app import Server
from cnt_grpc.kit import clock
from cnt_grpc.pb.cnt.auth.v1 import session_pb2
from tests.auth import makers
from tests.auth.answers import OK, answer
from tests.harness.api import Api, ApiError
from tests.harness.running import HOST, Running
from tests.harness.world import Person, World

UNARY, STREAMS = 1.0, 5.0
SLACK = 3.0
"""Seconds that a busy machine may take on top; what acts not at once acts after a quarter of an hour."""


async def test_sessions_are_listed_and_ended(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    async with world.db.transaction() as tx:
        other = await makers.session(tx, ann.id)
        await makers.session(tx, bob.id)
    listed = (await api.as_(ann).auth.ListSessions()).sessions
    assert [(each.session_id, each.is_current) for each in listed] == [(other, False), (ann.session_id, True)]
    assert (listed[0].signed_in_by, listed[0].address, listed[0].user_agent) == (
        session_pb2.SIGNED_IN_BY_PASSWORD, "127.0.0.1", "a test",
    )  # fmt: skip
    await api.as_(ann).auth.EndSession(session_id=other)
    await api.as_(ann).auth.EndSession(session_id=other).fails(StatusCode.NOT_FOUND, "SESSION_NOT_FOUND")
    assert [each.session_id for each in (await api.as_(ann).auth.ListSessions()).sessions] == [ann.session_id]
    clock.move(timedelta(days=31))
    assert list((await api.as_(ann_later(world, ann)).auth.ListSessions()).sessions) == []


def ann_later(world: World, ann: Person) -> Person:
    """The same person with a token that is good after a month."""
    token = auth.Tokens().access_token(ann.id, ann.session_id)
    return Person(ann.id, ann.session_id, token, ann.name, ann.email, ann.username)


async def test_all_others_end_and_this_one_stays(world: World, api: Api) -> None:
    ann = await world.user()
    async with world.db.transaction() as tx:
        for _ in range(3):
            await makers.session(tx, ann.id)
    assert (await api.as_(ann).auth.EndOtherSessions()).ended == 3
    assert [each.session_id for each in (await api.as_(ann).auth.ListSessions()).sessions] == [ann.session_id]


async def test_a_ban_shuts_out_and_its_end_lets_in_again(world: World, api: Api) -> None:
    ann = await world.user()
    async with world.db.transaction() as tx:
        assert await auth.ban(tx, ann.id, "spam")
        assert not await auth.ban(tx, ann.id, "spam again")
    async with world.db.transaction() as tx:
        assert (await makers.row(tx, ann.id))["ban_reason"] == "spam"
        assert await auth.unban(tx, ann.id)
        assert not await auth.unban(tx, ann.id)
        code = await makers.code(tx, ann.email, auth.CodePurpose.LOGIN)
    await api.as_(ann).user.GetMe().fails(StatusCode.UNAUTHENTICATED, "NOT_SIGNED_IN")
    assert (await api.auth.LoginWithOtp(email=ann.email, otp_code=code)).user_id == ann.id


# -- two processes ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
async def apis(running: Running) -> AsyncIterator[list[Api]]:
    """The same system served twice: each server remembers sessions for itself."""
    second = Server(running.system)
    port, _ = await second.start(HOST, 0, 0)
    async with (
        grpc.aio.insecure_channel(running.target) as one,
        grpc.aio.insecure_channel(f"{HOST}:{port}") as two,
    ):
        yield [Api(one), Api(two)]
    await second.stop()


class Watching:
    """A stream of somebody's notifications, and when it ended."""

    def __init__(self, api: Api) -> None:
        self._task = asyncio.create_task(self._watch(api))
        self.has_begun = asyncio.Event()

    async def _watch(self, api: Api) -> tuple[float, str]:
        try:
            async for _ in api.notification.WatchNotifications():
                self.has_begun.set()
        except ApiError as refused:
            return time.monotonic(), refused.reason
        return time.monotonic(), "OK"

    async def end(self) -> tuple[float, str]:
        async with asyncio.timeout(30):
            return await self._task


async def refused_after(api: Api, since: float) -> float:
    """Seconds until a unary call is refused."""
    while (reason := await answer(api.user.GetMe())) == OK:
        await asyncio.sleep(0.02)
    assert reason == "NOT_SIGNED_IN"
    return time.monotonic() - since


async def ban(world: World, ann: Person) -> None:
    async with world.db.transaction() as tx:
        await auth.ban(tx, ann.id, "a test")


async def end(world: World, ann: Person) -> None:
    await world.end_session(ann)


@pytest.mark.parametrize("act", [ban, end])
async def test_an_end_acts_in_every_process(world: World, apis: list[Api], act: Any) -> None:
    ann = await world.user()
    mine = [api.as_(ann) for api in apis]
    streams = [Watching(api) for api in mine]
    for api, stream in zip(mine, streams, strict=True):
        await api.user.GetMe()
        async with asyncio.timeout(30):
            await stream.has_begun.wait()
    since = time.monotonic()
    await act(world, ann)
    seconds = await asyncio.gather(*(refused_after(api, since) for api in mine))
    assert max(seconds) < UNARY + SLACK
    for stream in streams:
        ended, reason = await stream.end()
        assert (reason, ended - since < STREAMS + SLACK) == ("NOT_SIGNED_IN", True)


async def test_a_stolen_refresh_token_ends_what_the_thief_has_in_every_process(world: World, apis: list[Api]) -> None:
    """Four generations: whichever of the used ones comes again, none of the family's tokens opens anything."""
    first = await apis[0].auth.Register(
        email=f"theft.{time.monotonic_ns()}@example.com", password=makers.PASSWORD, name="Thea Theft"
    )
    family = [first]
    for turn in range(3):
        clock.move(timedelta(minutes=1))
        family.append(await apis[turn % 2].auth.RefreshToken(refresh_token=family[-1].refresh_token))
    callers = [api.with_(authorization=f"Bearer {each.access_token}") for each in family for api in apis]
    for caller in callers:
        await caller.user.GetMe()
    streams = [Watching(caller) for caller in callers[:2]]
    for stream in streams:
        async with asyncio.timeout(30):
            await stream.has_begun.wait()
    clock.move(timedelta(minutes=1))
    since = time.monotonic()
    await (
        apis[1]
        .auth.RefreshToken(refresh_token=family[1].refresh_token)
        .fails(StatusCode.UNAUTHENTICATED, "REFRESH_TOKEN_INVALID")
    )
    seconds = await asyncio.gather(*(refused_after(caller, since) for caller in callers))
    assert max(seconds) < UNARY + SLACK
    for stream in streams:
        ended, reason = await stream.end()
        assert (reason, ended - since < STREAMS + SLACK) == ("NOT_SIGNED_IN", True)
    for each in family:
        await (
            apis[0]
            .auth.RefreshToken(refresh_token=each.refresh_token)
            .fails(StatusCode.UNAUTHENTICATED, "REFRESH_TOKEN_INVALID")
        )


async def test_a_lost_role_and_a_given_one_act_in_every_process(world: World, apis: list[Api]) -> None:
    mia = await world.user(roles={"moderator"})
    mine = [api.as_(mia) for api in apis]
    for api in mine:
        await api.moderation.ListPending()
    since = time.monotonic()
    async with world.db.transaction() as tx:
        await auth.revoke_role(tx, mia.id, auth.Role.MODERATOR)

    async def lost(api: Api) -> float:
        while (reason := await answer(api.moderation.ListPending())) == OK:
            await asyncio.sleep(0.02)
        assert reason == "ROLE_MISSING"
        return time.monotonic() - since

    assert max(await asyncio.gather(*(lost(api) for api in mine))) < UNARY + SLACK
    async with world.db.transaction() as tx:
        await auth.grant_role(tx, mia.id, auth.Role.MODERATOR)
    for api in mine:
        await api.moderation.ListPending()
