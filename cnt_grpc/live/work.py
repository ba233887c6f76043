"""The jobs of the live room, as rules ask for them; jobs.py does them."""

from datetime import timedelta
from typing import Final

from cnt_grpc.kit import jobs
from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.jobs import Job
from cnt_grpc.pb.cnt.live.v1.jobs_pb2 import (
    CloseRoom,
    CloseVoiceRooms,
    HandleLiveKitEvent,
    KeepRecording,
    ReconcileRooms,
    SyncRoom,
    TellFollowers,
)

HANDLE_EVENT: Final = Job("live.handle_event", HandleLiveKitEvent, attempts=8)
SYNC_ROOM: Final = Job("live.sync_room", SyncRoom, attempts=8, timeout=timedelta(seconds=30))
CLOSE_ROOM: Final = Job("live.close_room", CloseRoom, attempts=8, timeout=timedelta(seconds=30))
CLOSE_VOICE_ROOMS: Final = Job("live.close_voice_rooms", CloseVoiceRooms, attempts=8, timeout=timedelta(seconds=30))
RECONCILE: Final = Job("live.reconcile", ReconcileRooms, attempts=1, limit=1)
TELL_FOLLOWERS: Final = Job("live.tell_followers", TellFollowers, attempts=10)
KEEP_RECORDING: Final = Job("live.keep_recording", KeepRecording, attempts=8, timeout=timedelta(minutes=30))


async def sync(tx: Tx, stream_id: int) -> None:
    """Have the row and LiveKit's room brought together once this transaction is committed."""
    await jobs.enqueue(tx, SYNC_ROOM, SyncRoom(stream_id=stream_id), dedupe=f"live:{stream_id}", priority=1)


async def close(tx: Tx, room: str, *, has_ways_in: bool = False) -> None:
    """Have a room closed whose stream is deleted, and the ways of studios into it."""
    payload = CloseRoom(room_name=room, has_ways_in=has_ways_in)
    await jobs.enqueue(tx, CLOSE_ROOM, payload, dedupe=room)


async def close_voice_rooms(tx: Tx, user_id: int) -> None:
    """Have all voice rooms of a person closed."""
    await jobs.enqueue(tx, CLOSE_VOICE_ROOMS, CloseVoiceRooms(user_id=user_id), dedupe=str(user_id))


async def tell_followers(tx: Tx, stream_id: int, after: int = 0) -> None:
    """Have a host's followers (with a higher id than `after`) told that the stream began."""
    await jobs.enqueue(
        tx, TELL_FOLLOWERS, TellFollowers(stream_id=stream_id, after=after), dedupe=f"live:{stream_id}:{after}"
    )


async def keep_recording(tx: Tx, stream_id: int, egress_id: str, key: str) -> None:
    """Have a finished recording made a draft of the host."""
    payload = KeepRecording(stream_id=stream_id, egress_id=egress_id, key=key)
    await jobs.enqueue(tx, KEEP_RECORDING, payload, dedupe=egress_id)
