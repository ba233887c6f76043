"""Finding streams by words."""

from collections.abc import Sequence

from cnt_grpc import search
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.live.queries import streams as queries
from cnt_grpc.live.standing import Status


async def found(tx: Tx, caller: Caller, text: str, status: Status | None) -> Sequence[Row]:
    """Streams that hold the words, on air first, then the newest; those at `status` if one is asked for."""
    among = queries.WITH_STATUS[status or Status.LIVE]
    refs = await search.refs(tx, caller, text, search.Kind.STREAM, among=among)
    if status is None:
        # On air first, however much of what is over matches better.
        others = await search.refs(tx, caller, text, search.Kind.STREAM)
        refs = [*dict.fromkeys((*refs, *others))][: search.MOST_REFS]
    rows = await tx.all(queries.streams_by_id(), ids=refs, caller_id=caller.user_id) if refs else []
    newest_first = sorted(rows, key=lambda row: (row["listed_at"], row["id"]), reverse=True)
    return sorted(newest_first, key=lambda row: row["status"] != Status.LIVE)
