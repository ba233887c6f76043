"""LiveKit: the rooms in which picture and sound travel. What is asked of it, by its own library."""

import secrets
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol

import aiohttp

from cnt_grpc.kit.errors import Unavailable
from cnt_grpc.kit.outside import Party
from cnt_grpc.live.standing import Role
from cnt_grpc.pb.cnt.common.v1.reason import Reason as CommonReason
from livekit import api

TIMEOUT: Final = 2.5
"""Seconds for one call: callers are told within three."""

EMPTY_TIMEOUT: Final = timedelta(minutes=5)
"""How long LiveKit keeps a room that nobody is in."""

TOKEN_LIFETIME: Final = timedelta(minutes=2)
"""How long a token opens a room. LiveKit renews it for whoever is inside, so that this is only the time to come in."""

_SOUND = (api.TrackSource.MICROPHONE, api.TrackSource.SCREEN_SHARE_AUDIO)


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody in a room, as LiveKit sees them."""

    identity: str
    name: str
    joined_at: int
    """Seconds since 1970."""
    is_publishing: bool
    sound: tuple[str, ...]
    """Ids of what is heard of them, muted or not."""
    picture: tuple[str, ...]
    """Ids of what is seen of them."""
    is_person: bool = True
    """Not a recorder, an ingress or an agent."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way in for a studio's software."""

    ingress_id: str
    url: str
    stream_key: str


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording, as LiveKit sees it."""

    egress_id: str
    is_over: bool
    key: str
    """Where its file lies in our storage; empty when there is none."""
    error: str


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where LiveKit puts recordings: our own S3."""

    name: str
    region: str
    endpoint: str
    key_id: str
    secret: str


class Rooms(Protocol):
    """What we ask of LiveKit. Each call raises Unavailable when it does not answer within TIMEOUT."""

    async def aclose(self) -> None:
        """Let go of its connections."""
        ...

    async def open(self, room: str, *, most: int = 0, agent: str = "") -> None:
        """Make the room, or leave it as it is; at most `most` people, 0 for any number.

        Into a room with an agent one of that name is sent when it is made.
        """
        ...

    async def call_agent(self, room: str, agent: str) -> None:
        """Send an agent of this name into a room that is there, unless one is in it or on its way."""
        ...

    async def close(self, room: str) -> None:
        """End the room for everyone in it; one that is not there is closed already."""
        ...

    async def names(self) -> Sequence[str]:
        """The rooms there are, the oldest first."""
        ...

    async def people(self, room: str) -> Sequence[Present] | None:
        """Who is in the room, the longest there first; None when there is no such room."""
        ...

    async def mute(self, room: str, identity: str, tracks: Sequence[str]) -> None:
        """Silence these tracks."""
        ...

    async def remove(self, room: str, identity: str) -> bool:
        """Put somebody out; False when they are not there."""
        ...

    async def permit(self, room: str, identity: str, role: Role) -> bool:
        """Change what somebody may do, now; False when they are not there."""
        ...

    async def open_ingress(self, room: str, identity: str, name: str, *, whip: bool) -> Way:
        """Open a way in for a studio's software, which appears in the room as `identity`."""
        ...

    async def close_ingress(self, ingress_id: str) -> None:
        """Close it; one that is not there is closed already."""
        ...

    async def record(self, room: str, key: str, bucket: Bucket) -> str:
        """Begin to record the room into the file `key`; LiveKit's id of the recording."""
        ...

    async def stop_recording(self, egress_id: str) -> None:
        """End a recording; one that has ended stays so."""
        ...

    async def recording(self, egress_id: str) -> Recording | None:
        """How a recording stands; None when LiveKit knows none."""
        ...


