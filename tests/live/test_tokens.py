"""Tokens for LiveKit, claim by claim: for each role exactly what it may do, and nothing beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jwt
import pytest

from cnt_grpc.live.standing import Audience, Kind
from tests.harness import livekit
from tests.live import makers

if TYPE_CHECKING:
    from tests.harness.api import Api
    from tests.harness.world import Person, World

MINUTES = 2 * 60

HOST = {"canPublish": True, "canPublishData": True}
SPEAKER = HOST
NO_SCREEN = {**HOST, "canPublishSources": ["camera", "microphone"]}
VIEWER = {"canPublish": False, "canPublishData": False}


def claims(token: str) -> dict[str, Any]:
    """What a token says; its signature is right."""
    found: dict[str, Any] = jwt.decode(token, livekit.SECRET, algorithms=["HS256"])
    return found


def whole(  # noqa: PLR0917  (they stand in the order of a token)
    room: str, who: str, name: str, role: str, kind: str, may: dict[str, Any]
) -> dict[str, Any]:
    """All that a token may say, but for the moments."""
    video = {"roomJoin": True, "room": room, "canSubscribe": True, "canUpdateOwnMetadata": False, **may}
    attributes = {"role": role, "kind": kind}
    return {"iss": livekit.KEY, "sub": who, "name": name, "video": video, "attributes": attributes}


def check(token: str, wanted: dict[str, Any]) -> None:
    """It says that and nothing else, for two minutes."""
    said = claims(token)
    assert said.pop("exp") - said.pop("nbf") == MINUTES
    assert said == wanted


async def test_of_a_stream(world: World, api: Api) -> None:
    ann, bob, zoe = await world.users(3)
    row = await makers.on_air(world, ann)
    makers.inside(world, row, zoe)
    await api.as_(ann).stage.PromoteParticipant(stream_id=row["id"], identity=f"user-{zoe.id}")
    for who, role, may in ((ann, "host", HOST), (bob, "viewer", VIEWER), (zoe, "speaker", SPEAKER)):
        wanted = whole(row["room_name"], f"user-{who.id}", who.name, role, "stream", may)
        check((await api.as_(who).live.JoinStream(stream_id=row["id"])).token, wanted)
        check((await api.as_(who).live.JoinStreamByRoom(room_name=row["room_name"])).token, wanted)
    listener = await api.live.JoinStream(stream_id=row["id"])
    assert listener.identity.startswith("listener-")
    check(listener.token, whole(row["room_name"], listener.identity, "Listener", "viewer", "stream", VIEWER))


@pytest.mark.parametrize("shared", [True, False])
async def test_of_a_meeting(world: World, api: Api, shared: bool) -> None:
    ann, bob, guest = await world.user(), await world.user(), await world.user(is_guest=True)
    given = {"kind": Kind.MEETING, "audience": Audience.GUESTS, "shared_screens": shared}
    row = await makers.on_air(world, ann, **given)

    async def token(who: Person) -> str:
        return str((await api.as_(who).meeting.JoinMeeting(room_name=row["room_name"])).token)

    check(await token(ann), whole(row["room_name"], f"user-{ann.id}", ann.name, "host", "meeting", HOST))
    for who in (bob, guest):
        may = SPEAKER if shared else NO_SCREEN
        check(await token(who), whole(row["room_name"], f"user-{who.id}", who.name, "speaker", "meeting", may))


async def test_of_a_voice_room(world: World, api: Api) -> None:
    ann = await world.user()
    way = await api.as_(ann).voice.EnterVoiceRoom()
    check(way.token, whole(way.room_name, f"user-{ann.id}", ann.name, "speaker", "voice", NO_SCREEN))


async def test_the_request_has_no_say(world: World, api: Api) -> None:
    """Neither identity nor role nor room can be asked for: no field of a request for a token has them."""
    for method in (api.live.JoinStream, api.live.JoinStreamByRoom, api.meeting.JoinMeeting, api.voice.EnterVoiceRoom):
        fields = {field.name for field in method.request.DESCRIPTOR.fields}
        assert fields <= {"stream_id", "room_name", "password", "request_id"}, method.method.full_name
