"""What hosts do about the people in their rooms, and what studios and recorders do, against LiveKit's stand-in."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import jwt
from grpc import StatusCode

from cnt_grpc.live.identities import owner_of_voice_room
from cnt_grpc.pb.cnt.live.v1 import broadcast_service_pb2, stream_pb2
from livekit import api as livekit_api
from tests.harness import livekit
from tests.live import makers
from tests.live.test_streams import until
from tests.media import makers as media_makers

if TYPE_CHECKING:
    from tests.harness.api import Api
    from tests.harness.world import World

FAILED = StatusCode.FAILED_PRECONDITION
MICROPHONE, CAMERA = livekit_api.TrackSource.MICROPHONE, livekit_api.TrackSource.CAMERA


async def test_the_host_sees_who_is_there(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    row = await makers.on_air(world, ann)
    world.livekit.comes_in((await api.as_(bob).live.JoinStream(stream_id=row["id"])).token)
    world.livekit.comes_in((await api.live.JoinStream(stream_id=row["id"])).token)
    shown = (await api.as_(ann).stage.ListParticipants(stream_id=row["id"])).participants
    assert [(each.user_id, each.role) for each in shown] == [
        (ann.id, stream_pb2.PARTICIPANT_ROLE_HOST),
        (bob.id, stream_pb2.PARTICIPANT_ROLE_VIEWER),
        (0, stream_pb2.PARTICIPANT_ROLE_VIEWER),
    ]


async def test_muting_silences_what_is_asked_for(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    row = await makers.on_air(world, ann)
    world.livekit.comes_in((await api.as_(bob).live.JoinStream(stream_id=row["id"])).token)
    who = f"user-{bob.id}"
    await api.as_(ann).stage.PromoteParticipant(stream_id=row["id"], identity=who)
    for source in (MICROPHONE, CAMERA):
        world.livekit.publishes(row["room_name"], who, source)
    stage = api.as_(ann).stage
    assert (await stage.MuteParticipant(stream_id=row["id"], identity=who, keeps_picture=True)).muted_tracks == 1
    tracks = world.livekit.rooms[row["room_name"]].people[who].tracks
    assert {track.source: track.muted for track in tracks} == {MICROPHONE: True, CAMERA: False}
    await stage.MuteParticipant(stream_id=row["id"], identity=f"user-{ann.id}").fails(FAILED, "HOST_IS_UNTOUCHABLE")
    await stage.MuteParticipant(stream_id=row["id"], identity="user-1").fails(
        StatusCode.NOT_FOUND, "PARTICIPANT_NOT_FOUND"
    )


async def test_a_banned_person_is_out_and_an_old_token_does_not_keep_them_in(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    row = await makers.on_air(world, ann)
    old = (await api.as_(bob).live.JoinStream(stream_id=row["id"])).token
    world.livekit.comes_in(old)
    room, who = world.livekit.rooms[row["room_name"]], f"user-{bob.id}"
    await api.as_(ann).stage.BanParticipant(stream_id=row["id"], identity=who)
    assert who not in room.people
    denied = StatusCode.PERMISSION_DENIED
    await api.as_(bob).live.JoinStream(stream_id=row["id"]).fails(denied, "BANNED_FROM_STREAM")
    await api.as_(bob).stream_chat.SendStreamMessage(stream_id=row["id"], text="Hm").fails(denied, "BANNED_FROM_STREAM")
    world.livekit.comes_in(old)
    await receive(world, api, "participant_joined", row["room_name"])

    async def is_inside() -> bool:
        return who in room.people

    await until(is_inside, False)
    bans = (await api.as_(ann).stage.ListStreamBans(stream_id=row["id"])).bans
    assert [(each.user_id, each.name) for each in bans] == [(bob.id, bob.name)]
    await api.as_(ann).stage.LiftStreamBan(stream_id=row["id"], identity=who)
    assert (await api.as_(bob).live.JoinStream(stream_id=row["id"])).token


async def test_who_is_removed_may_come_back(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    row = await makers.on_air(world, ann)
    makers.inside(world, row, bob)
    await api.as_(ann).stage.RemoveParticipant(stream_id=row["id"], identity=f"user-{bob.id}")
    assert f"user-{bob.id}" not in world.livekit.rooms[row["room_name"]].people
    assert (await api.as_(bob).live.JoinStream(stream_id=row["id"])).token


async def test_a_speaker_publishes_now_and_with_the_next_token(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    row = await makers.on_air(world, ann)
    person = world.livekit.comes_in((await api.as_(bob).live.JoinStream(stream_id=row["id"])).token)
    promote = api.as_(ann).stage.PromoteParticipant
    await promote(stream_id=row["id"], identity=person.identity)
    assert may_publish(person)
    way = await api.as_(bob).live.JoinStream(stream_id=row["id"])
    assert way.role == stream_pb2.PARTICIPANT_ROLE_SPEAKER
    assert jwt.decode(way.token, livekit.SECRET, algorithms=["HS256"])["video"]["canPublish"]
    await promote(stream_id=row["id"], identity=person.identity, role=stream_pb2.PARTICIPANT_ROLE_VIEWER)
    assert not may_publish(person)
    listener = world.livekit.comes_in((await api.live.JoinStream(stream_id=row["id"])).token)
    await promote(stream_id=row["id"], identity=listener.identity).fails(FAILED, "LISTENER_CANNOT_SPEAK")


async def test_a_studios_key_is_shown_once_and_renewing_closes_the_old_one(world: World, api: Api) -> None:
    ann = await world.user()
    row = await makers.made(world, ann)
    broadcast = api.as_(ann).broadcast
    await broadcast.GetIngress(stream_id=row["id"]).fails(StatusCode.NOT_FOUND, "INGRESS_NOT_FOUND")
    first = await broadcast.CreateIngress(stream_id=row["id"])
    assert first.stream_key
    assert first.ingress.kind == broadcast_service_pb2.INGRESS_KIND_RTMP
    second = await broadcast.CreateIngress(stream_id=row["id"], kind=broadcast_service_pb2.INGRESS_KIND_WHIP)
    keys = {each.stream_key for each in world.livekit.ingresses.values()}
    assert second.stream_key in keys
    assert first.stream_key not in keys
    assert (await broadcast.GetIngress(stream_id=row["id"])).ingress == second.ingress
    [made] = [each for each in world.livekit.ingresses.values() if each.room_name == row["room_name"]]
    assert made.participant_identity == f"studio-{ann.id}"
    await broadcast.DeleteIngress(stream_id=row["id"])
    assert second.stream_key not in {each.stream_key for each in world.livekit.ingresses.values()}


async def test_a_studios_key_opens_nothing_once_the_stream_is_over(world: World, api: Api) -> None:
    ann = await world.user()
    ended, deleted = await makers.made(world, ann), await makers.made(world, ann)
    for row in (ended, deleted):
        await api.as_(ann).broadcast.CreateIngress(stream_id=row["id"])
    await api.as_(ann).live.EndStream(stream_id=ended["id"])
    await api.as_(ann).live.DeleteStream(stream_id=deleted["id"])
    rooms = {ended["room_name"], deleted["room_name"]}

    async def ways_in() -> int:
        return sum(each.room_name in rooms for each in world.livekit.ingresses.values())

    await until(ways_in, 0, 60)


async def test_of_keys_that_are_asked_for_at_once_one_opens(world: World, api: Api) -> None:
    ann = await world.user()
    row = await makers.made(world, ann)
    broadcast = api.as_(ann).broadcast
    made = await asyncio.gather(*(broadcast.CreateIngress(stream_id=row["id"]) for _ in range(2)))
    [left] = [each for each in world.livekit.ingresses.values() if each.room_name == row["room_name"]]
    assert left.stream_key in {each.stream_key for each in made}


async def test_an_identity_that_can_be_nobodys_is_nobody(world: World, api: Api) -> None:
    ann = await world.user()
    row = await makers.on_air(world, ann)
    nobody = "user-99999999999999999999"
    await (
        api.as_(ann)
        .stage.BanParticipant(stream_id=row["id"], identity=nobody)
        .fails(StatusCode.NOT_FOUND, "PARTICIPANT_NOT_FOUND")
    )
    assert owner_of_voice_room("voice-agent-99999999999999999999-x") == 0


async def test_one_recording_runs_at_a_time_and_is_left_to_the_host_as_a_draft(world: World, api: Api) -> None:
    ann = await world.user()
    row = await makers.on_air(world, ann)
    broadcast = api.as_(ann).broadcast
    await broadcast.StopRecording(stream_id=row["id"]).fails(FAILED, "NOT_RECORDING")
    await broadcast.StartRecording(stream_id=row["id"])
    assert (await api.live.GetStream(stream_id=row["id"])).stream.is_recording
    await broadcast.StartRecording(stream_id=row["id"]).fails(FAILED, "ALREADY_RECORDING")
    [egress] = [each for each in world.livekit.egresses.values() if each.room_name == row["room_name"]]
    [output] = egress.room_composite.file_outputs
    assert output.s3.bucket == "recordings"
    assert output.filepath.startswith("private/drafts/video/")
    film = media_makers.film(world.folder / "recorded.mp4")
    await world.system.storage.put(output.filepath, film, "video/mp4")
    await broadcast.StopRecording(stream_id=row["id"])
    await receive(world, api, "egress_ended", row["room_name"])

    async def is_recording() -> bool:
        return bool((await api.live.GetStream(stream_id=row["id"])).stream.is_recording)

    await until(is_recording, False)

    async def drafts() -> list[str]:
        return [each.title for each in (await api.as_(ann).library.ListDrafts()).drafts]

    await until(drafts, ["Evening prayer"])
    [draft] = (await api.as_(ann).library.ListDrafts()).drafts
    assert draft.duration == 3
    assert draft.media_url


def may_publish(person: livekit_api.ParticipantInfo) -> bool:
    """Whether LiveKit lets them."""
    return person.permission.can_publish


async def receive(world: World, api: Api, name: str, room: str) -> None:
    """LiveKit says that something happened."""
    body, headers = world.livekit.signed(world.livekit.event(name, room))
    await api.with_(authorization=headers["authorization"]).live_kit_webhook.ReceiveLiveKitEvent(
        event={"data": body, "content_type": headers["content-type"]}
    )
