"""A valid call of every method of the live room, for the laws that run over all methods."""

from datetime import UTC, datetime
from typing import Any

from google.protobuf.json_format import MessageToJson
from google.protobuf.message import DecodeError

from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row
from cnt_grpc.live.queries import ingresses
from cnt_grpc.live.standing import Audience, Kind, Status
from cnt_grpc.pb.cnt.live.v1 import (
    broadcast_service,
    live_service,
    livekit_webhook_service,
    meeting_service,
    stage_service,
    stream_chat_service,
    voice_chat_pb2,
    voice_service,
)
from cnt_grpc.pb.cnt.live.v1.livekit_webhook_service_pb2 import ReceiveLiveKitEventRequest
from tests.content import makers as content_makers
from tests.harness import livekit
from tests.harness.examples import Example, Fields, Foreign, Given, Pages
from tests.harness.world import Person, World
from tests.live import makers

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
"""When everything of a list was made that shall sort alike."""

LISTED: dict[int, Row] = {}
"""For each person the one stream that their list is of."""

EVERYONES = {"stream_id": "everyone may know every stream; blocks and bans of hosts: tests/live/test_streams.py"}
NARROWS = {"host_id": "narrows what the caller sees anyway"}


async def a_stream(world: World, who: Person) -> Any:
    """The id of a stream to come."""
    return (await makers.made(world, who))["id"]


def own(**fields: Any) -> Given:
    """A stream of this person that is to come, and these fields."""

    async def given(world: World, who: Person) -> Fields:
        return {"stream_id": await a_stream(world, who), **fields}

    return given


def aired(**fields: Any) -> Given:
    """A stream of this person on air, and these fields."""

    async def given(world: World, who: Person) -> Fields:
        return {"stream_id": (await makers.on_air(world, who))["id"], **fields}

    return given


def of_viewer(**fields: Any) -> Given:
    """A stream of this person on air with somebody watching it."""

    async def given(world: World, who: Person) -> Fields:
        row, viewer = await makers.on_air(world, who), await world.user()
        makers.inside(world, row, viewer)
        return {"stream_id": row["id"], "identity": f"user-{viewer.id}", **fields}

    return given


async def to_join(world: World, who: Person) -> Fields:
    """Somebody's stream on air."""
    return {"stream_id": (await makers.on_air(world, await world.user()))["id"]}


async def room_to_join(world: World, who: Person) -> Fields:
    """The room of somebody's stream on air."""
    return {"room_name": (await makers.on_air(world, await world.user()))["room_name"]}


async def somebodys(world: World, who: Person) -> Fields:
    """A person with a stream."""
    host = await world.user()
    await makers.made(world, host)
    return {"username": host.username}


async def message(world: World, who: Person) -> Fields:
    """A message of this person."""
    row = await makers.made(world, await world.user())
    return {"stream_id": row["id"], "seq": await makers.said(world, row, who)}


async def with_ingress(world: World, who: Person) -> Fields:
    """A stream with a way in."""
    row = await makers.made(world, who)
    async with world.db.transaction() as tx:
        await tx.run(
            ingresses.put(),
            stream_id=row["id"],
            ingress_id="IN_x",
            kind="rtmp",
            url="rtmp://x",
            was="",
            now=clock.now(),
        )
    return {"stream_id": row["id"]}


async def recorded(world: World, who: Person) -> Fields:
    """A stream that is being recorded."""
    return {"stream_id": (await makers.on_air(world, who, egress_id="EG_x"))["id"]}


async def own_meeting(world: World, who: Person) -> Fields:
    """A meeting of this person."""
    return {"room_name": (await makers.made(world, who, kind=Kind.MEETING))["room_name"]}


async def meeting_to_join(world: World, who: Person) -> Fields:
    """Somebody's meeting that has begun, open to guests."""
    row = await makers.on_air(world, await world.user(), kind=Kind.MEETING, audience=Audience.GUESTS)
    return {"room_name": row["room_name"]}


