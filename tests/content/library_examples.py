"""A valid call of every method of LibraryService."""

from typing import Any

from cnt_grpc.content.kinds import MOVIE, PODCAST
from cnt_grpc.content.queries import drafts, playlists
from cnt_grpc.kit import clock
from cnt_grpc.pb.cnt.content.v1.library_service import SERVICE
from tests.auth import makers as people
from tests.content import makers
from tests.content.given import MOMENT, made, uploaded
from tests.harness.examples import Example, Fields, Foreign, Given, Pages
from tests.harness.world import Person, World


async def playlist(world: World, who: Person, *, shared: bool = False) -> Any:
    """The id of a playlist of this person."""
    given = {"owner_id": who.id, "name": "To sing", "description": "", "shared": shared, "now": clock.now()}
    async with world.db.transaction() as tx:
        return await tx.value(playlists.insert_playlist(), **given)


async def entry(world: World, playlist_id: int, item_id: int, at: int = 1) -> None:
    """Put an item into a playlist."""
    async with world.db.transaction() as tx:
        await tx.raw("INSERT INTO playlist_items VALUES ($1, $2, $3, $4)", playlist_id, item_id, at, MOMENT)


async def favorite(world: World, who: Person, item_id: int) -> None:
    """Somebody likes an item."""
    async with world.db.transaction() as tx:
        await tx.raw("INSERT INTO favorites VALUES ($1, $2, $3)", who.id, item_id, MOMENT)


async def draft(world: World, who: Person) -> Any:
    """The id of a draft of this person."""
    texts = {"title": "On hope", "description": "", "content": "", "status": "editing"}
    empty = dict.fromkeys(drafts.CHANGEABLE) | texts
    async with world.db.transaction() as tx:
        return await tx.value(drafts.insert_draft(), owner_id=who.id, draft_type="podcast", now=MOMENT, **empty)


def own_playlist(**fields: Any) -> Given:
    """A playlist of this person, and these fields."""

    async def given(world: World, who: Person) -> Fields:
        return {"playlist_id": await playlist(world, who), **fields}

    return given


async def playlist_with_item(world: World, who: Person) -> Fields:
    """A playlist of this person, and what is in it."""
    playlist_id, item_id = await playlist(world, who), await made(world, who, PODCAST)
    await entry(world, playlist_id, item_id)
    return {"playlist_id": playlist_id, "content_id": item_id}


async def to_put_in(world: World, who: Person) -> Fields:
    """A playlist of this person, and what is not in it."""
    return {"playlist_id": await playlist(world, who), "content_id": await made(world, who, PODCAST)}


async def share_key(world: World, who: Person, playlist_id: int | None = None) -> Fields:
    """What leads to a playlist of this person."""
    from cnt_grpc.content.rules import playlists as rules  # noqa: PLC0415

    row: Any = {"shared": True, "id": playlist_id or await playlist(world, who, shared=True), "share_number": 0}
    return {"share_key": rules.share_key(row)}


def some_item(*, liked: bool = False) -> Given:
    """An item that this person may like, or likes."""

    async def given(world: World, who: Person) -> Fields:
        item_id = await made(world, who, MOVIE)
        if liked:
            await favorite(world, who, item_id)
        return {"content_type": "movie", "content_id": item_id}

    return given


async def new_draft(world: World, who: Person) -> Fields:
    """All that a draft may hold."""
    return {
        "draft_type": "podcast",
        "title": "On hope",
        "content": "Be not afraid.",
        "media_id": await uploaded("audio")(world, who),
        "thumbnail_media_id": await uploaded("image")(world, who),
        "editing_state": {"string_value": "at the first cut"},
    }


async def own_draft(world: World, who: Person) -> Fields:
    """A draft of this person."""
    return {"draft_id": await draft(world, who)}


async def many_playlists(world: World, who: Person, number: int) -> Fields:
    """Playlists of this person."""
    for _ in range(number):
        await playlist(world, who)
    return {}


async def _a_playlist_of(world: World, who: Person) -> Any:
    sql = "SELECT min(id) AS id FROM playlists WHERE user_id = $1"
    async with world.db.transaction() as tx:
        [row] = await tx.raw(sql, who.id)
    return row["id"] or await playlist(world, who, shared=True)


