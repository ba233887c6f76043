"""What the content room knows of a person: shown to them, and dropped when they go."""

from collections.abc import AsyncIterator
from typing import Final

from cnt_grpc import media, search
from cnt_grpc.auth import Holder, Record
from cnt_grpc.content.kinds import BIBLE_STORY, DOCUMENT, KINDS
from cnt_grpc.content.queries import privacy as queries
from cnt_grpc.content.rules import drafts, items
from cnt_grpc.kit.db import Tx

_PLATFORMS: Final = (DOCUMENT.name, BIBLE_STORY.name)
"""What administrators make for the platform: it stays, by nobody in particular."""


async def export_person(tx: Tx, user_id: int) -> AsyncIterator[tuple[str, Record]]:
    """The artist, what they published, whom they follow, and all that they keep. Plays name nobody."""
    for kind in queries.KINDS:
        for row in await tx.all(queries.rows(kind), user_id=user_id):
            yield kind, dict(row)
    for row in await tx.all(queries.playlist_entries(), user_id=user_id):
        yield "playlist_items", dict(row)


async def erase_person(tx: Tx, user_id: int) -> None:
    """Drop all of it. A voice names its owner: what they published goes, but not what they made for the platform."""
    kinds = {kind.name: kind for kind in KINDS}
    for row in await tx.all(queries.own_works(_PLATFORMS), user_id=user_id):
        await items.remove(tx, kinds[row["kind"]], row)
    for row in await tx.all(queries.drafts_of(), user_id=user_id):
        await drafts.remove(tx, row["id"])
    await tx.run(queries.stop_following(), user_id=user_id)
    await tx.run(queries.take_ratings_back(), user_id=user_id)
    for kind in queries.OWN:
        await tx.run(queries.drop(kind), user_id=user_id)
    artist_id = await tx.value(queries.drop_artist(), user_id=user_id)
    if artist_id is not None:
        await media.release(tx, "content", f"artist:{artist_id}:cover")
        await search.remove(tx, search.Kind.ARTIST, artist_id)


HOLDER = Holder("content", export_person, erase_person)
"""Everything that the content room holds about one person: to be read, and to be dropped."""
