"""Makes items of the catalogue straight in the tables, as the rules would leave them: a millisecond each."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, bindparam, insert, update

from cnt_grpc import moderation
from cnt_grpc.content.kinds import BIBLE_STORY, DOCUMENT, MOVIE, MUSIC, PODCAST, ItemKind
from cnt_grpc.content.queries import artists as artist_queries
from cnt_grpc.content.queries import changes
from cnt_grpc.content.queries import follows as follow_queries
from cnt_grpc.content.queries import items as queries
from cnt_grpc.content.rules import files
from cnt_grpc.content.tables import categories, content_items
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx, statement
from cnt_grpc.moderation import Gate, Status
from tests.media import makers as media_makers

FILES: Mapping[str, Any] = {
    "audio": media_makers.audio,
    "video": media_makers.video,
    "image": media_makers.image,
    "document": media_makers.document,
}
"""What makes a file of each kind."""

DETAILS: Mapping[str, Mapping[str, object]] = {
    PODCAST.name: {"season": 1, "episode": 2},
    MOVIE.name: {
        "director": "Ann",
        "cast": "Ruth, Boas",
        "release_date": "2020-02-29",
        "preview_start_time": 0,
        "preview_end_time": 0,
    },
    MUSIC.name: {"artist": "The Choir", "album": "Psalms", "genre": "Gospel", "lyrics": "Sing."},
    DOCUMENT.name: {},
    BIBLE_STORY.name: {"scripture_reference": "Luke 15:11-32", "text": "A man had two sons."},
}
"""What items have that only their kind has, unless a test says otherwise."""


async def item(
    tx: Tx,
    kind: ItemKind,
    *,
    by: int,
    status: str = "approved",
    title: str = "The prodigal son",
    description: str = "A father waits.",
    category_id: int | None = None,
    watched: bool = False,
    cover: bool = False,
    featured: bool = False,
    at: datetime | None = None,
    popularity: int = 0,
    **details: object,
) -> Row:
    """An item of this person; made and (if it is) approved `at` that time, by default now.

    What the rules note elsewhere is noted too: its files are in use and as visible as it is, and a moderation case is
    open while it is pending.
    """
    at = at or clock.now()
    approved = status == Status.APPROVED
    source = await FILES["video" if watched else kind.media[0]](tx, by)
    picture = await media_makers.image(tx, by) if cover else None
    item_id = await tx.value(
        changes.insert_item(kind),
        title=title,
        description=description,
        category_id=category_id,
        creator_id=by,
        media_id=source["id"],
        media_kind=source["kind"],
        cover_id=picture["id"] if picture else None,
        cover_key=picture["key"] if picture else None,
        featured=featured,
        status=status,
        created_at=at,
        updated_at=at,
        approved_at=at if approved else None,
        **{**DETAILS[kind.name], **details},
    )
    if popularity:
        await tx.run(_set_popularity(), item_id=item_id, popularity=popularity)
    columns = {"media_id": source["id"], "cover_id": picture["id"] if picture else None}
    await files.use(tx, item_id, columns)
    if approved:
        await files.publish(tx, item_id, columns)
    await moderation.moved(tx, kind.name, item_id, author_id=by, was=None, now=Status(status))
    row = await tx.one(queries.visible_item(kind, Gate.ALL), item_id=item_id)
    assert row is not None
    return row


async def podcast(tx: Tx, *, by: int, **given: Any) -> Row:
    """A podcast of this person, heard or `watched`."""
    return await item(tx, PODCAST, by=by, **given)


async def category(tx: Tx, *, name: str, kind: str | None = None, position: int = 1) -> int:
    """A category; its id."""
    made: int = await tx.value(_insert_category(), slug=name.lower(), name=name, kind=kind, position=position)
    return made


@statement
def _set_popularity() -> Executable:
    return (
        update(content_items)
        .where(content_items.c.id == bindparam("item_id"))
        .values(popularity=bindparam("popularity"), plays_count=bindparam("popularity"))
    )


@statement
def _insert_category() -> Executable:
    names = ("slug", "name", "kind", "position")
    return insert(categories).values({name: bindparam(name) for name in names}).returning(categories.c.id)


async def artist(tx: Tx, who: int, *, listed: bool = True, at: datetime | None = None) -> int:
    """The id of this person as an artist."""
    made: int = await tx.value(artist_queries.make_artist(), person_id=who, listed=listed, now=at or clock.now())
    return made


async def follow(tx: Tx, follower: int, followed: int, *, at: datetime | None = None) -> int:
    """One follows the other; the other's id as an artist."""
    artist_id = await artist(tx, followed, listed=False)
    await tx.one(follow_queries.add_follower(), artist_id=artist_id, person_id=follower, now=at or clock.now())
    return artist_id
