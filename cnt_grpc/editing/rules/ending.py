"""How edits end: with a version in the history, with a reason, or because someone broke them off."""

from datetime import datetime, timedelta
from typing import Final

from cnt_grpc import media
from cnt_grpc.editing.queries import runs as queries
from cnt_grpc.editing.queries import versions
from cnt_grpc.editing.rules.edits import ref_of_edit, ref_of_version
from cnt_grpc.editing.rules.sources import ROOM
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.jobs import Run
from cnt_grpc.pb.cnt.editing.v1.reason import Reason

LATE: Final = timedelta(hours=1)
"""After this even a worker that was frozen has stored what it was about to store."""
FORGOTTEN: Final = timedelta(days=30)
"""How long an edit that failed may be retried; then its sources are let go."""
MIXED_IN: Final = timedelta(days=1)
_BATCH: Final = 200


async def keep(
    tx: Tx,
    row: Row,
    run: Run,
    started: datetime,
    *,
    file: media.Made,
    workshop: media.Workshop,
    filename: str,
    actual_start_ms: int | None,
) -> None:
    """Make the result a file of its owner's and the newest version of its history.

    Raises Exhausted when the owner's quota does not have so much left.
    """
    media_id = await workshop.keep(tx, file, owner=row["owner_id"], filename=filename, charged=True)
    number: int = await tx.value(versions.next_number(), history=row["history_id"])
    now = clock.now()
    await tx.run(
        versions.add_version(),
        history_id=row["history_id"],
        number=number,
        media_id=media_id,
        edit_id=row["id"],
        made_of=row["made_of"],
        created_at=now,
    )
    await media.use(tx, media_id, ROOM, ref_of_version(media_id))
    await tx.run(
        queries.finish(),
        edit=row["id"],
        version=number,
        actual_start_ms=actual_start_ms,
        attempts=run.attempt,
        started_at=started,
        finished_at=now,
    )


async def fail(tx: Tx, row: Row, run: Run, started: datetime, *, reason: str, message: str) -> None:
    """Write down why there is no result. The sources stay for another try."""
    await tx.run(
        queries.fail(),
        edit=row["id"],
        reason=reason,
        message=message,
        percent=run.percent,
        attempts=run.attempt,
        started_at=started,
        finished_at=clock.now(),
    )


async def settle(tx: Tx) -> int:
    """Write down the end of some edits whose job ended without them, killed at each try or broken off; how many."""
    now = clock.now()
    return len(
        await tx.all(queries.settle(), before=now - timedelta(seconds=5), reason=Reason.EDIT_INTERRUPTED, now=now)
    )


async def forget(tx: Tx) -> None:
    """Drop some edits that failed long ago, and let go what only they used.

    A history keeps what it shows. What was only mixed in stays for a day, as an upload does, for the next edit.
    """
    for row in await tx.all(queries.let_sources_go(_BATCH), before=clock.now() - MIXED_IN):
        await media.release(tx, ROOM, ref_of_edit(row["id"]))
    for row in await tx.all(queries.forget_edits(_BATCH), before=clock.now() - FORGOTTEN):
        await media.release(tx, ROOM, ref_of_edit(row["id"]))
