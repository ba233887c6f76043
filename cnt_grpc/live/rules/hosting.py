"""What a host says about their own stream, and LiveKit confirms."""

from cnt_grpc.kit.db import Database, Row
from cnt_grpc.kit.errors import Precondition
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.live.identities import identity_of, studio_of
from cnt_grpc.live.rules import airing, streams
from cnt_grpc.live.rules.joining import Studio, required
from cnt_grpc.pb.cnt.live.v1.reason import Reason


async def report_joined(db: Database, studio: Studio | None, caller: Caller, stream_id: int) -> Row:
    """Put the caller's stream on air if LiveKit has its host in the room.

    Raises NotFound, Precondition, Unavailable.
    """
    live = required(studio)
    async with db.reading() as tx:
        stream = await streams.own(tx, caller, stream_id)
        streams.refuse_ended(stream)
    host = {identity_of(caller.user_id), studio_of(caller.user_id)}
    present = await live.rooms.people(stream["room_name"]) or ()
    if not any(one.identity in host for one in present):
        raise Precondition(Reason.HOST_NOT_IN_ROOM, stream_id=stream_id)
    await db.transact(lambda tx: airing.begin(tx, stream_id))
    async with db.reading() as tx:
        return await streams.own(tx, caller, stream_id)
