"""A ban, a logout, a lost role and a block act in every process: within a second for calls, within five for streams."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta

import pytest

from cnt_grpc import auth
from cnt_grpc.admin.jobs import COPY
from cnt_grpc.auth import Role, tokens
from cnt_grpc.kit import jobs
from cnt_grpc.pb.cnt.admin.v1.jobs_pb2 import CopyDriveFile
from tests.auth import makers
from tests.faults.watching import Watcher
from tests.faults.whole import Whole
from tests.harness.api import Api, ApiError
from tests.harness.world import Person

CALL_SECONDS = 1.0
STREAM_SECONDS = 5.0
AGAIN_SECONDS = 0.02


@dataclass(frozen=True)
class Scene:
    """Somebody whom an act is about, and a call of theirs that it refuses."""

    whole: Whole
    who: Person
    call: Callable[[Api], Awaitable[object]]
    refusal: str

    async def refused_since(self, number: int, done: asyncio.Event) -> float:
        """Call one server again and again; the moment at which the last call that succeeded was made."""
        api = self.whole.api(number).as_(self.who)
        last = 0.0
        while True:
            asked = time.monotonic()
            refusal = await refusal_of(self.call(api))
            if refusal:
                assert done.is_set(), f"refused before the act: {refusal}"
                assert refusal == self.refusal
                return last
            last = asked
            await asyncio.sleep(AGAIN_SECONDS)


async def refusal_of(call: Awaitable[object]) -> str:
    """Status and reason, or nothing for an answer."""
    try:
        await call
    except ApiError as error:
        return f"{error.code.name} {error.reason}"
    return ""


async def inbox(who: Person, api: Api) -> str:
    """Watch one's notifications; how that ended."""
    return await Watcher(who).watch(api)


Stream = Callable[[Person, Api], Coroutine[None, None, str]]


async def measure(
    scene: Scene, act: Callable[[], Awaitable[None]], *, ends_streams: str, stream: Stream = inbox
) -> None:
    """Do it while both servers are called and watched; nothing goes on longer than it may.

    `ends_streams` is the status with which streams end, and empty where they go on.
    """
    whole = scene.whole
    servers = range(len(whole.servers))
    streams = [asyncio.create_task(stream(scene.who, whole.api(number))) for number in servers]
    done = asyncio.Event()
    calls = [asyncio.create_task(scene.refused_since(number, done)) for number in servers]
    # Long enough for each server to remember who this is.
    await asyncio.sleep(0.5)
    done.set()
    await act()
    began = time.monotonic()
    async with asyncio.timeout(10):
        for last in await asyncio.gather(*calls):
            assert last - began <= CALL_SECONDS, f"a call was answered {last - began:.2f} s after the act"
    if ends_streams:
        async with asyncio.timeout(10):
            ends = await asyncio.gather(*streams)
        assert time.monotonic() - began <= STREAM_SECONDS
        assert ends == [ends_streams] * len(ends)
    else:
        assert not any(each.done() for each in streams)
    for each in streams:
        each.cancel()
    await asyncio.gather(*streams, return_exceptions=True)


async def me(api: Api) -> object:
    """A call that needs no more than a session."""
    return await api.user.GetMe()


@pytest.mark.parametrize("act", ["ban", "logout", "all sessions ended", "erased"])
async def test_whoever_is_shut_out(at_risk: Whole, act: str) -> None:
    who = await at_risk.world.user()

    async def shut_out() -> None:
        if act == "logout":
            # By one server; the other one hears of it from the table.
            await at_risk.api(0).as_(who).auth.EndSession(session_id=who.session_id)
            return
        async with at_risk.system.db.transaction() as tx:
            if act == "ban":
                await auth.ban(tx, who.id, "spam")
            elif act == "erased":
                await tx.raw("UPDATE users SET erased_at = now() WHERE id = $1", who.id)
            else:
                await tx.raw("UPDATE sessions SET ended_at = now(), end_reason = 'ended' WHERE user_id = $1", who.id)

    scene = Scene(at_risk, who, me, "UNAUTHENTICATED NOT_SIGNED_IN")
    await measure(scene, shut_out, ends_streams="UNAUTHENTICATED")


async def test_a_password_that_is_changed_elsewhere(at_risk: Whole) -> None:
    """By its owner, who ends every other session with it."""
    who = await at_risk.world.user()
    async with at_risk.system.db.transaction() as tx:
        await makers.set_columns(tx, who.id, password_hash=makers.password_hash())
        elsewhere = tokens.Tokens().access_token(who.id, await makers.session(tx, who.id))
    owner = at_risk.api(0).with_(authorization=f"Bearer {elsewhere}")

    async def change() -> None:
        await owner.user.ChangePassword(old_password=makers.PASSWORD, new_password="a rainbow after the flood")

    await measure(Scene(at_risk, who, me, "UNAUTHENTICATED NOT_SIGNED_IN"), change, ends_streams="UNAUTHENTICATED")
    assert not await refusal_of(me(owner))


async def test_a_role_that_is_taken(at_risk: Whole) -> None:
    who = await at_risk.world.user(roles={"moderator"})

    async def take() -> None:
        async with at_risk.system.db.transaction() as tx:
            await auth.revoke_role(tx, who.id, Role.MODERATOR)

    scene = Scene(at_risk, who, lambda api: api.moderation.ListPending(), "PERMISSION_DENIED ROLE_MISSING")
    await measure(scene, take, ends_streams="")


async def test_a_role_that_a_stream_needs(at_risk: Whole) -> None:
    """Whoever is an administrator no more sees no import of theirs any further."""
    # The last administrator stays one: there are two.
    who, _ = [await at_risk.world.user(roles={"admin"}) for _ in range(2)]
    async with at_risk.system.db.transaction() as tx:
        [row] = await tx.raw(
            "INSERT INTO drive_imports (user_id, file_id, name, content_type, size, revision, status, created_at)"
            " VALUES ($1, 'far', 'sermon.mp3', 'audio/mpeg', 20, '', 'waiting', now()) RETURNING id",
            who.id,
        )
        # The worker begins it tomorrow.
        job = await jobs.enqueue(tx, COPY, CopyDriveFile(import_id=row["id"]), owner=who.id, delay=timedelta(days=1))
        await tx.raw("UPDATE drive_imports SET job_id = $2 WHERE id = $1", row["id"], job)

    async def imports(_: Person, api: Api) -> str:
        try:
            async for _message in api.as_(who).drive.WatchDriveImports(import_ids=[row["id"]]):
                pass
        except ApiError as error:
            return f"{error.code.name} {error.reason}"
        return "END"

    async def take() -> None:
        async with at_risk.system.db.transaction() as tx:
            await auth.revoke_role(tx, who.id, Role.ADMIN)

    refusal = "PERMISSION_DENIED ROLE_MISSING"
    scene = Scene(at_risk, who, lambda api: api.drive.ListDriveImports(), refusal)
    await measure(scene, take, ends_streams=refusal, stream=imports)


async def test_a_block(at_risk: Whole) -> None:
    """Nobody's session changes, so that it acts at once, and streams go on."""
    ann, bob = await at_risk.world.users(2)

    async def block() -> None:
        await at_risk.api(0).as_(ann).user.BlockUser(user_id=bob.id)

    scene = Scene(at_risk, bob, lambda api: api.user.GetPublicUser(user_id=ann.id), "NOT_FOUND USER_NOT_FOUND")
    await measure(scene, block, ends_streams="")
