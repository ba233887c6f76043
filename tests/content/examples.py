"""A valid call of every method of the content room, for the laws that run over all methods."""

import secrets
from typing import Any

from cnt_grpc.content.kinds import MOVIE, PODCAST, ItemKind
from cnt_grpc.content.queries.categories import category_with_slug
from cnt_grpc.content.queries.items import ANIMATED
from cnt_grpc.pb.cnt.content.v1.content_service import SERVICE
from cnt_grpc.pb.cnt.content.v1.item_pb2 import CONTENT_TYPE_DOCUMENT
from tests.content import artist_examples, library_examples, makers
from tests.content.given import MOMENT, made, uploaded
from tests.content.kinds import ALL, Wire
from tests.harness.examples import Example, Fields, Foreign, Given, Pages
from tests.harness.world import Person, World

__all__ = ["EXAMPLES", "MOMENT", "made", "uploaded"]

CATEGORY = {"category_id": "everyone sees the categories"}
OF_LISTS = {**CATEGORY, "creator_id": "narrows what the caller sees anyway"}
DEVICE = {"device_id": "the device made it up itself"}


def new(wire: Wire) -> Given:
    """An item of a file that this person has uploaded."""

    async def given(world: World, who: Person) -> Fields:
        file = await uploaded(wire.kind.media[0])(world, who)
        return {"title": "Ruth", "description": "Loyal.", "media_id": file, "use_default_thumbnail": True, **wire.new}

    return given


def own(wire: Wire, **fields: Any) -> Given:
    """An item of this person, whom everyone sees, and these fields."""

    async def given(world: World, who: Person) -> Fields:
        return {wire.id: await made(world, who, wire.kind), **fields}

    return given


def many(wire: Wire) -> Pages:
    """Items of one moment."""

    async def fill(world: World, who: Person, number: int) -> Fields:
        for _ in range(number):
            await made(world, who, wire.kind, at=MOMENT)
        return {"creator_id": who.id}

    return Pages(fill, wire.many, key=wire.id)


def hidden(field: str, kind: ItemKind) -> Foreign:
    """An item that waits for a moderator."""

    async def make(world: World, who: Person) -> Any:
        return await made(world, who, kind, status="pending")

    return Foreign(field, make, "CONTENT_NOT_FOUND")


def of_kind(wire: Wire) -> dict[str, Example]:
    """The five methods that every kind has."""
    files = (
        Foreign("media_id", uploaded(wire.kind.media[0]), "MEDIA_NOT_FOUND"),
        Foreign("cover_media_id", uploaded("image"), "MEDIA_NOT_FOUND"),
    )
    one = hidden(wire.id, wire.kind)
    # Administrators may change what is anyone's, so that to them nobody's item is foreign.
    own_one = () if wire.role else (one,)
    return {
        f"Create{wire.noun}": Example(given=new(wire), role=wire.role, foreign=files, open_ids=CATEGORY),
        f"Get{wire.noun}": Example(given=own(wire), foreign=one),
        f"List{wire.nouns}": Example(pages=many(wire), open_ids=OF_LISTS),
        f"Update{wire.noun}": Example(
            given=own(wire, title="Boas"), role=wire.role, foreign=(*own_one, *files), open_ids=CATEGORY
        ),
        f"Delete{wire.noun}": Example(given=own(wire), role=wire.role, foreign=own_one or None),
    }


async def some_podcasts(world: World, who: Person) -> Fields:
    """Three podcasts to be, of one file."""
    file = await uploaded("audio")(world, who)
    return {"podcasts": [{"title": title, "media_id": file} for title in ("Ruth", "Boas", "Obed")]}


async def featured_movies(world: World, who: Person, number: int) -> Fields:
    """Featured films of one moment."""
    for _ in range(number):
        await made(world, who, MOVIE, at=MOMENT, featured=True)
    return {}


async def animated_movies(world: World, who: Person, number: int) -> Fields:
    """Animated Bible stories of one moment, in the category of that name."""
    async with world.db.transaction() as tx:
        category_id = await tx.value(category_with_slug(), slug=ANIMATED)
        if category_id is None:
            category_id = await makers.category(tx, name=ANIMATED, kind="movie")
    for _ in range(number):
        await made(world, who, MOVIE, at=MOMENT, category_id=category_id)
    return {}


