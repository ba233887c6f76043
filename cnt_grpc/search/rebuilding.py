"""The index built anew from the rooms' own rows, while they are being changed."""

from dataclasses import dataclass
from functools import partial
from typing import Final

from cnt_grpc.kit.db import Database, Tx
from cnt_grpc.search import queries
from cnt_grpc.search.document import Source
from cnt_grpc.search.indexing import put_all

BATCH: Final = 500
"""Things that one transaction looks at, and holds meanwhile."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What was done to the index."""

    put: int
    removed: int


async def rebuild(db: Database, source: Source, *, batch: int = BATCH) -> Rebuilt:
    """Put in every public thing of one kind, and take out whatever else is there of it. May be repeated."""
    put = removed = 0
    after: int | None = 0
    while after is not None:
        step = await db.transact(partial(_step, source=source, after=after, batch=batch))
        after, put, removed = step[0], put + step[1], removed + step[2]
    return Rebuilt(put, removed)


async def _step(tx: Tx, source: Source, after: int, batch: int) -> tuple[int | None, int, int]:
    """The next so many ids: how far it came (None: to the end), and how many it put in and took out.

    What is in the index is read first. So whoever made one of its things public has committed before the room's rows
    are read, and it is among them; or commits later, and has written its document anew, which then is not taken out.
    """
    known = await tx.all(queries.documents_after(batch), kind=source.kind, after=after)
    public = await source.documents(tx, after, batch)
    ends = [rows[-1] for rows in ([row["ref"] for row in known], [each.ref for each in public]) if len(rows) == batch]
    until = min(ends, default=None)
    wanted = [each for each in public if until is None or each.ref <= until]
    kept = {each.ref for each in wanted}
    stale = [row for row in known if row["ref"] not in kept and (until is None or row["ref"] <= until)]
    await put_all(tx, wanted)
    for row in stale:
        await tx.run(queries.remove_unchanged(), kind=source.kind, ref=row["ref"], indexed_at=row["indexed_at"])
    return until, len(wanted), len(stale)
