"""Finding streams by words."""

from collections.abc import Sequence

from cnt_grpc import search
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.live.queries import streams as queries
from cnt_grpc.live.standing import Status


async def found(tx: Tx, caller: Caller, text: str, status: Status | None) -> Sequence[Row]:
    """Streams that hold the words, on air first, then the newest; those at `status` if one is asked for."""
    refs = await search.refs(tx, caller, text, search.Kind.STREAM)
    rows = await tx.all(queries.streams_by_id(), ids=refs, caller_id=caller.user_id) if refs else []
    wanted = [row for row in rows if status is None or row["status"] == status]
    newest_first = sorted(wanted, key=lambda row: (row["listed_at"], row["id"]), reverse=True)
    return sorted(newest_first, key=lambda row: row["status"] != Status.LIVE)
