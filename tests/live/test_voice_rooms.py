"""Voice rooms: opened for one person with an agent sent into them, nobody else's hands, true health."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import jwt
from grpc import StatusCode
from livekit.api import ParticipantInfo

from cnt_grpc.kit import clock
from cnt_grpc.live import privacy
from cnt_grpc.live.queries import voice as queries
from cnt_grpc.live.rules import voice
from tests.harness import livekit
from tests.live.test_chat import outcome
from tests.live.test_streams import until
from tests.live.test_syncing import PATIENCE, reconcile

if TYPE_CHECKING:
    from tests.harness.api import Api
    from tests.harness.world import World

NOT_FOUND = StatusCode.NOT_FOUND
MISSING = "VOICE_ROOM_NOT_FOUND"


async def test_a_token_opens_a_room_of_ones_own_with_an_agent_on_its_way(world: World, api: Api) -> None:
    ann = await world.user()
    way = await api.as_(ann).voice.EnterVoiceRoom()
    assert way.room_name.startswith(f"voice-agent-{ann.id}-")
    assert [sent.agent_name for sent in world.livekit.rooms[way.room_name].agents] == [voice.AGENT]
    claims = jwt.decode(way.token, livekit.SECRET, algorithms=["HS256"])
    assert (claims["sub"], claims["name"], claims["video"]["room"]) == (f"user-{ann.id}", ann.name, way.room_name)
    assert claims["video"]["canPublish"]
    assert world.livekit.comes_in(way.token).identity == way.identity


async def test_opening_an_open_room_changes_nothing(world: World, api: Api) -> None:
    ann = await world.user()
    name = f"voice-agent-{ann.id}-evening"
    for _ in range(2):
        assert (await api.as_(ann).voice.OpenVoiceRoom(room_name=name)).room.room_name == name
    assert (await api.as_(ann).voice.EnterVoiceRoom(room_name=name)).room_name == name
    assert len(world.livekit.rooms[name].agents) == 1
    assert [room.room_name for room in (await api.as_(ann).voice.ListVoiceRooms()).rooms] == [name]


async def test_an_agent_that_never_came_is_sent_again(world: World, api: Api) -> None:
    ann = await world.user()
    name = (await api.as_(ann).voice.OpenVoiceRoom()).room.room_name
    agents = world.livekit.rooms[name].agents
    agents[0].state.created_at = time.time_ns() - 20 * 10**9
    await api.as_(ann).voice.EnterVoiceRoom(room_name=name)
    assert len(agents) == 2
    agents[1].state.created_at = time.time_ns() - 20 * 10**9
    kind, state = ParticipantInfo.Kind.AGENT, ParticipantInfo.State.ACTIVE
    world.livekit.rooms[name].people["agent"] = ParticipantInfo(identity="agent", kind=kind, state=state)
    await api.as_(ann).voice.EnterVoiceRoom(room_name=name)
    assert len(agents) == 2, "it is there"


async def test_nobody_touches_the_room_of_another(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    name = (await api.as_(ann).voice.OpenVoiceRoom()).room.room_name
    calls = api.as_(bob).voice
    names = (name, f"voice-agent-{bob.id}", f"voice-agent-{bob.id}-", f"voice-agent-{bob.id}-UP/..", "house-group")
    for other in names:
        await calls.EnterVoiceRoom(room_name=other).fails(NOT_FOUND, MISSING)
        await calls.OpenVoiceRoom(room_name=other).fails(NOT_FOUND, MISSING)
        await calls.CloseVoiceRoom(room_name=other).fails(NOT_FOUND, MISSING)
    assert not (await calls.ListVoiceRooms()).rooms
    assert name in world.livekit.rooms
    await api.as_(ann).voice.CloseVoiceRoom(room_name=name)
    await api.as_(ann).voice.CloseVoiceRoom(room_name=name)
    assert name not in world.livekit.rooms


async def test_a_person_has_few_voice_rooms_at_once(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    calls = api.as_(ann).voice
    found = await asyncio.gather(*(outcome(calls.OpenVoiceRoom()) for _ in range(12)))
    assert {"OK", "VOICE_ROOMS_FULL"} >= set(found)
    names = [room.room_name for room in (await calls.ListVoiceRooms()).rooms]
    assert len(names) == found.count("OK") <= voice.MOST_ROOMS
    for _ in range(voice.MOST_ROOMS - len(names)):
        await calls.OpenVoiceRoom()
    names = [room.room_name for room in (await calls.ListVoiceRooms()).rooms]
    await calls.EnterVoiceRoom().fails(StatusCode.RESOURCE_EXHAUSTED, "VOICE_ROOMS_FULL")
    await calls.EnterVoiceRoom(room_name=names[0])
    await api.as_(bob).voice.OpenVoiceRoom()
    await calls.CloseVoiceRoom(room_name=names[0])
    await calls.OpenVoiceRoom()


async def test_who_is_erased_has_no_voice_room_left(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    hers, his = [(await api.as_(who).voice.OpenVoiceRoom()).room.room_name for who in (ann, bob)]
    async with world.db.transaction() as tx:
        await privacy.erase_person(tx, ann.id)

    async def is_open() -> bool:
        return hers in world.livekit.rooms

    await until(is_open, False, PATIENCE)
    assert his in world.livekit.rooms


async def test_the_voice_room_of_a_banned_person_is_closed_without_an_agent(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    hers, his = [(await api.as_(who).voice.OpenVoiceRoom()).room.room_name for who in (ann, bob)]
    await world.ban(ann)
    await reconcile(world)

    async def is_open() -> bool:
        return hers in world.livekit.rooms

    await until(is_open, False, PATIENCE)
    assert his in world.livekit.rooms


async def test_health_is_true_only_while_a_worker_says_so(world: World, api: Api) -> None:
    async def is_answered() -> bool:
        return bool((await api.voice.GetVoiceHealth()).is_answered)

    assert not await is_answered()
    async with world.db.transaction() as tx:
        await voice.say_here(tx, "worker")
    assert await is_answered()
    async with world.db.transaction() as tx:
        await tx.run(queries.seen(), worker_id="worker", now=clock.now() - timedelta(seconds=20))
    assert not await is_answered()
    async with world.db.transaction() as tx:
        await voice.say_here(tx, "worker")
        await voice.say_gone(tx, "worker")
    assert not await is_answered()
