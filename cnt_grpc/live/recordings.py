"""Recordings from the wish to the file: whatever is lost on the way, LiveKit is asked what has become of them."""

from datetime import timedelta
from functools import partial
from typing import Final

import structlog

from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database, Row, Tx
from cnt_grpc.live import work
from cnt_grpc.live.queries import airing as queries
from cnt_grpc.live.rooms import Recording, Rooms
from cnt_grpc.live.standing import ASKED_FOR, Status

_log = structlog.get_logger("cnt.live")

_PATIENCE: Final = timedelta(minutes=1)
"""How long LiveKit may take to show a recording that it was asked for; then the host may ask for another."""


async def look_after(db: Database, rooms: Rooms, stream: Row) -> None:
    """Bring the row and LiveKit's recording together, and keep the file of one that is over. Raises Unavailable."""
    if stream["egress_id"] is None:
        return
    if stream["egress_id"] == ASKED_FOR:
        recording = await _found(db, rooms, stream)
        if recording is None:
            return
    else:
        recording = await rooms.recording(stream["egress_id"])
    if recording is None or recording.is_over:
        await db.transact(partial(_settle, stream=stream, recording=recording))
    elif stream["status"] == Status.ENDED:
        await rooms.stop_recording(recording.egress_id)


async def _found(db: Database, rooms: Rooms, stream: Row) -> Recording | None:
    """The recording that LiveKit was asked for without telling its id to us, by the file that it was to write."""
    for recording in await rooms.recordings(stream["room_name"]):
        if recording.asked_key == stream["egress_key"]:
            await db.transact(partial(_note, stream=stream, egress_id=recording.egress_id))
            return recording
    if clock.now() - stream["egress_asked_at"] > _PATIENCE:
        await db.transact(partial(_note, stream=stream, egress_id=None))
    return None


async def _note(tx: Tx, stream: Row, egress_id: str | None) -> None:
    await tx.run(queries.set_recording(), stream_id=stream["id"], was=ASKED_FOR, egress_id=egress_id)


async def _settle(tx: Tx, stream: Row, recording: Recording | None) -> None:
    egress_id = recording.egress_id if recording else stream["egress_id"]
    if await tx.value(queries.set_recording(), stream_id=stream["id"], was=egress_id, egress_id=None) is None:
        return  # settled meanwhile
    if recording is not None and recording.key:
        await work.keep_recording(tx, stream["id"], recording.egress_id, recording.key)
    else:
        error = recording.error if recording else "LiveKit does not know it"
        _log.warning("a recording has no file", stream_id=stream["id"], egress_id=egress_id, error=error)