async def meeting_with_one_waiting(world: World, who: Person) -> Fields:
    """A meeting of this person, and somebody before its door."""
    row = await makers.made(world, who, kind=Kind.MEETING, waiting_room=True)
    await makers.knocking(world, row, await world.user())
    return {"room_name": row["room_name"]}


async def own_streams(world: World, who: Person, number: int) -> Fields:
    """Streams of one moment."""
    for _ in range(number):
        await makers.made(world, who, at=MOMENT)
    return {"host_id": who.id}


async def streams_on_air(world: World, who: Person, number: int) -> Fields:
    """Streams of one moment, on air."""
    for _ in range(number):
        await makers.made(world, who, at=MOMENT, status=Status.LIVE)
    return {}


async def past_streams(world: World, who: Person, number: int) -> Fields:
    """Streams of one moment that are over."""
    for _ in range(number):
        await makers.made(world, who, at=MOMENT, status=Status.ENDED)
    return {}


async def followed_streams(world: World, who: Person, number: int) -> Fields:
    """Streams of one moment, of somebody whom this person follows."""
    host = await world.user()
    async with world.db.transaction() as tx:
        await content_makers.follow(tx, who.id, host.id)
    for _ in range(number):
        await makers.made(world, host, at=MOMENT)
    return {}


async def much_said(world: World, who: Person, number: int) -> Fields:
    """Messages of a stream."""
    row = LISTED.get(who.id) or await makers.made(world, await world.user())
    LISTED[who.id] = row
    for _ in range(number):
        await makers.said(world, row, who)
    return {"stream_id": row["id"]}


async def many_banned(world: World, who: Person, number: int) -> Fields:
    """Bans of one moment from a stream of this person."""
    row = LISTED.get(who.id) or await makers.made(world, who)
    LISTED[who.id] = row
    for person in await world.users(number):
        await makers.banned(world, row, person, at=MOMENT)
    return {"stream_id": row["id"]}


async def own_meetings(world: World, who: Person, number: int) -> Fields:
    """Meetings of one moment."""
    for _ in range(number):
        await makers.made(world, who, at=MOMENT, kind=Kind.MEETING)
    return {}


async def an_event(world: World, who: Person) -> Fields:
    """An event as LiveKit sends it."""
    event = world.livekit.event("room_started", "nobody-knows-this-room")
    return {"event": {"data": MessageToJson(event).encode(), "content_type": "application/webhook+json"}}


def signature(raw: bytes) -> dict[str, str]:
    """LiveKit's signature on the event in a request; on what is no request, none."""
    try:
        body = ReceiveLiveKitEventRequest.FromString(raw).event.data
    except DecodeError:
        return {}
    return {"authorization": livekit.signature(body)}


async def own_voice_room(world: World, who: Person) -> Fields:
    """The name of a voice room of this person."""
    return {"room_name": f"voice-agent-{who.id}-evening"}


async def a_conversation(world: World, who: Person) -> Fields:
    """A conversation that begins with a question."""
    line = {"speaker": voice_chat_pb2.VOICE_SPEAKER_PERSON, "text": "A line before it."}
    return {"requests": [{"start": {"history": [line]}}, {"text": "Say: Amen to the question."}]}


async def a_question(world: World, who: Person) -> Fields:
    """A question with what was said before it."""
    line = {"speaker": voice_chat_pb2.VOICE_SPEAKER_AGENT, "text": "A line before the question."}
    return {"text": "Say: Amen to the question.", "history": [line]}


def titled(title: str) -> Given:
    """Something with this title."""

    async def given(world: World, who: Person) -> Fields:
        return {"title": title}

    return given


async def words(world: World, who: Person) -> Fields:
    """What to search for."""
    return {"q": "prayer"}


