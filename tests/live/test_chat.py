"""The chat of a stream: what hosts set holds for everyone, and everyone sees the same order."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from grpc import StatusCode

from cnt_grpc.kit import clock
from cnt_grpc.pb.cnt.live.v1 import stream_chat_service_pb2 as pb2
from tests.content import makers as content_makers
from tests.faults.sizes import FULL
from tests.harness.api import ApiError
from tests.live import makers

if TYPE_CHECKING:
    from tests.harness.api import Api
    from tests.harness.world import World

FAILED = StatusCode.FAILED_PRECONDITION
DENIED = StatusCode.PERMISSION_DENIED


async def read(call: Any, seconds: float = 5.0) -> Any:
    """The next message of a watch."""
    async with asyncio.timeout(seconds):
        return await call.read()


async def entries(call: Any, number: int) -> list[Any]:
    """The next entries of a watch; heartbeats are passed over."""
    found: list[Any] = []
    while len(found) < number:
        message = await read(call)
        if message.WhichOneof("event") == "message":
            found.append(message.message)
    return found


async def test_what_is_said_is_seen_by_those_who_watch_and_those_who_come_later(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    row = await makers.on_air(world, ann)
    watch = api.stream_chat.WatchStream(stream_id=row["id"], timeout=30).start()
    beat = (await read(watch)).heartbeat
    assert beat.last_seq == 0
    said = (await api.as_(bob).stream_chat.SendStreamMessage(stream_id=row["id"], text="Grüß Gott")).message
    [heard] = await entries(watch, 1)
    assert heard == said
    assert (heard.text, heard.user_id, heard.user_name) == ("Grüß Gott", bob.id, bob.name)
    watch.cancel()
    page = await api.stream_chat.ListStreamMessages(stream_id=row["id"])
    assert list(page.messages) == [said]
    assert page.last_seq == said.seq


async def test_the_hosts_settings_hold_for_everyone_but_the_host(world: World, api: Api) -> None:
    ann, bob, guest = await world.user(), await world.user(), await world.user(is_guest=True)
    row = await makers.made(world, ann)
    async with world.db.transaction() as tx:
        await content_makers.follow(tx, bob.id, ann.id)

    async def set_up(**chat: Any) -> None:
        await api.as_(ann).stream_chat.UpdateChatSettings(stream_id=row["id"], chat=chat)

    def say(who: Any, text: str = "Amen.") -> Any:
        return api.as_(who).stream_chat.SendStreamMessage(stream_id=row["id"], text=text)

    await set_up(enabled=False)
    await say(bob).fails(FAILED, "CHAT_OFF")
    await say(ann)
    await set_up(enabled=True, followers_only=True)
    await say(guest).fails(DENIED, "CHAT_FOLLOWERS_ONLY")
    await say(bob)
    await set_up(enabled=True, blocked_words=["Tand", "böse sache"])
    for text in ("Was für ein TAND!", "So eine BÖSE  Sache".replace("  ", " "), "\uff34\uff41\uff4e\uff44"):
        await say(bob, text).fails(FAILED, "CHAT_WORD_BLOCKED")
    await say(bob, "Der Tandem-Gottesdienst")
    await set_up(enabled=True, slow_seconds=30)
    refused = await say(bob).fails(StatusCode.RESOURCE_EXHAUSTED, "CHAT_SLOW")
    assert 25 < refused.retry_after <= 30
    clock.move(timedelta(seconds=31))
    await say(bob)
    shown = (await api.as_(bob).live.GetStream(stream_id=row["id"])).stream.chat
    assert (shown.slow_seconds, list(shown.blocked_words)) == (30, [])


async def test_of_two_messages_at_once_slow_mode_lets_one_through(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    row = await makers.made(world, ann, chat_slow_seconds=60)
    calls = [api.as_(bob).stream_chat.SendStreamMessage(stream_id=row["id"], text=str(n)) for n in range(20)]
    found = await asyncio.gather(*map(outcome, calls))
    assert sorted(found) == ["CHAT_SLOW"] * 19 + ["OK"]


async def outcome(call: Any) -> str:
    """The reason of a refusal, or OK."""
    try:
        await call
    except ApiError as error:
        return error.reason
    return "OK"


async def test_people_who_race_see_one_order(world: World, api: Api) -> None:
    """Writers race, watchers are cut and come back: nobody misses, repeats or reorders anything."""
    ann = await world.user()
    row = await makers.on_air(world, ann)
    people = await world.users(20)

    async def write(who: Any) -> None:
        for number in range(5):
            await api.as_(who).stream_chat.SendStreamMessage(stream_id=row["id"], text=f"{who.id} {number}")

    async def watch(cut_after: int) -> list[int]:
        seen: list[int] = []
        resume = 0
        while len(seen) < 100:
            call = api.stream_chat.WatchStream(stream_id=row["id"], after_seq=resume, timeout=60).start()
            for _ in range(cut_after):
                message = await read(call, 20)
                if message.WhichOneof("event") == "message":
                    resume = message.message.seq
                    seen.append(resume)
                else:
                    resume = message.heartbeat.last_seq
                if len(seen) == 100:
                    break
            call.cancel()
        return seen

    watches = [asyncio.create_task(watch(cut_after)) for cut_after in range(3, 23)]
    await asyncio.gather(*map(write, people))
    for seen in await asyncio.gather(*watches):
        assert seen == list(range(1, 101))


async def test_taking_out_takes_the_words_for_everyone(world: World, api: Api) -> None:
    ann, bob, moderator = await world.user(), await world.user(), await world.user(roles={"moderator"})
    row = await makers.made(world, ann)
    seqs = [await makers.said(world, row, bob, f"word {n}") for n in range(3)]
    zoe = await world.user()
    chat = api.as_(zoe).stream_chat
    await chat.DeleteStreamMessage(stream_id=row["id"], seq=seqs[0]).fails(
        StatusCode.NOT_FOUND, "STREAM_MESSAGE_NOT_FOUND"
    )
    for who, seq in zip((bob, ann, moderator), seqs, strict=True):
        await api.as_(who).stream_chat.DeleteStreamMessage(stream_id=row["id"], seq=seq)
    shown = (await chat.ListStreamMessages(stream_id=row["id"])).messages
    assert [(each.text, each.is_removed) for each in shown] == [("", True)] * 3
    call = chat.WatchStream(stream_id=row["id"], timeout=30).start()
    log = await entries(call, 6)
    call.cancel()
    assert [each.removed_seq for each in log if each.kind == pb2.STREAM_MESSAGE_KIND_REMOVAL] == seqs


async def test_people_in_a_block_do_not_hear_each_other(world: World, api: Api) -> None:
    ann, bob, zoe = await world.users(3)
    row = await makers.on_air(world, ann)
    await api.as_(zoe).user.BlockUser(user_id=bob.id)
    calls = {
        who.id: api.as_(who).stream_chat.WatchStream(stream_id=row["id"], timeout=30).start() for who in (bob, zoe)
    }
    for call in calls.values():
        await read(call)
    await makers.said(world, row, bob, "from Bob")
    await makers.said(world, row, ann, "from Ann")
    assert [each.text for each in await entries(calls[bob.id], 2)] == ["from Bob", "from Ann"]
    assert [each.text for each in await entries(calls[zoe.id], 1)] == ["from Ann"]
    shown = (await api.as_(zoe).stream_chat.ListStreamMessages(stream_id=row["id"])).messages
    assert [each.text for each in shown] == ["from Ann"]
    for call in calls.values():
        call.cancel()


@pytest.mark.parametrize("why", ["the host blocks them", "they block the host", "the host is banned"])
async def test_a_watch_ends_where_it_could_not_begin_any_more(world: World, api: Api, why: str) -> None:
    ann, bob = await world.users(2)
    row = await makers.on_air(world, ann)
    watch = api.as_(bob).stream_chat.WatchStream(stream_id=row["id"], timeout=60).start()
    await read(watch)
    match why:
        case "the host blocks them":
            await api.as_(ann).user.BlockUser(user_id=bob.id)
        case "they block the host":
            await api.as_(bob).user.BlockUser(user_id=ann.id)
        case _:
            await world.ban(ann)
    begun = asyncio.get_running_loop().time()
    with pytest.raises(grpc.aio.AioRpcError) as ended:
        while True:
            await read(watch, 30)
    assert ended.value.code() is StatusCode.NOT_FOUND
    if FULL:
        assert asyncio.get_running_loop().time() - begun <= 5


async def test_who_only_writes_can_be_banned_as_well(world: World, api: Api) -> None:
    ann, bob, zoe = await world.users(3)
    row = await makers.on_air(world, ann)
    await makers.said(world, row, bob, "spam")
    ban = api.as_(ann).stage.BanParticipant
    await ban(stream_id=row["id"], identity=f"user-{bob.id}")
    await api.as_(bob).stream_chat.SendStreamMessage(stream_id=row["id"], text="Hm").fails(DENIED, "BANNED_FROM_STREAM")
    assert [each.name for each in (await api.as_(ann).stage.ListStreamBans(stream_id=row["id"])).bans] == [bob.name]
    await ban(stream_id=row["id"], identity=f"user-{zoe.id}").fails(StatusCode.NOT_FOUND, "PARTICIPANT_NOT_FOUND")


async def test_a_number_from_nowhere_asks_for_a_resync(world: World, api: Api) -> None:
    row = await makers.made(world, await world.user())
    await api.stream_chat.WatchStream(stream_id=row["id"], after_seq=99).fails(StatusCode.OUT_OF_RANGE, "STREAM_RESYNC")
