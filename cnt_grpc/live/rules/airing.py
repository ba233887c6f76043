"""Going on air, falling off it, and ending: each step is taken once, written into the log, and told."""

from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.live import log, work
from cnt_grpc.live.queries import airing as queries
from cnt_grpc.live.queries import people
from cnt_grpc.live.rules import oversight, streams
from cnt_grpc.live.standing import Entry, Kind, Status


async def begin(tx: Tx, stream_id: int) -> bool:
    """Put a stream on air; False when it is, or is over. The first time, the host's followers are told."""
    begun = await tx.one(queries.begin(), stream_id=stream_id, now=clock.now())
    if begun is None:
        return False
    await log.write(tx, stream_id, Entry.STATUS, data={"status": Status.LIVE})
    if begun["kind"] == Kind.STREAM and begun["told_at"] is None:
        await work.tell_followers(tx, stream_id)
    return True


async def interrupt(tx: Tx, stream_id: int) -> bool:
    """Take a stream off the air until its host is back; False when it was not on it."""
    if await tx.value(queries.interrupt(), stream_id=stream_id, now=clock.now()) is None:
        return False
    await log.write(tx, stream_id, Entry.STATUS, data={"status": Status.SCHEDULED})
    return True


async def finish(tx: Tx, stream_id: int) -> bool:
    """End a stream for good; False when it was over. Its room is closed by a job."""
    if await tx.one(queries.end(), stream_id=stream_id, now=clock.now()) is None:
        return False
    await tx.run(people.left(everyone=True), stream_id=stream_id, now=clock.now())
    await log.write(tx, stream_id, Entry.STATUS, data={"status": Status.ENDED})
    await work.sync(tx, stream_id)
    return True


async def end(tx: Tx, caller: Caller, stream_id: int) -> Row:
    """End a stream as its host or a moderator. Raises NotFound."""
    stream = await (
        streams.anyones(tx, stream_id) if caller.is_moderator else streams.own(tx, caller, stream_id, locked=True)
    )
    if not await finish(tx, stream_id):
        return stream
    await oversight.of_stream(tx, caller, "end", stream, "a moderator ended it")
    return await streams.anyones(tx, stream_id)
