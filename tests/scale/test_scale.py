"""A platform of a tenth of the full size answers by its indexes, and reads no more for it than one of a hundredth."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import pytest

from bench.scale.asked import Hot
from bench.scale.data import BASE, FULL, Size, fill
from bench.scale.hot import questions
from bench.scale.plans import Plan, plan_of
from cnt_grpc.app.rooms import FIGURES
from cnt_grpc.content.kinds import PODCAST
from cnt_grpc.content.rules import artists, favorites, following, items
from cnt_grpc.kit.db import Database
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.moderation.queries import reports
from cnt_grpc.moderation.rules import acts
from cnt_grpc.moderation.status import ReportStatus
from cnt_grpc.pb.cnt.content.v1.podcast_pb2 import ListPodcastsRequest
from cnt_grpc.search import Kind, rules
from tests.harness.database import Cluster

TENTH = Size(FULL.items // 10)
MOST = 3.0
"""How many times as many pages an answer may read; time is for `python -m bench.scale`, on a machine at rest."""
SPARE = 60
"""Pages or rows that do not count: more levels of an index, and one for each thing that is looked up on a page of 20
where the small platform reads a table of few pages."""

NAMES = (
    "first page",
    "category page",
    "page 1,000",
    "most played",
    "as a person",
    "of a creator",
    "featured films",
    "music of a genre",
    "documents of a category",
    "one podcast",
    "search, a common word",
    "search, a rare word",
    "search, a beginning",
    "search, two words",
    "search as a person",
    "search of everything",
    "feed of artists",
    "favourites",
    "posts",
    "posts as a person",
    "feed of posts",
    "artists",
    "artists, to anyone",
    "artists of a category",
    "artists of a rare category",
    "one artist",
    "followers of a much-followed artist",
    "more of these followers",
    "followers to tell",
    "following",
    "podcasts of a feed",
    "playlist",
    "a playlist as long as may be",
    "playlists of a person",
    "a play",
    "count plays",
    "rank",
    "people: a search",
    "people: banned",
    "people: administrators",
    "people: creators",
    "dashboard: pending",
    "dashboard: totals",
    *(f"dashboard: {each.name}" for each in FIGURES if each.exact),
    "every podcast",
    "every podcast that waits",
    "every podcast of a person",
    "every document",
    "every document that waits",
    "every document of a person",
    "every community_post",
    "every community_post that waits",
    "every community_post of a person",
    "what waits",
    "what waits of a person",
    "what it is",
    "reports",
    "reports of posts",
    "reports of a person",
    "decided reports",
    "decided reports of a rare kind",
    "decided reports of a person",
    "audit",
    "audit of a moderator",
    "audit of an action",
    "audit of a rare actor",
    "audit of a rare action",
    "audit of a rare kind",
    "audit of a rare action on a kind",
    "audit of a moderator's actions",
    "audit of a thing",
)

UNANSWERED = {"people: banned", "dashboard: totals", "rank"}
"""Nobody is banned there, nothing was counted yet, and the order of items does not change."""


@dataclass(frozen=True)
class Platform:
    """A filled database, and what is asked of it."""

    db: Database
    hot: Mapping[str, Hot]

    async def plan(self, name: str) -> Plan:
        """How a question is answered."""
        return await plan_of(self.db, self.hot[name])


async def _platform(cluster: Cluster, size: Size) -> Platform:
    dsn = await cluster.clone()
    await fill(dsn, size)
    return Platform(await Database.open(dsn), {each.name: each for each in await questions(dsn, size)})


@pytest.fixture(scope="module")
async def small(cluster: Cluster) -> AsyncIterator[Platform]:
    """A platform of a hundredth."""
    made = await _platform(cluster, BASE)
    yield made
    await made.db.close()


@pytest.fixture(scope="module")
async def large(cluster: Cluster) -> AsyncIterator[Platform]:
    """A platform of a tenth."""
    made = await _platform(cluster, TENTH)
    yield made
    await made.db.close()


pytestmark = pytest.mark.timeout(300)


@pytest.mark.parametrize("name", NAMES)
async def test_it_is_answered_by_indexes(large: Platform, name: str) -> None:
    plan = await large.plan(name)
    assert plan.scanned == set(), plan.text


@pytest.mark.parametrize("name", NAMES)
async def test_it_reads_no_more_than_in_a_small_one(small: Platform, large: Platform, name: str) -> None:
    plan = await large.plan(name)
    assert plan.pages <= MOST * (await small.plan(name)).pages + SPARE, plan.text


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"feed of artists", "feed of posts"}))
async def test_it_comes_by_no_more_rows_than_in_a_small_one(small: Platform, large: Platform, name: str) -> None:
    """Pages alone do not tell: some hundred rows of an index are on each of them.

    Of 5,000 artists a feed makes a table of its own, which costs less than to look 40 of them up.
    """
    plan = await large.plan(name)
    assert plan.most <= MOST * (await small.plan(name)).most + SPARE, plan.text


async def test_a_deep_page_reads_no_more_than_the_first(large: Platform) -> None:
    first, deep = await large.plan("first page"), await large.plan("page 1,000")
    assert deep.pages <= MOST * first.pages, deep.text


@pytest.mark.parametrize("name", NAMES)
async def test_no_join_makes_room_for_all_rows_to_show_a_few(large: Platform, name: str) -> None:
    """Pages do not tell of it: a join that remembers rows takes milliseconds to begin, the longer the table."""
    plan = await large.plan(name)
    assert '"Memoize"' not in plan.text, plan.text


@pytest.mark.parametrize("name", sorted(set(NAMES) - UNANSWERED))
async def test_it_finds_something(large: Platform, name: str) -> None:
    """Whoever finds nothing is answered soon, however it is done."""
    plan = await large.plan(name)
    assert plan.rows > 0, plan.text


def test_every_question_is_tried(small: Platform) -> None:
    assert set(small.hot) == set(NAMES)


@pytest.mark.parametrize("size", [10, 100])
async def test_no_page_takes_more_statements_when_it_is_longer(large: Platform, size: int) -> None:
    page = Page.of(ListPodcastsRequest(page_size=size), method="test")
    ann = Caller(user_id=77)
    async with large.db.transaction() as tx:
        rows, _ = await items.listed(tx, ann, PODCAST, items.Filter(), page)
        found, _ = await rules.find(tx, ann, "grace", Kind.PODCAST, page)
        liked, _ = await favorites.listed(tx, ann, "", page)
        fed, _ = await favorites.feed(tx, ann, page)
        assert (len(rows), len(found)) == (size, size)
        assert len(liked) >= 10 <= len(fed)
        assert tx.statements == 4


@pytest.mark.parametrize("target", ["", "podcast"])
@pytest.mark.parametrize("actor_id", [0, 7])
@pytest.mark.parametrize("action", ["", "approve"])
async def test_pages_of_the_audit_go_on_where_the_last_one_ended(
    large: Platform, actor_id: int, action: str, target: str
) -> None:
    async with large.db.transaction() as tx:
        whole, _ = await acts.listed(tx, actor_id, action, target, _page(20))
        first, token = await acts.listed(tx, actor_id, action, target, _page(10))
        second, _ = await acts.listed(tx, actor_id, action, target, _page(10, token))
    ids = [row["id"] for row in whole]
    assert len(ids) == 20
    assert ids == sorted(ids, reverse=True)
    assert all(row["actor_id"] == actor_id for row in whole if actor_id)
    assert all(row["action"] == action for row in whole if action)
    assert all(row["target_kind"] == target for row in whole if target)
    assert [row["id"] for row in (*first, *second)] == ids


@pytest.mark.parametrize("category_id", [0, 7, 50])
async def test_pages_of_artists_go_on_where_the_last_one_ended(large: Platform, category_id: int) -> None:
    ann = Caller(user_id=77)
    async with large.db.transaction() as tx:
        whole, _ = await artists.listed(tx, ann, category_id, _page(4))
        first, token = await artists.listed(tx, ann, category_id, _page(2))
        second, _ = await artists.listed(tx, ann, category_id, _page(2, token))
    ids = [row["id"] for row in whole]
    assert len(ids) == 4
    assert ids == sorted(ids, reverse=True)
    assert all(category_id in row["category_ids"] for row in whole if category_id)
    assert all(row["is_verified"] == (row["user_id"] % 2 == 0) for row in whole)
    assert [row["id"] for row in (*first, *second)] == ids


@pytest.mark.parametrize("kind", ["event", "community_post"])
async def test_pages_of_decided_reports_go_on_where_the_last_one_ended(large: Platform, kind: str) -> None:
    upheld = ReportStatus.UPHELD
    stmt = [reports.reports_page(upheld, 10, kind=True, author=False, after=after) for after in (False, True)]
    async with large.db.transaction() as tx:
        first = await tx.all(stmt[0], caller_id=1, kind=kind)
        place = {"after_0": first[-1]["resolved_at"], "after_1": first[-1]["id"]}
        second = await tx.all(stmt[1], caller_id=1, kind=kind, **place)
        rows = await tx.raw(
            "SELECT id FROM reports WHERE kind = $1 AND status = 'upheld' AND author_id <> 1"
            " ORDER BY resolved_at DESC, id DESC LIMIT 20",
            kind,
        )
    assert [row["id"] for row in (*first, *second)] == [row["id"] for row in rows]


@pytest.mark.parametrize("person_id", [1, 3, 5000])
async def test_pages_of_followers_go_on_where_the_last_one_ended(large: Platform, person_id: int) -> None:
    ann, whom = Caller(user_id=99), following.Whom(artist_id=0, user_id=person_id)
    async with large.db.transaction() as tx:
        whole, _ = await following.followers(tx, ann, whom, _page(20))
        first, token = await following.followers(tx, ann, whom, _page(10))
        second, _ = await following.followers(tx, ann, whom, _page(10, token))
        rows = await tx.raw(
            "SELECT follower_id FROM artist_followers WHERE artist_id = $1 AND follower_id NOT IN (21, 177)"  # blocks
            " ORDER BY followed_at DESC, follower_id DESC LIMIT 20",
            person_id,
        )
    assert [row["user_id"] for row in whole] == [row["follower_id"] for row in rows]
    assert [row["user_id"] for row in (*first, *second)] == [row["user_id"] for row in whole]


async def test_all_followers_are_told_in_turns(large: Platform) -> None:
    told: list[int] = []
    async with large.db.transaction() as tx:
        while some := await following.followers_of(tx, 1, told[-1] if told else 0, 1000):
            told += some
        (row,) = await tx.raw("SELECT count(*) AS number FROM artist_followers WHERE artist_id = 1")
    assert told == sorted(set(told))
    # The first one blocked somebody, and somebody the first one.
    assert len(told) == row["number"] - 2


def _page(size: int, token: str = "") -> Page:
    return Page.of(ListPodcastsRequest(page_size=size, page_token=token), method="test")
