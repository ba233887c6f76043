"""What the media room knows of a person: shown to them, and let go when they go.

The rooms above have let go of their files before, so what is in use still is the platform's; the sweeper removes the
rest, bytes first, within the hour.
"""

from collections.abc import AsyncIterator

from cnt_grpc.auth import Holder, Record
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Tx
from cnt_grpc.media.queries import privacy as queries
from cnt_grpc.media.removal import GRACE


async def export_person(tx: Tx, user_id: int) -> AsyncIterator[tuple[str, Record]]:
    """Their files, what uses them, and uploads under way."""
    for kind in queries.KINDS:
        for row in await tx.all(queries.rows(kind), user_id=user_id):
            yield kind, dict(row)
    for row in await tx.all(queries.uses_of(), user_id=user_id):
        yield "uses", dict(row)


async def erase_person(tx: Tx, user_id: int) -> None:
    """Leave what nothing uses to the sweeper, as if it had been abandoned, and forget what files were called."""
    long_ago = clock.now() - 2 * GRACE
    await tx.run(queries.let_uploads_go(), user_id=user_id, at=long_ago)
    await tx.run(queries.let_files_go(), user_id=user_id, at=long_ago)
    await tx.run(queries.forget_file_names(), user_id=user_id)


HOLDER = Holder("media", export_person, erase_person)
