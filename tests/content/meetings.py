"""Where people meet in the content room."""

from typing import Any

from cnt_grpc.content.kinds import MOVIE, PODCAST
from cnt_grpc.content.queries.categories import category_with_slug
from cnt_grpc.content.queries.items import ANIMATED
from cnt_grpc.kit import clock
from cnt_grpc.pb.cnt.content.v1 import artist_service, content_service, library_service
from tests.content import makers
from tests.content.given import made
from tests.content.kinds import ALL, Wire
from tests.content.library_examples import entry, favorite, playlist, share_key
from tests.harness.examples import Fields
from tests.harness.meetings import Meeting, Meetings
from tests.harness.world import Person, World


def item(wire: Wire) -> Meeting:
    """One item."""

    async def given(world: World, author: Person, viewer: Person) -> Fields:
        return {wire.id: await made(world, author, wire.kind)}

    return Meeting(given)


def items(wire: Wire) -> Meeting:
    """Somebody's items."""

    async def given(world: World, author: Person, viewer: Person) -> Fields:
        await made(world, author, wire.kind)
        return {"creator_id": author.id}

    return Meeting(given)


async def featured(world: World, author: Person, viewer: Person) -> Fields:
    """The newest of the featured films."""
    await made(world, author, MOVIE, featured=True)
    return {}


async def animated(world: World, author: Person, viewer: Person) -> Fields:
    """The newest of the animated Bible stories."""
    async with world.db.transaction() as tx:
        category_id = await tx.value(category_with_slug(), slug=ANIMATED)
        category_id = category_id or await makers.category(tx, name=ANIMATED, kind="movie")
    await made(world, author, MOVIE, category_id=category_id)
    return {}


async def similar(world: World, author: Person, viewer: Person) -> Fields:
    """Films like one of the viewer's, the newest first."""
    async with world.db.transaction() as tx:
        category_id = await makers.category(tx, name=f"Of {author.id}", kind="movie")
    await made(world, author, MOVIE, category_id=category_id)
    return {"movie_id": await made(world, viewer, MOVIE, category_id=category_id)}


async def artist(world: World, author: Person) -> Any:
    """Somebody as an artist, whom lists show."""
    async with world.db.transaction() as tx:
        return await makers.artist(tx, author.id)


async def one_artist(world: World, author: Person, viewer: Person) -> Fields:
    """An artist with a podcast."""
    await made(world, author, PODCAST)
    return {"artist_id": await artist(world, author)}


async def all_artists(world: World, author: Person, viewer: Person) -> Fields:
    """The newest of all artists."""
    await artist(world, author)
    return {"page_size": 100}


async def followers(world: World, author: Person, viewer: Person) -> Fields:
    """Those who follow the viewer."""
    async with world.db.transaction() as tx:
        return {"artist_id": await makers.follow(tx, author.id, viewer.id)}


async def following(world: World, author: Person, viewer: Person) -> Fields:
    """Those whom the viewer follows."""
    async with world.db.transaction() as tx:
        await makers.follow(tx, viewer.id, author.id)
    return {"user_id": viewer.id}


async def own_playlist(world: World, author: Person, viewer: Person) -> Fields:
    """A playlist of the viewer's with an item of somebody's."""
    playlist_id = await playlist(world, viewer, shared=True)
    await entry(world, playlist_id, await made(world, author, PODCAST))
    return {"playlist_id": playlist_id}


async def shared_playlist(world: World, author: Person, viewer: Person) -> Fields:
    """The same, by its link."""
    return await share_key(world, viewer, (await own_playlist(world, author, viewer))["playlist_id"])


async def favorites(world: World, author: Person, viewer: Person) -> Fields:
    """An item of somebody's that the viewer likes."""
    await favorite(world, viewer, await made(world, author, MOVIE))
    return {"content_type": "movie"}


async def following_feed(world: World, author: Person, viewer: Person) -> Fields:
    """What is new from those whom the viewer follows."""
    await following(world, author, viewer)
    await made(world, author, PODCAST, at=clock.now())
    return {}


OF_CONTENT: Meetings = {
    **{f"Get{wire.noun}": item(wire) for wire in ALL},
    **{f"List{wire.nouns}": items(wire) for wire in ALL},
    "ListFeaturedMovies": Meeting(featured),
    "ListAnimatedBibleStories": Meeting(animated),
    "ListSimilarMovies": Meeting(similar),
}
OF_ARTISTS: Meetings = {
    "GetMyArtist": "shows oneself",
    "ListArtists": Meeting(all_artists),
    "GetArtist": Meeting(one_artist),
    "ListArtistPodcasts": Meeting(one_artist),
    "ListArtistContent": Meeting(one_artist),
    "ListFollowers": Meeting(followers),
    "ListFollowing": Meeting(following),
}
OF_LIBRARY: Meetings = {
    "ListPlaylists": "shows one's own playlists",
    "GetPlaylist": Meeting(own_playlist),
    "GetSharedPlaylist": Meeting(shared_playlist),
    "ListFavorites": Meeting(favorites),
    "ListFollowingFeed": Meeting(following_feed),
}

MEETINGS: Meetings = {
    f"{service.SERVICE}/{name}": meeting
    for service, meetings in (
        (content_service, OF_CONTENT),
        (artist_service, OF_ARTISTS),
        (library_service, OF_LIBRARY),
    )
    for name, meeting in meetings.items()
}