async def similar_movies(world: World, who: Person, number: int) -> Fields:
    """Films by one person, all without a category."""
    for _ in range(number):
        await made(world, who, MOVIE, at=MOMENT)
    sql = "SELECT min(id) AS first FROM content_items WHERE creator_id = $1"
    async with world.db.transaction() as tx:
        [row] = await tx.raw(sql, who.id)
    return {"movie_id": row["first"] or await made(world, who, MOVIE, at=MOMENT)}


async def film_to_rate(world: World, who: Person) -> Fields:
    """A film, and what somebody thinks of it."""
    return {"movie_id": await made(world, who, MOVIE), "rating": 7.5}


async def many_categories(world: World, who: Person, number: int) -> Fields:
    """Categories of documents at one place of the menu."""
    async with world.db.transaction() as tx:
        for _ in range(number):
            await makers.category(tx, name=secrets.token_hex(8), kind="document")
    return {"type": CONTENT_TYPE_DOCUMENT}


async def new_category(world: World, who: Person) -> Fields:
    """A category that nobody has made."""
    return {"name": secrets.token_hex(8), "position": 100}


async def a_category(world: World, who: Person) -> Fields:
    """A category."""
    async with world.db.transaction() as tx:
        return {"category_id": await makers.category(tx, name=secrets.token_hex(8), position=100)}


async def to_play(world: World, who: Person) -> Fields:
    """An item, and the device that plays it."""
    return {"content_id": await made(world, who, PODCAST), "device_id": secrets.token_hex(8)}


async def to_stop_in(world: World, who: Person) -> Fields:
    """An item, and where somebody stopped in it."""
    return {"content_id": await made(world, who, PODCAST), "position": 61_000}


async def to_go_on_with(world: World, who: Person) -> Fields:
    """An item."""
    return {"content_id": await made(world, who, PODCAST)}


MOVIES = next(wire for wire in ALL if wire.kind is MOVIE)
HIDDEN_ITEM = hidden("content_id", PODCAST)
HIDDEN_MOVIE = hidden("movie_id", MOVIE)

# What is wrong with one podcast of many is told in its result, so that no file of another is refused by a status.
IN_RESULTS = {
    "podcasts.media_id": "a foreign file fails in its result: tests/content/test_bulk.py",
    "podcasts.cover_media_id": "likewise",
    "podcasts.category_id": "everyone sees the categories",
}

METHODS = {
    **{name: example for wire in ALL for name, example in of_kind(wire).items()},
    "BulkCreatePodcasts": Example(given=some_podcasts, open_ids=IN_RESULTS),
    "ListFeaturedMovies": Example(pages=Pages(featured_movies, "movies", key="movie_id")),
    "ListAnimatedBibleStories": Example(pages=Pages(animated_movies, "movies", key="movie_id")),
    "ListSimilarMovies": Example(
        given=own(MOVIES),
        foreign=HIDDEN_MOVIE,
        pages=Pages(similar_movies, "movies", key="movie_id"),
    ),
    "RateMovie": Example(given=film_to_rate, foreign=HIDDEN_MOVIE),
    "ListCategories": Example(pages=Pages(many_categories, "categories", key="category_id")),
    "CreateCategory": Example(given=new_category, role="admin"),
    "UpdateCategory": Example(given=a_category, role="admin"),
    "DeleteCategory": Example(given=a_category, role="admin"),
    "RecordPlay": Example(given=to_play, foreign=HIDDEN_ITEM, open_ids=DEVICE),
    "GetPosition": Example(given=to_go_on_with, foreign=HIDDEN_ITEM),
    "SavePosition": Example(given=to_stop_in, foreign=HIDDEN_ITEM),
}

EXAMPLES = {
    **{f"{SERVICE}/{name}": example for name, example in METHODS.items()},
    **artist_examples.EXAMPLES,
    **library_examples.EXAMPLES,
}
