"""What a host has decided holds for tokens from before: LiveKit takes them, and we put that right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cnt_grpc.kit import clock
from cnt_grpc.live.queries import people
from cnt_grpc.live.rules import streams
from cnt_grpc.live.standing import Status
from cnt_grpc.pb.cnt.live.v1 import stream_pb2
from livekit import api as livekit_api
from tests.live import makers
from tests.live.test_meetings import begun
from tests.live.test_stage import may_publish, receive
from tests.live.test_streams import until
from tests.live.test_syncing import PATIENCE, look

if TYPE_CHECKING:
    from tests.harness.api import Api
    from tests.harness.world import World


async def test_who_was_removed_does_not_stay_with_the_token_from_before(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    row = await makers.on_air(world, ann)
    room = world.livekit.rooms[row["room_name"]]
    old = {
        "bob": (await api.as_(bob).live.JoinStream(stream_id=row["id"])).token,
        "a listener": (await api.live.JoinStream(stream_id=row["id"])).token,
    }
    for token in old.values():
        who = world.livekit.comes_in(token).identity
        await api.as_(ann).stage.RemoveParticipant(stream_id=row["id"], identity=who)
        assert who not in room.people
        world.livekit.comes_in(token)
        await receive(world, api, "participant_joined", row["room_name"])

        async def is_inside(identity: str = who) -> bool:
            return identity in room.people

        await until(is_inside, False, PATIENCE)
    # Whoever asks again is welcome.
    who = world.livekit.comes_in((await api.as_(bob).live.JoinStream(stream_id=row["id"])).token).identity
    await look(world, row)
    assert who in room.people


async def test_who_was_removed_from_a_meeting_waits_again(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    name = await begun(world, api, ann, has_waiting_room=True)
    meeting = (await api.as_(ann).meeting.GetMeeting(room_name=name)).meeting
    join, who = api.as_(bob).meeting.JoinMeeting, f"user-{bob.id}"
    assert (await join(room_name=name)).is_waiting
    await api.as_(ann).meeting.AdmitParticipant(room_name=name, identity=who)
    old = (await join(room_name=name)).token
    world.livekit.comes_in(old)
    await api.as_(ann).stage.RemoveParticipant(stream_id=meeting.meeting_id, identity=who)
    assert (await join(room_name=name)).is_waiting
    world.livekit.comes_in(old)
    await look(world, {"id": meeting.meeting_id})
    assert who not in world.livekit.rooms[name].people


async def test_who_is_a_listener_again_does_not_speak_with_the_token_from_before(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    row = await makers.on_air(world, ann)
    world.livekit.comes_in((await api.as_(bob).live.JoinStream(stream_id=row["id"])).token)
    which = {"stream_id": row["id"], "identity": f"user-{bob.id}"}
    await api.as_(ann).stage.PromoteParticipant(**which)
    old = (await api.as_(bob).live.JoinStream(stream_id=row["id"])).token
    await api.as_(ann).stage.PromoteParticipant(**which, role=stream_pb2.PARTICIPANT_ROLE_VIEWER)
    again = world.livekit.comes_in(old)
    assert may_publish(again)
    await receive(world, api, "participant_joined", row["room_name"])

    async def speaks() -> bool:
        return may_publish(again)

    await until(speaks, False, PATIENCE)
    host = world.livekit.rooms[row["room_name"]].people[f"user-{ann.id}"]
    assert may_publish(host), "the host speaks whatever happens to others"


@pytest.mark.parametrize("why", ["the host blocks them", "the platform bans them"])
async def test_who_may_not_be_there_any_more_is_put_out(world: World, api: Api, why: str) -> None:
    ann, bob, guest = await world.user(), await world.user(), await world.user(is_guest=True)
    row = await makers.on_air(world, ann)
    for who in (bob, guest):
        world.livekit.comes_in((await api.as_(who).live.JoinStream(stream_id=row["id"])).token)
    await look(world, row)
    people = world.livekit.rooms[row["room_name"]].people
    assert set(people) == {f"user-{each.id}" for each in (ann, bob, guest)}
    if why == "the host blocks them":
        await api.as_(ann).user.BlockUser(user_id=bob.id)
    else:
        await world.ban(bob)
    await look(world, row)
    assert set(people) == {f"user-{each.id}" for each in (ann, guest)}


async def test_the_stream_of_a_host_who_was_banned_ends(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    row = await makers.on_air(world, ann)
    world.livekit.comes_in((await api.as_(bob).live.JoinStream(stream_id=row["id"])).token)
    await world.ban(ann)
    assert row["id"] in await makers.looked_after(world)
    await look(world, row)
    assert row["room_name"] not in world.livekit.rooms
    async with world.db.transaction() as tx:
        assert (await streams.anyones(tx, row["id"]))["status"] == Status.ENDED


async def test_a_ban_that_comes_while_a_token_is_asked_for_holds(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    row = await makers.on_air(world, ann)
    await api.as_(bob).live.JoinStream(stream_id=row["id"])
    await makers.banned(world, row, bob)
    who = {"identity": f"user-{bob.id}", "user_id": bob.id, "role": "viewer", "state": "admitted"}
    async with world.db.transaction() as tx:
        assert await tx.one(people.enter(), stream_id=row["id"], now=clock.now(), **who) is None


async def test_promoting_gives_no_screen_that_the_host_keeps(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    name = await begun(world, api, ann, only_host_shares_screen=True)
    meeting = (await api.as_(ann).meeting.GetMeeting(room_name=name)).meeting
    person = world.livekit.comes_in((await api.as_(bob).meeting.JoinMeeting(room_name=name)).token)
    for role in (stream_pb2.PARTICIPANT_ROLE_VIEWER, stream_pb2.PARTICIPANT_ROLE_SPEAKER):
        await api.as_(ann).stage.PromoteParticipant(stream_id=meeting.meeting_id, identity=person.identity, role=role)
    camera, microphone = livekit_api.TrackSource.CAMERA, livekit_api.TrackSource.MICROPHONE
    assert list(person.permission.can_publish_sources) == [camera, microphone]