class LiveKit:
    """LiveKit over its HTTP API."""

    def __init__(self, url: str, key: str, secret: str) -> None:
        self._party = Party("livekit", TIMEOUT)
        self._access = (url, key, secret)
        self._api: api.LiveKitAPI | None = None

    async def aclose(self) -> None:
        """Let go of its connections."""
        if self._api is not None:
            await self._api.aclose()

    @asynccontextmanager
    async def _calling(self) -> AsyncIterator[api.LiveKitAPI]:
        if self._api is None:
            # One process holds one: it needs a running event loop, so it is made by the first call.
            self._api = api.LiveKitAPI(*self._access, timeout=aiohttp.ClientTimeout(total=TIMEOUT))
        async with self._party.call():
            try:
                yield self._api
            except aiohttp.ClientError as error:
                raise OSError(str(error)) from error
            except api.ServerError as error:
                if error.code in _AWAY:
                    self._party.failed()
                    raise Unavailable(
                        CommonReason.PARTY_UNAVAILABLE, f"livekit: {error.code}", party="livekit"
                    ) from error
                raise

    async def open(self, room: str, *, most: int = 0, agent: str = "") -> None:
        """See Rooms."""
        wanted = api.CreateRoomRequest(
            name=room,
            empty_timeout=int(EMPTY_TIMEOUT.total_seconds()),
            departure_timeout=20,
            max_participants=most,
            agents=[api.RoomAgentDispatch(agent_name=agent)] if agent else [],
        )
        async with self._calling() as livekit:
            await livekit.room.create_room(wanted)

    async def call_agent(self, room: str, agent: str) -> None:
        """See Rooms."""
        async with self._calling() as livekit, _absent_is_fine():
            sent = [each for each in await livekit.agent_dispatch.list_dispatch(room) if each.agent_name == agent]
            inside = await livekit.room.list_participants(api.ListParticipantsRequest(room=room))
            if not any(map(_is_coming, sent)) and not any(map(_is_agent, inside.participants)):
                await livekit.agent_dispatch.create_dispatch(
                    api.CreateAgentDispatchRequest(agent_name=agent, room=room)
                )

    async def close(self, room: str) -> None:
        """See Rooms."""
        async with self._calling() as livekit, _absent_is_fine():
            await livekit.room.delete_room(api.DeleteRoomRequest(room=room))

    async def names(self) -> Sequence[str]:
        """See Rooms."""
        async with self._calling() as livekit:
            found = (await livekit.room.list_rooms(api.ListRoomsRequest())).rooms
        return [room.name for room in sorted(found, key=lambda room: (room.creation_time_ms, room.name))]

    async def people(self, room: str) -> Sequence[Present] | None:
        """See Rooms."""
        async with self._calling() as livekit:
            if not (await livekit.room.list_rooms(api.ListRoomsRequest(names=[room]))).rooms:
                return None
            found = await livekit.room.list_participants(api.ListParticipantsRequest(room=room))
        active = [one for one in found.participants if one.state != api.ParticipantInfo.State.DISCONNECTED]
        return [_present(one) for one in sorted(active, key=lambda one: one.joined_at)]

    async def mute(self, room: str, identity: str, tracks: Sequence[str]) -> None:
        """See Rooms."""
        async with self._calling() as livekit, _absent_is_fine():
            for track in tracks:
                wanted = api.MuteRoomTrackRequest(room=room, identity=identity, track_sid=track, muted=True)
                await livekit.room.mute_published_track(wanted)

    async def remove(self, room: str, identity: str) -> bool:
        """See Rooms. Newer versions of LiveKit also refuse the tokens made until now."""
        whom = api.RoomParticipantIdentity(room=room, identity=identity, revoke_token_ts=int(time.time()))
        async with self._calling() as livekit:
            try:
                await livekit.room.remove_participant(whom)
            except api.ServerError as error:
                if error.code != "not_found":
                    raise
                return False
        return True

    async def permit(self, room: str, identity: str, role: Role) -> bool:
        """See Rooms."""
        may = api.ParticipantPermission(
            can_publish=role is not Role.VIEWER, can_subscribe=True, can_publish_data=role is not Role.VIEWER
        )
        wanted = api.UpdateParticipantRequest(room=room, identity=identity, permission=may)
        async with self._calling() as livekit:
            try:
                await livekit.room.update_participant(wanted)
            except api.ServerError as error:
                if error.code != "not_found":
                    raise
                return False
        return True

    async def open_ingress(self, room: str, identity: str, name: str, *, whip: bool) -> Way:
        """See Rooms."""
        kind = api.IngressInput.WHIP_INPUT if whip else api.IngressInput.RTMP_INPUT
        wanted = api.CreateIngressRequest(
            input_type=kind, name=room, room_name=room, participant_identity=identity, participant_name=name
        )
        async with self._calling() as livekit:
            made = await livekit.ingress.create_ingress(wanted)
        return Way(made.ingress_id, made.url, made.stream_key)

    async def close_ingress(self, ingress_id: str) -> None:
        """See Rooms."""
        async with self._calling() as livekit, _absent_is_fine():
            await livekit.ingress.delete_ingress(api.DeleteIngressRequest(ingress_id=ingress_id))

    async def record(self, room: str, key: str, bucket: Bucket) -> str:
        """See Rooms."""
        target = api.S3Upload(
            access_key=bucket.key_id,
            secret=bucket.secret,
            region=bucket.region,
            endpoint=bucket.endpoint,
            bucket=bucket.name,
            force_path_style=bool(bucket.endpoint),
        )
        output = api.EncodedFileOutput(
            file_type=api.EncodedFileType.MP4, filepath=key, s3=target, disable_manifest=True
        )
        async with self._calling() as livekit:
            wanted = api.RoomCompositeEgressRequest(room_name=room, layout="speaker", file_outputs=[output])
            return (await livekit.egress.start_room_composite_egress(wanted)).egress_id

    async def stop_recording(self, egress_id: str) -> None:
        """See Rooms."""
        async with self._calling() as livekit:
            try:
                await livekit.egress.stop_egress(api.StopEgressRequest(egress_id=egress_id))
            except api.ServerError as error:
                if error.code not in {"not_found", "failed_precondition"}:
                    raise

    async def recording(self, egress_id: str) -> Recording | None:
        """See Rooms."""
        async with self._calling() as livekit:
            found = await livekit.egress.list_egress(api.ListEgressRequest(egress_id=egress_id))
        for info in found.items:
            files = [file.filename for file in info.file_results]
            complete = info.status == api.EgressStatus.EGRESS_COMPLETE
            return Recording(
                info.egress_id,
                is_over=info.status not in _RECORDING,
                key=files[0] if complete and files else "",
                error=info.error,
            )
        return None


