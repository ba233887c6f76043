"""What the room knows of a person by support: what they asked, and what they said to questions."""

from collections.abc import AsyncIterator

from cnt_grpc.auth import Record
from cnt_grpc.community.queries import support as queries
from cnt_grpc.kit.db import Tx


async def export_person(tx: Tx, user_id: int) -> AsyncIterator[tuple[str, Record]]:
    """Questions, and their threads."""
    for row in await tx.all(queries.tickets_of(), user_id=user_id):
        yield "support_messages", dict(row)
    for row in await tx.all(queries.replies_of(), user_id=user_id):
        yield "support_replies", dict(row)


async def erase_person(tx: Tx, user_id: int) -> None:
    """Questions go with their threads; what was said for the team stays with those who asked."""
    await tx.run(queries.drop_tickets(), user_id=user_id)
    await tx.run(queries.make_nameless(), user_id=user_id)
