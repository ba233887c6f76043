"""Sending in from a studio, and recording: LiveKit does both, and our rows say which of them runs."""

from dataclasses import dataclass
from functools import partial
from typing import Final

from cnt_grpc import media
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database, Row, Tx
from cnt_grpc.kit.errors import Changed, NotFound, Precondition, Unavailable
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.live.identities import studio_of
from cnt_grpc.live.queries import airing as queries
from cnt_grpc.live.queries import ingresses
from cnt_grpc.live.rooms import Bucket, Refused, Way
from cnt_grpc.live.rules import streams
from cnt_grpc.live.rules.joining import Studio, required
from cnt_grpc.live.standing import ASKED_FOR, Status
from cnt_grpc.pb.cnt.common.v1.reason import Reason as CommonReason
from cnt_grpc.pb.cnt.live.v1.reason import Reason

_TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class Recorder:
    """Where recordings go; none where files are not kept in S3."""

    bucket: Bucket | None


async def open_ingress(db: Database, studio: Studio | None, caller: Caller, stream_id: int, kind: str) -> Way:
    """Open a way in, in place of the one before. Raises NotFound, Precondition, Changed, Unavailable."""
    live = required(studio)
    for _ in range(_TRIES):
        if (made := await _open_ingress(db, live, caller, stream_id, kind)) is not None:
            return made
    raise Changed(CommonReason.CONTENTION)


async def _open_ingress(db: Database, live: Studio, caller: Caller, stream_id: int, kind: str) -> Way | None:
    """A way in that the row names; None when somebody else opened one meanwhile, which the next try replaces."""
    async with db.reading() as tx:
        stream = await streams.own(tx, caller, stream_id)
        streams.refuse_ended(stream)
        before = await tx.one(ingresses.of_stream(), stream_id=stream_id)
    if before is not None:
        # The old key opens nothing from here on, even when what follows fails.
        await live.rooms.close_ingress(before["ingress_id"])
    await live.rooms.open(stream["room_name"])
    identity = studio_of(caller.user_id)
    made = await live.rooms.open_ingress(stream["room_name"], identity, stream["host_name"], whip=kind == "whip")

    async def keep(tx: Tx) -> bool:
        now = clock.now()
        values = {"ingress_id": made.ingress_id, "kind": kind, "url": made.url}
        was = before["ingress_id"] if before is not None else ""
        return await tx.value(ingresses.put(), stream_id=stream_id, now=now, was=was, **values) is not None

    if await db.transact(keep):
        return made
    # Of several that are opened at once the row names one: no other key may open anything.
    await live.rooms.close_ingress(made.ingress_id)
    return None


async def ingress(tx: Tx, caller: Caller, stream_id: int) -> Row:
    """The way in that is open. Raises NotFound."""
    await streams.own(tx, caller, stream_id)
    row = await tx.one(ingresses.of_stream(), stream_id=stream_id)
    if row is None:
        raise NotFound(Reason.INGRESS_NOT_FOUND)
    return row


async def close_ingress(db: Database, studio: Studio | None, caller: Caller, stream_id: int) -> None:
    """Close the way in. Raises NotFound, Precondition, Unavailable."""
    live = required(studio)
    async with db.reading() as tx:
        await streams.own(tx, caller, stream_id)
        row = await tx.one(ingresses.of_stream(), stream_id=stream_id)
    if row is not None:
        await live.rooms.close_ingress(row["ingress_id"])
        await db.transact(lambda tx: tx.run(ingresses.forget(), stream_id=stream_id, ingress_id=row["ingress_id"]))


async def record(db: Database, studio: Studio | None, recorder: Recorder, caller: Caller, stream_id: int) -> None:
    """Begin to record. Raises NotFound, Precondition, Unavailable."""
    live = required(studio)

    key = media.new_key("private/drafts/video", "mp4")

    async def intend(tx: Tx) -> Row:
        stream = await streams.own(tx, caller, stream_id, locked=True)
        if recorder.bucket is None:
            raise Precondition(Reason.RECORDING_NOT_CONFIGURED, "set S3_BUCKET_NAME", settings="S3_BUCKET_NAME")
        streams.refuse_ended(stream)
        if stream["status"] != Status.LIVE:
            raise Precondition(Reason.STREAM_NOT_STARTED, stream_id=stream_id)
        if stream["egress_id"] is not None:
            raise Precondition(Reason.ALREADY_RECORDING, stream_id=stream_id)
        await tx.run(queries.want_recording(), stream_id=stream_id, egress_key=key, now=clock.now())
        return stream

    async def note(tx: Tx, egress_id: str | None) -> None:
        await tx.run(queries.set_recording(), stream_id=stream_id, was=ASKED_FOR, egress_id=egress_id)

    stream = await db.transact(intend)
    assert recorder.bucket is not None  # refused above
    try:
        egress_id = await live.rooms.record(stream["room_name"], key, recorder.bucket)
    except Refused as error:
        await db.transact(partial(note, egress_id=None))
        raise Unavailable(CommonReason.PARTY_UNAVAILABLE, f"livekit: {error}", party="livekit") from error
    # Any other failure leaves it open whether LiveKit records: the reconciler finds it by its key, or gives it up.
    await db.transact(partial(note, egress_id=egress_id))


async def stop(db: Database, studio: Studio | None, caller: Caller, stream_id: int) -> None:
    """End the recording; LiveKit tells when its file is there. Raises NotFound, Precondition, Unavailable."""
    live = required(studio)
    async with db.reading() as tx:
        stream = await streams.own(tx, caller, stream_id)
    if not stream["egress_id"]:
        raise Precondition(Reason.NOT_RECORDING, stream_id=stream_id)
    await live.rooms.stop_recording(stream["egress_id"])
