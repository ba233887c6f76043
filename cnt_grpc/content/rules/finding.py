"""What the search finds of this room: items while everyone sees them, and artists whom lists show."""

from collections.abc import Sequence
from dataclasses import dataclass

from cnt_grpc import search
from cnt_grpc.content.kinds import ItemKind
from cnt_grpc.content.queries import finding as queries
from cnt_grpc.kit.db import Row, Tx


async def index_item(tx: Tx, kind: ItemKind, item_id: int) -> None:
    """Let an item be found as it is now, or not at all if it is hidden or gone; after each change of either."""
    row = await tx.one(queries.item_to_find(kind), item_id=item_id)
    if row is None:
        await search.remove(tx, search.Kind(kind.name), item_id)
    else:
        await search.put(tx, _item(kind, row))


async def index_artist(tx: Tx, artist_id: int) -> None:
    """Let an artist be found by what they are called now, or not at all if they are in no list."""
    row = await tx.one(queries.artist_to_find(), artist_id=artist_id)
    if row is None:
        await search.remove(tx, search.Kind.ARTIST, artist_id)
    else:
        await search.put(tx, _artist(row))


@dataclass(frozen=True, slots=True)
class FoundItems:
    """All items of a kind that everyone sees, as search.Source asks for them."""

    of: ItemKind

    @property
    def kind(self) -> search.Kind:
        """As the search calls it."""
        return search.Kind(self.of.name)

    async def documents(self, tx: Tx, after: int, limit: int) -> Sequence[search.Document]:
        """Those behind this id, by rising id, at most `limit`."""
        return [_item(self.of, row) for row in await tx.all(queries.items_to_find(self.of, limit), after=after)]


class FoundArtists:
    """All artists whom lists show, likewise."""

    kind = search.Kind.ARTIST

    async def documents(self, tx: Tx, after: int, limit: int) -> Sequence[search.Document]:
        """Those behind this id, by rising id, at most `limit`."""
        return [_artist(row) for row in await tx.all(queries.artists_to_find(limit), after=after)]


def _item(kind: ItemKind, row: Row) -> search.Document:
    return search.Document(
        kind=search.Kind(kind.name),
        ref=row["id"],
        title=row["title"],
        subtitle=row[kind.subtitle] if kind.subtitle else "",
        text="\n".join(filter(None, (row["description"], *(row[name] for name in kind.words)))),
        owner_id=row["creator_id"],
        picture_key=row["picture_key"],
        at=row["published_at"],
    )


def _artist(row: Row) -> search.Document:
    return search.Document(
        kind=search.Kind.ARTIST,
        ref=row["id"],
        title=row["name"],
        subtitle=row["username"],
        text=row["bio"],
        owner_id=row["user_id"],
        picture_key=row["cover_key"],
        at=row["created_at"],
    )
