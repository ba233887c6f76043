"""What the live room knows of a person: shown to them, and gone when they go."""

from collections.abc import AsyncIterator

from cnt_grpc import search
from cnt_grpc.auth import Holder, Record
from cnt_grpc.kit.db import Tx
from cnt_grpc.live import work
from cnt_grpc.live.queries import privacy as queries


async def export_person(tx: Tx, user_id: int) -> AsyncIterator[tuple[str, Record]]:
    """Their streams and meetings, what they wrote, where they came in, and where they are banned."""
    for kind in queries.KINDS:
        for row in await tx.all(queries.rows(kind), user_id=user_id):
            yield kind, dict(row)


async def erase_person(tx: Tx, user_id: int) -> None:
    """Their streams go with their logs; in the logs of others their words and their name go. Their rooms are closed."""
    for row in await tx.all(queries.rooms_of(), user_id=user_id):
        await work.close(tx, row["room_name"], has_ways_in=row["has_ways_in"])
    for row in await tx.all(queries.streams_of(), user_id=user_id):
        await search.remove(tx, search.Kind.STREAM, row["id"])
    await work.close_voice_rooms(tx, user_id)
    await tx.run(queries.delete_streams(), user_id=user_id)
    await tx.run(queries.blank_messages(), user_id=user_id)
    for kind in ("stream_participants", "stream_bans", "voice_chats"):
        await tx.run(queries.drop(kind), user_id=user_id)


HOLDER = Holder("live", export_person, erase_person)
