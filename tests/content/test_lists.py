"""Lists of podcasts and categories through the wire: filters, orders, pages, and how many statements they take."""

from datetime import timedelta
from typing import Any

import pytest
from grpc import StatusCode

from cnt_grpc.content import seed
from cnt_grpc.content.kinds import PODCAST
from cnt_grpc.content.rules.items import Filter, listed, shown
from cnt_grpc.kit import clock
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.pb.cnt.content.v1.item_pb2 import (
    CONTENT_TYPE_DOCUMENT,
    CONTENT_TYPE_MOVIE,
    CONTENT_TYPE_PODCAST,
    SORT_POPULAR,
)
from cnt_grpc.pb.cnt.content.v1.podcast_pb2 import ListPodcastsRequest
from cnt_grpc.pb.cnt.media.v1.media_pb2 import MEDIA_KIND_AUDIO, MEDIA_KIND_VIDEO
from cnt_grpc.pb.cnt.moderation.v1.status_pb2 import (
    REVIEW_STATUS_APPROVED,
    REVIEW_STATUS_PENDING,
    REVIEW_STATUS_REJECTED,
)
from tests.content import makers
from tests.harness.api import Api
from tests.harness.world import Person, World


async def fill(world: World, who: Person, number: int, **given: Any) -> list[int]:
    """The ids of so many podcasts of this person, each a minute older than the one before."""
    async with world.db.transaction() as tx:
        now = clock.now()
        rows = [await makers.podcast(tx, by=who.id, at=now - timedelta(minutes=age), **given) for age in range(number)]
    return [row["id"] for row in rows]


def ids(reply: Any) -> list[int]:
    """The ids in a reply."""
    return [podcast.podcast_id for podcast in reply.podcasts]


