"""What is particular to films, through the wire: lists of their own, previews that the worker cuts, ratings."""

import asyncio
from typing import Any

import pytest
from grpc import StatusCode

from cnt_grpc.content import seed
from cnt_grpc.content.kinds import MOVIE
from cnt_grpc.content.queries.categories import category_with_slug
from cnt_grpc.content.queries.items import ANIMATED
from cnt_grpc.media.examine import film as examine_film
from cnt_grpc.media.sniff import MP4, Kind
from cnt_grpc.pb.cnt.moderation.v1.status_pb2 import REVIEW_STATUS_ARCHIVED
from tests.content import makers
from tests.contract.effects import settled
from tests.harness.api import Api
from tests.harness.world import Person, World
from tests.media import makers as media_makers


async def made(world: World, who: Person, **given: Any) -> int:
    """The id of a film of this person."""
    async with world.db.transaction() as tx:
        row = await makers.item(tx, MOVIE, by=who.id, **given)
    return int(row["id"])


def ids(reply: Any) -> list[int]:
    """The ids in a reply."""
    return [movie.movie_id for movie in reply.movies]


async def animated_category(world: World) -> int:
    """The category Animated Bible Stories."""
    async with world.db.transaction() as tx:
        await seed(tx)
        found = await tx.value(category_with_slug(), slug=ANIMATED)
        return int(found or await makers.category(tx, name=ANIMATED, kind="movie"))


async def test_animated_bible_stories_have_a_list_of_their_own(world: World, api: Api) -> None:
    ann = await world.user()
    category_id = await animated_category(world)
    plain, animated = await made(world, ann), await made(world, ann, category_id=category_id)
    show = api.content.ListMovies
    assert ids(await show(creator_id=ann.id)) == [plain]
    assert ids(await show(creator_id=ann.id, category_id=category_id)) == [animated]
    stories = ids(await api.content.ListAnimatedBibleStories(page_size=100))
    assert animated in stories
    assert plain not in stories


async def test_featured_films_have_a_list_of_their_own(world: World, api: Api) -> None:
    ann = await world.user()
    plain, featured = await made(world, ann), await made(world, ann, featured=True)
    found = ids(await api.content.ListFeaturedMovies(page_size=100))
    assert featured in found
    assert plain not in found


async def test_similar_films(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    async with world.db.transaction() as tx:
        category_id = await makers.category(tx, name=f"Of {ann.username}", kind="movie")
    one, two = await made(world, ann, category_id=category_id), await made(world, bob, category_id=category_id)
    await made(world, bob, category_id=category_id, status="pending")
    alone, beside = await made(world, ann), await made(world, ann)
    show = api.as_(bob).content.ListSimilarMovies
    assert ids(await show(movie_id=one)) == [two]
    assert ids(await show(movie_id=two)) == [one]
    assert set(ids(await show(movie_id=alone))) == {one, beside}


async def test_the_rating_is_the_mean_of_its_viewers(world: World, api: Api) -> None:
    ann, bob, eve = await world.users(3)
    movie_id = await made(world, ann)
    rate = {who: api.as_(who).content.RateMovie for who in (bob, eve)}
    first = await rate[bob](movie_id=movie_id, rating=10)
    assert (first.rating, first.ratings_count) == (10, 1)
    await rate[eve](movie_id=movie_id, rating=0)
    again = await rate[bob](movie_id=movie_id, rating=7.5)
    assert (again.rating, again.ratings_count) == (3.75, 2)
    shown = (await api.content.GetMovie(movie_id=movie_id)).movie
    assert (shown.rating, shown.ratings_count) == (3.75, 2)
    (listed,) = (await api.content.ListMovies(creator_id=ann.id)).movies
    assert listed.rating == 3.75


@pytest.mark.parametrize("rating", [-0.1, 10.1, float("nan"), float("inf")])
async def test_no_rating_lies_off_the_scale(world: World, api: Api, rating: float) -> None:
    ann = await world.user()
    movie_id = await made(world, ann)
    refused = (
        await api.as_(ann)
        .content.RateMovie(movie_id=movie_id, rating=rating)
        .fails(StatusCode.INVALID_ARGUMENT, "INVALID")
    )
    assert set(refused.fields) == {"rating"}


async def test_ratings_at_once_lose_none(world: World, api: Api) -> None:
    ann, *viewers = await world.users(9)
    movie_id = await made(world, ann)
    calls = [api.as_(who).content.RateMovie(movie_id=movie_id, rating=5)._one() for who in viewers * 3]
    await asyncio.gather(*calls)
    shown = (await api.content.GetMovie(movie_id=movie_id)).movie
    assert (shown.rating, shown.ratings_count) == (5, 8)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"release_date": "2021-02-29"}, "release_date"),
        ({"release_date": "yesterday"}, "release_date"),
        ({"preview_start_time": 20, "preview_end_time": 10}, "preview_end_time"),
        ({"preview_start_time": 50, "preview_end_time": 61}, "preview_end_time"),
        ({"preview_end_time": 301}, "preview_end_time"),
    ],
)
async def test_what_a_film_cannot_say(world: World, api: Api, given: dict[str, Any], field: str) -> None:
    ann = await world.user()
    async with world.db.transaction() as tx:
        file = await media_makers.video(tx, ann.id, duration_ms=60_000)
    content = api.as_(ann).content
    refused = await content.CreateMovie(title="Ruth", media_id=file["id"], **given).fails(
        StatusCode.INVALID_ARGUMENT, "INVALID"
    )
    assert refused.fields == [field]
    movie_id = await made(world, ann)
    refused = await content.UpdateMovie(movie_id=movie_id, **given).fails(StatusCode.INVALID_ARGUMENT, "INVALID")
    assert refused.fields == [field]


