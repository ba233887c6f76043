"""Background doors of the live room."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf import json_format
from livekit.protocol.webhook import WebhookEvent

from cnt_grpc import content, media, notification
from cnt_grpc.kit import clock, inbox, jobs
from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.errors import Unavailable
from cnt_grpc.kit.jobs import Handler, Job, Run
from cnt_grpc.kit.jobs.worker import Periodic
from cnt_grpc.live import syncing, work
from cnt_grpc.live.identities import owner_of_voice_room
from cnt_grpc.live.queries import airing as queries
from cnt_grpc.live.queries import streams as stream_queries
from cnt_grpc.live.rooms import Rooms
from cnt_grpc.live.rules import oversight
from cnt_grpc.pb.cnt.live.v1.jobs_pb2 import (
    CloseRoom,
    CloseVoiceRooms,
    HandleLiveKitEvent,
    KeepRecording,
    ReconcileRooms,
    SyncRoom,
    TellFollowers,
)

AT_ONCE: Final = 1000
"""Followers that one job tells."""

PERIODIC: Sequence[Periodic] = (Periodic("* * * * *", work.RECONCILE, ReconcileRooms()),)


@dataclass(frozen=True, slots=True)
class LiveJobs:
    """What the worker does for this room; `rooms` is None where LiveKit is not configured."""

    rooms: Rooms | None
    workshop: media.Workshop

    @property
    def handlers(self) -> Mapping[Job[Any], Handler]:
        """Every job of the room."""
        return {
            work.HANDLE_EVENT: handle_event,
            work.SYNC_ROOM: self.sync_room,
            work.CLOSE_ROOM: self.close_room,
            work.CLOSE_VOICE_ROOMS: self.close_voice_rooms,
            work.RECONCILE: self.reconcile,
            work.TELL_FOLLOWERS: tell_followers,
            work.KEEP_RECORDING: self.keep_recording,
        }

    def _livekit(self) -> Rooms:
        if self.rooms is None:
            raise jobs.GiveUp("LiveKit is not configured")
        return self.rooms

    async def sync_room(self, payload: SyncRoom, run: Run) -> None:
        """Bring one stream and its room together."""
        await syncing.sync(run.db, self._livekit(), payload.stream_id)

    async def close_room(self, payload: CloseRoom, run: Run) -> None:  # noqa: ARG002
        """Close the room of a deleted stream, and the ways into it."""
        rooms = self._livekit()
        await rooms.close(payload.room_name)
        if payload.has_ways_in:
            await rooms.close_ingresses(payload.room_name)

    async def close_voice_rooms(self, payload: CloseVoiceRooms, run: Run) -> None:  # noqa: ARG002
        """Close the voice rooms of somebody who is gone; where there is no LiveKit there are none."""
        if self.rooms is None:
            return
        for name in await self.rooms.names():
            if owner_of_voice_room(name) == payload.user_id:
                await self.rooms.close(name)

    async def reconcile(self, _: ReconcileRooms, run: Run) -> None:
        """Look at every stream that runs."""
        if self.rooms is None:
            return
        try:
            await syncing.reconcile(run.db, self.rooms)
        except Unavailable:
            return  # noted in the rows; the next minute asks again

    async def keep_recording(self, payload: KeepRecording, run: Run) -> None:
        """Take a finished recording into our files, and leave it to the host as the draft of a film."""
        made = await self.workshop.adopt(payload.key, media.Kind.VIDEO)
        if made is None:
            raise jobs.GiveUp("the recording is not in the store")
        async with run.finish() as tx:
            stream = await tx.one(queries.to_sync(), stream_id=payload.stream_id)
            if stream is None:
                return  # deleted meanwhile, and with it the wish for its recording: the sweeper takes the file
            host_id = stream["host_id"]
            media_id = await self.workshop.keep(tx, made, owner=host_id)
            await content.begin_draft(tx, host_id, "movie", title=stream["title"], media_id=media_id)


async def handle_event(payload: HandleLiveKitEvent, run: Run) -> None:
    """Have the room looked at that an event is about; what it says is not believed, LiveKit is asked."""
    async with run.finish() as tx:
        found = await inbox.read(tx, payload.inbox_id)
        if found is None:
            return
        _, body = found
        event = json_format.Parse(body, WebhookEvent(), ignore_unknown_fields=True)
        names = {event.room.name, event.egress_info.room_name, event.ingress_info.room_name} - {""}
        for row in await tx.all(queries.of_rooms(), names=sorted(names)):
            await work.sync(tx, row["id"])
        await inbox.handled(tx, payload.inbox_id)


async def tell_followers(payload: TellFollowers, run: Run) -> None:
    """Tell some of the host's followers that the stream is on air, and have the others told by another job.

    Each hears of it once, whatever happens meanwhile. No job holds the stream's row for long: its chat needs it.
    """
    async with run.finish() as tx:
        if not payload.after and not await _is_news(tx, payload.stream_id):
            return
        stream = await tx.one(stream_queries.visible_stream(), stream_id=payload.stream_id, caller_id=0)
        if stream is None:
            return  # deleted, or its host is not in public any more
        followers = await content.followers_of(tx, stream["host_id"], payload.after, AT_ONCE)
        notice = notification.LiveStart(
            user_id=stream["host_id"], name=stream["host_name"], stream_id=stream["id"], stream_title=stream["title"]
        )
        await notification.tell(tx, followers, notice, about=notification.thing(oversight.STREAM, stream["id"]))
        if len(followers) == AT_ONCE:
            await work.tell_followers(tx, payload.stream_id, followers[-1])


async def _is_news(tx: Tx, stream_id: int) -> bool:
    return await tx.value(queries.mark_told(), stream_id=stream_id, now=clock.now()) is not None
