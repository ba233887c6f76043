"""Meetings: the link, the password, the waiting room, guests, and shared screens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jwt
from grpc import StatusCode

from cnt_grpc.pb.cnt.live.v1 import stream_pb2
from tests.harness import livekit
from tests.live.test_stage import receive
from tests.live.test_streams import until

if TYPE_CHECKING:
    from tests.harness.api import Api
    from tests.harness.world import Person, World

FAILED = StatusCode.FAILED_PRECONDITION
DENIED = StatusCode.PERMISSION_DENIED


async def begun(world: World, api: Api, host: Person, **asked: Any) -> str:
    """The room of a meeting that its host has begun."""
    room: str = (await api.as_(host).meeting.CreateMeeting(title="House group", **asked)).meeting.room_name
    world.livekit.comes_in((await api.as_(host).meeting.JoinMeeting(room_name=room)).token)
    await receive(world, api, "participant_joined", room)

    async def status() -> int:
        return int((await api.as_(host).meeting.GetMeeting(room_name=room)).meeting.status)

    await until(status, stream_pb2.STREAM_STATUS_LIVE)
    return room


async def test_a_meeting_is_found_by_its_link_alone(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    meeting = (await api.as_(ann).meeting.CreateMeeting(title="House group")).meeting
    assert (await api.as_(bob).meeting.GetMeeting(room_name=meeting.room_name)).meeting.title == "House group"
    not_found = StatusCode.NOT_FOUND
    await api.as_(bob).live.GetStream(stream_id=meeting.meeting_id).fails(not_found, "STREAM_NOT_FOUND")
    await api.as_(bob).live.JoinStreamByRoom(room_name=meeting.room_name).fails(not_found, "STREAM_NOT_FOUND")
    assert not (await api.live.ListStreams(host_id=ann.id)).streams
    assert not [each for each in (await api.live.SearchStreams(q="house group")).streams if each.host_id == ann.id]
    await api.as_(bob).meeting.JoinMeeting(room_name=meeting.room_name).fails(FAILED, "MEETING_NOT_STARTED")
    assert [each.meeting_id for each in (await api.as_(ann).meeting.ListMyMeetings()).meetings] == [meeting.meeting_id]


async def test_everyone_speaks_and_screens_are_shared_by_leave(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    granted = {}
    for only_host in (False, True):
        room = await begun(world, api, ann, only_host_shares_screen=only_host)
        for who in (ann, bob):
            token = (await api.as_(who).meeting.JoinMeeting(room_name=room)).token
            granted[only_host, who.id] = jwt.decode(token, livekit.SECRET, algorithms=["HS256"])["video"]
    assert all(each["canPublish"] for each in granted.values())
    sources = {key: each.get("canPublishSources") for key, each in granted.items()}
    voices = ["camera", "microphone"]
    assert sources == {(False, ann.id): None, (False, bob.id): None, (True, ann.id): None, (True, bob.id): voices}


async def test_a_password_is_asked_for(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    room = await begun(world, api, ann, password="Maranatha!")
    assert (await api.as_(bob).meeting.GetMeeting(room_name=room)).meeting.is_locked
    for password in ("", "maranatha!"):
        await (
            api.as_(bob).meeting.JoinMeeting(room_name=room, password=password).fails(DENIED, "MEETING_PASSWORD_WRONG")
        )
    assert (await api.as_(bob).meeting.JoinMeeting(room_name=room, password="Maranatha!")).token


async def test_guests_come_by_the_hosts_leave(world: World, api: Api) -> None:
    ann, guest = await world.user(), await world.user(is_guest=True)
    closed = await begun(world, api, ann)
    await api.as_(guest).meeting.JoinMeeting(room_name=closed).fails(DENIED, "AUDIENCE_CLOSED")
    open_ = await begun(world, api, ann, audience=stream_pb2.AUDIENCE_GUESTS)
    assert (await api.as_(guest).meeting.JoinMeeting(room_name=open_)).token


async def test_who_comes_waits_until_the_host_lets_them_in(world: World, api: Api) -> None:
    ann, bob, zoe = await world.users(3)
    room = await begun(world, api, ann, has_waiting_room=True)
    meeting_id = (await api.as_(ann).meeting.GetMeeting(room_name=room)).meeting.meeting_id
    for who in (bob, zoe):
        way = await api.as_(who).meeting.JoinMeeting(room_name=room)
        assert way.is_waiting
        assert not way.token
    shown = (await api.as_(ann).stage.ListParticipants(stream_id=meeting_id)).participants
    assert [each.user_id for each in shown if each.is_waiting] == [bob.id, zoe.id]
    admit = api.as_(ann).meeting.AdmitParticipant
    assert (await admit(room_name=room, identity=f"user-{bob.id}")).admitted == 1
    assert (await api.as_(bob).meeting.JoinMeeting(room_name=room)).token
    assert (await api.as_(zoe).meeting.JoinMeeting(room_name=room)).is_waiting
    assert (await admit(room_name=room)).admitted == 1
    assert (await api.as_(zoe).meeting.JoinMeeting(room_name=room)).token
    await admit(room_name=room, identity="user-1").fails(StatusCode.NOT_FOUND, "PARTICIPANT_NOT_FOUND")
    await api.as_(bob).meeting.AdmitParticipant(room_name=room).fails(StatusCode.NOT_FOUND, "MEETING_NOT_FOUND")


async def test_a_meeting_goes_on_without_its_host_and_ends_by_them(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    room = await begun(world, api, ann)
    world.livekit.comes_in((await api.as_(bob).meeting.JoinMeeting(room_name=room)).token)
    world.livekit.leaves(room, f"user-{ann.id}")
    await receive(world, api, "participant_left", room)

    async def count() -> tuple[int, int]:
        shown = (await api.as_(bob).meeting.GetMeeting(room_name=room)).meeting
        return shown.participants, shown.status

    await until(count, (1, stream_pb2.STREAM_STATUS_LIVE))
    await api.as_(ann).meeting.EndMeeting(room_name=room)
    await api.as_(bob).meeting.JoinMeeting(room_name=room).fails(FAILED, "MEETING_ENDED")