async def many_entries(world: World, who: Person, number: int) -> Fields:
    """Items in one playlist, all at one place."""
    playlist_id = await _a_playlist_of(world, who)
    for _ in range(number):
        await entry(world, playlist_id, await made(world, who, PODCAST))
    return {"playlist_id": playlist_id}


async def many_shared_entries(world: World, who: Person, number: int) -> Fields:
    """Items in one playlist that is shared, all at one place."""
    filled = await many_entries(world, who, number)
    return await share_key(world, who, filled["playlist_id"])


async def many_favorites(world: World, who: Person, number: int) -> Fields:
    """Films that this person likes, all since one moment."""
    for _ in range(number):
        await favorite(world, who, await made(world, who, MOVIE))
    return {"content_type": "movie"}


async def many_drafts(world: World, who: Person, number: int) -> Fields:
    """Drafts of this person, all of one moment."""
    for _ in range(number):
        await draft(world, who)
    return {"draft_type": "podcast"}


async def many_news(world: World, who: Person, number: int) -> Fields:
    """Items of one moment by two artists whom this person follows."""
    for at in range(number):
        if at % 2 == 0:
            async with world.db.transaction() as tx:
                artist = (await people.user(tx))["id"]
                await makers.follow(tx, who.id, artist)
        async with world.db.transaction() as tx:
            await makers.item(tx, (PODCAST, MOVIE)[at % 2], by=artist, at=MOMENT)
    return {}


async def hidden_item(world: World, who: Person) -> Any:
    """An item that waits for a moderator."""
    return await made(world, who, MOVIE, status="pending")


PLAYLIST = Foreign("playlist_id", playlist, "PLAYLIST_NOT_FOUND")
ITEM = Foreign("content_id", hidden_item, "CONTENT_NOT_FOUND")
DRAFT = Foreign("draft_id", draft, "DRAFT_NOT_FOUND")
FILES = (
    Foreign("media_id", uploaded("audio"), "MEDIA_NOT_FOUND"),
    Foreign("thumbnail_media_id", uploaded("image"), "MEDIA_NOT_FOUND"),
)
UNTOLD = {"content_id": "what is not kept is answered like what does not exist"}
CATEGORY = {"category_id": "everyone sees the categories"}

METHODS = {
    "ListPlaylists": Example(pages=Pages(many_playlists, "playlists", key="playlist_id")),
    "CreatePlaylist": Example(given=lambda _, __: _fields(name="To sing", is_shared=True)),
    "GetPlaylist": Example(
        given=own_playlist(), foreign=PLAYLIST, pages=Pages(many_entries, "items", key="content_id")
    ),
    "GetSharedPlaylist": Example(given=share_key, pages=Pages(many_shared_entries, "items", key="content_id")),
    "UpdatePlaylist": Example(
        given=own_playlist(name="To hum", content_ids=[1, 2]),
        foreign=PLAYLIST,
        open_ids={"content_ids": "what is not in the playlist is passed over"},
    ),
    "DeletePlaylist": Example(given=own_playlist(), foreign=PLAYLIST),
    "AddPlaylistItem": Example(given=to_put_in, foreign=(PLAYLIST, ITEM)),
    "MovePlaylistItem": Example(given=playlist_with_item, foreign=(PLAYLIST, ITEM)),
    "RemovePlaylistItem": Example(given=playlist_with_item, foreign=PLAYLIST, open_ids=UNTOLD),
    "ListFavorites": Example(pages=Pages(many_favorites, "favorites", key="content_id")),
    "AddFavorite": Example(given=some_item(), foreign=ITEM),
    "RemoveFavorite": Example(given=some_item(liked=True), open_ids=UNTOLD),
    "CheckFavorite": Example(given=some_item(liked=True), open_ids=UNTOLD),
    "ListDrafts": Example(pages=Pages(many_drafts, "drafts", key="draft_id")),
    "CreateDraft": Example(given=new_draft, foreign=FILES, open_ids=CATEGORY),
    "GetDraft": Example(given=own_draft, foreign=DRAFT),
    "UpdateDraft": Example(given=own_draft, foreign=(DRAFT, *FILES), open_ids=CATEGORY),
    "DeleteDraft": Example(given=own_draft, foreign=DRAFT),
    "ListFollowingFeed": Example(pages=Pages(many_news, "content", key="content_id")),
}


async def _fields(**fields: Any) -> Fields:
    return fields


EXAMPLES = {f"{SERVICE}/{name}": example for name, example in METHODS.items()}
