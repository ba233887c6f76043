"""A platform of a tenth of the full size answers by its indexes, and reads no more for it than one of a hundredth."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import pytest

from bench.scale.data import BASE, FULL, Size, fill
from bench.scale.hot import Hot, questions
from bench.scale.plans import Plan, plan_of
from cnt_grpc.app.rooms import FIGURES
from cnt_grpc.content.kinds import PODCAST
from cnt_grpc.content.rules import favorites, items
from cnt_grpc.kit.db import Database
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.pb.cnt.content.v1.podcast_pb2 import ListPodcastsRequest
from cnt_grpc.search import Kind, rules
from tests.harness.database import Cluster

TENTH = Size(FULL.items // 10)
MOST = 3.0
"""How many times as many pages an answer may read; time is for `python -m bench.scale`, on a machine at rest."""
SPARE = 20
"""Pages that do not count: one or two levels more of each index."""

NAMES = (
    "first page",
    "category page",
    "page 1,000",
    "most played",
    "as a person",
    "of a creator",
    "featured films",
    "music of a genre",
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
    "people: a search",
    "people: banned",
    "dashboard: pending",
    "dashboard: totals",
    *(f"dashboard: {each.name}" for each in FIGURES if each.exact),
)


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


async def test_a_deep_page_reads_no_more_than_the_first(large: Platform) -> None:
    first, deep = await large.plan("first page"), await large.plan("page 1,000")
    assert deep.pages <= MOST * first.pages, deep.text


@pytest.mark.parametrize("name", NAMES)
async def test_no_join_makes_room_for_all_rows_to_show_a_few(large: Platform, name: str) -> None:
    """Pages do not tell of it: a join that remembers rows takes milliseconds to begin, the longer the table."""
    plan = await large.plan(name)
    assert '"Memoize"' not in plan.text, plan.text


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
