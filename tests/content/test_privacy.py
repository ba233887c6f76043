"""What the room holds about a person is shown to them whole, and is gone when they are."""

from typing import Any

from cnt_grpc.content import HOLDER
from cnt_grpc.content.kinds import DOCUMENT, MOVIE, PODCAST
from tests.content.given import made, uploaded
from tests.harness.api import Api
from tests.harness.world import Person, World

PLACES = {
    "artists": "user_id",
    "artist_followers": "follower_id",
    "playlists": "user_id",
    "favorites": "user_id",
    "content_drafts": "user_id",
    "positions": "user_id",
    "movie_ratings": "user_id",
}


async def somebody_who_used_everything(world: World, api: Api) -> tuple[Person, Person, dict[str, Any]]:
    """A person, another one, and what the first left behind."""
    ann, bob = await world.users(2)
    as_ann = api.as_(ann)
    podcast, film = await made(world, ann, PODCAST), await made(world, bob, MOVIE)
    document = await made(world, ann, DOCUMENT)
    cover, sound = await uploaded("image")(world, ann), await uploaded("audio")(world, ann)
    await as_ann.artist.SetMyCoverImage(media_id=cover)
    await as_ann.artist.FollowArtist(user_id=bob.id)
    await api.as_(bob).artist.FollowArtist(user_id=ann.id)
    playlist = (await as_ann.library.CreatePlaylist(name="To sing")).playlist.playlist_id
    await as_ann.library.AddPlaylistItem(playlist_id=playlist, content_id=film)
    await as_ann.library.AddFavorite(content_type="movie", content_id=film)
    await as_ann.library.CreateDraft(draft_type="podcast", media_id=sound)
    await as_ann.content.SavePosition(content_id=film, position=7)
    await as_ann.content.RateMovie(movie_id=film, rating=8)
    await api.as_(bob).library.AddFavorite(content_type="podcast", content_id=podcast)
    return ann, bob, {"podcast": podcast, "film": film, "document": document, "files": [cover, sound]}


async def test_an_export_holds_all_of_it(world: World, api: Api) -> None:
    ann, _, left = await somebody_who_used_everything(world, api)
    records: dict[str, list[Any]] = {}
    async with world.db.transaction() as tx:
        async for kind, record in HOLDER.export(tx, ann.id):
            records.setdefault(kind, []).append(record)
    expected = {"artist": 1, "items": 2, "follows": 1, "playlists": 1, "favorites": 1, "drafts": 1}
    expected |= {"positions": 1, "movie_ratings": 1, "playlist_items": 1}
    assert {kind: len(rows) for kind, rows in records.items()} == expected
    assert {each["id"] for each in records["items"]} == {left["podcast"], left["document"]}


async def test_an_erasure_leaves_nothing_but_the_platforms_own(world: World, api: Api) -> None:
    ann, bob, left = await somebody_who_used_everything(world, api)
    for _ in range(2):  # twice is once
        async with world.db.transaction() as tx:
            await HOLDER.erase(tx, ann.id)
    async with world.db.transaction() as tx:
        for table, column in PLACES.items():
            [row] = await tx.raw(f"SELECT count(*) AS number FROM {table} WHERE {column} = $1", ann.id)  # noqa: S608
            assert row["number"] == 0, table
        items = await tx.raw("SELECT id FROM content_items WHERE creator_id = $1", ann.id)
        uses = await tx.raw("SELECT 1 FROM media_uses WHERE media_id = ANY($1::bigint[])", left["files"])
        [film] = await tx.raw("SELECT ratings_count, ratings_sum FROM content_items WHERE id = $1", left["film"])
        [artist] = await tx.raw("SELECT followers_count FROM artists WHERE user_id = $1", bob.id)
    assert [row["id"] for row in items] == [left["document"]]
    assert uses == []
    assert tuple(film) == (0, 0)
    assert artist["followers_count"] == 0
    assert list((await api.as_(bob).library.ListFavorites()).favorites) == []
    assert list((await api.as_(bob).artist.ListFollowing(user_id=bob.id)).following) == []
