"""What the notification room knows of a person: shown to them, and dropped or made nameless when they go."""

from collections.abc import AsyncIterator

from cnt_grpc.auth import Holder, Record
from cnt_grpc.kit.db import Tx
from cnt_grpc.notification.queries import privacy as queries


async def export_person(tx: Tx, user_id: int) -> AsyncIterator[tuple[str, Record]]:
    """The inbox, what was sent of it, the devices without what would reach them, and all choices."""
    for kind in queries.KINDS:
        for row in await tx.all(queries.rows(kind), user_id=user_id):
            yield kind, dict(row)


async def erase_person(tx: Tx, user_id: int) -> None:
    """Drop all of it, and leave a pseudonym in what others were told of this person."""
    for kind in queries.OWN:
        await tx.run(queries.drop(kind), user_id=user_id)
    for kind in queries.ABOUT_OTHERS:
        await tx.run(queries.make_nameless(kind), user_id=str(user_id))


HOLDER = Holder("notification", export_person, erase_person)