async def real_film(world: World, who: Person, seconds: float = 6) -> Any:
    """A film of this person that is in the store."""
    path = media_makers.film(world.folder / f"{who.username}.mp4", seconds)
    async with world.db.transaction() as tx:
        row = await media_makers.video(tx, who.id, duration_ms=round(seconds * 1000))
    await world.system.storage.put(row["key"], path, MP4.content_type)
    return row


async def preview_of(world: World, movie_id: int) -> Any:
    """The stored file of a film's preview, once every job has ended; None where there is none."""
    await settled(world)
    sql = """
        SELECT media_objects.* FROM content_items JOIN media_objects ON media_objects.id = preview_id
        WHERE content_items.id = $1
    """
    async with world.db.transaction() as tx:
        rows = await tx.raw(sql, movie_id)
    return rows[0] if rows else None


async def test_the_worker_cuts_a_preview_that_follows_the_film(world: World, api: Api) -> None:
    ann = await world.user(roles={"creator"})
    file = await real_film(world, ann)
    content = api.as_(ann).content
    span = {"preview_start_time": 1, "preview_end_time": 4}
    movie = (await content.CreateMovie(title="Ruth", media_id=file["id"], **span)).movie
    assert movie.preview_url == ""
    preview = await preview_of(world, movie.movie_id)
    assert preview["key"].startswith("video/previews/")
    assert (preview["owner_id"], preview["visibility"]) == (None, "public")
    shown = (await api.content.GetMovie(movie_id=movie.movie_id)).movie
    assert shown.preview_url.endswith(preview["key"])
    folder = world.folder / f"examined {ann.username}"
    folder.mkdir()
    facts = await examine_film(
        world.system.settings.media_dir / preview["key"], MP4, Kind.VIDEO, folder, thumbnail=False
    )
    assert facts.duration_ms is not None
    assert abs(facts.duration_ms - 3000) <= 50
    assert (preview["duration_ms"], facts.height, facts.codecs) == (facts.duration_ms, 240, "h264,aac")

    archived = await content.UpdateMovie(movie_id=movie.movie_id, status=REVIEW_STATUS_ARCHIVED)
    assert "signature=" in archived.movie.preview_url
    assert (await preview_of(world, movie.movie_id))["visibility"] == "private"

    other = (await content.UpdateMovie(movie_id=movie.movie_id, preview_start_time=2)).movie
    assert other.preview_url == ""
    second = await preview_of(world, movie.movie_id)
    assert (second["id"] != preview["id"], second["visibility"]) == (True, "private")
    assert abs(second["duration_ms"] - 2000) <= 50
    assert not (world.system.settings.media_dir / preview["key"]).exists()

    none = (await content.UpdateMovie(movie_id=movie.movie_id, preview_end_time=0)).movie
    assert none.preview_url == ""
    assert await preview_of(world, movie.movie_id) is None
    assert not (world.system.settings.media_dir / second["key"]).exists()


async def test_a_preview_goes_with_its_film(world: World, api: Api) -> None:
    ann = await world.user()
    file = await real_film(world, ann, 2)
    content = api.as_(ann).content
    movie = (await content.CreateMovie(title="Ruth", media_id=file["id"], preview_end_time=1)).movie
    preview = await preview_of(world, movie.movie_id)
    await content.DeleteMovie(movie_id=movie.movie_id)
    await settled(world)
    assert not (world.system.settings.media_dir / preview["key"]).exists()


async def test_nobody_publishes_a_preview_as_something_else(world: World, api: Api) -> None:
    ann = await world.user()
    file = await real_film(world, ann, 2)
    content = api.as_(ann).content
    movie = (await content.CreateMovie(title="Ruth", media_id=file["id"], preview_end_time=1)).movie
    preview = await preview_of(world, movie.movie_id)
    await content.CreateMovie(title="Boas", media_id=preview["id"]).fails(StatusCode.NOT_FOUND, "MEDIA_NOT_FOUND")


async def test_a_playlist_under_the_name_of_a_film_is_not_followed(world: World, api: Api) -> None:
    ann = await world.user()
    secret = media_makers.film(world.folder / f"secret of {ann.username}.mp4", 3)
    playlist = world.folder / f"playlist of {ann.username}.mp4"
    playlist.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\nfile://{secret}\n#EXT-X-ENDLIST\n")
    async with world.db.transaction() as tx:
        # The examiner would have refused it: this is what happens if it ever fails to.
        file = await media_makers.video(tx, ann.id, duration_ms=3000)
    await world.system.storage.put(file["key"], playlist, MP4.content_type)
    created = await api.as_(ann).content.CreateMovie(title="Ruth", media_id=file["id"], preview_end_time=2)
    assert await preview_of(world, created.movie.movie_id) is None
    sql = "SELECT error FROM jobs WHERE kind = 'content.cut_preview' AND owner_id = $1"
    async with world.db.transaction() as tx:
        [job] = await tx.raw(sql, ann.id)
    assert job["error"] == "FfmpegError"
