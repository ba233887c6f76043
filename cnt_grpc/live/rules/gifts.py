"""Gifts in streams: who receives them, and that everyone who watches sees them."""

from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.live import log
from cnt_grpc.live.rules import streams
from cnt_grpc.live.standing import Entry


async def host_of(tx: Tx, caller: Caller, stream_id: int) -> int:
    """Who gives a stream that is not over and that the caller may see. Raises NotFound, Precondition."""
    stream = await streams.shown(tx, caller, stream_id)
    streams.refuse_ended(stream)
    return int(stream["host_id"])


async def gift_given(tx: Tx, stream_id: int, giver_id: int, *, name: str, coins: int) -> int:
    """Show a gift in the log of a stream; the entry's number."""
    return await log.write(tx, stream_id, Entry.GIFT, user_id=giver_id, data={"name": name, "coins": coins})
