"""LiveKit, asked by its own library over HTTP: the rooms in which picture and sound travel."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp

from cnt_grpc.kit.errors import Unavailable
from cnt_grpc.kit.outside import Party
from cnt_grpc.live.rooms import EMPTY_TIMEOUT, TIMEOUT, Bucket, Present, Recording, Refused, Way
from cnt_grpc.live.standing import Role
from cnt_grpc.pb.cnt.common.v1.reason import Reason as CommonReason
from livekit import api

_SOUND = (api.TrackSource.MICROPHONE, api.TrackSource.SCREEN_SHARE_AUDIO)
_CAMERA_AND_VOICE = (api.TrackSource.CAMERA, api.TrackSource.MICROPHONE)


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

    async def open(self, room: str, *, agent: str = "") -> None:
        """See Rooms."""
        wanted = api.CreateRoomRequest(
            name=room,
            empty_timeout=int(EMPTY_TIMEOUT.total_seconds()),
            departure_timeout=20,
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
            try:
                found = await livekit.room.list_participants(api.ListParticipantsRequest(room=room))
            except api.ServerError as error:
                if error.code != "not_found":
                    raise
                return None  # closed between the two calls
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

    async def permit(self, room: str, identity: str, role: Role, *, shares_screen: bool) -> bool:
        """See Rooms."""
        speaks = role is not Role.VIEWER
        may = api.ParticipantPermission(
            can_publish=speaks,
            can_subscribe=True,
            can_publish_data=speaks,
            # None named means all of them.
            can_publish_sources=() if shares_screen or not speaks else _CAMERA_AND_VOICE,
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

    async def close_ingresses(self, room: str) -> None:
        """See Rooms."""
        async with self._calling() as livekit:
            found = await livekit.ingress.list_ingress(api.ListIngressRequest(room_name=room))
        for each in found.items:
            await self.close_ingress(each.ingress_id)

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
            try:
                return (await livekit.egress.start_room_composite_egress(wanted)).egress_id
            except api.ServerError as error:
                if error.code in _UNTOLD:
                    raise
                raise Refused(error.code) from error

    async def stop_recording(self, egress_id: str) -> None:
        """See Rooms."""
        async with self._calling() as livekit:
            try:
                await livekit.egress.stop_egress(api.StopEgressRequest(egress_id=egress_id))
            except api.ServerError as error:
                if error.code not in {"not_found", "failed_precondition"}:
                    raise

    async def recordings(self, room: str) -> Sequence[Recording]:
        """See Rooms."""
        async with self._calling() as livekit:
            found = await livekit.egress.list_egress(api.ListEgressRequest(room_name=room))
        return [_recording(info) for info in found.items]

    async def recording(self, egress_id: str) -> Recording | None:
        """See Rooms."""
        async with self._calling() as livekit:
            found = await livekit.egress.list_egress(api.ListEgressRequest(egress_id=egress_id))
        return next(map(_recording, found.items), None)


_AGENT_COMES = timedelta(seconds=15)
"""How long an agent may be on its way."""


def _is_coming(sent: api.AgentDispatch) -> bool:
    """Whether an agent that was sent may still come; that one is there, LiveKit's dispatches do not tell."""
    return time.time_ns() - sent.state.created_at < _AGENT_COMES / timedelta(microseconds=1) * 1000


def _is_agent(one: api.ParticipantInfo) -> bool:
    return one.kind == api.ParticipantInfo.Kind.AGENT and one.state != api.ParticipantInfo.State.DISCONNECTED


_AWAY = frozenset({"unavailable", "deadline_exceeded", "internal", "unknown", "resource_exhausted", "dataloss"})
_UNTOLD = frozenset({"deadline_exceeded", "canceled", "unknown", "dataloss"})
"""Answers that leave it open whether something was done."""
_RECORDING = (api.EgressStatus.EGRESS_STARTING, api.EgressStatus.EGRESS_ACTIVE, api.EgressStatus.EGRESS_ENDING)
_WITH_FILE = (api.EgressStatus.EGRESS_COMPLETE, api.EgressStatus.EGRESS_LIMIT_REACHED)
"""A recording that came to LiveKit's limit of length is stored as any other."""


@asynccontextmanager
async def _absent_is_fine() -> AsyncIterator[None]:
    try:
        yield
    except api.ServerError as error:
        if error.code != "not_found":
            raise


def _recording(info: api.EgressInfo) -> Recording:
    files = [file.filename for file in info.file_results]
    asked = [output.filepath for output in info.room_composite.file_outputs]
    return Recording(
        info.egress_id,
        is_over=info.status not in _RECORDING,
        asked_key=asked[0] if asked else "",
        key=files[0] if info.status in _WITH_FILE and files else "",
        error=info.error,
    )


def _present(one: api.ParticipantInfo) -> Present:
    return Present(
        identity=one.identity,
        name=one.name,
        joined_at=one.joined_at,
        is_publishing=any(not track.muted for track in one.tracks),
        sound=tuple(track.sid for track in one.tracks if track.source in _SOUND),
        picture=tuple(track.sid for track in one.tracks if track.source not in _SOUND),
        may_publish=one.permission.can_publish,
        is_person=one.kind == api.ParticipantInfo.Kind.STANDARD,
    )