async def test_newest_first(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    made = await fill(world, ann, 3)
    reply = await api.as_(bob).content.ListPodcasts(creator_id=ann.id)
    assert ids(reply) == made
    assert reply.next_page_token == ""


async def test_a_list_shows_what_a_get_shows_but_for_the_details(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    (podcast_id,) = await fill(world, ann, 1, cover=True, watched=True)
    (listed_,) = (await api.as_(bob).content.ListPodcasts(creator_id=ann.id)).podcasts
    got = (await api.content.GetPodcast(podcast_id=podcast_id)).podcast
    assert (got.season, got.episode) == (1, 2)
    got.ClearField("season")
    got.ClearField("episode")
    assert listed_ == got


async def test_most_played_first(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    made = [(await fill(world, ann, 1, popularity=plays))[0] for plays in (5, 900, 0, 70)]
    reply = await api.as_(bob).content.ListPodcasts(creator_id=ann.id, sort=SORT_POPULAR)
    assert ids(reply) == [made[1], made[3], made[0], made[2]]


async def test_filters(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    async with world.db.transaction() as tx:
        prayer = await makers.category(tx, name=f"Of {ann.username}", kind="podcast")
    heard = await fill(world, ann, 2, category_id=prayer)
    watched = await fill(world, ann, 2, watched=True)
    show = api.as_(bob).content.ListPodcasts
    assert ids(await show(category_id=prayer)) == heard
    assert ids(await show(creator_id=ann.id, media=MEDIA_KIND_AUDIO)) == heard
    assert ids(await show(creator_id=ann.id, media=MEDIA_KIND_VIDEO)) == watched
    assert ids(await show(creator_id=ann.id, category_id=prayer, media=MEDIA_KIND_VIDEO)) == []
    assert ids(await show(creator_id=bob.id)) == []


@pytest.mark.parametrize("sort", [0, SORT_POPULAR])
async def test_pages_hold_each_row_once_though_all_sort_alike(world: World, api: Api, sort: int) -> None:
    ann, bob = await world.users(2)
    at = clock.now()
    async with world.db.transaction() as tx:
        made = {(await makers.podcast(tx, by=ann.id, at=at))["id"] for _ in range(25)}
    seen: list[int] = []
    token = ""
    while True:
        reply = await api.as_(bob).content.ListPodcasts(creator_id=ann.id, page_size=10, page_token=token, sort=sort)
        seen += ids(reply)
        token = reply.next_page_token
        if not token:
            break
    assert len(seen) == 25
    assert set(seen) == made


async def test_a_token_leads_nowhere_under_other_filters(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    await fill(world, ann, 3)
    show = api.as_(bob).content.ListPodcasts
    token = (await show(creator_id=ann.id, page_size=1)).next_page_token
    await show(creator_id=bob.id, page_token=token).fails(StatusCode.INVALID_ARGUMENT, "PAGE_TOKEN_INVALID")
    await show(creator_id=ann.id, page_token=token, sort=SORT_POPULAR).fails(
        StatusCode.INVALID_ARGUMENT, "PAGE_TOKEN_INVALID"
    )


async def test_a_person_lists_all_of_their_own_and_by_status(world: World, api: Api) -> None:
    ann = await world.user()
    made = {status: (await fill(world, ann, 1, status=status))[0] for status in ("approved", "pending", "rejected")}
    show = api.as_(ann).content.ListPodcasts
    assert set(ids(await show(creator_id=ann.id))) == set(made.values())
    assert ids(await show(status=REVIEW_STATUS_PENDING)) == [made["pending"]]
    assert ids(await show(status=REVIEW_STATUS_REJECTED)) == [made["rejected"]]
    assert ids(await show(creator_id=ann.id, status=REVIEW_STATUS_APPROVED)) == [made["approved"]]


@pytest.mark.parametrize("size", [1, 20, 100])
async def test_one_statement_whatever_the_size_of_the_page(world: World, size: int) -> None:
    ann = await world.user()
    await fill(world, ann, 30)
    page = Page.of(ListPodcastsRequest(page_size=size), method="test")
    async with world.db.reading() as tx:
        rows, _ = await listed(tx, Caller(), PODCAST, Filter(creator_id=ann.id), page)
        assert (len(rows), tx.statements) == (min(size, 30), 1)


async def test_one_statement_for_one_podcast(world: World) -> None:
    ann = await world.user()
    (podcast_id,) = await fill(world, ann, 1)
    async with world.db.reading() as tx:
        await shown(tx, Caller(user_id=ann.id), PODCAST, podcast_id)
        assert tx.statements == 1


async def test_categories_that_suit_a_kind(world: World, api: Api) -> None:
    ann = await world.user()
    async with world.db.transaction() as tx:
        for position, kind in enumerate(("movie", "podcast", None), start=1):
            await makers.category(tx, name=f"{kind} of {ann.username}", kind=kind, position=position)

    async def named(type_: int) -> list[str]:
        """Of all pages, since other tests make categories too."""
        found: list[str] = []
        token = ""
        while True:
            reply = await api.as_(ann).content.ListCategories(type=type_, page_size=100, page_token=token)
            found += [each.name.split()[0] for each in reply.categories if each.name.endswith(ann.username)]
            token = reply.next_page_token
            if not token:
                return found

    assert await named(0) == ["movie", "podcast", "None"]
    assert await named(CONTENT_TYPE_MOVIE) == ["movie", "None"]
    assert await named(CONTENT_TYPE_PODCAST) == ["podcast", "None"]


async def test_pages_of_categories_hold_each_row_once_though_all_stand_at_one_place(world: World, api: Api) -> None:
    ann = await world.user()
    async with world.db.transaction() as tx:
        made = {await makers.category(tx, name=f"{n} of {ann.username}", kind="document") for n in range(25)}
    seen: list[int] = []
    token = ""
    while True:
        reply = await api.as_(ann).content.ListCategories(type=CONTENT_TYPE_DOCUMENT, page_size=7, page_token=token)
        seen += [each.category_id for each in reply.categories]
        token = reply.next_page_token
        if not token:
            break
    assert len(seen) == len(set(seen))
    assert made <= set(seen)


class UndoneError(Exception):
    """Takes back what a test did to what others share."""


async def test_the_first_categories_are_made_once(world: World) -> None:
    async def names_after_seeding_twice() -> None:
        async with world.db.transaction() as tx:
            await tx.raw("DELETE FROM categories")
            await seed(tx)
            await tx.raw("DELETE FROM categories WHERE name = 'Gospel'")
            await seed(tx)
            rows = await tx.raw("SELECT name FROM categories ORDER BY position")
            raise UndoneError(*(row["name"] for row in rows))

    with pytest.raises(UndoneError) as undone:
        await names_after_seeding_twice()
    names = ("Sermons", "Bible Study", "Devotionals", "Prayer", "Worship", "Animated Bible Stories")
    assert undone.value.args == names