NOT_OWN = Foreign("stream_id", a_stream, "STREAM_NOT_FOUND")
STREAMS = {
    "CreateStream": Example(given=titled("Evening prayer")),
    "GetStream": Example(given=own(), open_ids=EVERYONES),
    "ListStreams": Example(pages=Pages(own_streams, "streams", key="stream_id"), open_ids=NARROWS),
    "UpdateStream": Example(given=own(title="Morning prayer"), foreign=NOT_OWN),
    "DeleteStream": Example(given=own(), foreign=NOT_OWN),
    "JoinStream": Example(given=to_join, open_ids=EVERYONES),
    "JoinStreamByRoom": Example(given=room_to_join),
    "ReportHostJoined": Example(given=aired(), foreign=NOT_OWN),
    "EndStream": Example(given=own(), foreign=NOT_OWN),
    "ListLiveStreams": Example(pages=Pages(streams_on_air, "streams", key="stream_id")),
    "ListPastStreams": Example(pages=Pages(past_streams, "streams", key="stream_id")),
    "ListRecommendedStreams": Example(),
    "ListFollowedStreams": Example(pages=Pages(followed_streams, "streams", key="stream_id")),
    "SearchStreams": Example(given=words),
    "GetStreamOfPerson": Example(given=somebodys),
}
CHAT = {
    "UpdateChatSettings": Example(given=own(chat={"enabled": True}), foreign=NOT_OWN),
    "SendStreamMessage": Example(given=own(text="Amen."), open_ids=EVERYONES),
    "ListStreamMessages": Example(given=own(), pages=Pages(much_said, "messages", key="seq"), open_ids=EVERYONES),
    "DeleteStreamMessage": Example(given=message, open_ids=EVERYONES),
    "WatchStream": Example(given=own(), open_ids=EVERYONES),
}
STAGE = {
    "ListParticipants": Example(given=aired(), foreign=NOT_OWN),
    "MuteParticipant": Example(given=of_viewer(), foreign=NOT_OWN),
    "RemoveParticipant": Example(given=of_viewer(), foreign=NOT_OWN),
    "BanParticipant": Example(given=of_viewer(), foreign=NOT_OWN),
    "PromoteParticipant": Example(given=of_viewer(), foreign=NOT_OWN),
    "ListStreamBans": Example(given=own(), foreign=NOT_OWN, pages=Pages(many_banned, "bans", key="identity")),
    "LiftStreamBan": Example(given=own(identity="user-1"), foreign=NOT_OWN),
}
BROADCASTS = {
    "CreateIngress": Example(given=own(), foreign=NOT_OWN),
    "GetIngress": Example(given=with_ingress, foreign=NOT_OWN),
    "DeleteIngress": Example(given=own(), foreign=NOT_OWN),
    "StartRecording": Example(given=aired(), foreign=NOT_OWN),
    "StopRecording": Example(given=recorded, foreign=NOT_OWN),
}
MEETINGS = {
    "CreateMeeting": Example(given=titled("House group")),
    "ListMyMeetings": Example(pages=Pages(own_meetings, "meetings", key="meeting_id")),
    "GetMeeting": Example(given=own_meeting),
    "JoinMeeting": Example(given=meeting_to_join),
    "AdmitParticipant": Example(given=meeting_with_one_waiting),
    "EndMeeting": Example(given=own_meeting),
}
VOICE = {
    "EnterVoiceRoom": Example(given=own_voice_room),
    "OpenVoiceRoom": Example(given=own_voice_room),
    "CloseVoiceRoom": Example(given=own_voice_room),
    "ListVoiceRooms": Example(),
    "GetVoiceHealth": Example(),
    "VoiceChat": Example(given=a_conversation),
    "AskVoice": Example(given=a_question),
}
EXAMPLES = {
    **{f"{voice_service.SERVICE}/{name}": example for name, example in VOICE.items()},
    **{f"{live_service.SERVICE}/{name}": example for name, example in STREAMS.items()},
    **{f"{stream_chat_service.SERVICE}/{name}": example for name, example in CHAT.items()},
    **{f"{stage_service.SERVICE}/{name}": example for name, example in STAGE.items()},
    **{f"{broadcast_service.SERVICE}/{name}": example for name, example in BROADCASTS.items()},
    **{f"{meeting_service.SERVICE}/{name}": example for name, example in MEETINGS.items()},
    f"{livekit_webhook_service.SERVICE}/ReceiveLiveKitEvent": Example(given=an_event, signed=signature),
}