_AGENT_COMES = timedelta(seconds=15)
"""How long an agent may be on its way."""


def _is_coming(sent: api.AgentDispatch) -> bool:
    """Whether an agent that was sent may still come; that one is there, LiveKit's dispatches do not tell."""
    return time.time_ns() - sent.state.created_at < _AGENT_COMES / timedelta(microseconds=1) * 1000


def _is_agent(one: api.ParticipantInfo) -> bool:
    return one.kind == api.ParticipantInfo.Kind.AGENT and one.state != api.ParticipantInfo.State.DISCONNECTED


_AWAY = frozenset({"unavailable", "deadline_exceeded", "internal", "unknown", "resource_exhausted", "dataloss"})
_RECORDING = (api.EgressStatus.EGRESS_STARTING, api.EgressStatus.EGRESS_ACTIVE, api.EgressStatus.EGRESS_ENDING)


@asynccontextmanager
async def _absent_is_fine() -> AsyncIterator[None]:
    try:
        yield
    except api.ServerError as error:
        if error.code != "not_found":
            raise


def _present(one: api.ParticipantInfo) -> Present:
    return Present(
        identity=one.identity,
        name=one.name,
        joined_at=one.joined_at,
        is_publishing=any(not track.muted for track in one.tracks),
        sound=tuple(track.sid for track in one.tracks if track.source in _SOUND),
        picture=tuple(track.sid for track in one.tracks if track.source not in _SOUND),
        is_person=one.kind == api.ParticipantInfo.Kind.STANDARD,
    )


def anonymous_identity() -> str:
    """A new identity for a listener without an account."""
    return f"listener-{secrets.token_hex(8)}"


def identity_of(user_id: int) -> str:
    """A person in any room: on a second device they take the place of the first, as LiveKit has it."""
    return f"user-{user_id}"


def person_behind(identity: str) -> int:
    """The person of an identity that we gave; 0 for a listener without an account, a studio or a recorder."""
    prefix, _, number = identity.partition("-")
    return int(number) if prefix == "user" and number.isascii() and number.isdigit() else 0


def voice_rooms_of(user_id: int) -> str:
    """How the names of a person's voice rooms begin."""
    return f"voice-agent-{user_id}-"


def owner_of_voice_room(name: str) -> int:
    """Whose voice room this is; 0 for what is none."""
    _, _, rest = name.partition("voice-agent-")
    number, _, tail = rest.partition("-")
    is_one = name.startswith("voice-agent-") and number.isascii() and number.isdigit() and tail
    return int(number) if is_one else 0


def studio_of(user_id: int) -> str:
    """The identity of what a host sends in from a studio's software."""
    return f"studio-{user_id}"
