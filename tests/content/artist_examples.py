"""A valid call of every method of ArtistService."""

import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from cnt_grpc.content.kinds import MUSIC, PODCAST
from cnt_grpc.pb.cnt.content.v1.artist_service import SERVICE
from tests.auth import makers as people
from tests.content import makers
from tests.content.given import MOMENT, made, uploaded
from tests.harness.examples import Example, Fields, Foreign, Pages
from tests.harness.world import Person, World

ARTISTS = {"artist_id": "everyone sees the artists", "user_id": "everyone sees the people"}


async def profile(world: World, who: Person) -> Fields:
    """What an artist says of themselves."""
    async with world.db.transaction() as tx:
        category_id = await makers.category(tx, name=secrets.token_hex(8))
    links = {"instagram": "https://instagram.example/choir"}
    return {"artist_name": "The Choir", "bio": "We sing.", "social_links": links, "category_ids": [category_id]}


async def picture(world: World, who: Person) -> Fields:
    """A picture that this person has uploaded."""
    return {"media_id": await uploaded("image")(world, who)}


async def an_artist(world: World, who: Person) -> Fields:
    """An artist whom nobody follows."""
    async with world.db.transaction() as tx:
        return {"artist_id": await makers.artist(tx, (await people.user(tx))["id"])}


async def feed_of(world: World, who: Person) -> Fields:
    """The feed of an artist with a podcast."""
    await made(world, who, PODCAST)
    async with world.db.transaction() as tx:
        return {"file": f"{await makers.artist(tx, who.id)}.xml"}


async def oneself(world: World, who: Person) -> Fields:
    """Whom this person follows."""
    return {"user_id": who.id}


async def one_followed(world: World, who: Person) -> Fields:
    """An artist whom this person follows."""
    async with world.db.transaction() as tx:
        return {"artist_id": await makers.follow(tx, who.id, (await people.user(tx))["id"])}


async def many_artists(world: World, who: Person, number: int) -> Fields:
    """Artists of a category."""
    name = f"Of {who.username}"
    async with world.db.transaction() as tx:
        found = await tx.raw("SELECT id FROM categories WHERE name = $1", name)
        category_id = found[0]["id"] if found else await makers.category(tx, name=name)
        for _ in range(number):
            artist_id = await makers.artist(tx, (await people.user(tx))["id"])
            await tx.raw("INSERT INTO artist_categories VALUES ($1, $2)", artist_id, category_id)
    return {"category_id": category_id}


def many_items(*kinds: Any) -> Callable[[World, Person, int], Awaitable[Fields]]:
    """Items of one moment by this person, of these kinds by turns."""

    async def fill(world: World, who: Person, number: int) -> Fields:
        for at in range(number):
            await made(world, who, kinds[at % len(kinds)], at=MOMENT)
        async with world.db.transaction() as tx:
            return {"artist_id": await makers.artist(tx, who.id)}

    return fill


async def many_followers(world: World, who: Person, number: int) -> Fields:
    """People who follow this one, all since the same moment."""
    async with world.db.transaction() as tx:
        for _ in range(number):
            await makers.follow(tx, (await people.user(tx))["id"], who.id, at=MOMENT)
    return {"user_id": who.id}


async def many_followed(world: World, who: Person, number: int) -> Fields:
    """People whom this one follows, all since the same moment."""
    async with world.db.transaction() as tx:
        for _ in range(number):
            await makers.follow(tx, who.id, (await people.user(tx))["id"], at=MOMENT)
    return {"user_id": who.id}


FOREIGN_PICTURE = Foreign("media_id", uploaded("image"), "MEDIA_NOT_FOUND")
ARTIST = {"artist_id": ARTISTS["artist_id"]}

METHODS = {
    "GetMyArtist": Example(),
    "UpdateMyArtist": Example(given=profile, open_ids={"category_ids": "everyone sees the categories"}),
    "SetMyCoverImage": Example(given=picture, foreign=FOREIGN_PICTURE),
    "ListArtists": Example(
        pages=Pages(many_artists, "artists", key="artist_id"), open_ids={"category_id": "everyone sees the categories"}
    ),
    "GetArtist": Example(given=an_artist, open_ids=ARTISTS),
    "ListArtistPodcasts": Example(
        given=an_artist, open_ids=ARTIST, pages=Pages(many_items(PODCAST), "podcasts", key="podcast_id")
    ),
    "ListArtistContent": Example(
        given=an_artist, open_ids=ARTIST, pages=Pages(many_items(PODCAST, MUSIC), "content", key="content_id")
    ),
    "GetArtistFeed": Example(given=feed_of),
    "FollowArtist": Example(given=an_artist, open_ids=ARTISTS),
    "UnfollowArtist": Example(given=one_followed, open_ids=ARTISTS),
    "GetFollow": Example(given=one_followed, open_ids=ARTISTS),
    "ListFollowers": Example(
        given=an_artist, open_ids=ARTISTS, pages=Pages(many_followers, "followers", key="user_id")
    ),
    "ListFollowing": Example(
        given=oneself, pages=Pages(many_followed, "following", key="user_id"), open_ids={"user_id": ARTISTS["user_id"]}
    ),
}

EXAMPLES = {f"{SERVICE}/{name}": example for name, example in METHODS.items()}
